"""What holds for every test: no network but loopback, and nothing of the caller's environment."""

import ipaddress
import os
import re
import socket

import pytest
from hypothesis import settings

from tests import invented
from tests.desk import Desk
from tests.model_server import serving

# How long an example takes says nothing on a busy machine. HYPOTHESIS_PROFILE=thorough looks longer than a daily run can.
settings.register_profile("daily", deadline=None, max_examples=40)
settings.register_profile("thorough", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "daily"))


def pytest_addoption(parser):
    parser.addoption(
        "--thorough", action="store_true", help="every step, every pair: minutes of CPU instead of seconds"
    )


def pytest_collection_modifyitems(config, items):
    if not config.getoption("thorough"):
        for item in items:
            if item.get_closest_marker("thorough"):
                item.add_marker(pytest.mark.skip(reason="only with --thorough"))


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    """No key, no proxy and no tracing of whoever runs the tests."""
    for name in os.environ:
        if re.search(r"API_KEY|LANGSMITH|LANGCHAIN|PROXY$", name, re.IGNORECASE):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """A test that would reach beyond this machine fails and says where to."""
    look_up, connect = socket.getaddrinfo, socket.socket.connect

    def refuse_name(host, *rest, **options):
        _refuse_unless_loopback(host)
        return look_up(host, *rest, **options)

    def refuse_address(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6):
            _refuse_unless_loopback(address[0])
        return connect(self, address)

    monkeypatch.setattr(socket, "getaddrinfo", refuse_name)
    monkeypatch.setattr(socket.socket, "connect", refuse_address)


@pytest.fixture(scope="module")
def server():
    """A model of our own on loopback; `desk` makes it behave again."""
    with serving() as provider:
        yield provider


@pytest.fixture
def desk(tmp_path, server):
    """A folder where `wenzhai …` is typed, with a model that answers well. Every day that a test leaves there can be
    derived again from its receipts, but for what the test itself has edited or changed since."""
    server.behaves = lambda asked, number: invented.good(asked)
    server.forget()
    desk = Desk(tmp_path, server)
    yield desk
    assert not desk.unexplained()


def _refuse_unless_loopback(host):
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return
    try:
        if ipaddress.ip_address(name).is_loopback:
            return
    except ValueError:
        pass
    raise AssertionError(f"a test wanted to reach {name}")
