"""An HTTP response of any format, and excerpts of it for messages."""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple


class Response(NamedTuple):
    status: int
    reason: str
    """The server's reason phrase."""
    headers: Mapping[str, str]
    """Names are case-insensitive."""
    body: bytes
    """Decompressed."""


class CutShort(Exception):
    """Raised by a check for a truncated response: a retry may help."""


Check = Callable[[bytes, str], object]
"""(body, address): checks a response. Raises CutShort, or SourceError if a retry would not help."""


def shown(url: str) -> str:
    """A URL for messages: without query, user and password."""
    return re.sub(r"//.*@", "//***@", url.partition("?")[0])


def excerpt(words: str) -> str:
    """Text for one line of a message: no control characters, at most 200 characters."""
    line = "".join(char for char in " ".join(words.split()) if char.isprintable())
    return line if len(line) <= 200 else f"{line[:199]}…"
