"""The loop over the table of stages: what a run does with its days, and how it ends.

    fetch ─► papers.jsonl ─► (ask: answers.db) ─► summarize, translate ─► validate ─► assemble ─► digest.md

All days are fetched, then what they lack is asked in one queue (queue.py), and each is written as soon as nothing more is
to come for it (writing.py). So a single day and a year are the same, and a year takes no more memory.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from pkgutil import resolve_name
from typing import NamedTuple

from pipeline.asking.answers import Answers
from pipeline.asking.ask import Failures, ask_all
from pipeline.asking.context import context_of, fields_of
from pipeline.asking.resolve import Fields, field_of
from pipeline.config import Config
from pipeline.errors import FileError, ModelError, WenzhaiError
from pipeline.files import clear_parts, locked
from pipeline.model import Meter
from pipeline.records import Counts, Outcome, Paper, RunRequest
from pipeline.render import day_files
from pipeline.run.day import Day, fetch_days, find_days
from pipeline.run.fingerprints import made, shaping, unchanged
from pipeline.run.queue import Queue
from pipeline.run.series import write_series
from pipeline.run.writing import Work, Writer
from pipeline.stages import STAGES
from pipeline.watch import Watch

_log = logging.getLogger(__name__)


class Result(NamedTuple):
    """How a day ended."""

    day: Day
    outcome: Outcome
    counts: Counts


def run(config: Config, request: RunRequest, watch: Watch) -> list[Result]:
    """Runs the wished stages over the wished digests. Raises WenzhaiError, and KeyboardInterrupt.

    Interrupted while asking, it writes the days for which something came before it raises; a model that stops the run
    leaves the older documents of unfinished days in place. An older text is never replaced by none.
    """
    with alone(config.output):
        days = list(fetch_days(config, request, watch) if "fetch" in request.stages else find_days(config, request))
        announced = [day for day in days if day.announced]
        at_work = [day for day in announced if not _is_unchanged(config, request, day)]
        try:
            if at_work and set(request.stages) - {"fetch"}:
                _Run(config, request, at_work, watch).do()
        except (WenzhaiError, KeyboardInterrupt):
            # Days that were written before the run stopped are in the archive and the feed too.
            with suppress(FileError):  # what stopped the run is what must be told
                _write_series(config, request, announced)
            raise
        _write_series(config, request, announced)
        for day in announced:
            day.save_report()
    return [
        Result(day, day.report.outcome, day.report.counts)
        if day.announced
        else Result(day, "no_announcement", Counts())
        for day in days
    ]


def _write_series(config: Config, request: RunRequest, days: Sequence[Day]) -> None:
    if "assemble" in request.stages:
        for digest in dict.fromkeys(day.digest for day in days):
            write_series(config, digest)


@contextmanager
def alone(output: Path) -> Iterator[None]:
    """One run at a time in an output folder: two would ask, and pay, for the same."""
    try:
        output.mkdir(parents=True, exist_ok=True)
        with ExitStack() as until_end:
            until_end.enter_context(locked(output / ".lock"))
            clear_parts(output)
            until_end = until_end.pop_all()
    except TimeoutError:
        raise FileError(f"{output}: another run is at work there; let it finish, or set another `output`") from None
    except OSError as error:
        raise FileError(f"{output}: cannot be written: {error.strerror}; set another `output`") from None
    with until_end:
        yield


def _is_unchanged(config: Config, request: RunRequest, day: Day) -> bool:
    """Whether a whole run would only write again what is there."""
    recorded = day.report.unchanged
    if not recorded or request.again or not _is_whole(request):
        return False
    return recorded == unchanged(config, request, day, _documents(config))


def _documents(config: Config) -> tuple[str, ...]:
    return day_files(config.assemble.formats)


def _is_whole(request: RunRequest) -> bool:
    return {stage.name for stage in STAGES if stage.work} <= set(request.stages)


class _Run:
    """All stages but fetch, over the days that need them."""

    def __init__(self, config: Config, request: RunRequest, days: Sequence[Day], watch: Watch) -> None:
        self._days = days
        self._watch = watch
        self._work = Work(config, request, context_of(config), fields_of(config, request.stages))
        self._unwritten = list(days)

    def do(self) -> None:
        if not self._work.asked:
            for day in self._days:
                self._write(day, {})
            return
        meter, started = Meter(), time.monotonic()
        with self._open_answers(again=self._work.request.again) as answers:
            writer = Writer(self._write)
            queue = Queue(self._days, partial(self._lacks, answers), writer.hand_over)
            try:
                with writer:
                    queue.finish_complete_days()
                    if not queue.is_empty:
                        self._ask(queue, answers, meter)
            except KeyboardInterrupt:
                self._end("interrupted", queue.begun())
                raise
            except ModelError:
                self._end("stopped")
                raise
            finally:
                usage = meter.usage.model_copy(update={"cost": answers.spent})
                seconds = round(time.monotonic() - started, 3)
                for day in self._days:
                    day.update_report(usage=usage, seconds={**day.report.seconds, "ask": seconds})
                    day.save_report()

    def _open_answers(self, *, again: bool = False) -> Answers:
        return Answers(self._work.config.output / "answers.db", again=again)

    def _lacks(self, answers: Answers, paper: Paper) -> bool:
        return any(field_of(paper, name, self._work.context, answers.get).needs for name in self._work.asked)

    def _papers(self) -> Iterator[Paper]:
        for day in self._days:
            yield from day.wanted
            day.release()

    def _ask(self, queue: Queue, answers: Answers, meter: Meter) -> None:
        """Asks for what the days lack; the queue hands over each as soon as it has all."""
        context = self._work.context

        def facts() -> str:
            tokens = meter.usage.prompt_tokens + meter.usage.completion_tokens
            return f"{tokens:,} tokens, {answers.spent:.4f} {context.models[0].price.currency}"

        with self._watch.progress("asking", lambda: queue.length, facts) as advance:

            def done(paper: Paper, failures: Failures) -> None:
                queue.done(paper, failures)
                advance()

            ask_all(
                queue,
                self._work.asked,
                context,
                answers,
                done,
                say=self._watch.say,
                meter=meter,
                again=self._papers,
            )

    def _write(self, day: Day, failures: Failures) -> None:
        """The stage files and documents of a day, from the answers there are."""
        if self._work.asked:
            # A connection of its own, since this may be another thread.
            with self._open_answers() as answers:
                self._write_stages(replace(self._work, failures=failures), day, Fields(self._work.context, answers.get))
        else:
            self._write_stages(self._work, day)
        day.save_report()
        day.release()
        self._unwritten.remove(day)

    def _write_stages(self, work: Work, day: Day, fields: Fields | None = None) -> None:
        for stage in STAGES:
            if stage.work and stage.name in work.request.stages:
                _log.info("%s: %s", day.name, stage.name)
                with day.timed(stage.name):
                    resolve_name(stage.work)(replace(work, fields=fields), day, stage)
        complete = fields and not any(fields.state(paper, name).needs for paper in day.wanted for name in work.asked)
        whole = complete and _is_whole(work.request)
        documents = _documents(work.config)
        day.update_report(
            unchanged=unchanged(work.config, work.request, day, documents) if whole else None,
            shaped_by={**day.report.shaped_by, **shaping(work.config, day, work.request.stages)},
            files={**day.report.files, **made(day, documents, work.request.stages)},
        )

    def _end(self, outcome: Outcome, begun: Sequence[tuple[Day, Failures]] = ()) -> None:
        """The run did not come to its end: what came is written, and run.json says so."""
        unwritten = list(self._unwritten)
        for day, failures in begun:
            self._write(day, failures)
        for day in unwritten:
            day.update_report(outcome=outcome)
