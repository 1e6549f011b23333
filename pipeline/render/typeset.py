"""A day as it is read in a browser, a feed reader or a chat: its Chinese set as print has it (text/typography.py).

What is kept to be worked with, digest.md, digest.json and digest.bib, has the texts of the stage files and never comes here.
"""

from typing import TypeVar

from pipeline.fields import FIELDS
from pipeline.records import Digest, Entry
from pipeline.render.data import Document
from pipeline.text.typography import typeset

_Day = TypeVar("_Day", Digest, Document)


def for_reading(day: _Day, *, typography: bool) -> _Day:
    """The same day, unless `assemble.typography` is off and it is left as it is."""
    return day.model_copy(update={"entries": tuple(map(_set, day.entries))}) if typography else day


def _set(entry: Entry) -> Entry:
    """What a person wrote stays as they set it."""
    chinese = {field.name for field in FIELDS if field.language == "zh"} - set(entry.corrected)
    set_texts = {name: typeset(text) if text and name in chinese else text for name, text in entry.texts.items()}
    return entry.model_copy(update={"texts": set_texts})
