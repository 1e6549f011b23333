"""Text-LaTeX to text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.latex import plain
from pipeline.text.spans import find_spans


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\emph{new} \textbf{and {\em bold}} \textsc{Abc}", "new and bold Abc"),
        (r"Erd\H{o}s, Gr\"obner, caf\'e, \L{}\'od\'z, na\"\i ve", "Erdős, Gröbner, café, Łódź, naïve"),
        (r"50\% of A \& B", "50% of A & B"),
        (r"50% of \emph{all} and #3 & a_b^2 stay", "50% of all and #3 & a_b^2 stay"),
        ("``quoted'' text --- or 3--5 -- so", "“quoted” text — or 3–5 – so"),
        ("Fig.~1, SAM~3 and 114~mm", "Fig. 1, SAM 3 and 114 mm"),
        (r"as in \cite{a_b}, (\citep[p.~3]{c}) or (ARC;~\citealp{d}).", "as in, or (ARC)."),
        (r"\href{https://a.org/b_c}{here}.", "here (https://a.org/b_c)."),
        (r"\href{https://a.org/b_c}{\texttt{https://a.org/b_c}}.", "https://a.org/b_c."),
        (r"\url{https://a.org/b_c} and \url{a.org/b_c}", "https://a.org/b_c and a.org/b_c"),
        (r"code\footnote{\scriptsize At https://a.org/b.} here", "code (At https://a.org/b.) here"),
        (r"4{,}200 and 10\,000 in 1.2\,ms", "4,200 and 10,000 in 1.2 ms"),
        (r"We present \ourmodel. \method uses \model{Grok 4}.", "We present ourmodel. method uses Grok 4."),
        (r"\texttt{a_b} \verb|c_d| \texttt{\textless EOS\textgreater} \LaTeX", "a_b c_d <EOS> LaTeX"),
        (r"\textbf{of $\alpha_{1}$ and 5\%}: $\emph{x}$, \(y\)", r"of $\alpha_{1}$ and 5%: $\emph{x}$, \(y\)"),
        (r"vs.\ 0.5 in {2,4,8}", "vs. 0.5 in {2,4,8}"),
        (r"costs US\$28.31 to US\$40.88", "costs US$28.31 to US$40.88"),
        (r"\begin{itemize}\item one \item two\end{itemize}", "* one * two"),
    ],
)
def test_commands_become_the_text_they_stand_for(latex, text):
    """Formulas, URLs and code stay verbatim; nothing else goes but citations and switches of type."""
    assert plain(latex) == text


@pytest.mark.parametrize(
    "text",
    [
        "Over 50% of  A & B_1 (#3) cost $5, {2,4} and don't; run `a --b` with --seed 3.",
        "about ~7%, (~80%), r~0.49 and 3~5",
        r"only $\emph{x}$ and \(\alpha\)",
        "准确率为 95%，见 https://a.org/b_c。",
    ],
)
def test_a_text_without_tex_is_left_as_it_is(text):
    """Byte for byte: a percent sign, an underscore and a tilde that means "about" are no TeX."""
    assert plain(text) == text


@pytest.mark.parametrize(
    "text", [r"{unbalanced \emph{x}", r"a } b \%", r"\begin{foo} x", r"\"$x$ \%", "\\emph{" * 3000]
)
def test_tex_that_cannot_be_parsed_comes_back_as_it_was(text):
    """Better raw TeX than a text with a hole."""
    assert plain(text) == text


PIECES = (
    *(
        "$x$",
        "%",
        "_",
        "&",
        "#",
        "~",
        "--",
        "`",
        "{",
        "}",
        "[",
        "]",
        "⟦1⟧",
        "word",
        " ",
        "\\",
        "\\\\",
        "\\'",
        '\\"',
        "\\item",
    ),
    *(
        "\\emph{",
        "\\href{",
        "\\cite{",
        "\\footnote{",
        "\\url{",
        "\\foo",
        "\\sqrt",
        "\\verb|",
        "\\verb",
        "\\def",
        "\\left",
    ),
)


@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=12).map("".join)))
def test_it_never_raises(text):
    """Whatever an author wrote."""
    assert isinstance(plain(text), str)


@given(
    st.lists(
        st.sampled_from(["word", "$x_1$", "50%", "a_b", "\\emph{y}", "\\%", "``z''", "https://a.org/%7E_"]), max_size=12
    )
)
def test_only_commands_go(words):
    """Every word, number and formula of the source is in the text, in order."""
    text = " ".join(words)
    assert [span.text for span in find_spans(plain(text))] == [span.text for span in find_spans(text)]
    expected = re.sub(r"\\emph\{y\}", "y", text).replace("\\%", "%").replace("``z''", "“z”")
    assert plain(text) == expected
