"""Typesets the Chinese of a day for browsers, feed readers and chats (text/typography.py).

Not used for digest.md, digest.json and digest.bib, which contain the texts of the stage files.
"""

from collections.abc import Collection
from typing import TypeVar

from pipeline.fields import FIELDS
from pipeline.records import NAMES, Digest, Entry
from pipeline.render.data import Document
from pipeline.text.typography import typeset

_Day = TypeVar("_Day", Digest, Document)


def for_reading(day: _Day, *, typography: bool, shown: Collection[str] = NAMES) -> _Day:
    """The day with typeset Chinese texts; unchanged if `typography` is off. `shown`: the fields that will be read."""
    return day.model_copy(update={"entries": tuple(_set(each, shown) for each in day.entries)}) if typography else day


def _set(entry: Entry, shown: Collection[str]) -> Entry:
    """Typesets the Chinese texts of an entry, except those that a person wrote."""
    chinese = {field.name for field in FIELDS if field.language == "zh" and field.name in shown} - set(entry.corrected)
    set_texts = {name: typeset(text) if text and name in chinese else text for name, text in entry.texts.items()}
    return entry.model_copy(update={"texts": set_texts})
