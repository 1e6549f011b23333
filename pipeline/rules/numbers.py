"""Rule number: every number of the source is in the text, and no other.

Digits inside names (GPT-4) are the rule name's, inside formulas the rule formula's. Values are compared, see quantities.py.
"""

import re
from collections.abc import Iterator

from pipeline.config import ValidateSettings
from pipeline.rules.quantities import Quantity, digits_in, values_in, words_in
from pipeline.rules.reading import Reading, quoted

_UNITS = r"(?:x|×|s|ms|us|ns|min|h|hr|Hz|kHz|MHz|GHz|THz|KB|MB|GB|TB|PB|GiB|MiB|W|kW|MW|V|mV|A|mA|J|kJ|eV|keV|MeV|GeV|TeV|m|mm|cm|km|nm|um|kg|g|mg|mm|L|mL|px|fps|FPS|dB|bit|bits|pp|st|nd|rd|th|fold|pm|am|K|M|B|T|bn|yr|yrs|days?|%)"
_NAME_BEFORE = re.compile(r"[A-Za-z_\\]$|(?<![a-z])[A-Z][A-Za-z0-9]*[-–]$|[A-Za-z]\d*[.]$|\d\.$")
_CITED = re.compile(r"et al\.?,?\s*[(\[]?$")
_ENUMERATOR = re.compile(r"(?:^|[\s(（;；,，:：.。])\(?（?$")


def number(reading: Reading, settings: ValidateSettings) -> Iterator[str]:
    stated = values_in(reading.text)
    lost = [] if reading.is_one_liner else [q for q in _required(reading.source_prose) if not q.values & stated]
    lost = [q for q in lost if reading.survives(q.start)]
    foreign = _foreign(reading)
    if lost:
        yield f"原文的数字 {_listed(lost)} 在译文中丢失或改变" + (
            f"（译文中的 {_listed(foreign)} 原文没有）" if foreign else ""
        )
    elif foreign:
        yield f"数字 {_listed(foreign)} 是原文没有的"


def _required(prose: str) -> list[Quantity]:
    """Numbers of the source that its translation must state."""
    found = [q for q in digits_in(prose) if not _in_a_name(prose, q) and not _is_enumerator(prose, q)]
    return found + [
        q
        for q in words_in(prose)
        if re.search(r"third|quarter|fifth|tenth", q.text.lower()) and re.search(r"[-\s]", q.text)
    ]


def _foreign(reading: Reading) -> list[Quantity]:
    """Numbers of the text that nothing in the source explains. Small whole ones are left alone: Chinese likes to count."""
    allowed = values_in(reading.source)
    found = []
    for q in digits_in(reading.text_prose):
        small = all(value < 10 and value == int(value) for value in q.values)
        after = reading.text_prose[q.end : q.end + 2]
        if small or q.values & allowed or _in_a_name(reading.text_prose, q) or after == "世纪":
            continue
        found.append(q)
    return found


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
