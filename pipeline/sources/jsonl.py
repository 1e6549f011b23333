"""A file of papers as an announcement: one JSON object a line, with the fields of a Paper (papers.jsonl is one).

The file is taken as it is, whatever its categories: who writes it decides what is announced.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from pipeline import files
from pipeline.errors import FileError
from pipeline.records import Announcement, Paper


def read_jsonl(path: Path, day: dt.date | None) -> Announcement:
    """The papers of `day`, or of the file's only day. Raises FileError, naming the line and the field."""
    days: set[dt.date] = set()
    announced: list[Paper] = []
    for paper in _papers(path):
        days.add(paper.published)
        if day in {None, paper.published}:
            announced.append(paper)
    if day is None and len(days) > 1:
        raise FileError(f"{path}: holds {len(days)} days, {min(days)} to {max(days)}; choose one with --date")
    if not announced:
        listed = ", ".join(map(str, sorted(days)))
        raise FileError(f"{path}: holds no paper of {day}, only of {listed}; give one of these")
    date = announced[0].published
    paper_id, times = Counter(paper.id for paper in announced).most_common(1)[0]
    if times > 1:
        raise FileError(f"{path}: id: {paper_id} stands {times} times under {date}; keep one of its lines")
    return Announcement(date=date, papers=tuple(announced), source=f"jsonl {path.name}")


def days_of(path: Path) -> list[dt.date]:
    """The days that a file of papers holds, oldest first. Raises FileError."""
    return sorted({paper.published for paper in _papers(path)})


def _papers(path: Path) -> Iterator[Paper]:
    # One at a time: the file may hold years, and a day of it is all that is wanted.
    if not path.exists():
        raise FileError(f"{path}: not there; set fetch.path to a file of papers")
    found = False
    for paper in files.iter_records(path, Paper):
        found = True
        yield paper
    if not found:
        raise FileError(f"{path}: holds no papers; set fetch.path to a file of papers")
