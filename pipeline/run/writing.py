"""Reads and writes the files of each stage in a day's folder: texts, problems, documents.

The table of stages names the functions here. The stages themselves are pure functions in stages/.
"""

import logging
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from pipeline.asking.answers import StoredAnswer, usage_of
from pipeline.asking.ask import Failures
from pipeline.asking.claims import standing
from pipeline.asking.context import RunContext
from pipeline.asking.prompts import Prompt
from pipeline.asking.states import Fields
from pipeline.config import Config
from pipeline.corrections import Corrections
from pipeline.fields import FIELDS, REVIEW, TASKS, field_named, fields_of_task
from pipeline.files import read_records, remove, write_records, write_text
from pipeline.ledger import Version, count, fate_of, field_texts, review_counts
from pipeline.records import (
    Digest,
    Entry,
    Failure,
    Fate,
    Paper,
    PaperReview,
    PaperTexts,
    Problem,
    RunRequest,
    Texts,
    worst_first,
)
from pipeline.render import documents_of
from pipeline.rules import rule_named
from pipeline.rules.across import same_text
from pipeline.rules.judge import Judge
from pipeline.run.cores import MANY, Cores
from pipeline.run.day import Day, read_failures, read_reviews, read_texts, texts_in
from pipeline.run.fingerprints import fingerprint_of, is_edited
from pipeline.settings import AssembleSettings
from pipeline.stages import REVIEWS, Stage, texts_file
from pipeline.stages.assemble import assemble_digest
from pipeline.stages.review import review_of_paper
from pipeline.stages.texts import texts_of_paper
from pipeline.stages.validate import validate_paper

_SLICE = 200
"""Papers of a large day that another process checks at a time."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Work:
    """The input of the stages of a day."""

    config: Config
    request: RunRequest
    context: RunContext
    asked: tuple[str, ...] = ()
    """The fields that this run asks for."""
    fields: Fields | None = None
    """Their states; None if nothing is asked."""
    failures: Failures = field(default_factory=dict)
    """The questions of this run that failed, with their reasons."""
    cores: "Cores[Work] | None" = None
    """On which a large day is checked; None where the day is being written by one of them."""


class Writer:
    """Writes days in a second thread, one after the other. To check and render a day of 300 papers takes seconds; in
    the event loop, calls in flight would time out meanwhile.

    An exception is raised with the next `hand_over`, or at the end. After a cancellation, it finishes the current day
    and drops the rest.
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


def write_texts(work: Work, day: Day, stage: Stage) -> None:
    """Writes the texts of a stage that asks a model, the reasons for missing ones, and their cost."""
    assert work.fields, "a stage that asks runs only where something is asked"
    fields, path = work.fields, day.folder / texts_file(stage.name)
    asked = [name for name in work.asked if name != REVIEW and field_named(name).task == stage.name]
    earlier = texts_in(path)

    def text_of(paper: Paper, name: str) -> str | None:
        """The stored answer; without one, the text that an earlier run left in the file."""
        text = fields.state(paper, name).text
        return text if text is not None else earlier.get((paper.id, paper.version), {}).get(name)

    records = [texts_of_paper(paper, stage.name, asked=asked, text_of=text_of) for paper in day.wanted]
    write_records(path, records)
    _write_failures(day, stage, records, asked, fields, work.failures)
    stored = [each for paper in day.wanted for name in asked for each in fields.state(paper, name).used]
    day.update_report(
        bought={**day.report.bought, stage.name: usage_of(stored)},
        prompts={**day.report.prompts, stage.name: _wordings(work.context.prompts[stage.name], stored)},
        model=work.context.models[0].name,
    )


def _wordings(prompt: Prompt, stored: Sequence[StoredAnswer]) -> str:
    """The fingerprint of the prompt; where answers to an earlier wording of it still count, of all that were used."""
    used = {each.prompt for each in stored}
    return (
        "+".join(each.fingerprint for each in (prompt, *prompt.former) if each.fingerprint in used)
        or prompt.fingerprint
    )


