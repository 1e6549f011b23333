"""Which Chinese sentences render which English ones, what went missing and what was added.

Lengths, shared numbers and names, and everyday words (lexicon.py) decide, after Gale and Church, "A program for aligning
sentences in bilingual corpora" (1993).
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from pipeline.rules.lexicon import english_stems, told_in

ZH_PER_EN = 0.28
"""Chinese characters for one of English, what stays in Latin letters apart: 0.283 with a standard deviation of 0.02 on 42
abstracts that were translated whole."""
_SPREAD = 2.2
"""Variance of a sentence's length in Chinese characters, for one expected character."""
_COST = {
    (1, 1): 0.0,
    (1, 0): 4.0,
    (0, 1): 5.0,
    (1, 2): 2.0,
    (2, 1): 4.0,
    (3, 1): 5.0,
    (1, 3): 4.0,
    (2, 2): 4.0,
    (4, 1): 6.0,
}
"""Sentences taken from either side, and what that costs: minus the logarithm of how often translators do it, about."""
_SEAM_SAVES = 1.5
"""What a ； or ： inside the Chinese sentence, which is how Chinese joins sentences, takes off the cost of n:1; there may be
as many sentences in one as it has seams."""
ANCHOR = re.compile(r"[A-Za-z][A-Za-z0-9]+|\d+(?:\.\d+)?|\\[A-Za-z]+")
_TEX = re.compile(r"[\\{}$](?:(?<=\\)[A-Za-z]+)?")
_FULL_WIDTH = re.compile(r"[^\0-\u2e7f\U00010000-\U0010ffff]+")  # as \u2e80-\uffff it takes 10 ms to compile
_SEAM = re.compile(r"[；：](?=.)|[;:](?=\s+\S)")
_OWN_CUE, _CUE = 0.9, 0.5
"""What a shared everyday word speaks for a pair: one that stands in no other sentence of the source, and any other."""
_OWN_ANCHOR, _SHARED_ANCHOR, _ANCHOR_APART = 1.8, 1.0, 0.7
_THIN = 0.5
"""Share of the expected length."""
_SURE = 1.6
"""Weight of the shared words from which a pair is certain by them alone."""
_LIKELY = 0.8
"""The same, where the lengths agree."""
_MOST_SAVED = 20.0
"""More than shared words usually speak for a pair; what is behind by so much is not saved by a hundred of them either."""
_BAND = 2
"""Sentences that a pair may stand off the diagonal, beyond the difference in their numbers."""
_ROUNDING = 1e-6
"""What two sums of the same costs may differ by."""
_MOST_PLACES = 3_000
"""Pairs of places that are tried; an abstract of 40 sentences told in 10 has half as many. What has more is no translation
of an abstract, and would cost seconds."""


class Step(NamedTuple):
    """Sentences that belong together: `english` and `chinese` are (first, after the last); one side may be empty."""

    english: tuple[int, int]
    chinese: tuple[int, int]

    @property
    def is_one_sided(self) -> bool:
        return self.english[0] == self.english[1] or self.chinese[0] == self.chinese[1]


