"""Keys are known by their shape, and nothing else is taken for one."""

import pytest

from pipeline.text.secrets import holds_key, is_key, masked

KEYS = [
    "sk-0123456789abcdef0123456789abcdef",
    "sk-proj-Ab1_cd2-ef3gh4ij5",
    "gsk_a1b2c3d4e5f6g7h8i9j0",
    "AIzaSyA1b2C3d4E5f6G7h8I9j0K1l2M3n4",
    "0123456789abcdef0123456789abcdef.AbCdEf0123456789",
    "eyJhbGciOiJSUzI1NiJ9.eyJHcm91cE5hbWUiOiJ4In0.c2lnbmF0dXJl",
]


@pytest.mark.parametrize("key", KEYS)
def test_a_key_is_known_and_not_shown(key):
    """Alone and within a line."""
    assert holds_key(f"the key is {key}!")
    assert key[4:] not in masked(f"the key is {key}!")


@pytest.mark.parametrize(
    "text",
    [
        "qwen2.5-coder-1.5b-instruct-q4_k_m",
        "scikit-learn and sk-learn",
        "DEEPSEEK_API_KEY",
        "https://api.deepseek.com/v1",
        "API key expired. Please renew the API key.",
        "prompt 20260628 of cs.CL",
        "anthropic:claude-sonnet-4-5-20250929",
    ],
)
def test_what_is_no_key_stays(text):
    """Names of models and variables, addresses, and the reasons providers give."""
    assert not holds_key(text)
    assert masked(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Incorrect API key provided: sk-abcd***wxyz.", "Incorrect API key provided: sk-***"),
        ("Bearer abcd1234… is not valid", "Bearer-*** is not valid"),
        ("http://me:secret@127.0.0.1:9", "http://***@127.0.0.1:9"),
    ],
)
def test_what_is_echoed_in_part_is_not_shown(text, shown):
    """A provider's answer, or a proxy's address."""
    assert masked(text) == shown


def test_what_looks_like_a_hash_is_a_key_only_alone():
    """As the keys of Azure and Doubao do; an account's number in an address does, too."""
    assert is_key("0123456789abcdef0123456789abcdef")
    assert is_key("Bearer 12345678-1234-1234-1234-123456789012")
    assert not is_key("https://api.cloudflare.com/client/v4/accounts/0123456789abcdef0123456789abcdef/ai/v1")
    assert not is_key("deepseek-ai/DeepSeek-V3")


@pytest.mark.parametrize("key", ["0123456789abcdef0123456789abcdef", "12345678-1234-1234-1234-123456789012"])
def test_a_key_in_the_environment_is_known_whatever_it_looks_like(key, monkeypatch):
    """Within a prompt or the path of an address, too."""
    text = f"https://example.com/{key}/v1"
    assert not holds_key(text)
    monkeypatch.setenv("SOME_API_KEY", f" {key}\n")
    assert holds_key(text)
    assert is_key(text)
    assert masked(text) == "https://example.com/***/v1"


@pytest.mark.parametrize("value", ["none", "ollama", "/home/me/.ssh/id_ed25519_2026", "not-needed-at-all"])
def test_what_stands_for_a_key_is_no_secret(value, monkeypatch):
    """Servers without keys want some word; and a variable may hold the path of a key."""
    monkeypatch.setenv("SOME_API_KEY", value)
    assert not holds_key(f"the model is {value}")
