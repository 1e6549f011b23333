"""One call to an endpoint: waits for a concurrency slot and for the rate limit, sends with a timeout, repeats after a
429.

Uses slots.py (calls in flight), rate_limiter.py (when to send) and deadline.py (timeout). retry.py retries other
errors.
"""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Protocol

from pipeline.errors import ModelError, NoAnswer, QuestionFailed
from pipeline.model.deadline import Deadline
from pipeline.model.faults import CallFailed, Endpoint, Refused, TooFast
from pipeline.model.meter import Meter
from pipeline.model.rate_limiter import RateLimiter
from pipeline.model.replies import Reply, answer_of, guess_prompt, longest_answer, usage_of
from pipeline.model.retry import RetryPolicy
from pipeline.model.slots import ConcurrencyLimit
from pipeline.model.throttled_log import ThrottledLog
from pipeline.records import Answer, Question, Usage

_log = logging.getLogger(__name__)
Send = Callable[[Question], Awaitable[Reply]]
"""One HTTP exchange. Raises Adapted, CallFailed, TooFast, Refused, ModelError or QuestionFailed."""

FIRST_RATIO = 1.8
"""First estimate of tokens in request and response per guessed token of the question, corrected by real answers. A
Chinese translation has 1.17 times the tokens of its English (measured); the instructions are about as long as the
abstract."""
FIRST_WEIGHT = 1000.0
"""Weight of FIRST_RATIO in the average, in guessed tokens: two or three questions."""


class Receipts(Protocol):
    """Records every call and its end (asking/receipts.py)."""

    def sent(self, question: Question) -> int:
        """Called before a call is sent; returns its number."""

    def ended(self, call: int, how: str, usage: Usage | None = None, reply: str | None = None) -> None:
        """Called when a call ended without an answer."""


class Hung(CallFailed):
    """No answer within the deadline."""


class Adapted(Exception):
    """The endpoint refused the form of the request. Later requests use another form, and this question is sent again
    at once.

    The message is a line for the log; empty if another call has logged it.
    """


