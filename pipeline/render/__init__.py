"""The formats of a digest in three tables: FORMATS for a single day, SERIES for all its days together, SITE for all digests."""

from collections.abc import Callable, Iterable, Iterator

from pipeline.records import Digest
from pipeline.render.archive import render_archive
from pipeline.render.bibtex import render_bibtex
from pipeline.render.data import Document, Series, is_recent, reading_order, render_json
from pipeline.render.feed import render_feed
from pipeline.render.home import Site, render_home
from pipeline.render.html import Links, render_html
from pipeline.render.markdown import render_markdown
from pipeline.render.notes import note_name, render_note
from pipeline.render.search import SEARCHED, Row, render_month, rows_in, rows_of
from pipeline.render.typeset import for_reading
from pipeline.settings import AssembleSettings

__all__ = [
    "FORMATS",
    "SEARCHED",
    "SERIES",
    "SITE",
    "Document",
    "Links",
    "Row",
    "Series",
    "Site",
    "day_files",
    "documents_of",
    "for_reading",
    "is_recent",
    "note_name",
    "reading_order",
    "render_home",
    "render_month",
    "render_note",
    "rows_in",
    "rows_of",
]

Render = Callable[[Digest, AssembleSettings], str]


def _page(digest: Digest, settings: AssembleSettings) -> str:
    links = Links(*(name in settings.formats for name in Links._fields))
    return render_html(for_reading(digest, typography=settings.typography), links)


def _data(render: Callable[[Digest], str]) -> Render:
    """A format for programs: the model's text, not typeset."""
    return lambda digest, _: render(digest)


FORMATS: dict[str, tuple[str, Render]] = {
    "markdown": ("digest.md", _data(render_markdown)),
    "html": ("digest.html", _page),
    "json": ("digest.json", _data(render_json)),
    "bibtex": ("digest.bib", _data(render_bibtex)),
}
"""Name in `assemble.formats` → (file in the day's folder, function that renders it)."""

SERIES: dict[str, tuple[str, Callable[[Series], str]]] = {
    "archive": ("index.html", render_archive),
    "feed": ("feed.xml", render_feed),
}
"""Name in `assemble.formats` → (file in the digest's folder, function that renders it)."""

SITE = {
    "archive": "index.html",
    "search": "search",
    "notes": "notes",
}
"""Name in `assemble.formats` → what it is called in the output folder: a file, and folders with a file for each month and paper."""


def day_files(formats: Iterable[str]) -> tuple[str, ...]:
    """The files of `formats` in the folder of a day; commands print the first one."""
    return tuple(FORMATS[name][0] for name in formats if name in FORMATS)


def documents_of(digest: Digest, settings: AssembleSettings) -> Iterator[tuple[str, str]]:
    """(file, text) of each format of a day."""
    for file, render in (FORMATS[name] for name in settings.formats if name in FORMATS):
        yield file, render(digest, settings)
