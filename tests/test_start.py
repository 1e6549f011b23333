"""How many requests an endpoint gets that has not answered yet."""

import asyncio
import time
from contextlib import suppress
from functools import partial

import pytest

from pipeline.errors import ModelError, NoAnswer
from pipeline.model.connection import connect
from pipeline.model.meter import Meter
from pipeline.model.retry import RetryPolicy
from pipeline.model.start import CLOSED_BY, FIRST, Start
from pipeline.records import Answer
from pipeline.settings import ModelSettings
from tests.loopback import Endpoint, Sent, ask, completion, question

MANY = [question(str(number)) for number in range(60)]


def error(message, status, code=None):
    return Sent({"error": {"message": message, "code": code}}, status)


@pytest.mark.parametrize(
    "sent",
    [
        error("Incorrect API key", 401),
        error("no such thing", 400),
        error("internal", 500),
        error("当前分组 default 下对于模型 m 无可用渠道", 503, "model_not_found"),
        error("Request too large for model", 413),
        Sent(b"null"),
        Sent(b"<html>console</html>"),
        Sent(completion("")),
        Sent(act="reset"),
    ],
    ids=["key", "refused", "fails", "channel", "large", "null", "page", "empty", "reset"],
)
def test_a_hopeless_endpoint_gets_few_requests(sent, monkeypatch):
    """At most twenty until it is given up, although sixty questions could be sent at once."""

    async def run(endpoint):
        async with endpoint.open() as base_url:
            model = ModelSettings(provider="openai", name="m", base_url=base_url)
            policy = RetryPolicy(first_wait=0.01, longest_wait=0.02)
            connected = connect(model, say=lambda _: None, meter=Meter(), policy=policy)
            async with connected as put, asyncio.TaskGroup() as tasks:
                for each in MANY:
                    tasks.create_task(answered(partial(put, each)))

    async def answered(asked):
        with suppress(NoAnswer):
            while not (await asked()).text:  # as a repair would
                pass

    monkeypatch.setattr("pipeline.model.start.FIRST_HOLD_SECONDS", 5.0)  # on a busy machine a refusal takes its time
    endpoint = Endpoint(sent)
    with pytest.raises(ExceptionGroup) as raised:
        asyncio.run(run(endpoint))
    assert isinstance(raised.value.exceptions[0], ModelError)
    assert len(endpoint.seen) <= 20


def test_all_are_sent_at_once_with_the_first_answer(monkeypatch):
    """Nobody waits for a time to pass."""
    monkeypatch.setattr("pipeline.model.start.FIRST_HOLD_SECONDS", 60.0)
    endpoint = Endpoint(answer=lambda _, number: Sent(after=0.02 if number == 0 else 0.5))
    assert all(isinstance(each, Answer) for each in ask(endpoint, *MANY).results)
    assert endpoint.peak > 30


@pytest.mark.parametrize("faults", [0, 2])
def test_nobody_waits_for_a_first_answer_that_takes_its_time(faults, monkeypatch):
    """It may take many seconds; and a fault or two happen to good endpoints, too."""
    monkeypatch.setattr("pipeline.model.start.FIRST_HOLD_SECONDS", 0.1)
    endpoint = Endpoint(answer=lambda _, number: error("internal", 500) if number < faults else Sent(after=1))
    assert all(isinstance(each, Answer) for each in ask(endpoint, *MANY).results)
    assert endpoint.peak > 30


class Starting:
    """`went`: the questions that may be tried."""

    def __init__(self):
        self.start, self.went, self.tasks = Start(known=False), [], []

    async def turns(self, *questions):
        async def one(each):
            await self.start.turn(each)
            self.went.append(each)

        self.tasks += [asyncio.create_task(one(each)) for each in questions]
        return await self.settled()

    async def settled(self):
        for _ in range(5):
            await asyncio.sleep(0)
        return len(self.went)


def test_a_few_go_until_one_is_answered():
    """Then all do, and no fault closes it again."""

    async def run():
        starting = Starting()
        assert await starting.turns(*MANY) == FIRST
        starting.start.ended(MANY[0], answered=False)
        assert await starting.settled() == FIRST
        starting.start.ended(MANY[1], answered=True)
        assert await starting.settled() == len(MANY)
        starting.start.ended(MANY[2], answered=False)
        for _ in range(CLOSED_BY):
            starting.start.failed()
        assert starting.start.faults == 0
        assert await starting.turns(*MANY) == 2 * len(MANY)

    asyncio.run(run())


def test_after_some_faults_a_single_question_is_tried():
    """As often as it likes, until it is over; then it is another one's turn."""

    async def run():
        starting = Starting()
        for _ in range(CLOSED_BY - 1):
            starting.start.failed()
        assert await starting.turns(MANY[0], MANY[1]) == 2
        starting.start.failed()
        assert await starting.turns(MANY[2], MANY[3], MANY[2]) == 4
        assert starting.went[2:] == [MANY[2]] * 2
        starting.start.ended(MANY[0], answered=False)
        assert await starting.settled() == 4
        starting.start.ended(MANY[2], answered=False)
        assert await starting.settled() == 5
        assert starting.went[4:] == [MANY[3]]

    asyncio.run(run())


@pytest.mark.parametrize(("known", "name"), [(True, "HOLD_SECONDS"), (False, "FIRST_HOLD_SECONDS")])
def test_a_model_that_has_answered_before_is_hardly_waited_for(known, name, monkeypatch):
    """What it takes to tell an endpoint that never worked is paid by the first run alone."""
    for each in ("HOLD_SECONDS", "FIRST_HOLD_SECONDS"):
        monkeypatch.setattr(f"pipeline.model.start.{each}", 0.02 if each == name else 60.0)

    async def run():
        start = Start(known=known)
        async with asyncio.timeout(5):
            await asyncio.gather(*map(start.turn, MANY[: FIRST + 1]))

    asyncio.run(run())


@pytest.mark.parametrize(("more", "went"), [(2.0, FIRST), (0.0, len(MANY))])
def test_refusals_that_wait_to_be_read_are_read_first(more, went, monkeypatch):
    """Else a busy machine, where the process itself comes too late, would send everything to a hopeless endpoint. One that
    is always busy does so in the end."""
    for name, seconds in (("FIRST_HOLD_SECONDS", 0.2), ("LATE_SECONDS", 0.02), ("MORE_SECONDS", more)):
        monkeypatch.setattr(f"pipeline.model.start.{name}", seconds)

    async def run():
        starting = Starting()
        assert await starting.turns(*MANY) == FIRST
        time.sleep(0.25)  # the process does not run
        await asyncio.sleep(0.01)
        assert await starting.settled() == went
        await asyncio.wait_for(asyncio.gather(*starting.tasks), 5)

    asyncio.run(run())


def test_an_endpoint_that_comes_back_answers_all():
    """A gateway restarts while the first questions arrive."""
    endpoint = Endpoint(answer=lambda _, number: error("internal", 500) if number < 12 else Sent(completion()))
    came = ask(endpoint, *MANY)
    assert all(isinstance(each, Answer) for each in came.results)
    assert len(endpoint.seen) == len(MANY) + 12


def test_a_filter_that_refuses_the_first_ones_shows_a_model():
    """The others are not tried one by one."""
    risk = error("Content Exists Risk", 400)
    endpoint = Endpoint(answer=lambda _, number: risk if number < 8 else Sent(after=0.2))
    came = ask(endpoint, *MANY)
    assert sum(isinstance(each, Answer) for each in came.results) == len(MANY) - 8
    assert endpoint.peak > 30
