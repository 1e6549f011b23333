"""The rate that is kept under all kinds of quotas, on a clock of the test's own."""

import heapq
import math
import random
from itertools import count

import pytest

from pipeline.model.quota import LEARNED_SLACK_SECONDS
from pipeline.model.rate_limiter import (
    CUSHION_SECONDS,
    FIRST_WAIT,
    LONGEST_FIRST_WAIT,
    LONGEST_WAIT,
    WAITS_GROW,
    RateLimiter,
)


class Bucket:
    """`rate` a second flow in, up to `depth`."""

    def __init__(self, rate, depth):
        self.rate, self.depth, self.level, self.at = rate, depth, depth, 0.0

    def refill(self, now):
        self.level, self.at = min(self.depth, self.level + (now - self.at) * self.rate), now

    def lacks(self, now, units):
        """Seconds until so much is there; 0 takes it."""
        self.refill(now)
        if self.level >= units:
            self.level -= units
            return 0.0
        return (units - self.level) / self.rate


class Window:
    """So many in each second (or minute) of the clock, `phase` seconds of which were over at the start."""

    def __init__(self, limit, seconds=60.0, phase=0.0):
        self.limit, self.seconds, self.phase, self.number, self.used = limit, seconds, phase, 0, 0

    def lacks(self, now, units):
        number, over = divmod(now + self.phase, self.seconds)
        if number != self.number:
            self.number, self.used = number, 0
        if self.used + units > self.limit:
            return self.seconds - over
        self.used += units
        return 0.0


class Sliding:
    """So many in any second (or minute)."""

    def __init__(self, limit, seconds=60.0):
        self.limit, self.seconds, self.latest = limit, seconds, []

    def lacks(self, now, units):
        self.latest = [(at, used) for at, used in self.latest if at > now - self.seconds]
        if sum(used for _, used in self.latest) + units > self.limit:
            return self.latest[0][0] + self.seconds - now
        self.latest.append((now, units))
        return 0.0


class Provider:
    def __init__(self, requests=None, tokens=None, *, headers=False, retry_after=True):
        """`retry_after`: a function of the seconds left, or whether they are stated."""
        self.requests, self.tokens, self.headers, self.retry_after = requests, tokens, headers, retry_after

    def refusal(self, now, tokens):
        """None, or (seconds to wait, of tokens)."""
        short = self.requests.lacks(now, 1) if self.requests else 0
        if short:
            return short, False
        short = self.tokens.lacks(now, tokens) if self.tokens else 0
        if short and self.requests:
            self.requests.level += 1
        return (short, True) if short else None

    def seconds_stated(self, wait):
        if callable(self.retry_after):
            return float(self.retry_after(wait))
        return wait if self.retry_after else None

    def told(self):
        found = {}
        for unit, bucket in (("requests", self.requests), ("tokens", self.tokens)):
            if self.headers and bucket:
                found[f"x-ratelimit-limit-{unit}"] = str(bucket.rate * 60)
                found[f"x-ratelimit-remaining-{unit}"] = str(int(bucket.level))
        return found


class Run:
    """Asks `questions` of `provider`, at most `in_flight` at once; changes at given seconds are made by `events`."""

    def __init__(
        self,
        limiter,
        provider,
        questions,
        *,
        in_flight=64,
        latency=1.0,
        round_trip=0.1,
        events=(),
        guess=0.9,
        jitter=0.0,
    ):
        """`jitter`: seconds, at most, that a question is sent or arrives late."""
        late = random.Random(1)
        self.answered_at, self.refused_at = [], []
        numbers, now, flying = count(), 0.0, 0
        waiting = [550 + 40 * (number % 9) for number in range(questions)]  # tokens each, taken for `guess` times that
        self.guess = guess
        queue = [(at, next(numbers), change, None) for at, change in events]
        heapq.heapify(queue)
        while waiting or flying:
            wait = limiter.wait(now) if waiting and flying < in_flight else math.inf
            if queue and queue[0][0] <= now + max(wait, 0):
                now, _, what, args = heapq.heappop(queue)
                if args is None:
                    what()
                else:
                    flying -= 1
                    what(now, *args)
                continue
            now += wait + late.random() * jitter if wait > 0 else 0
            tokens = waiting.pop()
            limiter.sent(now, tokens * guess)
            flying += 1
            arrived = now + round_trip / 2 + late.random() * jitter
            refusal = provider.refusal(arrived, tokens)
            back = arrived + (round_trip / 2 if refusal else latency - round_trip / 2)
            heapq.heappush(queue, (back, next(numbers), self.back, (limiter, provider, now, tokens, refusal, waiting)))

    def back(self, now, limiter, provider, sent_at, tokens, refusal, waiting):
        if refusal is None:
            limiter.answered(now, sent_at, tokens * self.guess, tokens, provider.told())
            self.answered_at.append(now)
            return
        self.refused_at.append(now)
        waiting.append(tokens)
        wait, of_tokens = refusal
        limiter.refused(
            now,
            sent_at,
            tokens * self.guess,
            of_tokens=of_tokens,
            retry_after=provider.seconds_stated(wait),
            headers=provider.told(),
        )

    @property
    def seconds(self):
        return self.answered_at[-1]

    @property
    def refused(self):
        """Of all that was sent."""
        return len(self.refused_at) / (len(self.answered_at) + len(self.refused_at))

    def rate(self, since, until):
        return sum(since <= at < until for at in self.answered_at) / (until - since)


