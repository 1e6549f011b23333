"""Judges answers in other processes, while this one sends questions and receives answers.

To judge a paper takes as long as to send and receive it. The verdicts are only taken over by what remembers them
(rules/); resolve.py asks as if nothing had happened, and judges itself what was not judged here.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence, Sized
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

from pipeline.asking.answers import StoredAnswer
from pipeline.asking.resolve import case_of_answer
from pipeline.asking.segments import Segment
from pipeline.processes import pool, spare_cores
from pipeline.records import Problem
from pipeline.rules import Case, ValidateSettings, everything_found, take_over
from pipeline.rules.judge import Judge

Ahead = Callable[[Sequence[Segment], Sequence[StoredAnswer]], Awaitable[None]]
"""Judges the answers to these segments, before they are looked at."""

BEHIND = 100
"""Papers that wait for their answers to be judged; that takes as long as to start a process."""


@contextmanager
def judging(judge: Judge, waiting: Sized) -> Iterator[Ahead]:
    """The function that judges ahead: it starts processes when answers come faster than they are judged.

    `waiting`: the papers whose answers wait for the event loop.
    """
    processes: ProcessPoolExecutor | None = None

    async def ahead(segments: Sequence[Segment], rows: Sequence[StoredAnswer]) -> None:
        nonlocal processes
        if processes is None:
            if len(waiting) < BEHIND or not spare_cores():
                return
            processes = pool(spare_cores())
        answers = zip(segments, rows, strict=True)
        cases = [case_of_answer(asked, row, judge) for asked, row in answers if asked.reviewed is None]
        try:
            found = await asyncio.wrap_future(processes.submit(_judged, cases, judge.settings))
        except BrokenProcessPool:
            return  # a process was killed: what it leaves is judged here
        for case, problems in zip(cases, found, strict=True):
            take_over(case, judge.settings, problems)

    try:
        yield ahead
    finally:
        if processes:
            processes.shutdown(wait=False, cancel_futures=True)


def _judged(cases: Sequence[Case], settings: ValidateSettings) -> list[tuple[Problem, ...]]:
    return [everything_found(case, settings) for case in cases]
