"""Stage fetch: what arXiv announced, from the source the config names, on the announcement's own day.

What to do with the papers, and with a day that has none, is left to run/.
"""

import datetime as dt

from pipeline.errors import FileError, SourceError
from pipeline.records import Announcement
from pipeline.settings import FetchSettings
from pipeline.sources.connection import Connection
from pipeline.sources.feed import KnownBefore, read_feed
from pipeline.sources.jsonl import read_jsonl
from pipeline.sources.schedule import why_quiet


def fetch_papers(
    categories: tuple[str, ...],
    settings: FetchSettings,
    *,
    day: dt.date | None,
    known_before: KnownBefore,
    connection: Connection,
) -> Announcement:
    """One digest's announcement; one without papers is no error, and `connection.say` has told why.

    `day` chooses for api and jsonl; for feed it is only compared. `known_before(date)` gives the (id, version) pairs of
    this digest's earlier day folders: the date is known only when the feed is read, and a day is never stale by itself.
    `connection` is shared by all digests of a process. Raises SourceError, StaleFeed, FileError.
    """
    announcement = _read(categories, settings, day, known_before, connection)
    if day not in {None, announcement.date}:
        raise SourceError(
            f"{announcement.source}: is of {announcement.date}, not of {day}; for a past day set fetch.source: api"
        )
    if not announcement.papers:
        connection.say(f"{announcement.source}: {why_quiet(announcement.date)}")
    return announcement


def _read(
    categories: tuple[str, ...],
    settings: FetchSettings,
    day: dt.date | None,
    known_before: KnownBefore,
    connection: Connection,
) -> Announcement:
    match settings.source:
        case "feed":
            return read_feed(categories, settings.feed_url, connection, known_before)
        case "api":
            if day is None:
                raise SourceError("fetch.source api: give --date YYYY-MM-DD, the day of the announcement")
            # Late, because the package costs 120 ms and a daily run has no use for it.
            from pipeline.sources.api import search

            return search(categories, day, settings.api_url, connection)
        case "jsonl":
            if settings.path is None:
                raise FileError("fetch.source jsonl: set fetch.path to a file of papers")
            return read_jsonl(settings.path, day)
