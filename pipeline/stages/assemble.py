"""Stage assemble: makes the digest of a day, with every announced paper exactly once. render/ makes documents of it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pipeline.corrections import Corrections
from pipeline.fields import FIELDS, lead
from pipeline.ledger import Version, count, fate_of, field_texts, newest_first
from pipeline.records import Digest, Entry, Failure, Paper, Problem, RunReport, Texts, worst_first
from pipeline.rules import LABELS, Case
from pipeline.rules.judge import Judge
from pipeline.rules.terms import consistency, consistency_line
from pipeline.text.source import legible


def assemble_digest(
    name: str,
    date: dt.date,
    papers: Sequence[Paper],
    texts: Mapping[Version, Texts],
    problems: Iterable[Problem],
    failures: Sequence[Failure],
    *,
    excluded: Mapping[str, str],
    report: RunReport,
    corrections: Corrections,
    judge: Judge,
) -> Digest:
    """`texts`: of the stage files (ledger.by_version); `excluded`: paper id → reason (ledger.exclusions); `report`:
    model, prompts and cost of the texts."""
    found = _by_paper(problems)
    failed = _by_paper(map(_as_problem, failures))
    entries = []
    for paper in map(legible, sorted(papers, key=newest_first)):
        if paper.id in excluded:
            entries.append(Entry(paper=paper, fate="excluded", reason=excluded[paper.id]))
        else:
            written = texts.get((paper.id, paper.version))
            entries.append(_entry(paper, written, found[paper.id], failed[paper.id], corrections.get(paper.id, {})))
    unread = tuple(each for each in failures if not each.field)
    return Digest(
        name=name,
        date=date,
        entries=tuple(entries),
        unread=unread,
        counts=count((entry.fate for entry in entries), len(unread)),
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
    known = {each.field for each in found}
    found += [each for each in failures if each.field not in known and each.field and not texts[each.field]]
    # A text that was deleted after validate ran must not be published as a blank.
    found += [
        Problem(id=paper.id, field=field.name, rule="no_answer", severity="reject", detail="没有回答")
        for field in FIELDS
        if not texts[field.name] and not field.optional and not any(each.field == field.name for each in found)
    ]
    return Entry(
        paper=paper, fate=fate_of(found), texts=texts, problems=tuple(worst_first(found)), corrected=tuple(corrected)
    )


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
