"""A reader's words are found however they are written, and nothing else is."""

import pytest

from pipeline.text.wanted import WantedIn, folded, pattern, simplified_pairs


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("agent", "Agents at work"),
        ("LLM", "用LLM做"),
        ("language model", "Large Language Models."),
        ("fine-tuning", "finetuning or fine tuning"),
        ("智能体", "多智能體系統"),
        ("智能體", "多智能体系统"),
        ("LLM智能体", "基于 LLM 智能体"),
        ("ＲＡＧ", "rag"),
        ("Gödel", "Kurt Godel"),
        ("C++", "in C++ and"),
        ("q/k (v)", "of q/k (v)."),
    ],
)
def test_is_found(word, text):
    """Whatever the case, script, accents, hyphens and spaces; also in the plural."""
    assert pattern(word).search(folded(text))


@pytest.mark.parametrize(
    ("word", "text"),
    [("rag", "fragment"), ("LLM", "MLLMa"), ("agent", "agentic"), ("模型", "模 具 类型"), ("a.b", "axb")],
)
def test_is_not_found(word, text):
    """A Latin word is whole, and no sign has a meaning of its own."""
    assert not pattern(word).search(folded(text))


@pytest.mark.parametrize("author", ["Christopher Manning", "christopher d. manning"])
def test_authors(author):
    """With or without the initial in the middle."""
    assert WantedIn((author,))(("Christopher D. Manning",), ()) == ((author,), ())


def test_an_interest_wins():
    """Over what is muted: a paper missed is worse than one too many."""
    wanted_in = WantedIn(("agents",), ("survey", "综述"))
    assert wanted_in((), ("A survey of agents",)) == (("agents",), ())
    assert wanted_in((), ("A survey", "一篇綜述")) == ((), ("survey", "综述"))


def test_the_pairs_are_of_everyday_use():
    """Small enough to stand in every page."""
    pairs = simplified_pairs()
    assert "體体" in pairs
    assert len(pairs.encode()) < 12_000
