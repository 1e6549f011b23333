"""The shape of answers.db: older databases come to it whole or stay as they were."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.asking import schema
from pipeline.asking.answers import Answers
from pipeline.asking.schema import SCHEMA, fingerprint

FIRST = Path(__file__).parent / "data" / "first_version" / "outputs" / "answers.db"


@pytest.fixture
def path(tmp_path):
    """A database of the first version."""
    return Path(shutil.copy(FIRST, tmp_path / "answers.db"))


def rows(path, query):
    with closing(sqlite3.connect(path)) as db:
        return db.execute(query).fetchall()


def test_the_first_versions_answers_are_all_there(path):
    """Every text, token and cost; the glossary rows have become their fingerprint."""
    kept = (
        "key, paper, version, field, part, prompt, model, attempt, text, cut, requests, prompt_tokens, cost, asked_at"
    )
    before = rows(path, f"SELECT {kept} FROM answers ORDER BY key")
    glossary = dict(rows(path, "SELECT key, terms FROM answers"))
    with Answers(path) as answers:
        assert answers.count() == len(before) == 15
    assert rows(path, f"SELECT {kept} FROM answers ORDER BY key") == before
    assert dict(rows(path, "SELECT key, glossary FROM answers")) == {k: fingerprint(v) for k, v in glossary.items()}
    assert rows(path, "SELECT count(*) FROM answers WHERE call IS NULL") == [(15,)]
    assert rows(path, "PRAGMA user_version") == [(SCHEMA,)]


def test_a_migrated_database_has_the_shape_of_a_new_one(path, tmp_path):
    """Column by column."""
    with Answers(path), Answers(tmp_path / "new.db"):
        pass
    for table in ("answers", "calls", "fixed_parts", "batched", "former"):
        columns = f"SELECT name, type, pk FROM pragma_table_info('{table}')"
        assert rows(path, columns) == rows(tmp_path / "new.db", columns), table


def test_killed_half_way_it_is_as_before(path):
    """At any step of the migration: the next run does all of it."""
    steps = len(schema._RECEIPTS) + 4
    code = """
import os, sqlite3, sys
from pathlib import Path
from pipeline.asking.schema import prepare
db = sqlite3.connect(sys.argv[1], isolation_level=None)
left = int(sys.argv[2])
def trace(statement):
    global left
    left -= 1
    if left == 0:
        os._exit(9)
db.set_trace_callback(trace)
prepare(db, Path(sys.argv[1]))
"""
    before = rows(path, "SELECT * FROM answers ORDER BY key")
    killed = 0
    for step in range(2, steps + 4):
        ended = subprocess.run([sys.executable, "-c", code, str(path), str(step)], cwd=Path(__file__).parents[1])
        if rows(path, "PRAGMA user_version") == [(SCHEMA,)]:
            break
        killed += 1
        assert ended.returncode == 9
        assert rows(path, "SELECT * FROM answers ORDER BY key") == before
        assert rows(path, "SELECT name FROM sqlite_master WHERE name = 'calls'") == []
    assert killed > 8


def test_two_processes_migrate_once(path):
    """The second finds it done."""
    with Answers(path) as one, Answers(path) as other:
        assert one.count() == other.count() == 15


def test_no_text_has_no_fingerprint():
    """A question without glossary rows is told by that."""
    assert (fingerprint(""), len(fingerprint("agent → 智能体"))) == ("", 12)
