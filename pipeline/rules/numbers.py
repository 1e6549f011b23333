"""Rules number and rounded_number: every number of the source is in the text, and no other.

Digits inside names (GPT-4) are the rule name's, inside formulas the rule formula's, units the rule unit's, places the rule
number_moved's. Values are compared, see quantities.py.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise

from pipeline.rules.analysis import Analysis, quoted
from pipeline.rules.quantities import (
    Quantity,
    chinese_in,
    digits_in,
    ratios_in,
    values_in,
    values_in_digits,
    words_in,
)
from pipeline.rules.restated import said_otherwise

_UNITS = (
    r"(?:x|×|s|ms|us|ns|ps|fs|μs|µs|min|mins|h|hr|hrs|sec|secs|[kMGT]?Hz|[KkMGTP]i?B|[kMGT]?W|[kMGT]?Wh|m?V|kV|m?A|mAh|k?J|[kMGT]?eV|m|mm|cm|km|nm|um|μm|µm"
    r"|m?g|kg|[kMG]t|mL|L|px|fps|FPS|dB|dBm|[kMGT]?bps|bits?|pp|st|nd|rd|th|fold|pm|am|K|M|B|T|bn|yrs?|days?|hours?|times|lbs?|ft|[kMG]?Pa|k?cal|k?pc|Mpc|Gpc|%)"
)
_UNIT_AFTER = re.compile(_UNITS + r"(?![A-Za-z])")
_NAME_BEFORE = re.compile(
    r"[A-Za-z_\\^]$|\^[-+({]{1,2}$|(?<![a-z])[A-Z][A-Za-z0-9]*[-–]$|[A-Za-z]\d*[.]$|\d\.$"
    r"|(?<![A-Za-z])(?:yr|s|m|cm|km|pc|kpc|Mpc|Gpc|g|kg|Hz|sr|h|d|mag|arcsec|erg|K)-$"  # yr-1: to the power of -1
)
_PART = re.compile(
    r"[-\s](?=[tqfsen])(?:(?<=[A-Za-z][-\s])(?:third|quarter|fourth|fifth|sixth|seventh|eighth|ninth|tenth)s|(?<=\bone[-\s])(?:third|quarter|fourth|fifth|sixth|eighth|tenth))\b",
    re.IGNORECASE,
)
_CITED = re.compile(r"et al\.?,?\s*[(\[]?$")
_REFERENCE = re.compile(r"\[\s?[1-9][0-9]{0,2}(?:\s?[,–-]\s?[0-9]{1,3})*\s?\]")
_NAMED = re.compile(r"[A-Za-z][a-z][\s@(-]$")
_CENTURY = re.compile(r"\s*世纪")
_POINT = re.compile(r"([1-9])(?<![0-9.].)[)）](?!\s?[-+*/=^])")
_BEFORE_POINT = re.compile(r"(?:(?<![A-Za-z0-9_}])[(（]|^|[\s:：;；,，。])$")
_ENUMERATOR = re.compile(r"(?:^|[\s(（;；,，:：.。])\(?（?$")


def number(analysis: Analysis) -> Iterator[str]:
    """Of a title or an abstract: numbers lost, changed, or invented."""
    lost, foreign = _lost(analysis), _foreign(analysis)
    if lost:
        where = around(analysis.plain_translated.prose, lost[0])
        instead = f"，译文中的{_listed(foreign)}原文没有" if foreign else ""
        yield f"原文的数字{_listed(lost)}在译文中丢失或改变（原文：{where}{instead}）"
    elif foreign:
        yield f"数字{_listed(foreign)}是原文没有的（译文：{around(analysis.plain_text.prose, foreign[0])}）"
    yield from _miscounted(analysis)


def rounded_number(analysis: Analysis) -> Iterator[str]:
    """Of a one-liner, which need not state them all and may round them: numbers that are none of the source's."""
    foreign = [
        q for q in _foreign(analysis) if not any(_rounds(q, each) for values in _stated(analysis) for each in values)
    ]
    if foreign:
        where = around(analysis.plain_text.prose, foreign[0])
        yield f"数字{_listed(foreign)}是原文没有的，也不是其中某个数字的约数（译文：{where}）"


