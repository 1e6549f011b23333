"""Replaces terms in English by the glossary's Chinese where there is only one rendering: "Our 智能体 uses fewer 词元."

A small model ignores a list of terms beside the sentence, but it copies Chinese that is already in the sentence.
"""

import re

from pipeline.text.terms import Term, is_acronym, occurrences

_PLURAL = re.compile(r"\b([A-Z][A-Za-z]*[A-Z])s\b")


def substitute_terms(text: str, terms: tuple[Term, ...]) -> str:
    """The text with every term that has one rendering replaced by it, and acronyms in the singular (LLMs: LLM).

    Acronyms stay, and so do parts of names (DCVLM-Baseline): both are kept in Chinese.
    """
    text = _PLURAL.sub(r"\1", text)
    parts, position = [], 0
    for start, end, term in occurrences(text, terms):
        found = text[start:end]
        in_a_name = found[0].isupper() and text[:start].endswith("-")
        stays = len(term.zh) > 1 or term.zh[0] == term.english or is_acronym(found) or in_a_name
        parts += [text[position:start], found if stays else term.zh[0]]
        position = end
    return "".join([*parts, text[position:]])
