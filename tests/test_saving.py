"""Answers of one moment are stored together, and none is lost or costs another paper."""

import asyncio
import sqlite3
from contextlib import suppress

import pytest

from pipeline.asking import saving as stores
from pipeline.asking.answers import Answers
from pipeline.asking.saving import saving
from pipeline.errors import AnswersError
from tests.factories import kept


@pytest.fixture
def answers(tmp_path):
    with Answers(tmp_path / "answers.db") as opened:
        yield opened


def save_together(answers, *rows):
    """What became of each row, in order: None, or the error."""

    async def each(save, row):
        await save(([row], None))

    async def every():
        with saving(answers) as save:
            return await asyncio.gather(*(each(save, row) for row in rows), return_exceptions=True)

    return asyncio.run(every())


def transactions(answers):
    seen = []
    answers._db.set_trace_callback(lambda statement: seen.append(statement) if statement.startswith("COMMIT") else None)
    return seen


def test_what_arrives_together_is_stored_in_one_transaction(answers):
    """And everybody is told once it is stored."""
    seen = transactions(answers)
    assert save_together(answers, *(kept(str(number)) for number in range(30))) == [None] * 30
    assert len(seen) == 1
    assert answers.count() == 30
    assert answers.spent == pytest.approx(15)


def test_what_arrives_alone_does_not_wait(answers, monkeypatch):
    """Only what follows at once does."""
    monkeypatch.setattr(stores, "MOMENT_SECONDS", 0.2)

    async def two():
        loop, waits = asyncio.get_running_loop(), []
        call_at = loop.call_at
        monkeypatch.setattr(loop, "call_at", lambda at, do: waits.append(at - loop.time()) or call_at(at, do))
        with saving(answers) as save:
            await save(([kept("a")], None))
            await save(([kept("b")], None))
        return waits

    first, second = asyncio.run(two())
    assert first <= 0 < second


def test_an_answer_that_cannot_be_stored_costs_only_its_paper(answers):
    """The others of its moment are stored."""
    outcomes = save_together(answers, kept("a"), kept("b", text="\ud800"), kept("c", prompt_tokens=10**30), kept("d"))
    assert [type(each) for each in outcomes] == [type(None), UnicodeEncodeError, OverflowError, type(None)]
    assert answers.count() == 2


def test_a_full_disk_is_told_to_everybody(answers):
    """Nobody goes on as if the answer were stored."""
    answers._db.execute("PRAGMA max_page_count = 1")
    outcomes = save_together(answers, *(kept(str(number), text="长" * 9000) for number in range(3)))
    assert [type(each) for each in outcomes] == [AnswersError] * 3


def test_what_waits_when_the_run_is_interrupted_is_stored(answers, monkeypatch):
    """It is paid for."""
    monkeypatch.setattr(stores, "MOMENT_SECONDS", 60)

    async def interrupted():
        with saving(answers) as save:
            await save(([kept("a")], None))
            async with asyncio.timeout(0.001):
                await save(([kept("b")], None))

    with pytest.raises(TimeoutError):
        asyncio.run(interrupted())
    assert answers.count() == 2


def test_it_is_stored_once(answers, monkeypatch):
    """Although the event loop goes on for a while."""
    monkeypatch.setattr(stores, "MOMENT_SECONDS", 0.02)

    async def interrupted():
        with suppress(TimeoutError), saving(answers) as save:
            await save(([kept("a")], None))
            async with asyncio.timeout(0):
                await save(([kept("b")], None))
        await asyncio.sleep(0.1)

    asyncio.run(interrupted())
    assert (answers.count(), answers.spent) == (2, pytest.approx(1))


def test_a_disk_that_is_full_at_an_interruption_is_told(answers, monkeypatch):
    """Else the answer would be lost without a word."""
    monkeypatch.setattr(stores, "MOMENT_SECONDS", 60)

    async def interrupted():
        with saving(answers) as save:
            await save(([kept("a")], None))
            answers._db.execute("PRAGMA query_only = ON")
            async with asyncio.timeout(0.001):
                await save(([kept("b")], None))

    with pytest.raises(AnswersError):
        asyncio.run(interrupted())
    with pytest.raises(sqlite3.OperationalError):
        answers._db.execute("DELETE FROM answers")
