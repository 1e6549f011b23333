"""Tokens are counted offline."""

import socket

import pytest

from pipeline.model.tokens import count_tokens, guess_tokens

ENGLISH = "We prove that every planar graph of girth at least five admits a homomorphism to a small circulant graph. "
CHINESE = "我们证明，围长至少为五的平面图都可以同态映射到一个小的循环图，并给出了一个多项式时间的算法。"


@pytest.fixture(autouse=True)
def no_network(monkeypatch, tmp_path):
    def refuse(*_):
        raise AssertionError("counting tokens opened a socket")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))


@pytest.mark.parametrize(("text", "tokens"), [("", 0), ("hello world", 2), ("机器学习", 2), ("$\\frac{a}{b}$", 7)])
def test_counts_are_those_of_o200k_base(text, tokens):
    """Known lengths come out, without a network and without a cache."""
    assert count_tokens(text) == tokens


def test_a_control_word_in_an_abstract_is_text():
    """tiktoken's encode() raises on it."""
    assert count_tokens("<|endoftext|>") > 1


@pytest.mark.parametrize("text", [ENGLISH * 5, CHINESE * 5, ENGLISH + CHINESE])
def test_the_guess_is_near_the_count(text):
    """Pacing corrects what is left from the provider's own figures."""
    assert guess_tokens(text) == pytest.approx(count_tokens(text), rel=0.25)


def test_a_guess_is_never_nothing():
    """Even an empty question costs something, and half a surrogate pair is no error."""
    assert guess_tokens("") == 1
    assert guess_tokens("\ud83d") >= 1
