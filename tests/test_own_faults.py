"""A failure is a question's own if nobody else meets it."""

from pipeline.model.own_faults import TIMES, OwnFaults


def met(faults, subject, words, times=TIMES):
    return [faults.is_own(subject, words) for _ in range(times)][-1]


def test_what_only_one_question_meets_is_its_own():
    """Again and again, while others are answered; it may quote another id each time."""
    faults = OwnFaults()
    said = [faults.is_own("a", f"status 500: request {number} blocked") for number in range(TIMES)]
    assert not any(said)
    faults.answered()
    assert faults.is_own("a", "status 500: request 9 blocked")


def test_what_others_meet_is_not():
    """A server that fails now and then fails many."""
    faults = OwnFaults()
    faults.is_own("b", "status 500: internal")
    faults.is_own("a", "status 500: internal")
    faults.answered()
    assert not met(faults, "a", "status 500: internal")


def test_another_status_is_another_failure():
    """Each counts on its own."""
    faults = OwnFaults()
    faults.is_own("a", "status 500: internal")
    faults.answered()
    assert not met(faults, "a", "status 503: busy", times=TIMES - 1)
    assert met(faults, "a", "status 500: internal", times=TIMES - 1)


def test_an_outage_is_nobodys_fault():
    """Nothing was answered since it began."""
    faults = OwnFaults()
    faults.answered()
    assert not met(faults, "a", "status 500: internal", times=9)
