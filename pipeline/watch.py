"""Progress of a run: a bar on a terminal; without a terminal, a line every LOG_SECONDS."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.table import Column
from rich.text import Text

from pipeline.text.secrets import masked
from pipeline.text.visible import visible

_log = logging.getLogger(__name__)
LOG_SECONDS = 15
"""Seconds between two lines of progress without a terminal."""


class Watch:
    """Writes to stderr, because stdout is for results."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(stderr=True, highlight=False)

    def say(self, line: str) -> None:
        _log.info("%s", line)
        self.console.print(visible(masked(line)), markup=False, soft_wrap=True)

    @contextmanager
    def progress(self, what: str, total: Callable[[], int], facts: Callable[[], str]) -> Iterator[Callable[[], None]]:
        """Shows how many of the `total` papers known so far are done; `facts` adds tokens and cost. Yields a function
        to call after each paper."""
        show = self._bar if self.console.is_terminal else self._log
        with show(what, total, facts) as advance:
            yield advance

    @contextmanager
    def _bar(self, what: str, total: Callable[[], int], facts: Callable[[], str]) -> Iterator[Callable[[], None]]:
        columns: list[ProgressColumn] = [
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(compact=True),
            _Facts(facts),
        ]
        started, finished = time.monotonic(), 0
        with Progress(*columns, console=self.console, refresh_per_second=4) as bar:
            task = bar.add_task(what, total=total(), rate="")

            def advance() -> None:
                nonlocal finished
                finished += 1
                bar.update(task, advance=1, total=total(), rate=_rate(finished, started))

            yield advance

    @contextmanager
    def _log(self, what: str, total: Callable[[], int], facts: Callable[[], str]) -> Iterator[Callable[[], None]]:
        started = told = time.monotonic()
        finished = 0

        def advance() -> None:
            nonlocal finished, told
            finished += 1
            now, known = time.monotonic(), total()
            if now - told >= LOG_SECONDS or finished == known:
                told = now
                left = (known - finished) * (now - started) / finished
                self.say(f"{what} {finished}/{known}, {_rate(finished, started)}, {left:.0f} s left, {facts()}")

        yield advance


class _Facts(ProgressColumn):
    """Drawn anew with the bar: the tokens of a small model move long before its first paper is done."""

    def __init__(self, facts: Callable[[], str]) -> None:
        super().__init__(table_column=Column(no_wrap=True))  # on a narrow terminal cut off, instead of five lines high
        self._facts = facts

    def render(self, task: Task) -> Text:  # noqa: ARG002 - rich asks for it
        return Text(self._facts())


def _rate(finished: int, started: float) -> str:
    per_minute = finished * 60 / max(time.monotonic() - started, 0.001)
    return f"{per_minute:.0f}/min"
