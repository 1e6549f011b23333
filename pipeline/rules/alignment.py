"""Which sentences of the source have a translation, and which went missing.

Lengths and shared numbers, names and formulas decide, as in Gale and Church, "A program for aligning sentences in bilingual
corpora" (1993); the words themselves are not compared.
"""

import math
import re
from dataclasses import dataclass

from pipeline.rules.cues import chinese_cues, english_cues

# Characters of Chinese for one of English: mean 0.30, standard deviation 0.05 over 15,000 whole abstracts; sentences vary more.
ZH_PER_EN = 0.28
_SPREAD = 0.55
"""Variance of a sentence's length in Chinese characters, for one expected character."""
_COST = {(1, 1): 0.0, (1, 0): 5.0, (0, 1): 5.0, (1, 2): 2.0, (2, 1): 2.2, (3, 1): 5.0, (1, 3): 4.0, (2, 2): 4.0}
"""Sentences taken from either side, and what that costs: minus the logarithm of how often translators do it, about."""
_ANCHOR = re.compile(r"[A-Za-z][A-Za-z0-9]+|\d+(?:\.\d+)?|\\[A-Za-z]+")
_TEX = re.compile(r"\\[A-Za-z]+|[\\{}$]")
_CUE = 0.8
"""What a shared everyday word speaks for a pair."""
_THIN = 0.5
"""Share of the expected length."""


@dataclass(frozen=True, slots=True)
class Alignment:
    missing: frozenset[int] = frozenset()
    """Indices of source sentences without a translation."""
    thin: tuple[int, ...] = ()
    """First sentences of passages that became far less Chinese than they take: a good part of them is missing."""
    trailing: frozenset[int] = frozenset()
    """Those of the missing or thin that reach to the very end."""
    share: float = 1.0
    """Length of the whole, for one expected."""


def align(source: list[str], text: list[str], *, last_is_cut: bool = False) -> Alignment:
    """Best order-keeping match of English and Chinese sentences. The fragment at the end of a cut source is nobody's loss."""
    if not source or not text:
        return Alignment()
    english, chinese = [ZH_PER_EN * _english_length(s) for s in source], [_chinese_length(s) for s in text]
    anchors = [set(_ANCHOR.findall(s)) for s in source], [set(_ANCHOR.findall(s)) for s in text]
    known = set().union(*anchors[1])
    cues = [english_cues(s) for s in source], [chinese_cues(s) for s in text]
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]] = {(0, 0): (0.0, (0, 0))}
    for i in range(len(source) + 1):
        for j in range(len(text) + 1):
            for (a, b), prior in _COST.items():
                if i < a or j < b or (i - a, j - b) not in best:
                    continue
                cost = best[i - a, j - b][0] + prior
                if a and b:
                    cost += _distance(sum(english[i - a : i]), sum(chinese[j - b : j]))
                    cost -= _CUE * len(set().union(*cues[0][i - a : i]) & set().union(*cues[1][j - b : j]))
                    cost += _unlike(set().union(*anchors[0][i - a : i]), set().union(*anchors[1][j - b : j]), known)
                elif a:
                    cost += 1.5 * len(anchors[0][i - 1] & known & _rare(anchors[0], i - 1))
                    cost -= max(0.0, 4.0 - english[i - 1] / 8) if last_is_cut and i == len(source) else 0
                if (i, j) not in best or cost < best[i, j][0]:
                    best[i, j] = cost, (a, b)
    return _read_back(best, english, chinese)


def _english_length(sentence: str) -> float:
    return len(_TEX.sub("", sentence))


def _chinese_length(sentence: str) -> float:
    """In Chinese characters; what stayed in Latin letters is as long as its source."""
    chinese = sum(char > "\u2e7f" for char in sentence)
    return chinese + ZH_PER_EN * (len(_TEX.sub("", sentence)) - chinese)


def _rare(anchors: list[set[str]], index: int) -> set[str]:
    """Anchors of one sentence that no other has: they say where its translation would be."""
    others = (
        set().union(*(found for other, found in enumerate(anchors) if other != index)) if len(anchors) > 1 else set()
    )
    return anchors[index] - others


def _distance(expected: float, length: float) -> float:
    deviation = (length - expected) / math.sqrt(_SPREAD * max(expected, 6.0) * 4)
    return min(deviation * deviation / 2, 12.0)


def _unlike(english: set[str], chinese: set[str], known: set[str]) -> float:
    """Each shared anchor speaks for a pair; each that stands elsewhere in the Chinese, against it."""
    return 0.7 * len((english & known) - chinese) + 0.7 * len(chinese - english) - 1.5 * len(english & chinese)


def _read_back(
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]],
    english: list[float],
    chinese: list[float],
) -> Alignment:
    i, j = len(english), len(chinese)
    missing: set[int] = set()
    thin: list[int] = []
    while i or j:
        a, b = best[i, j][1]
        if a and not b:
            missing.add(i - 1)
        elif a and b and sum(chinese[j - b : j]) < _THIN * sum(english[i - a : i]):
            thin.insert(0, i - a)
        i, j = i - a, j - b
    end = len(english)
    while end - 1 in missing or (end < len(english) and end - 1 in thin):
        end -= 1
    return Alignment(frozenset(missing), tuple(thin), frozenset(range(end, len(english))), sum(chinese) / sum(english))
