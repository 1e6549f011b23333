"""Asks a model for all missing fields of papers, until nothing is missing or another question would not help.

Every answer is stored as soon as it arrives. resolve.py decides what is missing, questions.py words it, and model/
does rate limits, timeouts and retries. A run, a trial and a redo all use `ask_all`.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from pipeline.asking.answers import Answers
from pipeline.asking.beside import Ahead, judging
from pipeline.asking.budget import Budget
from pipeline.asking.context import RunContext
from pipeline.asking.questions import group, question_of
from pipeline.asking.receipts import Receipts
from pipeline.asking.rows import rows_of
from pipeline.asking.saving import Save, saving
from pipeline.asking.segments import Segment
from pipeline.asking.states import needs_of
from pipeline.errors import ModelError, NoAnswer, QuestionFailed, Unanswered, WenzhaiError
from pipeline.fields import REVIEW, in_order
from pipeline.model.connection import connect
from pipeline.model.meter import Meter
from pipeline.model.providers import in_flight
from pipeline.records import NAMES, Answer, Ask, Paper, Question
from pipeline.settings import ModelSettings

Failures = Mapping[tuple[str, str], QuestionFailed]
"""(paper id, field or REVIEW) → why its question has no answer."""
Needs = Callable[[Paper, Collection[str]], list[Segment]]
"""(paper, keys whose question failed in this run) → what to ask next."""
Done = Callable[[Paper, Failures], None]
"""Called after each paper."""
Turn = Callable[[], Awaitable[None]]
"""Waits until a piece of work may begin."""

_log = logging.getLogger(__name__)


def ask_all(
    papers: Iterable[Paper],
    fields: Collection[str],
    context: RunContext,
    answers: Answers,
    done: Done,
    *,
    say: Callable[[str], None],
    meter: Meter,
    again: Callable[[], Iterable[Paper]] = tuple,
) -> None:
    """Opens the models and asks for the fields of all papers; with `batch`, in batches first.

    `again` returns all papers once more, for the batches, which run before the first of `papers` is asked. On
    ModelError or AnswersError, cancels the calls in flight and raises.
    """

    async def drive() -> None:
        budget = Budget(context.models[0].max_cost)
        async with _connected(context, budget, answers, say=say, meter=meter) as asks:
            online = list(asks)
            before: tuple[str, ...] = ()
            for model, level in _levels(fields, context):
                if model.batch and level:
                    # Imported late: few runs need batches.
                    from pipeline.asking.batch_first import batches_first

                    if before:
                        await ask_papers(
                            again(), asking_for(before, context, answers), context, answers, asks, _nothing
                        )
                    place = context.every_model.index(model)
                    try:
                        asks[place] = await batches_first(
                            online[place], again(), level, model, context, answers, budget, meter, say
                        )
                    except ModelError as error:
                        if model in context.models:
                            raise
                        say(f"{error}; reviews are asked online")
                before = level
            await ask_papers(papers, asking_for(fields, context, answers), context, answers, asks, done)

    asyncio.run(drive())


def ask_online(
    papers: Iterable[Paper],
    needs: Needs,
    context: RunContext,
    answers: Answers,
    done: Done,
    *,
    say: Callable[[str], None],
    meter: Meter,
) -> None:
    """Asks what `needs` tells about each paper, online. Raises ModelError and AnswersError."""

    async def drive() -> None:
        async with _connected(context, Budget(context.models[0].max_cost), answers, say=say, meter=meter) as asks:
            await ask_papers(papers, needs, context, answers, asks, done)

    asyncio.run(drive())


def asking_for(names: Collection[str], context: RunContext, answers: Answers) -> Needs:
    """Tells what to ask next for these fields, and for the review if REVIEW is among the names."""
    return lambda paper, failed: needs_of(paper, names, context, answers, failed)


def _nothing(paper: Paper, failures: Failures) -> None:
    """For papers that are asked for more later."""


def _levels(fields: Collection[str], context: RunContext) -> list[tuple[ModelSettings, tuple[str, ...]]]:
    """The fields in groups, one batch each, with the model that is asked: a group contains the group before it and what
    can be asked once that has its texts.

    The last group is all of `fields`. There is only one group without a review and as long as no field is made from
    another.
    """
    levels: list[tuple[ModelSettings, tuple[str, ...]]] = []
    within: tuple[str, ...] = ()
    for row in in_order():
        if row.name in fields:
            if set(row.made_of) & set(within):
                levels.append((context.models[0], within))
            within = (*within, row.name)
    # In the order in which they are asked later, because that is the order of the tags in a question.
    levels.append((context.models[0], tuple(name for name in fields if name != REVIEW)))
    return [*levels, (context.reviewers[0], tuple(fields))] if REVIEW in fields else levels


async def ask_papers(
    papers: Iterable[Paper],
    needs: Needs,
    context: RunContext,
    answers: Answers,
    asks: Sequence[Ask],
    done: Done,
) -> None:
    """Asks what `needs` tells about each of the papers, at most `concurrency` papers at a time.

    Takes a paper from `papers` only when it can be asked, so there may be any number of them. On the first ModelError
    or AnswersError, cancels the calls in flight and raises it.
    """
    queue = iter(papers)
    turns = _Turns()

    async def work() -> None:
        while True:
            await turns.next()
            paper = next(queue, None)
            if paper is None:
                return
            done(paper, await _contained(paper, needs, context, asks, save, ahead, turns.answered))

    try:
        with saving(answers) as save, judging(context.judge, turns) as ahead:
            async with asyncio.TaskGroup() as workers:
                for _ in range(in_flight(context.models[0])):
                    workers.create_task(work())
    except BaseExceptionGroup as group:
        raise _first(group) from None


class _Turns:
    """Lets the event loop look at its sockets between any two pieces of work.

    Otherwise a thousand papers would be looked at before the first question leaves, and a thousand answers that came
    together would be checked in one go.
    """

    def __init__(self) -> None:
        self._one = asyncio.Lock()
        self._answered = 0

    def __len__(self) -> int:
        """How many papers wait whose answers have come."""
        return self._answered

    async def next(self) -> None:
        """Waits for its turn, first come first served."""
        async with self._one:
            await asyncio.sleep(0)

    async def answered(self) -> None:
        """The same for a paper whose answers have come."""
        self._answered += 1
        try:
            await self.next()
        finally:
            self._answered -= 1


async def _contained(
    paper: Paper, needs: Needs, context: RunContext, asks: Sequence[Ask], save: Save, ahead: Ahead, turn: Turn
) -> Failures:
    """Asks for a paper; a bug that it triggers fails only this paper, not the day."""
    try:
        return await ask_paper(paper, needs, context, asks, save, ahead, turn)
    except Exception as raised:
        if any(isinstance(each, WenzhaiError) for each in _leaves(raised)):
            raise
        error = _first(raised)
        _log.error("asking for %s raised", paper.id, exc_info=raised)
        why = (
            f"{paper.id}: the program failed over this paper ({type(error).__name__}: {error}); see the log, run again"
        )
        return dict.fromkeys(((paper.id, name) for name in (*NAMES, REVIEW)), NoAnswer(why))


async def ask_paper(
    paper: Paper, needs: Needs, context: RunContext, asks: Sequence[Ask], save: Save, ahead: Ahead, turn: Turn
) -> Failures:
    """Asks about a paper until it needs nothing more; `asks[i]` sends a question to `context.every_model[i]`. Each answer
    is stored and judged ahead; the paper waits for its `turn` before it looks at them.

    Returns the questions that failed on their own. Raises ModelError and AnswersError.
    """
    failed: dict[str, QuestionFailed] = {}
    failures: dict[tuple[str, str], QuestionFailed] = {}

    async def send(asked: list[Segment]) -> None:
        try:
            answer = await asks[context.every_model.index(asked[0].model)](question_of(asked))
        except QuestionFailed as failure:
            failed.update((segment.key, failure) for segment in asked)
            failures.update(((paper.id, segment.cause), failure) for segment in asked)
        else:
            rows = rows_of(answer, asked)
            await save((rows, answer.raw))
            await ahead(asked, rows)

    while wanted := needs(paper, failed):
        async with asyncio.TaskGroup() as tasks:
            for asked in group(wanted, bundle=context.models[0].bundle):
                tasks.create_task(send(asked))
        await turn()
    return failures


@asynccontextmanager
async def _connected(
    context: RunContext, budget: Budget, answers: Answers, *, say: Callable[[str], None], meter: Meter
) -> AsyncIterator[list[Ask]]:
    """An open connection to each model of a context, in their order, all under one budget. Raises ModelError."""
    async with AsyncExitStack() as stack:
        asks = []
        for model in context.every_model:
            ask = await stack.enter_async_context(
                connect(
                    model, say=say, meter=meter, receipts=Receipts(answers, model), known=answers.has_any_of(model.name)
                )
            )
            if model not in context.models:
                ask = _forgiving(ask, say, ModelError, "until it can be asked again, papers stay without a review")
            elif model.fallback:
                ask = _forgiving(ask, say, Unanswered, "from now on model.fallback is asked instead")
            asks.append(budget.within(ask, model))
        yield asks


def _forgiving(ask: Ask, say: Callable[[str], None], of: type[ModelError], otherwise: str) -> Ask:
    """The same `ask` for a model that the run can do without: after an error of this type its questions fail at once,
    and the run goes on. `otherwise` tells the user what happens instead."""
    gone: list[ModelError] = []

    async def asked(question: Question) -> Answer:
        if not gone:
            try:
                return await ask(question)
            except of as error:
                if not gone:
                    say(f"{error}; {otherwise}")
                gone.append(error)
        raise NoAnswer(f"{question.subject}: {gone[0]}")

    return asked


def _leaves(error: BaseException) -> Iterator[BaseException]:
    """The errors inside nested exception groups; each task group adds a layer."""
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _leaves(each)
    else:
        yield error


def _first(error: BaseException) -> BaseException:
    """The first WenzhaiError inside, because it explains why the run stops; else the first error."""
    leaves = list(_leaves(error))
    return next((each for each in leaves if isinstance(each, WenzhaiError)), leaves[0])
