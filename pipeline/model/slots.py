"""Limits the calls in flight: the configured number, or fewer if the endpoint cannot handle so many."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

GROW_AFTER = 10
"""Answers per slot before the limit is raised by one (additive increase)."""


class ConcurrencyLimit:
    """A semaphore whose limit moves between 1 and `most`."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._limit = most
        self._taken = 0
        self._free = asyncio.Semaphore(most)
        self._owed = 0
        """Slots to remove when they become free."""
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
        """The provider refused because of too many calls. False if this is the only call in flight, so that this is
        not the cause."""
        self._answers = 0
        if self._taken <= 1:
            return False
        self._shrink(self._taken - 1)
        return True

    def hung(self, answered: int) -> None:
        """A call timed out while `answered` others returned. If more are in flight, the endpoint queues calls.

        Ollama and llama.cpp do so. The limit becomes half of `answered`: then no call waits so long, and the speed is
        the same.
        """
        if 0 < answered < self._limit:
            self._most = max(1, answered // 2)
            self._shrink(self._most)

    def answered(self) -> None:
        """A call returned; after enough of them the limit is raised by one."""
        self._answers += 1
        if self._limit < self._most and self._answers >= GROW_AFTER * self._limit:
            self._answers = 0
            self._limit += 1
            if self._owed:
                self._owed -= 1
            else:
                self._free.release()

    def _shrink(self, limit: int) -> None:
        fewer = max(0, self._limit - limit)
        self._owed += fewer
        self._limit -= fewer
