"""The cores of this machine, for what takes minutes, such as checking and rendering a year."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cached_property, partial
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from pipeline.processes import pool

G = TypeVar("G")
T = TypeVar("T")
R = TypeVar("R")
MANY = 2000
"""From this number of papers on, other processes pay: below, starting them takes longer."""


class Cores(Generic[G]):
    """The processes of a command, one a core: they start when they are first needed and end with the `with` block.

    Each of them is `given` the same once, so what that remembers serves all that the process does. They start no
    processes of their own: what they are given holds no Cores.
    """

    def __init__(self, given: G, papers: int) -> None:
        """`papers`: how many the command is about."""
        self._given = given
        self._papers = papers

    def map(self, do: Callable[[G, T], R], items: Sequence[T], *, size: int = 1) -> Iterator[R]:
        """`do` of what is given and each item, in their order; `size` items are sent to a process at a time. Few papers, or
        a single item, are done in this process. Raises what `do` raises, a function of a module."""
        if self._papers < MANY or len(items) < 2:
            return (do(self._given, item) for item in items)
        return self._processes.map(partial(_do, do), items, chunksize=size)

    @cached_property
    def _processes(self) -> ProcessPoolExecutor:
        return pool(min(os.cpu_count() or 1, 1 + self._papers // MANY), _begin, self._given)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        if "_processes" in vars(self):
            self._processes.shutdown(cancel_futures=True)  # what has not begun does not begin


_given: list[Any] = []
"""In a process of its own: what it was given."""


def _begin(given: object) -> None:
    _given.append(given)


def _do(do: Callable[[Any, T], R], item: T) -> R:
    (given,) = _given
    return do(given, item)
