"""How many requests an endpoint gets that has not answered yet."""

import asyncio
import time
from contextlib import suppress

import pytest

from pipeline.errors import ModelError, NoAnswer
from pipeline.model import Meter, RetryPolicy, connect
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
        Sent(act="reset"),
    ],
    ids=["key", "refused", "fails", "channel", "large", "null", "page", "reset"],
)
def test_a_hopeless_endpoint_gets_few_requests(sent):
    """At most twenty until it is given up, although sixty questions could be sent at once."""

    async def run(endpoint):
        async with endpoint.open() as base_url:
            model = ModelSettings(provider="openai", name="m", base_url=base_url)
            policy = RetryPolicy(first_wait=0.01, longest_wait=0.02)
            async with connect(model, say=lambda _: None, meter=Meter(), policy=policy) as put:
                async with asyncio.TaskGroup() as tasks:
                    for each in MANY:
                        tasks.create_task(answered(put(each)))

    async def answered(asked):
        with suppress(NoAnswer):
            await asked

    endpoint = Endpoint(sent)
    with pytest.raises(ExceptionGroup) as raised:
        asyncio.run(run(endpoint))
    assert isinstance(raised.value.exceptions[0], ModelError)
    assert len(endpoint.seen) <= 20


def test_all_are_sent_at_once_with_the_first_answer():
    """Nobody waits for a time to pass."""
    started = time.monotonic()
    endpoint = Endpoint(answer=lambda _, number: Sent(after=0.02 if number == 0 else 0.2))
    came = ask(endpoint, *MANY)
    assert all(isinstance(each, Answer) for each in came.results)
    assert endpoint.peak > 50
    assert time.monotonic() - started < 0.4 + 0.2 + 0.3


def test_a_slow_endpoint_that_fails_at_nothing_is_not_waited_for():
    """A first answer may take many seconds; the others go before it."""
    endpoint = Endpoint(Sent(after=0.9))
    assert all(isinstance(each, Answer) for each in ask(endpoint, *MANY).results)
    assert endpoint.peak == len(MANY)


def test_a_fault_or_two_at_the_start_hold_nobody_up():
    """They happen to good endpoints, too."""
    endpoint = Endpoint(answer=lambda _, number: error("internal", 500) if number < 2 else Sent(after=0.9))
    assert all(isinstance(each, Answer) for each in ask(endpoint, *MANY).results)
    assert endpoint.peak > 50


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
    assert endpoint.peak > 40