def _lost(analysis: Analysis) -> list[Quantity]:
    """Numbers of the source that are nowhere in the text, or less often: "from 12% to 12%" needs both.

    Counted together with the digits of names, or the 3 of "3D" would stand in for a lost 3.
    """
    prose, text = analysis.plain_translated.prose, analysis.plain_text.text
    references = {place for match in _REFERENCE.finditer(prose) for place in range(*match.span())}
    standing = [
        q
        for q in (*digits_in(prose), *_parts_in(prose))
        if not _is_enumerator(prose, q)
        and not _CITED.search(prose[max(0, q.start - 12) : q.start])
        and q.start not in references
    ]
    needed = Counter(q.values for q in standing)
    times = _Occurrences((*digits_in(text), *chinese_in(text)))
    return [
        q
        for q in standing
        if times[q.values] < needed[q.values]
        and (times[q.values] or not q.values & values_in(text))
        and not in_a_name(prose, q)
        and not _is_said_in_parts(q, values_in(text))
        and not _ratio_around(q, prose) & values_in(text)
        and q.values.isdisjoint(_otherwise(analysis))
    ]


class _Occurrences(dict[frozenset[float], int]):
    """How many of these quantities may mean one of some values."""

    def __init__(self, quantities: Iterable[Quantity]) -> None:
        super().__init__()
        self._places: dict[float, set[int]] = defaultdict(set)
        for place, quantity in enumerate(quantities):
            for value in quantity.values:
                self._places[value].add(place)

    def __missing__(self, values: frozenset[float]) -> int:
        times = self[values] = len(set().union(*(self._places.get(value, ()) for value in values)))
        return times


def _is_said_in_parts(q: Quantity, said: frozenset[float]) -> bool:
    """128,256,512 is rather three numbers."""
    parts = re.split("[,，]", q.text)
    return len(parts) > 2 and all(part.isdigit() and float(part) in said for part in parts)


def _parts_in(prose: str) -> list[Quantity]:
    """Thirds and quarters; other number words are not held to: Chinese has many ways to say "two"."""
    if not _PART.search(prose):  # mutant: only faster
        return []
    return [q for q in words_in(prose) if _PART.search(q.text)]


def _foreign(analysis: Analysis) -> list[Quantity]:
    """Numbers of the text that nothing in the source explains. Small whole ones are left alone, for Chinese likes to count,
    unless they may be what a small model made of a formula's mark: "from ⟦1⟧ to ⟦2⟧" became 从1到2."""
    prose, marks = analysis.plain_text.prose, len(analysis.plain_source.spans)
    in_source = values_in_digits(analysis.source)
    return [
        q
        for q in digits_in(prose)
        if not q.values & in_source  # mutant: only faster
        and not _is_small(prose, q, marks)
        and not in_a_name(prose, q)
        and not _CENTURY.match(prose, q.end)
        and not any((q.values | _ratio_around(q, prose)) & values for values in _stated(analysis))
        and not _is_one_of_a_ratio(prose, q)
        and q.values.isdisjoint(_otherwise(analysis).values())
    ]


def _stated(analysis: Analysis) -> Iterator[frozenset[float]]:
    """The values of the source, its TeX read both ways ({,} is a comma, or nothing), raised and lowered digits as plain ones
    (⁸⁷Rb is 铷-87); first those in digits, which are most."""
    sources = (analysis.source, analysis.plain_source.text.replace("{,}", ",").translate(_ON_THE_LINE))
    yield from map(values_in_digits, sources)
    yield from map(values_in, sources)


_ON_THE_LINE = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉", "01234567890123456789")


def _otherwise(analysis: Analysis) -> Mapping[float, float]:
    return said_otherwise(analysis.plain_source.prose, analysis.plain_text.prose)


