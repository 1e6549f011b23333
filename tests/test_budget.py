"""The hard cap on what a run spends."""

import asyncio

import pytest

from pipeline.asking.budget import Budget, cost_of
from pipeline.errors import NoAnswer, OverBudget
from pipeline.records import Answer, Message, Question
from pipeline.settings import ModelSettings, Price
from tests.factories import answer, model

MODEL = ModelSettings(price=Price(input=1_000_000, output=1_000_000))  # a token costs 1


def question(text: str = "word " * 20) -> Question:
    return Question(subject="2401.00001 translate", messages=(Message(role="user", content=text),), max_tokens=100)


async def answers_with_everything(asked: Question) -> Answer:
    await asyncio.sleep(0)
    return Answer(text="…", prompt_tokens=25, completion_tokens=asked.max_tokens or 0)


def test_the_cap_is_never_overshot_however_many_ask_at_once() -> None:
    """Each call reserves its worst case, so even answers of full length stay under the cap."""

    async def ask_all() -> tuple[Budget, list[object]]:
        budget = Budget(cap=1000)
        ask = budget.within(answers_with_everything, MODEL)
        return budget, await asyncio.gather(*(ask(question()) for _ in range(50)), return_exceptions=True)

    budget, results = asyncio.run(ask_all())

    assert budget.spent <= 1000
    assert sum(isinstance(each, Answer) for each in results) >= 6
    assert {type(each) for each in results} == {Answer, OverBudget}


def test_what_a_call_reserved_and_did_not_use_serves_the_next() -> None:
    """A short answer frees the rest; a budget for two worst cases is enough for many short answers."""

    async def answers_shortly(asked: Question) -> Answer:
        return Answer(text="…", prompt_tokens=1, completion_tokens=1)

    async def ask_all() -> list[Answer]:
        ask = Budget(cap=400).within(answers_shortly, MODEL)
        return await asyncio.gather(*(ask(question()) for _ in range(30)))

    assert len(asyncio.run(ask_all())) == 30


def test_as_many_calls_as_fit_are_under_way_at_once() -> None:
    """The third waits for one of two to end."""
    under_way, most = 0, 0

    async def answers_shortly(asked: Question) -> Answer:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        return Answer(text="…", prompt_tokens=1, completion_tokens=1)

    async def ask_all() -> None:
        ask = Budget(cap=400).within(answers_shortly, MODEL)
        await asyncio.gather(*(ask(question()) for _ in range(4)))

    asyncio.run(ask_all())
    assert most == 2


def test_a_batch_costs_half_and_is_set_aside_until_it_is_settled() -> None:
    """What no longer fits is left out."""
    asked = question()
    assert Budget(cap=None).set_aside(asked, MODEL) is asked
    budget = Budget(cap=200)
    limited = [budget.set_aside(question(), MODEL) for _ in range(3)]
    assert [each is not None for each in limited] == [True, True, False]
    answers_alone = ModelSettings(price=Price(input=0, output=1_000_000))
    assert Budget(cap=50).set_aside(
        question(), answers_alone
    )  # a hundred tokens at half the price: the cap may be reached
    budget.settle_batches(cost_of(Answer(text="…", prompt_tokens=10, completion_tokens=10, batch=True), MODEL))
    assert budget.spent == 10
    assert budget.set_aside(question(), MODEL)


def test_a_call_that_failed_frees_its_reservation() -> None:
    """A question without an answer costs nothing."""

    async def fails(asked: Question) -> Answer:
        raise NoAnswer("2401.00001: no")

    async def ask_twice() -> float:
        budget = Budget(cap=400)
        for _ in range(5):
            with pytest.raises(NoAnswer):
                await budget.within(fails, MODEL)(question())
        await budget.within(answers_with_everything, MODEL)(question())
        return budget.spent

    assert asyncio.run(ask_twice()) == 125


def test_without_a_cap_nothing_is_added_to_the_question() -> None:
    """No token limit is sent and no token counted."""
    assert Budget(cap=None).within(answers_with_everything, MODEL) is answers_with_everything


def test_a_question_without_a_limit_gets_one() -> None:
    """Only a bounded answer has a worst case."""
    seen = []

    async def answers(asked: Question) -> Answer:
        seen.append(asked.max_tokens)
        return Answer(text="…", prompt_tokens=1, completion_tokens=1)

    asyncio.run(Budget(cap=10_000).within(answers, MODEL)(question().model_copy(update={"max_tokens": None})))

    assert seen[0] is not None and seen[0] >= 400


def test_the_cost_of_a_call() -> None:
    """A million tokens each: cached ones at their own price, the rest of the prompt in full."""
    said = answer("", prompt_tokens=3_000_000, cached_tokens=1_000_000, completion_tokens=500_000)
    assert cost_of(said, model(price={"input": 2, "cached": 0.5, "output": 8})) == 2 * 2 + 0.5 + 4
