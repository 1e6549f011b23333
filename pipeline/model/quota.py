"""One limit of a provider, so many requests or tokens a minute: configured, stated in headers, or learned from 429s.

Pure: every method takes the time (seconds of any steady clock).

Nobody says how a provider counts. Some keep a token bucket, refilled at a steady rate and empty at the moment of a
429: what is let through between two 429s, waits included, shows the rate. Others count by the window, a second or a
minute: what would have passed during a wait is lost, so the same measurement shows too little, and the waits must be
left out. Both are served by a steady pace just below the rate, without saving up: it is first lowered as for a
window, then, if 429s go on, to what a bucket lets through.
"""

import math
from dataclasses import dataclass

BURST_SPEED = 2
"""Factor on a configured rate while the bucket may still be full; its depth is undocumented, usually a few seconds of
quota. When the first 429 arrives, only the questions of one round trip were sent in vain."""
BURST_SECONDS = 10
"""Upper bound on the initial burst, in seconds of quota."""
SLACK_SECONDS = 1.0
"""Seconds of a configured quota that a late send may catch up; buckets are at least that deep."""
LEARNED_SLACK_SECONDS = 0.3
"""The same for a learned rate, which may be that of a window: it forgets what was not used in it."""
SHORTEST_WINDOW = 1.0
"""Seconds; no provider counts by less."""
MARGIN = 0.95
"""Factor on the rate of a window: arrivals jitter, and one question too many in a second costs a wait."""
TRIES = 3
"""429s after which the rate is lowered as for a window (each time by MARGIN once more), before it is taken to be the
rate of a bucket. A bucket loses nothing by that: it fills during the waits."""
CHANCE_UNITS = 0.5
"""If, after a 429 without Retry-After, the next question passes, and the pace would send at most so many units in the
wait between, the 429 came by chance: some overloaded providers send them whatever the pace."""
SMALL_SHARE = 0.1
"""If the waits are a smaller share of the time measured, bucket and window come to the same."""
GROWTH_SECONDS = 45.0
"""A learned rate grows by exp((t / this)²): 5 % after 10 s, 50 % after 29 s, sixfold after a minute without a 429.
Slow at first, because the rate is probably right; fast later, because then the quota must have changed. A rate that was
measured over a short time is trusted for a shorter one (GROWTH_SPANS times that), unless a 429 is expensive, because
the last one asked for a wait of a second or more."""
GROWTH_SPANS = 6
CHANGED = 1.25
"""If the rate grew by more than this factor without a 429, the quota was raised."""
ENOUGH = 20
ENOUGH_SECONDS = 10.0
"""Questions and seconds between two 429s that are enough to measure a rate; older 429s are then dropped."""


@dataclass
class _Mark:
    """The moment of a 429; the units let through and the seconds waited by then."""

    at: float
    passed: float
    waited: float


@dataclass(frozen=True)
class _Rate:
    """Units a second, at most `most`: those let through between two 429s, divided by `seconds`.

    Computed when it is asked for, because questions sent before a 429 may be refused after it.
    """

    most: float
    seconds: float = GROWTH_SECONDS
    between: tuple[_Mark, _Mark] | None = None
    margin: float = 1.0
    first: bool = False
    """Whether only one 429 is known. A short burst does not show whether so many may pass in a second, or in a tenth of
    one, so this soon grows."""

    def value(self) -> float:
        if self.between is None:
            return self.most
        since, until = self.between
        passed = until.passed - since.passed
        return min(self.most, self.margin * passed / self.seconds) if passed > 0 else self.most


