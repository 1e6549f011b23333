"""How many calls are in flight at once."""

import asyncio
from contextlib import AsyncExitStack

from pipeline.model.slots import GROW_AFTER, ConcurrencyLimit


async def take(slots, most):
    """Takes as many slots as there are, at most so many; one exit stack each."""
    taken = []
    for _ in range(most):
        slot = AsyncExitStack()
        try:
            async with asyncio.timeout(0.01):
                await slot.enter_async_context(slots.slot())
        except TimeoutError:
            break
        taken.append(slot)
    return taken


async def leave(taken):
    for slot in taken:
        await slot.aclose()


async def room(slots):
    """How many could be in flight now."""
    taken = await take(slots, 100)
    await leave(taken)
    return len(taken)


def test_as_many_as_configured_are_in_flight():
    """And not one more, again and again."""

    async def run():
        slots = ConcurrencyLimit(5)
        return await room(slots), await room(slots)

    assert asyncio.run(run()) == (5, 5)


def test_refusals_leave_as_many_as_were_let_in():
    """Of 9 in flight 6 are refused, one after another: 3 stay, and after enough answers a fourth is tried again."""

    async def run():
        slots = ConcurrencyLimit(9)
        taken = await take(slots, 9)
        for refused in taken[3:]:
            assert slots.refused()
            await refused.aclose()
        await leave(taken[:3])
        assert await room(slots) == 3
        for _ in range(3 * GROW_AFTER):
            slots.answered()
        assert await room(slots) == 4

    asyncio.run(run())


def test_a_refusal_with_nothing_else_in_flight_is_no_matter_of_places():
    """The account's slots are taken by somebody else: waiting helps, fewer slots don't."""

    async def run():
        slots = ConcurrencyLimit(4)
        taken = await take(slots, 1)
        assert not slots.refused()
        await leave(taken)
        assert await room(slots) == 4

    asyncio.run(run())


def test_calls_that_hang_in_a_queue_leave_half_of_what_came_back_meanwhile():
    """Ollama works off 20 in the time a call may take: 10 at once then wait half as long, and none is late."""

    async def run():
        slots = ConcurrencyLimit(64)
        taken = await take(slots, 64)
        for _ in taken[20:]:
            slots.hung(20)
        await leave(taken)
        assert await room(slots) == 10
        for _ in range(1000):
            slots.answered()
        assert await room(slots) == 10

    asyncio.run(run())


def test_a_call_that_hangs_while_hundreds_come_back_changes_nothing():
    """Nor one that hangs while none does: then there is nothing to learn."""

    async def run():
        slots = ConcurrencyLimit(8)
        taken = await take(slots, 8)
        slots.hung(400)
        slots.hung(8)
        slots.hung(0)
        await leave(taken)
        assert await room(slots) == 8

    asyncio.run(run())


def test_a_slot_that_is_not_given_back_yet_may_stay():
    """Where answers raise the limit before it is free, it is not given out twice."""

    async def run():
        slots = ConcurrencyLimit(4)
        taken = await take(slots, 4)
        assert slots.refused()
        for _ in range(3 * GROW_AFTER):
            slots.answered()
        assert await take(slots, 1) == []
        await leave(taken)
        assert await room(slots) == 4

    asyncio.run(run())


def test_a_refusal_gives_back_no_slots():
    """More may be in flight than the limit is by now."""

    async def run():
        slots = ConcurrencyLimit(9)
        taken = await take(slots, 9)
        slots.hung(4)
        assert slots.refused()
        await leave(taken)
        assert await room(slots) == 2

    asyncio.run(run())
