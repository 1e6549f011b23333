"""Counts the requests and tokens of a run."""

from dataclasses import dataclass

from pipeline.records import Usage


@dataclass
class Meter:
    """The usage of a run so far; refused and truncated answers count, because they are paid for, too."""

    usage: Usage = Usage()  # noqa: RUF009 - frozen
    waits: int = 0
    """Number of 429 responses; they use no tokens."""

    def add(self, more: Usage) -> None:
        self.usage += more
