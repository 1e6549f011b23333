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
        self._latest: deque[tuple[float, int]] = deque(maxlen=LATEST_CALLS)
        self._open: dict[asyncio.Timeout, tuple[float, int]] = {}
        self._usual, self._usual_size = longest, 1.0

    def took(self, seconds: float, size: int) -> None:
        """A call came back; `size` is that of what was to be worked on, in characters."""
        self._latest.append((seconds, size))

    def seconds(self, size: int) -> float:
        """What a call of this size may take. A model that reads sentences in seconds needs longer for an abstract."""
        longer = max(1.0, size / self._usual_size)
        return min(self._longest, max(self._shortest, STUCK * self._usual * longer))

    @asynccontextmanager
    async def one(self, size: int) -> AsyncIterator[None]:
        """Raises TimeoutError when what is inside takes too long."""
        timer = asyncio.timeout(self.seconds(size))
        self._open[timer] = (asyncio.get_running_loop().time(), size)
        try:
            async with timer:
                yield
        finally:
            del self._open[timer]

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

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._shortest / 10)
            if len(self._latest) >= ENOUGH_CALLS:
                self._usual = statistics.quantiles([seconds for seconds, _ in self._latest], n=20)[-1]
                self._usual_size = max(1.0, statistics.median(size for _, size in self._latest))
            now = asyncio.get_running_loop().time()
            for timer, (started, size) in self._open.items():
                if now - started > self.seconds(size) and not timer.expired():
                    timer.reschedule(now)
