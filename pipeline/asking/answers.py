"""answers.db: every answer ever paid for, one row an answer, written the moment it arrives.

Home of SQLite. A row is found by the hash of all that shaped it (asking/segments.py); nothing here knows what is good.
"""

import datetime as dt
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.errors import AnswersError
from pipeline.records import Answer, Usage
from pipeline.text.visible import cleaned

SCHEMA = 1
_TABLE = """
CREATE TABLE IF NOT EXISTS answers (
    key               TEXT PRIMARY KEY,   -- sha256 of all that shaped the answer
    paper             TEXT NOT NULL,
    version           INTEGER NOT NULL,
    field             TEXT NOT NULL,      -- summary_zh, title_zh, …
    part              INTEGER,            -- number of the sentence, from 0; NULL: the whole field
    prompt            TEXT NOT NULL,      -- fingerprint of the rendered prompt
    terms             TEXT NOT NULL,      -- the glossary rows in the question
    model             TEXT NOT NULL,
    attempt           INTEGER NOT NULL,   -- 0: first asked; 1…: asked again with its faults named
    text              TEXT,               -- with marks for protected spans; NULL: the answer had no such field
    cut               INTEGER NOT NULL,   -- the provider stopped at its length limit
    requests          INTEGER NOT NULL,   -- 1 in one row of a call, 0 in those that share it
    prompt_tokens     INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    cached_tokens     INTEGER NOT NULL,
    cost              REAL NOT NULL,
    asked_at          TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS answers_of_paper ON answers (paper, field);
"""
_BATCHED = """
CREATE TABLE IF NOT EXISTS batched (
    address  TEXT NOT NULL,   -- of the endpoint that works on it
    question TEXT NOT NULL,   -- its custom_id
    batch    TEXT NOT NULL,   -- the provider's id of the batch it is in
    answer   TEXT,            -- a records.Answer; NULL: still to come
    PRIMARY KEY (address, question)
) WITHOUT ROWID;
"""


class StoredAnswer(NamedTuple):
    """A row of the table."""

    key: str
    paper: str
    version: int
    field: str
    part: int | None
    prompt: str
    terms: str
    model: str
    attempt: int
    text: str | None
    cut: bool
    requests: int
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    cost: float
    asked_at: str


_COLUMNS = ", ".join(StoredAnswer._fields)
_INSERT = f"INSERT OR REPLACE INTO answers ({_COLUMNS}) VALUES ({', '.join('?' * len(StoredAnswer._fields))})"


class Answers:
    """The open database. With `again`, only answers written by this object are found. Raises AnswersError."""

    def __init__(self, path: Path, *, again: bool = False, patience_seconds: float = 30) -> None:
        """`patience_seconds`: another run may hold the database for the moment of a write, never longer."""
        self._path = path
        self._fresh: set[str] | None = set() if again else None
        self._taken: list[tuple[str, str]] = []
        self.spent = 0.0
        """What the answers kept by this object cost, in the config's currency."""
        with self._explained(), ExitStack() as unless_opened:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=patience_seconds, isolation_level=None)
            unless_opened.enter_context(closing(self._db))
            # Opening writes nothing into a file that is there: neither another version's nor a damaged one is touched.
            found = self._db.execute("PRAGMA user_version").fetchone()[0]
            if found not in (0, SCHEMA):
                raise AnswersError(f"{path}: written by another version of wenzhai ({found}); move it away to go on")
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            if not found:
                self._db.executescript(_TABLE + f"PRAGMA user_version = {SCHEMA};")
            unless_opened.pop_all()

    def get(self, key: str) -> StoredAnswer | None:
        if self._fresh is not None and key not in self._fresh:
            return None
        with self._explained():
            row = self._db.execute(f"SELECT {_COLUMNS} FROM answers WHERE key = ?", (key,)).fetchone()
        return _healed(row) if row else None

    def save(self, rows: Sequence[StoredAnswer]) -> None:
        """Keeps the answers of one call, all or none, and strikes what was taken from a batch for it."""
        with self._explained(), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(_INSERT, rows)
            if self._taken:
                self._db.executemany("DELETE FROM batched WHERE address = ? AND question = ?", self._taken)
        self._taken.clear()
        self.spent += sum(row.cost for row in rows)
        if self._fresh is not None:
            self._fresh.update(row.key for row in rows)

    def count(self) -> int:
        with self._explained():
            return int(self._db.execute("SELECT count(*) FROM answers").fetchone()[0])

    def of_paper(self, paper: str, field: str) -> list[StoredAnswer]:
        """All answers ever given for a field of a paper, oldest first."""
        query = f"SELECT {_COLUMNS} FROM answers WHERE paper = ? AND field = ? ORDER BY asked_at"
        with self._explained():
            return [_healed(row) for row in self._db.execute(query, (paper, field))]

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> "Answers":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.OperationalError, OSError) as error:
            way = "nothing kept is lost: make room, give leave to write or let the other run finish, and run again"
            raise AnswersError(f"{self._path}: {error}; {way}") from None
        except sqlite3.DatabaseError as error:
            way = "move it away and run again: the stage files stay, and only what they lack is asked anew"
            raise AnswersError(f"{self._path}: damaged ({error}); {way}") from None


