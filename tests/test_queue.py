"""Which papers are asked, in which order, and when a day is over."""

from types import SimpleNamespace

from pipeline.errors import NoAnswer
from pipeline.run.queue import Queue
from tests.factories import paper

A, B, C, D = (paper(id=f"2606.0000{number}") for number in range(1, 5))
FAILED = {(A.id, "title_zh"): NoAnswer("hung")}


def day(*papers):
    return SimpleNamespace(wanted=list(papers), release=lambda: None)


class Queueing:
    """`finished`: the numbers of the days that are over, in that order, each with its failures."""

    def __init__(self, *days, complete=()):
        self.finished = []
        self.queue = Queue(
            days,
            lambda paper: paper not in complete,
            lambda day, failures: self.finished.append((days.index(day), dict(failures))),
        )
        self.queue.finish_complete_days()

    @property
    def over(self):
        return [number for number, _ in self.finished]


def test_complete_days_are_over_before_anything_is_asked():
    """Those before the first paper that lacks something; later ones when their turn comes."""
    queueing = Queueing(day(A), day(), day(A, B), day(A), complete=(A,))
    assert queueing.over == [0, 1]
    assert not queueing.queue.is_empty
    papers = iter(queueing.queue)
    assert next(papers) is B
    queueing.queue.done(B, {})
    assert queueing.over == [0, 1, 2]
    assert list(papers) == []
    assert queueing.over == [0, 1, 2, 3]


def test_a_queue_without_missing_fields_is_empty():
    """Nothing is asked, and every day is over."""
    queueing = Queueing(day(A), day(B), complete=(A, B))
    assert queueing.queue.is_empty
    assert list(queueing.queue) == []
    assert queueing.over == [0, 1]


def test_a_day_is_over_with_its_last_paper():
    """Whichever comes back last; and once."""
    queueing = Queueing(day(A, B), day(C))
    papers = iter(queueing.queue)
    assert next(papers) is A
    queueing.queue.done(A, {})
    assert queueing.over == []  # B was not looked at yet
    assert [next(papers), next(papers)] == [B, C]
    queueing.queue.done(C, {})
    assert queueing.over == [1]
    queueing.queue.done(B, {})
    assert list(papers) == []
    assert queueing.over == [1, 0]


def test_a_paper_of_several_days_is_asked_once():
    """All of them wait for it, and learn why it failed."""
    queueing = Queueing(day(A), day(A, B))
    assert list(queueing.queue) == [A, B]
    queueing.queue.done(B, {})
    queueing.queue.done(A, FAILED)
    assert queueing.finished == [(0, FAILED), (1, FAILED)]


def test_a_paper_that_failed_is_not_asked_again_for_a_later_day():
    """The later day learns why; one that was answered lacks nothing by then, and another version is another text."""
    newer = paper(id=A.id, version=2)
    queueing = Queueing(day(A), day(A, newer))
    papers = iter(queueing.queue)
    assert next(papers) is A
    queueing.queue.done(A, FAILED)
    assert next(papers) is newer
    queueing.queue.done(newer, {})
    assert list(papers) == []
    assert queueing.finished == [(0, FAILED), (1, FAILED)]


def test_the_length_is_what_was_asked_and_what_was_not_looked_at():
    """It shrinks where a paper lacks nothing."""
    queueing = Queueing(day(A, B), day(B, C), complete=(B,))
    assert queueing.queue.length == 1 + 3
    assert list(queueing.queue) == [A, C]
    assert queueing.queue.length == 2


def test_a_day_has_begun_when_one_of_its_papers_was_asked():
    """It is written even if the run ends; the others stay as they were."""
    days = [day(A, B), day(C), day(D)]
    queueing = Queueing(*days)
    papers = iter(queueing.queue)
    assert [next(papers), next(papers), next(papers)] == [A, B, C]
    queueing.queue.done(A, FAILED)
    queueing.queue.done(C, {})
    assert queueing.queue.begun() == [(days[0], FAILED)]
