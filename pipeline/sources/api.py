"""A past day, asked from arXiv's query API: the submissions announced on it. Home of the `arxiv` package.

The API knows no announcements, only submission times, so this is what the day should have announced: papers held by
moderation, replacements and later cross-lists are missing. The daily digest reads the feed.
"""

import contextlib
import datetime as dt

import arxiv
import requests
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from pipeline.errors import SourceError
from pipeline.records import Announcement, Paper
from pipeline.sources import atom, schedule
from pipeline.sources.connection import Connection

PAGE_SIZE = 500
"""Of at most 2,000; the larger the page, the likelier an empty one."""


class _Short(Exception):
    """Fewer papers came than the API said there are."""


class _Pages(requests.Session):
    """The connection as the package sees it, keeping the count that the package throws away."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self.total = 0
        self._connection = connection

    def get(self, url: str | bytes, **_: object) -> requests.Response:
        response = self._connection.get(str(url))
        total = atom.text(atom.parse(response.content, response.url), "opensearch:totalResults")
        if not total.isdecimal():
            raise SourceError(
                f"{response.url}: the answer does not say how many papers there are: has the format changed?"
            )
        self.total = int(total)
        return response


def search(categories: tuple[str, ...], day: dt.date, api_url: str, connection: Connection) -> Announcement:
    """What arXiv announced on `day`, as far as submission times tell; no papers on a day without announcement.

    Raises SourceError, also when the announcement is still to come.
    """
    source = f"api {', '.join(categories)}"
    between = schedule.window(day)
    if between is None:
        return Announcement(date=day, papers=(), source=source)
    if (announced := schedule.announced_at(day)) > dt.datetime.now(dt.UTC):
        raise SourceError(
            f"fetch.source api: {day} is announced at {announced:%Y-%m-%d %H:%M %Z}, try again after that"
        )
    query = query_for(categories, *between)
    tries = Retrying(
        retry=retry_if_exception_type(_Short),
        stop=stop_after_attempt(2),
        before_sleep=lambda state: _tell(connection, state),
        reraise=True,
    )
    try:
        found = tries(_results, query, api_url, connection)
    except _Short as short:
        raise SourceError(f"{api_url}: {short}, twice, for {query}: try again later") from None
    return Announcement(date=day, papers=tuple(_paper(row, categories, day) for row in found), source=source)


def query_for(categories: tuple[str, ...], first: dt.datetime, end: dt.datetime) -> str:
    """Times are GMT to the minute and both ends are included, so the last one is a minute before `end`."""
    window = (first, end - dt.timedelta(minutes=1))
    times = " TO ".join(f"{moment.astimezone(dt.UTC):%Y%m%d%H%M}" for moment in window)
    return f"({' OR '.join(f'cat:{category}' for category in categories)}) AND submittedDate:[{times}]"


def _results(query: str, api_url: str, connection: Connection) -> list[arxiv.Result]:
    # The connection keeps the interval and retries; the package does neither well (no timeout, no Retry-After).
    client = arxiv.Client(page_size=PAGE_SIZE, delay_seconds=0, num_retries=0)
    client.query_url_format = f"{api_url}?{{}}"
    client._session = pages = _Pages(connection)
    found: dict[str, arxiv.Result] = {}
    search = arxiv.Search(query, max_results=None, sort_by=arxiv.SortCriterion.SubmittedDate)
    # An empty page, first or later, shows in the count; the package is silent about the first.
    try:
        with contextlib.suppress(arxiv.UnexpectedEmptyPageError):
            for result in client.results(search):
                found[result.entry_id] = result
    except ValueError as error:  # how the package takes a time that is none
        raise SourceError(f"{api_url}: {error}: has the format changed?") from None
    if len(found) < pages.total:
        raise _Short(f"{len(found)} papers came of the {pages.total} that the API says there are")
    return list(found.values())


def _paper(row: arxiv.Result, categories: tuple[str, ...], day: dt.date) -> Paper:
    return atom.make_paper(
        "fetch.source api",
        row.entry_id,
        title=atom.collapse(row.title),
        abstract=atom.collapse(row.summary),
        authors=tuple(atom.collapse(author.name) for author in row.authors),
        categories=tuple(dict.fromkeys((row.primary_category, *row.categories))),
        announce_type="new" if row.primary_category in categories else "cross",
        published=day,
        comment=atom.collapse(row.comment) if row.comment else None,
    )


def _tell(connection: Connection, state: RetryCallState) -> None:
    fault = state.outcome.exception() if state.outcome else None
    connection.say(f"arXiv API: {fault}; asking once more")
