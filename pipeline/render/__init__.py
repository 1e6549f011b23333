"""What a digest looks like: one table, one function a format, one row a function."""

from collections.abc import Callable

from pipeline.models import Digest
from pipeline.render.bibtex import render_bibtex
from pipeline.render.data import render_json
from pipeline.render.html import render_html
from pipeline.render.markdown import render_markdown

FORMATS: dict[str, tuple[str, Callable[[Digest], str]]] = {
    "markdown": ("digest.md", render_markdown),
    "html": ("digest.html", render_html),
    "json": ("digest.json", render_json),
    "bibtex": ("digest.bib", render_bibtex),
}
"""Name in `assemble.formats` → file in the day's folder, and who writes it."""
