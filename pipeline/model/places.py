"""How many calls may be in flight: as many as configured, fewer when the endpoint shows that it can't take so many."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

GROW_AFTER = 10
"""Answers for each place before one more is tried where the provider refused it: at most one refusal in so many rounds."""


class Places:
    def __init__(self, most: int) -> None:
        self._most = most
        self._open = most
        self._taken = 0
        self._free = asyncio.Semaphore(most)
        self._owed = 0
        """Places to be withdrawn as they become free."""
        self._answers = 0

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Waits for a place, first come first served, and holds it."""
        await self._free.acquire()
        self._taken += 1
        try:
            yield
        finally:
            self._taken -= 1
            if self._owed:
                self._owed -= 1
            else:
                self._free.release()

    def refused(self) -> bool:
        """The provider wants fewer at once; False when none but this one is in flight, so that places can't be the cause."""
        self._answers = 0
        if self._taken <= 1:
            return False
        self._shrink(self._taken - 1)
        return True

    def hung(self, answered: int) -> None:
        """A call hung while `answered` others came back. If more are in flight, the endpoint works them off one by one.

        Ollama and llama.cpp do. Half as many then wait half as long, and none is late; more would not be faster.
        """
        if 0 < answered < self._open:
            self._most = max(1, answered // 2)
            self._shrink(self._most)

    def answered(self) -> None:
        """One more came back; after enough of them, a refused place is tried again."""
        self._answers += 1
        if self._open < self._most and self._answers >= GROW_AFTER * self._open:
            self._answers = 0
            self._open += 1
            if self._owed:
                self._owed -= 1
            else:
                self._free.release()

    def _shrink(self, places: int) -> None:
        if places < self._open:
            self._owed += self._open - places
            self._open = places
