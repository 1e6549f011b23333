"""arXiv's calendar: freeze windows, holidays, daylight saving."""

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.schedule import announced_at, announcement_days, why_quiet, window


@pytest.mark.parametrize(
    ("day", "first", "end"),
    [
        ("2026-06-29", "Thu 06-25 18:00", "Fri 06-26 18:00"),
        ("2026-06-30", "Fri 06-26 18:00", "Mon 06-29 18:00"),
        ("2026-07-01", "Mon 06-29 18:00", "Tue 06-30 18:00"),
        ("2026-01-15", "Tue 01-13 19:00", "Wed 01-14 19:00"),
        ("2026-03-10", "Fri 03-06 19:00", "Mon 03-09 18:00"),
        ("2026-09-09", "Fri 09-04 18:00", "Tue 09-08 18:00"),
        ("2026-11-26", "Tue 11-24 19:00", "Wed 11-25 19:00"),
        ("2026-11-30", "Wed 11-25 19:00", "Fri 11-27 19:00"),
        ("2026-12-29", "Thu 12-24 19:00", "Mon 12-28 19:00"),
    ],
    ids=["Mon", "Tue", "Wed", "winter", "spring forward", "after Labor Day", "Thanksgiving", "after it", "Christmas"],
)
def test_a_day_announces_the_freeze_before_it(day: str, first: str, end: str):
    """From 14:00 to 14:00 US Eastern (here in GMT), weekends and holidays joined."""
    between = window(dt.date.fromisoformat(day))
    assert between is not None
    assert [f"{moment.astimezone(dt.UTC):%a %m-%d %H:%M}" for moment in between] == [first, end]


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        ("2026-08-22", "on Saturday 2026-08-22 (arXiv announces Sunday to Thursday evenings, US Eastern)"),
        ("2026-08-23", "on Sunday 2026-08-23 (arXiv announces"),
        ("2026-11-27", "on Friday 2026-11-27 (arXiv holiday: Thanksgiving, 2026-11-26)"),
        ("2026-12-28", "on Monday 2026-12-28 (arXiv holiday: winter break, 2026-12-25)"),
        ("1991-08-13", "on Tuesday 1991-08-13 (arXiv began on 1991-08-14)"),
        ("0001-01-01", "on Monday 0001-01-01 (arXiv began on 1991-08-14)"),
    ],
)
def test_a_quiet_day_has_its_reason(day: str, reason: str):
    """A weekend or the morning after a holiday; neither has a window."""
    assert window(dt.date.fromisoformat(day)) is None
    assert why_quiet(dt.date.fromisoformat(day)).startswith(f"no announcement {reason}")


def test_no_day_is_before_the_first():
    """However early the search begins."""
    assert next(announcement_days(dt.date.min, dt.date(1991, 9, 1))) == dt.date(1991, 8, 14)


def test_a_quiet_working_day_is_not_explained_away():
    """Nothing is known against 2026-06-30, and the line says so."""
    assert "neither a weekend nor a known arXiv holiday" in why_quiet(dt.date(2026, 6, 30))


@given(st.dates(dt.date(2024, 12, 1), dt.date(2027, 6, 1)))
def test_windows_leave_no_gap_and_no_overlap(start: dt.date):
    """Each announcement begins where the one before it ended, and comes after its freeze."""
    days = list(announcement_days(start, start + dt.timedelta(days=14)))
    windows = [window(day) for day in days]
    assert all(earlier[1] == later[0] for earlier, later in itertools.pairwise(windows))
    assert all(announced_at(day) > end for day, (_, end) in zip(days, windows, strict=True))


def test_nothing_is_submitted_between_two_days():
    """Every window begins when the one before it ends, over holidays and years: days in a row can be asked for at once."""
    windows = [window(day) for day in announcement_days(dt.date(2024, 12, 1), dt.date(2027, 2, 1))]
    assert all(before[1] == after[0] for before, after in itertools.pairwise(windows))
