"""What is made of all days of a digest, index.html and feed.xml, once these are written.

A file ends in a comment with the hash of what it was made of and of itself: by that, never by a clock, is told whether it
still says what the days say.
"""

import datetime as dt
import hashlib
import json
from functools import cached_property
from pathlib import Path

from pipeline.config import Config
from pipeline.files import day_folder, days, read_record, write_text
from pipeline.records import Counts, RunReport
from pipeline.render import SERIES, Document, Series, for_reading, is_recent
from pipeline.run.fingerprints import code

DAY_DATA = "digest.json"
_PAGES = ("digest.html", "digest.md", DAY_DATA)
"""Files to which index.html can link for a day, best first."""


class AllDays:
    """The days of a digest; what its own files and the home of all digests are both made of is worked out once."""

    def __init__(self, config: Config, digest: str) -> None:
        self.config = config
        self.digest = digest

    @cached_property
    def fingerprint(self) -> str:
        """Of all that the files are made of, but for what they held before."""
        config, digest = self.config, self.digest
        dates = days(config.output, digest)
        made_of = hashlib.sha256()
        for date in dates:
            folder = day_folder(config.output, digest, date)
            path = folder / DAY_DATA
            made_of.update(json.dumps([date.isoformat(), page_of(folder), _counts(folder).model_dump()]).encode())
            if is_recent(date, dates) and path.exists():
                made_of.update(hashlib.sha256(path.read_bytes()).digest())
        made_of.update(json.dumps([config.assemble.model_dump(mode="json"), code()]).encode())
        return made_of.hexdigest()

    @cached_property
    def series(self) -> Series:
        """`before` is empty."""
        config, digest = self.config, self.digest
        dates = days(config.output, digest)[::-1]
        folders = {date: day_folder(config.output, digest, date) for date in dates}
        return Series(
            name=digest,
            counts={date: _counts(folder) for date, folder in folders.items()},
            pages={date: page for date, folder in folders.items() if (page := page_of(folder))},
            recent=[
                for_reading(read_record(folder / DAY_DATA, Document), typography=config.assemble.typography)
                for date, folder in folders.items()
                if is_recent(date, dates) and (folder / DAY_DATA).exists()
            ],
            site=config.assemble.site,
            before="",
            now=dt.datetime.now(dt.UTC),
            feed="feed" in config.assemble.formats,
        )


def write_series(of: AllDays) -> None:
    """Writes those that say something else than the days, none where there is no day yet. Raises FileError."""
    folder = of.config.output / of.digest
    wanted = [SERIES[name] for name in of.config.assemble.formats if name in SERIES]
    if not wanted or not any(folder.glob(f"*/{DAY_DATA}")):
        return
    before = {file: read_there(folder / file) for file, _ in wanted}
    for file, render in wanted:
        if not is_fresh(before[file], of.fingerprint):
            write_text(folder / file, marked(render(of.series._replace(before=before[file])), of.fingerprint))


def marked(text: str, made_of: str, opening: str = "<!-- ", closing: str = " -->") -> str:
    """A text that ends in a comment; by it `is_fresh` tells whether it is still what `made_of` makes."""
    return f"{text.rstrip()}\n{opening}{hashlib.sha256(f'{made_of}{text.rstrip()}'.encode()).hexdigest()}{closing}\n"


def is_fresh(text: str, made_of: str, opening: str = "<!-- ", closing: str = " -->") -> bool:
    return text == marked(text.rpartition(f"\n{opening}")[0], made_of, opening, closing)


def read_there(path: Path) -> str:
    """The text of a file; empty where it is not there."""
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


def _counts(folder: Path) -> Counts:
    path = folder / "run.json"
    return read_record(path, RunReport).counts if path.exists() else Counts()


def page_of(folder: Path) -> str | None:
    return next((name for name in _PAGES if (folder / name).exists()), None)
