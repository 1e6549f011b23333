"""Finds the glossary terms that occur in an English text.

asking/glossary.py reads them from prompts/glossary.yaml; rules/terms.py checks translations against them.
"""

import bisect
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import accumulate

from pipeline.records import Record
from pipeline.text.spans import find_spans


class Term(Record):
    """A row of the glossary."""

    english: str
    """As in the glossary; "fine-tuning" also matches "fine tuning" and "finetuning"."""
    spellings: tuple[str, ...] = ()
    """Other English forms: "fine-tune", "fine-tuned", an acronym."""
    zh: tuple[str, ...]
    """The required rendering, or several for different senses; the English itself if it is kept."""
    tolerated: tuple[str, ...] = ()
    """Renderings that are neither required nor wrong."""
    avoided: tuple[str, ...] = ()
    """Renderings that are correct but not this glossary's style."""
    forbidden: tuple[str, ...] = ()
    """Renderings with another meaning; one that is also in `avoided` counts as avoided."""
    unless: tuple[str, ...] = ()
    """Beginnings of English words that make an avoided or forbidden rendering right: 代理 where the source has "proxy"."""
    categories: tuple[str, ...] = ()
    """Categories in which the row applies, such as "cs.LG" or a whole archive "cs"; empty: all."""

    def __hash__(self) -> int:
        return hash(self.english)  # unique within a glossary


class Glossary(tuple[Term, ...]):
    """All rows of a file. Hashed by identity, because it is a key of the caches below and hashing its rows would be
    slow."""

    def __hash__(self) -> int:
        return id(self)


@lru_cache(maxsize=4096)
def terms_in(text: str, categories: tuple[str, ...], glossary: tuple[Term, ...]) -> tuple[Term, ...]:
    """The rows that occur in an English text of a paper with these categories, in order of first occurrence.

    Ignores case (except in acronyms), plurals, hyphens and spaces. Of nested terms the longest counts, so "large
    language models" is no occurrence of "language model". Formulas, URLs and code are skipped.
    """
    wanted = frozenset(each for each in _limits(glossary) if _lies_in(categories, each))
    return occurring(text, _holding(glossary, wanted))


def occurring(text: str, terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """Like terms_in, whatever the categories."""
    spans = find_spans(text)
    starts = [span.start for span in spans]
    found: dict[Term, None] = {}
    for start, end, term in occurrences(text, terms):
        before = bisect.bisect_left(starts, end)
        if term not in found and not (before and spans[before - 1].end > start):
            found[term] = None
    return tuple(found)


def occurrences(text: str, terms: tuple[Term, ...]) -> Iterator[tuple[int, int, Term]]:
    """Start, end and row of each occurrence in order, formulas included; none overlap, the longest counts."""
    openings, position = _by_opening(terms), 0
    for word in _WORD.finditer(text):
        start = word.start()
        if start < position:
            continue
        for spelling, term in openings.get(word[0].lower(), ()):
            if found := _pattern(spelling).match(text, start):
                position = found.end()
                yield start, position, term
                break


def is_acronym(spelling: str) -> bool:
    """A single word with a capital after its first letter: LLM, LoRA, k-NN; its case matters ("IT", "it")."""
    return " " not in spelling and any(letter.isupper() for letter in re.sub(r"(?<=-).", "", spelling)[1:])


@lru_cache(maxsize=64)
def _limits(glossary: tuple[Term, ...]) -> frozenset[str]:
    """The categories that any row is limited to."""
    return frozenset(each for term in glossary for each in term.categories)


def _lies_in(categories: tuple[str, ...], wanted: str) -> bool:
    return any(category == wanted or category.startswith(wanted + ".") for category in categories)


@lru_cache(maxsize=512)
def _holding(glossary: tuple[Term, ...], wanted: frozenset[str]) -> Glossary:
    """The rows for a paper in these of the categories that rows are limited to. Papers have hundreds of combinations of
    categories in a day, but only a few of these, and fewer different rows."""
    apart = (term for term in glossary if term.categories and not wanted.intersection(term.categories))
    return _without(glossary, frozenset(apart))


@lru_cache(maxsize=512)
def _without(glossary: tuple[Term, ...], apart: frozenset[Term]) -> Glossary:
    return Glossary(term for term in glossary if term not in apart)


_WORD = re.compile(r"(?<![\w\\])\w+")


@lru_cache(maxsize=512)
def _by_opening(terms: tuple[Term, ...]) -> Mapping[str, list[tuple[str, Term]]]:
    """The spellings by the words of a text that they may open with, longest first: hundreds of them need not be tried at
    every word."""
    rows = [(spelling, term) for term in terms for spelling in (term.english, *term.spellings)]
    openings: dict[str, list[tuple[str, Term]]] = defaultdict(list)
    for spelling, term in sorted(rows, key=lambda row: -len(row[0])):
        for opening in _openings(spelling):
            openings[opening].append((spelling, term))
    return openings


@lru_cache(maxsize=1024)
def _openings(spelling: str) -> frozenset[str]:
    """In lower case: "fine" and "finetuning" of "fine-tuning", "gap" and "gaps" of "gap"."""
    words = _SEPARATORS.split(spelling.lower())
    joined = [*accumulate(words)]
    whole = joined[-1]
    plurals = (f"{whole}s", f"{whole}es", f"{whole[:-1]}ies")
    return frozenset(word[0] for opening in (*joined, *plurals) if (word := _WORD.match(opening)))


_SEPARATORS = re.compile(r"[\s-]+")


@lru_cache(maxsize=4096)
def _pattern(spelling: str) -> re.Pattern[str]:
    *head, last = (re.escape(word) for word in _SEPARATORS.split(spelling))
    plural = rf"{last[:-1]}(?:y|ies)" if re.search("[^aeiou]y$", last) else rf"{last}(?:e?s)?"
    joined = r"[\s\u2010-\u2013-]?".join([*head, plural])
    return re.compile(rf"{joined}(?!\w)", 0 if is_acronym(spelling) else re.IGNORECASE)
