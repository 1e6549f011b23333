"""The query API: which day is asked for, and what becomes of answers the arxiv package would pass over."""

import datetime as dt
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from pipeline.errors import SourceError
from pipeline.records import Announcement
from pipeline.settings import FetchSettings
from pipeline.sources import api
from pipeline.sources.connection import Connection
from pipeline.sources.source import Wanted

ANSWER = (Path(__file__).parent / "data" / "api.atom.xml").read_text(encoding="utf-8")
DAY = dt.date(2026, 3, 10)


def ask(server: HTTPServer, said: list[str] | None = None, day: dt.date = DAY) -> Announcement:
    say = (said if said is not None else []).append
    settings = FetchSettings(source="api", api_url=server.url_for("/query"), patience_seconds=0)
    (announced,) = api.read(
        Wanted(("cs.CL", "cs.AI"), settings, (day,)), lambda: Connection(settings, say, interval_seconds=0)
    )
    return announced


def page(start: int, size: int, total: int) -> str:
    """A page of an answer with `total` papers, `size` of them on it."""
    head, first, _ = ANSWER.split("  <entry>")
    entries = [first.replace("2603.00011", f"2603.{start + i:05}") for i in range(size)]
    return head.replace("Results>2<", f"Results>{total}<") + "".join(f"  <entry>{e}" for e in entries) + "</feed>"


def test_an_answer_becomes_papers(httpserver: HTTPServer):
    """Of the day asked for, primary category first; new where that is one of ours, else cross."""
    httpserver.expect_request("/query").respond_with_data(ANSWER)
    home, guest = ask(httpserver).papers
    assert (home.id, home.version, home.announce_type, home.published) == ("2603.00011", 2, "new", DAY)
    assert (home.abstract, home.comment) == ("We show that a<b holds.", "12 pages, 3 figures")
    assert (home.authors, home.url) == (("Ann One", "Bö Two"), "https://arxiv.org/abs/2603.00011")
    assert (guest.announce_type, guest.categories, guest.comment) == ("cross", ("math.ST", "cs.CL"), None)


def test_the_submission_window_is_asked_for(httpserver: HTTPServer):
    """Both ends count, so the last minute is the one before the freeze: no paper belongs to two days."""
    httpserver.expect_request("/query").respond_with_data(ANSWER)
    ask(httpserver)
    query = parse_qs(httpserver.log[0][0].query_string.decode())["search_query"]
    assert query == ["(cat:cs.CL OR cat:cs.AI) AND submittedDate:[202603061900 TO 202603091759]"]


def test_a_day_without_announcement_asks_nothing(httpserver: HTTPServer):
    """A Saturday has no papers, and a day to come is an error that says when it comes."""
    assert ask(httpserver, day=dt.date(2026, 3, 7)).papers == ()
    with pytest.raises(SourceError, match="2999-06-28 is announced at 2999-06-27 20:00 EDT"):
        ask(httpserver, day=dt.date(2999, 6, 28))
    assert httpserver.log == []


def test_days_in_a_row_are_asked_for_at_once(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch):
    """Each gets the papers that a query of its own brings, a broken entry too; here over a weekend and the change to summer time."""
    monkeypatch.setattr(api, "PAGE_SIZE", 7)
    head, entry, _ = ANSWER.split("  <entry>")
    start = dt.datetime(2026, 3, 5, tzinfo=dt.UTC)
    times = [start + dt.timedelta(minutes=127 * each) for each in range(90)]

    def matching(request: Request) -> Response:
        first, last = request.args["search_query"].partition("submittedDate:[")[2].strip("]").split(" TO ")
        found = [each for each in enumerate(times) if first <= f"{each[1]:%Y%m%d%H%M}" <= last][::-1]
        begin = int(request.args["start"])
        shown = [
            entry.replace("2603.00011", f"2603.{number:05}")
            .replace("2026-03-08T12:00:00Z", f"{time:%Y-%m-%dT%H:%M:%SZ}")
            .replace(
                "<updated>2026-03-09T12:00:00Z",
                "<updated>today" if number % 20 == 3 else "<updated>2026-03-20T00:00:00Z",
            )
            for number, time in found[begin : begin + 7]
        ]
        body = "".join(f"  <entry>{each}" for each in shown)
        return Response(head.replace("Results>2<", f"Results>{len(found)}<") + body + "</feed>")

    httpserver.expect_request("/query").respond_with_handler(matching)
    settings = FetchSettings(source="api", api_url=httpserver.url_for("/query"), patience_seconds=0)
    connection = Connection(settings, print, interval_seconds=0)
    days = api.days(settings, dt.date(2026, 3, 6), dt.date(2026, 3, 11))
    alone = [each for day in days for each in api.read(Wanted(("cs.CL",), settings, (day,)), lambda: connection)]
    asked = len(httpserver.log)
    together = list(api.read(Wanted(("cs.CL",), settings, days), lambda: connection))
    assert [each.date for each in together] == [dt.date(2026, 3, day) for day in (6, 9, 10, 11)]
    assert [each.papers for each in together] == [each.papers for each in alone]
    broken = [[failure.id for failure in each.failures] for each in together]
    assert broken == [[failure.id for failure in each.failures] for each in alone]
    assert sum(map(len, broken)) > 2
    assert len({request.args["search_query"] for request, _ in httpserver.log[asked:]}) == 1


