"""Log lines about retries and waits, at most one in ten seconds."""

import time
from collections import Counter
from collections.abc import Callable
from typing import Literal

QUIET_SECONDS = 10.0
"""Seconds between two lines."""


class ThrottledLog:
    """Writes to `say`; events between two lines are counted in the next line."""

    def __init__(self, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._say = say
        self._clock = clock
        self._last_at: float | None = None
        self._held: Counter[str] = Counter()
        self._last_line = ""

    def add(self, kind: Literal["retry", "wait"], line: str) -> None:
        """Writes the line, or only counts it if another was written less than QUIET_SECONDS ago."""
        self._held[kind] += 1
        self._last_line = line
        if self._last_at is None or self._clock() - self._last_at >= QUIET_SECONDS:
            self.flush()

    def write(self, line: str) -> None:
        """Writes a line that must not be missed."""
        self._say(line)

    def flush(self) -> None:
        """Writes what was counted since the last line."""
        if not self._held:
            return
        counts = ", ".join(
            f"{self._held[kind]} {name}"
            for kind, name in (("retry", "retries"), ("wait", "answers 429"))
            if self._held[kind]
        )
        self._say(self._last_line if self._held.total() == 1 else f"{self._last_line} ({counts} since the last line)")
        self._held.clear()
        self._last_at = self._clock()
