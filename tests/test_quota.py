"""What 429s teach about one limit."""

import pytest

from pipeline.model.quota import (
    BURST_SECONDS,
    BURST_SPEED,
    LEARNED_SLACK_SECONDS,
    MARGIN,
    SLACK_SECONDS,
    Quota,
)


def test_a_correction_counts_for_what_was_sent_up_to_a_429():
    """What was sent at the very moment of a 429 was let through before it, however large it turns out to be later."""
    quota = Quota(None)
    quota.sent(1.0, 2)
    quota.on_refused(1.0, 0.5, 1)
    quota.corrected(2.0, 1.0, 3)
    assert not quota.let_through()
    quota.sent(4.0, 1)
    quota.corrected(4.5, 4.0, 1)
    assert quota.let_through()


def test_a_correction_counts_for_no_429_before_it_was_sent():
    """What was let through between two 429s is the rate, all of it."""
    quota = Quota(None)
    quota.sent(0.0, 2)
    quota.on_refused(1.0, 0.1, 1)
    quota.sent(2.0, 0.5)
    quota.corrected(2.5, 2.0, 1.5)
    quota.on_refused(3.0, 0.1, 1)
    assert quota.rate(3.0) == pytest.approx((0.5 + 1.5) / (3 - 1))


@pytest.mark.parametrize(
    ("sent", "seconds", "late", "rate"),
    [(10, 2.0, 0, 5), (64, 0.1, 0, 64), (64, 0.1, 44, 20)],
    ids=["what passed", "within a second", "refused later"],
)
def test_the_first_429_gives_a_first_estimate(sent, seconds, late, rate):
    """What was let through in the seconds until then, a second at least; what is refused afterwards does not count."""
    quota = Quota(None)
    quota.sent(0.0, sent)
    quota.on_refused(seconds, 0.5, 1)
    quota.returned(0.0, late)
    assert quota.rate(seconds) == pytest.approx(MARGIN * rate)


def test_two_429s_soon_after_each_other_leave_a_configured_rate():
    """It is doubted only on good evidence."""
    quota = Quota(600)
    quota.sent(0.0, 5)
    quota.on_refused(1.0, 0.0, 1)
    quota.sent(2.0, 1)
    quota.on_refused(3.0, 0.0, 1)
    assert quota.rate(3.0) == 600 / 60


def sent_within(quota, seconds):
    """Units, where one is sent whenever it may be."""
    now, sent = 0.0, 0
    while now < seconds and sent < 1000:
        if (wait := quota.wait(now)) > 0:
            now += wait
        else:
            quota.sent(now, 1)
            sent += 1
    return sent


def test_a_configured_rate_is_exceeded_only_until_a_burst_is_sent():
    """What a full bucket may hold."""
    assert 60 + BURST_SECONDS - 2 <= sent_within(Quota(60), 60.0) <= 60 + BURST_SECONDS + 2


@pytest.mark.parametrize(("remaining", "speed"), [(None, BURST_SPEED), (50, BURST_SPEED), (3, 1)])
def test_a_bucket_that_is_nearly_empty_allows_no_burst(remaining, speed):
    """As an answer's headers say; where they say nothing, it may be full."""
    quota = Quota(600)
    quota.learn_from_headers(0.0, None, remaining)
    quota.sent(0.0, 1)
    assert quota.wait(0.0) == pytest.approx(60 / 600 / speed)


@pytest.mark.parametrize(("configured", "slack"), [(600, SLACK_SECONDS), (None, LEARNED_SLACK_SECONDS)])
def test_a_late_send_is_caught_up_with(configured, slack):
    """For longer where the rate is configured."""
    quota = Quota(configured)
    quota.sent(0.0, 1)
    quota.learn_from_headers(100.0, 600, 0)
    quota.sent(100.0, 1)
    assert quota.wait(100.0) == pytest.approx(60 / 600 - slack)


def test_a_limit_in_headers_is_a_first_estimate():
    """It starts anew only where another one is stated; a configured one counts for more."""
    quota = Quota(None)
    quota.learn_from_headers(0.0, 600, None)
    assert quota.rate(0.0) == 600 / 60
    grown = quota.rate(40.0)
    quota.learn_from_headers(40.0, 600, None)
    quota.learn_from_headers(40.0, None, None)
    assert quota.rate(40.0) == grown > 600 / 60
    quota.learn_from_headers(40.0, 300, None)
    assert quota.rate(40.0) == 300 / 60
    configured = Quota(600)
    configured.learn_from_headers(0.0, 60, None)
    assert configured.rate(0.0) == 600 / 60


def refused(quota, now, passed=0, *, wait=0.0):
    """A 429, before which so many units were let through."""
    if passed:
        quota.sent(now, passed)
    quota.on_refused(now, wait, 1)


def test_a_429_before_which_nothing_was_let_through_teaches_nothing():
    """It is the same one over again."""
    quota = Quota(None)
    quota.sent(0.0, 10)
    refused(quota, 2.0, wait=1.0)
    rate = quota.rate(2.0)
    refused(quota, 3.0, wait=1.0)
    assert quota.rate(3.0) == rate


def test_a_rate_is_measured_over_the_latest_429s():
    """Older ones are of no use where there is enough."""
    quota = Quota(None)
    quota.learn_from_headers(0.0, 600, None)
    refused(quota, 0.0, 1)
    refused(quota, 10.0, 100)
    refused(quota, 25.0, 30)
    refused(quota, 40.0, 30)
    assert quota.rate(40.0) == pytest.approx(60 / 30)


def test_a_429_raises_no_rate():
    """However much was let through: it was too much."""
    quota = Quota(None)
    quota.learn_from_headers(0.0, 600, None)
    refused(quota, 0.0, 1)
    refused(quota, 2.0, 100)
    assert quota.rate(2.0) == pytest.approx(600 / 60, rel=0.05)


@pytest.mark.parametrize(("passed", "rate"), [(190, 10), (100, 5)])
def test_a_configured_rate_gives_way_only_to_a_much_lower_one(passed, rate):
    """Nine tenths of it are as good as all."""
    quota = Quota(600)
    refused(quota, 0.0, 1)
    refused(quota, 20.0, passed)
    assert quota.rate(20.0) == pytest.approx(rate)


@pytest.mark.parametrize(("wait", "forgotten"), [(0.1, True), (10.0, False)])
def test_a_429_after_which_the_next_one_passes_soon_is_forgotten(wait, forgotten):
    """It came by chance; where the pace itself would have sent several in the wait, it did not."""
    quota = Quota(None)
    quota.learn_from_headers(0.0, 60, None)
    refused(quota, 0.0, 1)
    refused(quota, 2.0, 1, wait=wait)
    assert quota.rate(2.0) == pytest.approx(1 / 2)
    quota.passed_at_once(2.0, 1)
    assert quota.rate(2.0) == pytest.approx(1 if forgotten else 1 / 2, rel=0.05)


def test_the_first_429_of_all_is_not_forgotten():
    """There is no rate to return to."""
    quota = Quota(None)
    refused(quota, 2.0, 10, wait=0.01)
    rate = quota.rate(2.0)
    quota.passed_at_once(2.0, 10)
    assert quota.rate(2.0) == rate