def _healed(row: Sequence[Any]) -> StoredAnswer:
    """Earlier versions kept whatever a model sent; what is cleaned where answers come in is cleaned where they are read."""
    stored = StoredAnswer(*row)
    return stored if stored.text is None else stored._replace(text=cleaned(stored.text))


class Batched:
    """What was sent to one endpoint in batches and is no answer to a paper yet; outlives the run. Raises AnswersError."""

    def __init__(self, answers: Answers, address: str) -> None:
        self._answers = answers
        self._address = address
        with answers._explained():
            answers._db.executescript(_BATCHED)

    def send(self, batch: str, questions: Iterable[str]) -> None:
        """Notes that these are in a batch."""
        rows = [(self._address, question, batch) for question in questions]
        with self._answers._explained(), self._answers._db as db:
            db.execute("BEGIN IMMEDIATE")
            db.executemany("INSERT OR REPLACE INTO batched (address, question, batch) VALUES (?, ?, ?)", rows)

    def rename(self, batch: str, new: str) -> None:
        self._do("UPDATE batched SET batch = ? WHERE address = ? AND batch = ?", new, self._address, batch)

    def open(self) -> dict[str, int]:
        """Batches with answers still to come → how many."""
        query = "SELECT batch, count(*) FROM batched WHERE address = ? AND answer IS NULL GROUP BY batch"
        return dict(self._do(query, self._address).fetchall())

    def holds(self, question: str) -> bool:
        """Whether it was sent, answered by now or not."""
        query = "SELECT 1 FROM batched WHERE address = ? AND question = ?"
        return self._do(query, self._address, question).fetchone() is not None

    def arrive(self, question: str, answer: Answer) -> bool:
        """Keeps an answer; False where nobody waits for it."""
        query = "UPDATE batched SET answer = ? WHERE address = ? AND question = ? AND answer IS NULL"
        return self._do(query, answer.model_dump_json(), self._address, question).rowcount > 0

    def close(self, batch: str) -> int:
        """Forgets what never came, so that it can be asked otherwise; returns how many."""
        query = "DELETE FROM batched WHERE address = ? AND batch = ? AND answer IS NULL"
        return self._do(query, self._address, batch).rowcount

    def take(self, question: str) -> Answer | None:
        """The answer, which is gone when the next `Answers.save` is done and not before."""
        query = "SELECT answer FROM batched WHERE address = ? AND question = ? AND answer IS NOT NULL"
        row = self._do(query, self._address, question).fetchone()
        if row is None:
            return None
        self._answers._taken.append((self._address, question))
        return Answer.model_validate_json(row[0])

    def _do(self, query: str, *values: str) -> sqlite3.Cursor:
        with self._answers._explained():
            return self._answers._db.execute(query, values)


def usage_of(rows: Sequence[StoredAnswer]) -> Usage:
    """What answers took when they were bought."""
    return Usage(
        requests=sum(row.requests for row in rows),
        prompt_tokens=sum(row.prompt_tokens for row in rows),
        completion_tokens=sum(row.completion_tokens for row in rows),
        cached_tokens=sum(row.cached_tokens for row in rows),
        cost=sum(row.cost for row in rows),
    )


def now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="microseconds")
