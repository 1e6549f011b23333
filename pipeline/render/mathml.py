r"""A formula's TeX as MathML that can do nothing but be read; TeX that cannot be read stays as it is. Home of latex2mathml.

latex2mathml escapes nothing (`\text{<script>}`) and knows `\href`, `\style` and `\class`, so what it builds is written
out here: known elements, known attributes with harmless values, and text that is escaped.
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
"""Characters; what is longer is no formula for the inside of a line, and takes its time."""
_OPERATORS = {"~": "∼", "-": "−"}
r"""Of `\sim` latex2mathml makes an ASCII tilde."""
_BEFORE_A_SIGN = frozenset("([{|=<>≤≥≈∼∈→,;:")
"""A minus after one of these is a sign: set close to its number, where MathML alone would see a difference."""


@functools.lru_cache(maxsize=4096)
def mathml(source: str) -> Markup:
    """`source` with its delimiters. The element's `alttext` is the source, for who listens and who copies."""
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
    """None where latex2mathml cannot read it, leaves a command as text, or builds what has no place in a line."""
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
        # It keeps its symbols as character references, so that a text is read once before it is written.
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
