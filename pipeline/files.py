"""Where files are, atomic writes, records as JSON Lines.

    <output>/<digest>/<date>/{papers,summaries,translations,failures,problems}.jsonl  digest.md  run.json
    <output>/<digest>/index.html  feed.xml

All output files are written here, except answers.db (asking/answers.py), the log (log.py) and the embedded model's
weights.
"""

import datetime as dt
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from pipeline.errors import FileError
from pipeline.records import Record

R = TypeVar("R", bound=Record)
PACKAGE = Path(__file__).parent
"""The folder of the code."""


def day_folder(output: Path, digest: str, date: dt.date) -> Path:
    return output / digest / date.isoformat()


def days(output: Path, digest: str) -> list[dt.date]:
    """The days that have a papers.jsonl, oldest first."""
    return sorted(
        dt.date.fromisoformat(papers.parent.name)
        for papers in (output / digest).glob("????-??-??/papers.jsonl")
        if _is_date(papers.parent.name)
    )


def read_records(path: Path, kind: type[R]) -> list[R]:
    """All records of a JSON Lines file. Raises FileError that names the line."""
    return list(iter_records(path, kind))


def iter_records(path: Path, kind: type[R]) -> Iterator[R]:
    """The records of a JSON Lines file, one at a time. Raises FileError that names the line."""
    try:
        with path.open(encoding="utf-8-sig") as lines:  # an editor may have put a byte order mark there
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield _parse(f"{path}: line {number}", line, kind)
    except FileNotFoundError:
        raise FileError(f"{path}: not there; the stage that writes it has not run for this day") from None
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(f"{path}: cannot be read: {error}") from None


def read_record(path: Path, kind: type[R]) -> R:
    """One record that fills its file, such as run.json. Raises FileError."""
    try:
        return _parse(str(path), path.read_text(encoding="utf-8-sig"), kind)
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(f"{path}: cannot be read: {error}") from None


def write_records(path: Path, records: Iterable[Record]) -> None:
    write_text(path, "".join(record.model_dump_json() + "\n" for record in records))


def write_text(path: Path, text: str) -> None:
    """Writes a temporary file and renames it, so that nobody ever reads half a file. Raises FileError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="\n", dir=path.parent, prefix=f".{path.name}.", suffix=".part", delete=False
        ) as part:
            try:
                part.write(text)
                part.flush()
                os.fsync(part.fileno())
                Path(part.name).chmod(0o644)
                Path(part.name).replace(path)
            finally:
                Path(part.name).unlink(missing_ok=True)
    except OSError as error:
        raise FileError(f"{path}: cannot be written: {error.strerror}; make room or choose another `output`") from None


def shipped(name: str) -> Path:
    """A file that ships with Wenzhai, such as prompts/: inside the installed package, or beside it in a checkout."""
    installed = PACKAGE / "shipped" / name
    return installed if installed.exists() else PACKAGE.parent / name


def _parse(place: str, text: str, kind: type[R]) -> R:
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        row = error.errors()[0]
        field = ".".join(str(part) for part in row["loc"])
        reason = f"{field}: {row['msg']}" if field else row["msg"]
        raise FileError(
            f"{place}: not a {kind.__name__} ({reason}); mend the line, or delete the file: its stage writes it again"
        ) from None


def _is_date(name: str) -> bool:
    try:
        dt.date.fromisoformat(name)
    except ValueError:
        return False
    return True
