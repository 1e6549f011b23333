"""The stage table and the loop over it: what a run does with its days, and how it ends.

    fetch ─► papers.jsonl ─► (ask: answers.db) ─► summarize, translate ─► validate ─► assemble ─► digest.md

All days are fetched, then what they lack is asked in one queue (queue.py), and each is written as soon as nothing more is
to come for it (writing.py). So a single day and a year are the same, and a year takes no more memory.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock, Timeout

from pipeline.asking.answers import Answers
from pipeline.asking.ask import Failures, ask_papers
from pipeline.asking.brief import Brief, brief_of, fields_of
from pipeline.asking.budget import Budget
from pipeline.asking.settle import Texts
from pipeline.config import Config
from pipeline.corrections import load_corrections
from pipeline.day import Day, fetch_days, find_days
from pipeline.errors import FileError, ModelError
from pipeline.models import Counts, Outcome, Paper, Wish
from pipeline.queue import Queue
from pipeline.render import FORMATS
from pipeline.unchanged import fingerprint
from pipeline.watch import Watch
from pipeline.writing import write_documents, write_failures, write_problems, write_texts


class Stage(NamedTuple):
    name: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    does: str


STAGES = (
    Stage("fetch", (), ("papers.jsonl",), "reads the announcement"),
    Stage("summarize", ("papers.jsonl",), ("summaries.jsonl",), "has a one-line summary of each paper written"),
    Stage("translate", ("papers.jsonl",), ("translations.jsonl",), "has titles and abstracts translated"),
    Stage(
        "validate",
        ("papers.jsonl", "summaries.jsonl", "translations.jsonl"),
        ("problems.jsonl",),
        "holds every field to every rule",
    ),
    Stage(
        "assemble",
        ("papers.jsonl", "summaries.jsonl", "translations.jsonl", "problems.jsonl"),
        ("digest.md", "digest.html", "run.json"),
        "writes the documents",
    ),
)


class Result(NamedTuple):
    """How a day ended."""

    day: Day
    outcome: Outcome
    counts: Counts


def run(config: Config, wish: Wish, watch: Watch) -> list[Result]:
    """Runs the wished stages over the wished digests. Raises WenzhaiError, and KeyboardInterrupt.

    Interrupted while asking, it writes the days for which something came before it raises; a model that stops the run
    leaves the older documents of unfinished days in place. An older text is never replaced by none.
    """
    with _alone(config.output):
        days = list(fetch_days(config, wish, watch) if "fetch" in wish.stages else find_days(config, wish))
        announced = [day for day in days if day.announced]
        at_work = [day for day in announced if not _is_unchanged(config, wish, day)]
        if at_work and set(wish.stages) - {"fetch"}:
            _work(config, wish, at_work, watch)
        for day in announced:
            day.save_report()
    return [Result(day, day.report.outcome if day.announced else "no_announcement", day.report.counts) for day in days]


@contextmanager
def _alone(output: Path) -> Iterator[None]:
    """One run at a time in an output folder: two would ask, and pay, for the same."""
    try:
        output.mkdir(parents=True, exist_ok=True)
        lock = FileLock(output / ".lock", timeout=0)
        with lock:
            yield
    except Timeout:
        raise FileError(f"{output}: another run is at work there; let it finish, or set another `output`") from None
    except OSError as error:
        raise FileError(f"{output}: cannot be written: {error.strerror}; set another `output`") from None


def _is_unchanged(config: Config, wish: Wish, day: Day) -> bool:
    """Whether a whole run would only write again what is there."""
    recorded = day.report.unchanged
    if not recorded or wish.again or not _is_whole(wish):
        return False
    return recorded == fingerprint(config, wish, day, _documents(config))


def _documents(config: Config) -> tuple[str, ...]:
    return tuple(FORMATS[name][0] for name in config.assemble.formats)


def _is_whole(wish: Wish) -> bool:
    return {stage.name for stage in STAGES} - {"fetch"} <= set(wish.stages)


def _work(config: Config, wish: Wish, days: Sequence[Day], watch: Watch) -> None:
    brief = brief_of(config)
    fields = fields_of(config, wish.stages)
    corrections = load_corrections(config.output)

    def write(day: Day) -> None:
        """What validate and assemble make of a day's files."""
        if "validate" in wish.stages:
            write_problems(day, brief, corrections)
        if "assemble" in wish.stages:
            write_documents(day, config, brief, corrections)
        whole = day.asked_out and _is_whole(wish)
        day.note(unchanged=fingerprint(config, wish, day, _documents(config)) if whole else None)
        day.save_report()
        day.put_down()

    if not fields:
        for day in days:
            write(day)
        return
    with Answers(config.output / "answers.db", again=wish.again) as answers:
        texts = Texts(brief, answers.get)

        def finish(day: Day, failures: Failures) -> None:
            write_failures(day, fields, failures)
            write_texts(day, wish.stages, fields, brief, texts)
            for paper in day.wanted:
                texts.forget(paper)
            write(day)

        queue = Queue(days, lambda paper: any(texts.field(paper, name).needs for name in fields), finish)
        try:
            _ask(queue, days, fields, brief, answers, texts, watch)
        except KeyboardInterrupt:
            queue.break_off()
            _end(days, queue.unfinished, "interrupted")
            raise
        except ModelError:
            _end(days, queue.unfinished, "stopped")
            raise


def _end(days: Sequence[Day], unfinished: Sequence[Day], outcome: Outcome) -> None:
    """Says in run.json that a run did not come to its end."""
    for day in unfinished:
        day.note(outcome=outcome)
    for day in days:
        day.save_report()


def _ask(
    queue: Queue,
    days: Sequence[Day],
    fields: Sequence[str],
    brief: Brief,
    answers: Answers,
    texts: Texts,
    watch: Watch,
) -> None:
    """Asks for what the days lack, and lets the queue finish each as soon as it has all."""
    if queue.is_empty():
        return
    # Late: a run that asks nothing must not pay for importing a client.
    from pipeline.model import Tally, connect

    tally = Tally()
    started = time.monotonic()

    def facts() -> str:
        tokens = tally.prompt_tokens + tally.completion_tokens
        return f"{tokens:,} tokens, {answers.spent:.4f} {brief.models[0].price.currency}"

    async def ask_all(advance: Callable[[], None]) -> None:
        def done(paper: Paper, failures: Failures) -> None:
            texts.forget(paper)
            queue.done(paper, failures)
            advance()

        async with AsyncExitStack() as stack:
            budget = Budget(brief.models[0].max_cost)
            asks = []
            for model in brief.models:
                ask = await stack.enter_async_context(connect(model, say=watch.say, usage=tally))
                asks.append(budget.within(ask, model))
            await ask_papers(queue, fields, brief, answers, asks, done)

    try:
        with watch.progress("asking", lambda: queue.length, facts) as advance:
            asyncio.run(ask_all(advance))
    finally:
        usage = tally.so_far(answers.spent)
        for day in days:
            day.note(usage=usage, seconds={**day.report.seconds, "ask": round(time.monotonic() - started, 3)})
