"""Whether a field is all there, and no more: empty, no_answer, truncated, omitted, duplicate, not_one_sentence."""

import re
from collections import Counter
from collections.abc import Iterator

from pipeline.config import ValidateSettings
from pipeline.rules.reading import Reading, han, quoted
from pipeline.text.sentences import split_english


def no_answer(reading: Reading, settings: ValidateSettings) -> Iterator[str]:
    if reading.case.text is None:
        yield "没有得到回答"


def empty(reading: Reading, settings: ValidateSettings) -> Iterator[str]:
    if reading.case.text is not None and not re.search(r"\w", reading.text):
        yield "内容为空"


def truncated(reading: Reading, settings: ValidateSettings) -> Iterator[str]:
    """Stops in the middle of a sentence, or the last sentences are missing."""
    if reading.case.cut:
        yield f"回答达到长度上限，在{quoted(reading.text[-20:])}处中断"
        return
    if reading.stops_midway:
        yield f"结尾不完整：{quoted(reading.text[-20:])}"
    elif reading.is_abstract and (lost := [index for index in reading.alignment.trailing if reading.is_lost(index)]):
        yield f"缺少原文最后 {len(lost)} 句，从{quoted(reading.source_sentences[min(lost)])}起"


_LONG = 400
"""Characters of source from which the length of the whole says something."""


def omitted(reading: Reading, settings: ValidateSettings) -> Iterator[str]:
    """A sentence's worth is missing at the beginning or in the middle."""
    if not reading.is_abstract:
        return
    alignment = reading.alignment
    lost = sorted((alignment.missing | set(alignment.thin)) - alignment.trailing)
    places = [reading.source_sentences[index] for index in lost if reading.is_lost(index)]
    if places:
        yield f"缺少原文的内容：{quoted(places[0])}" + (f" 等 {len(places)} 处" if len(places) > 1 else "")
    elif alignment.share < settings.omitted and len(reading.source) >= _LONG and not alignment.trailing:
        yield f"译文过短，只有应有长度的 {alignment.share:.0%}，缺少原文的部分内容"


_CLAUSE_END = re.compile(r"[，。；！？,;]\s*")
_LOOP = re.compile(r"(\S.{1,29}?)\1{3,}", re.DOTALL)


def duplicate(reading: Reading, settings: ValidateSettings) -> Iterator[str]:
    """The same sentence twice, the same clause three times, or a phrase over and over; but a source may repeat itself too."""
    loop = _LOOP.search(reading.text)
    if loop and re.search(r"\w\w", loop[1]) and loop[0] not in reading.source:
        yield f"反复出现：{quoted(loop[1])}"
        return
    clauses = Counter(_CLAUSE_END.split(reading.text))
    if clauses.most_common(1)[0][1] == 1:
        return
    sentences = Counter(sentence.strip("。！？ ") for sentence in reading.text_sentences)
    repeated = [piece for piece, times in sentences.items() if times >= 2] + [
        piece for piece, times in clauses.items() if times >= 3
    ]
    repeated = [piece for piece in repeated if len(piece) >= 8 and han(piece) >= 4]
    if repeated and len(set(reading.source_sentences)) == len(reading.source_sentences):
        yield f"重复出现：{quoted(repeated[0])}"


def not_one_sentence(reading: Reading, settings: ValidateSettings) -> Iterator[str]:
    """A one-liner of more than two sentences, or too long."""
    if not reading.is_one_liner:
        return
    if reading.case.field == "summary_en":
        sentences, length = len(split_english(reading.text)), len(reading.text.split())
        limit, unit = settings.not_one_sentence_en, "词"
    else:
        sentences, length = len(reading.text_sentences), han(reading.text)
        limit, unit = settings.not_one_sentence, "字"
    if sentences > 2 or length > limit:
        yield f"不是一句话：{sentences} 句，{length} {unit}（最多 2 句、{limit} {unit}）"