def test_without_a_quota_everything_is_sent_at_once():
    """Only what may be in flight limits it."""
    assert Run(RateLimiter(None, None), Provider(), 958, in_flight=1000, latency=1).seconds == 1


@pytest.mark.parametrize("guess", [1.3, 1.5, 2])
def test_a_wrong_first_guess_does_not_spoil_what_is_learned(guess):
    """Hundreds at once, taken for more than they are: what comes back later was sent before the first 429."""
    run = Run(
        RateLimiter(None, None), Provider(tokens=Bucket(5000, 30_000)), 200, in_flight=256, latency=2, guess=guess
    )
    assert run.seconds < 1.25 * (200 * 710 - 30_000) / 5000 + 2


@pytest.mark.parametrize("depth", [0.2, 1, 6, 60])
@pytest.mark.parametrize("retry_after", [True, False])
def test_a_configured_quota_of_requests_is_used_up_and_hardly_overrun(depth, retry_after):
    """Whatever the provider holds in stock (seconds of its rate), which nobody states."""
    run = Run(RateLimiter(600, None), Provider(Bucket(10, 10 * depth), retry_after=retry_after), 400)
    assert run.seconds <= 1.08 * ((400 - 10 * min(depth, 10)) / 10 + 1)
    assert run.refused < 0.02


@pytest.mark.parametrize("retry_after", [True, False])
def test_a_configured_quota_of_tokens_is_used_up_and_hardly_overrun(retry_after):
    """Although every question is longer than it was taken for."""
    run = Run(RateLimiter(600, 300_000), Provider(Bucket(10, 60), Bucket(5000, 30_000), retry_after=retry_after), 400)
    possible = (400 * 648 * 1.1 - 30_000) / 5000 + 1
    assert run.seconds <= 1.08 * possible
    assert run.refused < 0.02


@pytest.mark.parametrize("headers", [True, False])
@pytest.mark.parametrize("retry_after", [True, False])
@pytest.mark.parametrize("depth", [1, 6, 20])
def test_an_unknown_quota_is_found_and_used_up(headers, retry_after, depth):
    """From 429s alone, where a provider says nothing else."""
    provider = Provider(Bucket(10, 10 * depth), headers=headers, retry_after=retry_after)
    run = Run(RateLimiter(None, None), provider, 600)
    assert run.seconds <= 1.25 * ((600 - 10 * depth) / 10 + 1)
    assert run.refused < 0.2


def test_three_a_minute_are_found_too():
    """The smallest accounts have that."""
    run = Run(RateLimiter(None, None), Provider(Bucket(0.05, 3), retry_after=False), 10)
    assert run.seconds <= 1.25 * (7 / 0.05 + 1)


@pytest.mark.parametrize("latency", [0.05, 1])
@pytest.mark.parametrize("in_flight", [64, 100])
@pytest.mark.parametrize("retry_after", [False, True, math.ceil], ids=["unsaid", "exact", "whole seconds"])
@pytest.mark.parametrize(
    ("quota", "questions", "possible"),
    [
        (lambda: Window(7, 1, 0.3), 137, 137 / 7),
        (lambda: Window(20, 1, 0.0), 137, 137 / 20),
        (lambda: Window(20, 1, 0.5), 137, 137 / 20),
        (lambda: Window(50, 1, 0.3), 400, 400 / 50),
        (lambda: Window(60, 10, 7), 400, 400 / 6),
        (lambda: Window(300, 60, 0), 958, 60 * 958 / 300),
        (lambda: Window(300, 60, 55), 958, 60 * 958 / 300),
        (lambda: Sliding(20, 1), 137, 137 / 20),
        (lambda: Sliding(300, 60), 958, 60 * 958 / 300),
        (lambda: Bucket(20, 20), 400, 380 / 20),
        (lambda: Bucket(10, 60), 400, 340 / 10),
        (lambda: Bucket(5, 2), 137, 135 / 5),
    ],
    ids=[
        "7",
        "20",
        "20 half over",
        "50",
        "60 in ten",
        "300",
        "300 soon over",
        "any 20",
        "any 300",
        "bucket",
        "deep",
        "shallow",
    ],
)
def test_however_an_unknown_quota_is_counted_it_is_used_up(quota, questions, possible, retry_after, in_flight, latency):
    """By the second, the minute, any second, or a bucket; with Retry-After or without."""
    provider = Provider(quota(), retry_after=retry_after)
    run = Run(
        RateLimiter(None, None), provider, questions, in_flight=in_flight, latency=latency, round_trip=0.03, jitter=0.03
    )
    # Of a quota a second, "Retry-After: 1" takes a whole second's for each 429.
    assert run.seconds <= (1.4 if retry_after is math.ceil else 1.3) * possible + latency
    assert len(run.refused_at) <= in_flight + 60


