"""What a run has asked and used so far."""

from dataclasses import dataclass

from pipeline.records import Usage


@dataclass
class Meter:
    """Adds up while a run asks; refused and broken-off answers are paid for too and count."""

    usage: Usage = Usage()  # noqa: RUF009 - frozen
    waits: int = 0
    """Answers 429; they used nothing up."""

    def add(self, more: Usage) -> None:
        self.usage += more