def write_reviews(work: Work, day: Day, _: Stage) -> None:
    """Writes what the second reader says, and the texts that were written anew because of it. A text file that was
    edited by hand stays as it is. Without a reader the file is removed."""
    path = day.folder / REVIEWS
    if not work.context.reviewers:
        remove(path)
        report = day.report
        kept = {
            name: {task: each for task, each in getattr(report, name).items() if task != REVIEW}
            for name in ("bought", "prompts")
        }
        day.update_report(reviewer=None, reviewed=None, **kept)
        return
    assert work.fields, "a reader is asked"
    fields, reader = work.fields, work.context.reviewers[0].name
    write_records(path, (review_of_paper(paper, fields.review(paper), reader) for paper in day.wanted))
    papers = {(paper.id, paper.version): paper for paper in day.wanted}
    for task in TASKS:
        file = texts_file(task)
        if task not in work.request.stages and (day.folder / file).exists() and not is_edited(day, file):
            records = read_records(day.folder / file, PaperTexts)
            write_records(day.folder / file, (_as_reviewed(each, papers, fields) for each in records))
            day.update_report(files={**day.report.files, file: fingerprint_of(day.folder / file)})
    day.update_report(
        bought={
            **day.report.bought,
            REVIEW: usage_of([row for each in day.wanted for row in fields.review(each).used]),
        },
        prompts={**day.report.prompts, REVIEW: work.context.prompts[REVIEW].fingerprint},
        reviewer=reader,
    )


def _as_reviewed(record: PaperTexts, papers: Mapping[Version, Paper], fields: Fields) -> PaperTexts:
    """The texts of a paper as they stand after its review; one that no stored answer gives stays."""
    paper = papers.get((record.id, record.version))
    if paper is None:
        return record

    def as_reviewed(name: str, text: str | None) -> str | None:
        now = fields.state(paper, name).text if text is not None else None
        return text if now is None else now

    return record.model_copy(update={"texts": {name: as_reviewed(name, text) for name, text in record.texts.items()}})


def _write_failures(
    day: Day, stage: Stage, records: Sequence[PaperTexts], asked: Collection[str], fields: Fields, failures: Failures
) -> None:
    """Writes to failures.jsonl why each requested text of this stage is missing; rows of other stages stay."""
    earlier = read_failures(day.folder)
    known = {(each.id, each.field): each for each in earlier}
    papers = {paper.id: paper for paper in day.wanted}
    own = {each.name for each in fields_of_task(stage.name)}
    rows = [each for each in earlier if each.field not in own]
    for record in records:
        for name in asked:
            if record.texts[name] is not None:
                continue
            failure, part = failures.get((record.id, name)), fields.state(papers[record.id], name).rejected_part
            if failure:
                rows.append(Failure(id=record.id, field=name, rule=failure.rule, detail=str(failure)))
            elif part:
                rows.append(Failure(id=record.id, field=name, rule=part.rule, detail=part.detail))
            elif (record.id, name) in known:
                rows.append(known[record.id, name])
    if rows != earlier:
        write_records(day.folder / "failures.jsonl", rows)


def write_problems(work: Work, day: Day, _: Stage) -> None:
    """Runs every rule on every text of the day and writes problems.jsonl."""
    texts, failures, reviews = read_texts(day.folder), read_failures(day.folder), read_reviews(day.folder)
    failed: dict[str, set[str]] = {}
    for failure in failures:
        failed.setdefault(failure.id, set()).add(failure.field)
    rows = []
    lost: list[list[str]] = []
    for paper in day.wanted:
        corrected = work.context.corrections.get(paper.id, {})
        whole = field_texts(texts.get((paper.id, paper.version)), corrected)
        review = (reviews or {}).get((paper.id, paper.version))
        review = standing(review, whole, corrected) if review else None
        rows.append((paper, whole, frozenset(failed.get(paper.id, ())), frozenset(corrected), review))
        lost.append([name for name in failed.get(paper.id, ()) if name in whole and whole[name] is None])
    shared = same_text(((row[0], row[1]) for row in rows), work.context.checks)
    found = [
        worst_first([*each, *shared.get(row[0].id, ())]) for row, each in zip(rows, _judged(rows, work), strict=True)
    ]
    counted = Counter(
        rule for each in found for rule in {problem.rule for problem in each if problem.severity == "count"}
    )
    found = [[problem for problem in each if problem.severity != "count"] for each in found]
    write_records(day.folder / "problems.jsonl", [problem for problems in found for problem in problems])
    if failures and not (day.folder / "failures.jsonl").exists():
        # The first version kept these reasons in problems.jsonl, which was just overwritten.
        without_text = {(row[0].id, name) for row, names in zip(rows, lost, strict=True) for name in names}
        kept = [each for each in failures if (each.id, each.field) in without_text]
        write_records(day.folder / "failures.jsonl", kept)
    fates: list[Fate] = ["failed" if names else fate_of(each) for each, names in zip(found, lost, strict=True)]
    reviewed = review_counts(zip(fates, (row[4] for row in rows), strict=True)) if reviews is not None else None
    fates += ["excluded"] * len(day.excluded)
    day.update_report(
        reviewed=reviewed,
        counts=count(fates, sum(not each.field for each in failures)),
        counted=dict(sorted(counted.items())),
    )


