"""Whether a field is all there, and no more: no_answer, empty, truncated, omitted, clause, added, other_paper, overlong,
duplicate, not_one_sentence."""

import re
from collections import Counter
from collections.abc import Iterator

from pipeline.rules.alignment import ANCHOR
from pipeline.rules.analysis import COMPARABLE, Analysis, quoted
from pipeline.rules.lexicon import longest_untold
from pipeline.text.han import han
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


_MOST_TIMES, _FREE = 2, 200
"""Chinese takes about a third of the characters of its English, and a short text a few more."""


def overlong(analysis: Analysis) -> Iterator[str]:
    """Far longer than any translation can be. Final, so that no rule compares a runaway answer with its source number by
    number: the rules from here on may take more time the longer a text is."""
    length, source = len(analysis.text), len(analysis.source)
    if length > _MOST_TIMES * source + _FREE:
        yield f"译文有 {length} 个字符，原文只有 {source} 个：{quoted(analysis.text)}"


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


_SHORTER = 0.8
"""Share of the length that sentences usually have in this text."""
_UNTOLD = 3
"""Everyday words of the source in a row that have no counterpart: words left out one by one were only put more briefly."""


def clause(analysis: Analysis) -> Iterator[str]:
    """A part of a sentence is missing: it is shorter than the others, and words that stand together are not told."""
    if not analysis.is_abstract or analysis.told < COMPARABLE:
        return
    alignment = analysis.alignment
    usual = min(max(alignment.usual_ratio, 0.9), 1.1)
    for step in alignment.steps:
        is_last = step.english[1] == len(analysis.source_sentences)
        if step.is_one_sided or (is_last and (analysis.source_is_cut or analysis.stops_midway)):
            continue
        if step.english[0] in alignment.thin and analysis.is_lost(step.english[0]):
            continue  # omitted and truncated tell of it
        if alignment.ratio(step) / usual < _SHORTER:
            pair = analysis.pair(step)
            if longest_untold(*pair) >= _UNTOLD:
                yield f"译文{quoted(pair.chinese, 30)}比原文{quoted(pair.english, 60)}少了一部分"


_ADDED_LENGTH = 8
"""Chinese characters; shorter ones are labels and exclamations."""


def added(analysis: Analysis) -> Iterator[str]:
    """A Chinese sentence that renders nothing in the source, while its neighbours render all of theirs."""
    if not analysis.is_abstract or analysis.told < COMPARABLE:
        return
    alignment = analysis.alignment
    for step in alignment.steps:
        first, end = step.chinese
        for index in range(first, end):
            length = alignment.lengths[1][index]
            if length < _ADDED_LENGTH or (end - first == 1 and not step.is_one_sided):
                continue
            if step.english[0] < step.english[1]:
                rest = alignment.ratio(step) * (1 - length / sum(alignment.lengths[1][first:end]))
                if rest < _THE_REST or alignment.backing(index, step) > 1 or analysis.shares_names(index, step):
                    continue
            yield f"原文没有这一句：{quoted(analysis.text_sentences[index])}"


_THE_REST = 0.7
"""Share of the expected length that is there without the sentence that may be added."""
_KNOWN_WORDS, _FEWEST_WORDS = 0.05, 15
"""Share of the source's everyday words (Analysis.told) below which a text that has no name or number of its own is another
paper's, and how many words say enough. With a name or number that the source does not have, COMPARABLE is enough."""
_SHORT_OF_ALL = 0.5
"""Share of the expected length below which few words are told because few are there."""
_OWN = 2
"""Names and numbers of the source, half of all that it has, that no other paper's text would hold."""


_NAME_OR_NUMBER = re.compile("[0-9]|.+[A-Z0-9]")


def other_paper(analysis: Analysis) -> Iterator[str]:
    """Neither the words of the source nor its order of thoughts are there: this is a translation of something else."""
    if not analysis.is_abstract:
        return
    if analysis.alignment.share < _SHORT_OF_ALL:
        return  # a stub, or a placeholder
    if analysis.told >= COMPARABLE:  # mutant: only faster
        return
    words = len(frozenset[str]().union(*analysis.alignment.cues[0]))
    here, there = (set(ANCHOR.findall(side)) for side in (analysis.source, analysis.text))
    own = {each for each in here if _NAME_OR_NUMBER.match(each)}
    if len(own & there) >= max(_OWN, len(own) / 2):
        return  # whatever it says, it says it of this paper's names and numbers
    if words >= _FEWEST_WORDS and analysis.told < (COMPARABLE if there - here else _KNOWN_WORDS):
        told = round(analysis.told * words)
        yield f"译文不像是这一篇的：原文 {words} 个常用词，译文中只有 {told} 个有对应，开头是{quoted(analysis.text)}"


_CLAUSE_END = re.compile(r"[，。；！？,;]\s*")
_LOOP = re.compile(r"(\S.{1,29}?)\1\1\1(?:\1)*", re.DOTALL)  # written out, it takes a third of the time of \1{3,}


def _loop(text: str) -> re.Match[str] | None:
    """The first. It is only looked for where the three characters at a place that four divides come again soon: whatever
    stands four times in a row has such a place in the first three."""
    for place in range(0, len(text), 4):
        if text.find(text[place : place + 3], place + 1, place + 33) >= 0:  # mutant: only faster
            for start in range(max(0, place - 3), place + 1):
                if loop := _LOOP.match(text, start):
                    return loop
    return None


_NO_CHANCE = 8
"""Characters, half of them Chinese, that nobody repeats by chance."""


def duplicate(analysis: Analysis) -> Iterator[str]:
    """The same sentence twice, the same clause three times, or a phrase over and over; but a source may repeat itself too."""
    loop = _loop(analysis.text)
    if loop and re.search(r"\w\w", loop[1]) and loop[0] not in analysis.source:
        yield f"反复出现：{quoted(loop[1])}"
        return
    clauses = Counter(_CLAUSE_END.split(analysis.text))
    sentences = Counter(sentence.strip("。！？ ") for sentence in analysis.text_sentences)
    repeated = [segment for segment, times in sentences.items() if times >= 2] + [
        segment for segment, times in clauses.items() if times >= 3
    ]
    repeated = [segment for segment in repeated if len(segment) >= _NO_CHANCE and han(segment) >= _NO_CHANCE / 2]
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