class Calls:
    def __init__(
        self,
        send: Send,
        endpoint: Endpoint,
        *,
        policy: RetryPolicy,
        limiter: RateLimiter,
        slots: ConcurrencyLimit,
        deadline: Deadline,
        meter: Meter,
        log: ThrottledLog,
        receipts: Receipts | None = None,
    ) -> None:
        self._send = send
        self._endpoint = endpoint
        self._policy = policy
        self._limiter = limiter
        self._slots = slots
        self._deadline = deadline
        self._meter = meter
        self._log = log
        self._receipts = receipts
        self._turns = asyncio.Lock()
        self._answered = 0
        self._let_through_at: float | None = None
        self._passed_later_at = -math.inf
        """When a question that had got a 429 was answered."""
        self._guessed, self._used = FIRST_WEIGHT, FIRST_WEIGHT * FIRST_RATIO

    async def once(self, question: Question) -> Answer:
        """One try, repeated after each 429. Raises CallFailed, Refused, ModelError or QuestionFailed."""
        guessed = guess_prompt(question)
        refused: _FirstRefusal | None = None
        while True:
            async with self._slots.slot():
                tokens = guessed * self._used / self._guessed
                sent_at = await self._turn(tokens)
                try:
                    with self._receipt(question) as exchange:
                        reply = exchange.reply = self._keyless(await self._in_time(question))
                        usage = exchange.usage = usage_of(question, reply)
                        used = usage.prompt_tokens + usage.completion_tokens
                        self._meter.add(usage)
                        self._guessed, self._used = self._guessed + guessed, self._used + used
                        self._limiter.answered(_now(), sent_at, tokens, used, reply.headers)
                        answer = answer_of(reply, usage, question.subject, longest_answer(question))
                    if refused:
                        self._passed_later_at = _now()
                    return answer.model_copy(update={"call": exchange.call, "raw": reply.raw})
                except TooFast as refusal:
                    refused = refused or _FirstRefusal(_now(), self._answered)
                    if self._is_its_own(refused):
                        said = self._endpoint.redact(str(refusal))
                        raise NoAnswer(
                            f"{question.subject}: told to slow down for {_now() - refused.at:.0f} s, while others were "
                            f"answered ({said}); model.fallback can answer it"
                        ) from None
                    self._refused(question, refusal, sent_at, tokens)
                except Adapted as adapted:
                    if line := str(adapted):
                        self._log.write(line)
                    self._limiter.taken_back(sent_at, tokens)

    @contextmanager
    def _receipt(self, question: Question) -> "Iterator[_Exchange]":
        """Writes the receipt before a call and completes it if the call fails; the receipt of an answer is completed
        when the answer is stored."""
        exchange = _Exchange(self._receipts.sent(question) if self._receipts else None)
        try:
            yield exchange
        except BaseException as error:
            if self._receipts:
                assert exchange.call is not None
                how = next(how for kind, how in _ENDS if isinstance(error, kind))
                reply = exchange.reply
                said = reply.raw if reply else self._endpoint.redact(str(error))
                self._receipts.ended(exchange.call, how, exchange.usage, said)
            raise
        _log.debug("%s: answered, %s", question.subject, exchange.usage)

    def _keyless(self, reply: Reply) -> Reply:
        """What comes back is kept, and its text is shown; some gateways repeat the key."""
        without_key = self._endpoint.without_key
        return replace(reply, text=without_key(reply.text), raw=without_key(reply.raw))

    async def _turn(self, tokens: float) -> float:
        """Waits for the rate limit, in order of arrival; returns the time at the end of the wait."""
        async with self._turns:
            while (wait := self._limiter.wait(_now())) > 0:
                await asyncio.sleep(min(wait, 1.0))  # answers that arrive meanwhile may shorten the wait
            now = _now()
            self._limiter.sent(now, tokens)
        if self._let_through_at is None:
            self._let_through_at = now
        return now

    async def _in_time(self, question: Question) -> Reply:
        started, answered = _now(), self._answered
        size = len(question.messages[-1].content)  # the other messages are the same for all questions
        self._meter.add(_REQUEST)
        try:
            async with self._deadline.one(size):
                reply = await self._send(question)
        except TimeoutError:
            self._slots.hung(self._answered - answered)
            raise Hung(f"no answer for {_now() - started:.0f} s", hopeless=_SILENT) from None
        self._let_through_at = _now()
        self._answered += 1
        self._slots.answered()
        return reply

    def _is_its_own(self, first: "_FirstRefusal") -> bool:
        """Whether a 429 is about the question itself, such as one larger than the tokens of a minute: the quota of a
        minute has returned since its first one, others were answered, and none that had to come again was."""
        return (
            _now() - first.at > self._policy.starved_seconds_at_first
            and self._answered > first.answered
            and self._passed_later_at < first.at
        )

    def _refused(self, question: Question, refusal: TooFast, sent_at: float, tokens: float) -> None:
        now = _now()
        said = self._endpoint.redact(str(refusal))
        self._meter.waits += 1
        if refusal.of_slots and self._slots.refused():
            self._limiter.taken_back(sent_at, tokens)
            self._log.add("wait", f"{question.subject}: fewer calls at once from now on ({said})")
            return
        wait = self._limiter.refused(
            now, sent_at, tokens, of_tokens=refusal.of_tokens, retry_after=refusal.retry_after, headers=refusal.headers
        )
        silent = now - (self._let_through_at or now)
        patience = self._policy.no_money_seconds if self._answered else self._policy.hopeless_seconds
        if refusal.no_money and silent > patience:
            raise ModelError(refusal.no_money)
        told = refusal.retry_after is not None  # such as a server that loads its model
        starved = self._policy.starved_seconds if self._answered or told else self._policy.starved_seconds_at_first
        if max(wait, silent) > starved:
            raise ModelError(
                f"{self._endpoint.named}: lets nothing through for more than {starved:.0f} s ({said}); "
                "the quota seems spent for now, run again later"
            )
        self._log.add("wait", f"{question.subject}: the provider asks to slow down ({said}); waiting {wait:.1f} s")


@dataclass(frozen=True)
class _FirstRefusal:
    """The first 429 of a question: when, and after how many answers to others."""

    at: float
    answered: int


@dataclass
class _Exchange:
    """A call in flight, and its result so far."""

    call: int | None
    reply: Reply | None = None
    usage: Usage | None = None


_REQUEST = Usage(requests=1)
_SILENT = "check model.base_url, or raise model.timeout_seconds: it takes questions, but has answered none"
_ENDS: tuple[tuple[type[BaseException], str], ...] = (
    (TooFast, "slowed"),
    (Adapted, "adapted"),
    (Hung, "hung"),
    (CallFailed, "failed"),
    (QuestionFailed, "refused"),
    (Refused, "refused"),
    (ModelError, "stopped"),
    (BaseException, "cancelled"),
)
"""Exception → how the call ended (receipts.ENDS); the first match counts."""


def _now() -> float:
    return asyncio.get_running_loop().time()
