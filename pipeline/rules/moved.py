"""Rule number_moved: two numbers that changed places, each right and in the wrong sentence.

That they are there at all is the rule number's.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from pipeline.rules.analysis import Analysis, SentencePair, Side, quoted
from pipeline.rules.numbers import around, in_a_name
from pipeline.rules.quantities import Quantity, digits_in, values_in
from pipeline.rules.units import measured_in

_FIGURE = re.compile("[0-9]+")
_STOP = re.compile(r"[.!?]\s+[A-Z]")
_CHINESE_STOP = re.compile("[。！？]")
_LISTED = re.compile(
    r"\s*(?:%|\w{1,2}|个百分点)?\s*(?:[-–—~～/]{1,2}|至|到|和|或|与|及|、|,|，|(?:,\s*)?(?:to|and|or|vs\.?|versus)|对|比)\s*[~约]?\s*"
)
"""What stands between the numbers of a range or list, a unit before it."""


def number_moved(analysis: Analysis) -> Iterator[str]:
    """Two numbers that changed places: each stands where the other one should."""
    for first, second in _exchanged_in_order(analysis.plain_source.prose, analysis.plain_text.prose):
        yield _said_to_be_exchanged(first, second, around(analysis.plain_source.prose, first))
        return
    for first, second in _exchanged_units(analysis.plain_source.prose, analysis.plain_text.prose):
        yield _said_to_be_exchanged(first, second, around(analysis.plain_source.prose, first))
        return
    suspects = [_Numbers(pair) for pair in analysis.pairs if _differ(pair)]  # mutant: only faster
    for place, one in enumerate(suspects):
        for other in suspects[place + 1 :]:
            for lost, found in _exchanged_between(one, other):
                yield _said_to_be_exchanged(lost, found, quoted(one.pair.english, 60))
                return


def _differ(pair: SentencePair) -> bool:
    """Whether each of two sentences has digits that the other lacks: most have not, and are not looked at again."""
    english, chinese = set(_FIGURE.findall(pair.english)), set(_FIGURE.findall(pair.chinese))
    return bool(english - chinese) and bool(chinese - english)  # mutant: only faster


def _said_to_be_exchanged(first: Quantity, second: Quantity, where: str) -> str:
    return f"数字{quoted(first.text)}与{quoted(second.text)}可能互换了位置，原文是{where}"


def _exchanged_in_order(source: str, text: str) -> Iterator[tuple[Quantity, Quantity]]:
    """Two numbers in each other's place in the row of all numbers, sentences apart or with others between that keep their
    order; or two of a range or list in the other order. What Chinese says earlier or later in a sentence moves numbers
    too, but otherwise."""
    english, chinese = standing_once(source), standing_once(text)
    shared = [value for value in english if value in chinese]
    place = {value: index for index, value in enumerate(value for value in chinese if value in english)}
    for index, value in enumerate(shared):
        other = shared[place[value]]
        between = range(index + 1, place[value])
        if (
            index == place[other]
            and all(place[shared[each]] == each for each in between)
            and (
                len(between) >= _MANY
                or (
                    _STOP.search(source, english[value].end, english[other].start)
                    and _CHINESE_STOP.search(text, chinese[other].end, chinese[value].start)
                )
            )
        ):
            yield english[value], english[other]
    for first, second in pairwise(shared):
        if (
            place[first] == place[second] + 1
            and _LISTED.fullmatch(source, english[first].end, english[second].start)
            and _LISTED.fullmatch(text, chinese[second].end, chinese[first].start)
        ):
            yield english[first], english[second]


@lru_cache(maxsize=64)
def standing_once(prose: str) -> dict[float, Quantity]:
    """The numbers that stand only once, in order, by value."""
    quantities = [q for q in digits_in(prose) if not in_a_name(prose, q)]
    times = Counter(max(q.values) for q in quantities)
    return {max(q.values): q for q in quantities if times[max(q.values)] == 1}


_MANY = 3
"""Numbers around which no turn of phrase exchanges two others: 3 of 5 becomes 5 个中的 3 个."""


def _exchanged_units(source: str, text: str) -> Iterator[tuple[Quantity, Quantity]]:
    """Two numbers of which the one has another unit than in the source, and the other one has that unit now."""
    english, chinese = standing_once(source), standing_once(text)
    units = {max(each.values): each.units for each in measured_in(source)}
    units_now = {max(each.values): each.units for each in measured_in(text, chinese=True)}
    shared = [value for value in english if value in chinese and value in units and value in units_now]
    changed = [value for value in shared if units[value] and units_now[value] and not units[value] & units_now[value]]
    for value in changed[:_MANY]:
        for other in shared:
            if units_now[other] & units[value] and not units[other] & units[value]:
                yield english[value], english[other]


class _Numbers:
    """The numbers of a pair of sentences that only one of the two has."""

    def __init__(self, pair: SentencePair) -> None:
        self.pair = pair
        english, chinese = Side.of(pair.english), Side.of(pair.chinese)
        said, stated = values_in(chinese.text), values_in(english.text)
        self.lost = [q for q in digits_in(english.prose) if not q.values & said and not in_a_name(english.prose, q)]
        self.foreign = [
            q for q in digits_in(chinese.prose) if not q.values & stated and not in_a_name(chinese.prose, q)
        ]


def _exchanged_between(one: _Numbers, other: _Numbers) -> Iterator[tuple[Quantity, Quantity]]:
    """What the one sentence lost stands in the other, and what the other lost in the one."""
    for lost in one.lost:
        if any(lost.values & q.values for q in other.foreign):
            yield from ((lost, q) for q in other.lost if any(q.values & here.values for here in one.foreign))
