"""When the next question may be sent, under the quotas of requests and tokens, and how long to wait after a 429.

Pure: every method takes the time (seconds of any steady clock). calls.py does the waiting, quota.py learns the rates.
"""

import math
import re
from collections.abc import Mapping

from pipeline.model.quota import Quota

CUSHION_SECONDS = 0.25
"""Added to Retry-After of a quota of tokens; otherwise the bucket holds just enough for one question and refuses any
that is a little longer."""
FIRST_WAIT = 0.1
"""Seconds, after a 429 without Retry-After; WAITS_GROW times longer for each one more that nothing is let through
between, up to LONGEST_WAIT. So a window that reopened is noticed soon. A Retry-After that was too short grows, too."""
WAITS_GROW = 1.6
LONGEST_WAIT = 8.0
LONGEST_FIRST_WAIT = 30.0
"""The same before the first answer, so that an endpoint that lets nothing through is told with twenty requests."""
ROUND_TRIPS = 1.5
"""The others wait for so many times the round trip of a 429 (plus SPARE_SECONDS) after a question that tries again."""
SPARE_SECONDS = 0.02


class RateLimiter:
    """The limits of requests and tokens together."""

    def __init__(self, requests_per_minute: float | None, tokens_per_minute: float | None) -> None:
        self._requests = Quota(requests_per_minute)
        self._tokens = Quota(tokens_per_minute)
        self._cut_at = -math.inf
        self._not_before = -math.inf
        self._consecutive_refusals = 0
        self._longest_wait = LONGEST_FIRST_WAIT
        self._tries_again = False
        """Whether the next question is the first one after a 429."""
        self._round_trip = 0.0
        self._last_refusal: tuple[Quota, float] | None = None
        """Its quota, and the units of its question; None if it had a Retry-After, or a question has passed since."""

    def wait(self, now: float) -> float:
        """Seconds until the next question may go; 0 or less: now."""
        return max(self._not_before - now, self._requests.wait(now), self._tokens.wait(now))

    def sent(self, now: float, tokens: float) -> None:
        if self._tries_again:
            self._not_before, self._tries_again = now + ROUND_TRIPS * self._round_trip + SPARE_SECONDS, False
        elif self._last_refusal:
            if not self._consecutive_refusals:
                quota, one = self._last_refusal
                quota.passed_at_once(now, one)
            self._last_refusal = None
        self._requests.sent(now, 1)
        self._tokens.sent(now, tokens)

    def answered(self, now: float, sent_at: float, taken_for: float, tokens: float, headers: Mapping[str, str]) -> None:
        """An answer arrived; its question was estimated at `taken_for` tokens and used `tokens`."""
        self._longest_wait = LONGEST_WAIT
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
        quota, one = (self._tokens, tokens) if of_tokens else (self._requests, 1.0)
        self._consecutive_refusals = 0 if quota.let_through() else min(self._consecutive_refusals + 1, 30)
        longer = min(FIRST_WAIT * WAITS_GROW**self._consecutive_refusals, self._longest_wait)
        cushion = CUSHION_SECONDS if of_tokens else 0
        wait = (
            longer if retry_after is None else max(retry_after + cushion, longer if self._consecutive_refusals else 0)
        )
        quota.on_refused(now, wait, one)
        self._cut_at = now
        self._tries_again, self._last_refusal = True, None if retry_after is not None else (quota, one)
        self._round_trip = max(0.7 * self._round_trip, min(now - sent_at, 1.0))
        self._not_before = max(self._not_before, now + wait)
        return wait

    def _read(self, now: float, headers: Mapping[str, str]) -> None:
        for quota, unit in ((self._requests, "requests"), (self._tokens, "tokens")):
            limit = _number(headers, f"x-ratelimit-limit-{unit}")
            quota.learn_from_headers(now, limit, _number(headers, f"x-ratelimit-remaining-{unit}"))


def _number(headers: Mapping[str, str], name: str) -> float | None:
    value = headers.get(name, "")
    return float(value) if re.fullmatch(r"\d+(\.\d+)?", value) else None
