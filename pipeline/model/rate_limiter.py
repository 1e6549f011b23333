"""When the next question may be sent, under a quota that is configured, stated in headers, or learned from 429s.

Pure: every method takes the time (seconds of any steady clock). calls.py does the waiting.

Providers' limiters are token buckets: refilled at a steady rate, and empty at the moment of a 429. So the requests
accepted between two 429s equal the refill in that time, which gives the rate without documentation or headers.
"""

import math
import re
from collections.abc import Mapping

BURST_SPEED = 2
"""Factor on the rate while the bucket may still be full; its depth is undocumented, usually a few seconds of quota.
When the first 429 arrives, only the questions of one round trip were sent in vain."""
BURST_SECONDS = 10
"""Upper bound on the initial burst, in seconds of quota."""
SLACK_SECONDS = 1.0
"""Seconds of quota that a late send may catch up; buckets are at least that deep."""
CUSHION_SECONDS = 0.25
"""Added to Retry-After; otherwise the bucket holds just enough for one question and refuses any that is a little
longer."""
FIRST_WAIT = 0.5
"""Seconds, after a 429 without Retry-After; doubled while nothing is let through, up to LONGEST_WAIT."""
LONGEST_WAIT = 30.0
GROWTH_SECONDS = 45.0
"""A learned rate grows by exp((t / this)²): 5 % after 10 s, 50 % after 29 s, sixfold after a minute without a 429.
Slow at first, because the rate is probably right; fast later, because then the quota must have changed."""
CHANGED = 1.25
"""If the rate grew by more than this factor without a 429, the quota was raised."""
ENOUGH = 20
ENOUGH_SECONDS = 10.0
"""Questions and seconds between two 429s that are enough to measure a rate; older 429s are then dropped."""


class Quota:
    """One limit: so many units (requests or tokens) a minute."""

    def __init__(self, per_minute: float | None) -> None:
        self._ceiling = per_minute / 60 if per_minute else None
        """Configured limit in units a second; never exceeded."""
        self._stated: float | None = None
        """The limit in the latest headers."""
        self._learned: float | None = None
        self._may_burst = True
        """Whether the bucket may still hold units saved up before."""
        self._free_at = -math.inf
        """Earliest time at which the next unit may be sent."""
        self._first_at: float | None = None
        self._resumed_at = -math.inf
        """End of the wait after the last 429."""
        self._passed = 0.0
        """Units sent and, so far, not refused."""
        self._empty: list[list[float]] = []
        """[time, units passed by then] of each 429, when the bucket was empty."""

    def rate(self, now: float) -> float | None:
        """Units a second, as estimated now; None: no limit is known."""
        if self._learned is None:
            return self._ceiling
        undisturbed = max(now - self._resumed_at, 0.0) / GROWTH_SECONDS
        grown = self._learned * math.exp(min(undisturbed**2, 50.0))
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
        self._free_at = max(self._free_at, now - SLACK_SECONDS) + units / speed

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
                self._learned, self._resumed_at = limit / 60, now
                self._empty.clear()
        if remaining is not None and remaining < (self.rate(now) or 0.0) * SLACK_SECONDS:
            self._may_burst = False

    def returned(self, sent_at: float, units: float) -> None:
        """A send at `sent_at` was refused, so its units were not used."""
        self._count(sent_at, -units)

    def _count(self, sent_at: float, units: float) -> None:
        """Adds to the units sent, also to those counted at each 429 since `sent_at`."""
        self._passed += units
        for empty in self._empty:
            if sent_at <= empty[0]:
                empty[1] += units

    def on_refused(self, now: float, wait: float, one: float) -> bool:
        """Records a 429 for a question of `one` units. Returns True if anything was accepted since the previous 429."""
        accepted = not self._empty or self._passed > self._empty[-1][1]
        self._learn(now, wait, one)
        self._may_burst = False
        self._resumed_at = now + wait
        self._empty.append([now, self._passed])
        while len(self._empty) > 2 and self._is_enough(now, self._empty[1], one):
            del self._empty[0]
        self._free_at = max(self._free_at, now + wait)
        return accepted

    def _learn(self, now: float, wait: float, one: float) -> None:
        believed = self.rate(now)
        if not self._empty:
            if believed is None and self._first_at is not None:  # a first estimate, corrected by the next 429
                self._learned = max(self._passed / max(now - self._first_at, 1.0), one / max(wait, 0.1))
        elif self._learned is not None and believed is not None and believed > CHANGED * self._learned:
            # So long without a 429 that the bucket was full, and the accepted units do not show the rate.
            self._learned = believed / CHANGED
            self._empty.clear()
        else:
            self._measure(now)

    def _measure(self, now: float) -> None:
        since, passed = self._empty[0]
        let_through = (self._passed - passed) / max(now - since, 0.001)
        # A configured rate is overruled only after a long measurement.
        if let_through > 0 and now - since >= (1.0 if self._ceiling is None else ENOUGH_SECONDS):
            fine = self._ceiling is not None and let_through >= 0.9 * self._ceiling
            self._learned = None if fine else let_through

    def _is_enough(self, now: float, empty: list[float], one: float) -> bool:
        return now - empty[0] >= ENOUGH_SECONDS and self._passed - empty[1] >= ENOUGH * one


