"""The Retry-After header, as arXiv and model providers send it (RFC 9110 §10.2.3), and durations in words."""

import email.utils
import re
import time
from datetime import UTC, datetime

_UNITS = {
    **{"ms": 0.001, "millisecond": 0.001, "毫秒": 0.001, "s": 1, "sec": 1, "second": 1, "秒": 1},
    **{"m": 60, "min": 60, "minute": 60, "分": 60, "分钟": 60, "h": 3600, "hr": 3600, "hour": 3600, "小时": 3600},
}
_UNIT = r"milliseconds?|ms|毫秒|hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s|小时|分钟|分|秒"
_PART = rf"\d{{1,9}}(?:\.\d{{1,12}})? ?(?:{_UNIT})(?![A-Za-z])|\d{{1,4}}[hm](?=\d)"
DURATION = rf"(?:(?:{_PART})(?:,? (?:and )?)?)+|\d{{1,9}}(?:\.\d{{1,12}})?"
"""Regular expression for a duration: "7m12.5s", "1 minute 5 seconds", "250ms", "30 秒", or a number of seconds."""


def duration_seconds(text: str) -> float:
    """Seconds of a text that DURATION matches."""
    parts = re.findall(rf"(\d+(?:\.\d+)?) ?({_UNIT})?", text, re.IGNORECASE)
    units = (unit.lower() if len(unit) < 3 else unit.lower().removesuffix("s") for _, unit in parts)
    return sum(float(number) * _UNITS[unit or "s"] for (number, _), unit in zip(parts, units, strict=True))


def retry_after_seconds(value: str) -> float | None:
    """Seconds, given as such ("3", "0.5", "3s", "1m5s") or as a date, never below 0; None if it is neither."""
    value = value.strip()
    if re.fullmatch(DURATION, value, re.IGNORECASE | re.ASCII):
        return duration_seconds(value)
    try:
        if re.match(r"\d{4}-\d\d-\d\dT", value):  # RFC 3339
            moment = datetime.fromisoformat(value)
            at = moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()
        elif date := email.utils.parsedate_tz(value):
            at = email.utils.mktime_tz(date)
        else:
            return None
        return max(0.0, at - time.time())
    except (ValueError, OverflowError, IndexError):  # a date of no calendar
        return None
