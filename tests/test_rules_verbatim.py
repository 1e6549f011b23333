"""The rules formula and url."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.analysis import Case
from pipeline.rules.verbatim import formula, url
from tests.pairs import ABSTRACT, details_of


def found(rule, source: str, text: str, field: str = "abstract_zh") -> str:
    return details_of(rule, Case("2606.00001", field, source, text))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("$n$", "n"), ("$n$", ""), (r"$O(\log n)$", "O(log n)"), (r"$O(\log n)$", r"$O(n \log n)$"), ("$n$", "$N$")],
)
def test_a_formula_lost_or_changed_is_found(right, wrong):
    """Without its dollars it is no formula any more."""
    assert right in found(formula, ABSTRACT.source, ABSTRACT.text.replace(right, wrong))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"We need $O( n )$ steps.", r"我们需要 $O(n)$ 步。"),
        (r"We need \(n\) steps.", r"我们需要 $n$ 步。"),
        (r"It is 10$\times$ faster.", "它快 10 倍。"),
        (r"It takes $\sim$5 s.", "它约需 5 秒。"),
        ("It costs $5 to $10.", "它的价格为 5 至 10 美元。"),
    ],
)
def test_a_formula_may_be_set_otherwise(source, text):
    """White space, the kind of delimiter, and operators that have a word."""
    assert not found(formula, source, text)


def test_each_occurrence_counts():
    """A formula that stands twice in the source stands twice in its translation."""
    source = "Let $n$ be odd. Then $n$ is prime."
    assert not found(formula, source, "设 $n$ 为奇数。则 $n$ 为素数。")
    assert found(formula, source, "设 $n$ 为奇数。则它为素数。")


def test_a_one_liner_has_none_of_its_own():
    """It may leave formulas and addresses out."""
    source = f"Sorting\n{ABSTRACT.source}"
    assert not found(formula, source, "用很少的内存排序。", "summary_zh")
    assert found(formula, source, "用 $O(1)$ 的空间排序。", "summary_zh")
    assert found(url, source, "代码见 https://example.org/other。", "summary_zh")


def test_an_address_lost_or_changed_is_found():
    """Every character of it."""
    assert found(url, ABSTRACT.source, ABSTRACT.text.replace("代码见 https://example.org/sortlite。", "代码已公开。"))
    assert found(url, ABSTRACT.source, ABSTRACT.text.replace("/sortlite", "/sort_lite"))
    assert not found(url, ABSTRACT.source, ABSTRACT.text.replace("见 https", "见https"))


@given(st.sampled_from(["x", "n^2", r"\alpha_i", r"\frac{a}{b}", "p<0.05", r"\mathbb{R}"]), st.integers(1, 4))
def test_any_formula_dropped_is_found(content, times):
    """However often it stands."""
    span = f"${content}$"
    source = " ".join(f"We take {span} here." for _ in range(times))
    text = "".join(f"我们取 {span} 于此处。" for _ in range(times))
    assert not found(formula, source, text)
    assert found(formula, source, text.replace(span, "它", 1))


def test_a_formula_twice_in_a_row_is_a_stutter():
    """A mark that a model doubled puts the formula there twice; named again elsewhere in the sentence it may stand."""
    source = "We bound the number $k$ of states by the depth of the tree."
    assert found(formula, source, "我们用树的深度给出状态数 $k$$k$ 的界。")
    assert not found(formula, source, "我们用树的深度给出状态数 $k$ 的界，而 $k$ 很小。")
