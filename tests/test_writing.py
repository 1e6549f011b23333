"""How the days of a run are written beside its questions."""

import threading
from types import SimpleNamespace

import pytest

from pipeline.run.writing import Writer

SECONDS = 10


def day(name, error=None):
    """`begins` when it is written, which `may_end` lets go on; then it fails or is `written`."""
    return SimpleNamespace(
        name=name, error=error, begun=threading.Event(), may_end=threading.Event(), written=threading.Event()
    )


def write(day, failures):
    day.begun.set()
    assert day.may_end.wait(SECONDS)
    if day.error:
        raise day.error
    day.written.set()


def test_days_are_written_beside_and_in_turn():
    """Nobody waits for one to be written until the end."""
    one, two = day("one"), day("two")
    with Writer(write) as writer:
        writer.hand_over(one, {})
        writer.hand_over(two, {})
        assert one.begun.wait(SECONDS)
        assert not two.begun.is_set()
        one.may_end.set()
        two.may_end.set()
    assert one.written.is_set()
    assert two.written.is_set()


def test_a_day_that_cannot_be_written_is_told_with_the_next_one():
    """Else a run would go on for hours."""
    broken, after = day("broken", OSError("no room")), day("after")
    with Writer(write) as writer:
        writer.hand_over(broken, {})
        writer.hand_over(after, {})
        broken.may_end.set()
        assert after.begun.wait(SECONDS)
        after.may_end.set()
        with pytest.raises(OSError, match="no room"):
            writer.hand_over(day("third"), {})


def test_the_last_day_that_cannot_be_written_is_told_at_the_end():
    """There is no next one."""
    broken = day("broken", OSError("no room"))
    broken.may_end.set()
    with pytest.raises(OSError, match="no room"), Writer(write) as writer:
        writer.hand_over(broken, {})


def test_what_ends_a_run_ends_its_writing():
    """The day at work is finished, the others are not begun, and the cause is what is told."""
    one, two = day("one", OSError("no room")), day("two")

    def stopped():
        with Writer(write) as writer:
            writer.hand_over(one, {})
            writer.hand_over(two, {})
            assert one.begun.wait(SECONDS)
            threading.Timer(0.05, one.may_end.set).start()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert one.may_end.is_set()
    assert not two.begun.is_set()
