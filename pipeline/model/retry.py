"""Retries calls, and decides when to give up the endpoint; through tenacity.

faults.py decides which errors may be retried. calls.py handles 429s, which do not count as tries.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    stop_after_attempt,
    wait_random_exponential,
)

from pipeline.errors import Filtered, ModelError, NoAnswer, Unanswered
from pipeline.model.faults import CallFailed, Endpoint, Refused, TooFast
from pipeline.model.own_faults import OwnFaults
from pipeline.model.replies import SWITCH_OFF
from pipeline.model.start import Start
from pipeline.records import Answer, Question

T = TypeVar("T")


@dataclass(frozen=True)
class RetryPolicy:
    """Numbers of tries, and waits in seconds."""

    tries: int = 7
    """Their waits together are half a minute on average, a minute at most: enough for a restart of the provider's
    gateway."""
    first_wait: float = 1.0
    """Upper bound on the first wait, doubled each time; the wait is random below it (jitter), so that hundreds of
    questions do not return at once."""
    longest_wait: float = 30.0
    longest_retry_after: float = 120.0
    """Seconds: upper bound on a Retry-After that is obeyed for one question."""
    hopeless_tries: int = 3
    """Attempts when the endpoint has never responded as a model does."""
    hopeless_seconds: float = 15.0
    """So long after the first error of an endpoint that has never answered, there are no more retries."""
    longest_hopeless_wait: float = 4.0
    """Seconds: the same for one wait."""
    hopeless_faults: int = 14
    """So many errors of an endpoint that has never answered, and there are no more retries."""
    shortest_deadline: float = 5.0
    """Seconds: lower bound on a call's timeout."""
    in_a_row: int = 10
    """Circuit breaker: stop the run after this many questions in a row without an answer."""
    in_a_row_at_first: int = 3
    """The same for an endpoint that has never answered."""
    no_money_seconds: float = 20.0
    """Time of nothing but 429s, with a message that can also mean an account without money, after which the run
    stops."""
    starved_seconds: float = 600.0
    """Time of nothing but 429s, or a Retry-After, after which the run stops: the quota is a daily one."""
    starved_seconds_at_first: float = 65.0
    """The same for an endpoint that has never answered and names no time: longer than the minute by which most count."""


