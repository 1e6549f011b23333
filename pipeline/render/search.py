"""search/YYYY-MM.js: the papers of a month, of all digests, for the search in index.html. No server, no request elsewhere.

A browser loads a script from the page's own folder even where the page is a file. So the script calls `month` with the month and
its papers: zlib in base64, inside a JSON list of columns, each a text of one line a paper (equal things side by side compress well).
"""

import base64
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pipeline.fields import lead
from pipeline.render.data import Document
from pipeline.text.latex import plain
from pipeline.text.visible import visible

_SCRIPT = re.compile(r'^month\("\d{4}-\d\d", "([A-Za-z0-9+/=]+)"\);')

SEARCHED = (lead("title").name, lead("one_liner").name)
"""The fields that a result shows."""


class Row(NamedTuple):
    """A paper on a day; home.js has the same columns."""

    place: str
    """ "cs.CL/2026-06-30"."""
    id: str
    title: str
    one_liner: str
    original: str
    authors: str
    categories: str


def rows_of(document: Document) -> Iterator[Row]:
    """The papers of a day that are shown."""
    title, one_liner = SEARCHED
    for entry in document.entries:
        if entry.fate != "excluded":
            paper = entry.paper
            yield Row(
                f"{document.digest}/{document.day}",
                paper.id,
                _line(entry.text(title) or ""),
                _line(entry.text(one_liner) or ""),
                _line(plain(paper.title)),
                _line(", ".join(paper.authors)),
                _line(" ".join(paper.categories)),
            )


def render_month(month: str, rows: Iterable[Row]) -> str:
    """Each paper once, on the last of its days, newest day first."""
    latest: dict[str, Row] = {}
    for row in sorted(rows, key=lambda row: row.place.rpartition("/")[2]):
        latest.pop(row.id, None)
        latest[row.id] = row
    columns = ["\n".join(column) for column in zip(*reversed(latest.values()), strict=True)]
    packed = zlib.compress(json.dumps(columns, ensure_ascii=False).encode(), 9)
    return f'month("{month}", "{base64.b64encode(packed).decode()}");'


def rows_in(script: str) -> list[Row]:
    """Of an earlier script; none of what is no script of ours."""
    found = _SCRIPT.match(script)
    if not found:
        return []
    try:
        columns = json.loads(zlib.decompress(base64.b64decode(found[1])))
    except (ValueError, zlib.error):
        return []
    return [Row(*cells) for cells in zip(*(column.split("\n") for column in columns), strict=True)]


def _line(text: str) -> str:
    return visible(" ".join(text.split()))
