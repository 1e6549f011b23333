"""Which terms of the field stand in an English text.

What a term is in Chinese is written in prompts/glossary.yaml, read by asking/glossary.py; rules/terms.py holds to it.
"""

import itertools
import re
from functools import lru_cache

from pipeline.models import Record
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
    forbidden: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    """Beginnings of English words that make a forbidden rendering right: 代理 where the source has "proxy"."""
    categories: tuple[str, ...] = ()
    """Where the row holds, "cs.LG" or a whole archive "cs"; empty: everywhere."""

    def __hash__(self) -> int:
        # A glossary of hundreds of rows is a key of the caches below; the English alone tells its rows apart.
        return hash(self.english)


@lru_cache(maxsize=4096)
def terms_in(text: str, categories: tuple[str, ...], glossary: tuple[Term, ...]) -> tuple[Term, ...]:
    """The rows that occur in an English text of these categories, in order of first occurrence.

    Case does not matter but in acronyms; plurals, hyphens and spaces do not matter; of nested terms the longest counts,
    so "large language models" is no occurrence of "language model". Formulas, addresses and code are passed over.
    """
    return occurring(text, _holding(glossary, categories))


def occurring(text: str, terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """Like terms_in, whatever the categories."""
    if not terms:
        return ()
    pattern, owners = pattern_of(terms)
    spans = find_spans(text)
    found: dict[int, None] = {}
    for match in pattern.finditer(text):
        if not any(span.start < match.end() and match.start() < span.end for span in spans):
            found.setdefault(owners[(match.lastindex or 0) - 1])
    return tuple(terms[index] for index in found)


def is_acronym(spelling: str) -> bool:
    """A single word with a capital after its first letter: LLM, LoRA, k-NN; its case matters ("IT", "it")."""
    return " " not in spelling and any(letter.isupper() for letter in re.sub(r"(?<=-).", "", spelling)[1:])


@lru_cache(maxsize=512)
def _holding(glossary: tuple[Term, ...], categories: tuple[str, ...]) -> tuple[Term, ...]:
    return tuple(term for term in glossary if _holds_for(term, categories))


def _holds_for(term: Term, categories: tuple[str, ...]) -> bool:
    return not term.categories or any(
        category == wanted or category.startswith(wanted + ".") for category in categories for wanted in term.categories
    )


@lru_cache(maxsize=512)
def pattern_of(rows: tuple[Term, ...]) -> tuple[re.Pattern[str], tuple[int, ...]]:
    """One pattern for all rows, a group a spelling, and the row each group belongs to."""
    spellings = [(spelling, index) for index, term in enumerate(rows) for spelling in (term.english, *term.spellings)]
    # Longest first: Python takes the first alternative that fits. By first letter: else it would try all at every word.
    spellings.sort(key=lambda row: (row[0][0].lower(), -len(row[0])))
    branches = []
    for letter, group in itertools.groupby(spellings, key=lambda row: row[0][0].lower()):
        alternatives = "|".join(f"({_spelling_pattern(spelling)})" for spelling, _ in group)
        branches.append(f"(?={re.escape(letter)})(?:{alternatives})")
    pattern = re.compile(rf"(?<![\w\\])(?:{'|'.join(branches)})(?!\w)", re.IGNORECASE)
    return pattern, tuple(index for _, index in spellings)


def _spelling_pattern(spelling: str) -> str:
    *head, last = (re.escape(word) for word in re.split(r"[\s-]+", spelling))
    plural = rf"{last[:-1]}(?:y|ies)" if re.search("[^aeiou]y$", last) else rf"{last}(?:e?s)?"
    joined = r"[\s\u2010-\u2013-]?".join([*head, plural])
    return f"(?-i:{joined})" if is_acronym(spelling) else joined
