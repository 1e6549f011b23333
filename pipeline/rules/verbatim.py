"""What a translation carries over unchanged: formulas, URLs (both rejected when touched) and names (a warning)."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from pipeline.rules.analysis import Analysis, quoted
from pipeline.text.spans import Span


def formula(analysis: Analysis) -> Iterator[str]:
    yield from _changed(analysis, "formula", "公式")
    # A translation may name a formula once more than its source; twice in a row it only stutters.
    spans = analysis.text_spans
    for first, second in pairwise(spans):
        between = analysis.text[first.end : second.start]
        if first.text == second.text and not between.strip() and f"{first.text}{first.text}" not in analysis.source:
            yield f"公式{quoted(first.text)}连写了两遍"


def url(analysis: Analysis) -> Iterator[str]:
    yield from _changed(analysis, "url", "网址")


def _changed(analysis: Analysis, kind: str, called: str) -> Iterator[str]:
    there = Counter(_normal(span) for span in analysis.text_spans if span.kind == kind)
    if not analysis.is_one_liner:
        yield from (f"原文的{called}{quoted(span)}在译文中丢失或改变" for span in _lost(analysis, kind, there))
    if there:
        source = "".join(analysis.source.split())
        for span in analysis.text_spans:
            if span.kind == kind and _normal(span) not in source:
                yield f"{called}{quoted(span.text)}是原文没有的"


def _lost(analysis: Analysis, kind: str, there: Counter[str]) -> Iterator[str]:
    """Spans of the source that are in the text less often than in its translated sentences."""
    spans = [span for span in analysis.source_spans if span.kind == kind]
    if not spans:
        return
    needed = Counter(_normal(span) for span in spans if analysis.survives(span.start))
    text = "".join(analysis.text.split())
    for normal, shown in {_normal(span): span.text for span in spans}.items():
        said = any(word in text for word in _SAID.get(normal, "")) or (kind == "url" and normal in text)
        if there[normal] < needed[normal] and not said:
            yield shown


def _normal(span: Span) -> str:
    r"""Without white space and without the kind of delimiter: \(x\) and $x$ are the same formula."""
    text = re.sub(r"\s+", "", span.text)
    if span.kind == "formula":
        text = re.sub(r"^(?:\$\$?|\\[(\[])(.*?)(?:\$\$?|\\[)\]])$", r"\1", text, flags=re.DOTALL)
    return text


_SAID = {r"\times": "倍×", r"\sim": "约", r"\approx": "约", r"\%": "%", "%": "%", ">": "大于超过", "<": "小于低于"}
r"""Lone operators that have a word in Chinese (any of these characters): 10$\times$ is 10倍."""

_NAME = re.compile(r"(?<![\w\\$/.@-])[A-Z][A-Za-z0-9]*(?:[-.+][A-Za-z0-9]+)*(?![\w$])")

_NAME_SHAPE = re.compile(r"[A-Z](?:.*[a-z][A-Z]|[A-Z].*[a-z]{2}|.*\d)|\d+[A-Z]")
_NO_NAME = re.compile(
    r"[A-Z][a-z][A-Z]s?|S[oO][tT]A|(?i:covid)\d+|(?:Top|Stage|Phase|Level|Type|Rank|Task|Step|Layer|Class|Tier|Group|Round)\d+"
)
"""Acronyms (IoT, QoS, CoT) and counted things, which Chinese has its own words for."""


def name(analysis: Analysis) -> Iterator[str]:
    """Names of models and data: a capital and, inside the word, another one or a digit. A one-liner need not name them all.

    Plain acronyms are left alone, LLM is well said in Chinese; so are words with a small first letter: dB, mmWave.
    """
    source, text = (re.sub(r"[\s-]", "", side).lower() for side in (analysis.source, analysis.text_prose))
    names = [
        match
        for match in _NAME.finditer(analysis.source_prose)
        if _cores(match[0]) and analysis.survives(match.start())
    ]
    counts = Counter(core for match in names for core in _cores(match[0]))
    lost = [match[0] for match in names if any(_is_missing(core, counts[core], text) for core in _cores(match[0]))]
    if lost:
        yield f"原文的名称{'、'.join(quoted(found) for found in dict.fromkeys(lost))}没有保留"
    foreign = [word for word in _NAME.findall(analysis.text_prose) if any(core not in source for core in _cores(word))]
    if foreign:
        yield f"名称{'、'.join(quoted(found) for found in dict.fromkeys(foreign))}是原文没有的"


def _is_missing(core: str, times: int, text: str) -> bool:
    """A name with a digit in it must come as often as in the source: a lost digit makes it another name."""
    found = text.count(core)
    return not found or (found < times and any(char.isdigit() for char in core))


def _cores(word: str) -> list[str]:
    """What of a word must be found: ReAct of "ReAct-style", F1 of "Row-F1", GPT4o of "GPT-4o", VASP of "VASPs"."""
    parts: list[str] = []
    for part in re.split("[-+]", word):
        if parts and part[0].isdigit() and parts[-1][0].isupper():
            parts[-1] += part
        else:
            parts.append(part)
    return [
        part.lower().removesuffix("s") for part in parts if _NAME_SHAPE.match(part) and not _NO_NAME.fullmatch(part)
    ]