class RateLimiter:
    """The limits of requests and tokens together."""

    def __init__(self, requests_per_minute: float | None, tokens_per_minute: float | None) -> None:
        self._requests = Quota(requests_per_minute)
        self._tokens = Quota(tokens_per_minute)
        self._cut_at = -math.inf
        self._not_before = -math.inf
        self._consecutive_refusals = 0

    def wait(self, now: float) -> float:
        """Seconds until the next question may go; 0 or less: now."""
        return max(self._not_before - now, self._requests.wait(now), self._tokens.wait(now))

    def sent(self, now: float, tokens: float) -> None:
        self._requests.sent(now, 1)
        self._tokens.sent(now, tokens)

    def answered(self, now: float, sent_at: float, taken_for: float, tokens: float, headers: Mapping[str, str]) -> None:
        """An answer arrived; its question was estimated at `taken_for` tokens and used `tokens`."""
        self._tokens.corrected(now, sent_at, tokens - taken_for)
        self._read(now, headers)

    def taken_back(self, sent_at: float, tokens: float) -> None:
        """A question was refused, so it used no quota."""
        self._requests.returned(sent_at, 1)
        self._tokens.returned(sent_at, tokens)

    def refused(
        self,
        now: float,
        sent_at: float,
        tokens: float,
        *,
        of_tokens: bool,
        retry_after: float | None,
        headers: Mapping[str, str],
    ) -> float:
        """A question got a 429; returns the seconds to wait before the next send."""
        self._read(now, headers)
        self.taken_back(sent_at, tokens)
        if sent_at <= self._cut_at:  # sent before the last 429 arrived: nothing new
            self._not_before = max(self._not_before, now + (retry_after or 0))
            return self._not_before - now
        doubled = min(FIRST_WAIT * 2**self._consecutive_refusals, LONGEST_WAIT)
        wait = doubled if retry_after is None else retry_after + CUSHION_SECONDS
        quota, one = (self._tokens, tokens) if of_tokens else (self._requests, 1.0)
        self._consecutive_refusals = 0 if quota.on_refused(now, wait, one) else min(self._consecutive_refusals + 1, 10)
        self._cut_at = now
        self._not_before = max(self._not_before, now + wait)
        return wait

    def _read(self, now: float, headers: Mapping[str, str]) -> None:
        for quota, unit in ((self._requests, "requests"), (self._tokens, "tokens")):
            limit = _number(headers, f"x-ratelimit-limit-{unit}")
            quota.learn_from_headers(now, limit, _number(headers, f"x-ratelimit-remaining-{unit}"))


def _number(headers: Mapping[str, str], name: str) -> float | None:
    value = headers.get(name, "")
    return float(value) if re.fullmatch(r"\d+(\.\d+)?", value) else None
