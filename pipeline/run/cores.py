"""Writes many days for which nothing is asked, one on each core: to check and render a year takes minutes."""

import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from pipeline.records import RunReport
from pipeline.run.day import Day
from pipeline.run.writing import MANY, Work

Write = Callable[[Work, Day], RunReport]
"""A function of a module: other processes look it up by its name."""


def write_days(write: Write, work: Work, days: Sequence[Day]) -> Iterator[RunReport]:
    """The report of each day, in their order; from MANY papers on, with a process a core. Raises what `write` raises."""
    if len(days) < 2 or sum(day.announced for day in days) < MANY:
        yield from (write(work, day) for day in days)
        return
    # Spawn, because a fork would copy this process's threads.
    cores = ProcessPoolExecutor(mp_context=get_context("spawn"), initializer=_begin, initargs=(write, work))
    with cores:
        try:
            yield from cores.map(_written, days)
        finally:  # also when it is left in the middle: what has not begun does not begin
            cores.shutdown(wait=False, cancel_futures=True)


_given: list[tuple[Write, Work]] = []
"""In a process of its own: what it was started with. Its caches belong to that work."""


def _begin(write: Write, work: Work) -> None:
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C reaches all processes of a terminal; the first one ends the others
    _given.append((write, work))


def _written(day: Day) -> RunReport:
    ((write, work),) = _given
    return write(work, day)
