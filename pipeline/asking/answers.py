"""answers.db: every answer ever paid for, one row for each segment, written as soon as it arrives.

A row is found by its key, the hash of everything that shaped the answer (asking/segments.py). Whether an answer is
good is not stored. The same database holds the receipts of the calls (receipts.py) and the answers of batches
(Batched).
"""

import datetime as dt
import sqlite3
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.asking.schema import SCHEMA, prepare, version_of
from pipeline.errors import AnswersError
from pipeline.records import Answer, Usage
from pipeline.text.visible import cleaned


class StoredAnswer(NamedTuple):
    """A row of the table."""

    key: str
    paper: str
    version: int
    field: str
    part: int | None
    prompt: str
    glossary: str
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
    call: int | None = None


Answered = tuple[Sequence[StoredAnswer], str | None]
"""The rows of one call, and its response, unchanged."""
_COLUMNS = ", ".join(StoredAnswer._fields)
_FIND = f"SELECT {_COLUMNS} FROM answers WHERE key = ?"
_FIND_FORMER = f"SELECT {_COLUMNS} FROM answers WHERE key = (SELECT key FROM former WHERE place = ?)"
_INSERT = f"INSERT OR REPLACE INTO answers ({_COLUMNS}) VALUES ({', '.join('?' * len(StoredAnswer._fields))})"


