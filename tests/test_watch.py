"""What the person watching sees: lines in a log, a bar on a terminal, all on stderr."""

import io

import pytest
from rich.console import Console

from pipeline import watch
from pipeline.watch import Watch


def facts():
    return "1,000 tokens, 0.1 CNY"


@pytest.fixture
def clock(monkeypatch):
    """A clock that a test turns on by hand."""

    class Clock:
        seconds = 0.0

        def monotonic(self):
            return self.seconds

    clock = Clock()
    monkeypatch.setattr(watch, "time", clock)
    return clock


def test_a_log_has_a_line_now_and_then_and_one_at_the_end(clock):
    """At most one in 15 seconds: how many are done, the rate, what is left, and the facts of that moment."""
    out = io.StringIO()
    with Watch(Console(file=out, width=40)).progress("asking", lambda: 4, facts) as advance:
        for seconds in (6, 16, 20, 24):
            clock.seconds = seconds
            advance()
    assert out.getvalue().splitlines() == [
        "asking 2/4, 8/min, 16 s left, 1,000 tokens, 0.1 CNY",
        "asking 4/4, 10/min, 0 s left, 1,000 tokens, 0.1 CNY",
    ]


def test_nothing_done_says_nothing(clock):
    """Beginning and stopping alone write no line, and a first paper in no time at all is no error."""
    out = io.StringIO()
    with Watch(Console(file=out)).progress("asking", lambda: 2, facts):
        pass
    assert out.getvalue() == ""
    with Watch(Console(file=out, width=200)).progress("asking", lambda: 1, facts) as advance:
        advance()
    assert out.getvalue().startswith("asking 1/1, ")


def test_a_terminal_has_a_bar():
    """It is there from the start, and shows count, rate and facts at the end."""
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=120, color_system=None)
    with Watch(console).progress("asking", lambda: 3, facts) as advance:
        for _ in range(3):
            advance()
    shown = out.getvalue()
    assert "0/3" in shown or "1/3" in shown
    last = shown[shown.rindex("3/3") - 60 :]
    assert "asking" in last
    assert "/min" in last
    assert "1,000 tokens, 0.1 CNY" in last


def test_what_stops_the_run_is_let_through():
    """The bar is taken down, the error goes on."""
    console = Console(file=io.StringIO(), force_terminal=True)
    with pytest.raises(KeyboardInterrupt), Watch(console).progress("asking", lambda: 3, facts):
        raise KeyboardInterrupt
    with Watch(console).progress("asking", lambda: 3, facts):
        pass


def test_lines_are_said_as_they_are():
    """No word of an error is taken for markup, and a long line is not broken."""
    out = io.StringIO()
    line = "http://127.0.0.1:9/v1: 429 [bold]slow down[/bold], waiting 3 s " + "x" * 200
    Watch(Console(file=out, width=40)).say(line)
    assert out.getvalue() == line + "\n"


def test_stdout_is_left_to_results(capsys):
    """`wenzhai run > file` holds no progress."""
    Watch().say("waiting 3 s")
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "waiting 3 s\n")


def test_no_escape_sequence_of_a_server_reaches_the_terminal():
    """A provider's error text may hold anything."""
    out = io.StringIO()
    Watch(Console(file=out, width=80)).say("503 \x1b]0;title\x07\x1b[2Jgone [red]")
    assert out.getvalue() == "503 �]0;title��[2Jgone [red]\n"
