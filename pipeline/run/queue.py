"""The papers of all days in one line: what is lacking is asked in its order, and a day is over when its last paper is.

Looks at a paper only when it is its turn, so that any number of days takes the memory of those at work. Neither asks nor
writes.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.asking.ask import Failures
from pipeline.errors import QuestionFailed
from pipeline.records import Paper
from pipeline.run.day import Day

_Version = tuple[str, int]
"""A paper's id and version."""


@dataclass(eq=False)
class _Place:
    """A day in the line."""

    day: Day
    ahead: int
    """Papers that were not looked at yet."""
    waiting: set[_Version] = field(default_factory=set)
    """Papers that are being asked."""
    failures: dict[tuple[str, str], QuestionFailed] = field(default_factory=dict)
    begun: bool = False
    """Something came for it."""


class Queue:
    """Iterates over the papers that lack something, once; each is asked once, however many days hold it.

    `lacks` tells whether there is something to ask; `finish` is called for a day when nothing more is to come for it.
    """

    def __init__(
        self, days: Sequence[Day], lacks: Callable[[Paper], bool], finish: Callable[[Day, Failures], None]
    ) -> None:
        self._lacks = lacks
        self._finish = finish
        self._places = [_Place(day, _count(day)) for day in days]
        self._line = self._papers()
        self._first: Paper | None = None
        self._asked = 0
        self._asking: dict[_Version, list[_Place]] = {}
        self._failed: dict[_Version, Failures] = {}
        """Asked in vain: not to be asked again for another digest."""

    def __iter__(self) -> Iterator[Paper]:
        if self._first:
            yield self._first
        yield from self._line

    @property
    def length(self) -> int:
        """Papers to be asked, as far as that is known: those not looked at yet count."""
        return self._asked + sum(place.ahead for place in self._places)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is lacking, as far as the line was walked: nothing at all after `finish_complete_days`."""
        return self._first is None

    def finish_complete_days(self) -> None:
        """Hands over the days that lack nothing, up to the first paper that does."""
        self._first = next(self._line, None)

    def done(self, paper: Paper, failures: Failures) -> None:
        """A paper was asked."""
        version = paper.id, paper.version
        if failures:
            self._failed[version] = failures
        for place in self._asking.pop(version):
            place.waiting.remove(version)
            place.failures.update(failures)
            place.begun = True
            self._finish_if_over(place)

    def begun(self) -> list[tuple[Day, Failures]]:
        """The unfinished days for which something came."""
        return [(place.day, place.failures) for place in self._places if place.begun]

    def _papers(self) -> Iterator[Paper]:
        for place in list(self._places):
            wanted = place.day.wanted
            place.day.release()
            for paper in wanted:
                place.ahead -= 1
                version = paper.id, paper.version
                if version in self._failed:
                    place.failures.update(self._failed[version])
                elif self._lacks(paper):
                    place.waiting.add(version)
                    if version in self._asking:
                        self._asking[version].append(place)
                    else:
                        self._asking[version] = [place]
                        self._asked += 1
                        yield paper
            self._finish_if_over(place)

    def _finish_if_over(self, place: _Place) -> None:
        if place in self._places and not place.ahead and not place.waiting:
            self._places.remove(place)
            self._finish(place.day, place.failures)


def _count(day: Day) -> int:
    number = len(day.wanted)
    day.release()
    return number
