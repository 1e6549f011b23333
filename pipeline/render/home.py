"""index.html of the output folder: the digests and their newest days, the search over all days, what a reader has kept.

home.html.jinja is its template; page.css and archive.css are its styles; site.js and home.js do the search and the lists.
"""

from collections.abc import Sequence
from typing import NamedTuple

from pipeline.ledger import ledger_line
from pipeline.render.archive import highlights
from pipeline.render.data import Series
from pipeline.render.html import day_line, rendered

_DAYS = 7
"""Number of days a digest."""


class Site(NamedTuple):
    """All digests: the input of the home."""

    digests: Sequence[Series]
    months: Sequence[str]
    """That can be searched, newest first, such as "2026-06"."""
    feed: bool
    """Whether each digest has a feed.xml."""


def render_home(site: Site) -> str:
    return rendered(
        "home.html.jinja",
        styles=("page.css", "archive.css"),
        scripts=("site.js", "home.js"),
        site=site,
        newest=[(series, list(series.counts)[:_DAYS]) for series in site.digests],
        documents={(series.name, each.day): each for series in site.digests for each in series.recent},
        ledger_of=ledger_line,
        day_line=day_line,
        highlights=highlights,
    )
