"""Stage assemble: makes the digest of a day, with every announced paper exactly once. render/ makes documents of it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pipeline.asking.claims import standing
from pipeline.corrections import Corrections
from pipeline.fields import FIELDS, lead
from pipeline.ledger import Version, count, fate_of, field_texts, newest_first, review_counts
from pipeline.records import Digest, Entry, Failure, Paper, PaperReview, Problem, RunReport, Texts, worst_first
from pipeline.rules import LABELS, Case
from pipeline.rules.judge import Judge
from pipeline.rules.terms import consistency, consistency_line
from pipeline.text.source import legible
from pipeline.text.wanted import NOTHING_WANTED, WantedIn


def assemble_digest(
    name: str,
    date: dt.date,
    papers: Sequence[Paper],
    texts: Mapping[Version, Texts],
    problems: Iterable[Problem],
    failures: Sequence[Failure],
    *,
    reviews: Mapping[Version, PaperReview] | None = None,
    excluded: Mapping[str, str],
    report: RunReport,
    corrections: Corrections,
    judge: Judge,
    wanted_in: WantedIn = NOTHING_WANTED,
) -> Digest:
    """`texts`: of the stage files (ledger.by_version); `excluded`: paper id → reason (ledger.exclusions); `reviews`:
    None if there was no review; `report`:
    model, prompts and cost of the texts."""
    found = _by_paper(problems)
    failed = _by_paper(map(_as_problem, failures))
    entries = []
    for paper in map(legible, sorted(papers, key=newest_first)):
        if paper.id in excluded:
            entries.append(Entry(paper=paper, fate="excluded", reason=excluded[paper.id]))
        else:
            written = texts.get((paper.id, paper.version))
            corrected = corrections.get(paper.id, {})
            entry = _entry(paper, written, found[paper.id], failed[paper.id], corrected)
            review = (reviews or {}).get((paper.id, paper.version))
            entry = entry.model_copy(update={"review": review and standing(review, entry.texts, corrected)})
            entries.append(_sorted_out(entry, wanted_in))
    unread = tuple(each for each in failures if not each.field)
    return Digest(
        name=name,
        date=date,
        entries=tuple(entries),
        unread=unread,
        counts=count((entry.fate for entry in entries), len(unread)),
        reviewed=None if reviews is None else review_counts((entry.fate, entry.review) for entry in entries),
        report=report,
        terms="；".join(
            filter(None, (consistency_line(consistency(_abstracts(entries, judge))), _counted_line(report.counted)))
        ),
    )


def _entry(
    paper: Paper,
    written: Texts | None,
    problems: Sequence[Problem],
    failures: Sequence[Problem],
    corrected: Mapping[str, str],
) -> Entry:
    texts = field_texts(written, corrected)
    found = [each for each in problems if each.field not in corrected]
    found += [each for each in failures if each.field and not texts[each.field] and each.field not in _rejected(found)]
    # A text that was deleted after validate ran must not be published as a blank.
    rejected = _rejected(found)
    found += [
        Problem(id=paper.id, field=field.name, rule="no_answer", severity="reject", detail="没有回答")
        for field in FIELDS
        if not texts[field.name] and not field.optional and field.name not in rejected
    ]
    return Entry(
        paper=paper, fate=fate_of(found), texts=texts, problems=tuple(worst_first(found)), corrected=tuple(corrected)
    )


def _rejected(problems: Iterable[Problem]) -> set[str]:
    return {each.field for each in problems if each.severity == "reject"}


def _sorted_out(entry: Entry, wanted_in: WantedIn) -> Entry:
    """With the interests and muted words that a reader finds in what is shown of it."""
    shown = (text for name, text in entry.texts.items() if text and not entry.rejected(name))
    interests, muted = wanted_in(entry.paper.authors, (entry.paper.title, entry.paper.abstract, *shown))
    return entry.model_copy(update={"interests": interests, "muted": muted})


def _by_paper(problems: Iterable[Problem]) -> dict[str, list[Problem]]:
    rows: dict[str, list[Problem]] = defaultdict(list)
    for problem in problems:
        rows[problem.id].append(problem)
    return rows


def _as_problem(failure: Failure) -> Problem:
    return Problem(id=failure.id, field=failure.field, rule=failure.rule, severity="reject", detail=failure.detail)


def _abstracts(entries: Iterable[Entry], judge: Judge) -> Iterator[Case]:
    """The translated abstracts that are shown, with their glossary rows."""
    field = lead("abstract").name
    for entry in entries:
        if entry.text(field) and not entry.rejected(field):
            yield judge.case_of(entry.paper, field, entry.text(field))


def _counted_line(counted: Mapping[str, int]) -> str:
    """For 统计: `计数：用词 12 篇、叠字 1 篇`; empty if nothing is only counted."""
    rows = "、".join(f"{LABELS.get(rule, rule)} {papers} 篇" for rule, papers in counted.items())
    return f"计数：{rows}" if rows else ""
