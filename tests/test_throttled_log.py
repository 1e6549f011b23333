"""Log lines about retries and waits, on a clock of the test's own."""

from pipeline.model.throttled_log import QUIET_SECONDS, ThrottledLog


class Log(ThrottledLog):
    def __init__(self):
        self.lines, self.now = [], 0.0
        super().__init__(self.lines.append, lambda: self.now)


def test_the_first_line_is_written_and_those_soon_after_are_counted():
    """With the last of them, when QUIET_SECONDS are over; one alone is written as it is."""
    log = Log()
    log.add("retry", "first")
    log.add("wait", "second")
    log.add("retry", "third")
    assert log.lines == ["first"]
    log.now = QUIET_SECONDS
    log.add("wait", "fourth")
    assert log.lines[1:] == ["fourth (1 retries, 2 answers 429 since the last line)"]
    log.now = 2 * QUIET_SECONDS
    log.add("wait", "fifth")
    assert log.lines[2:] == ["fifth"]


def test_what_is_counted_is_written_at_the_end():
    """Nothing where there is nothing; only the kinds that came are named."""
    log = Log()
    log.flush()
    assert log.lines == []
    for line in ("first", "second", "third"):
        log.add("retry", line)
    log.flush()
    log.flush()
    assert log.lines == ["first", "third (2 retries since the last line)"]


def test_a_line_that_must_not_be_missed_is_written_at_once():
    """It changes nothing about the others."""
    log = Log()
    log.add("wait", "first")
    log.write("the endpoint is down")
    assert log.lines == ["first", "the endpoint is down"]
