"""A Markdown note a paper for Obsidian and its like: front matter, both languages, and below a line all that a person writes.

What stands above the line is replaced as long as nobody has changed it; then never again. What stands below is never touched.
"""

import hashlib
import json
import re

from pipeline.fields import lead
from pipeline.records import Entry
from pipeline.render.data import Document
from pipeline.render.markdown import details
from pipeline.text.latex import plain
from pipeline.text.spans import find_spans
from pipeline.text.visible import visible

_LINE = re.compile(r"^%% wenzhai ([0-9a-f]{12}) .*%%$", re.MULTILINE)
_LIVE = re.compile(r"(?<!\\)(\[(?=\[)|#(?=\w)|%(?=%)|=(?==)|\^(?=\w+$))")
"""What Obsidian takes for a link, a tag, a comment, a highlight or the name of a block."""


def note_name(entry: Entry) -> str:
    return f"{entry.paper.id.replace('/', '_')}.md"


def render_note(document: Document, entry: Entry, before: str) -> str | None:
    """The note, with what a person wrote `before` (the file's text, empty where there is none); None where it is to be left as it is."""
    written = _written(document, entry)
    line = f"%% wenzhai {_hash(written)} 线上由文摘更新，改过就不再动；线下归你 %%"
    found = _LINE.search(before)
    if not before.strip():
        return f"{written}{line}\n"
    if not found or _hash(before[: found.start()]) != found[1]:
        return None
    return f"{written}{line}{before[found.end() :]}"


def _written(document: Document, entry: Entry) -> str:
    paper = entry.paper
    title = entry.text(lead("title").name) or plain(paper.title)
    facts = {
        "title": title,
        "aliases": [plain(paper.title)],
        "authors": list(paper.authors),
        "arxiv": paper.id,
        "url": paper.url,
        "categories": list(paper.categories),
        "digest": document.digest,
        "date": str(document.day),
        "interests": list(entry.interests),
    }
    rows = (f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in facts.items() if value)
    first, *others = map(_quiet, details(entry))
    return visible("\n".join(["---", *rows, "---", f"# {first}", *(f"\n{each}" for each in others)]) + "\n\n")


def _quiet(paragraph: str) -> str:
    """Without what Obsidian would bring to life; formulas stay as they are."""
    quiet, position = "", 0
    for span in find_spans(paragraph):
        if span.kind == "formula":
            quiet += _LIVE.sub(r"\\\1", paragraph[position : span.start]) + span.text
            position = span.end
    return quiet + _LIVE.sub(r"\\\1", paragraph[position:])


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
