"""An answer before anybody has looked into it, whatever its format, and words of it that fit into a message."""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple


class Response(NamedTuple):
    status: int
    reason: str
    """The server's words for the status."""
    headers: Mapping[str, str]
    """Names in any case."""
    body: bytes
    """Unpacked."""


class CutShort(Exception):
    """A check's word for an answer that begins well and is not whole: asking again helps."""


Check = Callable[[bytes, str], object]
"""Judges the body that came from an address, in the format its source expects. Raises CutShort, and SourceError for what
asking again does not mend."""


def shown(url: str) -> str:
    """An address for people: without query, user and password."""
    return re.sub(r"//.*@", "//***@", url.partition("?")[0])


def excerpt(words: str) -> str:
    """Foreign text fit for one line of a terminal: no control characters, at most 200 characters."""
    line = "".join(char for char in " ".join(words.split()) if char.isprintable())
    return line if len(line) <= 200 else f"{line[:199]}…"
