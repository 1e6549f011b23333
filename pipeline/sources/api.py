"""Past days from arXiv's query API (the `arxiv` package): the submissions of each day's time window.

The API has submission times but no announcements, so papers held by moderation, replacements and later cross-lists are
missing. For the current day use the feed.

The windows of days in a row have nothing between them, so one query asks for all of them, and each paper belongs to the
day in whose window it was submitted: a day gets the same papers as from a query of its own.
"""

import contextlib
import datetime as dt
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, cast

from pipeline.errors import SourceError
from pipeline.records import Announcement, FailedEntry, Paper
from pipeline.settings import FetchSettings
from pipeline.sources import atom, schedule
from pipeline.sources.response import excerpt, shown
from pipeline.sources.source import Connect, Wanted

if TYPE_CHECKING:
    import arxiv
    import requests

    from pipeline.sources.connection import Connection

PAGE_SIZE = 500
"""Papers a request; at most 2,000. Larger pages come back empty more often."""
MOST_PAPERS = 20_000
"""Upper bound on the papers of a query. All of arXiv announces 4,000 after a long weekend."""
AT_ONCE = 10
"""Days a query: two weeks. More save little, since a page holds 500 papers; and the API serves no query's 30,000th paper,
gets slower far below that, and has to be asked for all again where one page came short."""


class _Short(Exception):
    """Fewer papers came than the API said there are."""


class _Page(NamedTuple):
    """The two attributes of a response that the `arxiv` package uses."""

    status_code: int
    content: bytes


class _Pages:
    """Our connection in the place of the package's session: counts entries, and removes those on which the package
    would fail."""

    def __init__(self, connection: "Connection", windows: "_Windows") -> None:
        self.total = 0
        """Papers, as the API counts them."""
        self.came = 0
        self.failures: list[tuple[dt.date, FailedEntry]] = []
        """Each with its day: that of the entry before it, if its own time cannot be read."""
        self._connection = connection
        self._windows = windows
        self._day = windows.days[-1]  # the API was asked for the newest first

    def get(self, url: str, headers: Mapping[str, str]) -> _Page:  # noqa: ARG002 - the connection has its own
        # The package counts only the entries it was given, so after a removed entry its next offset is too small.
        url = re.sub(r"(?<=[?&]start=)\d+", str(self.came), url)
        feed = atom.parse(self._connection.get(url, check=atom.parse).body, shown(url))
        self.total = _total(feed, shown(url))
        for entry in atom.entries(feed):
            self.came += 1
            if submitted := atom.moment(atom.text(entry, "atom:published")):
                self._day = self._windows.day_of(submitted)
            if fault := _fault(entry):
                failed = atom.failed(f"entry {self.came}", atom.text(entry, "atom:id"), fault)
                self.failures.append((self._day, failed))
                feed.remove(entry)
        if self.came > MOST_PAPERS:
            days = self._windows.days
            of = f"{days[0]} to {days[-1]}" if len(days) > 1 else "one day"
            raise SourceError(
                f"{shown(url)}: sends more than {MOST_PAPERS:,} papers of {of} ({self.came:,} so far): "
                "check the address"
            )
        atom.set_text(feed, "opensearch:totalResults", str(self.total - len(self.failures)))
        return _Page(200, atom.unparse(feed))


class _Windows(NamedTuple):
    """Days in a row, and the submission times that are announced on them."""

    days: list[dt.date]
    times: list[dt.datetime]
    """When the first window begins, then when each ends, which is when the next one begins; empty: the only day has none."""

    def day_of(self, submitted: dt.datetime) -> dt.date:
        """The API was asked for these days alone, so what lies outside of them belongs to the nearest."""
        return self.days[min(max(bisect_right(self.times, submitted) - 1, 0), len(self.days) - 1)]


def read(wanted: Wanted, connect: Connect) -> Iterator[Announcement]:
    """What arXiv announced on each day, judged by submission times; no papers for a day without an announcement.

    Raises SourceError, also for a day in the future.
    """
    if not wanted.days:
        raise SourceError("fetch.source api: give --date YYYY-MM-DD, the day of the announcement")
    source = f"api {', '.join(wanted.categories)}"
    for windows in _in_rows(wanted.days):
        found = _announced(wanted, windows, connect()) if windows.times else {}
        for day in windows.days:
            papers, failures = atom.sift(found.pop(day, ()), shown(wanted.settings.api_url))
            yield Announcement(date=day, papers=tuple(papers), failures=tuple(failures), source=source)


def _in_rows(days: Sequence[dt.date]) -> list[_Windows]:
    """The days, AT_ONCE together where nothing lies between their windows. Raises SourceError for a day in the future."""
    rows: list[_Windows] = []
    for day in days:
        window = schedule.window(day)
        if window:
            _refuse_future(day)
        if window and rows and rows[-1].times[-1:] == [window[0]] and len(rows[-1].days) < AT_ONCE:
            rows[-1].days.append(day)
            rows[-1].times.append(window[1])
        else:
            rows.append(_Windows([day], list(window or ())))
    return rows


def _announced(wanted: Wanted, windows: _Windows, connection: "Connection") -> dict[dt.date, list[Paper | FailedEntry]]:
    """By day. Raises SourceError."""
    query, api_url = query_for(wanted.categories, windows.times[0], windows.times[-1]), wanted.settings.api_url
    try:
        found, failures = _results(query, api_url, windows, connection)
    except _Short as short:
        connection.say(f"arXiv API: {short}; asking once more")
        try:
            found, failures = _results(query, api_url, windows, connection)
        except _Short as again:
            raise SourceError(f"{shown(api_url)}: {again}, twice, for {query}: try again later") from None
    by_day: dict[dt.date, list[Paper | FailedEntry]] = {}
    for row in found:
        day = windows.day_of(row.published)
        by_day.setdefault(day, []).append(_paper(row, wanted.categories, day))
    for day, failure in failures:
        by_day.setdefault(day, []).append(failure)
    return by_day


def days(settings: FetchSettings, first: dt.date, last: dt.date) -> Sequence[dt.date]:  # noqa: ARG001 - the same for all
    """The days with an announcement. Raises SourceError if the last one is in the future."""
    soon = dt.datetime.now(dt.UTC).date() + dt.timedelta(
        days=10
    )  # some announcement falls within ten days, which is enough to refuse the future
    found = list(schedule.announcement_days(first, min(last, soon)))
    if found:
        _refuse_future(found[-1])
    return found


def probe(wanted: Wanted, connect: Connect) -> str:
    """Asks for one paper of the first category. Raises SourceError."""
    category, where = wanted.categories[0], shown(wanted.settings.api_url)
    url = f"{wanted.settings.api_url}?search_query=cat:{category}&start=0&max_results=1"
    total = _total(connect().document(url, atom.parse), where)
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


def _results(
    query: str, api_url: str, windows: _Windows, connection: "Connection"
) -> "tuple[list[arxiv.Result], list[tuple[dt.date, FailedEntry]]]":
    import arxiv  # late: it takes 90 ms, and a daily run does not need it

    # Rate limit and retries are in our connection; the package has no timeout and ignores Retry-After.
    client = arxiv.Client(page_size=PAGE_SIZE, delay_seconds=0, num_retries=0)
    client.query_url_format = f"{api_url}?{{}}"
    pages = _Pages(connection, windows)
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
