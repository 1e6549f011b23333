"""One call: what it costs, what is written down of it, and what a 429 comes to."""

import asyncio
import time

import pytest

from pipeline.errors import Filtered, ModelError, NoAnswer
from pipeline.model.calls import Adapted, Calls
from pipeline.model.deadline import Deadline
from pipeline.model.faults import CallFailed, Endpoint, Refused, TooFast
from pipeline.model.meter import Meter
from pipeline.model.rate_limiter import RateLimiter
from pipeline.model.replies import Reply
from pipeline.model.retry import RetryPolicy
from pipeline.model.slots import ConcurrencyLimit
from pipeline.model.throttled_log import ThrottledLog
from pipeline.records import Answer, Usage
from tests.loopback import question

KEY = "sk-abcdef0123456789"
GOOD = Reply("好", "stop", Usage(prompt_tokens=20, completion_tokens=5), {}, raw="the body")


class Calling:
    """Each call comes to the next of `script`, its last one stands for all that follow; receipts are numbered from 0."""

    def __init__(self, *script, receipts=True, in_flight=5, timeout=60.0, **policy):
        self.script, self.receipts, self.in_flight, self.timeout = script, receipts, in_flight, timeout
        self.policy = RetryPolicy(**policy)
        self.calls, self.ends, self.said = 0, [], []
        self.meter = Meter()

    async def _send(self, _):
        does = self.script[min(self.calls, len(self.script) - 1)]
        self.calls += 1
        await asyncio.sleep(0.001)
        if isinstance(does, BaseException):
            raise does
        if does == "hang":
            await asyncio.sleep(60)
        return does

    def sent(self, _):
        return self.calls

    def ended(self, call, how, usage=None, reply=None):
        self.ends.append((call, how, usage, reply))

    def ask(self, questions=1, *, one_by_one=False):
        async def run():
            deadline = Deadline(0.05, self.timeout)
            log = ThrottledLog(self.said.append)
            calls = Calls(
                self._send,
                Endpoint("m", "http://127.0.0.1:1/v1", "OPENAI_API_KEY", KEY),
                policy=self.policy,
                limiter=RateLimiter(None, None),
                slots=ConcurrencyLimit(self.in_flight),
                deadline=deadline,
                meter=self.meter,
                log=log,
                receipts=self if self.receipts else None,
            )
            async with asyncio.timeout(10), deadline.watched():
                if one_by_one:
                    came = [
                        (await asyncio.gather(calls.once(question()), return_exceptions=True))[0]
                        for _ in range(questions)
                    ]
                else:
                    came = await asyncio.gather(
                        *(calls.once(question()) for _ in range(questions)), return_exceptions=True
                    )
            log.flush()
            return came

        return asyncio.run(run())


# Receipts


def test_a_call_that_is_answered_has_a_number_and_no_other_end():
    """Its receipt is completed with the answer it belongs to."""
    calling = Calling(GOOD)
    first, second = calling.ask(2, one_by_one=True)
    assert (first.text, first.call, first.raw, second.call) == ("好", 0, "the body", 1)
    assert calling.ends == []
    assert calling.meter.usage == Usage(requests=2, prompt_tokens=40, completion_tokens=10)
    (unwritten,) = Calling(GOOD, receipts=False).ask()
    assert unwritten.call is None


