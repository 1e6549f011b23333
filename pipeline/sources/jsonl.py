"""A file of papers as an announcement: one JSON object a line, with the fields of a Paper (papers.jsonl is one).

All papers of the file count, whatever their categories.
"""

import datetime as dt
from array import array
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from pipeline import files
from pipeline.errors import ConfigError, FileError
from pipeline.records import Announcement, Paper
from pipeline.settings import FetchSettings
from pipeline.sources.source import Connect, Wanted


def read(wanted: Wanted, connect: Connect) -> Iterator[Announcement]:  # noqa: ARG001 - nobody is asked
    """The papers of the requested days, or of the file's only day. Raises FileError that names line and field."""
    path, found = _path(wanted.settings), _places(wanted.settings)
    if not wanted.days and len(found) > 1:
        raise FileError(f"{path}: holds {len(found)} days, {min(found)} to {max(found)}; choose one with --date")
    for date in wanted.days or found:
        if date not in found:
            raise FileError(f"{path}: holds no paper of {date}, only of {_listed(found)}; give one of these")
        announced = list(files.records_at(path, Paper, found[date]))
        paper_id, times = Counter(paper.id for paper in announced).most_common(1)[0]
        if times > 1:
            raise FileError(f"{path}: id: {paper_id} stands {times} times under {date}; keep one of its lines")
        yield Announcement(date=date, papers=tuple(announced), source=f"jsonl {path.name}")


def days(settings: FetchSettings, first: dt.date, last: dt.date) -> Sequence[dt.date]:
    """The days in the file from `first` to `last`. Raises FileError."""
    return sorted(date for date in _places(settings) if first <= date <= last)


def probe(wanted: Wanted, connect: Connect) -> str:  # noqa: ARG001 - nobody is asked
    """Reads the whole file. Raises FileError."""
    found = _places(wanted.settings)
    return f"{_path(wanted.settings)}: {sum(map(len, found.values()))} papers of {_listed(found)}"


def _path(settings: FetchSettings) -> Path:
    if settings.path is None:
        raise ConfigError("fetch.source jsonl: set fetch.path to a file of papers")
    return settings.path


def _listed(found: Collection[dt.date]) -> str:
    """The days of a file on one line; more than ten are shortened to a range."""
    if len(found) > 10:
        return f"{len(found)} days, {min(found)} to {max(found)}"
    return ", ".join(map(str, sorted(found)))


def _places(settings: FetchSettings) -> Mapping[dt.date, Sequence[int]]:
    """Where the lines of each day begin. Raises FileError."""
    path = _path(settings)
    try:
        found = path.stat()
    except OSError:
        raise FileError(f"{path}: not there; set fetch.path to a file of papers") from None
    return _places_in(path, found.st_size, found.st_mtime_ns)


@lru_cache(maxsize=1)  # the file may contain years, and each of its days is asked for by each digest
def _places_in(path: Path, size: int, changed: int) -> Mapping[dt.date, Sequence[int]]:  # noqa: ARG001 - another file
    places: dict[dt.date, array[int]] = {}
    for place, paper in files.placed_records(path, Paper):
        places.setdefault(paper.published, array("q")).append(place)
    if not places:
        raise FileError(f"{path}: holds no papers; set fetch.path to a file of papers")
    return places
