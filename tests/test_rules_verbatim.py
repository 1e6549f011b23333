"""The rules formula, url and name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.analysis import Case
from pipeline.rules.verbatim import formula, formula_again, url
from tests.pairs import ABSTRACT, details_of


def found(rule, source: str, text: str, field: str = "abstract_zh") -> str:
    return details_of(rule, Case("2606.00001", field, source, text))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("$n$", ""),
        ("$n$", "该数"),
        (r"$O(\log n)$", "O(n log n)"),
        (r"$O(\log n)$", r"$O(n \log n)$"),
        ("$n$", "$N$"),
        ("$n$", "$k$"),
    ],
)
def test_a_formula_lost_or_changed_is_found(right, wrong):
    """A symbol or a structure."""
    assert right in found(formula, ABSTRACT.source, ABSTRACT.text.replace(right, wrong))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"We need $O( n )$ steps.", r"我们需要 $O(n)$ 步。"),
        (r"We need \(n\) steps.", r"我们需要 $n$ 步。"),
        (r"It is 10$\times$ faster.", "它快 10 倍。"),
        (r"It takes $\sim$5 s.", "它约需 5 秒。"),
        ("It costs $5 to $10.", "它的价格为 5 至 10 美元。"),
        ("We need $n$ steps.", "我们需要 n 步。"),
        (r"We need $O(\log n)$ steps.", "我们需要 O(log n) 步。"),
        (r"We fit $\alpha_{1}$ and $R^{2}$.", "我们拟合 α₁ 和 R²。"),
        ("We fit $α_1$ and $τ$.", r"我们拟合 $\alpha_1$ 和 $\tau$。"),
        (r"We set $\alpha=0.3$ here.", "我们在此设 α 为 0.3。"),
        (r"We set $\alpha=0.3$ here.", r"我们在此设 $\alpha$ = 0.3。"),
        ("Let `n` be $n$.", "设 `n` 为 `n`。"),
        (r"We keep $\alpha$ $\leq 0.3$ and $x$, $y$.", r"我们设 $\alpha \leq 0.3$ 以及 $x,y$。"),
        (r"It takes $4 \times 10^8$ steps.", "它需要 4 亿步。"),
        (r"It is $15{,}000$ steps of $87\%$.", "它是 87% 的 15,000 步。"),
        (r"A $\textit{soft}$ rule with 10.5$K$ rows.", "一条有 10.5K 行的软规则。"),
        ("CO$_2$ falls by 5 m$^{3}$.", "二氧化碳减少 5 立方米。"),
        (r"We use $\texttt{SortBox}$.", "我们使用 SortBox。"),
        (r"A set on SC$μ$M boards.", "SCμM 板上的集合。"),
        (r"The bound is \[ x \le 2. \]", r"界为 \[ x \leq 2。 \]"),
        ("We stop at the condition beta.", r"我们在条件 $\beta$ 处停止。"),
        (r"We take $\mathcal{O}(n^{2})$ steps.", r"我们走 $O(n^2)$ 步。"),
        (r"We take $n$ of $m$ rows with $m \gg n$.", "我们从 $m$ 行中取 $n$ 行，$m$ 远大于 $n$。"),
        (r"It grows as $\sim n^{2}$.", "它的增长约为 $n^2$。"),
        (r"We take $k \geq b$ steps.", "我们走 $k$ 步，$k$ 至少为 $b$。"),
    ],
)
def test_a_formula_may_be_set_otherwise(source, text):
    """What it says counts: white space, delimiters, fonts, characters for macros, plain text and words."""
    assert not found(formula, source, text)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("We take $x^2$ steps.", "我们走 $x_2$ 步。"),
        ("We take $x < y$ here.", "我们在此取 $x > y$。"),
        ("We take $x < y$ here.", "我们在此取 x > y。"),
        ("We take $10^4$ steps.", "我们走 $10^5$ 步。"),
        (r"We take $\alpha_1$ steps.", "我们走 β₁ 步。"),
        ("We take $n$ steps.", "我们走若干步（no limit）。"),
        ("We take $n$ steps.", "我们走 n_1 步。"),
        (r"We take $n$ of $m$ rows with $m \gg n$.", "我们从 $m$ 行中取 $n$ 行，$m$ 远小于 $n$。"),
        (r"We take $n$ of $m$ rows with $m > n$.", "我们从 $m$ 行中取 $n$ 行，$m$ 不大于 $n$。"),
        (r"We take $n$ of $m$ rows with $m > n$.", "我们从 $m$ 行中取 $n$ 行。"),
        (r"It grows as $\sim n^{2}$.", "它的增长约为 $n^3$。"),
        ("CO$_2$ falls.", "CO 减少。"),
        ("On the S$^3$IT tasks it fails.", "在 SIT 任务上它失败了。"),
    ],
)
def test_changed_content_is_found_in_any_setting(source, text):
    """A sign, a script, a digit, a letter."""
    assert found(formula, source, text)


def test_each_occurrence_counts():
    """A formula that stands twice in the source stands twice in its translation, or is said otherwise: a reader may see."""
    source = "Let $n$ be odd. Then $n$ is prime."
    assert not found(formula_again, source, "设 $n$ 为奇数。则 n 为素数。")
    assert not found(formula, source, "设 $n$ 为奇数。则它为素数。")
    assert "1 次" in found(formula_again, source, "设 $n$ 为奇数。则它为素数。")
    assert not found(formula_again, source, "设其为奇数。则它为素数。")


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
    assert not found(url, "Code: https://example.org/a.", "代码：https://example.org/a；https://example.org/a。")


@pytest.mark.parametrize("span", ["https://example.org/a", "`sort -n`"])
def test_an_address_or_code_is_no_formula(span):
    """Lost, invented or doubled."""
    for source, text in ((span, ""), ("", span), (span, f"{span} {span}")):
        assert not found(formula, f"Let {source} $n$ be odd.", f"设 {text} $n$ 为奇数。")
        assert not found(formula_again, f"Let {source} $n$ be odd.", f"设 {text} $n$ 为奇数。")


@given(st.sampled_from(["x", "n^2", r"\alpha_i", r"\frac{a}{b}", "p<0.05", r"\mathbb{R}"]), st.integers(1, 4))
def test_any_formula_dropped_is_found(content, times):
    """However often it stands."""
    span = f"${content}$"
    source = " ".join(f"We take {span} here." for _ in range(times))
    text = "".join(f"我们取 {span} 于此处。" for _ in range(times))
    assert not found(formula, source, text)
    assert found(formula if times == 1 else formula_again, source, text.replace(span, "它", 1))


def test_a_formula_twice_in_a_row_is_a_stutter():
    """A mark that a model doubled puts the formula there twice; named again elsewhere in the sentence it may stand."""
    source = "We bound the number $k$ of states by the depth of the tree."
    assert found(formula, source, "我们用树的深度给出状态数 $k$$k$ 的界。")
    assert not found(formula, source, "我们用树的深度给出状态数 $k$ 的界，而 $k$ 很小。")
    assert not found(formula, "We square it as $k$$k$.", "我们把它平方为 $k$$k$。")
