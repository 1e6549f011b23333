"""What docs/operating.md and the Dockerfile show works as far as it can without a server: cron's lines, units, commands."""

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.test_docs import PAGES, walk

ROOT = Path(__file__).parents[1]
PAGE = PAGES["docs/operating.md"]
UNITS = re.findall(r"^```ini\n(.*?)^```$", PAGE, re.M | re.S)
CRON = re.findall(r"^[\d*]+ [\d*]+ \* \* 1-5  (.*)$", PAGE, re.M)


def places(tmp_path, status):
    """A HOME as the page has it, with a `wenzhai` that notes what is typed and ends so."""
    for name in ("digests", "wenzhai/.venv/bin"):
        (tmp_path / name).mkdir(parents=True)
    command = tmp_path / "wenzhai/.venv/bin/wenzhai"
    command.write_text(
        f'#!/bin/sh\necho "$PWD $1" >> {tmp_path}/typed\n[ "$1" = send ] || exit {status}\n', encoding="utf-8"
    )
    command.chmod(0o755)
    return {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}


@pytest.mark.parametrize(("status", "typed"), [(0, ["run", "send"]), (3, ["run", "send"]), (1, ["run"])])
def test_cron_sends_what_was_written(tmp_path, status, typed):
    """In the folder of the digests, with cron's bare environment; not after a run that stopped."""
    assert len(CRON) == 2
    for number, line in enumerate(CRON):
        environment = places(tmp_path / str(number), status)
        home = Path(environment["HOME"])
        ran = subprocess.run(["sh", "-c", line], env=environment, check=False)
        assert (home / "typed").read_text("utf-8").split("\n")[:-1] == [f"{home}/digests {word}" for word in typed]
        assert (ran.returncode == 0) == (status != 1)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_takes_the_units(tmp_path):
    """With the command in its place; the timer's times are understood, too."""
    environment = places(tmp_path, 0) | {"XDG_RUNTIME_DIR": str(tmp_path)}
    service, timer = UNITS
    for name, text in (("wenzhai.service", service), ("wenzhai.timer", timer)):
        (tmp_path / name).write_text(text.replace("%h", str(tmp_path)), encoding="utf-8")
    files = [tmp_path / "wenzhai.service", tmp_path / "wenzhai.timer"]
    ran = subprocess.run(
        ["systemd-analyze", "--user", "verify", *files], env=environment, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    for times in re.findall("^OnCalendar=(.*)$", timer, re.M):
        subprocess.run(["systemd-analyze", "calendar", times], check=True, capture_output=True)


def test_the_units_run_commands_that_exist():
    """With the status that is no failure."""
    commands = re.findall(r"^ExecStart=\S+/wenzhai (.*)$", UNITS[0], re.M)
    assert [walk(shlex.split(each)).name for each in commands] == ["run", "send"]
    assert "SuccessExitStatus=3\n" in UNITS[0]


def test_the_backup_is_a_database(tmp_path, desk):
    """The line as it stands, but for where the backup goes."""
    desk.wenzhai("run")
    (line,) = re.findall(r"^python3 (-c .*)$", PAGE, re.M)
    words = shlex.split(line.replace("/backup/", f"{tmp_path}/"))
    subprocess.run(["python3", *words], cwd=desk.folder, check=True)
    shutil.move(tmp_path / "answers.db", desk.output / "answers.db")
    desk.asked()
    assert desk.wenzhai("run").status == 0 and desk.asked() == []


def test_the_container_runs_commands_that_exist():
    """As nobody's root; what is built is neither the repository's history nor a key."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    said = {name: json.loads(words) for name, words in re.findall(r"(ENTRYPOINT|CMD) (\[.*\])$", text, re.M)}
    assert said["ENTRYPOINT"] == ["wenzhai"] and walk(said["CMD"]).name == "run"
    (check,) = re.findall(r"^HEALTHCHECK .* CMD (\[.*\])$", text, re.M)
    assert walk(json.loads(check)[1:]).name == "status"
    assert re.search(r"^USER \d+:\d+$", text, re.M) and re.search("^VOLUME /digests$", text, re.M)
    assert {".git", ".env", "outputs"} <= set((ROOT / ".dockerignore").read_text(encoding="utf-8").split())


def test_the_assistant_is_told_a_command_that_exists():
    (line,) = [each for each in PAGE.splitlines() if each.startswith('{"mcpServers"')]
    row = json.loads(line)["mcpServers"]["wenzhai"]
    assert Path(row["command"]).is_absolute() and walk(row["args"]).name == "mcp"
