"""Rule number: every number of the source is in the text, and no other.

Digits inside names (GPT-4) are the rule name's, inside formulas the rule formula's. Values are compared, see quantities.py.
"""

import re
from collections import Counter
from collections.abc import Iterator

from pipeline.rules.analysis import Analysis, quoted
from pipeline.rules.quantities import Quantity, chinese_in, digits_in, values_in, words_in

_UNITS = r"(?:x|×|s|ms|us|ns|min|h|hr|Hz|kHz|MHz|GHz|THz|KB|MB|GB|TB|PB|GiB|MiB|W|kW|MW|V|mV|A|mA|J|kJ|eV|keV|MeV|GeV|TeV|m|mm|cm|km|nm|um|kg|g|mg|mm|L|mL|px|fps|FPS|dB|bit|bits|pp|st|nd|rd|th|fold|pm|am|K|M|B|T|bn|yr|yrs|days?|%)"
_NAME_BEFORE = re.compile(r"[A-Za-z_\\]$|(?<![a-z])[A-Z][A-Za-z0-9]*[-–]$|[A-Za-z]\d*[.]$|\d\.$")
_PART = re.compile(
    r"[A-Za-z][-\s](?:third|quarter|fourth|fifth|sixth|seventh|eighth|ninth|tenth)s\b|\bone[-\s](?:third|quarter|fourth|fifth|sixth|eighth|tenth)\b",
    re.IGNORECASE,
)
_CITED = re.compile(r"et al\.?,?\s*[(\[]?$")
_CENTURY = re.compile(r"\s*世纪")
_ENUMERATOR = re.compile(r"(?:^|[\s(（;；,，:：.。])\(?（?$")


def number(analysis: Analysis) -> Iterator[str]:
    """In a one-liner only wrong numbers count: it need not state them all."""
    lost = [] if analysis.is_one_liner else _lost(analysis)
    foreign = _foreign(analysis)
    if lost:
        instead = f"（译文中的{_listed(foreign)}原文没有）" if foreign else ""
        yield f"原文的数字{_listed(lost)}在译文中丢失或改变{instead}"
    elif foreign:
        yield f"数字{_listed(foreign)}是原文没有的"


def _lost(analysis: Analysis) -> list[Quantity]:
    """Numbers of the source that are nowhere in the text, or less often: "from 12% to 12%" needs both.

    Counted together with the digits of names, or the 3 of "3D" would stand in for a lost 3.
    """
    prose = analysis.source_prose
    standing = [
        q for q in (*digits_in(prose), *_parts_in(prose)) if analysis.survives(q.start) and not _is_enumerator(prose, q)
    ]
    needed = Counter(q.values for q in standing)
    text = (*digits_in(analysis.text), *chinese_in(analysis.text))
    lost = []
    for q in standing:
        found = sum(bool(q.values & stated.values) for stated in text)
        if found < needed[q.values] and not _in_a_name(prose, q) and (found or not q.values & values_in(analysis.text)):
            lost.append(q)
    return lost


def _parts_in(prose: str) -> list[Quantity]:
    """Thirds and quarters; other number words are not held to: Chinese has many ways to say "two"."""
    return [q for q in words_in(prose) if _PART.search(q.text)] if _PART.search(prose) else []


def _foreign(analysis: Analysis) -> list[Quantity]:
    """Numbers of the text that nothing in the source explains. Small whole ones are left alone, for Chinese likes to count,
    unless they may be what a small model made of a formula's mark: "from ⟦1⟧ to ⟦2⟧" became 从1到2."""
    prose = analysis.text_prose
    explained = frozenset[float]().union(*(q.values for q in digits_in(analysis.source)))
    return [
        q
        for q in digits_in(prose)
        if not (
            _is_small(q, len(analysis.source_spans))
            or q.values & explained
            or _in_a_name(prose, q)
            or _CENTURY.match(prose, q.end)
        )
        and not q.values & values_in(analysis.source)
    ]


def _is_small(q: Quantity, marks: int) -> bool:
    return all(marks < value < 10 and value == int(value) for value in q.values)


def _in_a_name(text: str, q: Quantity) -> bool:
    """Letters next to the digits make a name (GPT-4, Covid-19, 3D), a unit does not; nor does a lower-case word (top-5)."""
    before, after = text[max(0, q.start - 20) : q.start], text[q.end : q.end + 5]
    if _NAME_BEFORE.search(before) or _CITED.search(before):
        return True
    return bool(re.match(r"[A-Za-z]", after) and not re.match(_UNITS + r"(?![A-Za-z])", after))


def _is_enumerator(text: str, q: Quantity) -> bool:
    """(1) and 1) count points; a translation may count them otherwise."""
    return bool(
        re.fullmatch(r"\d", q.text)
        and re.match(r"\s?[)）]", text[q.end :])
        and _ENUMERATOR.search(text[max(0, q.start - 2) : q.start])
    )


def _listed(numbers: list[Quantity]) -> str:
    return "、".join(quoted(text) for text in dict.fromkeys(q.text for q in numbers))
