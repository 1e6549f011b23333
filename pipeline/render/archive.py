"""index.html of a digest: a calendar of all its days, and a few papers of each day of its last two weeks.

archive.html.jinja is its template; page.css and archive.css are its styles; archive.js finds the day before and after another.
"""

import calendar
import datetime as dt
import itertools
from collections.abc import Iterator

from pipeline.fields import lead
from pipeline.ledger import ledger_line
from pipeline.records import Entry
from pipeline.render.data import Document, Series, is_recent
from pipeline.render.html import day_line, rendered

_HIGHLIGHTS = 5
"""Number of one-liners a day."""


def render_archive(series: Series) -> str:
    documents = {document.day: document for document in series.recent}
    recent = [(day, documents.get(day)) for day in series.counts if is_recent(day, series.counts)]
    return rendered(
        "archive.html.jinja",
        styles=("page.css", "archive.css"),
        scripts=("site.js", "archive.js"),
        feed=series.feed,
        series=series,
        recent=recent,
        months=list(_months(series)),
        papers=sum(counts.announced for counts in series.counts.values()),
        ledger_of=ledger_line,
        day_line=day_line,
        highlights=highlights,
    )


def highlights(document: Document) -> list[Entry]:
    """The papers to show for a day: with an interest first and none that is muted, published before flagged or failed, new before
    cross-listed, newest id first."""
    told = [entry for entry in document.entries if entry.text(lead("one_liner").name) and not entry.muted]
    told.sort(key=lambda entry: (not entry.interests, entry.fate != "published", entry.paper.announce_type != "new"))
    return told[:_HIGHLIGHTS]


def _months(series: Series) -> Iterator[tuple[str, list[list[dt.date | None]]]]:
    """(month, its weeks), newest first; a week starts on Monday, None stands for days of other months."""
    for (year, month), _ in itertools.groupby(series.counts, key=lambda day: (day.year, day.month)):
        weeks = calendar.Calendar().monthdatescalendar(year, month)
        yield f"{year} 年 {month} 月", [[day if day.month == month else None for day in week] for week in weeks]
