"""A day as it is read in a browser, a feed reader or a chat: its Chinese set as print has it (text/typography.py).

What is kept to be worked with, digest.md, digest.json and digest.bib, has the texts of the stage files and never comes here.
"""

from typing import TypeVar

from pipeline.records import FIELDS, Digest, Entry
from pipeline.render.data import Document
from pipeline.text.typography import typeset

_Day = TypeVar("_Day", Digest, Document)


def for_reading(day: _Day, *, typography: bool) -> _Day:
    """The same day, unless `assemble.typography` is off and it is left as it is."""
    return day.model_copy(update={"entries": tuple(map(_set, day.entries))}) if typography else day


def _set(entry: Entry) -> Entry:
    """What a person wrote stays as they set it."""
    chinese = {name: getattr(entry, name) for name in FIELDS if name.endswith("_zh") and name not in entry.corrected}
    return entry.model_copy(update={name: typeset(text) for name, text in chinese.items() if text})
