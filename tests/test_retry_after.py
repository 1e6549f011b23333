"""Retry-After in every form that is sent, and in forms that mean nothing."""

import email.utils
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.retry_after import retry_after_seconds


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("3", 3),
        (" 0 ", 0),
        ("0.5", 0.5),
        ("3s", 3),
        ("1500ms", 1.5),
        ("1m", 60),
        ("6m0s", 360),
        ("60 seconds", 60),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
    ]
    + [(value, None) for value in ("", "-1", "soon", "1e9", "9" * 10, "٣", "Wed, 99 Oct 99999 07:28:00 GMT")],
)
def test_what_it_says(value, seconds):
    """Seconds or a date that has passed; else nothing."""
    assert retry_after_seconds(value) == seconds


def test_a_date_ahead():
    """Is so many seconds away."""
    assert 55 < retry_after_seconds(email.utils.formatdate(time.time() + 60)) <= 60
    assert 55 < retry_after_seconds(datetime.fromtimestamp(time.time() + 60, UTC).isoformat()) <= 60


@given(st.text(max_size=40))
def test_any_text_is_read(value):
    """Nothing is raised."""
    seconds = retry_after_seconds(value)
    assert seconds is None or seconds >= 0