class Quota:
    """One limit: so many units (requests or tokens) a minute."""

    def __init__(self, per_minute: float | None) -> None:
        self._ceiling = per_minute / 60 if per_minute else None
        """Configured limit in units a second; never exceeded."""
        self._stated: float | None = None
        """The limit in the latest headers."""
        self._learned: _Rate | None = None
        self._before: _Rate | None = None
        """The rate, as estimated before the last 429."""
        self._tried = 0
        """Times in a row that the rate was taken for that of a window."""
        self._may_burst = True
        """Whether the bucket may still hold units saved up before."""
        self._free_at = -math.inf
        """Earliest time at which the next unit may be sent."""
        self._first_at: float | None = None
        self._resumed_at = -math.inf
        """End of the wait after the last 429."""
        self._last_wait = 0.0
        self._waited = 0.0
        self._passed = 0.0
        """Units sent and, so far, not refused."""
        self._marks: list[_Mark] = []
        """The latest 429s, oldest first."""

    def rate(self, now: float) -> float | None:
        """Units a second, as estimated now; None: no limit is known."""
        if self._learned is None:
            return self._ceiling
        expensive = 0.0 if self._learned.first else GROWTH_SECONDS * self._last_wait
        growth = max(GROWTH_SPANS * self._learned.seconds, expensive)
        undisturbed = max(now - self._resumed_at, 0.0) / min(growth, GROWTH_SECONDS)
        grown = self._learned.value() * math.exp(min(undisturbed**2, 50.0))
        return min(grown, self._ceiling or math.inf)

    def wait(self, now: float) -> float:
        """Seconds until the next one may go; 0 or less: now."""
        return self._free_at - now

    def sent(self, now: float, units: float) -> None:
        if self._first_at is None:
            self._first_at = self._free_at = now
        self._passed += units
        rate = self.rate(now)
        if rate is None:
            return
        if self._passed - rate * (now - self._first_at) > BURST_SECONDS * rate:
            self._may_burst = False
        speed = rate * BURST_SPEED if self._may_burst else rate
        slack = SLACK_SECONDS if self._learned is None else LEARNED_SLACK_SECONDS
        self._free_at = max(self._free_at, now - slack) + units / speed

    def corrected(self, now: float, sent_at: float, by: float) -> None:
        """Corrects the units of a send at `sent_at` by `by` (real minus estimated)."""
        self._count(sent_at, by)
        if rate := self.rate(now):
            self._free_at += by / rate

    def learn_from_headers(self, now: float, limit: float | None, remaining: float | None) -> None:
        """The limit in an answer's headers, and what remains of it.

        OpenAI states a limit per minute, Groq per day. So it only restarts the learning each time it changes.
        """
        if limit and limit != self._stated:
            self._stated = limit
            if self._ceiling is None:
                self._learned, self._resumed_at = _Rate(limit / 60), now
                self._marks.clear()
        if remaining is not None and remaining < (self.rate(now) or 0.0) * SHORTEST_WINDOW:
            self._may_burst = False

    def returned(self, sent_at: float, units: float) -> None:
        """A send at `sent_at` was refused, so its units were not used."""
        self._count(sent_at, -units)

    def _count(self, sent_at: float, units: float) -> None:
        """Adds to the units sent, also to those counted at each 429 since `sent_at`."""
        self._passed += units
        for mark in self._marks:
            if sent_at <= mark.at:
                mark.passed += units

    def on_refused(self, now: float, wait: float, one: float) -> None:
        """Records a 429 for a question of `one` units, after which there is a wait of `wait` seconds."""
        mark = _Mark(now, self._passed, self._waited)
        if self.let_through():
            believed = self.rate(now)
            self._before = _Rate(believed, self._learned.seconds) if believed and self._learned else None
            self._learn(mark, believed)
        self._may_burst = False
        self._resumed_at, self._last_wait = now + wait, wait
        self._waited += wait
        self._marks.append(mark)
        while any(self._is_enough(now, each, one) for each in self._marks[1:]):
            del self._marks[0]
        self._free_at = max(self._free_at, now + wait)

    def passed_at_once(self, now: float, one: float) -> None:
        """A question of `one` units passed, the first one after a 429: if that was soon, the 429 teaches nothing."""
        rate = self.rate(now)
        if self._before and rate and rate * self._last_wait <= CHANCE_UNITS * one:
            self._learned = self._before
            del self._marks[-1:]

    def let_through(self) -> bool:
        """Whether anything was accepted since the last 429."""
        return not self._marks or self._passed > self._marks[-1].passed

    def _learn(self, mark: _Mark, believed: float | None) -> None:
        if not self._marks:
            if believed is None and self._first_at is not None:  # a first estimate, corrected by the next 429
                start = _Mark(self._first_at, 0.0, 0.0)
                seconds = max(mark.at - self._first_at, SHORTEST_WINDOW)
                self._learned = _Rate(max(self._passed, 1.0) / seconds, seconds, (start, mark), MARGIN, first=True)
        elif self._learned is not None and believed is not None and believed > CHANGED * self._learned.value():
            # So long without a 429 that the bucket was full, and the accepted units do not show the rate.
            self._learned = _Rate(believed / CHANGED)
            self._marks.clear()
        else:
            self._measure(mark, believed)

    def _measure(self, mark: _Mark, believed: float | None) -> None:
        since = self._marks[0]
        seconds, waited = mark.at - since.at, mark.waited - since.waited
        passed = mark.passed - since.passed
        # A configured rate is overruled only after a long measurement.
        if seconds < (SHORTEST_WINDOW if self._ceiling is None else ENOUGH_SECONDS):
            return
        most = believed or math.inf
        if self._ceiling is not None and passed / seconds >= 0.9 * self._ceiling:
            self._learned = None
        elif self._tried < TRIES and waited > SMALL_SHARE * seconds:
            self._tried += 1
            margin = MARGIN**self._tried
            self._learned = _Rate(most * margin, max(seconds - waited, SHORTEST_WINDOW), (since, mark), margin)
        else:
            self._tried = 0
            self._learned = _Rate(most, seconds, (since, mark))

    def _is_enough(self, now: float, mark: _Mark, one: float) -> bool:
        return now - mark.at >= ENOUGH_SECONDS and self._passed - mark.passed >= ENOUGH * one
