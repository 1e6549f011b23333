"""Whether a day would come out as it is: a hash of all that shapes a day, and of all that came of it.

A run that would change nothing then neither reads an answer nor checks a field again.
"""

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from pipeline.config import Config
from pipeline.errors import FileError
from pipeline.fields import TASKS
from pipeline.files import PACKAGE
from pipeline.records import RunRequest
from pipeline.run.day import Day
from pipeline.stages import TEXTS

_MADE = ("papers.jsonl", *TEXTS, "failures.jsonl", "problems.jsonl")


def fingerprint(config: Config, request: RunRequest, day: Day, documents: tuple[str, ...]) -> str:
    """Of config, prompts, glossary, corrections, redos and code, of the stage files and the `documents`. Raises FileError.

    The announcement is a stage file too; whether a file is missing counts as well as what it holds.
    """
    total = hashlib.sha256(code().encode())
    total.update(config.model_dump_json().encode())
    total.update(str(request.limit).encode())
    for path in _shaping(config, day, documents):
        total.update(str(path).encode())
        total.update(_content(path))
    return total.hexdigest()


def _shaping(config: Config, day: Day, documents: tuple[str, ...]) -> Iterator[Path]:
    yield from (getattr(config, task).prompt for task in TASKS)
    if config.glossary:
        yield config.glossary
    yield config.output / "corrections.yaml"
    yield config.output / "redos.jsonl"
    for name in (*_MADE, *documents):
        yield day.folder / name


def _content(path: Path) -> bytes:
    try:
        return hashlib.sha256(path.read_bytes()).digest()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise FileError(f"{path}: cannot be read: {error}") from None


@cache
def code() -> str:
    """A rule that changed judges every kept answer anew."""
    files = sorted(path for path in PACKAGE.rglob("*") if path.suffix in {".py", ".jinja", ".css", ".js"})
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