_Row = tuple[Paper, Texts, frozenset[str], frozenset[str], PaperReview | None]
"""A paper, its texts, the fields that failed, the fields that a person corrected, and what the second reader says."""


def _judged(rows: Sequence[_Row], work: Work) -> Iterator[list[Problem]]:
    """The problems of each row."""
    if work.cores and len(rows) >= MANY:
        return work.cores.map(_judge, rows, size=_SLICE)
    return (_judge(work, row) for row in rows)


def _judge(work: Work, row: _Row) -> list[Problem]:
    paper, texts, failed, corrected, review = row
    return validate_paper(paper, texts, work.context.judge, failed=failed, corrected=corrected, review=review)


def digest_of(day: Day, corrections: Corrections, judge: Judge) -> Digest:
    """A day, read from its stage files. Raises FileError."""
    return assemble_digest(
        day.digest,
        day.date,
        day.papers,
        read_texts(day.folder),
        read_records(day.folder / "problems.jsonl", Problem),
        read_failures(day.folder),
        reviews=read_reviews(day.folder),
        excluded=day.excluded,
        report=day.report,
        corrections=corrections,
        judge=judge,
        wanted_in=day.wanted_in,
    )


def write_documents(work: Work, day: Day, _: Stage) -> None:
    """Writes the documents of the day."""
    digest = digest_of(day, work.context.corrections, work.context.judge)
    settings = work.config.assemble
    try:
        documents = list(documents_of(digest, settings))
    except Exception:  # noqa: BLE001 - a bug that one paper triggers must not fail the day
        _log.exception("%s cannot be rendered", day.name)
        digest = _without_unrenderable(digest, settings)
        documents = list(documents_of(digest, settings))
    for file, text in documents:
        write_text(day.folder / file, text)
    day.update_report(
        counts=digest.counts, reviewed=digest.reviewed, outcome="partial" if digest.counts.failed else "complete"
    )


def _without_unrenderable(digest: Digest, settings: AssembleSettings) -> Digest:
    """The same day; papers that cannot be rendered are replaced by failed entries that show only their ids."""
    entries = tuple(each if _is_renderable(digest, each, settings) else _unrenderable(each) for each in digest.entries)
    return digest.model_copy(
        update={
            "entries": entries,
            "counts": count((each.fate for each in entries), len(digest.unread)),
            "reviewed": digest.reviewed and review_counts((each.fate, each.review) for each in entries),
        }
    )


def _is_renderable(digest: Digest, entry: Entry, settings: AssembleSettings) -> bool:
    try:
        alone = {"entries": (entry,), "counts": count([entry.fate])}
        alone["reviewed"] = digest.reviewed and review_counts([(entry.fate, entry.review)])
        list(documents_of(digest.model_copy(update=alone), settings))
    except Exception:  # noqa: BLE001 - as above
        _log.exception("%s cannot be rendered", entry.paper.id)
        return False
    return True


def _unrenderable(entry: Entry) -> Entry:
    rule = rule_named("render_error")
    problems = tuple(
        Problem(id=entry.paper.id, field=each.name, rule=rule.name, severity="reject", detail=rule.tells)
        for each in FIELDS
        if not each.optional
    )
    bare = {"title": entry.paper.id, "abstract": "…", "authors": (), "comment": None}
    paper = entry.paper.model_copy(update=bare)
    return Entry(paper=paper, fate="failed", problems=problems)