class Answers:
    """The open database. Raises AnswersError."""

    def __init__(self, path: Path, *, again: Collection[str] = (), patience_seconds: float = 30) -> None:
        """`again`: the fields of which only answers written by this object are found; `patience_seconds`: timeout for the lock of the database; another process holds it only during a write."""
        self._path = path
        self._again = frozenset(again)
        self._fresh: set[str] = set()
        self._taken: list[tuple[str, str]] = []
        self.spent = 0.0
        """Cost of the answers that this object stored, in the config's currency."""
        with self._explained(), ExitStack() as unless_opened:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=patience_seconds, isolation_level=None)
            unless_opened.enter_context(closing(self._db))
            # A database of a newer version, or a damaged one, must not be written to.
            if version_of(self._db) not in range(SCHEMA + 1):
                prepare(self._db, path)  # raises
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            prepare(self._db, path)
            unless_opened.pop_all()

    def get(self, key: str) -> StoredAnswer | None:
        """`key`: of an answer, or the place of a repair of the first version (Segment.former_keys)."""
        with self._explained():
            row = self._db.execute(_FIND_FORMER if "/" in key else _FIND, (key,)).fetchone()
        stored = _healed(row) if row else None
        return None if stored and stored.field in self._again and key not in self._fresh else stored

    def knows(self, paper: str, field: str) -> bool:
        """Whether it holds any answer for this field of this paper."""
        with self._explained():
            query = "SELECT 1 FROM answers WHERE paper = ? AND field = ? LIMIT 1"
            return self._db.execute(query, (paper, field)).fetchone() is not None

    def save(self, answered: Sequence[Answered]) -> None:
        """Stores the answers of calls in one transaction, completes their receipts, and deletes the batch rows they came
        from."""
        with self.writing() as db:
            for rows, reply in answered:
                self._insert(db, rows, reply)
            if self._taken:
                db.executemany("DELETE FROM batched WHERE address = ? AND question = ?", self._taken)
        self._taken.clear()
        for rows, _ in answered:
            self.spent += sum(row.cost for row in rows)
            if self._again:
                self._fresh.update(row.key for row in rows)

    def _insert(self, db: sqlite3.Connection, rows: Sequence[StoredAnswer], reply: str | None) -> None:
        replaced = self._calls_under(rows)
        db.executemany(_INSERT, rows)
        if rows[0].call is not None:
            used = usage_of(rows)
            db.execute(
                "UPDATE calls SET ended_at = ?, ended = 'answered', reply = ?, prompt_tokens = ?,"
                " completion_tokens = ?, cached_tokens = ?, cost = ? WHERE id = ?",
                (
                    now(),
                    None if reply is None else zlib.compress(reply.encode()),
                    used.prompt_tokens,
                    used.completion_tokens,
                    used.cached_tokens,
                    used.cost,
                    rows[0].call,
                ),
            )
        for call in replaced:
            db.execute(
                "UPDATE calls SET ended = 'replaced' WHERE id = ? AND NOT EXISTS"
                " (SELECT 1 FROM answers WHERE paper = ? AND call = ?)",
                (call, rows[0].paper, call),
            )

    def _calls_under(self, rows: Sequence[StoredAnswer]) -> list[int]:
        """The calls whose answers these rows will replace."""
        marks = ", ".join("?" * len(rows))
        query = f"SELECT DISTINCT call FROM answers WHERE call IS NOT NULL AND key IN ({marks})"
        return [row[0] for row in self._db.execute(query, [row.key for row in rows])]

    @contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[sqlite3.Connection]:
        """A transaction: all that is written in it is kept, or nothing; a power cut takes back only what is not `durable`.
        Raises AnswersError."""
        with self._explained(), self._db:
            self._db.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self._db.execute("BEGIN IMMEDIATE")
            yield self._db

    def read(self, query: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """The rows of a query. Raises AnswersError."""
        with self._explained():
            yield from self._db.execute(query, values).fetchall()

    def count(self) -> int:
        with self._explained():
            return int(self._db.execute("SELECT count(*) FROM answers").fetchone()[0])

    def has_any_of(self, model: str) -> bool:
        """Whether a model of this name has ever answered."""
        with self._explained():
            return bool(self._db.execute("SELECT 1 FROM answers WHERE model = ? LIMIT 1", (model,)).fetchone())

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
    """Earlier versions stored answers without cleaning them, so they are cleaned when they are read."""
    stored = StoredAnswer(*row)
    return stored if stored.text is None else stored._replace(text=cleaned(stored.text))


class Batched:
    """Questions sent to one endpoint in batches, until their answers are saved; kept across runs. Raises
    AnswersError."""

    def __init__(self, answers: Answers, address: str) -> None:
        self._answers = answers
        self._address = address

    def send(self, batch: str, questions: Iterable[tuple[str, int]]) -> None:
        """Records that these questions, (custom_id, number of the call), are in a batch."""
        rows = [(self._address, question, batch, call) for question, call in questions]
        with self._answers.writing() as db:
            db.executemany("UPDATE calls SET batch = ? WHERE id = ?", [(batch, call) for _, _, _, call in rows])
            db.executemany("INSERT OR REPLACE INTO batched (address, question, batch, call) VALUES (?, ?, ?, ?)", rows)

    def rename(self, batch: str, new: str) -> None:
        with self._answers.writing() as db:
            db.execute("UPDATE batched SET batch = ? WHERE address = ? AND batch = ?", (new, self._address, batch))
            db.execute("UPDATE calls SET batch = ? WHERE batch = ?", (new, batch))

    def open(self) -> dict[str, int]:
        """Batch → number of answers still missing."""
        query = "SELECT batch, count(*) FROM batched WHERE address = ? AND answer IS NULL GROUP BY batch"
        return dict(self._do(query, self._address).fetchall())

    def holds(self, question: str) -> bool:
        """Whether it was sent, answered or not."""
        query = "SELECT 1 FROM batched WHERE address = ? AND question = ?"
        return self._do(query, self._address, question).fetchone() is not None

    def arrive(self, question: str, answer: Answer) -> bool:
        """Stores an answer; False if no question waits for it."""
        query = "UPDATE batched SET answer = ? WHERE address = ? AND question = ? AND answer IS NULL"
        return self._do(query, answer.model_dump_json(), self._address, question).rowcount > 0

    def close(self, batch: str) -> int:
        """Deletes the questions that got no answer, so that they are asked online; returns their number."""
        where = "address = ? AND batch = ? AND answer IS NULL"
        with self._answers.writing() as db:
            db.execute(
                f"UPDATE calls SET ended_at = ?, ended = 'missing' WHERE id IN (SELECT call FROM batched WHERE {where})",
                (now(), self._address, batch),
            )
            return db.execute(f"DELETE FROM batched WHERE {where}", (self._address, batch)).rowcount

    def take(self, question: str) -> Answer | None:
        """The answer to a question, if there is one; the next `Answers.save` deletes it here."""
        query = "SELECT answer, call FROM batched WHERE address = ? AND question = ? AND answer IS NOT NULL"
        row = self._do(query, self._address, question).fetchone()
        if row is None:
            return None
        self._answers._taken.append((self._address, question))
        return Answer.model_validate_json(row[0]).model_copy(update={"call": row[1]})

    def _do(self, query: str, *values: str) -> sqlite3.Cursor:
        with self._answers._explained():
            return self._answers._db.execute(query, values)


def usage_of(rows: Sequence[StoredAnswer]) -> Usage:
    """Tokens and cost of answers when they were bought."""
    return Usage(
        requests=sum(row.requests for row in rows),
        prompt_tokens=sum(row.prompt_tokens for row in rows),
        completion_tokens=sum(row.completion_tokens for row in rows),
        cached_tokens=sum(row.cached_tokens for row in rows),
        cost=sum(row.cost for row in rows),
    )


def now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="microseconds")
