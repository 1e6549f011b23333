"""`wenzhai review --exam`: what a second reader finds in pairs whose faults are known, and what he claims of good ones.

Pure but for reading the shipped pairs; asking him is not done here.
"""

from collections.abc import Iterable, Mapping

from rich import box
from rich.table import Table

from pipeline.asking.claims import KINDS, SEVERITIES, Review, grounded, places
from pipeline.fields import PAPER
from pipeline.files import PACKAGE, read_records
from pipeline.records import FIRST_DAY, Claim, FieldName, Paper, Record, Texts, WithTexts
from pipeline.text.source import part_of, source_of

PAIRS = PACKAGE / "exam.jsonl"
"""Invented papers with their Chinese, half of them with one major fault, that travel with the package."""


class Fault(Record):
    """The one thing that is wrong with a pair, known beforehand."""

    field: FieldName
    kind: str
    """One of claims.KINDS."""
    source: str
    """The English it is about; empty where there is none."""
    text: str
    """The Chinese it shows in; of an omission the words that lack it."""
    why: str


class Pair(WithTexts):
    """A paper with its Chinese; a line of exam.jsonl."""

    id: str
    title: str
    abstract: str
    texts: Texts
    """Field → its Chinese; in the file they stand beside the other keys."""
    fault: Fault | None
    """None: a faithful translation."""

    @property
    def paper(self) -> Paper:
        """As any other paper is asked about."""
        return Paper(
            id=self.id,
            version=1,
            title=self.title,
            abstract=self.abstract,
            authors=(),
            categories=("cs.LG",),
            announce_type="new",
            published=FIRST_DAY,
            url=f"https://arxiv.org/abs/{self.id}",
        )

    @property
    def sent(self) -> dict[str, str]:
        """The paper's own texts, by tag."""
        return {part: part_of(self.paper, part) for part in PAPER}

    @property
    def sources(self) -> dict[str, str]:
        """Field → the English it is checked against."""
        return {field: source_of(self.paper, field) for field in self.texts}


class Tally(Record):
    """Of one kind. Faults by their own kind, however the reader called it; claims by the reader's."""

    faults: int = 0
    found: int = 0
    """Claimed as major."""
    as_minor: int = 0
    """Claimed as minor only, and so without effect."""
    missed: int = 0
    wrong: int = 0
    """Major claims that count and are about no fault."""
    petty: int = 0
    """Minor claims that count and are about no fault: a matter of taste, and without effect."""
    unfounded: int = 0
    """Claims that do not count: quotes that are not literal, or nothing said."""

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(**{name: getattr(self, name) + getattr(other, name) for name in Tally.model_fields})


class ExamResult(Record):
    kinds: Mapping[str, Tally]
    """All of claims.KINDS, and what the reader called otherwise."""
    pairs: int
    unusable: int
    """Pairs without an answer, or with one out of shape; their faults are missed."""
    accused: int
    """Faithful pairs of which something major was claimed."""
    faithful: int

    @property
    def total(self) -> Tally:
        return sum(self.kinds.values(), Tally())


def exam_pairs() -> list[Pair]:
    """The pairs that travel with the package."""
    return read_records(PAIRS, Pair)


def score(pairs: Iterable[Pair], reviews: Mapping[str, Review | None]) -> ExamResult:
    """What the reviews of these pairs, by id, are worth."""
    kinds = dict.fromkeys(KINDS, Tally())
    taken = unusable = accused = faithful = 0

    def count(kind: str, what: str) -> None:
        kinds[kind] = kinds.get(kind, Tally()) + Tally(**{what: 1})

    for pair in pairs:
        taken += 1
        review = reviews.get(pair.id)
        unusable += review is None
        claims = review.claims if review else ()
        hits, elsewhere = [], []
        for claim in claims:
            standing = grounded(claim, pair.sources, pair.texts)
            if standing is None:
                count(claim.kind, "unfounded")
            elif pair.fault and _is_about(standing, pair.fault, pair):
                hits.append(standing)
            else:
                elsewhere.append(standing)
        for claim in elsewhere:
            count(claim.kind, "wrong" if claim.severity == SEVERITIES[0] else "petty")
        if pair.fault:
            count(pair.fault.kind, "faults")
            found = any(claim.severity == SEVERITIES[0] for claim in hits)
            count(pair.fault.kind, "found" if found else "as_minor" if hits else "missed")
        else:
            faithful += 1
            accused += any(claim.severity == SEVERITIES[0] for claim in elsewhere)
    return ExamResult(kinds=kinds, pairs=taken, unusable=unusable, accused=accused, faithful=faithful)


def exam_table(result: ExamResult) -> Table:
    """One row a kind, then all together."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), show_footer=True)
    table.add_column("kind", footer="all", no_wrap=True)
    total = result.total
    for title, name in _COLUMNS.items():
        table.add_column(title, footer=_shown(getattr(total, name)), justify="right", no_wrap=True)
    for kind, tally in result.kinds.items():
        table.add_row(kind or "(none)", *(_shown(getattr(tally, name)) for name in _COLUMNS.values()))
    return table


def verdict(result: ExamResult) -> str:
    """The figures that matter, in one line."""
    total = result.total
    told = (
        f"{total.found} of {total.faults} faults found, {result.accused} of {result.faithful} faithful papers accused"
    )
    claimed = total.found + total.wrong
    told += f"; {total.found / claimed:.0%} of what is claimed as major is right" if claimed else ""
    return told + (f"; {result.unusable} of {result.pairs} answers unusable" if result.unusable else "")


_COLUMNS = {
    "faults": "faults",
    "found": "found",
    "as minor": "as_minor",
    "missed": "missed",
    "wrongly claimed": "wrong",
    "minor": "petty",
    "unfounded": "unfounded",
}


def _shown(number: int) -> str:
    return str(number) if number else "·"


def _is_about(claim: Claim, fault: Fault, pair: Pair) -> bool:
    """Of the same field, and its Chinese or its English meets the fault's; the kinds may differ, as readers' do."""
    if claim.field != fault.field:
        return False
    text, source = pair.texts[fault.field] or "", pair.sources[fault.field]
    return _meet(claim.text, fault.text, text) or _meet(claim.source, fault.source, source)


def _meet(one: str, other: str, text: str) -> bool:
    return any(start < last and first < end for start, end in places(one, text) for first, last in places(other, text))