def test_a_long_time_is_asked_for_in_parts(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch):
    """A part is asked for when its first day is taken; a quiet day asks nothing."""
    monkeypatch.setattr(api, "AT_ONCE", 2)
    httpserver.expect_request("/query").respond_with_data(
        ANSWER.replace("Results>2<", "Results>0<").split("  <entry>")[0] + "</feed>"
    )
    settings = FetchSettings(source="api", api_url=httpserver.url_for("/query"), patience_seconds=0)
    days = [dt.date(2026, 3, day) for day in (3, 4, 5, 6, 7, 9)]
    asked = [
        (each.date.day, len(httpserver.log))
        for each in api.read(
            Wanted(("cs.CL",), settings, days), lambda: Connection(settings, print, interval_seconds=0)
        )
    ]
    assert asked == [(3, 1), (4, 1), (5, 2), (6, 2), (7, 2), (9, 3)]


def test_all_pages_are_read(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch):
    """Until as many papers have come as the API says there are."""
    monkeypatch.setattr(api, "PAGE_SIZE", 2)

    def pages(request: Request) -> Response:
        start = int(request.args["start"])
        return Response(page(start, min(2, 5 - start), 5))

    httpserver.expect_request("/query").respond_with_handler(pages)
    assert len({paper.id for paper in ask(httpserver).papers}) == 5
    assert len(httpserver.log) == 3


def test_a_short_answer_is_asked_for_once_more(httpserver: HTTPServer):
    """An empty first page is the API's known flake; the second answer counts."""
    httpserver.expect_ordered_request("/query").respond_with_data(page(0, 0, 2))
    httpserver.expect_ordered_request("/query").respond_with_data(ANSWER)
    said: list[str] = []
    assert len(ask(httpserver, said).papers) == 2
    assert said == ["arXiv API: 0 papers came of the 2 that the API says there are; asking once more"]


@pytest.mark.parametrize("sizes", [{0: 0}, {0: 2, 2: 0}], ids=["first page empty", "later page empty"])
def test_a_short_answer_twice_stops(httpserver: HTTPServer, sizes: dict[int, int]):
    """No day is ever taken for smaller than it is."""
    httpserver.expect_request("/query").respond_with_handler(
        lambda request: Response(page(int(request.args["start"]), sizes[int(request.args["start"])], 3))
    )
    with pytest.raises(SourceError, match="papers came of the 3 that the API says there are, twice"):
        ask(httpserver)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("<html>Down</html>", "no feed"),
        ("", "the answer is empty"),
        (ANSWER[:-300], "breaks off"),
        (ANSWER.replace("<opensearch:totalResults>2</opensearch:totalResults>", ""), "does not say how many"),
        (ANSWER.replace("http://arxiv.org/abs/2603.00011v2", "http://arxiv.org/api/errors#bad_query"), "an error: We"),
        (
            ANSWER.replace("<updated>2026-03-09T12:00:00Z", "<updated>today"),
            "2 of 2 entries .*“today”.* has the format changed",
        ),
    ],
    ids=["page", "empty", "half", "no total", "error", "no time"],
)
def test_what_the_package_passes_over_stops(httpserver: HTTPServer, body: str, named: str):
    """With HTTP 200 the package makes no papers of these, without a word."""
    httpserver.expect_request("/query").respond_with_data(body)
    with pytest.raises(SourceError, match=named):
        ask(httpserver)


