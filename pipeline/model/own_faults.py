"""Tells a failure that is a question's own from one that any question may meet; by what else is answered. Pure."""

import re
from dataclasses import dataclass

TIMES = 3
"""So often must a question fail in the same words; a provider that fails one call in ten does so once in a thousand."""


@dataclass
class _Met:
    times: int
    answers_before: int
    """Answers to any question up to the first of these failures."""


class OwnFaults:
    def __init__(self) -> None:
        self._answers = 0
        self._met: dict[str, dict[str, _Met]] = {}
        """Kind of a failure → subject of a question → how it met them."""

    def answered(self) -> None:
        """Any question was answered."""
        self._answers += 1

    def is_own(self, subject: str, words: str) -> bool:
        """Records a failure of a question. True if it met such a one TIMES, and no other question did, while others were
        answered."""
        kind = re.split(r"[:(]", words)[0]  # "status 500"; what follows may quote an id, or the answer
        met = self._met.setdefault(kind, {})
        mine = met.setdefault(subject, _Met(0, self._answers))
        mine.times += 1
        return mine.times >= TIMES and len(met) == 1 and self._answers > mine.answers_before
