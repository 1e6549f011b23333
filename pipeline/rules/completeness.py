"""Whether a field is all there, and no more: empty, no_answer, truncated, omitted, duplicate, not_one_sentence."""

import re
from collections import Counter
from collections.abc import Iterator

from pipeline.config import ValidateSettings
from pipeline.rules.reading import CLOSERS, ENDS, Reading, han, quoted


def no_answer(reading: Reading, settings: ValidateSettings) -> Iterator[str]:
    if reading.case.text is None:
        yield "没有得到回答"


def empty(reading: Reading, settings: ValidateSettings) -> Iterator[str]:
    if reading.case.text is not None and not re.search(r"\w", reading.text):
        yield "内容为空"


# Chinese sentences do not end so.
_DANGLING = re.compile(
    r"""(?: [，、；：,;:（(“「《—–-] | \.\.\. | …+
      | 以及|并且|而且|或者|但是|然而|因此|所以|由于|因为|如果|例如|包括|基于|对于|关于|为了|称为|随着|从而|使得|(?<![未不已能])通过
      | (?<![参给])与|(?<![总饱缓调温共综])和|(?<![涉普])及|或|将|把|被|(?<!合)并|而
    )[。.]?$""",
    re.VERBOSE,
)
_DANGLING_WHEN_CUT = re.compile(
    r"(?:使用|利用|采用|提出|表明|发现|考虑|引入|研究|证明|提供|实现|显著|高度|更|最|非常|一个|一种|该|这|其)[。.]$"
)


def truncated(reading: Reading, settings: ValidateSettings) -> Iterator[str]:
    """Stops in the middle of a sentence, or the last sentences are missing."""
    if reading.case.cut:
        yield f"回答达到长度上限，在 {quoted(reading.text[-20:])} 处中断"
        return
    text = reading.text.rstrip(CLOSERS) or reading.text
    if _stops_midway(reading, text):
        yield f"结尾不完整：{quoted(reading.text[-20:])}"
    elif reading.is_abstract and (lost := [index for index in reading.alignment.trailing if reading.is_lost(index)]):
        yield f"缺少原文最后 {len(lost)} 句，从 {quoted(reading.source_sentences[min(lost)])} 起"


def _stops_midway(reading: Reading, text: str) -> bool:
    if _DANGLING.search(text) and not _DANGLING.search(reading.source.rstrip(CLOSERS)):
        return True
    if not reading.is_abstract or not text:
        return False
    ends_in_span = bool(reading.text_spans) and reading.text_spans[-1].end >= len(text)
    if text[-1] not in ENDS and not ends_in_span:
        return True
    return reading.source_is_cut and (bool(_DANGLING_WHEN_CUT.search(text)) or _keeps_the_stump(reading, text))


def _keeps_the_stump(reading: Reading, text: str) -> bool:
    """The letters a cut source ends in, taken over as they are."""
    stump = re.search(r"[A-Za-z]+$", reading.source)
    before = reading.source[: stump.start()] if stump else ""
    return (
        stump is not None
        and bool(re.search(rf"(?<![A-Za-z]){stump[0]}(?![A-Za-z])", text[-12:]))
        and not re.search(rf"\b{stump[0]}\b", before)
    )


def omitted(reading: Reading, settings: ValidateSettings) -> Iterator[str]:
    """A sentence's worth is missing at the beginning or in the middle."""
    if not reading.is_abstract:
        return
    alignment = reading.alignment
    lost = sorted((alignment.missing | set(alignment.thin)) - alignment.trailing)
    places = [reading.source_sentences[index] for index in lost if reading.is_lost(index)]
    if places:
        yield f"缺少原文的内容：{quoted(places[0])}" + (f" 等 {len(places)} 处" if len(places) > 1 else "")
    elif alignment.share < settings.omitted and not alignment.trailing:
        yield f"译文过短，只有应有长度的 {alignment.share:.0%}，缺少原文的部分内容"


_LOOP = re.compile(r"(\S.{1,29}?)\1{3,}", re.DOTALL)


def duplicate(reading: Reading, settings: ValidateSettings) -> Iterator[str]:
    """The same sentence twice, the same clause three times, or a phrase over and over."""
    loop = _LOOP.search(reading.text)
    if loop and re.search(r"\w\w", loop[1]) and loop[0] not in reading.source:
        yield f"反复出现 {quoted(loop[1])}"
        return
    for pieces, times in ((reading.text_sentences, 2), (re.split(r"[，。；！？,;]", reading.text), 3)):
        counts = Counter(piece.strip("。！？ ") for piece in pieces)
        repeated = next((piece for piece, count in counts.items() if count >= times and han(piece) >= 8), None)
        if repeated and len(set(reading.source_sentences)) == len(reading.source_sentences):
            yield f"重复出现 {quoted(repeated)}"
            return


def not_one_sentence(reading: Reading, settings: ValidateSettings) -> Iterator[str]:
    """A one-liner of more than two sentences, or too long."""
    if not reading.is_one_liner:
        return
    if reading.case.field == "summary_en":
        sentences, length, limit, unit = (
            len(re.findall(r"[.!?](?=\s+[A-Z]|\s*$)", reading.text)),
            len(reading.text.split()),
            settings.not_one_sentence_en,
            "词",
        )
    else:
        sentences, length, limit, unit = len(reading.text_sentences), han(reading.text), settings.not_one_sentence, "字"
    if sentences > 2 or length > limit:
        yield f"不是一句话：{sentences} 句，{length} {unit}（最多 2 句、{limit} {unit}）"
