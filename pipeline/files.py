"""The only hand on the disk, but for answers.db: where things lie, atomic writes, locks, records as JSON Lines.

    <output>/<digest>/<date>/{papers,summaries,translations,reviews,failures,problems}.jsonl  digest.md  run.json
    <output>/<digest>/index.html  feed.xml

All output files are written here, except answers.db (asking/answers.py), the log (log.py) and the embedded model's
weights.
"""

import datetime as dt
import errno
import os
import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, SoftFileLock
from pydantic import ValidationError

from pipeline.errors import FileError
from pipeline.records import EXAMPLES, Record
from pipeline.written import Unreadable, text_of

R = TypeVar("R", bound=Record)
PACKAGE = Path(__file__).parent
"""Where the code lies."""
_PART = re.compile(r"\.(\d+)\.part$")
_NO_FLOCK = {errno.ENOLCK, errno.EOPNOTSUPP}
"""What NFS and other shared folders answer; filelock knows ENOSYS itself."""


def day_folder(output: Path, digest: str, date: dt.date) -> Path:
    return output / digest / date.isoformat()


def days(output: Path, digest: str) -> list[dt.date]:
    """The days that have a papers.jsonl, oldest first."""
    return sorted(
        dt.date.fromisoformat(papers.parent.name)
        for papers in (output / digest).glob("????-??-??/papers.jsonl")
        if _is_date(papers.parent.name)
    )


def read_records(path: Path, kind: type[R], *, remade: bool = True) -> list[R]:
    """All records of a JSON Lines file, in any encoding, because people edit them. Raises FileError that names the
    line."""
    try:
        lines = text_of(path).split("\n")
    except FileNotFoundError:
        raise FileError(_not_there(path)) from None
    except OSError as error:
        raise FileError(f"{path}: cannot be read: {error}") from None
    except Unreadable as error:
        raise FileError(error.at(path)) from None
    return [
        _parse(f"{path}:{number}", line, kind, remade=remade) for number, line in enumerate(lines, 1) if line.strip()
    ]


def iter_records(path: Path, kind: type[R]) -> Iterator[R]:
    """The records of a JSON Lines file, one at a time. Raises FileError that names the line."""
    for _, record in placed_records(path, kind):
        yield record


def placed_records(path: Path, kind: type[R], *, remade: bool = True) -> Iterator[tuple[int, R]]:
    """The same, each with the place where its line begins. Raises FileError that names the line."""
    place = 0
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if text := line.decode("utf-8-sig").strip():  # an editor may have put a byte order mark there
                    yield place, _parse(f"{path}:{number}", text, kind, remade=remade)
                place += len(line)
    except FileNotFoundError:
        raise FileError(_not_there(path)) from None
    except OSError as error:
        raise FileError(f"{path}: cannot be read: {error}") from None
    except UnicodeDecodeError:
        raise FileError(f"{path}: cannot be read: is not UTF-8; save it as UTF-8") from None


def records_at(path: Path, kind: type[R], places: Iterable[int]) -> Iterator[R]:
    """The records whose lines begin at these places. Raises FileError."""
    try:
        with path.open("rb") as file:
            for place in places:
                file.seek(place)
                yield _parse(f"{path}: byte {place}", file.readline().decode("utf-8-sig"), kind)
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
    """Writes beside the place and renames, so no reader ever meets half a file, and syncs both file and folder, so that it
    outlives a power cut. Raises FileError."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        _sync_folder(path.parent)
    except OSError as error:
        raise FileError(f"{path}: cannot be written: {error.strerror}; make room or choose another `output`") from None


def remove(path: Path) -> None:
    """Removes a file, if it is there. Raises FileError."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise FileError(f"{path}: cannot be removed: {error.strerror}; remove it by hand") from None


def clear_parts(output: Path) -> None:
    """Removes what a process that was killed left half written, nothing that one is writing now. Raises FileError."""
    try:
        for pattern in (".*.part", "*/.*.part", "*/*/.*.part"):
            for part in output.glob(pattern):
                writer = _PART.search(part.name)
                if writer and not _is_alive(int(writer[1])):
                    part.unlink(missing_ok=True)
    except OSError as error:
        raise FileError(f"{output}: cannot be written: {error.strerror}; set another `output`") from None


@contextmanager
def locked(path: Path, *, patience_seconds: float = 0) -> Iterator[None]:
    """Holds a lock that ends with the process. Raises TimeoutError where another holds it for longer, and OSError.

    Where the filesystem has no flock, a file that names its owner stands for the lock: processes of one machine exclude each
    other just as well, and an owner that was killed is found out; one that was killed on another machine is not, and its file
    has to be deleted by hand.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # filelock tells people about flock
        try:
            lock: FileLock | SoftFileLock = FileLock(path, timeout=patience_seconds)
            lock.acquire()
        except OSError as error:
            if isinstance(error, TimeoutError) or error.errno not in _NO_FLOCK:
                raise
            lock = SoftFileLock(path.with_name(f"{path.name}.owner"), timeout=patience_seconds)
            lock.acquire()
    try:
        yield
    finally:
        lock.release()


def shipped(name: str) -> Path:
    """A file that ships with Wenzhai, such as prompts/: inside the installed package, or beside it in a checkout."""
    installed = PACKAGE / "shipped" / name
    return installed if installed.exists() else PACKAGE.parent / name


def _not_there(path: Path) -> str:
    return f"{path}: not there; the stage that writes it has not run for this day"


def _parse(place: str, text: str, kind: type[R], *, remade: bool = True) -> R:
    """`remade`: whether a stage writes the file again; else it is somebody's own."""
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        row = error.errors()[0]
        field = ".".join(str(part) for part in row["loc"])
        reason = f"{field}: {row['msg']}" if field else f"{row['msg']}; a line is one whole JSON object"
        if field in EXAMPLES and row["type"] == "string_pattern_mismatch":
            reason = f"{field}: must be such as {EXAMPLES[field]}"
        way_out = "mend the line, or delete the file: its stage writes it again" if remade else "mend the line"
        raise FileError(f"{place}: not a {kind.__name__} ({reason}); {way_out}") from None


def _sync_folder(folder: Path) -> None:
    """Else a power cut may take the rename back, though it cannot tear the file."""
    with suppress(OSError):  # no system but POSIX opens a folder, and some filesystems do not sync one
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _is_alive(process: int) -> bool:
    """Another process than this one. Windows cannot be asked so, and none is taken for dead there."""
    if os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's
        return True
    return process != os.getpid()


def _is_date(name: str) -> bool:
    try:
        dt.date.fromisoformat(name)
    except ValueError:
        return False
    return True
