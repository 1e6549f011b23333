"""How many calls may be in flight: as many as configured, fewer when the endpoint shows that it can't take so many."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

GROW_AFTER = 10
"""Answers per slot before the limit is raised by one again (additive increase): at most one refusal in so many rounds."""


class ConcurrencyLimit:
    """A semaphore whose limit moves between 1 and `most`."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._limit = most
        self._taken = 0
        self._free = asyncio.Semaphore(most)
        self._owed = 0
        """Slots to be withdrawn as they become free."""
        self._answers = 0

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Waits for a slot, first come first served, and holds it."""
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
        """The provider wants fewer calls at once. False when this is the only one, so that their number can't be the cause."""
        self._answers = 0
        if self._taken <= 1:
            return False
        self._shrink(self._taken - 1)
        return True

    def hung(self, answered: int) -> None:
        """A call timed out while `answered` others came back. If more are in flight, the endpoint works them off one by one.

        Ollama and llama.cpp do. Half as many then wait half as long, and none times out; more would not be faster.
        """
        if 0 < answered < self._limit:
            self._most = max(1, answered // 2)
            self._shrink(self._most)

    def answered(self) -> None:
        """A call came back; after enough of them the limit is raised by one."""
        self._answers += 1
        if self._limit < self._most and self._answers >= GROW_AFTER * self._limit:
            self._answers = 0
            self._limit += 1
            if self._owed:
                self._owed -= 1
            else:
                self._free.release()

    def _shrink(self, limit: int) -> None:
        if limit < self._limit:
            self._owed += self._limit - limit
            self._limit = limit
