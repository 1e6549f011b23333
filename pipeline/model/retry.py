"""After how many tries: the only layer that retries. Home of tenacity.

What may be tried again faults.py says; a 429 never comes here, since waiting for a quota costs a question no try.
"""

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

from pipeline.errors import Filtered, ModelError, NoAnswer
from pipeline.model.faults import CallFailed, Endpoint, TooFast
from pipeline.records import Answer, Question

T = TypeVar("T")


@dataclass(frozen=True)
class Patience:
    """How long a fault is borne."""

    tries: int = 7
    """With the waits below half a minute on average, a minute at most: a restart of the provider's gateway."""
    first_wait: float = 1.0
    """Seconds; a random part of it (jitter, so that hundreds of questions don't come back at once), doubled each time."""
    longest_wait: float = 30.0
    longest_retry_after: float = 120.0
    """Of a Retry-After that is obeyed for one question."""
    hopeless_tries: int = 3
    """Where nobody listens at the address, and never has in this run: about two seconds."""
    shortest_deadline: float = 5.0
    """No call is cut before, however fast the others are."""
    in_a_row: int = 10
    """Questions without an answer, and none with one in between: the endpoint is down, and the rest is not worth trying."""


class Tries:
    """Asks until there is an answer or patience ends."""

    def __init__(
        self,
        once: Callable[[Question], Awaitable[Answer]],
        endpoint: Endpoint,
        patience: Patience,
        again: Callable[[str], None],
    ) -> None:
        self._once = once
        self._endpoint = endpoint
        self._patience = patience
        self._again = again
        self._jitter = wait_random_exponential(multiplier=patience.first_wait, max=patience.longest_wait)
        self._answered = False
        self._in_a_row = 0

    async def ask(self, question: Question) -> Answer:
        """Raises ModelError, Filtered or NoAnswer."""

        def tell(state: RetryCallState) -> None:
            wait = state.next_action.sleep if state.next_action else 0
            self._again(f"{question.subject}: {_fault(state)}; again in {wait:.1f} s")

        retrying = AsyncRetrying(
            retry=retry_if_exception_type(CallFailed),
            stop=self._enough,
            wait=self._wait,
            before_sleep=tell,
            reraise=True,
        )
        try:
            answer: Answer = await retrying(self._once, question)
        except CallFailed as fault:
            raise self._given_up(question, fault) from None
        except NoAnswer as failure:
            raise self._unanswered(failure) from None
        except Filtered:
            self._heard()
            raise
        self._heard()
        return answer

    def _heard(self) -> None:
        self._answered = True
        self._in_a_row = 0

    def _enough(self, state: RetryCallState) -> bool:
        fault = _fault(state)
        hopeless = isinstance(fault, CallFailed) and fault.hopeless and not self._answered
        return state.attempt_number >= (self._patience.hopeless_tries if hopeless else self._patience.tries)

    def _wait(self, state: RetryCallState) -> float:
        asked = min(_fault(state).retry_after or 0, self._patience.longest_retry_after)
        return asked + self._jitter(state)

    def _given_up(self, question: Question, fault: CallFailed) -> ModelError | NoAnswer:
        if fault.hopeless and not self._answered:
            return ModelError(f"model {self._endpoint.model} at {self._endpoint.address}: {fault}; {fault.hopeless}")
        return self._unanswered(
            NoAnswer(f"{question.subject}: no answer in {self._patience.tries} tries ({fault}); run again later")
        )

    def _unanswered(self, failure: NoAnswer) -> ModelError | NoAnswer:
        self._in_a_row += 1
        if self._in_a_row < self._patience.in_a_row:
            return failure
        return ModelError(
            f"model {self._endpoint.model} at {self._endpoint.address}: {self._in_a_row} questions in a row without an "
            f"answer; the last: {failure}"
        )


async def persist(
    call: Callable[[], Awaitable[T]], endpoint: Endpoint, patience: Patience, again: Callable[[str], None]
) -> T:
    """Makes one call that is no question until it comes to something. Raises ModelError when patience ends."""

    def tell(state: RetryCallState) -> None:
        again(f"{_fault(state)}; again in {state.next_action.sleep if state.next_action else 0:.1f} s")

    jitter = wait_random_exponential(multiplier=patience.first_wait, max=patience.longest_wait)
    retrying = AsyncRetrying(
        retry=retry_if_exception_type((CallFailed, TooFast)),
        stop=stop_after_attempt(patience.tries),
        wait=lambda state: min(_fault(state).retry_after or 0, patience.longest_retry_after) + jitter(state),
        before_sleep=tell,
        reraise=True,
    )
    try:
        return await retrying(call)
    except (CallFailed, TooFast) as fault:
        raise ModelError(
            f"model {endpoint.model} at {endpoint.address}: {endpoint.clean(str(fault))}; nothing is lost, run again later"
        ) from None


def _fault(state: RetryCallState) -> CallFailed | TooFast:
    fault = state.outcome.exception() if state.outcome else None
    assert isinstance(fault, (CallFailed, TooFast))  # nothing else is retried
    return fault