def _ratio_around(q: Quantity, prose: str) -> frozenset[float]:
    """The values of the ratio that a number is part of."""
    return _ratio_at(prose).get(q.start, frozenset())


@lru_cache(maxsize=64)
def _ratio_at(prose: str) -> dict[int, frozenset[float]]:
    """The values of a ratio by each place it takes."""
    return {place: values for span, values in ratios_in(prose) for place in range(*span)}


def _is_one_of_a_ratio(prose: str, q: Quantity) -> bool:
    """The 1 of 1/242."""
    return q.text == "1" and bool(re.match(r"\s?[/:：比]\s?[0-9]", prose[q.end : q.end + 3]))


def _is_small(prose: str, q: Quantity, marks: int) -> bool:
    """Whole, below ten, and not the number of something with a name: 3 个, but not 3.0, 3% (it may mean 0.03) or Llama 3."""
    if "." in q.text or _NAMED.search(prose[max(0, q.start - 4) : q.start]):
        return False
    return all(marks < value < 10 and value == int(value) for value in q.values)


def in_a_name(text: str, q: Quantity) -> bool:
    """Letters next to the digits make a name (GPT-4, Covid-19, 3D), a unit does not; nor does a lower-case word (top-5)."""
    before, after = text[max(0, q.start - 20) : q.start], text[q.end : q.end + 7]
    if _NAME_BEFORE.search(before):
        return True
    return bool(re.match(r"[A-Za-z]", after) and not _UNIT_AFTER.match(after))


def _is_enumerator(text: str, q: Quantity) -> bool:
    """(1) and 1) count points; a translation may count them otherwise."""
    return bool(
        re.fullmatch(r"[0-9]", q.text)
        and re.match(r"\s?[)）]", text[q.end : q.end + 2])
        and _ENUMERATOR.search(text[max(0, q.start - 2) : q.start])
    )


def _miscounted(analysis: Analysis) -> Iterator[str]:
    """Points of a list that are numbered otherwise than 1, 2, 3, where the source counts so."""
    english, chinese = (_points(side.prose) for side in (analysis.plain_source, analysis.plain_text))
    if len(chinese) == len(english) > 1 and _counts_up(english) and not _counts_up(chinese):
        yield f"列举的编号{'、'.join(map(quoted, chinese))}不连续，原文是{'、'.join(map(quoted, english))}"


def _points(prose: str) -> list[str]:
    found = _POINT.finditer(prose)
    return [match[1] for match in found if _BEFORE_POINT.search(prose[max(0, match.start() - 2) : match.start()])]


def _counts_up(numbers: list[str]) -> bool:
    return all(int(here) in (1, int(before) + 1) for before, here in pairwise(["0", *numbers]))


def around(prose: str, q: Quantity) -> str:
    """A number with what stands around it."""
    return quoted(prose[max(0, q.start - 24) : q.end + 16], 60)


def _rounds(q: Quantity, value: float) -> bool:
    """Whether a number is another one rounded or cut off where its own digits end: 11万 for 110,472, 24 for 24.3.

    At most a tenth away, and final zeros are digits of a number below a thousand.
    """
    stated = min(q.values, key=lambda each: abs(each - value))
    away = abs(stated - value)
    return away < abs(value) / 10 and away < 0.99 * _last_place(q, stated)


def _last_place(q: Quantity, stated: float) -> float:
    """What one more in the last digit of a number is worth: 1,000 of 5千, 0.1 of 2.4."""
    written = re.sub(r"[,，\s]|[^0-9.,，\s].*", "", q.text, flags=re.DOTALL)
    whole, _, decimals = written.partition(".")
    if not float(written):
        return 0.0  # 0×10^5, which may also mean its 10
    scale = stated / float(written)
    if decimals:
        return scale / 10.0 ** len(decimals)
    zeros = len(whole) - len(whole.rstrip("0"))
    return scale * (10.0**zeros if len(whole) > 3 or scale > 1 else 1)


def _listed(numbers: list[Quantity]) -> str:
    return "、".join(quoted(text) for text in dict.fromkeys(q.text for q in numbers))
