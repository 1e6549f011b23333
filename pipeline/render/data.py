"""digest.json: a day as data, with a documented (digest.schema.json) and versioned schema.

archive.py and feed.py read these files, so published days are not checked again.
"""

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from pydantic import ConfigDict, Field

from pipeline.records import Counts, Digest, Entry, Failure, Record, ReviewCounts, Usage


class Cost(Record):
    """What the day's answers cost when they were bought, whichever run that was."""

    currency: str
    total: float
    tasks: dict[str, Usage]


class Document(Record):
    """A day of a digest; a text that was rejected is null here, and its problem says why."""

    model_config = ConfigDict(title="Wenzhai digest", serialize_by_alias=True, use_attribute_docstrings=True)

    edition: Literal[1, 2, 3] = Field(alias="schema")
    """Raised when a field comes, goes or changes its meaning; 1 has no `unread`; 2 no `interests`, no `muted`, and no review,
    which days without one lack in 3, too."""
    digest: str
    day: dt.date
    """The announcement's own date."""
    counts: Counts
    """announced = published + flagged + failed + excluded."""
    source: str | None
    model: str | None
    prompts: dict[str, str]
    """Task → fingerprint of its rendered prompt."""
    cost: Cost
    reviewer: str | None = Field(None, exclude_if=lambda name: name is None)
    """The model that reviewed the texts."""
    reviewed: ReviewCounts | None = Field(None, exclude_if=lambda counts: counts is None)
    """published + flagged = clear + mended + disputed + none."""
    terms: str
    entries: tuple[Entry, ...]
    """All announced papers, excluded ones too, newest id first."""
    unread: tuple[Failure, ...] = ()
    """Entries of the announcement that are no papers; counted as announced and failed."""


class Series(NamedTuple):
    """The days of a digest: the input of index.html and feed.xml."""

    name: str
    counts: Mapping[dt.date, Counts]
    """Of every day on the disk, newest first."""
    pages: Mapping[dt.date, str]
    """Day → the file in its folder to link to; a day that was never assembled has none."""
    recent: Sequence[Document]
    """The days of the last two weeks, newest first."""
    site: str | None
    """URL at which the output folder is published."""
    before: str
    """The current content of the file to write; empty the first time."""
    now: dt.datetime
    feed: bool = False
    """Whether there is a feed.xml."""


def is_recent(day: dt.date, days: Iterable[dt.date]) -> bool:
    """Whether a day is in the two weeks that end with the newest of `days`."""
    return max(days) - day < dt.timedelta(days=14)


def reading_order(entries: Iterable[Entry]) -> list[tuple[int, Entry]]:
    """(place among all, entry): those with an interest first, muted ones last."""
    return sorted(enumerate(entries), key=lambda each: (bool(each[1].muted), not each[1].interests))


def render_json(digest: Digest) -> str:
    report = digest.report
    tasks = dict(sorted(report.bought.items()))
    document = Document(
        schema=3,
        digest=digest.name,
        day=digest.date,
        counts=digest.counts,
        source=report.source,
        model=report.model,
        prompts=dict(sorted(report.prompts.items())),
        cost=Cost(currency=report.currency, total=sum(usage.cost for usage in tasks.values()), tasks=tasks),
        reviewer=report.reviewer if digest.reviewed else None,
        reviewed=digest.reviewed,
        terms=digest.terms,
        entries=tuple(map(_shown, digest.entries)),
        unread=digest.unread,
    )
    return document.model_dump_json(indent=1) + "\n"


def json_schema() -> str:
    """The content of digest.schema.json."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema"} | Document.model_json_schema(
        mode="serialization"
    )
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


def _shown(entry: Entry) -> Entry:
    """The entry without its rejected texts, so that no program takes one for a translation."""
    return entry.model_copy(
        update={"texts": {name: None if entry.rejected(name) else text for name, text in entry.texts.items()}}
    )
