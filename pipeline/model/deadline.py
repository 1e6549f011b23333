"""The timeout of calls: a multiple of their 95th-percentile latency, learned from the answers so far."""

import asyncio
import statistics
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

STUCK = 5.0
"""Timeout = 5 × the 95th-percentile latency; 4 × is common."""
ENOUGH_CALLS = 20
"""Latencies needed for a percentile."""
LATEST_CALLS = 200
"""Latencies kept: the latest ones."""


class Deadline:
    """A timeout between `shortest` and `longest` seconds; `longest` until ENOUGH_CALLS calls have returned."""

    def __init__(self, shortest: float, longest: float) -> None:
        self._shortest, self._longest = shortest, longest
        self._latest: deque[tuple[float, int]] = deque(maxlen=LATEST_CALLS)
        self._open: dict[asyncio.Timeout, tuple[float, int]] = {}
        self._usual, self._usual_size = longest, 1.0

    def took(self, seconds: float, size: int) -> None:
        """Records that a call took `seconds`; `size`: characters of its variable text."""
        self._latest.append((seconds, size))

    def seconds(self, size: int) -> float:
        """Timeout of a call of this size: a longer text may take longer."""
        longer = max(1.0, size / self._usual_size)
        return min(self._longest, max(self._shortest, STUCK * self._usual * longer))

    @asynccontextmanager
    async def one(self, size: int) -> AsyncIterator[None]:
        """Raises TimeoutError when the block takes too long."""
        timer = asyncio.timeout(self.seconds(size))
        self._open[timer] = (asyncio.get_running_loop().time(), size)
        try:
            async with timer:
                yield
        finally:
            del self._open[timer]

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Inside this block, a timeout that becomes shorter also applies to calls already in flight."""
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
