"""Which terms of the field stand in an English text.

What a term is in Chinese is written in prompts/glossary.yaml, read by asking/glossary.py; rules/terms.py holds to it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from pipeline.records import Record
from pipeline.text.spans import find_spans


class Term(Record):
    """A row of the glossary."""

    english: str
    """As the glossary writes it; "fine-tuning" stands for "fine tuning" and "finetuning" too."""
    spellings: tuple[str, ...] = ()
    """Other English forms: "fine-tune", "fine-tuned", an acronym."""
    zh: tuple[str, ...]
    """The rendering asked for, several where the senses differ. It is the English itself where that is kept."""
    tolerated: tuple[str, ...] = ()
    """Renderings that are not asked for and not wrong."""
    avoided: tuple[str, ...] = ()
    """Renderings that are right elsewhere and not this glossary's style."""
    forbidden: tuple[str, ...] = ()
    """Renderings that say something else; one that is avoided too counts as avoided."""
    unless: tuple[str, ...] = ()
    """Beginnings of English words that make an avoided or forbidden rendering right: 代理 where the source has "proxy"."""
    categories: tuple[str, ...] = ()
    """Where the row holds, "cs.LG" or a whole archive "cs"; empty: everywhere."""

    def __hash__(self) -> int:
        return hash(self.english)  # which tells the rows of a glossary apart


class Glossary(tuple[Term, ...]):
    """All rows of a file. Hashed as the object it is: a key of the caches below, it would take longer to hash than to use."""

    def __hash__(self) -> int:
        return id(self)


@lru_cache(maxsize=4096)
def terms_in(text: str, categories: tuple[str, ...], glossary: tuple[Term, ...]) -> tuple[Term, ...]:
    """The rows that occur in an English text of these categories, in order of first occurrence.

    Case does not matter but in acronyms; plurals, hyphens and spaces do not matter; of nested terms the longest counts,
    so "large language models" is no occurrence of "language model". Formulas, addresses and code are passed over.
    """
    return occurring(text, _holding(glossary, categories))


def occurring(text: str, terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """Like terms_in, whatever the categories."""
    spans = find_spans(text)
    found: dict[Term, None] = {}
    for start, end, term in occurrences(text, terms):
        if term not in found and not any(span.start < end and start < span.end for span in spans):
            found[term] = None
    return tuple(found)


def occurrences(text: str, terms: tuple[Term, ...]) -> Iterator[tuple[int, int, Term]]:
    """Start, end and row of each occurrence in order, formulas not passed over; none overlap, the longest counts."""
    beginnings, position = _by_beginning(terms), 0
    for word in _BEGINNING.finditer(text):
        if word.start() < position:
            continue
        if beginning := beginnings.get(word[0].lower()):
            pattern, rows = beginning
            if found := pattern.match(text, word.start()):
                position = found.end()
                yield found.start(), position, rows[(found.lastindex or 1) - 1]


def is_acronym(spelling: str) -> bool:
    """A single word with a capital after its first letter: LLM, LoRA, k-NN; its case matters ("IT", "it")."""
    return " " not in spelling and any(letter.isupper() for letter in re.sub(r"(?<=-).", "", spelling)[1:])


@lru_cache(maxsize=512)
def _holding(glossary: tuple[Term, ...], categories: tuple[str, ...]) -> Glossary:
    return Glossary(term for term in glossary if _holds_for(term, categories))


def _holds_for(term: Term, categories: tuple[str, ...]) -> bool:
    return not term.categories or any(
        category == wanted or category.startswith(wanted + ".") for category in categories for wanted in term.categories
    )


_BEGINNING = re.compile(r"(?<![\w\\])\w\w?")
"""Of a word: its first two letters, which a plural or a hyphen left out do not change."""


@lru_cache(maxsize=512)
def _by_beginning(terms: tuple[Term, ...]) -> Mapping[str, tuple[re.Pattern[str], Sequence[Term]]]:
    """The spellings by the first two letters, longest first, a group each, with the row of each group: hundreds of them need
    not be tried at every word."""
    beginnings: dict[str, list[tuple[str, Term]]] = {}
    for term in terms:
        for spelling in (term.english, *term.spellings):
            first, joined = _SEPARATORS.split(spelling)[0], _SEPARATORS.sub("", spelling)
            for beginning in {first[:2].lower(), joined[:2].lower()}:  # of k-NN: k and kn
                beginnings.setdefault(beginning, []).append((spelling, term))
    for rows in beginnings.values():
        rows.sort(key=lambda row: -len(row[0]))
    return {
        beginning: (_any_of(tuple(spelling for spelling, _ in rows)), [term for _, term in rows])
        for beginning, rows in beginnings.items()
    }


_SEPARATORS = re.compile(r"[\s-]+")


@lru_cache(maxsize=4096)
def _any_of(spellings: tuple[str, ...]) -> re.Pattern[str]:
    """Each in a group of its own, in this order."""
    return re.compile("|".join(f"({_pattern(spelling)})" for spelling in spellings))


def _pattern(spelling: str) -> str:
    *head, last = (re.escape(word) for word in _SEPARATORS.split(spelling))
    plural = rf"{last[:-1]}(?:y|ies)" if re.search("[^aeiou]y$", last) else rf"{last}(?:e?s)?"
    joined = r"[\s\u2010-\u2013-]?".join([*head, plural])
    return rf"{joined}(?!\w)" if is_acronym(spelling) else rf"(?i:{joined})(?!\w)"
