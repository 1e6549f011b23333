"""How long a call may take before it counts as hung: a few times what calls usually take, learned as they come in."""

import asyncio
import statistics
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

STUCK = 5.0
"""Times what nearly all calls take; stragglers of four times are common."""
ENOUGH_CALLS = 20
LATEST_CALLS = 200


class Deadline:
    """`shortest` and `longest` in seconds; until enough calls came back it is the longest."""

    def __init__(self, shortest: float, longest: float) -> None:
        self._shortest, self._longest = shortest, longest
        self.seconds = longest
        self._latest: deque[float] = deque(maxlen=LATEST_CALLS)
        self._open: dict[asyncio.Timeout, float] = {}

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """While this lasts, a deadline that has become shorter also holds for calls already in flight."""
        watch = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watch.cancel()
            with suppress(asyncio.CancelledError):
                await watch

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Raises TimeoutError when what is inside takes too long."""
        started = asyncio.get_running_loop().time()
        timer = asyncio.timeout(self.seconds)
        self._open[timer] = started
        try:
            async with timer:
                yield
        finally:
            del self._open[timer]

    def took(self, seconds: float) -> None:
        self._latest.append(seconds)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._shortest / 10)
            if len(self._latest) >= ENOUGH_CALLS:
                usual = statistics.quantiles(self._latest, n=20)[-1]
                self.seconds = min(self._longest, max(self._shortest, STUCK * usual))
            now = asyncio.get_running_loop().time()
            for timer, started in self._open.items():
                if now - started > self.seconds and not timer.expired():
                    timer.reschedule(now)
