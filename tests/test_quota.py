"""What 429s teach about one limit."""

import pytest

from pipeline.model.quota import MARGIN, Quota


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
    quota.on_refused(1.0, 0.5, 1)
    quota.sent(2.0, 4)
    quota.corrected(10.0, 2.0, 6)
    quota.on_refused(11.0, 0.5, 1)
    assert quota.rate(11.0) == pytest.approx((4 + 6) / (11 - 1))


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
