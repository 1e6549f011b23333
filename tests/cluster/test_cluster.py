"""A run on a real Ray cluster of this machine, whose workers and whose head die; `make test-cluster`."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import invented
from tests.loopback import Sent, completion

pytest.importorskip("ray", reason="make test-cluster brings ray")
PAPERS = 40
SECONDS = 240
"""Of patience with a slow machine."""


@pytest.fixture
def head(tmp_path_factory, monkeypatch):
    """The address of a cluster's head on loopback, and its process; all its processes are one session, which ends here."""
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [Path(sys.executable).with_name("ray"), "start", "--head", "--block", f"--port={port}", "--num-cpus=2"]
    options = ["--node-ip-address=127.0.0.1", "--include-dashboard=false", "--disable-usage-stats"]
    folder = f"/tmp/wenzhai-ray-{os.getpid()}"  # Ray's sockets live there: a short path
    head = subprocess.Popen(
        [*command, *options, f"--temp-dir={folder}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    wait_for(lambda: (Path(folder) / "ray_current_cluster").exists())
    yield f"127.0.0.1:{port}", head
    if head.poll() is None:
        os.killpg(head.pid, signal.SIGKILL)
    head.wait()
    subprocess.run(["rm", "-rf", folder], check=True)


@pytest.fixture
def desk(desk, head):
    """A desk whose model needs half a second an answer and is asked by two workers."""
    desk.announce(*map(invented.paper, range(1, PAPERS + 1)))
    desk.config["model"] |= {"cluster": head[0], "workers": 2, "concurrency": 8}
    desk.provider.behaves = lambda asked, number: Sent(completion(invented.good(asked)), after=0.5)
    return desk


def wait_for(what):
    until = time.monotonic() + SECONDS
    while not what():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.2)


def workers(head):
    """The processes of the cluster's actors."""
    listed = subprocess.run(["ps", "-s", str(head.pid), "-o", "pid=,args="], capture_output=True, text=True, check=True)
    lines = (line.split(None, 1) for line in listed.stdout.splitlines())
    return [int(pid) for pid, name in lines if name.startswith("ray::Carrier")]


def test_a_worker_that_is_killed_costs_tries_and_no_paper(desk, head):
    """What it carried is asked again elsewhere, visibly, and every call has its end; another worker takes its place."""
    run = desk.start("run")
    wait_for(lambda: len(desk.provider.asked) > 8)
    first, _ = workers(head[1])
    os.kill(first, signal.SIGKILL)
    out, err = run.communicate(timeout=SECONDS)
    assert run.returncode == 0, err
    assert f"公告 {PAPERS} = 收录 {PAPERS}" in out
    assert "a worker of the cluster died" in err
    assert desk.report["usage"]["retries"] > 0
    assert desk.report["usage"]["requests"] == PAPERS + desk.report["usage"]["retries"]
    assert len(workers(head[1])) == 0  # the run took them with it


def test_a_head_that_is_killed_stops_the_run_and_loses_nothing(desk, head):
    """Status 1 and one line within 40 seconds; the next run goes on, here without a cluster."""
    papers = 4 * PAPERS  # with slower answers, more than the workers, which outlive the head for a while, can ask for
    desk.announce(*map(invented.paper, range(1, papers + 1)))
    desk.provider.behaves = lambda asked, number: Sent(completion(invented.good(asked)), after=0.5 + 3 * (number > 12))
    run = desk.start("run")
    wait_for(lambda: len(desk.provider.asked) > 12)
    os.killpg(head[1].pid, signal.SIGKILL)
    killed_at = time.monotonic()
    _, err = run.communicate(timeout=SECONDS)
    assert run.returncode == 1
    assert time.monotonic() - killed_at < 40
    assert "model.cluster: the head of the cluster is gone" in err
    assert "Traceback" not in err
    asked = len(desk.provider.asked)
    desk.config["model"]["cluster"] = None
    desk.provider.behaves = lambda asked, number: invented.good(asked)
    assert desk.wenzhai("run").status == 0
    assert len(desk.provider.asked) < asked + papers
    assert json.loads((desk.day / "run.json").read_text(encoding="utf-8"))["counts"]["published"] == papers


def test_the_key_is_in_memory_only(desk, head):
    """Neither Ray's files nor ours hold it, although the workers ask with it."""
    desk.announce(*map(invented.paper, range(1, 5)))
    run = desk.start("run")
    run.communicate(timeout=SECONDS)
    assert run.returncode == 0
    key = desk.provider.seen[0].headers["authorization"].removeprefix("Bearer ")
    assert key.count(".") == 1
    folders = (f"/tmp/wenzhai-ray-{os.getpid()}", str(desk.folder))
    found = subprocess.run(
        ["grep", "-rlFs", "--devices=skip", key, *folders], capture_output=True, text=True, check=False
    )
    assert found.stdout == ""
