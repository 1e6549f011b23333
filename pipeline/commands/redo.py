"""`wenzhai redo`: one field of a paper written anew, for a reason that goes into the question, and its day with it.

Asks for nothing else, whatever else has changed since; the other fields and papers of the day stay as they are.
"""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from pipeline.asking.answers import Answers, StoredAnswer, usage_of
from pipeline.asking.context import TASK_OF, RunContext, context_of
from pipeline.asking.redos import NO_REASON, Redo, add_redos, load_redos, reasons_of
from pipeline.asking.resolve import Field, field_of
from pipeline.commands.trial import ask_for
from pipeline.config import Config
from pipeline.files import read_records, write_records
from pipeline.records import Paper, RunRequest, Summary, Translation, Usage
from pipeline.run import Result, alone, run
from pipeline.run.day import Day, find_papers
from pipeline.watch import Watch


class Redone(NamedTuple):
    paper: Paper
    old: str | None
    new: str | None
    """None: no answer came, and what was there stays."""


def redo(
    config: Config, request: RunRequest, ids: Sequence[str], field: str, why: str | None, watch: Watch
) -> tuple[list[Redone], list[Result]]:
    """Asks, and writes the days that hold the papers through validate and assemble. Raises WenzhaiError.

    `request` says where to look for them: its digests, and its dates or else each digest's newest day that has one.
    """
    with alone(config.output):
        pairs = find_papers(config, request, ids)
        records = {day.folder: _records(day, field) for day, _ in pairs}  # before anything is paid for
        papers = list({(paper.id, paper.version): paper for _, paper in pairs}.values())
        redone, bought = _ask_anew(config, papers, field, why, watch)
        for day, paper in pairs:
            if text := redone[paper.id, paper.version].new:
                records[day.folder] = [_with(each, paper, field, text) for each in records[day.folder]]
                write_records(_file(day, field), records[day.folder])
            _charge(day, TASK_OF[field], bought[paper.id, paper.version])
    results = []
    for digest, date in dict.fromkeys((day.digest, day.date) for day, _ in pairs):
        results += run(
            config, RunRequest(stages=("validate", "assemble"), digests=(digest,), dates=(date, date)), watch
        )
    return list(redone.values()), results


def _ask_anew(
    config: Config, papers: Sequence[Paper], field: str, why: str | None, watch: Watch
) -> tuple[dict[tuple[str, int], Redone], dict[tuple[str, int], list[StoredAnswer]]]:
    """What came, by paper and version, and the answers it took."""
    now = dt.datetime.now(dt.UTC)
    new = [
        Redo(id=paper.id, version=paper.version, field=field, why=why or NO_REASON, asked_at=now) for paper in papers
    ]
    before = context_of(config)
    after = dataclasses.replace(before, redos=reasons_of([*load_redos(config.output), *new]))
    redone, bought = {}, {}
    with Answers(config.output / "answers.db") as answers:

        def texts(context: RunContext) -> list[Field]:
            return [field_of(paper, field, context, answers.get) for paper in papers]

        old = texts(before)
        failed = ask_for(papers, (field,), after, answers, watch)
        # Only now: a redo that got no answer is no redo, and costs nothing to try again.
        add_redos(config.output, [each for each in new if (each.id, field) not in failed])
        for paper, was, found in zip(papers, old, texts(after), strict=True):
            place = paper.id, paper.version
            redone[place] = Redone(paper, was.text, None if (paper.id, field) in failed else found.text)
            bought[place] = [row for row in found.used if row not in was.used]
    return redone, bought


def _file(day: Day, field: str) -> Path:
    return day.folder / ("summaries.jsonl" if TASK_OF[field] == "summarize" else "translations.jsonl")


def _records(day: Day, field: str) -> Sequence[Summary | Translation]:
    if TASK_OF[field] == "summarize":
        return read_records(_file(day, field), Summary)
    return read_records(_file(day, field), Translation)


def _with(record: Summary | Translation, paper: Paper, field: str, text: str) -> Summary | Translation:
    same = (record.id, record.version) == (paper.id, paper.version)
    return record.model_copy(update={field: text}) if same else record


def _charge(day: Day, task: str, rows: Sequence[StoredAnswer]) -> None:
    """The document states what its texts cost, this one too."""
    more = usage_of(rows)
    bought = day.report.bought
    day.update_report(bought={**bought, task: bought.get(task, Usage()) + more})
    day.save_report()
