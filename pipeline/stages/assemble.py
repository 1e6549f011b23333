"""Stage assemble: puts a day together, so that every announced paper is in it exactly once.

What it looks like is render/'s; what is wrong with a text was found by validate.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pipeline.corrections import Corrections
from pipeline.ledger import by_version, count, fate_of, newest_first, texts_of
from pipeline.records import Digest, Entry, Paper, Problem, RunReport, Summary, Translation
from pipeline.rules import Case
from pipeline.rules.terms import consistency, consistency_line
from pipeline.text.source import source_of
from pipeline.text.terms import Term, terms_in


def assemble_digest(
    name: str,
    date: dt.date,
    papers: Sequence[Paper],
    summaries: Sequence[Summary],
    translations: Sequence[Translation],
    problems: Sequence[Problem],
    *,
    excluded: Mapping[str, str],
    report: RunReport,
    corrections: Corrections,
    glossary: tuple[Term, ...],
) -> Digest:
    """`excluded`: paper id → reason (ledger.exclusions); `report`: where the texts come from."""
    summary_of, translation_of = by_version(summaries), by_version(translations)
    problems_of: dict[str, list[Problem]] = {}
    for problem in problems:
        problems_of.setdefault(problem.id, []).append(problem)
    entries = []
    for paper in sorted(papers, key=newest_first):
        if paper.id in excluded:
            entries.append(Entry(paper=paper, fate="excluded", reason=excluded[paper.id]))
            continue
        summary = summary_of.get((paper.id, paper.version))
        translation = translation_of.get((paper.id, paper.version))
        corrected = corrections.get(paper.id, {})
        texts = texts_of(summary, translation, corrected)
        found = [each for each in problems_of.get(paper.id, []) if each.field not in corrected]
        # A record that went missing after validate ran must not be published as a blank.
        found += [
            Problem(id=paper.id, field=field, rule="no_answer", severity="reject", detail="没有回答")
            for field, text in texts.items()
            if not text and field != "summary_en" and not any(each.field == field for each in found)
        ]
        found.sort(key=lambda problem: problem.severity != "reject")
        entries.append(
            Entry(paper=paper, fate=fate_of(found), problems=tuple(found), corrected=tuple(corrected), **texts)
        )
    return Digest(
        name=name,
        date=date,
        entries=tuple(entries),
        counts=count(entry.fate for entry in entries),
        report=report,
        terms=consistency_line(consistency(_cases(entries, glossary))),
    )


def _cases(entries: Iterable[Entry], glossary: tuple[Term, ...]) -> Iterator[Case]:
    """The translated abstracts that are shown, with their glossary rows."""
    for entry in entries:
        if entry.abstract_zh and not entry.rejected("abstract_zh"):
            source = source_of(entry.paper, "abstract_zh")
            terms = terms_in(source, entry.paper.categories, glossary)
            yield Case(id=entry.paper.id, field="abstract_zh", source=source, text=entry.abstract_zh, terms=terms)
