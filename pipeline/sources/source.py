"""Source, a row of the table of sources, and Wanted, a request to a source."""

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from pipeline.records import Announcement
from pipeline.settings import FetchSettings

if TYPE_CHECKING:
    from pipeline.sources.connection import Connection

KnownBefore = Callable[[dt.date], Collection[tuple[str, int]]]
"""Date → (id, version) of the papers in the same digest's folders of earlier days."""


Connect = Callable[[], "Connection"]
"""The connection to arXiv that all digests share; a file needs none, and is read sooner without its libraries."""


class Wanted(NamedTuple):
    """The announcements of one digest."""

    categories: tuple[str, ...]
    settings: FetchSettings
    days: Sequence[dt.date] = ()
    """In their order; empty: today's announcement, or the only day of a file."""
    known_before: KnownBefore = lambda _: frozenset()


class Source(NamedTuple):
    """A row of sources/table.py. All three functions raise SourceError, FileError or ConfigError and nothing else."""

    name: str
    """Its value in `fetch.source`."""
    read: Callable[[Wanted, Connect], Iterator[Announcement]]
    """One for each wanted day, in their order, and when it is taken: a year is never in memory whole."""
    days: Callable[[FetchSettings, dt.date, dt.date], Sequence[dt.date]]
    """The days with an announcement from the first to the last date, both included; raises if the source has no past
    days."""
    probe: Callable[[Wanted, Connect], str]
    """For `wenzhai doctor`: the smallest request that shows that the source works; returns a summary of the
    response."""
    needs: Mapping[str, str] = MappingProxyType({})
    """Keys of `fetch` that must be set → what to set them to."""
    is_remote: bool = True
    """Whether it is waited for, so that other work can be done meanwhile."""
