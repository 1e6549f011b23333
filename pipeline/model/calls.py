"""One call: a place among those in flight, its turn under the quota, and a deadline; a 429 only waits and goes again.

When the next may go is pace.py's to say, how many at once places.py's, how long one may take deadline.py's, and what comes
after a fault retry.py's.
"""

import asyncio
from collections.abc import Awaitable, Callable

from pipeline.errors import ModelError
from pipeline.model.deadline import Deadline
from pipeline.model.faults import CallFailed, Endpoint, TooFast
from pipeline.model.news import News
from pipeline.model.pace import Pace
from pipeline.model.places import Places
from pipeline.model.replies import Reply, answer_of, guess_prompt, spent_on
from pipeline.model.tally import Tally
from pipeline.records import Answer, Question

Send = Callable[[Question], Awaitable[Reply]]
"""One HTTP exchange. Raises CallFailed, TooFast, ModelError or QuestionFailed."""

FIRST_RATIO = 1.8
"""Tokens of a whole exchange to the guessed tokens of its question, until answers show better: a translation into Chinese
has 1.17 times the tokens of its English (measured), next to instructions of about the abstract's length."""
FIRST_WEIGHT = 1000.0
"""Guessed tokens that this first ratio counts for: two or three questions."""
STARVED_SECONDS = 600.0
"""Of nothing but 429s, or of a Retry-After: a quota of a day, not of a minute."""


class Calls:
    def __init__(
        self,
        send: Send,
        endpoint: Endpoint,
        *,
        pace: Pace,
        places: Places,
        deadline: Deadline,
        usage: Tally,
        news: News,
    ) -> None:
        self._send = send
        self._endpoint = endpoint
        self._pace = pace
        self._places = places
        self._deadline = deadline
        self._usage = usage
        self._news = news
        self._turns = asyncio.Lock()
        self._answered = 0
        self._let_through_at: float | None = None
        self._guessed, self._used = FIRST_WEIGHT, FIRST_WEIGHT * FIRST_RATIO

    async def once(self, question: Question) -> Answer:
        """One try, however often a 429 sends it back. Raises CallFailed, ModelError or QuestionFailed."""
        guessed = guess_prompt(question)
        while True:
            async with self._places.one():
                tokens = guessed * self._used / self._guessed
                sent_at = await self._turn(tokens)
                try:
                    reply = await self._in_time(question)
                except TooFast as refusal:
                    self._refused(question, refusal, sent_at, tokens)
                    continue
            spent = spent_on(question, reply)
            self._usage.add(spent)
            self._guessed, self._used = self._guessed + guessed, self._used + spent.prompt + spent.completion
            self._pace.answered(_now(), sent_at, tokens, spent.prompt + spent.completion, reply.headers)
            return answer_of(reply, spent, question.subject)

    async def _turn(self, tokens: float) -> float:
        """Waits for the quota, first come first served; returns when it was."""
        async with self._turns:
            while (wait := self._pace.wait(_now())) > 0:
                await asyncio.sleep(min(wait, 1.0))  # what comes in meanwhile may shorten it
            now = _now()
            self._pace.sent(now, tokens)
        if self._let_through_at is None:
            self._let_through_at = now
        return now

    async def _in_time(self, question: Question) -> Reply:
        started, answered = _now(), self._answered
        size = len(question.messages[-1].content)  # what stands before is the same each time
        self._usage.requests += 1
        try:
            async with self._deadline.one(size):
                reply = await self._send(question)
        except TimeoutError:
            self._places.hung(self._answered - answered)
            raise CallFailed(f"no answer for {_now() - started:.0f} s") from None
        self._let_through_at = _now()
        self._deadline.took(self._let_through_at - started, size)
        self._answered += 1
        self._places.answered()
        return reply

    def _refused(self, question: Question, refusal: TooFast, sent_at: float, tokens: float) -> None:
        now = _now()
        said = self._endpoint.clean(str(refusal))
        self._usage.waits += 1
        if refusal.of_places and self._places.refused():
            self._pace.taken_back(sent_at, tokens)
            self._news.tell("wait", f"{question.subject}: fewer calls at once from now on ({said})")
            return
        wait = self._pace.refused(
            now, sent_at, tokens, of_tokens=refusal.of_tokens, retry_after=refusal.retry_after, headers=refusal.headers
        )
        if max(wait, now - (self._let_through_at or now)) > STARVED_SECONDS:
            raise ModelError(
                f"model {self._endpoint.model} at {self._endpoint.address}: lets nothing through for "
                f"{STARVED_SECONDS / 60:.0f} minutes ({said}); the quota seems spent for now, run again later"
            )
        self._news.tell("wait", f"{question.subject}: the quota is used up ({said}); waiting {wait:.1f} s")


def _now() -> float:
    return asyncio.get_running_loop().time()
