"""When other processes help, and that none stays."""

import pytest

from pipeline.run import cores
from pipeline.run.cores import MANY, Cores


@pytest.fixture
def pools(monkeypatch):
    """The pools that were opened; their work is done in this process."""
    opened = []

    class Pool:
        def __init__(self, processes, begin, given):
            self.processes, self.sizes, self.is_shut = processes, [], False
            begin(given)
            opened.append(self)

        def map(self, do, items, chunksize):
            self.sizes.append(chunksize)
            return map(do, items)

        def shutdown(self, *, cancel_futures):
            self.is_shut = cancel_futures

    monkeypatch.setattr(cores, "pool", Pool)
    monkeypatch.setattr(cores.os, "cpu_count", lambda: 8)
    monkeypatch.setattr(cores, "_given", [])
    return opened


def added(given, item):
    return given + item


@pytest.mark.parametrize(
    ("papers", "items", "elsewhere"), [(MANY, [1, 2], True), (MANY - 1, [1, 2], False), (MANY, [1], False)]
)
def test_many_papers_are_done_by_other_processes(pools, papers, items, elsewhere):
    """What takes shorter than to start them is done here, and so is what cannot be shared out."""
    with Cores(10, papers) as several:
        assert list(several.map(added, items, size=7)) == [10 + item for item in items]
        assert list(several.map(added, items)) == [10 + item for item in items]
    assert [(pool.processes, pool.sizes, pool.is_shut) for pool in pools] == ([(2, [7, 1], True)] if elsewhere else [])
