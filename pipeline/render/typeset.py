"""Typesets the Chinese of a day for browsers, feed readers and chats (text/typography.py).

Not used for digest.md, digest.json and digest.bib, which contain the texts of the stage files.
"""

from typing import TypeVar

from pipeline.fields import FIELDS
from pipeline.records import Digest, Entry
from pipeline.render.data import Document
from pipeline.text.typography import typeset

_Day = TypeVar("_Day", Digest, Document)


def for_reading(day: _Day, *, typography: bool) -> _Day:
    """The day with typeset Chinese texts; unchanged if `typography` is off."""
    return day.model_copy(update={"entries": tuple(map(_set, day.entries))}) if typography else day


def _set(entry: Entry) -> Entry:
    """Typesets the Chinese texts of an entry, except those that a person wrote."""
    chinese = {field.name for field in FIELDS if field.language == "zh"} - set(entry.corrected)
    set_texts = {name: typeset(text) if text and name in chinese else text for name, text in entry.texts.items()}
    return entry.model_copy(update={"texts": set_texts})
