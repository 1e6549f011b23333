"""Slips of the pen: unpaired brackets and quotes (bracket), a word written twice (doubled), markup nobody asked for (markup)."""

import re
from collections.abc import Iterator

from pipeline.rules.analysis import Analysis, quoted
from pipeline.text.han import HAN

_OPENING = {"（": "）", "(": "）", "[": "]", "［": "]", "【": "】", "「": "」", "『": "』", "《": "》", "“": "”"}
_CLOSING = {"）": "）", ")": "）", "]": "]", "］": "]", "】": "】", "」": "」", "』": "』", "》": "》", "”": "”"}
_HALF = re.compile("[" + re.escape("".join([*_OPENING, *_CLOSING])) + "]")
_INTERVAL = re.compile(r"[\[(（][^\[\]()（）\s]{1,12}\s?[,，]\s?[^\[\]()（）]{1,12}[\])）]|[:;]-?[()]")
"""[0, 1) and :)"""
_ITEM = re.compile(
    r"(?:(?<![0-9.])[0-9]{1,2}|(?<![A-Za-z])(?:[A-Za-z]|[ivx]{2,4}|[IVX]{2,4})|[一二三四五六七八九十])\s?$"
)
"""Before the bracket that closes the number of an item: 1), (a) or ii）."""


def bracket(analysis: Analysis) -> Iterator[str]:
    """A bracket or a quotation mark without its other half; where the source has one too, it is the paper's."""
    found = _unpaired(analysis.text_prose)
    if found and not analysis.stops_midway and not _unpaired(analysis.source_prose):
        for place in found:
            around = analysis.text[max(0, place - 10) : place + 11]
            yield f"{quoted(analysis.text[place])}没有配对：{quoted(around)}"


def _unpaired(prose: str) -> list[int]:
    """Places of the halves that stand alone, kind by kind: a bracket around half a quotation is no fault of the bracket."""
    prose = _INTERVAL.sub(lambda match: " " * len(match[0]), prose)
    opened: dict[str, list[int]] = {}
    alone = []
    for half in _HALF.finditer(prose):
        place, char = half.start(), half[0]
        if char in _OPENING:
            opened.setdefault(_OPENING[char], []).append(place)
        elif opened.get(_CLOSING[char]):
            opened[_CLOSING[char]].pop()
        elif char not in ")）" or not _ITEM.search(prose[max(0, place - 5) : place]):
            alone.append(place)
    alone += [place for places in opened.values() for place in places]
    straight = [match.start() for match in re.finditer(r'(?<!\d)"', prose)]
    return sorted(alone + (straight[-1:] if len(straight) % 2 else []))


_DOUBLED = re.compile(
    rf"""的(?<![目标]的)的(?!确) | 了(?<![为除]了)了(?![解结然]) | 是是(?![否非]) | 被被 | 把把 | 们们 | 该该 | 这这 | 我我
      | (?=[我它他其因但然以并或而通由这一可能如对关基])(?P<word>我们|它们|他们|我们的|它的|其中|因此|因为|但是|然而|以及|并且|或者|而且|通过|由于|这些|一个|一种|可以|能够|如果|对于|关于|基于)(?P=word)
      | (?P<phrase>(?=(?P<first>.).{{2,5}}(?P=first))(?![一二三四五六七八九十两几]|[{HAN}]{{0,5}}[对到])[{HAN}]{{3,6}})(?P=phrase)
      | (?P<mark>[，；、：])(?P=mark) | 。(?<!。。)。(?!。)""",
    re.VERBOSE,
)
"""No words of two characters but those that never stand side by side: 人工智能|智能体, 强化学习|学习控制 are right."""


def doubled(analysis: Analysis) -> Iterator[str]:
    """A word or a mark twice in a row that is never right twice: 的的, 模型模型; 为了了解, 目的的 and 一步一步 are."""
    for found in _DOUBLED.finditer(analysis.text_prose):
        around = analysis.text[max(0, found.start() - 6) : found.end() + 6]
        yield f"{quoted(found[0])}重复了：{quoted(around)}"
    for name in dict.fromkeys(_NAME_TWICE.findall(analysis.text_prose)):
        if not _is_twice_in(name, analysis.source):
            yield f"名称{quoted(name)}连写了两遍"


_NAME_TWICE = re.compile(
    r"(?<![\w.-])([A-Z][\w.-]{0,30}[A-Z0-9][\w-]{0,30})(?:\s?[、/和与或]\s?|\s)\1(?![\w.-])", re.ASCII
)


def _is_twice_in(name: str, source: str) -> bool:
    """LLMs and LLM judges."""
    return bool(re.search(rf"{re.escape(name)}s?\W+(?:\w+\W+){{0,3}}{re.escape(name)}s?(?!\w|-\d)", source))


_MARKUP_SIGN = re.compile(r"[*_#`<\[&]")
"""What all markup has."""
_MARKUP = (
    re.compile(rf"\*\*(?=\S)|(?<=\S)\*\*|__(?=[^\s_])[^_\n]+__|(?<![\w*])\*[{HAN}][^*\n]*\*(?![\w*])"),
    re.compile(r"^\s{0,3}#{1,6}\s", re.MULTILINE),
    re.compile(r"`+"),
    re.compile(
        r"</?(?:a|b|i|u|p|em|br|hr|li|ul|ol|h[1-6]|sub|sup|div|span|code|strong|table|t[dhr])(?:\s[^<>]*)?/?>",
        re.IGNORECASE,
    ),
    re.compile(r"!?\[[^\[\]\n]+\]\((?:https?:|#|/)"),
    re.compile(r"&(?:nbsp|amp|lt|gt|quot|#\d+);"),
)


def markup(analysis: Analysis) -> Iterator[str]:
    """Markdown or HTML that the source does not have."""
    if not _MARKUP_SIGN.search(analysis.text):  # mutant: only faster
        return
    for pattern in _MARKUP:
        found = pattern.search(analysis.text)
        if found and not pattern.search(analysis.source):
            around = analysis.text[max(0, found.start() - 4) : found.end() + 12]
            yield f"多了原文没有的标记{quoted(found[0])}：{quoted(around)}"
