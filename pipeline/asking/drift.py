"""Terms that the kept answers render in more than one way: what the glossary could gain a row for.

Statistics only. English and Chinese that keep turning up in the same sentence pairs are taken for renderings (Dunning's
log-likelihood ratio, https://aclanthology.org/J93-1003/); two that keep out of each other's way are competing ones. It
sees neither a rare term nor variants with a common core (大语言模型 and 大型语言模型 share 语言模型).
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from pipeline.rules.words import COMMON
from pipeline.text.han import HAN
from pipeline.text.sentences import split_chinese, split_english
from pipeline.text.terms import Term, occurring

_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*|[^\sa-z]")
_HAN = re.compile(f"[{HAN}]+")
_LONGEST_TERM = 3
"""Words."""
_LONGEST_RENDERING = 6
"""Characters."""
_PARTICLES = "的了和与在是并被这们"
"""No rendering begins or ends with one."""
_SURE = 15.0
"""G² of a rendering; 10.8 is p = 0.001 for one comparison, and there are many."""
_OWN = 0.4
"""Of all sentences that have the rendering, so many have the term: 环境 is not a rendering of "agent"."""
_TOGETHER = 0.25
"""Competing renderings share at most so many of the rarer one's sentences."""
_ALWAYS_BESIDE = 0.75
"""A text with the same neighbour so often is a segment of a word: 抗性 after 对."""
_LEAST = 3
"""Papers a rendering stands in."""
_COVERED = 0.5
"""Of the term's papers, so many have one of the renderings; else the term is no term, or its renderings are others."""


class Suggestion(NamedTuple):
    english: str
    papers: int
    renderings: tuple[tuple[str, int], ...]
    """Two or more, each with the number of papers it stands in; most frequent first."""


def suggest(
    answers: Iterable[tuple[str, str]], glossary: tuple[Term, ...] = (), min_papers: int = 5
) -> tuple[Suggestion, ...]:
    """Terms outside the glossary with competing renderings; worst first. `answers`: English and Chinese, a pair a paper."""
    pairs = [(paper, *pair) for paper, texts in enumerate(answers) for pair in _sentence_pairs(*texts)]
    english = _where(_ngrams(source) for _, source, _ in pairs)
    chinese = _where(_substrings(text) for _, _, text in pairs)

    def papers(places: set[int]) -> int:
        return len({pairs[place][0] for place in places})

    terms = {
        term: places
        for term, places in english.items()
        if papers(places) >= min_papers and not occurring(term, glossary)
    }
    suggestions = []
    for term, renderings in _linked(_unnested(terms), chinese, len(pairs)).items():
        words = [text for text in renderings if _is_word(text, [pairs[place][2] for place in chinese[text]])]
        competing = _competing(words, chinese, terms[term])
        counted = Counter({text: papers(chinese[text] & terms[term]) for text in competing})
        found = tuple((text, count) for text, count in counted.most_common() if count >= _LEAST)
        if len(found) > 1 and sum(count for _, count in found) >= _COVERED * papers(terms[term]):
            suggestions.append(Suggestion(term, papers(terms[term]), found))
    return tuple(sorted(suggestions, key=lambda row: (-sum(count for _, count in row.renderings[1:]), row.english)))


def _sentence_pairs(source: str, text: str) -> list[tuple[str, str]]:
    """Sentence by sentence where both have as many, else the whole: shorter pairs say more about each word."""
    english, chinese = split_english(source), split_chinese(text)
    return list(zip(english, chinese, strict=True)) if len(english) == len(chinese) else [(source, text)]


def _ngrams(source: str) -> set[str]:
    """One to three words without everyday ones, plurals cut."""
    words = [_singular(word) for word in _WORD.findall(source.lower())]
    runs = (words[i : i + length] for length in range(1, _LONGEST_TERM + 1) for i in range(len(words) - length + 1))
    return {" ".join(run) for run in runs if all(len(word) > 2 and word not in COMMON for word in run)}


def _singular(word: str) -> str:
    if word in COMMON:
        return word
    return re.sub("ies$", "y", word) if len(word) > 4 and word.endswith("ies") else re.sub("(?<=[^su])s$", "", word)


def _substrings(text: str) -> set[str]:
    return {
        run[i : i + length]
        for run in _HAN.findall(text)
        for length in range(2, _LONGEST_RENDERING + 1)
        for i in range(len(run) - length + 1)
        if run[i] not in _PARTICLES and run[i + length - 1] not in _PARTICLES
    }


def _where(items: Iterable[set[str]]) -> dict[str, set[int]]:
    """Item → the sentence pairs that have it, two at least."""
    places: dict[str, set[int]] = defaultdict(set)
    for place, found in enumerate(items):
        for item in found:
            places[item].add(place)
    return {item: found for item, found in places.items() if len(found) > 1}


def _unnested(terms: dict[str, set[int]]) -> dict[str, set[int]]:
    """Without what is nearly always part of one longer term."""
    return {
        term: places
        for term, places in terms.items()
        if not any(
            f" {term} " in f" {longer} " and longer != term and len(others) >= 0.8 * len(places)
            for longer, others in terms.items()
        )
    }


def _linked(terms: dict[str, set[int]], chinese: dict[str, set[int]], total: int) -> dict[str, list[str]]:
    """Term → its renderings, surest first. A rendering goes to the one term it goes with best."""
    terms_at: dict[int, list[str]] = defaultdict(list)
    for term, places in terms.items():
        for place in places:
            terms_at[place].append(term)
    links: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for text, places in chinese.items():
        together = Counter(term for place in places for term in terms_at[place])
        scored = [
            (_log_likelihood(count, len(terms[term]), len(places), total), term)
            for term, count in together.items()
            if count >= _OWN * len(places)
        ]
        score, term = max(scored, default=(0.0, ""))
        if score >= _SURE:
            links[term].append((score, text))
    return {term: [text for _, text in sorted(found, reverse=True)] for term, found in links.items()}


def _is_word(text: str, texts: list[str]) -> bool:
    """Whether its neighbours vary on both sides, as a word's do."""
    matches = [match for each in texts for match in re.finditer(text, each)]
    before = Counter(match.string[: match.start()][-1:] for match in matches)
    after = Counter(match.string[match.end() :][:1] for match in matches)
    beside = [count for side in (before, after) for neighbour, count in side.items() if _HAN.match(neighbour)]
    return max(beside, default=0) <= _ALWAYS_BESIDE * len(matches)


def _competing(words: list[str], chinese: dict[str, set[int]], places: set[int]) -> list[str]:
    """Of words that go with a term, surest first, those that stand in for one another."""
    chosen: list[str] = []
    for word in words:
        at = chinese[word] & places
        if all(len(at & chinese[other]) <= _TOGETHER * len(at) for other in chosen):
            chosen.append(word)
    return chosen


def _log_likelihood(both: int, first: int, second: int, total: int) -> float:
    """Dunning's G² of two things found `both` times together; 0 where they avoid each other."""
    if both * total <= first * second:
        return 0.0
    table = (
        (both, first, second),
        (first - both, first, total - second),
        (second - both, total - first, second),
        (total - first - second + both, total - first, total - second),
    )
    return 2 * sum(seen * math.log(seen * total / (row * column)) for seen, row, column in table if seen)
