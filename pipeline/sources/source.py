"""What a row of the table of sources says, and what is asked of a source."""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from pipeline.records import Announcement
from pipeline.settings import FetchSettings

if TYPE_CHECKING:
    from pipeline.sources.connection import Connection

KnownBefore = Callable[[dt.date], Collection[tuple[str, int]]]
"""The (id, version) of every paper that an earlier day than this one holds, for the same digest."""


class Wanted(NamedTuple):
    """One digest's announcement of one day."""

    categories: tuple[str, ...]
    settings: FetchSettings
    day: dt.date | None = None
    """None: today's announcement, or the only one there is."""
    known_before: KnownBefore = lambda _: frozenset()


class Source(NamedTuple):
    """A row of sources/table.py. All three functions raise SourceError, FileError or ConfigError and nothing else."""

    name: str
    """In `fetch.source`."""
    read: "Callable[[Wanted, Connection], Announcement]"
    days: Callable[[FetchSettings, dt.date, dt.date], Sequence[dt.date]]
    """The days with an announcement from the first to the last date, both included; raises where it has no past."""
    probe: "Callable[[Wanted, Connection], str]"
    """For `wenzhai doctor`: asks as little as shows that it works, and says in a few words what came."""
    needs: Mapping[str, str] = MappingProxyType({})
    """Keys of `fetch` that must be set → what to set them to."""
