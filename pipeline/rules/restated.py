"""Numbers for which Chinese has another number: a prefix of a unit becomes a scale, a factor an increase.

Part of the rule number. Each text alone is quantities.py's.
"""

import re
from functools import lru_cache

from pipeline.rules.quantities import Quantity, chinese_in, digits_in, rounded, values_in, values_in_digits

_PREFIXES = {"k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15}
_PREFIXED_UNIT = re.compile(r"[-\s]?([kMGTP])(?:yr|pc|bp|a|ly|LoC|Hz|W|Wh|V|eV|t|B|Pa|J|bps|bit/s)s?\b")
_MANIFOLD = re.compile(r"(?:[-\s]?fold|\s?[x×]|[-\s]times)(?![A-Za-z0-9])")
_FACTOR = re.compile(r"\bfactors?\s+of\s+(?:\w+\s+)?$")
_INCREASED = re.compile(r"(?:[高多超]出|[增添]加|增长|提[高升]|[快高多大长])了?(?:约|近|逾)?\s?$")


@lru_cache(maxsize=64)
def said_otherwise(english: str, chinese: str) -> dict[float, float]:
    """What an English text states → the number that the Chinese one has for it: 3 Gyr → 3e9 (30 亿年), 2.5 of 2.5x faster →
    1.5 (快 1.5 倍). Not where the English has that second number, too: then it is that one."""
    found: dict[float, float] = {}
    stated, increases = values_in_digits(english), _increases_in(chinese)
    for q in digits_in(english):
        value = max(q.values)
        if prefixed := _PREFIXED_UNIT.match(english, q.end):
            (found[value],) = rounded({value * _PREFIXES[prefixed[1]]})
        elif increases and _is_factor(q, english) and (less := rounded({value - 1})) <= increases - stated:
            (found[value],) = less
    return {value: other for value, other in found.items() if other in values_in(chinese)}


def _is_factor(q: Quantity, text: str) -> bool:
    """Whether something is multiplied by it: 3x, 2.5-fold, by a factor of 4."""
    return bool(_MANIFOLD.match(text, q.end) or _FACTOR.search(text[max(0, q.start - 24) : q.start]))


def _increases_in(text: str) -> frozenset[float]:
    """By how many times as much something is said to be more: 1.5 of 快 1.5 倍, which may mean 2.5 times as fast."""
    if "倍" not in text:  # mutant: only faster
        return frozenset()
    found = [
        q
        for q in (*digits_in(text), *chinese_in(text))
        if text.startswith("倍", q.end + (text[q.end : q.end + 1] == " "))
        and _INCREASED.search(text[max(0, q.start - 6) : q.start])
    ]
    return frozenset[float]().union(*(q.values for q in found))
