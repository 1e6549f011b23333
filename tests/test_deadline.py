"""When a call counts as hung."""

import asyncio
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model.deadline import ENOUGH_CALLS, STUCK, Deadline


def learned(*calls, shortest=0.01, longest=60.0):
    """A deadline that has seen these (seconds, size), its watch having looked at them once."""
    deadline = Deadline(shortest, longest)

    async def lookup():
        for seconds, size in calls:
            deadline.took(seconds, size)
        async with deadline.watched():
            await asyncio.sleep(shortest / 2)

    asyncio.run(lookup())
    return deadline


def test_before_anything_is_known_the_longest_holds():
    """One fast call says nothing."""
    assert learned((0.5, 100)).seconds(100) == 60


def test_it_is_a_few_times_what_nearly_all_calls_take():
    """Stragglers of four times the usual still come in."""
    assert learned(*[(1.0, 100)] * ENOUGH_CALLS).seconds(100) == pytest.approx(STUCK)
    assert learned(*[(1.0, 100)] * 95, *[(9.0, 100)] * 5).seconds(100) < 50


def test_longer_work_may_take_longer():
    """An abstract after many sentences."""
    assert learned(*[(1.0, 100)] * ENOUGH_CALLS).seconds(800) == pytest.approx(8 * STUCK)
    assert learned(*[(1.0, 100)] * ENOUGH_CALLS).seconds(8000) == 60


def test_what_size_means_is_learned():
    """Where long texts take no longer than short ones, a long one that hangs is cut as soon."""
    sizes = [(100 * (1 + number % 10)) for number in range(5 * ENOUGH_CALLS)]
    assert learned(*[(1.0, size) for size in sizes]).seconds(1000) == pytest.approx(STUCK)
    assert learned(*[(0.002 * size, size) for size in sizes]).seconds(1000) == pytest.approx(2 * STUCK)
    assert learned(*[(1.0 + 0.002 * size, size) for size in sizes]).seconds(1000) == pytest.approx(3 * STUCK)


def test_a_small_call_may_take_as_long_as_a_usual_one():
    """A repair of one field is a short question, and its answer may be long."""
    assert learned(*[(0.01 * size, size) for size in range(1, 200)]).seconds(1) == pytest.approx(STUCK)


def test_calls_that_took_no_time_say_nothing():
    """Answers that came while nobody looked."""
    assert learned(*[(0.0, 100)] * ENOUGH_CALLS, shortest=0.02).seconds(100) == 0.02


@given(
    calls=st.lists(st.tuples(st.floats(0, 1000), st.integers(0, 100_000)), min_size=ENOUGH_CALLS, max_size=40),
    size=st.integers(0, 1_000_000),
)
def test_whatever_was_seen_it_stays_between_its_limits(calls, size):
    """And never grows faster than the size."""
    deadline = learned(*calls)
    assert 0.01 <= deadline.seconds(size) <= deadline.seconds(2 * size) <= 60


def test_it_is_never_shorter_than_the_shortest():
    """However fast a cache answers."""
    assert learned(*[(0.001, 100)] * 99, shortest=0.02).seconds(1) == 0.02


def test_calls_in_flight_are_cut_when_it_turns_out_how_fast_the_others_are():
    """Those of the very first second too, long before the longest."""

    async def run():
        deadline = Deadline(0.01, 60)
        async with deadline.watched():
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(20), deadline.one(100):
                    for _ in range(ENOUGH_CALLS):
                        deadline.took(0.01, 100)
                    await asyncio.sleep(10)
                    pytest.fail("not cut")

    asyncio.run(run())


def test_what_came_while_nobody_looked_is_not_late():
    """The program was busy five times as long as a call may take; the answer, there all the while, is taken."""

    async def run():
        deadline = Deadline(0.05, 0.05)
        async with deadline.watched(), deadline.one(100):
            answer = asyncio.get_running_loop().create_future()
            asyncio.get_running_loop().call_soon(time.sleep, 0.25)
            asyncio.get_running_loop().call_later(0.2, answer.set_result, "there")
            return await answer

    assert asyncio.run(run()) == "there"


def test_time_in_which_nobody_looked_is_no_latency():
    """So a busy second at the beginning does not let calls hang for five seconds later."""

    async def run():
        deadline = Deadline(0.01, 60)
        async with deadline.watched():
            for _ in range(ENOUGH_CALLS):
                async with deadline.one(100):
                    time.sleep(0.02)
                    await asyncio.sleep(0)
            await asyncio.sleep(0.01)
            return deadline.seconds(100)

    assert asyncio.run(run()) < 0.05
