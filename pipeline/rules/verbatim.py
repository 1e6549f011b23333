"""What a translation carries over unchanged: formulas, URLs (both rejected when touched) and names (a warning)."""

import re
from collections.abc import Iterator

from pipeline.config import ValidateSettings
from pipeline.rules.reading import Reading, quoted
from pipeline.text.spans import Span


def formula(reading: Reading, settings: ValidateSettings) -> Iterator[str]:
    yield from _changed(reading, "formula", "公式")


def url(reading: Reading, settings: ValidateSettings) -> Iterator[str]:
    yield from _changed(reading, "url", "网址")


def _changed(reading: Reading, kind: str, called: str) -> Iterator[str]:
    source = {_normal(span): span.text for span in reading.source_spans if span.kind == kind}
    text = {_normal(span): span.text for span in reading.text_spans if span.kind == kind}
    squeezed = re.sub(r"\s+", "", reading.text)
    for normal, span in source.items():
        if normal in text or reading.is_one_liner or _is_said(normal, reading.text):
            continue
        if kind == "url" and re.sub(r"\s+", "", span) in squeezed:
            continue
        if reading.survives(span):
            yield f"原文的{called} {quoted(span)} 在译文中丢失或改变"
    for normal, span in text.items():
        if normal not in source and normal not in re.sub(r"\s+", "", reading.source):
            yield f"{called} {quoted(span)} 是原文没有的"


def _normal(span: Span) -> str:
    r"""Without white space and without the kind of delimiter: \(x\) and $x$ are the same formula."""
    text = re.sub(r"\s+", "", span.text)
    if span.kind == "formula":
        text = re.sub(r"^(?:\$\$?|\\[(\[])(.*?)(?:\$\$?|\\[)\]])$", r"\1", text, flags=re.DOTALL)
    return text


_SAID = {
    r"\times": "倍×",
    r"\sim": "约",
    r"\approx": "约",
    r"\%": "%",
    "%": "%",
    ">": "大于超过",
    "<": "小于低于",
    r"\pm": "±",
}


def _is_said(formula: str, text: str) -> bool:
    r"""A lone operator that has a word in Chinese: 10$\times$ is 10倍."""
    words = _SAID.get(formula)
    return bool(words) and any(word in text for word in words)


_NAME = re.compile(r"(?<![\w\\$/.@-])[A-Za-z][A-Za-z0-9]*(?:[-.+][A-Za-z0-9]+)*(?![\w$])")


def name(reading: Reading, settings: ValidateSettings) -> Iterator[str]:
    """Names of models and data: capitals inside the word, or letters with digits."""
    if reading.is_one_liner:
        return
    text = reading.text.lower().replace(" ", "").replace("-", "")
    lost = [
        found
        for found in dict.fromkeys(_NAME.findall(reading.source_prose))
        if _is_name(found) and found.lower().replace("-", "").removesuffix("s") not in text and reading.survives(found)
    ]
    if lost:
        yield f"原文的名称 {'、'.join(quoted(found) for found in lost[:6])} 没有保留"


def _is_name(word: str) -> bool:
    return bool(re.search(r"[a-z][A-Z]|[A-Z]{2}[a-z]{2}", word) or re.search(r"[A-Z].*\d|[a-z]\d", word))
