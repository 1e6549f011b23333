"""`wenzhai review --exam | --labels DIR`: what a second reader finds in texts whose faults are known, and what it claims
about good ones.

Its answers are kept in answers.db like all others, so the same exam is paid for once.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from rich import box
from rich.table import Table

from pipeline.asking.answers import Answers, usage_of
from pipeline.asking.ask import Failures, ask_online
from pipeline.asking.claims import KINDS, Review, grounded, is_major, parse_review, places
from pipeline.asking.context import NO_READER, context_of
from pipeline.asking.resolve import FieldState
from pipeline.asking.review import Round, review_round
from pipeline.asking.segments import Segment
from pipeline.config import Config
from pipeline.errors import ConfigError
from pipeline.files import PACKAGE, read_records
from pipeline.model.meter import Meter
from pipeline.records import FIRST_DAY, Claim, FieldName, Paper, Record, Texts, Usage, WithTexts
from pipeline.text.source import source_of
from pipeline.watch import Watch

PAIRS = PACKAGE / "exam.jsonl"
"""Invented papers with their Chinese, half of them with one major fault, that travel with the package."""


class Fault(Record):
    """A thing that is wrong with a pair, known beforehand."""

    field: FieldName
    kind: str
    """One of claims.KINDS; of labels, their code."""
    source: str
    """The English it is about; empty where there is none."""
    text: str
    """The Chinese it shows in; of an omission the words that lack it."""
    why: str = ""


class Pair(WithTexts):
    """A paper with its Chinese; a line of exam.jsonl."""

    id: str
    title: str
    abstract: str
    texts: Texts
    """Field → its Chinese; in the file they stand beside the other keys."""
    faults: tuple[Fault, ...]
    """Of the shipped pairs at most one; none: a faithful translation."""

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
    """All of claims.KINDS, and what is called otherwise."""
    pairs: int
    unusable: int
    """Pairs without an answer, or with one out of shape; their faults are missed."""
    accused: int
    """Faithful pairs of which something major was claimed."""
    faithful: int

    @property
    def total(self) -> Tally:
        return sum(self.kinds.values(), Tally())


class _Output(WithTexts):
    """A line of outputs.jsonl: what a model made of a paper."""

    id: str
    title: str
    abstract: str
    texts: Texts


class _Defect(Record):
    field: FieldName
    code: str
    evidence: str = ""


class _Labels(Record):
    """A line of defects.jsonl: what a person found in an output."""

    id: str
    defects: tuple[_Defect, ...]
    note: str = ""


def exam_pairs() -> list[Pair]:
    """The pairs that travel with the package. Raises FileError."""
    return read_records(PAIRS, Pair)


def labelled_pairs(folder: Path) -> list[Pair]:
    """Outputs whose defects a person labelled by field: outputs.jsonl and defects.jsonl. Raises FileError.

    A label does not quote, so whatever is claimed about its field counts as about it.
    """
    labels = {each.id: each.defects for each in read_records(folder / "defects.jsonl", _Labels)}
    pairs = []
    for output in read_records(folder / "outputs.jsonl", _Output):
        pair = Pair(id=output.id, title=output.title, abstract=output.abstract, texts=output.texts, faults=())
        faults = tuple(
            Fault(
                field=each.field,
                kind=each.code,
                source=pair.sources[each.field],
                text=pair.texts[each.field] or "",
                why=each.evidence,
            )
            for each in labels.get(output.id, ())
            if pair.texts.get(each.field)
        )
        pairs.append(pair.model_copy(update={"faults": faults}))
    return pairs


def examine_reader(config: Config, pairs: Sequence[Pair], watch: Watch) -> tuple[ExamResult, Usage]:
    """Asks the config's second reader about these pairs, as about real papers. Raises WenzhaiError."""
    context = context_of(config)
    if not context.reviewers:
        raise ConfigError(NO_READER)
    by_id = {pair.id: pair for pair in pairs}
    with Answers(config.output / "answers.db") as answers:

        def round_of(paper: Paper, failed: Collection[str] = ()) -> Round:
            states = {name: FieldState(text) for name, text in by_id[paper.id].texts.items() if text}
            return review_round(paper, states, context, answers, failed)

        def needs(paper: Paper, failed: Collection[str]) -> list[Segment]:
            return list(round_of(paper, failed).needs)

        lacking = [pair.paper for pair in pairs if needs(pair.paper, ())]
        if lacking:
            with watch.progress("asking", lambda: len(lacking), lambda: f"{answers.spent:.4f}") as advance:

                def done(_: Paper, failures: Failures) -> None:
                    for failure in failures.values():
                        watch.say(str(failure))
                    advance()

                ask_online(lacking, needs, context, answers, done, say=watch.say, meter=Meter())
        rounds = {pair.id: round_of(pair.paper) for pair in pairs}
    reviews = {name: _answer(each) for name, each in rounds.items()}
    return score(pairs, reviews), usage_of([row for each in rounds.values() for row in each.used])


def _answer(found: Round) -> Review | None:
    """What was answered about all fields of a pair in one; None if that cannot be used."""
    parsed = (parse_review(row.text or "") for row in reversed(found.used))
    return next((review for review in parsed if review), None)


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
            elif any(_is_about(standing, fault, pair) for fault in pair.faults):
                hits.append(standing)
            else:
                elsewhere.append(standing)
        for claim in elsewhere:
            count(claim.kind, "wrong" if is_major(claim) else "petty")
        for fault in pair.faults:
            about = [claim for claim in hits if _is_about(claim, fault, pair)]
            count(fault.kind, "faults")
            count(fault.kind, "found" if any(map(is_major, about)) else "as_minor" if about else "missed")
        if not pair.faults:
            faithful += 1
            accused += any(map(is_major, elsewhere))
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
    "wrong": "wrong",
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
