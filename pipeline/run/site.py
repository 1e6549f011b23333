"""What is made of the days of all digests: index.html of the output folder, search/ with a file for each month, and notes/ with
one for each paper."""

import datetime as dt
import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from pipeline.config import Config
from pipeline.files import day_folder, days, read_record, write_text
from pipeline.records import RunReport
from pipeline.render import (
    SEARCHED,
    SITE,
    Document,
    Row,
    Site,
    for_reading,
    note_name,
    render_home,
    render_month,
    render_note,
    rows_in,
    rows_of,
)
from pipeline.run.day import Day, digests_there
from pipeline.run.fingerprints import code
from pipeline.run.series import DAY_DATA, AllDays, is_fresh, marked, read_there

_HASH = ("// ", "")
"""Around the hash at the end of a script."""


def write_site(config: Config, known: Mapping[str, AllDays]) -> None:
    """Writes what says something else than the days; `known`: digests whose days were worked out already. Raises FileError."""
    digests = [name for name in digests_there(config) if any((config.output / name).glob(f"*/{DAY_DATA}"))]
    months: Sequence[str] = ()
    if "search" in config.assemble.formats:
        months = list(_write_months(config, digests))
    if "archive" in config.assemble.formats and digests:
        _write_home(config, [known.get(name) or AllDays(config, name) for name in digests], months)


def write_notes(config: Config, written: Iterable[Day]) -> None:
    """A note for each paper of these days, if the config wants notes. Raises FileError."""
    for day in written if "notes" in config.assemble.formats else ():
        path = day.folder / DAY_DATA
        if not path.exists():
            continue
        document = read_record(path, Document)
        for entry in document.entries:
            note = config.output / SITE["notes"] / note_name(entry)
            before = _person_has(note)
            if entry.fate != "excluded" and before is not None:
                text = render_note(document, entry, before)
                if text is not None and text != before:
                    write_text(note, text)


def _person_has(path: Path) -> str | None:
    """The text of a note, empty where it is not there; None where it is no UTF-8, so that it is left alone."""
    try:
        return path.read_text(encoding="utf-8") if path.exists() else ""
    except UnicodeDecodeError:
        return None


def _write_home(config: Config, digests: Sequence[AllDays], months: Sequence[str]) -> None:
    path = config.output / SITE["archive"]
    made_of = " ".join([*(each.fingerprint for each in digests), *(each.digest for each in digests), *months])
    if not is_fresh(read_there(path), made_of):
        site = Site([each.series for each in digests], months, "feed" in config.assemble.formats)
        write_text(path, marked(render_home(site), made_of))


def _write_months(config: Config, digests: Sequence[str]) -> Iterator[str]:
    """The months that can be searched, newest first."""
    there = sorted(((day, name) for name in digests for day in days(config.output, name)), reverse=True)
    for month, group in itertools.groupby(there, key=lambda each: f"{each[0]:%Y-%m}"):
        of_month = list(group)
        path = config.output / SITE["search"] / f"{month}.js"
        made_of = _fingerprint(config, of_month)
        before = read_there(path)
        if not is_fresh(before, made_of, *_HASH):
            earlier = {
                place: list(rows) for place, rows in itertools.groupby(rows_in(before), key=lambda row: row.place)
            }
            rows = itertools.chain.from_iterable(map(partial(_rows, config, earlier), of_month))
            write_text(path, marked(render_month(month, rows), made_of, *_HASH))
        yield month


def _rows(config: Config, earlier: dict[str, list[Row]], day: tuple[dt.date, str]) -> Iterator[Row]:
    """The papers of a day; where its digest.json was pruned, those that the earlier script has of it."""
    date, digest = day
    path = day_folder(config.output, digest, date) / DAY_DATA
    if path.exists():
        document = read_record(path, Document)
        return rows_of(for_reading(document, typography=config.assemble.typography, shown=SEARCHED))
    return iter(earlier.get(f"{digest}/{date}", ()))


def _fingerprint(config: Config, of_month: Sequence[tuple[dt.date, str]]) -> str:
    made_of: list[object] = [code(), config.assemble.typography]
    for date, digest in of_month:
        folder = day_folder(config.output, digest, date)
        written = read_record(folder / "run.json", RunReport).files if (folder / "run.json").exists() else {}
        made_of.append([date.isoformat(), digest, written.get(DAY_DATA), (folder / DAY_DATA).exists()])
    return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()
