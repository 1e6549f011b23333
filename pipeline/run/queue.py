"""A queue of the papers of all days; a day is finished when its last paper is done.

A paper is checked only when its turn comes, so only the days being asked are in memory. Does not ask or write itself.
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
    """A day in the queue."""

    day: Day
    ahead: int
    """Number of papers that were not checked yet."""
    waiting: set[_Version] = field(default_factory=set)
    """Papers that are being asked."""
    failures: dict[tuple[str, str], QuestionFailed] = field(default_factory=dict)
    begun: bool = False
    """Whether a paper of it was asked."""


class Queue:
    """Iterates once over the papers with missing fields; a paper in several days is asked only once.

    `lacks(paper)`: whether there is something to ask; `finish` is called for each day after its last paper.
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
        """Papers whose questions failed; they are not asked again for another digest."""

    def __iter__(self) -> Iterator[Paper]:
        if self._first:
            yield self._first
        yield from self._line

    @property
    def length(self) -> int:
        """Papers asked so far, plus all papers not checked yet."""
        return self._asked + sum(place.ahead for place in self._places)

    @property
    def is_empty(self) -> bool:
        """After `finish_complete_days`: whether no paper has missing fields."""
        return self._first is None

    def finish_complete_days(self) -> None:
        """Finishes the complete days before the first paper with missing fields."""
        self._first = next(self._line, None)

    def done(self, paper: Paper, failures: Failures) -> None:
        """Records that a paper was asked."""
        version = paper.id, paper.version
        if failures:  # mutant: only faster
            self._failed[version] = failures
        for place in self._asking.pop(version):
            place.waiting.remove(version)
            place.failures.update(failures)
            place.begun = True
            self._finish_if_over(place)

    def begun(self) -> list[tuple[Day, Failures]]:
        """The unfinished days of which a paper was asked."""
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
