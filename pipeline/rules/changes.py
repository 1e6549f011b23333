"""What is said of a number: that something rises by it or falls to it, or is above or below it, in English and in Chinese.

Part of the rule direction: numbers find what belongs together even where sentences do not.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.rules.analysis import Analysis, quoted
from pipeline.rules.moved import standing_once
from pipeline.rules.quantities import Quantity, digits_in


class _Words(NamedTuple):
    """Words right before a number that say one way, and those that say the other."""

    up: re.Pattern[str]
    down: re.Pattern[str]

    def rises(self, before: str) -> bool | None:
        """None where neither is said, or both are."""
        up, down = bool(self.up.search(before)), bool(self.down.search(before))
        return None if up is down else up


def _english(stems: str, tail: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(stems.split())}){tail}", re.IGNORECASE)


_TO_THE_NUMBER = r"(?:\s+[a-z][\w-]*){0,6}\s+(?:by|to|of|from|than)\s+(?:(?:a|an|about|around|roughly|approximately|only|just|merely|nearly|almost|up\s+to|as\s+much\s+as)\s+)*[~≈$+]*$"
_TO_THE_NUMBER_ZH = r"了?[至到为成]?(?:高达|多达|大约|约|近|仅|只有?|最多)?\s?[~≈$+]*$"
_CHANGES = _Words(
    _english(
        "increas\\w* improv\\w* ris(?:es?|ing) rose grow(?:s|th|ing)? grew rais(?:es?|ed|ing) boost\\w* climb\\w*",
        _TO_THE_NUMBER,
    ),
    _english(
        "decreas\\w* reduc\\w* fall(?:s|ing)? fell drop(?:s|ped|ping)? declin\\w* lower(?:s|ed|ing) shr[iau]nk\\w* shorten\\w* cut(?:s|ting)?",
        _TO_THE_NUMBER,
    ),
)
_CHANGES_ZH = _Words(
    re.compile(f"(?:提高|提升|增加|增长|增大|上升|升高|升|增|延长|扩大){_TO_THE_NUMBER_ZH}"),
    re.compile(f"(?:降低|减少|减小|下降|缩短|缩小|降|减){_TO_THE_NUMBER_ZH}"),
)
_BOUNDS = _Words(
    _english(
        r"(?<!no\s)(?<!not\s)(?:more|greater|larger|higher|longer|faster)\s+than at\s+least exceed(?:s|ed|ing)? above no\s+(?:less|fewer)\s+than",
        r"\s+[~≈$]*$",
    ),
    _english(
        r"(?<!no\s)(?<!not\s)(?:less|fewer|smaller|lower|shorter|slower)\s+than at\s+most below no\s+more\s+than",
        r"\s+[~≈$]*$",
    ),
)
_BOUNDS_ZH = _Words(
    re.compile(r"(?:(?<!不)(?:超过|高于|多于|大于|长于|快于)|至少|不少于|不低于|不小于)了?\s?[~≈$]*$"),
    re.compile(r"(?:(?<!不)(?:低于|少于|小于|短于|慢于)|不到|不足|不及|至多|不超过|不高于|不大于|不多于)了?\s?[~≈$]*$"),
)
_DENIED = re.compile(
    r"\b(?:not|no(?!\s+(?:more|less|fewer)\s+than)|never|without|neither|nor|cannot|fail\w*)\b|n['’]t\b", re.IGNORECASE
)
_REACH = 120
"""Characters before a number in which English words belong to it."""
_BREAK = re.compile(r"[,;:.()](?=\s|$)|\d|\$[^$]*$")


def contradicted(analysis: Analysis) -> Iterator[tuple[str, str]]:
    """What the two texts say of a number that stands once in both, where one says up and the other down."""
    source, text = analysis.plain_source.prose, analysis.plain_text.prose
    english = standing_once(source)
    for value, stated in standing_once(text).items():
        if value not in english:
            continue
        before, there = _clause_before(source, english[value]), text[max(0, stated.start - 10) : stated.start]
        if _DENIED.search(before):
            continue
        for words, words_zh in ((_CHANGES, _CHANGES_ZH), (_BOUNDS, _BOUNDS_ZH)):
            if (words.rises(before), words_zh.rises(there)) in ((True, False), (False, True)):
                yield f"{before}{english[value].text}".strip(), f"{there}{stated.text}"


def _clause_before(source: str, q: Quantity) -> str:
    before = source[max(0, q.start - _REACH) : q.start]
    breaks = [found.end() for found in _BREAK.finditer(before)]
    return before[breaks[-1] :] if breaks else before


_MINUS = re.compile(r"(?:^|[=(\[,:;~≈]\s?|[a-z]\s)-$")
_SAYS_MINUS = re.compile("[-−–—﹣－负减降低少亏损下差缩]|零下")
_NEAR = 14
"""Characters before and behind a number in which Chinese says its sign."""


def unsigned(analysis: Analysis) -> Iterator[str]:
    """Numbers that lost their minus; a fall may be said in words instead."""
    source, text = analysis.plain_source.prose, analysis.plain_text.prose
    if not re.search(r"-\d", source):  # mutant: only faster
        return
    chinese = standing_once(text)
    for value, q in standing_once(source).items():
        stated = chinese.get(value)
        if stated and _MINUS.search(source[max(0, q.start - 3) : q.start]):
            around = text[max(0, stated.start - _NEAR) : stated.end + _NEAR]
            if not _SAYS_MINUS.search(around):
                yield f"原文是-{q.text}，译文没有负号：{quoted(around)}"


_FROM_TO = re.compile(
    r"(?<![上比])[从由](?P<from>[^，。；：、从由（(]{1,14}?)(?:的)?(?P<verb>提高|提升|增加|增长|增大|上升|升高|升|增|延长|扩大|降低|减少|减小|下降|缩短|缩小|降|减)[至到为成](?:了)?(?:约|近|仅)?\s?(?P<to>[^，。；：、（(]{1,14})"
)
_RISES = re.compile("提高|提升|增|升|延长|扩大")
_BETTER = re.compile(r"\b(?:improv|boost|enhanc|better|upgrad|rank)", re.IGNORECASE)
"""A perplexity may be “improved” from 6 to 5."""
_HOW = re.compile("(?:大幅|显著|明显|逐渐|逐步|迅速|急剧|略微|小幅|进一步|[渐骤猛略锐])+$")


def against_its_numbers(analysis: Analysis) -> Iterator[str]:
    """从 43 提高到 28: a change the wrong way, of two numbers with the same unit."""
    text = analysis.plain_text.prose
    for found in _FROM_TO.finditer(text):
        first, last = (_first_number(_HOW.sub("", found[side])) for side in ("from", "to"))
        if not first or not last or first[1] != last[1] or first[0] == last[0]:
            continue
        rises = bool(_RISES.search(found["verb"]))
        if rises is not (first[0] < last[0]) and not (rises and _BETTER.search(analysis.source)):
            yield found[0]


def _first_number(said: str) -> tuple[float, str] | None:
    """A plain number that a phrase begins with, and the unit behind it."""
    quantities = digits_in(said)
    if len(quantities) != 1 or said[: quantities[0].start].strip(" 约近"):
        return None
    unit = re.match(r"\s?([%％A-Za-zμ]+|[^\W\d_A-Za-z]{1,2})", said[quantities[0].end :])
    return max(quantities[0].values), unit[1] if unit else ""
