"""Stage fetch: reads an announcement of arXiv from the source that the config names."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence

from pipeline.errors import SourceError
from pipeline.records import Announcement
from pipeline.settings import FetchSettings
from pipeline.sources.schedule import why_quiet
from pipeline.sources.source import Connect, KnownBefore, Wanted
from pipeline.sources.table import SOURCES


def fetch_papers(
    categories: tuple[str, ...],
    settings: FetchSettings,
    *,
    days: Sequence[dt.date],
    known_before: KnownBefore,
    connect: Connect,
    say: Callable[[str], None],
) -> Iterator[Announcement]:
    """The announcements of one digest, each read when it is taken. If one has no papers, `say` gets the reason; that is
    not an error.

    `days`: those to read from a source with past days; from the feed, the day it must have; empty: the one it has.
    `known_before(date)`: the
    (id, version) pairs in the digest's folders of days before `date`, to detect a stale feed; a function, because the
    date is known only after the feed was read. Raises SourceError,
    StaleFeed, FileError.
    """
    announcements = SOURCES[settings.source].read(Wanted(categories, settings, days, known_before), connect)
    for day, announcement in zip(days or (None,), announcements, strict=True):
        if day not in {None, announcement.date}:
            raise SourceError(
                f"{announcement.source}: is of {announcement.date}, not of {day}; for a past day set fetch.source: api"
            )
        for failure in announcement.failures:
            say(f"{announcement.source}: no paper: {failure.id}: {failure.detail}")
        if not announcement.papers and not announcement.failures:
            say(f"{announcement.source}: {why_quiet(announcement.date)}")
        yield announcement
