"""The cores of this machine: a process for each, for what takes minutes, such as checking and rendering a year."""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cached_property
from multiprocessing import get_context
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

G = TypeVar("G")
T = TypeVar("T")
R = TypeVar("R")
MANY = 2000
"""From this number of papers on, other processes pay: below, starting them takes longer."""


class Cores(Generic[G]):
    """The processes of a command; they start when they are first needed and end with the `with` block.

    `given` is sent to each of them once, so what it remembers serves all that this process does. They do not start
    processes of their own: what they are given holds no Cores.
    """

    def __init__(self, given: G, papers: int) -> None:
        """`papers`: how many the command is about."""
        self._given = given
        self._papers = papers

    def map(self, do: Callable[[G, T], R], items: Sequence[T], *, size: int = 1) -> Iterator[R]:
        """`do` of each item, in their order, `size` items at a time; here, where they are few. `do` is a function of a
        module: other processes look it up by its name. Raises what it raises."""
        if self._papers < MANY or len(items) < 2:
            yield from (do(self._given, item) for item in items)
        else:
            yield from self._processes.map(_Done(do), items, chunksize=size)

    @cached_property
    def _processes(self) -> ProcessPoolExecutor:
        # Spawn, because a fork would copy this process's event loop, threads and open database.
        return ProcessPoolExecutor(
            max_workers=min(os.cpu_count() or 1, 1 + self._papers // MANY),
            mp_context=get_context("spawn"),
            initializer=_begin,
            initargs=(self._given,),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        if "_processes" in vars(self):
            self._processes.shutdown(cancel_futures=True)  # what has not begun does not begin


class _Done(Generic[G, T, R]):
    """In another process: does it with what that process was given."""

    def __init__(self, do: Callable[[G, T], R]) -> None:
        self._do = do

    def __call__(self, item: T) -> R:
        (given,) = _given
        return self._do(given, item)


_given: list[Any] = []
"""In a process of its own: what it was started with. Its caches belong to that."""


def _begin(given: object) -> None:
    # Ctrl-C reaches all processes of a terminal; the first one ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _given.append(given)
