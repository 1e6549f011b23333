"""One call: a place among those in flight, its turn under the quota, and a deadline; a 429 only waits and goes again.

When the next may go is pace.py's to say, what comes after a fault retry.py's.
"""

import asyncio
import statistics
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from pipeline.errors import ModelError
from pipeline.model.faults import CallFailed, Endpoint, TooFast
from pipeline.model.news import News
from pipeline.model.pace import Pace
from pipeline.model.replies import Reply, Spent, answer_of, guess_prompt
from pipeline.models import Answer, Question, Usage

Send = Callable[[Question], Awaitable[Reply]]
"""One HTTP exchange. Raises CallFailed, TooFast, ModelError or QuestionFailed."""

FIRST_RATIO = 1.8
"""Tokens of a whole exchange to the guessed tokens of its question, until answers show better: a translation into Chinese
has 1.17 times the tokens of its English (measured), next to instructions of about the abstract's length."""
STUCK = 5.0
"""A call that takes this many times what nearly all calls take hangs; stragglers of four times are common."""
ENOUGH_CALLS = 20
"""Before a deadline is learned from the latest calls."""
STARVED_SECONDS = 600.0
"""Of nothing but 429s, or of a Retry-After: a quota of a day, not of a minute."""


@dataclass
class Tally:
    """What this run has asked and used so far, refused and broken-off answers included."""

    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    retries: int = 0
    waits: int = 0
    """Answers 429; they used nothing up."""

    def add(self, spent: Spent) -> None:
        self.prompt_tokens += spent.prompt
        self.completion_tokens += spent.completion
        self.cached_tokens += spent.cached

    def so_far(self, cost: float) -> Usage:
        return Usage(
            requests=self.requests,
            prompt_tokens=self.prompt_tokens,
            completion_tokens=self.completion_tokens,
            cached_tokens=self.cached_tokens,
            retries=self.retries,
            cost=cost,
        )


class Calls:
    def __init__(
        self,
        send: Send,
        endpoint: Endpoint,
        pace: Pace,
        *,
        in_flight: int,
        shortest_deadline: float,
        deadline: float,
        usage: Tally,
        news: News,
    ) -> None:
        self._send = send
        self._endpoint = endpoint
        self._pace = pace
        self._usage = usage
        self._news = news
        self._places = in_flight
        self._free = asyncio.Semaphore(in_flight)
        self._taken_away = 0
        self._turns = asyncio.Lock()
        self._shortest, self._longest = shortest_deadline, deadline
        self._deadline = deadline
        self._latencies: deque[float] = deque(maxlen=200)
        self._open: dict[asyncio.Timeout, float] = {}
        self._answered = 0
        self._let_through_at: float | None = None
        self._guessed, self._used = 1000.0, 1000.0 * FIRST_RATIO

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """While this lasts, calls that hang are cut at a deadline that is learned as answers come in."""
        watch = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watch.cancel()
            with suppress(asyncio.CancelledError):
                await watch

    async def once(self, question: Question) -> Answer:
        """One try. Raises CallFailed, ModelError or QuestionFailed."""
        await self._free.acquire()
        try:
            reply = await self._let_through(question)
        finally:
            if self._taken_away:
                self._taken_away -= 1
            else:
                self._free.release()
        if reply.spent:
            self._usage.add(reply.spent)
            return answer_of(reply, question)
        answer = answer_of(reply, question)
        self._usage.add(Spent(answer.prompt_tokens, answer.completion_tokens))
        return answer

    async def _let_through(self, question: Question) -> Reply:
        guessed = guess_prompt(question)
        while True:
            tokens = guessed * self._used / self._guessed
            sent_at = await self._turn(tokens)
            try:
                reply = await self._in_time(question)
            except TooFast as refusal:
                self._refused(question, refusal, sent_at, tokens)
                continue
            now = self._now()
            self._let_through_at = now
            self._answered += 1
            self._latencies.append(now - sent_at)
            spent = reply.spent.prompt + reply.spent.completion if reply.spent else tokens
            self._guessed, self._used = self._guessed + guessed, self._used + spent
            self._pace.answered(now, tokens, spent, reply.headers)
            return reply

    async def _turn(self, tokens: float) -> float:
        """Waits for the quota, first come first served; returns when it was."""
        async with self._turns:
            while (wait := self._pace.wait(self._now())) > 0:
                await asyncio.sleep(min(wait, 1.0))  # what comes in meanwhile may shorten it
            now = self._now()
            self._pace.sent(now, tokens)
        if self._let_through_at is None:
            self._let_through_at = now
        return now

    def _refused(self, question: Question, refusal: TooFast, sent_at: float, tokens: float) -> None:
        now = self._now()
        wait = self._pace.refused(
            now, sent_at, tokens, of_tokens=refusal.of_tokens, retry_after=refusal.retry_after, headers=refusal.headers
        )
        said = self._endpoint.clean(str(refusal))
        if max(wait, now - (self._let_through_at or now)) > STARVED_SECONDS:
            raise ModelError(
                f"model {self._endpoint.model} at {self._endpoint.address}: lets nothing through for "
                f"{STARVED_SECONDS / 60:.0f} minutes ({said}); the quota seems spent for now, run again later"
            )
        self._usage.waits += 1
        self._news.tell("wait", f"{question.subject}: the quota is used up ({said}); waiting {wait:.1f} s")

    async def _in_time(self, question: Question) -> Reply:
        started, answered = self._now(), self._answered
        timer = asyncio.timeout(self._deadline)
        self._usage.requests += 1
        try:
            async with timer:
                self._open[timer] = started
                return await self._send(question)
        except TimeoutError:
            self._make_room(self._answered - answered)
            raise CallFailed(f"no answer for {self._now() - started:.0f} s") from None
        finally:
            self._open.pop(timer, None)

    def _make_room(self, answered: int) -> None:
        """A call hung while `answered` others came back: if more are in flight, the endpoint works them off one by one.

        Ollama and llama.cpp do; half as many then wait half as long, and none is late.
        """
        fewer = max(1, answered // 2)
        if answered and fewer < self._places:
            self._taken_away += self._places - fewer
            self._places = fewer

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._shortest / 10)
            if len(self._latencies) >= ENOUGH_CALLS:
                usual = statistics.quantiles(self._latencies, n=20)[-1]
                self._deadline = min(self._longest, max(self._shortest, STUCK * usual))
            now = self._now()
            for timer, started in self._open.items():
                if now - started > self._deadline and not timer.expired():
                    timer.reschedule(now)

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
