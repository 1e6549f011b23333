"""`wenzhai redo`: asks again for one field of a paper, with a reason in the question, and writes its day again.

Asks only for this field, the fields made from it and their review; the other fields and papers of the day stay as
they are.
"""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from pipeline.asking.answers import Answers, StoredAnswer, usage_of
from pipeline.asking.context import context_of
from pipeline.asking.redos import NO_REASON, Redo, add_redos, load_redos, reasons_of
from pipeline.asking.resolve import FieldState
from pipeline.asking.states import Fields
from pipeline.commands.trial import ask_for
from pipeline.config import Config
from pipeline.fields import REVIEW, TASKS, field_named, made_from
from pipeline.files import read_records, write_records
from pipeline.ledger import Version
from pipeline.records import NAMES, Paper, PaperReview, PaperTexts, RunRequest, Usage
from pipeline.run import Result, alone, run
from pipeline.run.day import Day, find_papers
from pipeline.stages import REVIEWS, texts_file
from pipeline.stages.review import review_of_paper
from pipeline.text.visible import cleaned
from pipeline.watch import Watch


class Redone(NamedTuple):
    paper: Paper
    field: str
    old: str | None
    new: str | None
    """None: there was no answer, and the old text stays."""
    bought: Sequence[StoredAnswer] = ()
    """The answers paid for it."""


def redo(
    config: Config, request: RunRequest, ids: Sequence[str], field: str, why: str | None, watch: Watch
) -> tuple[list[Redone], list[Result]]:
    """Asks for the field and the fields made from it, then validates and assembles the days of the papers. Raises
    WenzhaiError.

    `request`: the digests and dates in which to find the papers; without dates, each digest's newest day with the
    paper.
    """
    names = [field, *(each.name for each in made_from([field]))]
    with alone(config.output):
        pairs = find_papers(config, request, ids)
        # Read first: an error here must come before anything is paid for.
        files = {path: read_records(path, PaperTexts) for day, _ in pairs for path in _files(day, TASKS)}
        papers = list({(paper.id, paper.version): paper for _, paper in pairs}.values())
        redone = _ask_anew(config, papers, names, why, watch)
        for day, paper in pairs:
            for each in redone[paper.id, paper.version]:
                (path,) = _files(day, [field_named(each.field).task])
                if each.new:
                    files[path] = [_with(record, paper, each.field, each.new) for record in files[path]]
                    write_records(path, files[path])
                _charge(day, field_named(each.field).task, each.bought)
        _write_reviews(config, pairs)
    results = []
    for digest, date in dict.fromkeys((day.digest, day.date) for day, _ in pairs):
        stages = RunRequest(stages=("validate", "assemble"), digests=(digest,), dates=(date, date))
        results += run(config, stages, watch)
    return [each for found in redone.values() for each in found if each.field == field], results


def _ask_anew(
    config: Config, papers: Sequence[Paper], names: Sequence[str], why: str | None, watch: Watch
) -> dict[Version, list[Redone]]:
    """Asks for `names[0]`, the fields made from it and their review; returns what was redone in each paper."""
    field, now = names[0], dt.datetime.now(dt.UTC)
    new = [
        Redo(id=paper.id, version=paper.version, field=field, why=cleaned(why or "") or NO_REASON, asked_at=now)
        for paper in papers
    ]
    before = context_of(config)
    after = dataclasses.replace(before, redos=reasons_of([*load_redos(config.output), *new]))
    with Answers(config.output / "answers.db") as answers:
        old = Fields(before, answers)
        for paper in papers:  # before anything is asked, because each state is computed only once
            for name in NAMES:
                old.state(paper, name)
        failed = ask_for(papers, [*names, *([REVIEW] if after.reviewers else [])], after, answers, watch)
        # After asking: a redo without an answer is not recorded, so it can be tried again.
        add_redos(config.output, [each for each in new if (each.id, field) not in failed])
        found = Fields(after, answers)
        return {
            (paper.id, paper.version): [
                _redone(paper, name, old.state(paper, name), found.state(paper, name), (paper.id, name) in failed)
                for name in NAMES
                # The review may have changed others.
                if name in names or found.state(paper, name).text != old.state(paper, name).text
            ]
            for paper in papers
        }


def _redone(paper: Paper, name: str, old: FieldState, new: FieldState, failed: bool) -> Redone:
    bought = [row for row in new.used if row not in old.used]
    return Redone(paper, name, old.text, None if failed else new.text, bought)


def _write_reviews(config: Config, pairs: Sequence[tuple[Day, Paper]]) -> None:
    """Writes the reviews of these papers into the days that have been reviewed, and what the review of each day cost."""
    context = context_of(config)
    redone = {(paper.id, paper.version): paper for _, paper in pairs}
    if not context.reviewers:
        return
    with Answers(config.output / "answers.db") as answers:
        fields, reader = Fields(context, answers), context.reviewers[0].name
        for day in {id(day): day for day, _ in pairs}.values():
            path = day.folder / REVIEWS
            if path.exists():
                reviews = [
                    review_of_paper(paper, fields.review(paper), reader) if paper else each
                    for each in read_records(path, PaperReview)
                    for paper in (redone.get((each.id, each.version)),)
                ]
                write_records(path, reviews)
                used = [row for paper in day.wanted for row in fields.review(paper).used]
                day.update_report(bought={**day.report.bought, REVIEW: usage_of(used)})
                day.save_report()


def _files(day: Day, tasks: Sequence[str]) -> list[Path]:
    return [day.folder / texts_file(task) for task in tasks]


def _with(record: PaperTexts, paper: Paper, field: str, text: str) -> PaperTexts:
    same = (record.id, record.version) == (paper.id, paper.version)
    return record.model_copy(update={"texts": {**record.texts, field: text}}) if same else record


def _charge(day: Day, task: str, rows: Sequence[StoredAnswer]) -> None:
    """Adds the cost of the new answers to the cost in run.json."""
    more = usage_of(rows)
    bought = day.report.bought
    day.update_report(bought={**bought, task: bought.get(task, Usage()) + more})
    day.save_report()
