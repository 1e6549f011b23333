"""The workflow that users copy: its commands exist, and a holiday, a partial digest and a failure are told apart."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.test_docs import PAGES, walk

FILE = Path(__file__).parents[1] / ".github/workflows/digest.yml"
TEXT = FILE.read_text(encoding="utf-8")
WORKFLOW = yaml.safe_load(TEXT)
JOB = WORKFLOW["jobs"]["digest"]
STEPS = [step for job in WORKFLOW["jobs"].values() for step in job["steps"]]
SCRIPTS = [step["run"] for step in STEPS if "run" in step]


def test_every_command_in_it_exists():
    """With its options."""
    lines = [
        found for script in SCRIPTS for found in re.findall(r"(?:^|then )\s*wenzhai (-.*?)(?: >|;|$)", script, re.M)
    ]
    assert len(lines) == 2
    assert [walk(shlex.split(line)).name for line in lines] == ["run", "send"]


def test_it_runs_after_the_announcement_and_once_more():
    """On the days arXiv announces; YAML reads the key `on` as true."""
    crons = [row["cron"].split() for row in WORKFLOW[True]["schedule"]]
    assert len(crons) == 2
    assert all(int(hour) >= 5 and days == "1-5" for _, hour, _, _, days in crons)


def test_every_secret_and_variable_is_told():
    """At the top of the file, and on the page about operating."""
    for name in set(re.findall(r"(?:secrets|vars)\.(\w+)", TEXT)):
        assert name in TEXT[: TEXT.index("name:")]
        assert name in PAGES["docs/operating.md"], name


def test_nobody_else_can_change_what_it_does():
    """Actions stand by their content, each job has the rights it needs, and none the others'."""
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert used and all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", name) for name in used)
    assert WORKFLOW["permissions"] == {}
    rights = {name: job["permissions"] for name, job in WORKFLOW["jobs"].items()}
    assert rights == {"digest": {"contents": "write"}, "tidy": {"actions": "write"}}


def test_the_answers_are_kept_once(tmp_path):
    """All but the newest copy in the cache go."""
    (tmp_path / "gh").write_text(
        f'#!/bin/sh\necho "$*" >> {tmp_path}/typed\nif [ "$2" = list ]; then printf "2\\n1\\n"; fi\n', encoding="utf-8"
    )
    (tmp_path / "gh").chmod(0o755)
    (script,) = [step["run"] for step in WORKFLOW["jobs"]["tidy"]["steps"]]
    places = {"PATH": f"{tmp_path}:/usr/bin:/bin", "RUNNER_TEMP": str(tmp_path), "GITHUB_REPOSITORY": "me/papers"}
    subprocess.run(["bash", "-e", "-o", "pipefail", "-c", script], env=places, check=True)
    listed, *deleted = (tmp_path / "typed").read_text(encoding="utf-8").splitlines()
    assert "--key answers- --sort created_at --order desc" in listed and "--jq .[1:][].id" in listed
    assert deleted == ["cache delete 2 --repo me/papers", "cache delete 1 --repo me/papers"]


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_is_bash(script):
    """As far as bash can tell without running it."""
    subprocess.run(["bash", "-n", "-c", script], check=True)


@pytest.mark.parametrize(
    ("status", "says", "told", "announced"),
    [
        (0, "cs.CL 2026-06-30: 公告 3 = 收录 3", "", True),
        (0, "cs.CL 2026-07-03: no announcement, nothing written", "::notice::", False),
        (3, "cs.CL 2026-06-30: 公告 3 = 收录 2 + 标记 1", "::warning::", True),
        (1, "", "::error::", False),
        (2, "", "::error::", False),
    ],
)
def test_how_a_run_ends(tmp_path, status, says, told, announced):
    """A failure fails the job; a partial digest is published with a warning; a holiday is a notice."""
    command = tmp_path / "wenzhai"
    typed = tmp_path / "typed"
    command.write_text(f"#!/bin/sh\necho \"$@\" > {typed}\necho '{says}'\nexit {status}\n", encoding="utf-8")
    command.chmod(0o755)
    (script,) = [step["run"] for step in JOB["steps"] if step.get("id") == "run"]
    github = {"GITHUB_REPOSITORY": "me/papers", "GITHUB_REPOSITORY_OWNER": "me"}
    places = github | {"RUNNER_TEMP": str(tmp_path), "GITHUB_OUTPUT": str(tmp_path / "output")}
    ran = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin", "WENZHAI_BASE_URL": "u", "WENZHAI_MODEL": "m", **places},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == (0 if status in (0, 3) else status)
    assert told in ran.stdout and ("::" in ran.stdout) == bool(told)
    assert (tmp_path / "output").exists() == announced
    assert "--set assemble.site=https://me.github.io/papers/ " in typed.read_text(encoding="utf-8")


def test_what_is_published(tmp_path):
    """The days, and neither answers.db nor what only this machine needs."""
    (script,) = [step["run"] for step in JOB["steps"] if step.get("name") == "Publish it"]
    for name in (
        "answers.db",
        "answers.db-wal",
        ".lock",
        ".lock.owner",
        ".send.lock",
        "wenzhai.log",
        "cs.CL/.index.html.7.part",
        ".feeds/x",
        "cs.CL/2026-06-30/digest.html",
        "cs.CL/index.html",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    git = ["git", "-C", str(tmp_path)]
    subprocess.run([*git, "init", "--quiet"], check=True)
    (adding,) = re.findall(r"^git add .*", script, re.M)
    subprocess.run(["bash", "-e", "-c", f"touch .nojekyll\n{adding}"], cwd=tmp_path, check=True)
    listed = subprocess.run([*git, "ls-files"], capture_output=True, text=True, check=True).stdout.split()
    assert listed == [".nojekyll", "cs.CL/2026-06-30/digest.html", "cs.CL/index.html"]


def test_days_gather_on_their_branch(tmp_path):
    """From a first day without the branch on; the branch holds digests and nothing of the repository."""
    named = {step.get("name"): step["run"] for step in JOB["steps"] if "run" in step}

    def bash(script, folder):
        settings = ["GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b"]
        command = ["env", f"RUNNER_TEMP={tmp_path}", *settings, "bash", "-e", "-o", "pipefail", "-c", script]
        return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout

    bash("git init -q --bare origin && git clone -q origin first 2>&1", tmp_path)
    bash("touch config.yaml && git add . && git commit -qm x && git push -q origin HEAD:main 2>&1", tmp_path / "first")
    for day in ("2026-06-29", "2026-06-30"):
        bash(f"git clone -q --depth 1 --branch main file://$PWD/origin {day} 2>&1", tmp_path)
        bash(named["The days so far"], tmp_path / day)
        bash(f"mkdir -p cs.CL/{day} && touch answers.db cs.CL/{day}/digest.html", tmp_path / day / "site")
        for _ in range(2):  # the second time nothing is new
            bash(named["Publish it"], tmp_path / day / "site")
    listed = bash("git ls-tree -r --name-only digests", tmp_path / "origin").split()
    assert listed == [".nojekyll", "cs.CL/2026-06-29/digest.html", "cs.CL/2026-06-30/digest.html"]
