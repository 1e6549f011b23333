"""What of a cluster needs no cluster: its faults travel, its cores are shared out, and its absence is one clear line."""

import pickle
import sys

import pytest

from pipeline.errors import ModelError, NoAnswer
from pipeline.model.cluster import cores_each
from pipeline.model.faults import CallFailed, Refused, TooFast


@pytest.mark.parametrize(
    "fault",
    [
        CallFailed("broke", retry_after=2.0, hopeless="check it"),
        TooFast("slowly", {"Retry-After": "3"}, words="TPM limit reached", no_money="pay"),
        Refused(NoAnswer("not this one"), ModelError("not at all"), sure=True),
    ],
    ids=lambda fault: type(fault).__name__,
)
def test_a_fault_comes_from_another_process_as_it_was(fault):
    """With all it knows: waits, headers, what the user should do."""
    came = pickle.loads(pickle.dumps(fault))
    assert (type(came), str(came)) == (type(fault), str(fault))
    assert {name: str(value) for name, value in vars(came).items()} == {
        name: str(value) for name, value in vars(fault).items()
    }


@pytest.mark.parametrize(
    ("machines", "workers", "cores"), [([8, 8], 2, 8), ([8, 4], 2, 4), ([8, 4], 3, 4), ([2], 2, 1), ([16, 2], 4, 4)]
)
def test_workers_that_host_a_model_get_all_the_cores_there_are(machines, workers, cores):
    """As many as each can have on one machine."""
    assert cores_each([{"CPU": float(number)} for number in machines], workers) == cores


def test_more_workers_than_cores_are_refused():
    """They would wait for room forever."""
    with pytest.raises(ModelError, match="the cluster has 3; lower it"):
        cores_each([{"CPU": 2.0}, {"CPU": 1.0}, {"GPU": 1.0}], 4)


def test_without_ray_one_line_says_how_to_get_it(desk, monkeypatch):
    """Status 1, and nothing asked."""
    monkeypatch.setitem(sys.modules, "ray", None)
    desk.config["model"]["cluster"] = "auto"
    ran = desk.wenzhai("run")
    assert (ran.status, desk.asked()) == (1, [])
    assert "pip install 'wenzhai[cluster]'" in ran.err
