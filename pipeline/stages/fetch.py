"""Stage fetch: reads an announcement of arXiv from the source that the config names."""

import datetime as dt
from typing import TYPE_CHECKING

from pipeline.errors import SourceError
from pipeline.records import Announcement
from pipeline.settings import FetchSettings
from pipeline.sources.schedule import why_quiet
from pipeline.sources.source import KnownBefore, Wanted
from pipeline.sources.table import SOURCES

if TYPE_CHECKING:
    from pipeline.sources.connection import Connection


def fetch_papers(
    categories: tuple[str, ...],
    settings: FetchSettings,
    *,
    day: dt.date | None,
    known_before: KnownBefore,
    connection: "Connection",
) -> Announcement:
    """The announcement of one digest. If it has no papers, `connection.say` prints why; that is not an error.

    `day`: the day to read from a source with past days; from the feed, the day it must have. `known_before(date)`: the
    (id, version) pairs in the digest's folders of days before `date`, to detect a stale feed; a function, because the
    date is known only after the feed was read. All digests of a process share `connection`. Raises SourceError,
    StaleFeed, FileError.
    """
    announcement = SOURCES[settings.source].read(Wanted(categories, settings, day, known_before), connection)
    if day not in {None, announcement.date}:
        raise SourceError(
            f"{announcement.source}: is of {announcement.date}, not of {day}; for a past day set fetch.source: api"
        )
    for failure in announcement.failures:
        connection.say(f"{announcement.source}: no paper: {failure.id}: {failure.detail}")
    if not announcement.papers and not announcement.failures:
        connection.say(f"{announcement.source}: {why_quiet(announcement.date)}")
    return announcement
