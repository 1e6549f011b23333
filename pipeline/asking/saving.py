"""Stores answers as they arrive: those of one moment in one transaction, because each transaction waits for the disk."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager

from pipeline.asking.answers import Answered, Answers
from pipeline.errors import AnswersError

MOMENT_SECONDS = 0.05
"""Time between two transactions; what arrives after a longer silence is stored at once."""

Save = Callable[[Answered], Awaitable[None]]
"""Returns when the answers of this call are stored. Raises AnswersError, or what is wrong with these answers."""
_Waiting = tuple[Answered, asyncio.Future[None]]


@contextmanager
def saving(answers: Answers) -> Iterator[Save]:
    """The function that stores answers, for use within the running event loop; at the end all are stored.

    Raises AnswersError there, if nobody waits any more.
    """
    loop = asyncio.get_running_loop()
    waiting: list[_Waiting] = []
    next_at = loop.time()

    def save(answered: Answered) -> Awaitable[None]:
        if not waiting:
            loop.call_at(next_at, store)
        stored = loop.create_future()
        waiting.append((answered, stored))
        return stored

    def store() -> None:
        nonlocal next_at
        next_at = loop.time() + MOMENT_SECONDS
        together = waiting.copy()
        waiting.clear()
        _store(answers, together)

    try:
        yield save
    finally:
        # The run was interrupted; `store` may still be called, and finds nothing.
        rest = [answered for answered, _ in waiting]
        waiting.clear()
        if rest:
            answers.save(rest)


def _store(answers: Answers, together: Sequence[_Waiting]) -> None:
    """What cannot be stored costs only the paper it is about."""
    failed: Exception | None = None
    try:
        if together:
            answers.save([answered for answered, _ in together])
    except (ValueError, OverflowError) as error:
        if len(together) > 1:
            for each in together:
                _store(answers, [each])
            return
        failed = error
    except AnswersError as error:
        failed = error
    for _, stored in together:
        if stored.done():  # its paper was cancelled
            continue
        if failed:
            stored.set_exception(failed)
        else:
            stored.set_result(None)
