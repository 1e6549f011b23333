"""What each stage hands over, written into a day's folder: texts from the answers, problems, the document.

Stages are pure; here are the files between them. Which day when, and the asking, is run()'s.
"""

from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from pipeline.asking.answers import usage_of
from pipeline.asking.ask import Failures
from pipeline.asking.context import TASK_OF, RunContext
from pipeline.asking.resolve import Texts
from pipeline.config import Config
from pipeline.corrections import Corrections
from pipeline.files import read_records, write_records, write_text
from pipeline.ledger import by_version, count, fate_of
from pipeline.records import Digest, Fate, Paper, Problem, Summary, Translation
from pipeline.render import documents_of
from pipeline.rules import PromptText, ValidateSettings
from pipeline.run.day import Day
from pipeline.stages.assemble import assemble_digest
from pipeline.stages.summarize import summarize_paper
from pipeline.stages.translate import translate_paper
from pipeline.stages.validate import NO_ANSWER_RULES, validate_paper
from pipeline.text.terms import Term

R = TypeVar("R", bound=Summary | Translation)
MANY = 2000
"""Papers from which sharing them among cores is worth the seconds it takes to start a process on each."""


class Writer:
    """Writes days beside the asking, one after the other: to check and render one of 300 papers takes seconds, and a call
    in flight that nobody attends to so long counts as hung.

    What goes wrong comes out with the next day, or at the end. Broken off, it writes the day at work and no other.
    """

    def __init__(self, write: Callable[[Day, Failures], None]) -> None:
        self._write = write
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._handed_over: deque[Future[None]] = deque()

    def hand_over(self, day: Day, failures: Failures) -> None:
        while self._handed_over and self._handed_over[0].done():
            self._handed_over.popleft().result()
        self._handed_over.append(self._thread.submit(self._write, day, failures))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        try:
            if kind is None:
                for each in self._handed_over:
                    each.result()
        finally:
            self._thread.shutdown(cancel_futures=True)


def write_failures(day: Day, fields: Sequence[str], failures: Failures) -> None:
    ids = {paper.id for paper in day.wanted}
    new = [
        Problem(id=paper, field=field, rule=failure.rule, severity="reject", detail=str(failure))
        for (paper, field), failure in failures.items()
        if paper in ids
    ]
    _write_reasons(day, new, lambda each: each.rule in NO_ANSWER_RULES and each.field in fields)


def _write_reasons(day: Day, new: Sequence[Problem], outdated: Callable[[Problem], bool]) -> None:
    """Why a text is missing only the asking knows; validate finds it in problems.jsonl and leaves it there."""
    path = day.folder / "problems.jsonl"
    earlier = read_records(path, Problem) if path.exists() else []
    places = {(each.id, each.field) for each in new}
    kept = [each for each in earlier if not outdated(each) and (each.id, each.field) not in places]
    if new or len(kept) != len(earlier):
        write_records(path, [*kept, *new])


def write_texts(day: Day, stages: Collection[str], fields: Sequence[str], context: RunContext, texts: Texts) -> None:
    if "summarize" in stages:
        with day.timed("summarize"):
            text_of = _or_older(texts, day.folder / "summaries.jsonl", Summary)
            english = "summary_en" in fields
            records = [summarize_paper(paper, text_of=text_of, english=english) for paper in day.wanted]
            write_records(day.folder / "summaries.jsonl", records)
    if "translate" in stages:
        with day.timed("translate"):
            text_of = _or_older(texts, day.folder / "translations.jsonl", Translation)
            write_records(
                day.folder / "translations.jsonl", [translate_paper(paper, text_of=text_of) for paper in day.wanted]
            )
    answered = [texts.field(paper, name) for paper in day.wanted for name in fields]
    rejected_part = [each.rejected_part for each in answered if each.rejected_part]
    # No longer asked for: summary_en after `english: false`.
    _write_reasons(day, rejected_part, lambda each: TASK_OF.get(each.field) in stages and each.field not in fields)
    day.is_complete = not any(each.needs for each in answered)
    bought, prompts = dict(day.report.bought), dict(day.report.prompts)
    for task in dict.fromkeys(TASK_OF[name] for name in fields):
        names = [name for name in fields if TASK_OF[name] == task]
        rows = [kept for paper in day.wanted for name in names for kept in texts.field(paper, name).used]
        bought[task] = usage_of(rows)
        prompts[task] = context.prompts[task].fingerprint
    day.update_report(bought=bought, prompts=prompts, model=context.models[0].name)


