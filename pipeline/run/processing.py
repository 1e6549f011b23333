"""All stages after fetch, for the days that need them: asks for what is missing, and writes each day when it is complete."""

import logging
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pkgutil import resolve_name

from pipeline.asking.answers import Answers
from pipeline.asking.ask import Failures, ask_all
from pipeline.asking.context import asked_by, context_of
from pipeline.asking.states import Fields
from pipeline.config import Config
from pipeline.errors import ModelError
from pipeline.model.meter import Meter
from pipeline.records import Outcome, Paper, RunReport, RunRequest
from pipeline.run.cores import Cores
from pipeline.run.day import Day
from pipeline.run.fingerprints import is_whole, made, shaping, unchanged
from pipeline.run.queue import Queue
from pipeline.run.writing import Work, Writer
from pipeline.stages import STAGES
from pipeline.watch import Watch

_log = logging.getLogger(__name__)


def process(config: Config, request: RunRequest, days: Sequence[Day], watch: Watch) -> None:
    """Raises WenzhaiError, and KeyboardInterrupt, after the days that got new answers are written."""
    _Processing(Work(config, request, context_of(config), asked_by(config, request.stages)), days, watch).do()


class _Processing:
    def __init__(self, work: Work, days: Sequence[Day], watch: Watch) -> None:
        self._work = work
        self._days = days
        self._watch = watch
        self._unwritten = list(days)

    def do(self) -> None:
        with Cores(self._work, sum(day.announced for day in self._days)) as cores:
            if not self._work.asked:
                self._write_all(cores, _write, self._days)
                return
            if not self._work.request.again:
                written = [day for day in self._days if day.report.files]  # mutant: only faster
                self._write_all(cores, _write_if_complete, written)
            self._work = replace(self._work, cores=cores)
            self._ask_and_write()

    def _write_all(
        self, cores: Cores[Work], write: Callable[[Work, Day], RunReport | None], days: Sequence[Day]
    ) -> None:
        """Writes days for which nothing is asked, on all cores; `write` returns None for a day that lacks something."""
        if len(days) > 1:
            reports = cores.map(write, days)
        else:
            reports = (write(replace(self._work, cores=cores), day) for day in days)
        for day, report in zip(days, reports, strict=True):
            if report:
                day.report = report
                self._unwritten.remove(day)

    def _ask_and_write(self) -> None:
        meter, started = Meter(), time.monotonic()
        with self._open_answers(self._work.asked if self._work.request.again else ()) as answers:
            writer = Writer(self._write)
            queue = Queue(list(self._unwritten), partial(self._lacks, answers), writer.hand_over)
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

    def _open_answers(self, again: Collection[str] = ()) -> Answers:
        return Answers(self._work.config.output / "answers.db", again=again)

    def _lacks(self, answers: Answers, paper: Paper) -> bool:
        return Fields(self._work.context, answers).lacks(paper, self._work.asked)

    def _papers(self) -> Iterator[Paper]:
        for day in self._days:
            yield from day.wanted
            day.release()

    def _ask(self, queue: Queue, answers: Answers, meter: Meter) -> None:
        """Asks for the missing fields; the queue passes on each day as soon as it is complete."""
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
        """Writes the stage files and documents of a day from the stored answers."""
        # A new connection, because this may run in another thread.
        with self._open_answers() as answers:
            _write(replace(self._work, failures=failures, fields=Fields(self._work.context, answers)), day)
        self._unwritten.remove(day)

    def _end(self, outcome: Outcome, begun: Sequence[tuple[Day, Failures]] = ()) -> None:
        """The run ends early: writes the days with new answers, and records the outcome in run.json."""
        unwritten = list(self._unwritten)
        for day, failures in begun:
            self._write(day, failures)
        for day in unwritten:
            day.update_report(outcome=outcome)


def _write(work: Work, day: Day) -> RunReport:
    """Writes the stage files and documents of a day; returns what its run.json now says."""
    for stage in STAGES:
        if stage.work and stage.name in work.request.stages:
            _log.info("%s: %s", day.name, stage.name)
            with day.timed(stage.name):
                resolve_name(stage.work)(work, day, stage)
    fields = work.fields
    complete = fields and not any(fields.lacks(paper, work.asked) for paper in day.wanted)
    whole = complete and is_whole(work.request)
    day.update_report(
        unchanged=unchanged(work.config, work.request, day) if whole else None,
        shaped_by={**day.report.shaped_by, **shaping(work.config, day, work.request.stages)},
        files={**day.report.files, **made(work.config, day, work.request.stages)},
    )
    day.save_report()
    day.release()
    return day.report


def _write_if_complete(work: Work, day: Day) -> RunReport | None:
    """The same from the stored answers; None where one is missing."""
    with Answers(work.config.output / "answers.db") as answers:
        fields = Fields(work.context, answers)
        if any(fields.lacks(paper, work.asked) for paper in day.wanted):
            day.release()
            return None
        return _write(replace(work, fields=fields), day)
