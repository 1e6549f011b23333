"""Processes beside this one, and their end."""

import os
import subprocess
import sys
import time

import pytest

PARENT = """
import time
from pipeline.processes import pool

if __name__ == "__main__":
    processes = pool(1)
    print(processes.submit(time.monotonic).result() and next(iter(processes._processes)), flush=True)
    time.sleep(60)
"""


def test_processes_end_with_a_killed_parent(tmp_path):
    """Nobody else would end them."""
    (tmp_path / "parent.py").write_text(PARENT, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, tmp_path / "parent.py"], env=environment, stdout=subprocess.PIPE, text=True
    ) as parent:
        lines = (line.strip() for line in parent.stdout)
        child = int(next(line for line in lines if line.isdigit()))
        parent.kill()
    for _ in range(100):
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    pytest.fail("it is still there")
