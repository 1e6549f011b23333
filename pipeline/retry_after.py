"""The Retry-After header, as arXiv and model providers send it (RFC 9110 §10.2.3)."""

import email.utils
import re
import time


def retry_after_seconds(value: str) -> float | None:
    """Seconds, given as such ("3", "0.5", "3s") or as a date, never below 0; None if it is neither."""
    if seconds := re.fullmatch(r"\s*([0-9]{1,9}(?:\.[0-9]+)?)s?\s*", value):
        return float(seconds[1])
    try:
        date = email.utils.parsedate_tz(value)
        return max(0.0, email.utils.mktime_tz(date) - time.time()) if date else None
    except (ValueError, OverflowError, IndexError):  # a date of no calendar
        return None
