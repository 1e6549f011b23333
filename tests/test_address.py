"""base_url as people type it."""

import pytest

from pipeline.errors import ModelError
from pipeline.model.address import address_of, is_loopback, is_private


@pytest.mark.parametrize(
    ("typed", "url", "query"),
    [
        (" https://api.example.com/v1 ", "https://api.example.com/v1", ()),
        ("https://api.example.com/v1/chat/completions", "https://api.example.com/v1", ()),
        (
            "https://a.example.com/x?api-version=2024&k=",
            "https://a.example.com/x",
            (("api-version", "2024"), ("k", "")),
        ),
        ("https://me:secret@api.example.com/v1", "https://api.example.com/v1", ()),
    ],
)
def test_an_address_is_taken_as_it_was_meant(typed, url, query):
    """Spaces, a pasted path, a query, a password: none is part of where it leads."""
    assert address_of(typed) == (url, query)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "x",
        "ftp://a/v1",
        "http://",
        "http://[::1/v1",
        "http://a:0/v1",
        "http://a:x/v1",
        "https://me:secret@/v1?key=secret",
    ],
)
def test_what_is_no_address_is_named_without_its_secrets(typed):
    """With what one looks like."""
    with pytest.raises(ModelError, match="it looks like") as caught:
        address_of(typed)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "private", "loopback"),
    [
        ("http://localhost:11434/v1", True, True),
        ("http://[::1]:8000/v1", True, True),
        ("http://ollama:11434/v1", True, False),
        ("http://192.168.1.7/v1", True, False),
        ("http://[fd00::7]/v1", True, False),
        ("http://gpu.lan/v1", True, False),
        ("http://host.docker.internal:11434/v1", True, False),
        ("https://api.deepseek.com", False, False),
        ("http://8.8.8.8/v1", False, False),
    ],
)
def test_servers_of_ones_own_are_known(url, private, loopback):
    """They may want no key; no proxy leads to this machine."""
    assert (is_private(url), is_loopback(url)) == (private, loopback)
