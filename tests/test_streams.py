"""Whatever stands behind stdout and stderr, the digest is written and the exit status says what became of it."""

import os
import subprocess
import sys

import pytest

from tests import invented
from tests.desk import KEY
from tests.model_server import FILTERED

pytestmark = pytest.mark.slow


def typed(desk, line, **environment):
    """A line of shell, in which $WENZHAI is the command with this desk's config."""
    desk.save_config()
    command = f"'{sys.executable}' -m pipeline --config '{desk.folder / 'config.yaml'}'"
    return subprocess.run(
        ["sh", "-c", line.replace("$WENZHAI", command)],
        cwd=desk.house,
        env={**os.environ, "OPENAI_API_KEY": KEY, **environment},
        capture_output=True,
        timeout=120,
    )


@pytest.mark.parametrize(
    "line",
    [
        "$WENZHAI run >&-",
        "$WENZHAI run 2>&-",
        "$WENZHAI run <&- >&- 2>&-",
        "$WENZHAI run >/dev/full",
        "$WENZHAI run >/dev/full 2>/dev/full",
        "$WENZHAI --verbose run 2>/dev/full",
        "{ $WENZHAI run; echo $? >status; } | true; exit $(cat status)",
    ],
)
def test_nobody_listens(desk, line):
    """Closed, full, or gone away: 0 for a whole digest, and nothing of what was to be told is in any file."""
    ran = typed(desk, f"cd '{desk.folder}'; PYTHONPATH='{desk.house}'; export PYTHONPATH; {line}")
    assert ran.returncode == 0, ran
    assert b"Traceback" not in ran.stderr and b"Exception" not in ran.stderr
    assert "公告 3 = 收录 3 " in desk.digest
    assert desk.wenzhai("run").status == 0
    assert len(desk.asked()) == 3  # answers.db is whole


@pytest.mark.parametrize(("line", "status"), [("$WENZHAI run >&- 2>&-", 3), ("$WENZHAI run --date 2020-01-01 2>&-", 1)])
def test_what_is_wrong_is_still_said_by_the_status(desk, line, status):
    """A paper that failed, and a run that stopped."""
    desk.provider.behaves = lambda asked, number: invented.good(asked) if number else FILTERED
    assert typed(desk, line).returncode == status


@pytest.mark.parametrize("environment", [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0"}])
def test_a_terminal_that_knows_ascii_alone(desk, environment):
    """No word of ours stops a command, and the digest is what it always is."""
    environment = {"PYTHONCOERCECLOCALE": "0", **environment}
    ran = typed(desk, "$WENZHAI run", **environment)
    assert ran.returncode == 0, ran
    assert "公告 3 = 收录 3 " in desk.digest
    for command in ("status", "plan", "--help", "doctor"):
        ran = typed(desk, f"$WENZHAI {command}", **environment)
        assert (ran.returncode, b"Traceback" in ran.stderr) == (0, False), ran
