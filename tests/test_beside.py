"""Judging in other processes: the same verdicts, and none lost with a process."""

import asyncio
import multiprocessing

import pytest

from pipeline import rules
from pipeline.asking import beside
from pipeline.asking.beside import judging
from pipeline.asking.segments import segments_of
from tests.factories import context, kept, only, paper

CHECKS = only("untranslated")
TEXT = "It works"


@pytest.fixture(autouse=True)
def earlier_processes_have_ended():
    """A run does not wait for its processes to end, and the tests below count them."""
    for process in multiprocessing.active_children():
        process.join()


@pytest.fixture
def judged_here(monkeypatch):
    """The cases that this process judges itself."""
    cases = []
    analysis = rules.Analysis
    monkeypatch.setattr(rules, "Analysis", lambda case: cases.append(case) or analysis(case))
    return cases


@pytest.fixture
def two_cores(monkeypatch):
    monkeypatch.setattr(beside, "spare_cores", lambda: 1)


def answered(todo, of):
    """A segment, and an answer to it that has a fault."""
    (segment,) = segments_of(of, "abstract_zh", todo)
    return [segment], [kept(segment.key, text=TEXT, field="abstract_zh")]


def verdict(todo, of):
    return todo.judge.problems_of(todo.judge.case_of(of, "abstract_zh", TEXT))


def test_what_another_process_judged_is_not_judged_again(judged_here, two_cores):
    """The verdict is the one that this process would reach."""
    todo, of, twin = context(checks=CHECKS), paper(id="2606.00041"), paper(id="2606.00042")

    async def ask():
        with judging(todo.judge, range(beside.BEHIND)) as ahead:
            await ahead(*answered(todo, of))

    asyncio.run(ask())
    found = verdict(todo, of)
    assert not judged_here
    assert found
    assert found == tuple(each.model_copy(update={"id": of.id}) for each in verdict(todo, twin))


def test_a_killed_process_loses_no_verdict(judged_here, two_cores):
    """What it leaves is judged here, for the rest of the run."""
    todo, of = context(checks=CHECKS), paper(id="2606.00043")

    async def ask():
        with judging(todo.judge, range(beside.BEHIND)) as ahead:
            await ahead(*answered(todo, paper(id="2606.00044")))
            (process,) = multiprocessing.active_children()
            process.kill()
            for _ in range(3):
                await ahead(*answered(todo, of))

    asyncio.run(ask())
    assert verdict(todo, of)
    assert [case.id for case in judged_here] == [of.id]


@pytest.mark.parametrize(("behind", "cores"), [(beside.BEHIND - 1, 1), (beside.BEHIND, 0)])
def test_whoever_keeps_up_or_has_one_core_judges_here(judged_here, monkeypatch, behind, cores):
    """To start a process would take longer, or take the core away."""
    monkeypatch.setattr(beside, "spare_cores", lambda: cores)
    todo, of = context(checks=CHECKS), paper(id=f"2606.0005{cores}")

    async def ask():
        with judging(todo.judge, range(behind)) as ahead:
            await ahead(*answered(todo, of))

    asyncio.run(ask())
    assert not multiprocessing.active_children()
    assert verdict(todo, of)
    assert judged_here
