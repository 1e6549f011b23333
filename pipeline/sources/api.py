"""A past day from arXiv's query API (the `arxiv` package): the submissions of the day's time window.

The API has submission times but no announcements, so papers held by moderation, replacements and later cross-lists are
missing. For the current day use the feed.
"""

import contextlib
import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, cast

from pipeline.errors import SourceError
from pipeline.records import Announcement, FailedEntry, Paper
from pipeline.settings import FetchSettings
from pipeline.sources import atom, schedule
from pipeline.sources.response import excerpt, shown
from pipeline.sources.source import Wanted

if TYPE_CHECKING:
    import arxiv
    import requests

    from pipeline.sources.connection import Connection

PAGE_SIZE = 500
"""Papers a request; at most 2,000. Larger pages come back empty more often."""
MOST_PAPERS = 20_000
"""Upper bound on the papers of a day. All of arXiv announces 4,000 after a long weekend."""


class _Short(Exception):
    """Fewer papers came than the API said there are."""


class _Page(NamedTuple):
    """The two attributes of a response that the `arxiv` package uses."""

    status_code: int
    content: bytes


class _Pages:
    """Our connection in the place of the package's session: counts entries, and removes those on which the package
    would fail."""

    def __init__(self, connection: "Connection") -> None:
        self.total = 0
        """Papers, as the API counts them."""
        self.came = 0
        self.failures: list[FailedEntry] = []
        self._connection = connection

    def get(self, url: str, headers: Mapping[str, str]) -> _Page:  # noqa: ARG002 - the connection has its own
        # The package counts only the entries it was given, so after a removed entry its next offset is too small.
        url = re.sub(r"(?<=[?&]start=)\d+", str(self.came), url)
        feed = atom.parse(self._connection.get(url, check=atom.parse).body, shown(url))
        self.total = _total(feed, shown(url))
        for entry in atom.entries(feed):
            self.came += 1
            if fault := _fault(entry):
                self.failures.append(atom.failed(f"entry {self.came}", atom.text(entry, "atom:id"), fault))
                feed.remove(entry)
        if self.came > MOST_PAPERS:
            raise SourceError(
                f"{shown(url)}: sends more than {MOST_PAPERS:,} papers of one day ({self.came:,} so far): "
                "check the address"
            )
        atom.set_text(feed, "opensearch:totalResults", str(self.total - len(self.failures)))
        return _Page(200, atom.unparse(feed))


def read(wanted: Wanted, connection: "Connection") -> Announcement:
    """What arXiv announced on a day, judged by submission times; no papers for a day without an announcement.

    Raises SourceError, also for a day in the future.
    """
    day, api_url = wanted.day, wanted.settings.api_url
    if day is None:
        raise SourceError("fetch.source api: give --date YYYY-MM-DD, the day of the announcement")
    source = f"api {', '.join(wanted.categories)}"
    between = schedule.window(day)
    if between is None:
        return Announcement(date=day, papers=(), source=source)
    _refuse_future(day)
    query = query_for(wanted.categories, *between)
    try:
        found, failures = _results(query, api_url, connection)
    except _Short as short:
        connection.say(f"arXiv API: {short}; asking once more")
        try:
            found, failures = _results(query, api_url, connection)
        except _Short as again:
            raise SourceError(f"{shown(api_url)}: {again}, twice, for {query}: try again later") from None
    made = [_paper(row, wanted.categories, day) for row in found]
    papers, failures = atom.sift([*made, *failures], shown(api_url))
    return Announcement(date=day, papers=tuple(papers), failures=tuple(failures), source=source)


def days(settings: FetchSettings, first: dt.date, last: dt.date) -> Sequence[dt.date]:  # noqa: ARG001 - the same for all
    """The days with an announcement. Raises SourceError if the last one is in the future."""
    soon = dt.datetime.now(dt.UTC).date() + dt.timedelta(
        days=10
    )  # some announcement falls within ten days, which is enough to refuse the future
    found = list(schedule.announcement_days(first, min(last, soon)))
    if found:
        _refuse_future(found[-1])
    return found


def probe(wanted: Wanted, connection: "Connection") -> str:
    """Asks for one paper of the first category. Raises SourceError."""
    category, where = wanted.categories[0], shown(wanted.settings.api_url)
    url = f"{wanted.settings.api_url}?search_query=cat:{category}&start=0&max_results=1"
    total = _total(connection.document(url, atom.parse), where)
    return f"{where}: answers for {category}, of which it has {total:,} papers"


def query_for(categories: tuple[str, ...], first: dt.datetime, end: dt.datetime) -> str:
    """The API's query. Its times are GMT in minutes, both ends included, so the window ends a minute before `end`."""
    window = (first, end - dt.timedelta(minutes=1))
    times = " TO ".join(f"{moment.astimezone(dt.UTC):%Y%m%d%H%M}" for moment in window)
    return f"({' OR '.join(f'cat:{category}' for category in categories)}) AND submittedDate:[{times}]"


def _refuse_future(day: dt.date) -> None:
    if (announced := schedule.announced_at(day)) > dt.datetime.now(dt.UTC):
        raise SourceError(
            f"fetch.source api: {day} is announced at {announced:%Y-%m-%d %H:%M %Z}, try again after that"
        )


def _results(query: str, api_url: str, connection: "Connection") -> "tuple[list[arxiv.Result], list[FailedEntry]]":
    import arxiv  # late: it takes 90 ms, and a daily run does not need it

    # Rate limit and retries are in our connection; the package has no timeout and ignores Retry-After.
    client = arxiv.Client(page_size=PAGE_SIZE, delay_seconds=0, num_retries=0)
    client.query_url_format = f"{api_url}?{{}}"
    pages = _Pages(connection)
    client._session = cast("requests.Session", pages)
    found: dict[str, arxiv.Result] = {}
    search = arxiv.Search(query, max_results=None, sort_by=arxiv.SortCriterion.SubmittedDate)
    # The count below detects an empty page; the package ignores one that is the first.
    with contextlib.suppress(arxiv.UnexpectedEmptyPageError):
        for result in client.results(search):
            found[result.entry_id] = result
    came = len(found) + len(pages.failures)
    if came < pages.total:
        raise _Short(f"{came} papers came of the {pages.total} that the API says there are")
    return list(found.values()), pages.failures


def _total(feed: atom.Element, where: str) -> int:
    """How many papers the API says there are. Raises SourceError."""
    total = atom.text(feed, "opensearch:totalResults")
    if not (total.isascii() and total.isdecimal()) or len(total) > 9:
        raise SourceError(f"{where}: the answer does not say how many papers there are: has the format changed?")
    return int(total)


def _fault(entry: atom.Element) -> str | None:
    """Why the package would raise on this entry or silently drop it; None if it would not."""
    if fault := entry.get(atom.BROKEN):
        return f"条目的 XML 有误：{fault}"
    for name in ("published", "updated"):
        stamp = atom.text(entry, f"atom:{name}")
        if atom.moment(stamp) is None:
            return f"日期不合规：“{excerpt(stamp)}”"
    return None


def _paper(row: "arxiv.Result", categories: tuple[str, ...], day: dt.date) -> Paper | FailedEntry:
    return atom.make_paper(
        f"entry {row.entry_id}",
        row.entry_id,
        title=atom.collapse(row.title),
        abstract=atom.collapse(row.summary),
        authors=tuple(atom.collapse(author.name) for author in row.authors),
        categories=atom.real_categories((row.primary_category, *row.categories), categories),
        announce_type="new" if row.primary_category in categories else "cross",
        published=day,
        comment=atom.collapse(row.comment) if row.comment else None,
    )