@dataclass(frozen=True)
class Alignment:
    """All sentences of both sides in order, each in one step."""

    steps: tuple[Step, ...] = ()
    confident: tuple[Step, ...] = ()
    """1:1, 1:2 and 2:1, where shared words, or lengths and neighbours, leave no doubt."""
    lengths: tuple[tuple[float, ...], tuple[float, ...]] = ((), ())
    """Of the English sentences as they are expected in Chinese characters, and of the Chinese ones."""
    share: float = 1.0
    """Length of the whole, for one expected."""
    cues: tuple[tuple[frozenset[str], ...], tuple[frozenset[str], ...]] = ((), ())
    """Stems of everyday English words in each sentence; of these, those that each of the Chinese ones may render."""

    @cached_property
    def missing(self) -> frozenset[int]:
        """Indices of source sentences without a translation."""
        return frozenset(step.english[0] for step in self.steps if step.chinese[0] == step.chinese[1])

    @cached_property
    def thin(self) -> tuple[int, ...]:
        """First sentences of passages that became far less Chinese than they take: a good part of them is missing."""
        return tuple(step.english[0] for step in self.steps if not step.is_one_sided and self.ratio(step) < _THIN)

    @cached_property
    def trailing(self) -> frozenset[int]:
        """Those of the missing or thin that reach to the very end."""
        found: set[int] = set()
        for step in reversed(self.steps):
            first, after = step.english
            if step.chinese[0] == step.chinese[1]:
                found.update(range(first, after))
            elif first in self.thin and (found or after - first > 1):
                found.update(range(first if found else first + 1, after))
            else:
                break
        return frozenset(found)

    @cached_property
    def usual_ratio(self) -> float:
        """Median of all steps: some translators are briefer than others."""
        ratios = sorted(self.ratio(step) for step in self.steps if not step.is_one_sided)
        return ratios[len(ratios) // 2] if ratios else 1.0

    def backing(self, index: int, step: Step) -> int:
        """Everyday words of a step's English that this Chinese sentence tells and no other of the step."""
        others = [self.cues[1][place] for place in range(*step.chinese) if place != index]
        words = frozenset[str]().union(*self.cues[0][slice(*step.english)])
        return len((words & self.cues[1][index]).difference(*others))

    def ratio(self, step: Step) -> float:
        """How long the Chinese of a step is, for one expected."""
        english, chinese = self.lengths
        return sum(chinese[slice(*step.chinese)]) / max(sum(english[slice(*step.english)]), 1.0)


def align(source: list[str], text: list[str], *, last_is_cut: bool = False) -> Alignment:
    """Best order-keeping match of English and Chinese sentences. The fragment at the end of a cut source is cheap to lose."""
    english = tuple(ZH_PER_EN * _english_length(s) for s in source)
    chinese = tuple(_chinese_length(s) for s in text)
    if not sum(english) or not sum(chinese):
        return Alignment()
    if len(source) * (abs(len(source) - len(text)) + _BAND) > _MOST_PLACES:
        return Alignment(share=sum(chinese) / sum(english))
    words = _Words(source, text)
    steps = _best_steps(english, chinese, words, [len(_SEAM.findall(s)) for s in text], last_is_cut)
    found = Alignment(tuple(steps), (), (english, chinese), sum(chinese) / sum(english), words.cues)
    return replace(found, confident=tuple(_confident(found, words)))


def share_of_length(source: str, text: str) -> float:
    """How long a translation is, for one expected."""
    return _chinese_length(text) / max(ZH_PER_EN * _english_length(source), 1.0)


class _Words:
    """Anchors and cues of every sentence that both sides know, a bit each: sets of words compare in no time."""

    def __init__(self, source: list[str], text: list[str]) -> None:
        anchors = [set(ANCHOR.findall(s)) for s in source], [set(ANCHOR.findall(s)) for s in text]
        self.english_anchors, self.chinese_anchors, self.own_anchors = _as_bits(*anchors)
        self.own_chinese = [
            len(there.difference(*anchors[0])) for there in anchors[1]
        ]  # names and numbers the source does not have
        stems = tuple(map(english_stems, source))
        self.cues = stems, tuple(told_in(text, frozenset[str]().union(*stems)))
        self.english_cues, self.chinese_cues, self.own_cues = _as_bits(*self.cues)
        self.weights = [
            _weight(anchors, self.own_anchors, cues, self.own_cues)
            for anchors, cues in zip(self.english_anchors, self.english_cues, strict=True)
        ]  # of all the words of each English sentence

    def shared(self, step: Step) -> float:
        """What the shared words speak for a step."""
        anchors = _any(self.english_anchors, step.english) & _any(self.chinese_anchors, step.chinese)
        cues = _any(self.english_cues, step.english) & _any(self.chinese_cues, step.chinese)
        return _weight(anchors, self.own_anchors, cues, self.own_cues)


def _as_bits(english: Sequence[Set[str]], chinese: Sequence[Set[str]]) -> tuple[list[int], list[int], int]:
    """A number a sentence with a bit for each word that both sides have, and the words that only one English sentence has."""
    known = set[str]().union(*english) & set[str]().union(*chinese)
    bits = {word: 1 << place for place, word in enumerate(known)}
    sides = [[sum(bits[word] for word in words & known) for words in side] for side in (english, chinese)]
    once = twice = 0
    for words in sides[0]:
        twice |= once & words
        once |= words
    return sides[0], sides[1], once & ~twice


def _any(bits: list[int], part: tuple[int, int]) -> int:
    found = 0
    for each in bits[slice(*part)]:
        found |= each
    return found


def _weight(anchors: int, own_anchors: int, cues: int, own_cues: int) -> float:
    own, own_cue = (anchors & own_anchors).bit_count(), (cues & own_cues).bit_count()
    return (
        _OWN_ANCHOR * own
        + _SHARED_ANCHOR * (anchors.bit_count() - own)
        + _OWN_CUE * own_cue
        + _CUE * (cues.bit_count() - own_cue)
    )


def _best_steps(
    english: tuple[float, ...], chinese: tuple[float, ...], words: _Words, seams: list[int], last_is_cut: bool
) -> list[Step]:
    """Dynamic programming over all ways to walk through both, near the diagonal.

    Nine in ten translations have a sentence for a sentence. What that costs is a limit: a way that has cost more, even if
    every word that is still to come were shared, is not followed. No step costs less than its shared words save.
    """
    m, n = len(english), len(chinese)
    cost_of, most_saved = _costs(english, chinese, words, seams, last_is_cut)
    one_by_one = sum(cost_of(i, i, 1, 1) for i in range(1, m + 1)) if m == n else math.inf  # mutant: only faster
    to_come = [*accumulate(reversed(words.weights), initial=_ROUNDING)][::-1]
    best: dict[tuple[int, int], tuple[float, int, int]] = {(0, 0): (0.0, 0, 0)}
    band = _BAND + abs(m - n)
    for i in range(m + 1):
        middle = round(i * n / m)
        for j in range(max(0, middle - band), min(n, middle + band) + 1):
            found = best.get((i, j), (math.inf, 0, 0))
            for (a, b), prior in _COST.items():
                before = best.get((i - a, j - b))
                if before is None:
                    continue
                if before[0] + prior - most_saved[i, a] > found[0]:  # mutant: only faster
                    continue
                cost = before[0] + prior + cost_of(i, j, a, b)
                if cost < found[0]:
                    found = cost, a, b
            if found[0] < one_by_one + to_come[i]:  # mutant: only faster
                best[i, j] = found
    steps, i, j = list[Step](), m, n
    while i or j:
        _, a, b = best[i, j]
        steps.append(Step((i - a, i), (j - b, j)))
        i, j = i - a, j - b
    return steps[::-1]


def _costs(
    english: tuple[float, ...], chinese: tuple[float, ...], words: _Words, seams: list[int], last_is_cut: bool
) -> tuple[Callable[[int, int, int, int], float], Mapping[tuple[int, int], float]]:
    """What it costs that `a` English sentences up to `i` and `b` Chinese ones up to `j` belong together, the prior apart;
    and by (i, a) what they can save at most, whatever the Chinese: ways that are behind by more are not followed."""
    skipped = [1.5 * (bits & words.own_anchors).bit_count() for bits in words.english_anchors]
    if last_is_cut:
        skipped[-1] -= max(0.0, 4.0 - english[-1] / 8)
    extra = [0.4 * min(count, 3) for count in words.own_chinese]
    left, right = list(accumulate(english, initial=0.0)), list(accumulate(chinese, initial=0.0))
    taken_left = _taken(words.english_anchors, words.english_cues)
    taken_right = _taken(words.chinese_anchors, words.chinese_cues)
    most_joined = _SEAM_SAVES * max(seams)
    most_saved = {
        (i, a): min(_weight(anchors, words.own_anchors, cues, words.own_cues) + most_joined, _MOST_SAVED)
        for (i, a), (anchors, cues) in taken_left.items()
    } | {(i, 0): max(extra) for i in range(len(left))}
    most_saved[len(english), 1] += max(0.0, -skipped[-1])

    def cost_of(i: int, j: int, a: int, b: int) -> float:
        if not b:
            return skipped[i - 1]
        if not a:
            return -extra[j - 1]
        expected, length = left[i] - left[i - a], right[j] - right[j - b]
        deviation = (length - expected) ** 2 / (2 * _SPREAD * max(expected, 6.0))
        anchors, cues = taken_left[i, a]
        other_anchors, other_cues = taken_right[j, b]
        apart = (anchors ^ other_anchors).bit_count()
        shared = _weight(anchors & other_anchors, words.own_anchors, cues & other_cues, words.own_cues)
        joined = _SEAM_SAVES * min(a - 1, seams[j - 1]) if b == 1 else 0.0
        return min(deviation, 12.0) - shared + _ANCHOR_APART * apart - joined

    return cost_of, most_saved


def _taken(anchors: list[int], cues: list[int]) -> dict[tuple[int, int], tuple[int, int]]:
    """The words of so many sentences, four at most, up to each place: by (place, number)."""
    found: dict[tuple[int, int], tuple[int, int]] = {}
    for end in range(len(anchors) + 1):
        some_anchors = some_cues = 0
        for size in range(1, min(end, 4) + 1):
            some_anchors |= anchors[end - size]
            some_cues |= cues[end - size]
            found[end, size] = some_anchors, some_cues
    return found


def _confident(found: Alignment, words: _Words) -> list[Step]:
    """A pair is certain by its words, or by its length if it has some in common, or stands between two that are certain."""
    sure, like = set[int](), set[int]()
    for place, step in enumerate(found.steps):
        sizes = step.english[1] - step.english[0], step.chinese[1] - step.chinese[0]
        if 0 in sizes or sum(sizes) > 3 or (sum(sizes) == 3 and not _both_belong(step, words)):
            continue
        ratio, shared = found.ratio(step), words.shared(step)
        if 0.4 < ratio < 2.0 and (shared >= _SURE or (shared >= _LIKELY and 0.7 < ratio < 1.4)):
            sure.add(place)
        elif 0.7 < ratio < 1.4:
            like.add(place)
    ends = {-1, len(found.steps)}
    between = {place for place in like if {place - 1, place + 1} <= sure | ends}
    return [found.steps[place] for place in sorted(sure | between)]


def _both_belong(step: Step, words: _Words) -> bool:
    """Each of the two sentences on one side shares a word with the one on the other: none is a lost one's neighbour."""
    (i, after), (j, end) = step
    parts = [Step((k, k + 1), (j, end)) for k in range(i, after)] + [
        Step((i, after), (k, k + 1)) for k in range(j, end)
    ]
    return all(words.shared(part) > 0 for part in parts)


def _english_length(sentence: str) -> float:
    return len(_TEX.sub("", sentence))


def _chinese_length(sentence: str) -> float:
    """In Chinese characters; what stayed in Latin letters is as long as its source."""
    chinese = sum(map(len, _FULL_WIDTH.findall(sentence)))
    return chinese + ZH_PER_EN * (_english_length(sentence) - chinese)
