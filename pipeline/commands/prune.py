"""`wenzhai prune`: removes documents of old days that `wenzhai assemble` makes again from the day's own files.

The page (digest.html) stays, because links, stars and results of a search lead to it; so do papers, stage files, receipts,
answers, corrections and redos, and every document that somebody has edited.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pipeline.config import Config
from pipeline.files import day_folder, days, read_record, remove, write_text
from pipeline.records import RunReport
from pipeline.render import day_files
from pipeline.run import alone
from pipeline.run.day import digests_there
from pipeline.run.fingerprints import fingerprint_of
from pipeline.stages import TEXTS

_NEEDED = ("papers.jsonl", *TEXTS, "problems.jsonl", "run.json")
"""What a day's documents are made of."""
_FORMATS = ("markdown", "json", "bibtex")


class Prunable(NamedTuple):
    folder: Path
    files: tuple[str, ...]
    """That can be made again."""
    size: int
    """Bytes of these."""
    edited: tuple[str, ...]
    """That somebody has changed since they were written; they stay."""


def prunable(config: Config, keep: int) -> Iterator[Prunable]:
    """The days of each digest that are more than `keep` days older than its newest. Raises FileError."""
    for digest in digests_there(config):
        there = days(config.output, digest)
        for date in there:
            if (there[-1] - date).days >= keep:
                found = _prunable(day_folder(config.output, digest, date))
                if found.files or found.edited:
                    yield found


def prune(config: Config, keep: int) -> list[Prunable]:
    """Removes them, and what run.json says of them. Raises FileError."""
    with alone(config.output):
        found = list(prunable(config, keep))
        for day in found:
            report = read_record(day.folder / "run.json", RunReport)
            files = {name: value for name, value in report.files.items() if name not in day.files}
            report = report.model_copy(update={"files": files, "unchanged": None})
            write_text(day.folder / "run.json", report.model_dump_json(indent=2) + "\n")
            for name in day.files:
                remove(day.folder / name)
    return found


def _prunable(folder: Path) -> Prunable:
    there = [name for name in day_files(_FORMATS) if (folder / name).exists()]
    if not all((folder / name).exists() for name in _NEEDED):
        return Prunable(folder, (), 0, ())
    written = read_record(folder / "run.json", RunReport).files
    own = tuple(name for name in there if fingerprint_of(folder / name) == written.get(name))
    size = sum((folder / name).stat().st_size for name in own)
    return Prunable(folder, own, size, tuple(name for name in there if name not in own))