class RefusedOnce(CallFailed):
    """A question is refused, although others are answered. A gateway may have several keys, accounts and servers, and
    one of them be dead, spent or another; so it is tried again."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(str(refused))
        self.refused = refused


class Retrier:
    """Asks until there is an answer, the tries are used up, or the endpoint is unusable."""

    def __init__(
        self,
        once: Callable[[Question], Awaitable[Answer]],
        endpoint: Endpoint,
        policy: RetryPolicy,
        on_retry: Callable[[str], None],
        *,
        known: bool,
    ) -> None:
        self._once = once
        self._endpoint = endpoint
        self._policy = policy
        self._on_retry = on_retry
        self._jitter = wait_random_exponential(multiplier=policy.first_wait, max=policy.longest_wait)
        self._start = Start(known=known)
        self._own_faults = OwnFaults()
        self._in_a_row = 0
        self._accounts_refused = 0
        """Refusals of the key, or for lack of money, since the last answer."""
        self._first_fault_at: float | None = None
        self._over: ModelError | None = None
        """Why nothing more is asked. An empty answer is paid for and kept, so it is the next question that raises this."""

    async def ask(self, question: Question) -> Answer:
        """Raises ModelError, Filtered or NoAnswer."""

        def tell(state: RetryCallState) -> None:
            self._on_retry(f"{question.subject}: {_fault(state)}; again in {state.upcoming_sleep:.1f} s")

        retrying = AsyncRetrying(
            retry=retry_if_exception_type(CallFailed),
            stop=self._enough,
            wait=self._wait,
            before_sleep=tell,
            reraise=True,
        )
        answered = False
        try:
            answer: Answer = await retrying(self._try, question)
            answered = bool(answer.text.strip())
        except CallFailed as fault:
            tries = int(retrying.statistics["attempt_number"])
            raise self._given_up(question, fault, tries) from None
        except Refused as refused:
            raise self._refused(refused) from None
        except NoAnswer as failure:
            raise self._unanswered(failure) from None
        except Filtered:
            answered = True
            raise
        finally:
            if answered:
                self._in_a_row = self._accounts_refused = 0
                self._own_faults.answered()
            self._start.ended(question, answered=answered)
        if not answered:
            self._start.failed()
            given_up = self._unanswered(
                NoAnswer(f"{question.subject}: an empty answer; if it thinks first, {SWITCH_OFF}")
            )
            self._over = given_up if isinstance(given_up, ModelError) else None
        return answer

    async def _try(self, question: Question) -> Answer:
        await self._start.turn(question)
        if self._over:
            raise self._over
        try:
            with self._start.flying():
                answer = await self._once(question)
                self._start.answered = self._start.answered or bool(answer.text.strip())
                return answer
        except (CallFailed, Refused, NoAnswer, ModelError) as fault:
            self._start.failed()
            if isinstance(fault, Refused):
                await self._start.others(self._policy.hopeless_seconds)
            if not (isinstance(fault, Refused) and self._start.answered) or fault.of_form:
                raise
            self._accounts_refused += fault.of_account
            if self._accounts_refused >= self._policy.in_a_row:
                raise fault.for_good from None
            raise RefusedOnce(fault) from None

    def _enough(self, state: RetryCallState) -> bool:
        fault = _fault(state)
        now = asyncio.get_running_loop().time()
        self._first_fault_at = self._first_fault_at or now
        if isinstance(fault, RefusedOnce):
            return state.attempt_number >= self._policy.hopeless_tries
        own = self._own_faults.is_own(state.args[0].subject, str(fault))
        if self._start.answered:
            return own or state.attempt_number >= self._policy.tries
        if now - self._first_fault_at > self._policy.hopeless_seconds:
            return True
        if (fault.retry_after or 0) > self._policy.longest_retry_after:
            return True
        hopeless = isinstance(fault, CallFailed) and fault.hopeless
        tries = self._policy.hopeless_tries if hopeless else self._policy.tries
        return state.attempt_number >= tries or self._start.faults >= self._policy.hopeless_faults

    def _wait(self, state: RetryCallState) -> float:
        asked = min(_fault(state).retry_after or 0, self._policy.longest_retry_after)
        jitter = self._jitter(state)
        return asked + (jitter if self._start.answered else min(jitter, self._policy.longest_hopeless_wait))

    def _given_up(self, question: Question, fault: CallFailed, tries: int) -> ModelError | NoAnswer:
        if isinstance(fault, RefusedOnce):
            if not fault.refused.of_account:
                return self._refused(fault.refused)
            if self._accounts_refused >= tries:  # nothing was answered since its first try
                return fault.refused.for_good
        if fault.hopeless and not self._start.answered:
            return ModelError(f"{self._endpoint.named}: {fault}; {fault.hopeless}")
        return self._unanswered(
            NoAnswer(
                f"{question.subject}: no answer in {tries} {'tries' if tries > 1 else 'try'} ({fault}); run again later"
            )
        )

    def _refused(self, refused: Refused) -> ModelError | NoAnswer:
        """NoAnswer if other questions are answered; ModelError if none is."""
        if refused.sure and not self._start.answered:
            return refused.for_good
        given_up = self._unanswered(refused.own)
        return refused.for_good if isinstance(given_up, ModelError) else given_up

    def _unanswered(self, failure: NoAnswer) -> ModelError | NoAnswer:
        self._in_a_row += 1
        if self._in_a_row < (self._policy.in_a_row if self._start.answered else self._policy.in_a_row_at_first):
            return failure
        return Unanswered(
            f"{self._endpoint.named}: {self._in_a_row} questions in a row without an answer; the last: {failure}"
        )


async def retry_call(
    call: Callable[[], Awaitable[T]], endpoint: Endpoint, policy: RetryPolicy, on_retry: Callable[[str], None]
) -> T:
    """Retries a call that is not a question, such as an upload. Raises ModelError when the tries are used up."""

    def tell(state: RetryCallState) -> None:
        on_retry(f"{_fault(state)}; again in {state.upcoming_sleep:.1f} s")

    jitter = wait_random_exponential(multiplier=policy.first_wait, max=policy.longest_wait)
    retrying = AsyncRetrying(
        retry=retry_if_exception_type((CallFailed, TooFast)),
        stop=stop_after_attempt(policy.tries),
        wait=lambda state: min(_fault(state).retry_after or 0, policy.longest_retry_after) + jitter(state),
        before_sleep=tell,
        reraise=True,
    )
    try:
        return await retrying(call)
    except Refused as refused:
        raise refused.for_good from None
    except (CallFailed, TooFast) as fault:
        raise ModelError(f"{endpoint.named}: {endpoint.redact(str(fault))}; nothing is lost, run again later") from None


def _fault(state: RetryCallState) -> CallFailed | TooFast:
    assert state.outcome is not None
    fault = state.outcome.exception()
    assert isinstance(fault, (CallFailed, TooFast))  # nothing else is retried
    return fault
