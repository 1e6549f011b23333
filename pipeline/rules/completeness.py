"""Whether a field is all there, and no more: empty, no_answer, truncated, omitted, duplicate, not_one_sentence."""

import re
from collections import Counter
from collections.abc import Iterator

from pipeline.rules.analysis import Analysis, han, quoted
from pipeline.text.sentences import split_english


def no_answer(analysis: Analysis) -> Iterator[str]:
    if analysis.case.text is None:
        yield "没有得到回答"


def empty(analysis: Analysis) -> Iterator[str]:
    if analysis.case.text is not None and not re.search(r"\w", analysis.text):
        yield "内容为空"


def truncated(analysis: Analysis) -> Iterator[str]:
    """Stops in the middle of a sentence, or the last sentences are missing."""
    if analysis.case.cut:
        yield f"回答达到长度上限，在{quoted(analysis.text[-20:])}处中断"
        return
    if analysis.stops_midway:
        yield f"结尾不完整：{quoted(analysis.text[-20:])}"
    elif analysis.is_abstract and (lost := [index for index in analysis.alignment.trailing if analysis.is_lost(index)]):
        yield f"缺少原文最后 {len(lost)} 句，从{quoted(analysis.source_sentences[min(lost)])}起"


_LONG = 400
"""Characters of source from which the length of the whole says something."""


def omitted(analysis: Analysis, least: float) -> Iterator[str]:
    """A sentence's worth is missing at the beginning or in the middle."""
    if not analysis.is_abstract:
        return
    alignment = analysis.alignment
    lost = sorted((alignment.missing | set(alignment.thin)) - alignment.trailing)
    places = [analysis.source_sentences[index] for index in lost if analysis.is_lost(index)]
    if places:
        yield f"缺少原文的内容：{quoted(places[0])}" + (f" 等 {len(places)} 处" if len(places) > 1 else "")
    elif alignment.share < least and len(analysis.source) >= _LONG and not alignment.trailing:
        yield f"译文过短，只有应有长度的 {alignment.share:.0%}，缺少原文的部分内容"


_CLAUSE_END = re.compile(r"[，。；！？,;]\s*")
_LOOP = re.compile(r"(\S.{1,29}?)\1{3,}", re.DOTALL)


def duplicate(analysis: Analysis) -> Iterator[str]:
    """The same sentence twice, the same clause three times, or a phrase over and over; but a source may repeat itself too."""
    loop = _LOOP.search(analysis.text)
    if loop and re.search(r"\w\w", loop[1]) and loop[0] not in analysis.source:
        yield f"反复出现：{quoted(loop[1])}"
        return
    clauses = Counter(_CLAUSE_END.split(analysis.text))
    if clauses.most_common(1)[0][1] == 1:
        return
    sentences = Counter(sentence.strip("。！？ ") for sentence in analysis.text_sentences)
    repeated = [segment for segment, times in sentences.items() if times >= 2] + [
        segment for segment, times in clauses.items() if times >= 3
    ]
    repeated = [segment for segment in repeated if len(segment) >= 8 and han(segment) >= 4]
    if repeated and len(set(analysis.source_sentences)) == len(analysis.source_sentences):
        yield f"重复出现：{quoted(repeated[0])}"


def not_one_sentence(analysis: Analysis, most: int, most_words: int) -> Iterator[str]:
    """A one-liner of more than two sentences, or too long."""
    if analysis.field.language == "en":
        sentences, length = len(split_english(analysis.text)), len(analysis.text.split())
        limit, unit = most_words, "词"
    else:
        sentences, length = len(analysis.text_sentences), han(analysis.text)
        limit, unit = most, "字"
    if sentences > 2 or length > limit:
        yield f"不是一句话：{sentences} 句，{length} {unit}（最多 2 句、{limit} {unit}）"
