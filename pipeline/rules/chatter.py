"""What a model says about itself or its answer instead of giving it: placeholder, refusal, note.

The feed's words are leaks.py's.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from pipeline.rules.analysis import Analysis, quoted
from pipeline.text.han import HAN, han, has_han

OF = (
    r"中文|英文|简体|汉语|汉译|英语|双语|原文|原|论文|文章|文献|本文|该文|学术|研究|翻译|译后|参考|最终|完整|正式"
    r"|以上|上述|这篇|该|核心|主要|关键|简要|简短"
)
THING = r"摘要|标题|题目|题名|篇名|译文|译名|译本|翻译|译|概要|概述|概括|总结|小结|要点|亮点|简介|内容提要|导读|一句话"
"""What an answer may be called, and what may stand before that."""

# Once all this is taken away, an answer about itself has nothing left to say.
_SELF = re.compile(
    rf"""{OF}|{THING}|这里|此处|以下|下面|如下|这|那|就|是|为|的|过|出|后|了|将|会|把|被|用|请|您|你|我|需要|提供|给出
      |生成|得到|写|填|入|成|放|在|上|下|一个|一句|一条|一段|句|段|内容|部分|文本|文字|语言|格式|示例|占位符|占位|待|暂|无|没有
      |空|好的|好|当然|可以|没问题|明白|收到|注意|查看|看|根据|要求|按照|结果|论|文|中|英|对|应|现在|，|。|：|\s""",
    re.VERBOSE,
)
_LONGEST_SELF = 200
"""Characters; nothing longer is only about itself."""
_POINTS = re.compile(r"这里|此处|以下|下面|如下|这是|为您|请|我|现在|根据|按照|在")
_THING = re.compile(THING)
_CLAUSE = re.compile(r"[^，。！：:；,!\n]*[，。！：:；,!\n]+\s*")
_CHATTY = re.compile(
    r"^\s*(?:(?:sure|certainly|of course|okay|ok|absolutely)\s*[,.!，。！:：]|(?:here(?:'s| is| are)|below is|the following is)\b|好的[，,。！!]|当然(?:可以)?[，,。！!]|没问题[，,。！!])",
    re.IGNORECASE,
)
_FORMAT = re.compile(
    r"""</?\s*(?:title|summary|abstract|sentence|text|paper|think|translation)(?:_(?:zh|en|cn))?\s*/?>
      | \b(?:title|summary|abstract)_(?:zh|en|cn)\b | <\|[^|>]{1,30}\|> | \{\{?\s*\w+\s*\}?\}$ | ^``` | ```$ | \[/?INST\]
      | ^\s*[{\[]\s*"\w+"\s*:""",
    re.IGNORECASE | re.VERBOSE,
)
_FORMAT_SIGNS = set("<_{`[")
"""One of which stands in all that _FORMAT looks for."""
_LABEL_INSIDE = re.compile(
    rf"(?<=\S)[的之]?(?:{OF}|翻译后|译)的?(?:摘要|标题|题目|题名|译文|译名|翻译)(?:是|为|如下)?\s*[:：]"
)
_FAILED = re.compile(
    r"""^\W*(?:(?:summary|translation|abstract|title)\s+(?:generation\s+)?(?:failed|unavailable|not\s+available)
      | error|n/?a|none|null|todo|tbd|xxx+|待翻译|翻译失败|生成失败|略|省略)\W*$""",
    re.IGNORECASE | re.VERBOSE,
)


def placeholder(analysis: Analysis, echo: int) -> Iterator[str]:
    """Words about the answer instead of the answer, the answer's tags, or our own prompt."""
    text = analysis.text
    if _FAILED.match(text) or _is_only_about_itself(text, analysis):
        yield f"这不是译文，而是关于回答的套话：{quoted(text)}"
        return
    preface = _preface(text)
    if preface:
        yield f"开头多了关于回答本身的话：{quoted(preface)}"
        return
    formats = [] if _FORMAT_SIGNS.isdisjoint(text) else [_FORMAT]  # mutant: only faster
    for pattern in (_CHATTY, *formats, _LABEL_INSIDE):
        match = pattern.search(text if pattern is not _LABEL_INSIDE or analysis.field.kind == "title" else text[:60])
        if match and not pattern.search(analysis.source) and match[0].strip(" ,.!:，。！：") not in analysis.source:
            yield f"混入了关于回答本身的话：{quoted(match[0])}"
            return
    if repeated := _echo(text, analysis.case.told.instructions, echo):
        yield f"重复了提示词的原话：{quoted(repeated)}"
    elif analysis.is_one_liner and (copied := _copied(text, analysis)):
        yield f"照抄了提示词的示例：{quoted(copied)}"


def _is_only_about_itself(text: str, analysis: Analysis) -> bool:
    """But a title such as "A Summary of Translations" has no other words either."""
    if len(text) > _LONGEST_SELF or re.search(r"\w", _SELF.sub("", text)):
        return False
    return not re.search(r"translat|summar|abstract|title", analysis.source.partition("\n")[0], re.IGNORECASE)


def _preface(text: str) -> str:
    """The first clauses, as far as they are about the answer: "好的，以下是译文：". A bare label is no preface."""
    end = 0
    while clause := _CLAUSE.match(text, end):
        if re.search(r"\w", _SELF.sub("", clause[0])):
            break
        end = clause.end()
    preface = text[:end]
    return preface if _THING.search(preface) and _POINTS.search(preface) else ""


@lru_cache(maxsize=16)
def _pieces(instructions: str, length: int) -> frozenset[str]:
    words = re.sub(r"\W+", "", instructions)
    pieces = (words[i : i + length] for i in range(len(words) - length + 1))
    return frozenset(segment for segment in pieces if han(segment) >= length // 2)


def _echo(text: str, instructions: str, length: int) -> str | None:
    """So many characters in a row of the prompt, punctuation apart."""
    pieces = _pieces(instructions, length)
    if not pieces:  # mutant: only faster
        return None
    words = re.sub(r"\W+", "", text)
    return next((words[i : i + length] for i in range(len(words)) if words[i : i + length] in pieces), None)


_PASSED_OFF = 1 / 3
"""Share of an answer that stands in a worked example, from which it is one."""
_UNIT = re.compile(rf"[{HAN}]|[A-Za-z0-9]+")


@lru_cache(maxsize=64)
def _runs(text: str, length: int) -> frozenset[tuple[str, ...]]:
    units = _UNIT.findall(text)
    return frozenset(tuple(units[start : start + length]) for start in range(len(units) - length + 1))


def _copied(text: str, analysis: Analysis) -> str | None:
    """What stands in a worked example too, where that is a third of the answer: a small model passes an example's
    findings off as the paper's. In translations they may be right, since examples show how papers speak."""
    units, (length, space) = _UNIT.findall(text), (8, "") if has_han(text) else (5, " ")
    for english, answer in analysis.case.told.examples:
        if analysis.source[:40] in english:
            continue  # the very paper
        runs = _runs(answer, length)
        starts = (start for start in range(len(units)) if tuple(units[start : start + length]) in runs)
        copied = sorted({place for start in starts for place in range(start, start + length)})
        if len(copied) >= _PASSED_OFF * len(units):
            return space.join(units[place] for place in copied)
    return None


_DO = r"翻译|提供|完成|协助|帮|处理|回答|满足|生成|继续|执行|访问|查看|总结|显示|给到|给出|讨论|支持"
_REFUSAL = re.compile(
    rf"""^[\s"“「*]*(?:[您你]好[，！。,!]\s*)?(?:
        (?:非常|很|十分|实在)?(?:抱歉|对不起|遗憾|不好意思).{{0,20}}?(?:我(?!们)|无法|不能|没有|未能|请)
      | 作为(?:一个|一名|一种|一款)?.{{0,12}}?(?:模型|助手|AI|人工智能)[，,]?\s*我(?!们)
      | 我(?!们).{{0,10}}?(?:无法|不能|不便|拒绝|没有办法|没办法|做不到).{{0,12}}?(?:{_DO})
      | (?:根据|由于|按照|受).{{0,20}}?(?:政策|规定|准则|限制|安全|法律|法规).{{0,12}}?(?:无法|不能|不便).{{0,8}}?(?:{_DO})
      | (?:该|此|这).{{0,16}}?(?:违反|违背|不符合|涉及敏感|涉嫌).{{0,24}}?(?:无法|不能|拒绝|不予)
      | (?:该|此|这).{{0,12}}?我(?!们).{{0,8}}?(?:无法|不能)
      | 请(?:您|你)?(?:提供|发送|粘贴|给出|补充).{{0,16}}?(?:摘要|原文|标题|文本|论文|内容)
      | (?:i'?m\s+|i\s+am\s+)?(?:very\s+|so\s+)?sorry\b
      | i\s+(?:apologi[sz]e|cannot|can't|can\s?not|am\s+unable|won't)\b | i'm\s+(?:unable|not\s+able)\b
      | as\s+an?\s+(?:ai|artificial|large\s+language|language)\b.{{0,40}}?\bi\b
      | (?:this|the|your)\s+(?:request|content|text|prompt)\s+(?:violates|appears\s+to\s+violate|goes\s+against)
    )""",
    re.VERBOSE | re.IGNORECASE,
)


def refuses(text: str, source: str) -> bool:
    """Whether the model speaks of itself. Only openings count, and never where the paper opens so: papers about refusals
    exist."""
    return bool(_REFUSAL.match(text)) and not any(_REFUSAL.match(opening) for opening in source.split("\n"))


def refusal(analysis: Analysis) -> Iterator[str]:
    if refuses(analysis.text, analysis.source):
        yield f"模型拒绝回答或谈论自己：{quoted(analysis.text)}"


_NOTE = re.compile(
    r"""译者?注[:：] | 译者?按[:：] | 译者说明 | 翻译(?:说明|注释|备注) | translator'?s?\s+note
      | (?:(?:以上|上述)(?:内容|译文|翻译|文本)?|本(?:内容|译文|翻译))(?:为|由|是)?(?:机器|自动|AI|人工智能)(?:翻译|生成)
      | [（(【\[][^（）()【】\[\]]{0,12}(?:原文|译文)[^（）()【】\[\]]{0,30}[）)】\]]
      | 原文[^，。]{0,8}(?:截断|不完整|未完|中断|缺失|到此|结束|被截|省略)""",
    re.VERBOSE | re.IGNORECASE,
)
_MAYBE_NOTE = re.compile(
    r"""(?:^|[（(【\[。！？\n]|\*)\s{0,3}\*{0,3}(?:编者注|说明|备注|注释?|注意|提示|note)\*{0,3}\s{0,3}[:：]
      | [（(【\[][^（）()【】\[\]]{0,12}(?:未完|待续|截断|(?<!上)下文(?:未|略|省|缺|不))[^（）()【】\[\]]{0,30}[）)】\]]
      | [（(【\[][^（）()【】\[\]]{0,4}此处[^（）()【】\[\]]{0,12}(?:摘要|原|译|省略|略|不完整|未|可能|应[为是指]|疑)[^（）()【】\[\]]{0,30}[）)】\]]
      | 仅供参考""",
    re.VERBOSE | re.IGNORECASE,
)
_SOURCE_NOTE = re.compile(r"\bnote\b|\bN\.?B\.|truncat|remark|hint|reference only|\boriginal\b", re.IGNORECASE)


def note(analysis: Analysis) -> Iterator[str]:
    """The translator's own remarks; what could be the paper's counts only where the source remarks nothing."""
    match = _NOTE.search(analysis.text) or _MAYBE_NOTE.search(analysis.text)
    if match and (re.match("译|翻译|以上", match[0]) or not _SOURCE_NOTE.search(analysis.source)):
        yield f"混入了译者的说明：{quoted(analysis.text[match.start() : match.end() + 20])}"
