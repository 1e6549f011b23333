r"""digest.bib: the papers of a day for Zotero or LaTeX, with their Chinese title and one-liner as a note.

Texts stay TeX as arXiv has it, escaped so that none can end its field, its entry or the file early.
"""

import re
from collections.abc import Iterator

from pipeline.fields import lead
from pipeline.ledger import year_of
from pipeline.records import FIRST_AUTHORS, MOST_AUTHORS, Digest, Entry, Paper
from pipeline.text.spans import find_spans
from pipeline.text.visible import visible

_SPECIAL = {"^": r"\textasciicircum{}"} | {sign: f"\\{sign}" for sign in "&%#_$"}
_STRAY = re.compile(r"(?<!\\)((?:\\\\)*)([&%#_$^])")
"""Special characters of TeX that are not escaped yet."""


def render_bibtex(digest: Digest) -> str:
    """digest.bib, without excluded papers and rejected texts."""
    shown = [entry for entry in digest.entries if entry.fate != "excluded"]
    return "\n".join(f"{citation(entry.paper, abstract=entry.paper.abstract, note=_note(entry))}\n" for entry in shown)


def citation(paper: Paper, **more: str) -> str:
    """The BibTeX entry that arXiv offers, with the paper's id as its key and `more` fields."""
    fields = {
        "title": f"{{{_tex(paper.title)}}}",
        "author": " and ".join(_authors(paper)),
        "year": str(year_of(paper)),
        "eprint": paper.id,
        "archivePrefix": "arXiv",
        "primaryClass": _tex(paper.categories[0]),
        "url": paper.url,
    } | {name: _tex(text) for name, text in more.items()}
    rows = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{arxiv:{paper.id},\n{rows}}}"


def _note(entry: Entry) -> str:
    names = (lead("title").name, lead("one_liner").name)
    texts = (entry.text(name) for name in names if not entry.rejected(name))
    return " — ".join(text for text in texts if text)


def _authors(paper: Paper) -> Iterator[str]:
    """Of a long list the first ones and "others", which BibTeX prints as "et al."."""
    if len(paper.authors) <= MOST_AUTHORS:
        yield from map(_tex, paper.authors)
    else:
        yield from map(_tex, paper.authors[:FIRST_AUTHORS])
        yield "others"


def _tex(text: str) -> str:
    text = " ".join(visible(text).split())
    escaped, position = "", 0
    for span in find_spans(text):
        escaped += _escape(text[position : span.start]) + (span.text if span.kind == "formula" else _escape(span.text))
        position = span.end
    escaped += _escape(text[position:])
    # BibTeX counts escaped braces, Zotero does not, so the braces must balance both with and without them.
    balanced = _is_balanced(re.findall(r"[{}]", escaped)) and _is_balanced(re.findall(r"(?<!\\)[{}]", escaped))
    return escaped.rstrip("\\") if balanced else re.sub(r"[{}\\]", "", escaped)


def _escape(text: str) -> str:
    return _STRAY.sub(lambda found: found[1] + _SPECIAL[found[2]], text)


def _is_balanced(braces: list[str]) -> bool:
    depth = 0
    for brace in braces:
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0
