"""Asks a model for all that a paper still lacks, until nothing is missing or nothing more would help.

Keeps every answer the moment it arrives. What is missing is resolve.py's to say, how it is worded questions.py's, how
fast and how patiently it is asked the model's (model/).
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from pipeline.asking.answers import Answers, StoredAnswer, now
from pipeline.asking.budget import Budget, cost_of
from pipeline.asking.context import RunContext
from pipeline.asking.glossary import as_rows
from pipeline.asking.questions import group, question_of, texts_of
from pipeline.asking.resolve import resolve
from pipeline.asking.segments import Segment, segments_of
from pipeline.errors import QuestionFailed
from pipeline.model import Meter, connect
from pipeline.model.providers import in_flight
from pipeline.records import Answer, Ask, Paper

Failures = Mapping[tuple[str, str], QuestionFailed]
"""(paper id, field) → why its question has no answer."""


async def ask_paper(
    paper: Paper, fields: Collection[str], context: RunContext, answers: Answers, asks: Sequence[Ask]
) -> Failures:
    """Asks for the fields of a paper; `asks` answer for the models of the context, in their order.

    Raises ModelError and AnswersError; a question that fails alone is returned.
    """
    segments = [segment for name in fields for segment in segments_of(paper, name, context)]
    failed: dict[str, QuestionFailed] = {}
    failures: dict[tuple[str, str], QuestionFailed] = {}

    async def put(asked: list[Segment]) -> None:
        try:
            answer = await asks[context.models.index(asked[0].model)](question_of(asked))
        except QuestionFailed as failure:
            failed.update((segment.key, failure) for segment in asked)
            failures.update(((paper.id, segment.field), failure) for segment in asked)
        else:
            answers.put(rows_of(answer, asked))

    while needs := [need for segment in segments if (need := resolve(segment, context, answers.get, failed).need)]:
        async with asyncio.TaskGroup() as tasks:
            for asked in group(needs, bundle=context.models[0].bundle):
                tasks.create_task(put(asked))
    return failures


@asynccontextmanager
async def connected(
    context: RunContext, budget: Budget, *, say: Callable[[str], None], meter: Meter
) -> AsyncIterator[list[Ask]]:
    """Who answers for the models of a context, in their order, all under one budget. Raises ModelError."""
    async with AsyncExitStack() as stack:
        asks = []
        for model in context.models:
            ask = await stack.enter_async_context(connect(model, say=say, meter=meter))
            asks.append(budget.within(ask, model))
        yield asks


async def ask_papers(
    papers: Iterable[Paper],
    fields: Collection[str],
    context: RunContext,
    answers: Answers,
    asks: Sequence[Ask],
    done: Callable[[Paper, Failures], None],
) -> None:
    """Asks for the fields of all papers, at most `concurrency` papers at work; `done` is called after each.

    A paper is taken from `papers` when there is room for it, so they may be many. Raises the first ModelError or
    AnswersError, and drops what is in flight.
    """
    queue = iter(papers)

    async def work() -> None:
        for paper in queue:
            done(paper, await ask_paper(paper, fields, context, answers, asks))

    try:
        async with asyncio.TaskGroup() as workers:
            for _ in range(in_flight(context.models[0])):
                workers.create_task(work())
    except BaseExceptionGroup as group:
        raise _first(group) from None


def _first(error: BaseException) -> BaseException:
    """Task groups wrap what stopped them, one layer a group."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def rows_of(answer: Answer, segments: Sequence[Segment]) -> list[StoredAnswer]:
    """One row a segment; they share the call's tokens and cost, which add up again."""
    texts = texts_of(answer, segments)
    written = _shares(answer.completion_tokens, [len(text or "") for text in texts])
    read = _shares(answer.prompt_tokens, [1] * len(segments))
    cached = _shares(answer.cached_tokens, [1] * len(segments))
    cost = cost_of(answer, segments[0].model)
    asked_at = now()
    return [
        StoredAnswer(
            key=segment.key,
            paper=segment.paper.id,
            version=segment.paper.version,
            field=segment.field,
            part=segment.part,
            prompt=segment.prompt.fingerprint,
            terms=as_rows(segment.terms),
            model=segment.model.name,
            attempt=segment.attempt,
            text=text,
            # Only what was being written when the limit struck is cut: the last field that was begun.
            cut=answer.cut and text is not None and all(later is None for later in texts[number + 1 :]),
            requests=int(number == 0),
            prompt_tokens=read[number],
            completion_tokens=written[number],
            cached_tokens=cached[number],
            cost=cost / len(segments),
            asked_at=asked_at,
        )
        for number, (segment, text) in enumerate(zip(segments, texts, strict=True))
    ]


def _shares(total: int, weights: Sequence[int]) -> list[int]:
    """Whole numbers in proportion to the weights that add up to the total."""
    whole = sum(weights) or 1
    shares = [total * weight // whole for weight in weights]
    shares[-1] += total - sum(shares)
    return shares
