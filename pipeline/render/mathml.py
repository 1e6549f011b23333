r"""Renders a formula's TeX as safe MathML, through latex2mathml; TeX that it cannot read is shown as source.

latex2mathml escapes nothing (`\text{<script>}`) and accepts `\href`, `\style` and `\class`. So its tree is serialised
here, with an allow-list of elements, attributes and values, and with escaped text.
"""

import functools
import html
import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from markupsafe import Markup, escape

_ELEMENTS = re.compile(
    "math|m(i|n|o|text|space|row|style|padded|frac|sqrt|root|sub|sup|subsup|under|over|underover|table|tr|td)"
)
_ATTRIBUTES = {
    name: re.compile(values)
    for names, values in (
        ("stretchy fence accent movablelimits largeop separator displaystyle", "true|false"),
        ("mathvariant form", "[a-z-]+"),
        ("scriptlevel linethickness", r"\d"),
        ("width lspace rspace minsize maxsize", r"-?[0-4]?(\.\d+)?em"),
    )
    for name in names.split()
}
_DELIMITERS = (("$$", "$$"), ("$", "$"), (r"\(", r"\)"), (r"\[", r"\]"))
_LONGEST = 1000
"""Characters; longer TeX is shown as source, because it is no inline formula and takes long to convert."""
_OPERATORS = {"~": "∼", "-": "−"}
r"""latex2mathml renders `\sim` as an ASCII tilde."""
_BEFORE_A_SIGN = frozenset("([{|=<>≤≥≈∼∈→,;:")
"""A plus or minus after one of these is a sign, not an operator, and must be set close to its number."""


@functools.lru_cache(maxsize=4096)
def mathml(source: str) -> Markup:
    """`source` with its delimiters. The element's `alttext` is the source, for screen readers and for copying."""
    tree = _tree(_content(source))
    if tree is None:
        return Markup('<span class="tex">{}</span>').format(source)
    body = _row(tree)
    return Markup('<math alttext="{}">{}</math>').format(source, body)


def _content(source: str) -> str:
    for opening, closing in _DELIMITERS:
        if source.startswith(opening) and source.endswith(closing) and len(source) > len(opening + closing):
            source = source[len(opening) : -len(closing)]
            break
    return source.replace("{,}", r"\text{,}")  # 10{,}000 is a number: no space after the comma


def _tree(latex: str) -> Element | None:
    """The tree of latex2mathml; None if it fails, leaves a command as text, or uses an element that is not allowed."""
    from latex2mathml import exceptions
    from latex2mathml.converter import convert_to_element

    faults: tuple[type[Exception], ...] = (
        *(kind for kind in vars(exceptions).values() if isinstance(kind, type)),  # they have no common ancestor
        *(LookupError, RecursionError, StopIteration, TypeError, ValueError),  # seen on 90,000 random formulas
    )
    if len(latex) > _LONGEST:
        return None
    try:
        tree = convert_to_element(latex)
    except faults:
        return None
    readable = all(_ELEMENTS.fullmatch(each.tag) and "\\" not in (each.text or "") for each in tree.iter())
    return tree if readable else None


def _row(parent: Element) -> Markup:
    row, before = Markup(""), ""
    for child in parent:
        # latex2mathml writes symbols as character references, so unescape before escaping.
        text = html.unescape(child.text or "")
        tag = "mo" if child.tag == "mi" and text in _OPERATORS else child.tag
        text = _OPERATORS.get(text, text)
        attributes = Markup("").join(Markup(' {}="{}"').format(*pair) for pair in _harmless(child))
        if text in ("−", "+") and before in _BEFORE_A_SIGN:
            attributes += Markup(' form="prefix"')
        row += Markup(f"<{tag}{attributes}>{escape(text)}{_row(child)}</{tag}>")
        before = text
    return row


def _harmless(element: Element) -> Iterator[tuple[str, str]]:
    for name, value in element.items():
        if name in _ATTRIBUTES and _ATTRIBUTES[name].fullmatch(value):
            yield name, value
