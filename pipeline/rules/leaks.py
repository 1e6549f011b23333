"""What got into a field that is no part of the paper: boilerplate, placeholder, refusal, note, mark."""

import re
from collections.abc import Iterator
from functools import lru_cache

from pipeline.config import ValidateSettings
from pipeline.rules.reading import Reading, han, quoted
from pipeline.text.spans import MARK

# What an answer says about itself rather than about the paper.
_OF = r"中文|英文|简体|汉语|汉译|英语|双语|原文|原|论文|文章|文献|本文|该文|学术|研究|翻译|译后|参考|最终|完整|正式|以上|上述|这篇|该"
_THING = r"摘要|标题|题目|题名|篇名|译文|译名|译本|翻译|译|概要|概述|概括|总结|小结|要点|亮点|简介|内容提要|导读|一句话|结果|答案|回答|输出"
_ENGLISH_THING = r"abstract|title|summary|translation|translated\s+\w+|chinese(?:\s+\w+)?|tl;?\s?dr|output|answer|one[-\s]sentence\s+summary"
_LABEL = rf"(?:(?:{_OF})的?|一句话|{_THING})*(?:{_THING})(?:{_OF}|{_THING}|内容|如下|结果|为|是)*"
_HEAD_LABEL = re.compile(
    rf"""^[\s*#_>~\-=]*(?:
        [\[【〔(（《<]\s*(?:{_LABEL}|{_ENGLISH_THING})\s*[\]】〕)）》>]
      | \**(?:{_LABEL}|{_ENGLISH_THING})\**\s*(?:[（(][^）)]{{0,12}}[）)]\s*)?\**[:：]
      | (?:中文|论文|译文)*(?:摘要|标题|译文|题目)[\s—–-]+(?=\S)
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_SOURCE_LABEL = re.compile(
    r"^\W*(?:abstract|title|summary|overview|translation|conclusions?|results?|output|answer|in summary|highlights?)\b",
    re.IGNORECASE,
)
_ARXIV_ID = re.compile(
    r"arxiv[^\w]{0,3}(?:编号|预印本|号|id|preprint)?[^\w]{0,3}[a-z-]*(?:\.[A-Z]{2})?/?(\d{4}\.?\d{3,5})", re.IGNORECASE
)
_VERSIONED_ID = re.compile(r"\b\d{4}\.\d{4,5}v\d+\b")
_ANNOUNCED = re.compile(
    r"(?:公告|公布|宣布|通告|发布|发表|声明|通知|公示|预告|播报|提交|投稿|更新|announce\w*)的?\s*(?:类型|类别|种类|形式|方式|性质|状态|type)\s*[:：为是]",
    re.IGNORECASE,
)
_TYPED = re.compile(
    r"^.{0,60}?(?:类型|类别|种类|\btype)\s*[:：]\s*.{1,16}?(?:摘要|概要|abstract)\s*[:：]?", re.IGNORECASE | re.DOTALL
)
_INNER_LABEL = re.compile(r"(?:^|[\s。；;：:，,）)\]】v\d])(?:论文|中文|文章)?(?:摘要|abstract)\s*[:：]", re.IGNORECASE)
_CATEGORY = re.compile(r"[\[（(【]\s*[a-z-]+\.[A-Z]{2}(?:\s*[,，;；]\s*[a-z-]+\.[A-Z]{2})*\s*[\]）)】]")


def boilerplate(reading: Reading, settings: ValidateSettings) -> Iterator[str]:
    """The feed's words or their translation, or a label such as 摘要： in front."""
    text, source = reading.text, reading.source
    head = text[:100]
    for pattern, where in (
        (_ARXIV_ID, text),
        (_VERSIONED_ID, text),
        (_CATEGORY, text),
        (_ANNOUNCED, head),
        (_TYPED, head),
        (_INNER_LABEL, head),
    ):
        match = pattern.search(where)
        if match and not pattern.search(source):
            yield f"混入了不属于论文的套话 {quoted(head[: max(match.end(), 12)] if match.start() < 60 else match[0])}"
            return
    label = _HEAD_LABEL.match(text)
    if label and not _SOURCE_LABEL.match(source):
        yield f"开头多了标签 {quoted(label[0])}"


# Once all this is taken away, an answer about itself has nothing left to say.
_SELF = re.compile(
    rf"{_OF}|{_THING}|这里|此处|以下|下面|如下|这|那|就|是|为|的|过|出|后|了|将|把|被|用|请|您|你|我|需要|提供|给出|生成|得到|写|填|入|成|一个|一句|一条|一段|"
    r"句|段|内容|部分|文本|文字|语言|格式|示例|占位符|占位|待|暂无|无|没有|空|好的|好|当然|可以|没问题|根据|要求|按照|论|文|中|英|对|应|该|您好|！|，|。|：",
)
_DEIXIS = re.compile(
    rf"^[\s*#>「“\"【\[（(]*(?:好的|当然|没问题|可以|明白|了解|收到)?[，。！,.!\s]*(?:这里|以下|下面|此处|如下|这|请看|为您|我将|我会|现在|根据您?的?要求|按照您?的?要求).{{0,24}}?(?:{_THING})[^，。；]{{0,10}}(?:[:：。!！\n]|$)"
)
_CHATTY = re.compile(
    r"^\s*(?:sure|certainly|of course|okay|ok|absolutely|here(?:'s| is| are)|below is|the following is|好的[，,。！!]|当然(?:可以)?[，,。！!]|没问题[，,。！!])",
    re.IGNORECASE,
)
_FORMAT = re.compile(
    r"</?\s*(?:title|summary|abstract|sentence|text|paper|think|translation)(?:_(?:zh|en|cn))?\s*/?>|\b(?:title|summary|abstract)_(?:zh|en|cn)\b|"
    r"<\|[^|>]{1,30}\|>|\{\{?\s*\w+\s*\}?\}(?=\s*$)|^```|```$|\[/?INST\]|^\s*[{\[]\s*\"\w+\"\s*:",
    re.IGNORECASE,
)
_LABEL_INSIDE = re.compile(rf"(?<=\S)[的之]?(?:{_OF}|翻译后|译)的?(?:{_THING})(?:是|为|如下)?\s*[:：]")
_FAILED = re.compile(
    r"^\W*(?:(?:summary|translation|abstract|title)\s+(?:generation\s+)?(?:failed|unavailable|not available)|error|n/?a|none|null|todo|tbd|xxx+|待翻译|翻译失败|生成失败|暂无\w{0,4}|无|略|省略)\W*$",
    re.IGNORECASE,
)


def placeholder(reading: Reading, settings: ValidateSettings) -> Iterator[str]:
    """Words about the answer instead of the answer, the answer's tags, or our own prompt."""
    text = reading.text
    if _FAILED.match(text) or (
        han(text) and not re.search(r"\w", _SELF.sub("", text)) and not _is_about_translation(reading)
    ):
        yield f"这不是译文，而是关于回答的套话 {quoted(text)}"
        return
    for pattern in (_DEIXIS, _CHATTY, _FORMAT, _LABEL_INSIDE):
        match = pattern.search(text)
        if match and match[0].strip().lower() not in reading.source.lower() and not _same_opening(pattern, reading):
            yield f"混入了关于回答本身的话 {quoted(match[0] if match[0].strip() else text)}"
            return
    echo = _echo(text, reading.case.instructions, settings.placeholder)
    if echo:
        yield f"重复了提示词的原话 {quoted(echo)}"


def _is_about_translation(reading: Reading) -> bool:
    """A title such as "A Summary of Translations" has no other words either."""
    return (
        reading.case.field == "title_zh"
        and len(reading.text) < 12
        and bool(re.search(r"translat|summar|abstract|title", reading.source, re.IGNORECASE))
    )


def _same_opening(pattern: re.Pattern[str], reading: Reading) -> bool:
    return pattern is not _FORMAT and bool(pattern.search(reading.source))


@lru_cache(maxsize=16)
def _pieces(instructions: str, length: int) -> frozenset[str]:
    words = re.sub(r"\W+", "", instructions)
    return frozenset(
        words[i : i + length] for i in range(len(words) - length + 1) if han(words[i : i + length]) >= length // 2
    )


def _echo(text: str, instructions: str, length: int) -> str | None:
    if not instructions:
        return None
    pieces, words = _pieces(instructions, length), re.sub(r"\W+", "", text)
    return next(
        (words[i : i + length] for i in range(len(words) - length + 1) if words[i : i + length] in pieces), None
    )


_REFUSAL = re.compile(
    r"""^[\s"“「*]*(?:
        (?:非常|很|十分|实在)?(?:抱歉|对不起|遗憾|不好意思).{0,20}?(?:我(?!们)|无法|不能|没有|未能|请)
      | 作为(?:一个|一名|一种|一款)?.{0,12}?(?:模型|助手|AI|人工智能)[，,]?\s*我(?!们)
      | 我(?!们).{0,10}?(?:无法|不能|不便|拒绝|没有办法|没办法|做不到).{0,12}?(?:翻译|提供|完成|协助|帮|处理|回答|满足|生成|继续|执行|访问|查看|总结)
      | (?:根据|由于).{0,20}?(?:政策|规定|准则|限制|安全).{0,12}?(?:我(?!们)|无法|不能).{0,8}?(?:翻译|提供|完成|回答|生成)
      | 请(?:您|你)?(?:提供|发送|粘贴|给出|补充).{0,16}?(?:摘要|原文|标题|文本|论文|内容)
      | (?:i'?m\s+|i\s+am\s+)?(?:very\s+|so\s+)?sorry\b
      | i\s+(?:apologi[sz]e|cannot|can't|can\s?not|am\s+unable|'?m\s+unable|won't)\b
      | as\s+an?\s+(?:ai|artificial|large\s+language|language)\b.{0,40}?\bi\b
    )""",
    re.VERBOSE | re.IGNORECASE,
)


def refusal(reading: Reading, settings: ValidateSettings) -> Iterator[str]:
    """The model speaks of itself. Only openings count, and never where the paper opens so: papers about refusals exist."""
    match = _REFUSAL.match(reading.text)
    if match and not _REFUSAL.match(reading.source) and not _REFUSAL.match(reading.source.partition("\n")[2]):
        yield f"模型拒绝回答或谈论自己 {quoted(reading.text)}"


_NOTE = re.compile(
    r"""译者?注[:：] | 译者?按[:：] | 译者说明 | 翻译(?:说明|注释|备注) | translator'?s?\s+note
      | (?:以上|上述|本)(?:内容|译文|翻译|文本)?(?:为|由|是)?(?:机器|自动|AI|人工智能)(?:翻译|生成)
      | [（(【\[][^（）()【】\[\]]{0,12}(?:原文|译文)[^（）()【】\[\]]{0,30}[）)】\]]
      | 原文[^，。]{0,8}(?:截断|不完整|未完|中断|缺失|到此|结束|被截|省略)""",
    re.VERBOSE | re.IGNORECASE,
)
_MAYBE_NOTE = re.compile(
    r"(?:^|[（(【\[。！？\n]|\*)\s*\**(?:编者注|说明|备注|注释?|注意|提示|note)\**\s*[:：]|"
    r"[（(【\[][^（）()【】\[\]]{0,12}(?:未完|待续|截断|下文|此处)[^（）()【】\[\]]{0,30}[）)】\]]|仅供参考",
    re.IGNORECASE,
)
_SOURCE_NOTE = re.compile(r"\bnote\b|\bN\.?B\.|truncat|remark|reference only", re.IGNORECASE)


def note(reading: Reading, settings: ValidateSettings) -> Iterator[str]:
    """The translator's own remarks; what could be the paper's counts only where the source remarks nothing."""
    match = _NOTE.search(reading.text) or _MAYBE_NOTE.search(reading.text)
    if match and (_NOTE.match(match[0]) or not _SOURCE_NOTE.search(reading.source)):
        yield f"混入了译者的说明 {quoted(reading.text[match.start() : match.end() + 20])}"


_MARK_SCRAP = re.compile(r"[⟦⟧〚〛]")


def mark(reading: Reading, settings: ValidateSettings) -> Iterator[str]:
    """A mark that stands for no formula, or a scrap of one."""
    match = MARK.search(reading.text) or _MARK_SCRAP.search(reading.text)
    if match and match[0] not in reading.source:
        yield f"残留了公式占位标记 {quoted(reading.text[max(0, match.start() - 6) : match.end() + 6])}"
