"""The first questions to an endpoint: a few at once, and a single one after faults, until one is answered.

So an endpoint that cannot answer is not asked by hundreds of questions. A good one loses at most HOLD_SECONDS: while
nothing fails, the other questions do not wait for the first answer, which may take many seconds.
"""

import asyncio
from contextlib import suppress

from pipeline.records import Question

FIRST = 8
"""Tries that are sent at once before anything is known."""
HOLD_SECONDS = 0.4
"""So long the others are held back at most. Most refusals (wrong key, no money, unknown model) arrive sooner."""
CLOSED_BY = 3
"""Faults before the first answer after which only one question is tried at a time; fewer happen to good endpoints."""


class Start:
    """Opens with the first answer."""

    def __init__(self) -> None:
        self.answered = False
        self.faults = 0
        """Tries that failed before the first answer."""
        self._tries = 0
        self._opens_at: float | None = None
        self._scout: Question | None = None
        """The only question that is tried after CLOSED_BY faults."""
        self._changed = asyncio.Event()

    async def turn(self, question: Question) -> None:
        """Waits until this question may be tried."""
        while not self._may_go(question, asyncio.get_running_loop().time()):
            with suppress(TimeoutError):
                async with asyncio.timeout_at(self._opens_at if self.faults < CLOSED_BY else None):
                    await self._changed.wait()

    def _may_go(self, question: Question, now: float) -> bool:
        if self.answered:
            return True
        if self.faults >= CLOSED_BY:
            self._scout = self._scout or question
            return self._scout is question
        if self._opens_at is None:
            self._opens_at = now + HOLD_SECONDS
        may_go = self._tries < FIRST or now >= self._opens_at
        self._tries += may_go
        return may_go

    def failed(self) -> None:
        """A try failed."""
        if not self.answered:
            self.faults += 1
            self._wake()

    def ended(self, question: Question, *, answered: bool) -> None:
        """No more tries of this question; without an answer, another one becomes the scout."""
        self.answered = self.answered or answered
        if self._scout is question:
            self._scout = None
        self._wake()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
