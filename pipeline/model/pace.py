"""How fast: when the next question may go, under a quota that is configured, told in headers, or learned from 429s.

Pure: every method is told the time (seconds of any steady clock). Waiting itself is calls.py's.

What it knows of a provider's limiter is what they have in common: something flows in at a steady rate, and a 429 means that
there is nothing left at that moment. So between two 429s just as much flowed in as was let through, and that is the rate:
no documentation, header or hint is needed to learn it.
"""

import math
import re
from collections.abc import Mapping

BURST_SPEED = 2
"""A quota usually holds some seconds' worth in stock, nobody says how much; twice the rate takes it, and when the first 429
says that it is taken, only a round trip's worth of questions was sent in vain."""
BURST_SECONDS = 10
"""Of quota at most taken ahead like that, so that a minute never sees much more than the quota of a minute."""
SLACK_SECONDS = 1.0
"""Of the rate that may be caught up after the sender was late: stocks are at least that deep."""
CUSHION_SECONDS = 0.25
"""Waited beyond what was asked, so that a stock at zero doesn't refuse every question that is a little longer."""
FIRST_WAIT = 0.5
"""After a 429 without Retry-After; doubles while nothing is let through, up to LONGEST_WAIT."""
LONGEST_WAIT = 30.0
GROWTH_SECONDS = 45.0
"""A learned rate grows by exp((t / this)²): 5 % after 10 s, half after 29 s, sixfold after a minute without a 429. Slow at
first because it is likely right, fast later because the quota must have changed."""
CHANGED = 1.25
"""Times the learned rate: grown beyond that, the quota has been raised."""
ENOUGH = 20
ENOUGH_SECONDS = 10.0
"""So many questions, in so long a time, between two 429s make a measured rate good; older 429s are then forgotten."""


class Quota:
    """One limit: so many units (requests or tokens) a minute."""

    def __init__(self, per_minute: float | None) -> None:
        self._ceiling = per_minute / 60 if per_minute else None
        """Units a second that are configured: never exceeded."""
        self._told: float | None = None
        self._learned: float | None = None
        self._stock = True
        """Whether there may be something in stock beyond what flows in."""
        self._free_at = -math.inf
        """When all that was sent is paid for."""
        self._first_at: float | None = None
        self._resumed_at = -math.inf
        """After the last 429 and the wait it cost."""
        self._passed = 0.0
        """Units sent and, so far, not refused."""
        self._empty: list[list[float]] = []
        """[time, units passed by then] of the moments when a 429 showed that nothing was left."""

    def rate(self, now: float) -> float | None:
        """Units a second that are believed in now; None: no limit is known."""
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
            self._stock = False
        speed = rate * BURST_SPEED if self._stock else rate
        self._free_at = max(self._free_at, now - SLACK_SECONDS) + units / speed

    def corrected(self, now: float, sent_at: float, by: float) -> None:
        """What was sent then was more (or less) than it was taken for."""
        self._count(sent_at, by)
        if rate := self.rate(now):
            self._free_at += by / rate

    def told(self, now: float, limit: float | None, remaining: float | None) -> None:
        """What the headers of an answer say, a limit and what is left of it now.

        OpenAI means a minute, Groq a day: so it is where learning starts, and starts anew when it changes, no more.
        """
        if limit and limit != self._told:
            self._told = limit
            if self._ceiling is None:
                self._learned, self._resumed_at = limit / 60, now
                self._empty.clear()
        if remaining is not None and remaining < (self.rate(now) or 0.0) * SLACK_SECONDS:
            self._stock = False

    def returned(self, sent_at: float, units: float) -> None:
        """Something sent was refused: it used up nothing."""
        self._count(sent_at, -units)

    def _count(self, sent_at: float, units: float) -> None:
        """It counts where it was sent: what had passed by a 429 since then changes with it."""
        self._passed += units
        for empty in self._empty:
            if sent_at <= empty[0]:
                empty[1] += units

    def emptied(self, now: float, wait: float, one: float) -> bool:
        """A 429 showed that nothing is left for `one` more; whether anything was let through since the one before."""
        barren = bool(self._empty) and self._passed <= self._empty[-1][1]
        self._learn(now, wait, one)
        self._stock = False
        self._resumed_at = now + wait
        self._empty.append([now, self._passed])
        while len(self._empty) > 2 and self._is_enough(now, self._empty[1], one):
            del self._empty[0]
        self._free_at = max(self._free_at, now + wait)
        return not barren

    def _learn(self, now: float, wait: float, one: float) -> None:
        believed = self.rate(now)
        if not self._empty:
            if believed is None and self._first_at is not None:  # a first trial, put right by the next 429
                self._learned = max(self._passed / max(now - self._first_at, 1.0), one / max(wait, 0.1))
        elif self._learned is not None and believed is not None and believed > CHANGED * self._learned:
            # So long without a 429 that the stock ran over: what was let through says too little.
            self._learned = believed / CHANGED
            self._empty.clear()
        else:
            self._measure(now)

    def _measure(self, now: float) -> None:
        since, passed = self._empty[0]
        let_through = (self._passed - passed) / max(now - since, 0.001)
        # What is known is doubted only on good evidence.
        if let_through > 0 and now - since >= (1.0 if self._ceiling is None else ENOUGH_SECONDS):
            fine = self._ceiling is not None and let_through >= 0.9 * self._ceiling
            self._learned = None if fine else let_through

    def _is_enough(self, now: float, empty: list[float], one: float) -> bool:
        return now - empty[0] >= ENOUGH_SECONDS and self._passed - empty[1] >= ENOUGH * one


