"""A run: goes through the table of stages for all wanted days.

    fetch ─► papers.jsonl ─► (ask: answers.db) ─► summarize, translate ─► review ─► validate ─► assemble ─► digest.md

All days are fetched first. Then all missing fields are asked in one queue (processing.py, queue.py), and each day is
written as soon as its last paper is done (writing.py). One day and a year use the same code, and a year needs no more memory.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import NamedTuple

from pipeline.asking.context import context_of
from pipeline.config import Config
from pipeline.errors import FileError, WenzhaiError
from pipeline.fields import TASKS
from pipeline.files import clear_parts, locked
from pipeline.garbage import collect_seldom
from pipeline.model.providers import provider_of
from pipeline.records import Counts, Outcome, RunRequest
from pipeline.run.day import Day, fetch_days, find_days
from pipeline.run.fingerprints import is_unchanged
from pipeline.run.series import AllDays, write_series
from pipeline.run.site import write_notes, write_site
from pipeline.settings import ModelSettings
from pipeline.sources.table import SOURCES
from pipeline.watch import Watch


class Result(NamedTuple):
    """The outcome of a day."""

    day: Day
    outcome: Outcome
    counts: Counts


def run(config: Config, request: RunRequest, watch: Watch) -> list[Result]:
    """Runs the requested stages for the requested digests. Raises WenzhaiError, and KeyboardInterrupt.

    After an interruption, the days that got new answers are written before it raises. After a ModelError, unfinished
    days keep their older documents. An existing text is never replaced by an empty one.
    """
    collect_seldom()
    with alone(config.output):
        asks = {"fetch", *TASKS} & set(request.stages) > {"fetch"}
        if asks and SOURCES[config.fetch.source].is_remote:
            Thread(target=_load_provider, args=(config.model,), daemon=True).start()
            context_of(config)  # what is wrong with a prompt is told before arXiv is asked
        days = list(fetch_days(config, request, watch) if "fetch" in request.stages else find_days(config, request))
        announced = [day for day in days if day.announced]
        at_work = [day for day in announced if not is_unchanged(config, request, day)]
        try:
            if at_work and set(request.stages) - {"fetch"}:
                # Late: what asks and writes takes as long to import as all the rest.
                from pipeline.run.processing import process

                process(config, request, at_work, watch)
        except (WenzhaiError, KeyboardInterrupt):
            # The archive and the feed must include the days written before the run stopped.
            with suppress(FileError):  # the first error must be reported
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


def _load_provider(model: ModelSettings) -> None:
    """Imports its client while the source is waited for: half a second less until the first question."""
    with suppress(ImportError):  # told by whoever needs it
        provider_of(model).open  # noqa: B018 - imports


def _write_series(config: Config, request: RunRequest, days: Sequence[Day]) -> None:
    if "assemble" in request.stages:
        digests = {digest: AllDays(config, digest) for digest in dict.fromkeys(day.digest for day in days)}
        for each in digests.values():
            write_series(each)
        write_site(config, digests)
        write_notes(config, days)


@contextmanager
def alone(output: Path) -> Iterator[None]:
    """A lock: one run at a time in an output folder, because two would pay for the same questions."""
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
