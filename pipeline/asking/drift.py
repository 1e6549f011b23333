"""Finds terms that existing translations render in more than one way: candidates for a glossary row.

Statistics only. English and Chinese that often occur in the same sentence pairs count as renderings (Dunning's
log-likelihood ratio, https://aclanthology.org/J93-1003/); two renderings of a term that rarely occur together compete.
It finds neither rare terms nor variants with a common core (大语言模型 and 大型语言模型 share 语言模型).

What a paper takes in memory is a hundred times its text, so of many papers a fixed number is counted (`sample`).
"""

import hashlib
import heapq
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
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
"""Least share of the sentences with the rendering that also have the term; excludes 环境 for "agent"."""
_TOGETHER = 0.25
"""Competing renderings share at most this part of the rarer one's sentences."""
_ALWAYS_BESIDE = 0.75
"""A string that has the same neighbour more often than this is only a part of a word: 抗性 after 对."""
_LEAST = 3
"""Least number of papers that have a rendering."""
_COVERED = 0.5
"""Least share of the term's papers that have one of its renderings; below it, the renderings were not found
correctly."""
ENOUGH = 1_500
"""Papers to count: half a minute and a quarter of a gigabyte. A term that drifts often enough for a row does so here."""


class Suggestion(NamedTuple):
    english: str
    papers: int
    renderings: tuple[tuple[str, int], ...]
    """Two or more, each with its number of papers; most frequent first."""


def sample(answers: Iterable[tuple[str, tuple[str, str]]], most: int = ENOUGH) -> tuple[list[tuple[str, str]], bool]:
    """The (English, Chinese) of at most so many papers, spread evenly over all, and whether any were left out. Which ones
    depends on their ids alone: the same every time. Of a paper that comes several times, the last counts.

    `answers`: (paper id, its texts).
    """
    kept: dict[str, tuple[str, str]] = {}
    ranks: list[tuple[int, str]] = []
    """Of those that are kept, the last in order first."""
    left_out = False
    for paper, texts in answers:
        rank = (-int.from_bytes(hashlib.sha256(paper.encode()).digest()[:8]), paper)
        if paper not in kept:
            if len(ranks) < most:
                heapq.heappush(ranks, rank)
            else:
                left_out = True
                _, last = heapq.heappushpop(ranks, rank)
                if last == paper:
                    continue
                del kept[last]
        kept[paper] = texts
    return list(kept.values()), left_out


def suggest(
    answers: Iterable[tuple[str, str]], glossary: tuple[Term, ...] = (), min_papers: int = 5
) -> tuple[Suggestion, ...]:
    """Terms outside the glossary with competing renderings, least consistent first. `answers`: (English, Chinese) of
    each paper."""
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
    """Pairs of sentences if both texts have equally many, else the whole texts; shorter pairs link words more
    precisely."""
    english, chinese = split_english(source), split_chinese(text)
    return list(zip(english, chinese, strict=True)) if len(english) == len(chinese) else [(source, text)]


def _ngrams(source: str) -> set[str]:
    """Runs of one to three words, without common words, in the singular."""
    words = [_singular(word) for word in _WORD.findall(source.lower())]
    told = [word if len(word) > 2 and word not in COMMON else "" for word in words]
    return {run for run in _runs(told) if "  " not in f" {run} "}


def _runs(words: list[str]) -> Iterator[str]:
    for length in range(1, _LONGEST_TERM + 1):
        for i in range(len(words) - length + 1):
            yield " ".join(words[i : i + length])


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
    """Item → the numbers of the sentence pairs that contain it; items with fewer than two are dropped."""
    once: dict[str, int] = {}
    """Most items, and a number takes a tenth of a set's memory."""
    places: dict[str, set[int]] = {}
    for place, found in enumerate(items):
        for item in found:
            if item in places:
                places[item].add(place)
            elif item in once:
                places[item] = {once.pop(item), place}
            else:
                once[item] = place
    return places


def _unnested(terms: dict[str, set[int]]) -> dict[str, set[int]]:
    """Drops terms that nearly always occur inside one longer term."""
    nested = {
        term
        for longer, others in terms.items()
        for term in _runs(longer.split())
        if term != longer and len(others) >= 0.8 * len(terms[term])
    }
    return {term: places for term, places in terms.items() if term not in nested}


def _linked(terms: dict[str, set[int]], chinese: dict[str, set[int]], total: int) -> dict[str, list[str]]:
    """Term → its renderings, highest score first. Each rendering belongs to the term with which it scores highest."""
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
    """Whether it is a whole word: the characters before and after it vary."""
    pattern = re.compile(text)
    matches = [match for each in texts for match in pattern.finditer(each)]
    before = Counter(match.string[: match.start()][-1:] for match in matches)
    after = Counter(match.string[match.end() :][:1] for match in matches)
    beside = [count for side in (before, after) for neighbour, count in side.items() if _HAN.match(neighbour)]
    return max(beside, default=0) <= _ALWAYS_BESIDE * len(matches)


def _competing(words: list[str], chinese: dict[str, set[int]], places: set[int]) -> list[str]:
    """The renderings that rarely occur together; `words` in order of score."""
    chosen: list[str] = []
    for word in words:
        at = chinese[word] & places
        if all(len(at & chinese[other]) <= _TOGETHER * len(at) for other in chosen):
            chosen.append(word)
    return chosen


def _log_likelihood(both: int, first: int, second: int, total: int) -> float:
    """Dunning's G² of two items that occur together `both` times; 0 if they occur together no more often than by
    chance."""
    if both * total <= first * second:
        return 0.0
    table = (
        (both, first, second),
        (first - both, first, total - second),
        (second - both, total - first, second),
        (total - first - second + both, total - first, total - second),
    )
    return 2 * sum(seen * math.log(seen * total / (row * column)) for seen, row, column in table if seen)
