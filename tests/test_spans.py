"""Protected spans: found where they are, masked, and put back whatever a model did to the marks."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.spans import MARK, find_spans, mask, restore

PIECES = (
    *(
        "$",
        "$$",
        "\\",
        "`",
        "``",
        "⟦",
        "⟧",
        "[[",
        "]]",
        "[",
        "]",
        "1",
        "2",
        "x",
        "the",
        "{",
        "}",
        " ",
        "\n",
        "\n\n",
        "'",
        "_",
    ),
    *(
        "\\(",
        "\\)",
        "\\[",
        "\\]",
        "\\begin{align}",
        "\\end{align}",
        "http://a",
        "www.b.c",
        "/",
        ".",
        ")",
        "(",
        "中",
        "，",
        "【1】",
    ),
)
texts = st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=25).map("".join))


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        (r"of $x$ and \(y_1\), \[z\] or $$a = b$$", ["$x$", r"\(y_1\)", r"\[z\]", "$$a = b$$"]),
        (r"\begin{align*}a&=b\\c\end{align*} holds", [r"\begin{align*}a&=b\\c\end{align*}"]),
        (r"$87\%$ with $5$ of $\sim$100, $ O(n) $", [r"$87\%$", "$5$", r"$\sim$", "$ O(n) $"]),
        (r"nested $\text{if $x$ is} \{y$ ends", [r"$\text{if $x$ is} \{y$"]),
        ("adjacent $a$$b$ and $1.0$-$2.0$", ["$a$", "$b$", "$1.0$", "$2.0$"]),
        (r"$\text{total cost per query}$", [r"$\text{total cost per query}$"]),
        ("$p and q$", ["$p and q$"]),
    ],
)
def test_formulas_are_found_in_all_their_delimiters(text, spans):
    """Each way of writing a formula counts, numbers in dollars too, and dollars inside braces are the formula's own."""
    assert [(s.kind, s.text) for s in find_spans(text)] == [("formula", span) for span in spans]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("from $5 to $10 a month", []),
        ("US$5-$10, $5/$10, $5, $10, or $20", []),
        ("$1,000 ($p$ = .05)", ["$p$"]),
        (r"costs \$5 where $x$ is", ["$x$"]),
        ("the cost ($/1k queries) of all models is $x$ here", ["$x$"]),
        ("a $ alone, then $x$ of $y$", ["$x$", "$y$"]),
        (r"\emph{costs $5} and \emph{$6}", []),
        ("成本从$5到$10，其中$x$是", ["$x$"]),
        ("$x\n\ny$", []),
        ("$$$ and $$$$ and $", []),
        (r"\( never closed, \begin{align} neither", []),
    ],
)
def test_a_price_or_a_dollar_left_alone_is_no_formula(text, spans):
    """Prices, escaped dollars and unbalanced ones protect nothing, and do not keep the formula behind them from being found."""
    assert [s.text for s in find_spans(text)] == spans


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("at https://a.org/b_c. Next", ["https://a.org/b_c"]),
        ("(see https://a.org/b_(c)).", ["https://a.org/b_(c)"]),
        ("代码见https://a.org/b。此外（www.c.org/d）", ["https://a.org/b", "www.c.org/d"]),
        (r"\href{https://a.org/x\_y}{here}", [r"https://a.org/x\_y"]),
        ("https://a.org/?q=1&r=50%25, http:// and xhttp://b", ["https://a.org/?q=1&r=50%25"]),
        ("run `pip install x` now", ["`pip install x`"]),
        ("`print('x')` ``quoted'' and `so' or the `surface'", ["`print('x')`"]),
        (r"caf\`e `x`", ["`x`"]),
        ("`two\nlines`", []),
    ],
)
def test_urls_and_code_end_where_the_sentence_goes_on(text, spans):
    """A sentence's punctuation and Chinese are no part of a URL; LaTeX quotes and accents are no code."""
    assert [s.text for s in find_spans(text)] == spans


@pytest.mark.parametrize("mark", ["⟦1⟧", "⟦ 1 ⟧", "〚1〛", "【1】", "[[1]]", "[[ 1 ]]", "⟦1]", "[1⟧", "〖1〗", "⟦１⟧"])
def test_a_mangled_mark_is_still_read(mark):
    """A model's variant of a mark is restored, and the spacing around it stays."""
    assert restore(f"设 {mark}为", ("$x$",)) == "设 $x$为"


@pytest.mark.parametrize("text", ["as in [1]", "[1, 2]", "[[1], [2]]", "⟦9⟧", "⟦0⟧", "⟦x⟧", "(1)", "[see [1]]"])
def test_what_is_no_mark_of_this_text_stays(text):
    """A citation is not a mark, and a mark that stands for nothing is left for the mark rule."""
    assert restore(text, ("$x$",)) == text


def test_every_occurrence_has_a_mark_of_its_own():
    """The same formula twice is two marks, so that a lost one is noticed."""
    assert mask("$x$, $x$ and https://a.org.") == ("⟦1⟧, ⟦2⟧ and ⟦3⟧.", ("$x$", "$x$", "https://a.org"))


def test_a_source_that_holds_marks_already_survives():
    """What reads like a mark in the source is masked itself."""
    assert mask("⟦2⟧ [[7]] $x$").spans == ("⟦2⟧", "[[7]]", "$x$")
    assert restore(*mask("⟦2⟧ [[7]] $x$")) == "⟦2⟧ [[7]] $x$"


@given(texts)
def test_restoring_what_was_masked_gives_the_text_back(text):
    """Whatever the text."""
    assert restore(*mask(text)) == text


@given(texts)
def test_spans_are_ordered_and_apart_and_none_is_left_after_masking(text):
    """Spans are slices of the text that never overlap; a masked text holds none, only marks."""
    spans = find_spans(text)
    assert all(before.end <= after.start for before, after in itertools.pairwise(spans))
    assert all(span.text == text[span.start : span.end] != "" for span in spans)
    masked = mask(text)
    assert find_spans(masked.text) == ()
    assert [mark[0] for mark in MARK.finditer(masked.text)] == [f"⟦{n + 1}⟧" for n in range(len(masked.spans))]
