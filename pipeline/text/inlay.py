"""English with the glossary's Chinese put in where it is certain: "Our 智能体 uses fewer 词元."

A small model does not look terms up in a list beside the sentence; what stands in the sentence already it carries over.
"""

import re

from pipeline.text.terms import Term, is_acronym, pattern_of

_PLURAL = re.compile(r"\b([A-Z][A-Za-z]*[A-Z])s\b")


def inlaid(text: str, terms: tuple[Term, ...]) -> str:
    """The text with every term that has one rendering replaced by it, and acronyms in the singular (LLMs: LLM).

    Acronyms stay, and so do parts of names (DCVLM-Baseline): both are kept in Chinese.
    """
    text = _PLURAL.sub(r"\1", text)
    if not terms:
        return text
    pattern, owners = pattern_of(terms)

    def rendered(match: re.Match[str]) -> str:
        term = terms[owners[(match.lastindex or 0) - 1]]
        in_a_name = match[0][0].isupper() and text[: match.start()].endswith("-")
        if len(term.zh) > 1 or term.zh[0] == term.english or is_acronym(match[0]) or in_a_name:
            return match[0]
        return term.zh[0]

    return pattern.sub(rendered, text)
