"""A GBNF grammar for an answer: Chinese, in which the only English words are the names of its source.

llama.cpp constrains the generation to it (`grammar` in the request,
https://github.com/ggml-org/llama.cpp/tree/master/grammars). A small model leaves difficult English words in its
Chinese ("采样 regime中"); a grammar that allows only Chinese makes it translate them. This module also decides which
words are names.
"""

import re
from collections.abc import Iterable

from pipeline.fields import field_named
from pipeline.text.spans import MARK
from pipeline.text.terms import is_acronym

_WORD = re.compile(r"[A-Za-z0-9]+(?:[-_.+&][A-Za-z0-9]+)*\+*")
_SPELT_OUT = re.compile(r"(?:[A-Z][\w-]{0,40}\s+(?:(?:of|for|and|the|in|with|to)\s+){0,3}){2,12}(?=\([A-Z])")
"""Bounded, so that a row of capitals is not gone through again from each of them."""
_LOWER = re.compile(r"[a-z]{3,}")
_SUFFIX = re.compile(r"[a-z]{2,}(?:ed|ing|ven|aware|like|style|level|only|free|specific|class|shot)")
_KINDS = frozenset(
    {"Position", "Perspective", "Survey", "Review", "Tutorial", "Report", "Opinion", "Comment", "Technical"}
)
"""Words before a title's colon that are not names."""
_HEAD = re.compile(r"([A-Z0-9][\w.+-]*)\s*:\s*(?=\S)")
_NO_CHINESE = r"A-Za-z\n\u00c0-\u024f\u0400-\u1fff\u3040-\u30ff\uac00-\ud7af"
"""Characters that Chinese text may not contain: letters of other scripts, and newlines. Greek is allowed, for plain
formulas."""


def names_in(text: str) -> tuple[str, ...]:
    """The names in an English text, which Chinese keeps: words with digits or inner capitals, or capitalised in
    mid-sentence.

    The words spelt out before an acronym in brackets have capitals, too, but are no names; they are translated.
    An acronym loses its plural (LLMs: LLM) and lower-case words after a hyphen (LLM-assisted: LLM), as in Chinese.
    """
    spelt_out = {place for match in _SPELT_OUT.finditer(text) for place in range(*match.span())}
    found = []
    for match in _WORD.finditer(text):
        word, start = match[0], match.start()
        capitalised = word[0].isupper() and start not in spelt_out and not _opens(text[:start])
        if capitalised or _is_spelt_like_a_name(word):
            found += _without_english(word)
    return tuple(dict.fromkeys(found))


def title_names(title: str, abstract: str) -> tuple[str, ...]:
    """Like names_in, for a title, where most words have a capital: a plain word counts if it is a name in the
    abstract."""
    known = set(names_in(abstract))
    kept = [
        word
        for match in _WORD.finditer(title)
        if _is_spelt_like_a_name(match[0])
        for word in _without_english(match[0])
    ]
    kept += [match[0] for match in _WORD.finditer(title) if match[0] in known]
    return tuple(dict.fromkeys([*kept, *filter(None, [leading_name(title)])]))


def leading_name(title: str) -> str | None:
    """The single word before a title's colon ("SeaBird: …"), the name of the paper's own work."""
    match = _HEAD.match(title)
    return match[1] if match and match[1] not in _KINDS else None


def lost_words(source: str, text: str, names: Iterable[str]) -> tuple[str, ...]:
    """The names and numbers of a source that its translation lacks, without acronyms (US, LLM), which may be
    translated."""
    figures = re.findall(r"(?<![\w.])\d+(?:[.,]\d+)*(?![\w.]*\w)", MARK.sub(" ", source))
    spelt = [name for name in names if name[0].isalpha() and _is_spelt_like_a_name(name) and not name.isupper()]
    wanted = dict.fromkeys([*spelt, *figures])
    return tuple(word for word in wanted if word not in text)


def sentence_grammar(names: Iterable[str], marks: Iterable[str] = ()) -> str:
    """One Chinese sentence with its full stop or question mark, and each of the `marks` once, in their order."""
    return _grammar(names, but="。！？", marks=marks, end="[。？]")


def title_grammar(names: Iterable[str], leading: str | None = None, marks: Iterable[str] = ()) -> str:
    """A Chinese title without a full stop, which begins with the `leading` name where there is one."""
    return _grammar(names, but="。！", marks=marks, start=f"{_literal(f'{leading}：')} " if leading else "")


def tagged_grammar(fields: Iterable[str], names: Iterable[str]) -> str:
    """One-liners in their tags, one a line: a Chinese or an English sentence, depending on the field's language."""
    chinese = _grammar(names, but="。！？<>").removeprefix("root ::= ")
    body, _, rules = chinese.partition("\n")
    parts = {"zh": f'({body}) "。"', "en": 'english "."'}
    lines = [f'"<{field}>" {parts[field_named(field).language]} "</{field}>"' for field in fields]
    # A full stop is allowed only inside a number; otherwise the model continues with the whole abstract.
    english = 'english ::= ([^<>\\n.;0-9\\u3000-\\uffef] | [0-9]+ ("." [0-9]+)?)+'
    return "root ::= " + ' "\\n" '.join(lines) + f"\n{rules}{english}\n"


def _grammar(names: Iterable[str], *, but: str, marks: Iterable[str] = (), start: str = "", end: str = "") -> str:
    # After a name comes a character that is not a letter; otherwise "LLM" and "AI" could make "LLMAI".
    kept = sorted(set(names), key=lambda name: (-len(name), name))
    body = "(name? other)+ name?" if kept else "other+"
    # Text between marks may be empty; a text without marks has at least one character.
    around = f"({body})?" if marks else body
    whole = around + "".join(f" {_literal(mark)} {around}" for mark in marks)
    lines = [f"root ::= {start}{whole} {end}".rstrip(), f"other ::= [^{_NO_CHINESE}⟦⟧{but}]"]
    if kept:
        lines.append(f"name ::= {' | '.join(map(_literal, kept))}")
    return "\n".join(lines) + "\n"


def _literal(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _opens(before: str) -> bool:
    """Whether a sentence begins after this text."""
    rest = before.rstrip()
    return not rest or (rest[-1] in ".!?:" and len(rest) < len(before))


def _is_spelt_like_a_name(word: str) -> bool:
    letters = any(letter.isalpha() for letter in word)
    inside = any(letter.isupper() for part in word.split("-") for letter in part[1:])
    return letters and (inside or any(letter.isdigit() for letter in word))


def _without_english(word: str) -> list[str]:
    """A compound without its English ends: LLM-assisted: LLM; GPT-4-based: GPT-4; but GPT-4o-mini stays whole."""
    parts = word.split("-")
    numbered = any(letter.isdigit() for letter in word)
    is_english = [bool((_SUFFIX if numbered else _LOWER).fullmatch(part)) for part in parts]
    while len(parts) > 1 and is_english[-1]:
        parts, is_english = parts[:-1], is_english[:-1]
    while len(parts) > 1 and is_english[0]:
        parts, is_english = parts[1:], is_english[1:]
    name = _singular("-".join(parts))
    return [name] if any(letter.isupper() or letter.isdigit() for letter in name) else []


def _singular(word: str) -> str:
    return word[:-1] if word.endswith("s") and is_acronym(word) and word[-2].isupper() else word
