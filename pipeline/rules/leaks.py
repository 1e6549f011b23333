"""What got into a field from around the paper: the feed's words and labels (boilerplate), our own marks (mark)."""

import re
from collections.abc import Iterator

from pipeline.rules.analysis import Analysis, quoted
from pipeline.rules.chatter import OF, THING
from pipeline.text.spans import MARK

_ENGLISH_LABEL = r"abstract|title|summary|translation|translated\s+\w+|chinese(?:\s+\w+)?|tl;?\s?dr|output|answer|one[-\s]sentence\s+summary"
_LABEL = rf"(?:(?:{OF})的?|{THING})*(?:{THING})(?:{OF}|{THING}|内容|如下|结果|为|是)*"
_HEAD_LABEL = re.compile(
    rf"""^[\s*#_>~\-=]*(?:
        [\[【〔(（《<]\s*(?:{_LABEL}|{_ENGLISH_LABEL})\s*[\]】〕)）》>]
      | \**(?:{_LABEL}|{_ENGLISH_LABEL})\**\s*(?:[（(][^）)]{{0,12}}[）)]\s*)?\**[:：]
      | (?:中文|论文|译文)*(?:摘要|标题|译文|题目)[\s—–-]+(?=\S)
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_SOURCE_LABEL = re.compile(
    r"^\W*(?:abstract|title|summary|overview|introduction|translation|conclusions?|output|answer|in summary|highlights?)\b",
    re.IGNORECASE,
)

# The feed's words, and what models make of "Announce Type: new Abstract:". All but the first three only at the beginning.
_ARXIV_ID = re.compile(
    r"arxiv[^\w]{0,3}(?:编号|预印本|号|id|preprint)?[^\w]{0,3}[a-z-]*(?:\.[A-Z]{2})?/?\d{4}\.?\d{3,5}", re.IGNORECASE
)
_VERSIONED_ID = re.compile(r"\b\d{4}\.\d{4,5}v\d+\b")
_CATEGORY = re.compile(r"[\[（(【［]\s*[a-z-]+\.[A-Z]{2}(?:\s*[,，;；]\s*[a-z-]+\.[A-Z]{2})*\s*[\]）)】］]")
_ANNOUNCED = re.compile(
    r"(?:公告|公布|宣布|通告|发布|发表|声明|通知|公示|预告|播报|提交|投稿|更新|announce\w*)的?\s*"
    r"(?:类型|类别|种类|形式|方式|性质|状态|type)\s*[:：为是]",
    re.IGNORECASE,
)
_TYPED = re.compile(
    r"^.{0,60}?(?:类型|类别|种类|\btype)\s*[:：]\s*.{1,16}?(?:摘要|概要|abstract)", re.IGNORECASE | re.DOTALL
)
_INNER_LABEL = re.compile(r"(?:^|[\s。；;：:，,）)\]】v\d])(?:论文|中文|文章)?(?:摘要|abstract)\s*[:：]", re.IGNORECASE)
_LABEL_LENGTH = 60
"""Characters; no label is longer, and a text of nothing but asterisks must not take seconds."""
_HEAD = 100
"""Characters; the feed's prefix is shorter."""


def boilerplate(analysis: Analysis) -> Iterator[str]:
    """The feed's words or their translation, or a label such as 摘要： in front."""
    text, head = analysis.text, analysis.text[:_HEAD]
    anywhere = [(pattern, text) for pattern in (_ARXIV_ID, _VERSIONED_ID, _CATEGORY)]
    for pattern, where in [*anywhere, *((pattern, head) for pattern in (_ANNOUNCED, _TYPED, _INNER_LABEL))]:
        match = pattern.search(where)
        if match and not pattern.search(analysis.source):
            leak = match[0] if match.start() > _HEAD else head[: max(match.end(), 12)]
            yield f"混入了不属于论文的套话：{quoted(leak)}"
            return
    label = _HEAD_LABEL.match(text[:_LABEL_LENGTH])
    if label and not _SOURCE_LABEL.match(analysis.source):
        yield f"开头多了标签：{quoted(label[0])}"


_SCRAP = re.compile(r"[⟦⟧〚〛]")


def mark(analysis: Analysis) -> Iterator[str]:
    """A mark that stands for no formula, or a scrap of one."""
    match = MARK.search(analysis.text) or _SCRAP.search(analysis.text)
    if match and match[0] not in analysis.source:
        yield f"残留了公式占位标记：{quoted(analysis.text[max(0, match.start() - 6) : match.end() + 6])}"
