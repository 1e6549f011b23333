"""Writes the files made from all days of a digest: index.html and feed.xml."""

import datetime as dt
from pathlib import Path

from pipeline.config import Config
from pipeline.files import day_folder, days, read_record, write_text
from pipeline.records import Counts, RunReport
from pipeline.render import SERIES, Document, Series, for_reading, is_recent

_DAY = "digest.json"
_PAGES = ("digest.html", "digest.md", _DAY)
"""Files to which index.html can link for a day, best first."""


def write_series(config: Config, digest: str) -> None:
    """Writes the files that are older than the digest.json of a day; none if there is no day yet. Raises FileError."""
    folder = config.output / digest
    newest = max((path.stat().st_mtime_ns for path in folder.glob(f"*/{_DAY}")), default=0)
    outdated = [
        (folder / file, render)
        for file, render in (SERIES[name] for name in config.assemble.formats if name in SERIES)
        if newest and (not (folder / file).exists() or (folder / file).stat().st_mtime_ns < newest)
    ]
    if outdated:
        series = _series(config, digest)
        for path, render in outdated:
            before = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
            write_text(path, render(series._replace(before=before)))


def _series(config: Config, digest: str) -> Series:
    dates = days(config.output, digest)[::-1]
    folders = {date: day_folder(config.output, digest, date) for date in dates}
    return Series(
        name=digest,
        counts={date: _counts(folder) for date, folder in folders.items()},
        pages={date: page for date, folder in folders.items() if (page := _page(folder))},
        recent=[
            for_reading(read_record(folder / _DAY, Document), typography=config.assemble.typography)
            for date, folder in folders.items()
            if is_recent(date, dates) and (folder / _DAY).exists()
        ],
        site=config.assemble.site,
        before="",
        now=dt.datetime.now(dt.UTC),
    )


def _counts(folder: Path) -> Counts:
    path = folder / "run.json"
    return read_record(path, RunReport).counts if path.exists() else Counts()


def _page(folder: Path) -> str | None:
    return next((name for name in _PAGES if (folder / name).exists()), None)