def _or_older(texts: Texts, path: Path, kind: type[Summary] | type[Translation]) -> Callable[[Paper, str], str | None]:
    """The text of an answer or, where there is none, the one that an earlier run left in the stage's file."""
    older = records_of(path, kind)

    def text_of(paper: Paper, name: str) -> str | None:
        text = texts.field(paper, name).text
        return text if text is not None else getattr(older.get((paper.id, paper.version)), name, None)

    return text_of


def records_of(path: Path, kind: type[R]) -> dict[tuple[str, int], R]:
    """A stage file by paper and version; empty where it is not there. Raises FileError."""
    return by_version(read_records(path, kind)) if path.exists() else {}


def write_problems(day: Day, context: RunContext, corrections: Corrections) -> None:
    with day.timed("validate"):
        path = day.folder / "problems.jsonl"
        summaries = by_version(read_records(day.folder / "summaries.jsonl", Summary))
        translations = by_version(read_records(day.folder / "translations.jsonl", Translation))
        known: dict[str, list[Problem]] = {}
        for problem in read_records(path, Problem) if path.exists() else []:
            known.setdefault(problem.id, []).append(problem)
        rows = [
            (
                paper,
                summaries.get((paper.id, paper.version)),
                translations.get((paper.id, paper.version)),
                known.get(paper.id, ()),
                corrections.get(paper.id),
            )
            for paper in day.wanted
        ]
        found = _judged(rows, context)
        write_records(path, [problem for problems in found for problem in problems])
    excluded: list[Fate] = ["excluded"] * len(day.excluded)
    fates = [*map(fate_of, found), *excluded]
    day.update_report(counts=count(fates))


_Row = tuple[Paper, Summary | None, Translation | None, Sequence[Problem], Mapping[str, str] | None]


def _judged(rows: Sequence[_Row], context: RunContext) -> list[list[Problem]]:
    """The problems of each row; many rows are shared among all cores."""
    told = {name: context.told(name) for name in TASK_OF}
    judge = partial(_judge, settings=context.checks, glossary=context.glossary, told=told)
    if len(rows) < MANY:
        return [judge(row) for row in rows]
    # Fresh processes: this one may hold an event loop, threads and an open database, which a fork would copy.
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as cores:
        return list(cores.map(judge, rows, chunksize=200))


def _judge(
    row: _Row, *, settings: ValidateSettings, glossary: tuple[Term, ...], told: Mapping[str, PromptText]
) -> list[Problem]:
    paper, summary, translation, known, corrected = row
    return validate_paper(
        paper,
        summary,
        translation,
        settings=settings,
        glossary=glossary,
        told=told,
        known=known,
        corrected=corrected,
    )


def digest_of(day: Day, corrections: Corrections, glossary: tuple[Term, ...]) -> Digest:
    """A day as its stage files have it. Raises FileError."""
    return assemble_digest(
        day.digest,
        day.date,
        day.papers,
        read_records(day.folder / "summaries.jsonl", Summary),
        read_records(day.folder / "translations.jsonl", Translation),
        read_records(day.folder / "problems.jsonl", Problem),
        excluded=day.excluded,
        report=day.report,
        corrections=corrections,
        glossary=glossary,
    )


def write_documents(day: Day, config: Config, context: RunContext, corrections: Corrections) -> None:
    with day.timed("assemble"):
        digest = digest_of(day, corrections, context.glossary)
        for file, text in documents_of(digest, config.assemble):
            write_text(day.folder / file, text)
    day.update_report(counts=digest.counts, outcome="partial" if digest.counts.failed else "complete")
