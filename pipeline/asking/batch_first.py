"""`model.batch`: sends the first questions of all papers as files; the answers wait in answers.db until ask.py asks
for them.

A question that the batch refused, failed or left out has no answer there, so it is asked online like any other.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import chain, islice

from pipeline.asking.answers import Answers, Batched
from pipeline.asking.budget import Budget, cost_of
from pipeline.asking.context import RunContext
from pipeline.asking.questions import group, question_of
from pipeline.asking.receipts import Receipts
from pipeline.asking.states import needs_of
from pipeline.model.batch_api import LINES, Batches, open_batches
from pipeline.model.meter import Meter
from pipeline.records import Answer, Ask, Paper, Question, Usage
from pipeline.settings import ModelSettings

_UPLOADED = "file:"
"""Prefix of the id of an uploaded file whose batch is not started yet; after a kill in between, it is started only
once."""


async def batches_first(
    ask: Ask,
    papers: Iterable[Paper],
    fields: Collection[str],
    model: ModelSettings,
    context: RunContext,
    answers: Answers,
    budget: Budget,
    meter: Meter,
    say: Callable[[str], None],
) -> Ask:
    """Has the first questions to a model answered in batches; returns an `ask` that uses these answers and sends all else to
    `ask`.

    After an interruption the batches continue at the provider, and the next run waits for them. Raises ConfigError,
    ModelError and AnswersError.
    """
    async with open_batches(model, say=say) as batches:
        batched = Batched(answers, batches.address)
        questions = _unsent(papers, fields, model, context, answers, batched, batches, budget)
        receipts = Receipts(answers, model)
        for first in questions:
            calls: list[tuple[str, int]] = []
            lines = (_noted(*each, receipts, calls) for each in chain([first], islice(questions, LINES - 1)))
            file = await batches.upload(lines)
            batched.send(_UPLOADED + file, calls)
        under_way = batched.open()
        collecting = (_collect(each, batched, batches, model, meter, say) for each in under_way)
        try:
            spent = await asyncio.gather(*collecting)
        except asyncio.CancelledError:
            say("what was sent in batches goes on at the provider; the next run collects the answers")
            raise
        budget.settle_batches(sum(spent))

    async def asked(question: Question) -> Answer:
        return batched.take(batches.id_of(question)) or await ask(question)

    return asked


async def _collect(
    batch: str, batched: Batched, batches: Batches, model: ModelSettings, meter: Meter, say: Callable[[str], None]
) -> float:
    """Waits for a batch and stores its answers; returns their cost."""
    if batch.startswith(_UPLOADED):
        started = await batches.start(batch.removeprefix(_UPLOADED))
        batched.rename(batch, started)
        batch = started
    say(f"batch {batch}: {batched.open()[batch]} questions at half the price, answered within 24 hours")
    end = await batches.wait(batch, lambda progress: say(f"batch {batch}: {progress}"))
    arrived, spent = 0, 0.0
    if end.output:
        async for name, answer in batches.answers(end.output):
            if batched.arrive(name, answer):
                arrived += 1
                spent += cost_of(answer, model)
                meter.add(answer.usage)
    meter.add(Usage(requests=arrived))
    left = batched.close(batch)
    why = f" ({end.why})" if end.why else ""
    say(f"batch {batch}: {end.status}{why}, {arrived} answered" + (f", {left} are asked online" if left else ""))
    return spent


def _unsent(
    papers: Iterable[Paper],
    fields: Collection[str],
    model: ModelSettings,
    context: RunContext,
    answers: Answers,
    batched: Batched,
    batches: Batches,
    budget: Budget,
) -> Iterator[tuple[str, bytes, Question]]:
    """(custom_id, line of the file, question) of the questions to ask next; those to another model are left for
    later."""
    met: set[str] = set()
    for paper in papers:
        needs = needs_of(paper, fields, context, answers)
        for asked in group([need for need in needs if need.model == model], bundle=model.bundle):
            question = question_of(asked)
            name = batches.id_of(question)
            if name in met or batched.holds(name):
                continue
            limited = budget.set_aside(question, model)
            if limited:
                met.add(name)
                yield name, batches.line_of(name, limited), limited


def _noted(name: str, line: bytes, question: Question, receipts: Receipts, calls: list[tuple[str, int]]) -> bytes:
    """Writes the receipt of a question, then returns its line for the file."""
    calls.append((name, receipts.sent(question)))
    return line