def test_a_window_that_reopens_each_minute_is_waited_for():
    """Some providers count by the minute of the clock; few questions are sent in vain meanwhile."""
    run = Run(RateLimiter(None, None), Provider(Window(100), retry_after=False), 350, in_flight=64)
    assert run.seconds <= 1.25 * 181
    assert run.refused < 0.3


def test_a_quota_that_shrinks_and_recovers_is_followed():
    """Found again within a minute each way."""
    bucket = Bucket(10, 20)

    def set_rate(now, rate):
        def change():
            bucket.refill(now)
            bucket.rate = rate

        return now, change

    run = Run(RateLimiter(None, None), Provider(bucket), 1500, events=[set_rate(60, 3), set_rate(160, 10)])
    assert run.rate(20, 60) == pytest.approx(10, rel=0.1)
    assert run.rate(80, 160) == pytest.approx(3, rel=0.15)
    assert run.rate(220, run.seconds) == pytest.approx(10, rel=0.1)
    assert run.refused < 0.1


def test_a_configured_quota_that_is_too_high_gives_way_to_what_is_let_through():
    """Shared with somebody else, or the account's tier has changed."""
    run = Run(RateLimiter(1200, None), Provider(Bucket(5, 10)), 500)
    assert run.seconds <= 1.25 * (490 / 5 + 1)
    assert run.refused < 0.2


class Overloaded:
    """Refuses each third question, whatever the pace."""

    def __init__(self):
        self.number = 0

    def lacks(self, now, units):
        self.number += 1
        return 1.0 if self.number % 3 == 0 else 0.0


def test_429s_that_come_whatever_the_pace_do_not_stop_it():
    """Some providers say so when they are busy: the learned pace must not sink with each of them."""
    run = Run(RateLimiter(None, None), Provider(Overloaded(), retry_after=False), 137)
    assert run.seconds < 60


def test_late_refusals_of_one_burst_are_one_piece_of_news():
    """A thousand 429s that answer one burst must not slow down a thousandfold."""
    limiter = RateLimiter(None, None)
    for _ in range(64):
        limiter.sent(0.0, 500)
    waits = {
        limiter.refused(0.1 + number / 1000, 0.0, 500, of_tokens=False, retry_after=1.0, headers={})
        for number in range(10)
    }
    assert max(waits) < 2


def test_a_limit_stated_for_another_time_is_no_ceiling():
    """Groq states requests a day; a gateway may state requests a second, sixty times too few if taken for a minute's."""

    class Wrong(Provider):
        def told(self):
            return {"x-ratelimit-limit-requests": self.stated}

    provider = Wrong(Bucket(10, 20))
    provider.stated = "10"
    run = Run(RateLimiter(None, None), provider, 1000)
    assert run.rate(100, run.seconds) == pytest.approx(10, rel=0.1)
    provider = Wrong(Bucket(10, 20))
    provider.stated = "864000"
    assert Run(RateLimiter(None, None), provider, 600).seconds <= 1.25 * (580 / 10 + 1)


@pytest.mark.parametrize("limit", ["", "unlimited", "0", "-1", "nan", "inf"])
def test_headers_that_make_no_sense_are_no_quota(limit):
    """Gateways send what they like."""
    limiter = RateLimiter(None, None)
    limiter.sent(0.0, 500)
    limiter.answered(1.0, 0.0, 500, 600, {"x-ratelimit-limit-requests": limit, "x-ratelimit-remaining-requests": limit})
    assert limiter.wait(1.0) <= 0


