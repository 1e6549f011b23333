"""The schema of answers.db, and the migrations of older databases: one step a version, all steps in one transaction.

A database of a newer version is refused with an error that names both versions, and stays unchanged.
"""

import hashlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

from pipeline.errors import AnswersError

SCHEMA = 2

_TABLES = (
    """
CREATE TABLE answers (
    key               TEXT PRIMARY KEY,   -- hash of all that shaped the answer, after the version of the recipe
    paper             TEXT NOT NULL,
    version           INTEGER NOT NULL,
    field             TEXT NOT NULL,      -- a name of the table of fields
    part              INTEGER,            -- number of the sentence, from 0; NULL: the whole field
    prompt            TEXT NOT NULL,      -- fingerprint of the rendered prompt
    glossary          TEXT NOT NULL,      -- fingerprint of the glossary rows in the question; empty: none
    model             TEXT NOT NULL,
    attempt           INTEGER NOT NULL,   -- 0: first asked; 1…: asked again with its faults named
    text              TEXT,               -- with marks for protected spans; NULL: the answer had no such field
    cut               INTEGER NOT NULL,   -- the provider stopped at its length limit
    requests          INTEGER NOT NULL,   -- 1 in one row of a call, 0 in those that share it
    prompt_tokens     INTEGER NOT NULL,   -- this row's share of its call
    completion_tokens INTEGER NOT NULL,
    cached_tokens     INTEGER NOT NULL,
    cost              REAL NOT NULL,
    asked_at          TEXT NOT NULL,
    call              INTEGER             -- the call it came with; NULL: kept before there were receipts
) WITHOUT ROWID
""",
    "CREATE INDEX answers_of_paper ON answers (paper, field)",
)
_RECEIPTS = (
    """
CREATE TABLE calls (
    id                INTEGER PRIMARY KEY,
    paper             TEXT NOT NULL,
    subject           TEXT NOT NULL,      -- for people: "2403.17919 summarize+translate"
    model             TEXT NOT NULL,
    fixed             TEXT NOT NULL,      -- fingerprint of what it shares with other questions, see fixed_parts
    question          BLOB NOT NULL,      -- the rest of what was sent: JSON, deflated
    batch             TEXT,               -- the batch it went with
    sent_at           TEXT NOT NULL,
    ended_at          TEXT,
    ended             TEXT,               -- how it ended, see receipts.py; NULL: nobody knows, the process was killed
    reply             BLOB,               -- what came back, as it came, deflated
    prompt_tokens     INTEGER NOT NULL DEFAULT 0,
    completion_tokens INTEGER NOT NULL DEFAULT 0,
    cached_tokens     INTEGER NOT NULL DEFAULT 0,
    cost              REAL NOT NULL DEFAULT 0
)
""",
    "CREATE INDEX calls_of_paper ON calls (paper)",
    """
CREATE TABLE fixed_parts (
    fingerprint TEXT PRIMARY KEY,
    body        TEXT NOT NULL             -- JSON: the request without its last message
) WITHOUT ROWID
""",
    """
CREATE TABLE IF NOT EXISTS batched (
    address  TEXT NOT NULL,   -- of the endpoint that works on it
    question TEXT NOT NULL,   -- its custom_id
    batch    TEXT NOT NULL,   -- the provider's id of the batch it is in
    answer   TEXT,            -- a records.Answer; NULL: still to come
    PRIMARY KEY (address, question)
) WITHOUT ROWID
""",
    "ALTER TABLE batched ADD COLUMN call INTEGER",
    """
CREATE TABLE former (
    place TEXT PRIMARY KEY,   -- of a repair of the first version: Segment.former_keys
    key   TEXT NOT NULL       -- of its answer
) WITHOUT ROWID
""",
)


def prepare(db: sqlite3.Connection, path: Path) -> None:
    """Creates the tables of a new database, or migrates an older one. Raises AnswersError, sqlite3.Error."""
    found = version_of(db)
    if found == SCHEMA:
        return
    if found > SCHEMA:
        raise AnswersError(
            f"{path}: written by a newer wenzhai (its schema is {found}, this one's {SCHEMA}); upgrade wenzhai to go on"
        )
    db.create_function("fingerprint", 1, fingerprint, deterministic=True)
    with db:  # all of it, or nothing
        db.execute("BEGIN IMMEDIATE")
        found = version_of(db)  # another process may have been faster
        if not found:
            _create(db)
        for version in range(found or SCHEMA, SCHEMA):
            MIGRATIONS[version](db)
        db.execute(f"PRAGMA user_version = {SCHEMA}")


def version_of(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def fingerprint(text: str, length: int = 12) -> str:
    """First `length` hex digits of the sha256 of a text; empty for an empty text."""
    return hashlib.sha256(text.encode()).hexdigest()[:length] if text else ""


def _create(db: sqlite3.Connection) -> None:
    for statement in (*_TABLES, *_RECEIPTS):
        db.execute(statement)


def _add_receipts(db: sqlite3.Connection) -> None:
    """1 → 2: adds receipts. An answer keeps a fingerprint of its glossary rows and the number of its call.

    The key of a repair used to include the text of the fault. Table `former` finds such answers by their place instead.
    """
    db.execute("ALTER TABLE answers RENAME COLUMN terms TO glossary")
    db.execute("UPDATE answers SET glossary = fingerprint(glossary)")
    db.execute("ALTER TABLE answers ADD COLUMN call INTEGER")
    for statement in _RECEIPTS:
        db.execute(statement)
    db.execute(
        "INSERT OR REPLACE INTO former SELECT paper || '/' || version || '/' || field || '/' || ifnull(part, '') || '/'"
        " || prompt || '/' || glossary || '/' || model || '/' || attempt, key FROM answers WHERE attempt > 0 ORDER BY asked_at"
    )


MIGRATIONS: dict[int, Callable[[sqlite3.Connection], None]] = {1: _add_receipts}
"""Version → the function that migrates it to the next one."""
