"""The stage table and the loop over it: what a run does with its days, and how it ends.

    fetch ─► papers.jsonl ─► (ask: answers.db) ─► summarize, translate ─► validate ─► assemble ─► digest.md

Stages are pure; here are the files between them, the asking for what they lack, and the outcome.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock, Timeout

from pipeline.asking.answers import Answers
from pipeline.asking.ask import Failures, ask_papers
from pipeline.asking.brief import TASK_OF, Brief, brief_of, fields_of
from pipeline.asking.budget import Budget
from pipeline.asking.settle import Texts
from pipeline.config import Config
from pipeline.corrections import Corrections, load_corrections
from pipeline.day import Day, fetch_days, find_days
from pipeline.errors import FileError, ModelError
from pipeline.files import read_records, write_records, write_text
from pipeline.ledger import count, fate_of
from pipeline.models import Counts, Fate, Outcome, Paper, Problem, Summary, Translation, Usage, Wish
from pipeline.render import FORMATS
from pipeline.stages.assemble import assemble_digest
from pipeline.stages.summarize import summarize_paper
from pipeline.stages.translate import translate_paper
from pipeline.stages.validate import ASKED_IN_VAIN, validate_paper
from pipeline.unchanged import fingerprint
from pipeline.watch import Watch


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

    Interrupted while asking, it writes what is done before it raises; a model that stops the run leaves the older
    document in place. An older text is never replaced by none.
    """
    with _alone(config.output):
        days = list(fetch_days(config, wish, watch) if "fetch" in wish.stages else find_days(config, wish))
        announced = [day for day in days if day.papers]
        at_work = [day for day in announced if not _is_unchanged(config, wish, day)]
        if at_work and set(wish.stages) - {"fetch"}:
            _work(config, wish, at_work, watch)
        for day in announced:
            day.save_report()
    return [Result(day, day.report.outcome if day.papers else "no_announcement", day.report.counts) for day in days]


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
    interrupted = False
    if fields:
        with Answers(config.output / "answers.db", again=wish.again) as answers:
            texts = Texts(brief, answers.get)
            try:
                _ask(days, fields, brief, answers, texts, watch)
            except KeyboardInterrupt:
                interrupted = True
            for day in days:
                _write_texts(day, wish.stages, fields, brief, texts)
    corrections = load_corrections(config.output)
    for day in days:
        if "validate" in wish.stages:
            _validate(day, brief, corrections)
        if "assemble" in wish.stages:
            _assemble(day, config, brief, corrections)
        whole = day.asked_out and _is_whole(wish)
        day.note(unchanged=fingerprint(config, wish, day, _documents(config)) if whole else None)
        if interrupted:
            day.note(outcome="interrupted")
            day.save_report()
    if interrupted:
        raise KeyboardInterrupt


def _ask(
    days: Sequence[Day], fields: Sequence[str], brief: Brief, answers: Answers, texts: Texts, watch: Watch
) -> None:
    """Asks for what the days lack, each paper once however many digests hold it."""
    papers = {(paper.id, paper.version): paper for day in days for paper in day.wanted}
    lacking = [paper for paper in papers.values() if any(texts.field(paper, name).needs for name in fields)]
    if not lacking:
        return
    # Late: a run that asks nothing must not pay for importing a client.
    from pipeline.model import Tally, connect

    tally = Tally()
    started = time.monotonic()

    def facts() -> str:
        tokens = tally.prompt_tokens + tally.completion_tokens
        return f"{tokens:,} tokens, {answers.spent:.4f} {brief.models[0].price.currency}"

    async def ask_all(advance: Callable[[], None]) -> Failures:
        def done(paper: Paper) -> None:
            texts.forget(paper)
            advance()

        async with AsyncExitStack() as stack:
            budget = Budget(brief.models[0].max_cost)
            asks = []
            for model in brief.models:
                ask = await stack.enter_async_context(connect(model, say=watch.say, usage=tally))
                asks.append(budget.within(ask, model))
            return await ask_papers(lacking, fields, brief, answers, asks, done)

    failures: Failures = {}
    try:
        with watch.progress("asking", len(lacking), facts) as advance:
            failures = asyncio.run(ask_all(advance))
    except ModelError:
        for day in days:
            day.note(outcome="stopped")
            day.save_report()
        raise
    finally:
        for day in days:
            seconds = {**day.report.seconds, "ask": round(time.monotonic() - started, 3)}
            usage = Usage(
                requests=tally.requests,
                prompt_tokens=tally.prompt_tokens,
                completion_tokens=tally.completion_tokens,
                cached_tokens=tally.cached_tokens,
                retries=tally.retries,
                cost=answers.spent,
            )
            day.note(usage=usage, seconds=seconds)
            _write_failures(day, fields, failures)