@pytest.mark.parametrize(
    ("fault", "how"),
    [
        (TooFast(f"slow {KEY}", {}, retry_after=0.0), "slowed"),
        (Adapted(f"other form {KEY}"), "adapted"),
        (CallFailed(f"broke {KEY}"), "failed"),
        (Filtered(f"no {KEY}"), "refused"),
        (Refused(Filtered("no"), ModelError(f"no {KEY}"), sure=True), "refused"),
        (ModelError(f"no {KEY}"), "stopped"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_end_of_a_call_is_written_down(fault, how):
    """With its words, and without the key; what may pass is followed by another call."""
    calling = Calling(fault, GOOD)
    (came,) = calling.ask()
    assert calling.ends == [(0, how, None, str(fault).replace(KEY, "***"))]
    assert calling.calls == 1 + isinstance(came, Answer)
    assert isinstance(came, Answer) == (how in ("slowed", "adapted"))
    unwritten = Calling(fault, GOOD, receipts=False)
    assert type(unwritten.ask()[0]) is type(came)


def test_a_call_that_hangs_or_is_given_up_ends_too():
    """With the way out where a model may be too slow."""
    calling = Calling("hang", timeout=0.05)
    (came,) = calling.ask()
    assert "no answer for" in str(came)
    assert "model.timeout_seconds" in came.hopeless
    assert [how for _, how, *_ in calling.ends] == ["hung"]
    calling = Calling(asyncio.CancelledError())
    calling.ask()
    assert [how for _, how, *_ in calling.ends] == ["cancelled"]


def test_an_answer_that_cannot_be_used_is_paid_for():
    """It is written down whole, with its tokens."""
    calling = Calling(Reply("半", "content_filter", GOOD.usage, {}, raw=f"the body with {KEY}"))
    (came,) = calling.ask()
    assert isinstance(came, Filtered)
    assert calling.ends == [(0, "refused", GOOD.usage, "the body with ***")]
    assert calling.meter.usage.prompt_tokens == 20


def test_a_line_about_another_form_is_told_once():
    """Other calls that met the same refusal have none."""
    calling = Calling(Adapted("it only streams"), Adapted(""), GOOD)
    calling.ask()
    assert calling.said == ["it only streams"]


# 429s


def slow(*, told=0.0, words="", **more):
    return TooFast("slow down", {}, words=words, retry_after=told, **more)


def test_a_question_that_alone_gets_429s_fails_alone():
    """It may be larger than the tokens of a minute; but if one passes that had to come again, it is the quota."""
    patience = {"starved_seconds_at_first": 0.05, "starved_seconds": 0.3}
    results = Calling(slow(), GOOD, slow(), **patience).ask(2)
    assert [type(each) for each in results] == [NoAnswer, Answer]
    assert "while others were answered (slow down)" in str(results[0])
    results = Calling(slow(), slow(), GOOD, GOOD, slow(), **patience).ask(3)
    assert ModelError in map(type, results)
    assert NoAnswer not in map(type, results)
    assert type(Calling(slow(), **patience).ask()[0]) is ModelError


NO_MONEY = slow(no_money="top up")


@pytest.mark.parametrize(
    ("script", "policy", "said"),
    [
        ((GOOD, NO_MONEY, GOOD), {"no_money_seconds": 0.0}, "top up"),
        ((GOOD, NO_MONEY, GOOD), {"hopeless_seconds": 0.0}, None),
        ((NO_MONEY, GOOD), {"hopeless_seconds": 0.0}, "top up"),
        ((NO_MONEY, GOOD), {"no_money_seconds": 0.0}, None),
        ((GOOD, slow(), GOOD), {"no_money_seconds": 0.0, "hopeless_seconds": 0.0}, None),
        ((GOOD, slow(), GOOD), {"starved_seconds": 0.0}, "lets nothing through for more than 0 s"),
        ((GOOD, slow(), GOOD), {"starved_seconds_at_first": 0.0}, None),
        ((GOOD, slow(told=None), GOOD), {"starved_seconds_at_first": 0.0}, None),
        ((slow(), GOOD), {"starved_seconds": 0.0}, "lets nothing through"),
        ((slow(), GOOD), {"starved_seconds_at_first": 0.0}, None),
        ((slow(told=None), GOOD), {"starved_seconds_at_first": 0.0}, "lets nothing through"),
        ((slow(told=None), GOOD), {"starved_seconds": 0.0}, None),
        ((GOOD, slow(told=7200), GOOD), {}, "lets nothing through for more than 600 s (slow down)"),
    ],
)
def test_429s_are_borne_for_a_while(script, policy, said):
    """Whether the quota of the minute is spent or that of a day, or the money, only time tells; it differs by whether the
    endpoint has ever answered, and whether it names a time."""
    came = Calling(*script, **policy).ask(1 + (script[0] is GOOD), one_by_one=True)[-1]
    if said is None:
        assert isinstance(came, Answer)
    else:
        assert isinstance(came, ModelError)
        assert said in str(came)


def test_how_long_it_is_borne_counts_from_what_was_last_let_through():
    """Not from the last try."""
    calling = Calling(slow(told=0.06, no_money="top up"), NO_MONEY, GOOD, hopeless_seconds=0.05)
    assert isinstance(calling.ask()[0], ModelError)
    assert calling.calls == 2


def test_a_429_is_followed_by_the_wait_that_it_asks_for():
    """Then by the same question."""
    calling, began = Calling(slow(told=0.1), GOOD), time.monotonic()
    assert isinstance(calling.ask()[0], Answer)
    assert time.monotonic() - began > 0.1
    assert (calling.calls, calling.meter.waits) == (2, 1)


def test_a_429_for_calls_at_once_is_followed_by_fewer():
    """Unless the only call in flight meets it: then it is one like others. Neither has failed."""
    at_once = slow(words="max organization concurrency: 3")
    calling = Calling(at_once, GOOD)
    assert all(isinstance(each, Answer) for each in calling.ask(5))
    assert calling.meter.waits == 1
    assert "fewer calls at once from now on (slow down)" in calling.said[0]
    for refusal, questions in ((at_once, 1), (slow(), 5)):
        calling = Calling(refusal, GOOD)
        calling.ask(questions)
        assert "the provider asks to slow down (slow down); waiting 0." in calling.said[0]
