"""redos.jsonl, in the output folder: the fields that a person had written again, and why.

The reason of a line is part of every later question about that field of that version, so a later run finds the new
answer. Delete the line to get the earlier answer back.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path

from pipeline.files import read_records, write_records
from pipeline.records import FieldName, Record

Redos = Mapping[tuple[str, int, str], tuple[str, ...]]
"""(paper id, version, field) → the reasons, oldest first."""

NO_REASON = "读者不满意这一稿，请换一种写法"


class Redo(Record):
    id: str
    version: int
    field: FieldName
    why: str = NO_REASON
    asked_at: dt.datetime


def load_redos(output: Path) -> list[Redo]:
    """Of all digests below `output`; none without a file. Raises FileError."""
    path = output / "redos.jsonl"
    return read_records(path, Redo, remade=False) if path.exists() else []


def add_redos(output: Path, redos: Iterable[Redo]) -> None:
    """Raises FileError."""
    write_records(output / "redos.jsonl", [*load_redos(output), *redos])


def reasons_of(redos: Iterable[Redo]) -> Redos:
    reasons: dict[tuple[str, int, str], tuple[str, ...]] = {}
    for each in redos:
        place = (each.id, each.version, each.field)
        reasons[place] = (*reasons.get(place, ()), each.why)
    return reasons
