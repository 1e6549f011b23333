"""The log: beside the digests, as text or as an object a line."""

import json
import logging

import pytest

from pipeline.log import NAME, log_to


@pytest.fixture(autouse=True)
def closed(tmp_path):
    """No test's file stays open, nor its settings with the next."""
    yield
    log_to(tmp_path / "none", verbose=False)


def test_json_is_an_object_a_line(tmp_path):
    """With time, level, logger and message; a traceback is part of its object, not lines of its own."""
    tmp_path.joinpath("outputs").mkdir()
    log_to(tmp_path / "outputs", verbose=False, style="json")
    log = logging.getLogger("pipeline.tests")
    log.info("%s papers\nannounced", 3)
    try:
        raise ValueError("文")
    except ValueError:
        log.exception("failed")
    plain, failed = map(json.loads, (tmp_path / "outputs" / NAME).read_text("utf-8").splitlines())
    assert plain == {
        "time": plain["time"],
        "level": "INFO",
        "logger": "pipeline.tests",
        "message": "3 papers\nannounced",
    }
    assert plain["time"].endswith("+00:00") and failed["level"] == "ERROR"
    assert failed["traceback"].startswith("Traceback") and failed["traceback"].endswith("ValueError: 文")


def test_the_command_line_chooses(desk):
    """On stderr too, with --verbose."""
    ran = desk.wenzhai("--log-format", "json", "--verbose", "run")
    lines = [line for line in ran.err.splitlines() if line.startswith("{")]
    assert lines and all(json.loads(line)["logger"].startswith("pipeline") for line in lines)
    assert desk.wenzhai("--log-format", "xml", "run").status == 2