def test_without_retry_after_each_refusal_in_a_row_lengthens_the_wait():
    """Up to LONGEST_WAIT, or longer before the first answer; what a provider asks for is waited for whole."""
    new, limiter = RateLimiter(None, None), RateLimiter(None, None)
    limiter.answered(0.0, 0.0, 500, 600, {})

    def refused(at, retry_after=None, limiter=limiter):
        limiter.sent(at, 500)
        return limiter.refused(at, at, 500, of_tokens=False, retry_after=retry_after, headers={})

    waits = [refused(1000.0 * number) for number in range(1, 14)]
    assert waits == [min(FIRST_WAIT * WAITS_GROW**times, LONGEST_WAIT) for times in range(13)]
    assert waits[-1] == LONGEST_WAIT
    assert [refused(1000.0 * number, limiter=new) for number in range(1, 21)][-1] == LONGEST_FIRST_WAIT
    assert refused(20_000.0, 3 * LONGEST_WAIT) == 3 * LONGEST_WAIT


def test_what_is_let_through_makes_the_next_wait_short_again():
    """It is a new 429, not one more of the last."""
    limiter = RateLimiter(None, None)
    for at in (1000.0, 2000.0, 3000.0):
        limiter.sent(at, 500)
        limiter.refused(at, at, 500, of_tokens=False, retry_after=None, headers={})
    limiter.sent(4000.0, 500)
    limiter.sent(4001.0, 500)
    assert limiter.refused(4001.1, 4001.0, 500, of_tokens=False, retry_after=None, headers={}) == FIRST_WAIT


def test_a_retry_after_of_tokens_is_stretched():
    """The next question may be a little longer than the one that was refused."""
    limiter = RateLimiter(None, None)
    limiter.sent(1.0, 500)
    assert limiter.refused(1.0, 1.0, 500, of_tokens=True, retry_after=2.0, headers={}) == 2.0 + CUSHION_SECONDS


def test_after_a_429_a_single_question_tries_again():
    """The others wait until its 429 would be back."""
    limiter = RateLimiter(None, None)
    limiter.sent(0.0, 500)
    limiter.sent(0.0, 500)
    wait = limiter.refused(0.2, 0.0, 500, of_tokens=False, retry_after=None, headers={})
    assert limiter.wait(0.2) == pytest.approx(wait)
    limiter.sent(10.0, 500)
    assert limiter.wait(10.0) > 0.2
    limiter.sent(11.0, 500)
    assert limiter.wait(12.0) <= 0


def test_a_refusal_of_what_was_sent_at_the_last_429_is_no_news():
    """It left before that was known; the wait does not grow."""
    limiter = RateLimiter(None, None)
    limiter.sent(1.0, 500)
    for _ in range(4):
        wait = limiter.refused(1.0, 1.0, 500, of_tokens=False, retry_after=None, headers={})
        assert wait == pytest.approx(FIRST_WAIT)


@pytest.mark.parametrize("of_tokens", [True, False])
def test_a_429_teaches_the_quota_it_is_about(of_tokens):
    """A quota of tokens makes a question twice as long wait twice as long; a quota of requests does not."""

    def wait_after(tokens):
        limiter = RateLimiter(None, None)
        limiter.sent(0.0, 1000)
        limiter.sent(0.0, 1000)
        limiter.refused(1.0, 0.0, 1000, of_tokens=of_tokens, retry_after=1.0, headers={})
        limiter.sent(2.5, 0)  # tries again
        limiter.sent(3.5, tokens)
        return limiter.wait(3.5) + LEARNED_SLACK_SECONDS

    assert wait_after(2000) / wait_after(1000) == pytest.approx(2 if of_tokens else 1)


def test_a_retry_after_that_was_too_short_grows():
    """The first one is believed."""
    limiter = RateLimiter(None, None)

    def refused(at):
        limiter.sent(at, 500)
        return limiter.refused(at, at, 500, of_tokens=False, retry_after=0.01, headers={})

    assert [refused(1000.0 * number) for number in (1, 2, 3)] == [
        0.01,
        FIRST_WAIT * WAITS_GROW,
        FIRST_WAIT * WAITS_GROW**2,
    ]


@pytest.mark.parametrize(
    ("retry_after", "again", "forgotten"), [(None, False, True), (0.1, False, False), (None, True, False)]
)
def test_a_429_by_chance_leaves_the_pace_as_it_was(retry_after, again, forgotten):
    """The next question passes, and no time to wait was named."""
    limiter = RateLimiter(None, None)

    def refused(at, retry_after):
        limiter.refused(at, at, 0, of_tokens=False, retry_after=retry_after, headers={})

    limiter.sent(0.0, 0)
    limiter.answered(0.0, 0.0, 0, 0, {"x-ratelimit-limit-requests": "60"})
    limiter.sent(1.0, 0)
    refused(1.0, 1.0)
    limiter.sent(2.5, 0)
    limiter.sent(4.0, 0)
    refused(4.0, retry_after)
    if again:
        limiter.sent(5.0, 0)
        refused(5.0, None)
    limiter.sent(6.0, 0)  # tries again
    limiter.sent(9.0, 0)  # by now it has passed
    assert (limiter.wait(9.0) < 1.0) == forgotten
