"""How to install what is missing, from where this Wenzhai came."""

import importlib.metadata
import json

import pytest

from pipeline.extras import how_to_install


class Installed:
    def __init__(self, recorded):
        self.recorded = recorded

    def read_text(self, name):
        assert name == "direct_url.json"
        return self.recorded and json.dumps(self.recorded)


@pytest.mark.parametrize(
    ("recorded", "command"),
    [
        (None, "pip install 'wenzhai[send]'"),
        (
            {"url": "file:///home/me/my%20papers", "dir_info": {"editable": True}},
            "pip install -e '/home/me/my papers[send]'",
        ),
        ({"url": "file:///w/wenzhai-1.whl", "archive_info": {}}, "pip install '/w/wenzhai-1.whl[send]'"),
    ],
)
def test_the_command_names_the_place(monkeypatch, recorded, command):
    """A checkout, a wheel, an index."""
    monkeypatch.setattr(importlib.metadata, "distribution", lambda name: Installed(recorded))
    assert how_to_install("send") == command


def test_a_checkout_that_is_not_installed(monkeypatch):
    def missing(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "distribution", missing)
    assert how_to_install("send") == "pip install -e '.[send]'"
