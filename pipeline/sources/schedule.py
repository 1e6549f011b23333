"""arXiv's calendar: which submissions are announced on which day, and why a day has no announcement.

The rules are those of https://info.arxiv.org/help/availability.html and of arXiv's own code (arxiv-base, localtime):
submissions close ("freeze") at 14:00 US Eastern on every working day and are announced at 20:00, Friday's on Sunday.
They are in the feed of the day after the announcement, so a feed contains the freeze of the weekday before it.
"""

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from pipeline.records import FIRST_DAY

EASTERN = ZoneInfo("America/New_York")
FREEZE = dt.time(14)
ANNOUNCED = dt.time(20)
HOLIDAYS = {
    dt.date.fromisoformat(day): name
    for day, name in (
        ("2025-01-01", "New Year's Day"),
        ("2025-01-20", "Martin Luther King Day"),
        ("2025-06-19", "Juneteenth"),
        ("2025-07-04", "Independence Day"),
        ("2025-09-01", "Labor Day"),
        ("2025-11-27", "Thanksgiving"),
        ("2025-12-25", "Christmas"),
        ("2025-12-30", "winter break"),
        ("2026-01-01", "New Year's Day"),
        ("2026-01-19", "Martin Luther King Day"),
        ("2026-06-19", "Juneteenth"),
        ("2026-07-03", "Independence Day"),
        ("2026-09-07", "Labor Day"),
        ("2026-11-26", "Thanksgiving"),
        ("2026-12-25", "winter break"),
        ("2026-12-29", "winter break"),
        ("2026-12-31", "winter break"),
    )
}
"""Working days without a freeze, as far as arXiv has published them."""


def window(day: dt.date) -> tuple[dt.datetime, dt.datetime] | None:
    """The submission times announced on `day`: from the first up to, not including, the second; None without
    announcement.

    A day here is the date of the feed, the morning after the announcement.
    """
    if day < FIRST_DAY:
        return None
    last = _weekday_before(day)
    if day.weekday() >= 5 or last in HOLIDAYS:
        return None
    first = _weekday_before(last)
    while first in HOLIDAYS:
        first = _weekday_before(first)
    return dt.datetime.combine(first, FREEZE, EASTERN), dt.datetime.combine(last, FREEZE, EASTERN)


def announced_at(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day - dt.timedelta(days=1), ANNOUNCED, EASTERN)


def announcement_days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """The days from `first` to `last`, both included, that have an announcement."""
    first = max(first, FIRST_DAY)
    for number in range((last - first).days + 1):
        day = first + dt.timedelta(days=number)
        if window(day) is not None:
            yield day


def why_quiet(day: dt.date) -> str:
    """One line that explains why arXiv announced nothing on a day."""
    if day < FIRST_DAY:
        reason = f"arXiv began on {FIRST_DAY}"
    elif day.weekday() >= 5:
        reason = "arXiv announces Sunday to Thursday evenings, US Eastern"
    elif holiday := next((date for date in (_weekday_before(day), day) if date in HOLIDAYS), None):
        reason = f"arXiv holiday: {HOLIDAYS[holiday]}, {holiday}"
    else:
        reason = "neither a weekend nor a known arXiv holiday: it may be late, so try again"
    return f"no announcement on {day:%A} {day} ({reason})"


def _weekday_before(day: dt.date) -> dt.date:
    return day - dt.timedelta(days={0: 3, 6: 2}.get(day.weekday(), 1))