def _write_failures(day: Day, fields: Sequence[str], failures: Failures) -> None:
    ids = {paper.id for paper in day.wanted}
    new = [
        Problem(id=paper, field=field, rule=failure.rule, severity="reject", detail=str(failure))
        for (paper, field), failure in failures.items()
        if paper in ids
    ]
    _write_reasons(day, new, lambda each: each.rule in ASKED_IN_VAIN and each.field in fields)


def _write_reasons(day: Day, new: Sequence[Problem], outdated: Callable[[Problem], bool]) -> None:
    """Why a text is missing only the asking knows; validate finds it in problems.jsonl and leaves it there."""
    path = day.folder / "problems.jsonl"
    earlier = read_records(path, Problem) if path.exists() else []
    places = {(each.id, each.field) for each in new}
    kept = [each for each in earlier if not outdated(each) and (each.id, each.field) not in places]
    if new or len(kept) != len(earlier):
        write_records(path, [*kept, *new])


def _write_texts(day: Day, stages: Collection[str], fields: Sequence[str], brief: Brief, texts: Texts) -> None:
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
    withheld = [each.withheld for each in answered if each.withheld]
    # No longer asked for: summary_en after `english: false`.
    _write_reasons(day, withheld, lambda each: TASK_OF.get(each.field) in stages and each.field not in fields)
    day.asked_out = not any(each.needs for each in answered)
    bought, prompts = dict(day.report.bought), dict(day.report.prompts)
    for task in dict.fromkeys(TASK_OF[name] for name in fields):
        names = [name for name in fields if TASK_OF[name] == task]
        rows = [kept for paper in day.wanted for name in names for kept in texts.field(paper, name).used]
        bought[task] = Usage(
            requests=sum(row.requests for row in rows),
            prompt_tokens=sum(row.prompt_tokens for row in rows),
            completion_tokens=sum(row.completion_tokens for row in rows),
            cached_tokens=sum(row.cached_tokens for row in rows),
            cost=sum(row.cost for row in rows),
        )
        prompts[task] = brief.prompts[task].fingerprint
    day.note(bought=bought, prompts=prompts, model=brief.models[0].name)


def _or_older(texts: Texts, path: Path, kind: type[Summary] | type[Translation]) -> Callable[[Paper, str], str | None]:
    """The text of an answer or, where there is none, the one that an earlier run left in the stage's file."""
    older = {}
    if path.exists():
        older = {(each.id, each.version): each for each in read_records(path, kind)}

    def text_of(paper: Paper, name: str) -> str | None:
        text = texts.field(paper, name).text
        return text if text is not None else getattr(older.get((paper.id, paper.version)), name, None)

    return text_of


def _validate(day: Day, brief: Brief, corrections: Corrections) -> None:
    with day.timed("validate"):
        path = day.folder / "problems.jsonl"
        summaries = {(each.id, each.version): each for each in read_records(day.folder / "summaries.jsonl", Summary)}
        translations = {
            (each.id, each.version): each for each in read_records(day.folder / "translations.jsonl", Translation)
        }
        known: dict[str, list[Problem]] = {}
        for problem in read_records(path, Problem) if path.exists() else []:
            known.setdefault(problem.id, []).append(problem)
        instructions = {name: brief.prompts[task].text for name, task in TASK_OF.items()}
        found = [
            validate_paper(
                paper,
                summaries.get((paper.id, paper.version)),
                translations.get((paper.id, paper.version)),
                settings=brief.checks,
                glossary=brief.glossary,
                instructions=instructions,
                known=known.get(paper.id, ()),
                corrected=corrections.get(paper.id),
            )
            for paper in day.wanted
        ]
        write_records(path, [problem for problems in found for problem in problems])
    excluded: list[Fate] = ["excluded"] * len(day.excluded)
    fates = [*map(fate_of, found), *excluded]
    day.note(counts=count(fates))


def _assemble(day: Day, config: Config, brief: Brief, corrections: Corrections) -> None:
    with day.timed("assemble"):
        digest = assemble_digest(
            day.digest,
            day.date,
            day.papers,
            read_records(day.folder / "summaries.jsonl", Summary),
            read_records(day.folder / "translations.jsonl", Translation),
            read_records(day.folder / "problems.jsonl", Problem),
            excluded=day.excluded,
            report=day.report,
            corrections=corrections,
            glossary=brief.glossary,
        )
        for name in config.assemble.formats:
            file, render = FORMATS[name]
            write_text(day.folder / file, render(digest))
    day.note(counts=digest.counts, outcome="partial" if digest.counts.failed else "complete")
