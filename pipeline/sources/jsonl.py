"""A file of papers as an announcement: one JSON object a line, with the fields of a Paper (papers.jsonl is one).

All papers of the file count, whatever their categories.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import files
from pipeline.errors import ConfigError, FileError
from pipeline.records import Announcement, Paper
from pipeline.settings import FetchSettings
from pipeline.sources.source import Wanted

if TYPE_CHECKING:
    from pipeline.sources.connection import Connection


def read(wanted: Wanted, connection: "Connection") -> Announcement:  # noqa: ARG001 - nobody is asked
    """The papers of the requested day, or of the file's only day. Raises FileError that names line and field."""
    path, day = _path(wanted.settings), wanted.day
    found: set[dt.date] = set()
    announced: list[Paper] = []
    for paper in _papers(path):
        found.add(paper.published)
        if day in {None, paper.published}:
            announced.append(paper)
    if day is None and len(found) > 1:
        raise FileError(f"{path}: holds {len(found)} days, {min(found)} to {max(found)}; choose one with --date")
    if not announced:
        raise FileError(f"{path}: holds no paper of {day}, only of {_listed(found)}; give one of these")
    date = announced[0].published
    paper_id, times = Counter(paper.id for paper in announced).most_common(1)[0]
    if times > 1:
        raise FileError(f"{path}: id: {paper_id} stands {times} times under {date}; keep one of its lines")
    return Announcement(date=date, papers=tuple(announced), source=f"jsonl {path.name}")


def days(settings: FetchSettings, first: dt.date, last: dt.date) -> Sequence[dt.date]:
    """The days in the file from `first` to `last`. Raises FileError."""
    return sorted({paper.published for paper in _papers(_path(settings)) if first <= paper.published <= last})


def probe(wanted: Wanted, connection: "Connection") -> str:  # noqa: ARG001 - nobody is asked
    """Reads the whole file. Raises FileError."""
    path = _path(wanted.settings)
    found = Counter(paper.published for paper in _papers(path))
    return f"{path}: {found.total()} papers of {_listed(found)}"


def _path(settings: FetchSettings) -> Path:
    if settings.path is None:
        raise ConfigError("fetch.source jsonl: set fetch.path to a file of papers")
    return settings.path


def _listed(found: "Counter[dt.date] | set[dt.date]") -> str:
    """The days of a file on one line; more than ten are shortened to a range."""
    if len(found) > 10:
        return f"{len(found)} days, {min(found)} to {max(found)}"
    return ", ".join(map(str, sorted(found)))


def _papers(path: Path) -> Iterator[Paper]:
    # One at a time, because the file may contain years.
    if not path.exists():
        raise FileError(f"{path}: not there; set fetch.path to a file of papers")
    found = False
    for paper in files.iter_records(path, Paper):
        found = True
        yield paper
    if not found:
        raise FileError(f"{path}: holds no papers; set fetch.path to a file of papers")
