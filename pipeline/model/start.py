"""The first questions to an endpoint: a few at once, and a single one after faults, until one is answered.

So an endpoint that cannot answer is not asked by hundreds of questions. A good one loses little: the first answer lets
all others go, and they do not wait for it long, because it may take many seconds.
"""

import asyncio
import math
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from pipeline.records import Question

FIRST = 7
"""Tries that are sent at once before anything is known; with the waits after 429s, twenty in all to an endpoint that lets
nothing through."""
HOLD_SECONDS = 0.4
"""So long the others are held back at most, for a model that has answered in an earlier run. Most refusals (wrong key,
no money) arrive sooner."""
FIRST_HOLD_SECONDS = 5.0
"""The same for a model that has never answered. It is paid once, by the first run, most of which prepares questions
meanwhile."""
LATE_SECONDS = 0.1
"""If the hold is noticed so much later, this process was not running, and answers may wait to be read: it is held again,
up to MORE_SECONDS more in all."""
MORE_SECONDS = 2.6
CLOSED_BY = 3
"""Faults before the first answer after which only one question is tried at a time; fewer happen to good endpoints."""


class Start:
    """Opens with the first answer."""

    def __init__(self, *, known: bool) -> None:
        """`known`: the model has answered in an earlier run."""
        self._hold = HOLD_SECONDS if known else FIRST_HOLD_SECONDS
        self.answered = False
        self.faults = 0
        """Tries that failed before the first answer."""
        self._tries = 0
        self._flying = 0
        """Tries in flight."""
        self._opens_at: float | None = None
        self._latest = math.inf
        self._scout: Question | None = None
        """The only question that is tried after CLOSED_BY faults."""
        self._changed = asyncio.Event()

    async def turn(self, question: Question) -> None:
        """Waits until this question may be tried."""
        loop = asyncio.get_running_loop()
        while not self._may_go(question, loop.time()):
            opens_at = self._opens_at
            with suppress(TimeoutError):
                async with asyncio.timeout_at(opens_at if self.faults < CLOSED_BY else None):
                    await self._changed.wait()
            now = loop.time()
            if opens_at is not None and opens_at == self._opens_at and opens_at + LATE_SECONDS < now < self._latest:
                self._opens_at = now + self._hold

    def _may_go(self, question: Question, now: float) -> bool:
        if self.answered:
            return True
        if self.faults >= CLOSED_BY:
            self._scout = self._scout or question
            return self._scout is question
        if self._opens_at is None:
            self._opens_at, self._latest = now + self._hold, now + self._hold + MORE_SECONDS
        may_go = self._tries < FIRST or now >= self._opens_at
        self._tries += may_go
        return may_go

    @contextmanager
    def flying(self) -> Iterator[None]:
        """Inside this block a try is in flight."""
        self._flying += 1
        try:
            yield
        finally:
            self._flying -= 1
            self._wake()

    async def others(self, seconds: float) -> None:
        """Waits until a question is answered or no try is in flight, so long at most. If only one of the first questions
        is refused, the others are probably being answered."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._flying and not self.answered:
                    await self._changed.wait()

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