ODD = ANSWER.replace("<opensearch:totalResults>2<", "<opensearch:totalResults>3<").replace(
    "</feed>",
    ANSWER[ANSWER.index("  <entry>") : ANSWER.index("</entry>")].replace("2603.00011", "2603.00099")
    + "</entry></feed>",
)


@pytest.mark.parametrize(
    ("old", "new", "detail"),
    [
        ("<updated>2026-03-09T12:00:00Z", "<updated>today", "日期不合规：“today”"),
        ("<updated>2026-03-09T12:00:00Z", "<updated>0001-01-01T00:00:00Z", "日期不合规"),
        ("<title>", "<title>&#2;", "条目的 XML 有误"),
        ("abs/2603.00099v2", "abs/2603.00099v99999", "版本号不合规"),
    ],
)
def test_an_odd_entry_costs_itself(httpserver: HTTPServer, old: str, new: str, detail: str):
    """The package would stop at it, or drop it without a word; here the others come, and it is told."""
    start = ODD.rindex("  <entry>")
    httpserver.expect_request("/query").respond_with_data(ODD[:start] + ODD[start:].replace(old, new, 1))
    announced = ask(httpserver)
    assert len(announced.papers) == 2
    [failure] = announced.failures
    assert failure.id == "2603.00099"
    assert detail in failure.detail


def test_an_endless_answer_ends(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch):
    """A service that always has one more page is left at the limit."""
    monkeypatch.setattr(api, "MOST_PAPERS", 30)

    def endless(request: Request) -> Response:
        return Response(page(int(request.args["start"]), 10, 999_999))

    httpserver.expect_request("/query").respond_with_handler(endless)
    with pytest.raises(SourceError, match="sends more than 30 papers of one day"):
        ask(httpserver)
    assert len(httpserver.log) == 4


@pytest.mark.parametrize("total", ["9" * 5000, "-1", "²", "1e3", ""])
def test_a_count_that_is_none(httpserver: HTTPServer, total: str):
    """Nothing tells then whether all papers came."""
    httpserver.expect_request("/query").respond_with_data(ANSWER.replace("Results>2<", f"Results>{total}<"))
    with pytest.raises(SourceError, match="does not say how many"):
        ask(httpserver)


def test_the_days_between_two_dates():
    """Those with an announcement; one to come is told before anything is asked."""
    settings = FetchSettings(source="api")
    friday, tuesday = dt.date(2026, 3, 6), dt.date(2026, 3, 10)
    assert api.days(settings, friday, tuesday) == [friday, dt.date(2026, 3, 9), tuesday]
    assert api.days(settings, dt.date.min, dt.date(1991, 8, 1)) == []
    with pytest.raises(SourceError, match="is announced at"):
        api.days(settings, friday, dt.date.max)


def test_the_probe_asks_for_one_paper(httpserver: HTTPServer):
    """And says how many there are."""
    httpserver.expect_request("/query").respond_with_data(ANSWER)
    settings = FetchSettings(source="api", api_url=httpserver.url_for("/query"))
    told = api.probe(Wanted(("cs.CL", "cs.AI"), settings), lambda: Connection(settings, print, interval_seconds=0))
    assert told.endswith("/query: answers for cs.CL, of which it has 2 papers")
    assert parse_qs(httpserver.log[0][0].query_string.decode())["max_results"] == ["1"]


def test_pages_are_asked_for_where_the_last_one_ended(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch):
    """Also after an entry that was taken out, which the package has not seen."""
    monkeypatch.setattr(api, "PAGE_SIZE", 2)

    def paged(request: Request) -> Response:
        start = int(request.args["start"])
        return Response(
            page(start, 2, 4).replace("<updated>2026-03-09T12:00:00Z", "<updated>x", 1 if start == 0 else 0)
        )

    httpserver.expect_request("/query").respond_with_handler(paged)
    announced = ask(httpserver)
    assert [request.args["start"] for request, _ in httpserver.log] == ["0", "2"]
    assert [each.id for each in announced.papers] == ["2603.00001", "2603.00002", "2603.00003"]
    assert [each.id for each in announced.failures] == ["2603.00000"]
