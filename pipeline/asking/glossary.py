"""Reads and checks prompts/glossary.yaml, and formats the rows for a question.

text/terms.py finds the rows that occur in a text; rules/terms.py checks answers against them.
"""

import difflib
import re
from functools import lru_cache
from pathlib import Path

import yaml

from pipeline.errors import FileError
from pipeline.text.han import has_han
from pipeline.text.terms import Glossary, Term, terms_in
from pipeline.written import Unreadable, keyless, nodes_in, slip_in, text_of

__all__ = ["Term", "as_rows", "load_glossary", "terms_in"]

_KEEP = "keep"
_KEYS = ("zh", "or", "avoid", "not", "unless", "in")


def load_glossary(path: Path | None) -> Glossary:
    """The rows of a glossary file in its order; empty for None. Raises FileError that names the line."""
    return _glossary(path, _content(path)) if path else _NO_ROWS


_NO_ROWS = Glossary()


@lru_cache(maxsize=4)  # what is remembered of its rows is remembered by the object: a process of many days has one
def _glossary(path: Path, content: str) -> Glossary:
    terms = []
    first_lines: dict[str, int] = {}
    for key, value in _rows(path, content):
        line = key.start_mark.line + 1
        try:
            term = _term(key, value)
            for spelling in (term.english, *term.spellings):
                first = first_lines.setdefault(spelling.lower(), line)
                if first != line:
                    raise ValueError(f"{spelling} stands in line {first} already; keep one of the two")
        except ValueError as error:
            raise FileError(f"{path}:{line}: {key.value}: {error}") from None
        terms.append(term)
    return Glossary(terms)


def as_rows(terms: tuple[Term, ...]) -> str:
    """One line a term, for the question: `agent → 智能体`. What not to write is not said: a model that is told what to
    write does so, and one that does not is told by the check."""
    return "\n".join(_row(term) for term in terms)


def as_former_rows(terms: tuple[Term, ...]) -> str:
    """The lines as they were until recipe 2, part of its keys: `agent → 智能体（不用：代理）`; avoided renderings before
    forbidden ones."""
    return "\n".join(_row(term) + _unwanted(term) for term in terms)


def _content(path: Path) -> str:
    try:
        return keyless(text_of(path))
    except FileNotFoundError:
        raise FileError(f"{path}: not found; write one, or set glossary: null in the config") from None
    except OSError as error:
        raise FileError(f"{path}: cannot be read: {error}; mend it, or set glossary: null in the config") from None
    except Unreadable as error:
        raise FileError(f"{error.at(path)}; or set glossary: null in the config") from None


def _rows(path: Path, content: str) -> list[tuple[yaml.Node, yaml.Node]]:
    """YAML nodes instead of plain data: they know their lines."""
    try:
        root = nodes_in(content)
    except Unreadable as error:
        raise FileError(f"{error.at(path)}; or set glossary: null in the config") from None
    if root is None:
        return []
    if not isinstance(root, yaml.MappingNode):
        slip = slip_in(content)
        raise FileError(slip.at(path) if slip else f"{path}: must hold rows such as `token: 词元`")
    rows: list[tuple[yaml.Node, yaml.Node]] = root.value
    return rows


def _row(term: Term) -> str:
    wanted = "保留英文" if term.zh == (term.english,) else " 或 ".join(term.zh)
    return f"{term.english} → {wanted}"


def _unwanted(term: Term) -> str:
    unwanted = [*(text for text in term.avoided if text not in term.forbidden), *term.forbidden]
    return f"（不用：{'、'.join(unwanted)}）" if unwanted else ""


def _term(key: yaml.Node, value: yaml.Node) -> Term:
    """A row of the glossary. Raises ValueError; its message does not name the term."""
    english, *spellings = (part.strip() for part in key.value.split(",")) if _is_text(key) else ("",)
    if not english or not all(spellings):
        raise ValueError("the English must be a text, several spellings of it parted by commas")
    if has_han(english):
        raise ValueError("the English stands first, then the Chinese: `token: 词元`")
    fields: dict[str, yaml.Node] = {"zh": value}
    if isinstance(value, yaml.MappingNode):
        fields = _fields(value)
    wanted = _texts(fields.get("zh"), "zh")
    if not wanted:
        raise ValueError("has no Chinese; write zh: 译名, or keep to leave it in English")
    return Term(
        english=english,
        spellings=tuple(spellings),
        zh=tuple(english if text == _KEEP else text for text in wanted),
        tolerated=tuple(_texts(fields.get("or"), "or")),
        avoided=tuple(_texts(fields.get("avoid"), "avoid")),
        forbidden=tuple(_texts(fields.get("not"), "not")),
        unless=tuple(_texts(fields.get("unless"), "unless")),
        categories=tuple(_texts(fields.get("in"), "in")),
    )


def _fields(node: yaml.MappingNode) -> dict[str, yaml.Node]:
    fields: dict[str, yaml.Node] = {}
    for key, value in node.value:
        if key.value not in _KEYS:
            near = difflib.get_close_matches(str(key.value), _KEYS, n=1, cutoff=0.5)
            raise ValueError(
                f"unknown key {key.value}, " + (f"did you mean {near[0]}?" if near else f"known are {', '.join(_KEYS)}")
            )
        if key.value in fields:
            raise ValueError(f"has {key.value} twice; write several as a list: [甲, 乙]")
        fields[key.value] = value
    return fields


def _texts(node: yaml.Node | None, key: str) -> list[str]:
    """A text or a list of texts."""
    if node is None:
        return []
    nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
    for one in nodes:
        if not _is_text(one) or not one.value.strip():
            raise ValueError(f"{key} must be a text or a list of texts, not empty; numbers and yes/no need quotes")
        if parted := re.search("[，、；|]", one.value):
            raise ValueError(f"{key} has a {parted[0]} in a text; write several as a list: [甲, 乙]")
    return [one.value.strip() for one in nodes]


def _is_text(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:str"
