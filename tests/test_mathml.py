"""Formulas as MathML: what reads as TeX is set, what doesn't stays as it is, and nothing of it ever acts."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.render.mathml import mathml

COMMANDS = (
    *(r"\href", r"\style", r"\class", r"\color", r"\text", r"\frac", r"\left", r"\begin{matrix}", r"\end{matrix}"),
    *(r"\unicode", r"\hspace", r"\raise", r"\rule", r"\mathbf", r"\sqrt", r"\\", r"\operatorname", r"\bbox", r"\skew"),
)
PIECES = st.sampled_from(
    (*COMMANDS, "{", "}", "^", "_", "&", "a", "1", "<", ">", '"', "'", "{javascript:x}", "<script>", " ")
)


def seen(source: str) -> str:
    return "".join(ElementTree.fromstring(mathml(source)).itertext())


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("$x_i^2$", "xi2"),
        (r"\(\alpha\)", "α"),
        (r"\[a \le b\]", "a≤b"),
        ("$$E$$", "E"),
        (r"$10{,}000$", "10,000"),
        (r"$x \sim p$", "x∼p"),
        (r"$5\%$", "5%"),
        (r"\begin{matrix}a & b\end{matrix}", "ab"),
        (r"$\text{a<b & c}$", "a<b\xa0&\xa0c"),
    ],
)
def test_a_formula_is_set(source, text):
    """Whatever its delimiters, and with its source for who listens or copies."""
    element = ElementTree.fromstring(mathml(source))
    assert (element.tag, element.get("alttext"), seen(source)) == ("math", source, text)


@pytest.mark.parametrize(
    "source",
    ["$x^$", r"$5\db$", r"$\left( x$", r"$\phantom{x}$", "$" + "{" * 900 + "$", r"$\begin{x$"],
)
def test_what_is_no_formula_stays_as_it_is(source):
    """TeX that latex2mathml cannot read, commands it leaves as text, and what would hide something."""
    assert (ElementTree.fromstring(mathml(source)).tag, seen(source)) == ("span", source)


def test_a_sign_is_no_difference():
    """The minus of f(-x) stands close to the x, the one of a-b does not."""
    signs = [ElementTree.fromstring(mathml(source)).find(".//mo[.='−']").get("form") for source in ("$f(-x)$", "$a-b$")]
    assert signs == ["prefix", None]


@pytest.mark.parametrize(
    "source",
    [
        r"$\href{javascript:alert(1)}{x}$",
        r"$\style{position:fixed;background:url(//evil.example)}{x}$",
        r"$\class{tools}{x}$",
        r'$\color{"onload="alert(1)}x$',
        r"$\hspace{9999em}x$",
    ],
)
def test_a_formula_has_no_links_no_styles_and_no_classes(source):
    """latex2mathml knows commands for all three."""
    assert not re.search(
        r"<[^>]* (href|style|class|mathcolor|width|on\w+)=", re.sub('alttext="[^"]*"', "", mathml(source))
    )


@given(st.lists(PIECES, max_size=14).map("".join))
def test_nothing_but_math(tex):
    """Of any TeX come only elements and attributes that can be read, however it is nested."""
    for element in ElementTree.fromstring(mathml(f"${tex}$")).iter():
        assert re.fullmatch(r"span|m[a-z]+", element.tag)
        assert not {"href", "style", "class", "id"} & set(element.keys()) or element.attrib == {"class": "tex"}
