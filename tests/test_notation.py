r"""What is only notation as text, and what formulas say however they are set."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.notation import as_text, canonical, loosely, times_said
from pipeline.text.spans import find_spans

PIECES = st.sampled_from(
    [
        r"$\times$", r"8$\times$", r"$15{,}000$", r"\%", r"$87\%$", r"$\to$", r"$\sim$5", "$^{3}$", "CO$_2$", "$n$", "$5$", "$", "$$",
        r"$10^{-3}$", r"$x=1$", r"\(2.5\)", r"\[3\]", r"\$", "\\", "{", "}", "⟦1⟧", "https://a.org/b", "`$5$`", "5", " ", "\n\n", r"$\$5$",
        r"$39.9 \, \%$", r"$\textit{soft}$", "、", "的", "$5 to", r"$\mathbf{5.2}$", r"$5^{th}$", r"$25^\circ$C", r"\begin{align}1\end{align}",
    ]
)  # fmt: skip
TEXTS = st.lists(PIECES | st.text(max_size=5), max_size=12).map("".join)


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"8$\times$ faster", "8× faster"),
        (r"$2.5\times$ faster", "2.5× faster"),
        (r"$17{,}500$ rows", "17,500 rows"),
        (r"$17\,500$ rows", "17,500 rows"),
        (r"\(1{,}204\) rows", "1,204 rows"),
        (r"$87\%$ and 5\%", "87% and 5%"),
        (r"$39.9 \, \%$", "39.9%"),
        (r"A $\to$ B, $\rightarrow$", "A → B, →"),
        (r"$\sim$5 s, $\sim 6.3$ million, $\approx 2$", "~5 s, ~6.3 million, ≈2"),
        (r"$>$ 5, $\geq 7$, $<$3", "> 5, ≥7, <3"),
        ("m$^{3}$, m$^2$, s$^{-1}$, CO$_2$", "m³, m², s⁻¹, CO₂"),
        (r"$1920\times1080$, $+2.0$, $\pm 5$", "1920×1080, +2.0, ±5"),
        (r"$25^\circ$C, $25^{\circ}$", "25°C, 25°"),
        (r"$5^{th}$ and $3^{\text{rd}}$", "5th and 3rd"),
        (r"$5\,\mathrm{ms}$, $\leq 4 \, \mathrm{B}$", "5 ms, ≤4 B"),
        (r"$\textit{soft}$ and $\textbf{(1)}$", "soft and (1)"),
        (r"$\mathbf{5.2}$", "5.2"),
        (r"${\sim}0.99$, $5{\times}$", "~0.99, 5×"),
    ],
)
def test_what_is_only_notation_becomes_text(tex, text):
    """Numbers, their signs, lone operators, raised and lowered digits, words set in a font."""
    assert as_text(tex) == text


@pytest.mark.parametrize(
    "tex",
    [
        "$n$", "$x=1$", r"$10^{-3}$", r"$\frac{1}{2}$", r"$\alpha$", r"$\mathrm{SO}(3)$", "$[0,1]$", "$1+1=2$", r"$5 \times 10^9$", r"$\mathbb{R}$",
        "$L_2$", r"$\sqrt{2}$", "$(2, 3)$", "$5 to $10", r"`$5$`", r"$\$5$", "https://a.org/%7e", "plain text", r"a line \\% of",
    ],
)  # fmt: skip
def test_true_formulas_and_all_else_stay(tex):
    """A variable, an equation, a structure; prices, code and addresses."""
    assert as_text(tex) == tex


@given(TEXTS)
def test_notation_is_read_once(text):
    """Reading again changes nothing, and the formulas that stay are those that stood there."""
    once = as_text(text)
    assert as_text(once) == once
    left = [span.text for span in find_spans(once)]
    assert all(span in [each.text for each in find_spans(text)] for span in left)


@pytest.mark.parametrize(
    "same",
    [
        (r"$\alpha_{1} \leq 2$", r"\(\alpha_1\le2\)", "$α_1≤2$", "$α₁ ≤ 2$"),
        ("$^{3}$", "$^3$"),
        (r"$\mathbb{R}^{12}$", "$ℝ^{12}$", "$R^{12}$"),
        (r"$\tilde{O}(n^2)$", r"$\tilde O(n^2)$", r"$\widetilde{\mathcal{O}}(n^{2})$"),
        (r"$\Omega_{\mathrm{eff}}$", "$Ω_{eff}$", r"$\Omega_{\text{eff}}$"),
        (r"$O(\log n)$", r"$\mathcal{O}(\log\, n)$", r"\[O\left(\log n\right).\]"),
        ("$f'(x)$", r"$f^\prime(x)$", "$f′(x)$"),
        (r"$\varepsilon$", r"$\epsilon$", "$ε$"),
        (r"$\frac{a}{b}$", r"$\dfrac{a}{b}$", "$a/b$"),
    ],
)
def test_a_formula_is_the_same_however_it_is_set(same):
    """Delimiters, fonts, spaces, groups of one, characters for macros."""
    assert len({canonical(formula) for formula in same}) == 1


@pytest.mark.parametrize(
    "other",
    [
        ("$x^2$", "$x_2$"),
        ("$x^{10}$", "$x^1 0$"),
        ("$n$", "$N$"),
        ("$a<b$", "$a>b$"),
        (r"$\alpha$", r"$\beta$"),
        (r"$\tilde{O}(n)$", "$O(n)$"),
        ("$x+1$", "$x-1$"),
        ("$x_i$", "$x_j$"),
    ],
)
def test_another_formula_is_another(other):
    """A symbol, sign, script or accent."""
    assert len({canonical(formula) for formula in other}) == 2


@pytest.mark.parametrize(
    ("formula", "text", "times"),
    [
        ("$F_1$", "F1 and F₁, not F2", 2),
        ("$x^2$", "x2 or x^2, not x_2", 2),
        ("$n$", "n nodes in $n$ steps", 2),
        ("$k$", "ask for top-k", 1),
        ("$5$", "15 and 5", 1),
        ("$K$", "10.5K rows", 1),
        (r"$\alpha < 0.3$", "α<0.3", 1),
        (r"$\beta$", "the condition beta", 1),
        ("$n$", "never", 0),
    ],
)
def test_a_formula_is_found_in_plain_text(formula, text, times):
    """Scripts may be let down where plain text has none; letters of words and digits of numbers are something else."""
    assert times_said(formula, loosely(text)) == times


@given(TEXTS)
def test_any_text_is_read(text):
    """Half formulas too."""
    canonical(text)
    loosely(text)
