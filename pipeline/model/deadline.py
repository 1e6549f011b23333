"""The timeout of a call: a multiple of what nearly all calls of its size take, learned from the answers so far.

Both are measured in seconds in which the event loop attended to its sockets. An answer that came while the program was
busy with other papers is not late: nobody looked.
"""

import asyncio
import math
import statistics
from collections import deque
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

STUCK = 4.0
"""Timeout = 4 × the 95th-percentile latency of calls of this size, as is common."""
ENOUGH_CALLS = 20
"""Latencies needed for a percentile."""
LATEST_CALLS = 200
"""Latencies kept: the latest ones."""
LOOKS = 10
"""How often the calls in flight are looked at within the shortest timeout."""
TICK_SECONDS = 0.05
"""A loop that comes round later than twice this was busy in between."""


@dataclass(eq=False)
class _Open:
    """A call in flight."""

    started: float
    size: int
    timer: asyncio.Timeout


@dataclass(frozen=True)
class _Expected:
    """How long calls take by their size: a straight line, which a provider's fixed share and its speed make."""

    base: float
    per_size: float
    usual: float
    """Mean size of the calls seen."""
    largest: float
    """Beyond this size, seconds grow as the size does, because nothing is known."""

    def seconds(self, size: float) -> float:
        known = min(size, self.largest)
        return (self.base + self.per_size * known) * size / known

    @classmethod
    def of(cls, calls: Collection[tuple[float, int]]) -> "_Expected":
        """Fitted to calls (seconds, size ≥ 1); it neither falls nor rises faster than the size."""
        seconds, sizes = zip(*calls, strict=True)
        mean, usual = max(statistics.fmean(seconds), 1e-6), statistics.fmean(sizes)
        rises = statistics.linear_regression(sizes, seconds).slope if min(sizes) < max(sizes) else 0.0
        per_size = min(max(rises, 0.0), mean / usual)
        return cls(mean - per_size * usual, per_size, usual, max(sizes))


class Deadline:
    """A timeout between `shortest` and `longest` seconds; `longest` until ENOUGH_CALLS calls have returned."""

    def __init__(self, shortest: float, longest: float) -> None:
        self._shortest, self._longest = shortest, longest
        self._latest: deque[tuple[float, int]] = deque(maxlen=LATEST_CALLS)
        self._open: set[_Open] = set()
        self._expected = _Expected(longest, 0.0, 1.0, math.inf)
        self._usual = 1.0
        """95th percentile of seconds ÷ expected seconds."""
        self._tick = min(TICK_SECONDS, shortest / LOOKS)
        self._attended = 0.0
        """Seconds of attention up to `_ticked_at`."""
        self._ticked_at = 0.0

    def took(self, seconds: float, size: int) -> None:
        """Records that a call took `seconds`; `size`: characters of its variable text."""
        self._latest.append((seconds, max(1, size)))

    def seconds(self, size: int) -> float:
        """Timeout of a call of this size; one of less than the usual size may take as long as usual."""
        expected = self._expected.seconds(max(size, self._expected.usual))
        return min(self._longest, max(self._shortest, STUCK * self._usual * expected))

    @asynccontextmanager
    async def one(self, size: int) -> AsyncIterator[None]:
        """Raises TimeoutError when the block takes too long; if it ends well, its time counts. Inside `watched`."""
        async with asyncio.timeout(None) as timer:
            call = _Open(self._now(), size, timer)
            self._open.add(call)
            try:
                yield
            finally:
                self._open.remove(call)
            self.took(self._now() - call.started, size)

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Inside this block calls are cut; a timeout that becomes shorter also applies to those already in flight."""
        self._ticked_at = _clock()
        watch = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watch.cancel()
            with suppress(asyncio.CancelledError):
                await watch

    def _now(self) -> float:
        """Seconds of attention so far."""
        return self._attended + min(_clock() - self._ticked_at, 2 * self._tick)

    async def _watch(self) -> None:
        looked_at = -self._shortest
        while True:
            await asyncio.sleep(self._tick)
            self._attended, self._ticked_at = self._now(), _clock()
            if self._attended - looked_at >= self._shortest / LOOKS:
                looked_at = self._attended
                self._look()

    def _look(self) -> None:
        if len(self._latest) >= ENOUGH_CALLS:
            self._expected = _Expected.of(self._latest)
            ratios = [seconds / self._expected.seconds(size) for seconds, size in self._latest]
            self._usual = statistics.quantiles(ratios, n=20)[-1]
        for call in self._open:
            if self._attended - call.started > self.seconds(call.size) and not call.timer.expired():
                call.timer.reschedule(_clock())


def _clock() -> float:
    return asyncio.get_running_loop().time()
