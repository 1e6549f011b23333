"""`wenzhai verify`: builds a day's stage files and documents again from papers.jsonl and answers.db, and compares
every byte.

Asks nothing and changes nothing. Two things cannot be derived and are taken as they are: why an answer never came
(failures.jsonl), and, in a file that nobody has edited, a text of an earlier run where a later question has no answer.
"""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from pkgutil import resolve_name
from typing import NamedTuple

from pipeline.asking.answers import Answers
from pipeline.asking.context import context_of, fields_of
from pipeline.asking.receipts import Account, account
from pipeline.asking.states import Fields
from pipeline.config import Config
from pipeline.errors import FileError
from pipeline.fields import TASKS
from pipeline.records import RunRequest
from pipeline.render import day_files
from pipeline.run.cores import Cores
from pipeline.run.day import Day, find_days
from pipeline.run.fingerprints import is_edited, shaping
from pipeline.run.writing import Work
from pipeline.stages import REVIEWS, STAGES, TEXTS

_GIVEN = ("papers.jsonl", "failures.jsonl", "run.json")


class Verified(NamedTuple):
    """The result for a day."""

    day: str
    same: tuple[str, ...]
    """Files that came out identical."""
    differs: tuple[str, ...]
    """A line for each other file: its name, the first differing byte, and the cause if known."""
    changed: tuple[str, ...]
    """Names of what shaped the day and has changed since."""


def verify(config: Config, request: RunRequest) -> Iterator[Verified]:
    """The newest day of each digest, or the requested days. Raises WenzhaiError."""
    work = Work(config, request, context_of(config), fields_of(config, TASKS))
    days = list(find_days(config, request))
    with Cores(work, sum(day.announced for day in days)) as cores:
        yield from cores.map(_verified, days)


def accounted(config: Config) -> Account:
    """Every call ever sent, by outcome. Raises AnswersError."""
    with Answers(config.output / "answers.db") as answers:
        return account(answers)


def _verified(work: Work, day: Day) -> Verified:
    if not day.report.shaped_by:
        raise FileError(f"{day.folder}: was not written whole by this version; run `wenzhai run --from validate` first")
    now = shaping(work.config, day, [stage.name for stage in STAGES])
    changed = tuple(name for name, value in day.report.shaped_by.items() if now.get(name, "") != value)
    names = [*TEXTS, REVIEWS, "failures.jsonl", "problems.jsonl", *day_files(work.config.assemble.formats)]
    same: list[str] = []
    differs: list[str] = []
    with tempfile.TemporaryDirectory() as folder, Answers(work.config.output / "answers.db") as answers:
        older = () if changed else tuple(name for name in TEXTS if not is_edited(day, name))
        fields = Fields(work.context, answers)
        derived = _derived(day, Path(folder), replace(work, fields=fields), older)
        for name in names:
            there, again = day.folder / name, derived.folder / name
            if not there.exists() and not day.report.files.get(name):
                continue  # no stage has written it yet
            place = _first_difference(there, again)
            if place is None:
                same.append(name)
            else:
                differs.append(f"{name}: {place}{_why(day, name, changed)}")
    return Verified(day.name, tuple(same), tuple(differs), changed)


def _derived(day: Day, folder: Path, work: Work, older: tuple[str, ...]) -> Day:
    """The same day in another folder, made of its papers, its failures and the answers; of the files in `older` only the texts
    stay that no answer gives."""
    for name in (*_GIVEN, *older):
        if (day.folder / name).exists():
            shutil.copy(day.folder / name, folder / name)
    again = replace(day, folder=folder)
    for stage in STAGES:
        if stage.work:
            resolve_name(stage.work)(work, again, stage)
    return again


def _first_difference(there: Path, again: Path) -> str | None:
    """The first difference between two files; None if they are equal."""
    one, other = (path.read_bytes() if path.exists() else None for path in (there, again))
    if one == other:
        return None
    if one is None or other is None:
        return "is missing" if one is None else "is there, and nothing of what was kept makes it"
    pairs = zip(one, other, strict=False)
    byte = next((number for number, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
    line = one[:byte].count(b"\n") + 1
    return f"differs from byte {byte:,} (line {line}) on"


def _why(day: Day, name: str, changed: tuple[str, ...]) -> str:
    if is_edited(day, name):
        return "; it was edited since it was written"
    return f"; since it was written, this has changed: {', '.join(changed)}" if changed else ""
