"""A file of papers as an announcement: one JSON object a line, with the fields of a Paper (papers.jsonl is one).

The file is taken as it is, whatever its categories: who writes it decides what is announced.
"""

import datetime as dt
from collections import Counter
from pathlib import Path

from pipeline import files
from pipeline.errors import FileError
from pipeline.models import Announcement, Paper


def read_jsonl(path: Path, day: dt.date | None) -> Announcement:
    """The papers of `day`, or of the file's only day. Raises FileError, naming the line and the field."""
    if not path.exists():
        raise FileError(f"{path}: not there; set fetch.path to a file of papers")
    papers = files.read_records(path, Paper)
    days = sorted({paper.published for paper in papers})
    if not days:
        raise FileError(f"{path}: holds no papers; set fetch.path to a file of papers")
    if day is None and len(days) > 1:
        raise FileError(f"{path}: holds {len(days)} days, {days[0]} to {days[-1]}; choose one with --date")
    date = day or days[0]
    if date not in days:
        raise FileError(f"{path}: holds no paper of {date}, only of {', '.join(map(str, days))}; give one of these")
    announced = tuple(paper for paper in papers if paper.published == date)
    paper_id, times = Counter(paper.id for paper in announced).most_common(1)[0]
    if times > 1:
        raise FileError(f"{path}: id: {paper_id} stands {times} times under {date}; keep one of its lines")
    return Announcement(date=date, papers=announced, source=f"jsonl {path.name}")
