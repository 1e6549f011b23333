"""Tells the person at work of retries and waits, without a line for each of a thousand 429s."""

import time
from collections import Counter
from collections.abc import Callable
from typing import Literal

QUIET_SECONDS = 10.0
"""Between two lines."""


class News:
    def __init__(self, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._say = say
        self._clock = clock
        self._told_at: float | None = None
        self._held: Counter[str] = Counter()
        self._last = ""

    def tell(self, kind: Literal["retry", "wait"], line: str) -> None:
        """Says the line, or counts it when one was said just now."""
        self._held[kind] += 1
        self._last = line
        if self._told_at is None or self._clock() - self._told_at >= QUIET_SECONDS:
            self.close()

    def close(self) -> None:
        """Says what was counted since the last line."""
        if not self._held:
            return
        counts = ", ".join(
            f"{self._held[kind]} {name}"
            for kind, name in (("retry", "retries"), ("wait", "answers 429"))
            if self._held[kind]
        )
        self._say(self._last if self._held.total() == 1 else f"{self._last} ({counts} since the last line)")
        self._held.clear()
        self._told_at = self._clock()
