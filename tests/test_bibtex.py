"""digest.bib: what Zotero and LaTeX read, whatever stands in a title."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.render.bibtex import citation, render_bibtex
from tests.factories import digest, entry, paper, problem


def value(text: str, name: str) -> str:
    """A field as BibTeX finds it: to the brace that closes it, whether or not a backslash stands before one."""
    start = text.index(f"  {name} = {{") + len(f"  {name} = {{")
    depth = 1
    for place in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            assert text.startswith("},\n", place), f"{name} goes on after its end"
            return text[start:place]
    raise AssertionError(f"{name} is not closed")


def test_a_citation():
    """The year is the first version's, as the id has it, and nothing in a title ends the entry early."""
    one = paper(id="2306.00001", title=r"50% of $\alpha_{1}$ & {BERT}", authors=("Ada Lovelace", 'Kurt G\\"odel'))
    assert (
        citation(one)
        == r"""@misc{arxiv:2306.00001,
  title = {{50\% of $\alpha_{1}$ \& {BERT}}},
  author = {Ada Lovelace and Kurt G\"odel},
  year = {2023},
  eprint = {2306.00001},
  archivePrefix = {arXiv},
  primaryClass = {cs.CL},
  url = {https://arxiv.org/abs/2306.00001},
}"""
    )
    assert "author" not in citation(paper(authors=()))
    assert "title = {{evil, year = 1}}" in citation(paper(title="evil}}, year = {1"))


def test_a_day():
    """An entry a paper, excluded ones left out, with the abstract and what was written in Chinese as a note."""
    text = render_bibtex(digest(entry(), entry(paper=paper(id="quant-ph/0201082")), entry(fate="excluded")))
    assert re.findall(r"^@misc{(.*),$", text, flags=re.MULTILINE) == ["arxiv:2606.00001", "arxiv:quant-ph/0201082"]
    assert value(text, "abstract") == "We sort lists. It works."
    assert value(text, "note") == "细致排序 — 细致地排序。"


def test_a_rejected_text_is_left_out():
    """What is wrong is no note."""
    assert value(render_bibtex(digest(entry(problems=(problem(severity="reject"),)))), "note") == "细致地排序。"


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a_b, 5 $ and 50%", r"a\_b, 5 \$ and 50\%"),
        (r"kept: \% \_ $a_1^2 \%$", r"kept: \% \_ $a_1^2 \%$"),
        (r"a line\\% and x^2", r"a line\\\% and x\textasciicircum{}2"),
        ("https://x.org/a_b#c", r"https://x.org/a\_b\#c"),
        ("ends in a \\", "ends in a "),
        (r"half \{ escaped", "half  escaped"),
    ],
)
def test_escaped(text, escaped):
    """Text for TeX, but what is TeX already stays."""
    assert value(citation(paper(), note=text), "note") == escaped


@given(st.text(st.sampled_from('{}\\%$&#_^~@,="` ab\n'), max_size=30))
def test_no_text_ends_its_field(text):
    """The braces of every field are balanced for BibTeX and for Zotero, which skips a brace after a backslash."""
    whole = citation(paper(title=text or "x", authors=(text,)), note=text)
    for name in ("title", *(("author",) if "  author" in whole else ()), *(("note",) if "  note" in whole else ())):
        inside = value(whole, name)
        assert not inside.endswith("\\")
        unescaped = re.sub(r"\\[{}]", "", inside)
        assert unescaped.count("{") == unescaped.count("}")
