"""Judges answers in other processes, while this one sends questions and receives answers.

To judge a paper takes as long as to send and receive it. The verdicts are only taken over by what remembers them
(rules/); resolve.py asks as if nothing had happened, and judges itself what was not judged here.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable, Iterator, Sequence, Sized
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import chain

from pipeline.asking.answers import StoredAnswer
from pipeline.asking.resolve import case_of_answer
from pipeline.asking.segments import Segment
from pipeline.processes import pool, spare_cores
from pipeline.rules import Case, all_found, take_over
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
    together: list[Case] = []
    judged: asyncio.Task[None] | None = None

    async def ahead(segments: Sequence[Segment], rows: Sequence[StoredAnswer]) -> None:
        nonlocal processes, judged
        if processes is None:
            if len(waiting) < BEHIND or not spare_cores():
                return
            processes = pool(spare_cores())
        if judged is None:
            judged = asyncio.create_task(judge_together(processes))
        answers = zip(segments, rows, strict=True)
        together.extend(case_of_answer(asked, row, judge) for asked, row in answers if asked.reviewed is None)
        await asyncio.shield(judged)

    async def judge_together(processes: ProcessPoolExecutor) -> None:
        """The answers that were stored in one moment: to hand them over one by one would cost a quarter of judging them."""
        nonlocal judged
        cases, judged = together.copy(), None
        together.clear()
        size = math.ceil(len(cases) / spare_cores()) or 1
        parts = [cases[start : start + size] for start in range(0, len(cases), size)]
        try:
            found = await asyncio.gather(
                *(asyncio.wrap_future(processes.submit(all_found, part, judge.settings)) for part in parts)
            )
        except BrokenProcessPool:
            return  # a process was killed: what it leaves is judged here
        for case, problems in zip(cases, chain.from_iterable(found), strict=True):
            take_over(case, judge.settings, problems)

    try:
        yield ahead
    finally:
        if processes:
            processes.shutdown(wait=False, cancel_futures=True)