class Pace:
    """Both limits at once."""

    def __init__(self, requests_per_minute: float | None, tokens_per_minute: float | None) -> None:
        self._requests = Quota(requests_per_minute)
        self._tokens = Quota(tokens_per_minute)
        self._cut_at = -math.inf
        self._not_before = -math.inf
        self._barren = 0

    def wait(self, now: float) -> float:
        """Seconds until the next question may go; 0 or less: now."""
        return max(self._not_before - now, self._requests.wait(now), self._tokens.wait(now))

    def sent(self, now: float, tokens: float) -> None:
        self._requests.sent(now, 1)
        self._tokens.sent(now, tokens)

    def answered(self, now: float, sent_at: float, taken_for: float, tokens: float, headers: Mapping[str, str]) -> None:
        """A question that was taken for so many tokens used up `tokens`."""
        self._tokens.corrected(now, sent_at, tokens - taken_for)
        self._read(now, headers)

    def taken_back(self, sent_at: float, tokens: float) -> None:
        """A question was refused, and used nothing up."""
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
        """A question was answered 429; returns the seconds nothing is sent now."""
        self._read(now, headers)
        self.taken_back(sent_at, tokens)
        if sent_at <= self._cut_at:  # it left before the last 429 was here: no news
            self._not_before = max(self._not_before, now + (retry_after or 0))
            return self._not_before - now
        wait = FIRST_WAIT * 2**self._barren if retry_after is None else retry_after + CUSHION_SECONDS
        wait = wait if retry_after is not None else min(wait, LONGEST_WAIT)
        quota, one = (self._tokens, tokens) if of_tokens else (self._requests, 1.0)
        self._barren = 0 if quota.emptied(now, wait, one) else min(self._barren + 1, 10)
        self._cut_at = now
        self._not_before = max(self._not_before, now + wait)
        return wait

    def _read(self, now: float, headers: Mapping[str, str]) -> None:
        for quota, unit in ((self._requests, "requests"), (self._tokens, "tokens")):
            limit = _number(headers, f"x-ratelimit-limit-{unit}")
            quota.told(now, limit, _number(headers, f"x-ratelimit-remaining-{unit}"))


def _number(headers: Mapping[str, str], name: str) -> float | None:
    value = headers.get(name, "")
    return float(value) if re.fullmatch(r"\d+(\.\d+)?", value) else None
