"""Stage fetch: what arXiv announced, from the source the config names, on the announcement's own day.

What to do with the papers, and with a day that has none, is left to run/.
"""

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
    """One digest's announcement; one without papers is no error, and `connection.say` has told why.

    `day` chooses where the source has a past, and is compared where it has none. `known_before(date)` gives the (id,
    version) pairs of this digest's earlier day folders: the date is known only when the feed is read, and a day is never
    stale by itself. `connection` is shared by all digests of a process. Raises SourceError, StaleFeed, FileError.
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
