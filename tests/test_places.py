"""How many calls are in flight at once."""

import asyncio
from contextlib import AsyncExitStack

from pipeline.model.places import GROW_AFTER, Places


async def take(places, most):
    """Takes as many places as there are, at most so many; one exit stack each."""
    taken = []
    for _ in range(most):
        place = AsyncExitStack()
        try:
            async with asyncio.timeout(0.01):
                await place.enter_async_context(places.one())
        except TimeoutError:
            break
        taken.append(place)
    return taken


async def leave(taken):
    for place in taken:
        await place.aclose()


async def room(places):
    """How many could be in flight now."""
    taken = await take(places, 100)
    await leave(taken)
    return len(taken)


def test_as_many_as_configured_are_in_flight():
    """And not one more, again and again."""

    async def run():
        places = Places(5)
        return await room(places), await room(places)

    assert asyncio.run(run()) == (5, 5)


def test_refusals_leave_as_many_as_were_let_in():
    """Of 9 in flight 6 are refused, one after another: 3 stay, and after enough answers a fourth is tried again."""

    async def run():
        places = Places(9)
        taken = await take(places, 9)
        for refused in taken[3:]:
            assert places.refused()
            await refused.aclose()
        await leave(taken[:3])
        assert await room(places) == 3
        for _ in range(3 * GROW_AFTER):
            places.answered()
        assert await room(places) == 4

    asyncio.run(run())


def test_a_refusal_with_nothing_else_in_flight_is_no_matter_of_places():
    """The account's places are taken by somebody else: waiting helps, fewer places don't."""

    async def run():
        places = Places(4)
        taken = await take(places, 1)
        assert not places.refused()
        await leave(taken)
        assert await room(places) == 4

    asyncio.run(run())


def test_calls_that_hang_in_a_queue_leave_half_of_what_came_back_meanwhile():
    """Ollama works off 20 in the time a call may take: 10 at once then wait half as long, and none is late."""

    async def run():
        places = Places(64)
        taken = await take(places, 64)
        for _ in taken[20:]:
            places.hung(20)
        await leave(taken)
        assert await room(places) == 10
        for _ in range(1000):
            places.answered()
        assert await room(places) == 10

    asyncio.run(run())


def test_a_call_that_hangs_while_hundreds_come_back_changes_nothing():
    """Nor one that hangs while none does: then there is nothing to learn."""

    async def run():
        places = Places(8)
        taken = await take(places, 8)
        places.hung(400)
        places.hung(0)
        await leave(taken)
        assert await room(places) == 8

    asyncio.run(run())
