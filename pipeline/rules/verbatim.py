"""What a translation carries over unchanged: formulas and URLs, both rejected when touched; names are names.py's."""

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
