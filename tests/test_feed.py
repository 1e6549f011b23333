"""The daily feed: what becomes of its entries, and how feeds of several categories come together."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer

from pipeline.errors import SourceError, StaleFeed
from pipeline.records import Announcement
from pipeline.settings import FetchSettings
from pipeline.sources import atom
from pipeline.sources.connection import Connection
from pipeline.sources.feed import papers_of, read_feed, split_authors

FEED = (Path(__file__).parent / "data" / "feed.atom.xml").read_text(encoding="utf-8")
DAY = dt.date(2026, 3, 10)


def nothing_known(day: dt.date) -> frozenset[tuple[str, int]]:
    return frozenset()


def read(server: HTTPServer, *categories: str, known=nothing_known) -> Announcement:
    connection = Connection(FetchSettings(patience_seconds=0), lambda line: None, interval_seconds=0)
    return read_feed(categories, server.url_for("/atom"), connection, known)


def parse(text: str):
    return papers_of(atom.parse(text.encode(), "here"), "here")


def only(paper_id: str, announce_type: str) -> str:
    """The feed cut down to one paper, under another announce type."""
    head, *entries = FEED.split("  <entry>")
    entry = next(entry for entry in entries if f":{paper_id}v" in entry).removesuffix("</feed>\n")
    before, _, rest = entry.partition("<arxiv:announce_type>")
    return f"{head}  <entry>{before}<arxiv:announce_type>{announce_type}{rest[rest.index('<') :]}</feed>\n"


def test_the_abstract_is_whole_and_bare():
    """The prefix goes and white space collapses; TeX, `<` and the word Abstract stay."""
    _, papers = parse(FEED)
    assert papers[0].title == r"When $x<y$ Holds: A Small Study of \emph{Order}"
    assert papers[0].abstract == (
        r"We show $\frac{a}{b}<c$, i.e. a<b and c>d, after G\"odel. Abstract: is a word here."
    )


def test_every_entry_has_id_version_type_and_categories():
    """All four announce types come in, old-style ids too, primary category first."""
    day, papers = parse(FEED)
    assert day == DAY
    assert [(p.id, p.version, p.announce_type, p.categories) for p in papers] == [
        ("2603.00001", 1, "new", ("cs.CL", "cs.LG")),
        ("2511.00002", 3, "cross", ("math.ST", "cs.CL")),
        ("2601.00003", 2, "replace", ("cs.CL",)),
        ("quant-ph/0201082", 4, "replace-cross", ("quant-ph", "cs.CL")),
    ]
    assert {p.published for p in papers} == {DAY}
    assert papers[3].url == "https://arxiv.org/abs/quant-ph/0201082"


@pytest.mark.parametrize(
    ("creator", "names"),
    [
        ("Ann One (University of A, City (North)), Bö Two", ("Ann One", "Bö Two")),
        ("Ann One", ("Ann One",)),
        ("A (1 (2 (3, 4)), 5), B (6), C", ("A", "B", "C")),
        ("Open (Bracket, Next One", ("Open (Bracket", "Next One")),
        ("", ()),
    ],
)
def test_commas_of_affiliations_part_no_authors(creator: str, names: tuple[str, ...]):
    """Affiliations in parentheses go, nested ones too."""
    assert split_authors(creator) == names


NAME = st.text(alphabet="abcé-. ", min_size=1).map(lambda name: " ".join(name.split())).filter(bool)
PLACE = st.recursive(st.text(alphabet="ab, ", max_size=8), lambda inner: inner.map(lambda text: f"x ({text}), y"))


@given(st.lists(st.tuples(NAME, PLACE)))
def test_authors_survive_any_affiliations(authors: list[tuple[str, str]]):
    """Joined with affiliations of any nesting and split again, the names are the same."""
    joined = ", ".join(f"{name} ({place})" for name, place in authors)
    assert split_authors(joined) == tuple(name for name, _ in authors)


def test_a_paper_in_two_categories_is_one_record(httpserver: HTTPServer):
    """Its place is its first, its announce type the better one."""
    httpserver.expect_request("/atom/cs.CL").respond_with_data(FEED)
    httpserver.expect_request("/atom/math.ST").respond_with_data(only("2511.00002", "new"))
    merged = read(httpserver, "cs.CL", "math.ST")
    assert [(p.id, p.announce_type) for p in merged.papers][:2] == [("2603.00001", "new"), ("2511.00002", "new")]
    assert len(merged.papers) == 4
    assert (merged.date, merged.source) == (DAY, "feed cs.CL, math.ST")


def test_replace_beats_replace_cross(httpserver: HTTPServer):
    """Whatever the order of the categories."""
    httpserver.expect_request("/atom/a").respond_with_data(only("2601.00003", "replace-cross"))
    httpserver.expect_request("/atom/b").respond_with_data(only("2601.00003", "replace"))
    assert read(httpserver, "a", "b").papers == read(httpserver, "b", "a").papers
    assert read(httpserver, "a", "b").papers[0].announce_type == "replace"


def test_an_empty_feed_is_an_empty_day(httpserver: HTTPServer):
    """Its date is the moment it was built, in US Eastern time: 03:59 GMT is still the day before."""
    empty = FEED[: FEED.index("  <entry>")].replace("T04:00:02", "T03:59:59") + "</feed>"
    httpserver.expect_request("/atom/cs.CL").respond_with_data(empty)
    assert read(httpserver, "cs.CL") == Announcement(date=dt.date(2026, 3, 9), papers=(), source="feed cs.CL")


def test_feeds_of_different_days_are_refused(httpserver: HTTPServer):
    """At midnight one category can be a day ahead of the other."""
    httpserver.expect_request("/atom/a").respond_with_data(FEED)
    httpserver.expect_request("/atom/b").respond_with_data(FEED.replace("2026-03-10", "2026-03-11"))
    with pytest.raises(SourceError, match="2026-03-10, 2026-03-11"):
        read(httpserver, "a", "b")


def test_a_feed_of_known_papers_is_stale(httpserver: HTTPServer):
    """Every (id, version) of an earlier day under a new date; one new version is enough to be fresh."""
    httpserver.expect_request("/atom/cs.CL").respond_with_data(FEED)
    everything = {("2603.00001", 1), ("2511.00002", 3), ("2601.00003", 2), ("quant-ph/0201082", 4)}
    asked: list[dt.date] = []
    with pytest.raises(StaleFeed, match="all 4 papers are known"):
        read(httpserver, "cs.CL", known=lambda day: asked.append(day) or everything)
    assert set(asked) == {DAY}
    assert read(httpserver, "cs.CL", known=lambda day: everything - {("2601.00003", 2)} | {("2601.00003", 1)}).papers


def test_one_stale_category_of_two_is_noticed(httpserver: HTTPServer):
    """A known paper announced as new is proof; known cross-lists are not, they may be from the other category."""
    httpserver.expect_request("/atom/a").respond_with_data(only("2603.00001", "new"))
    httpserver.expect_request("/atom/b").respond_with_data(only("2511.00002", "cross"))
    with pytest.raises(StaleFeed, match="/atom/a: "):
        read(httpserver, "a", "b", known=lambda day: {("2603.00001", 1)})
    assert len(read(httpserver, "a", "b", known=lambda day: {("2511.00002", 3)}).papers) == 2


def test_a_feed_at_the_cap_is_refused():
    """2,000 entries mean that new papers were cut."""
    head, entry, *_ = FEED.split("  <entry>")
    with pytest.raises(SourceError, match="cuts a feed at 2000"):
        parse(head + f"  <entry>{entry}" * 2000 + "</feed>")


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("Announce Type: new", "Announced as new", "prefix of the abstracts has changed"),
        ("oai:arXiv.org:2603.00001v1", "oai:arXiv.org:2603.00001", "no arXiv id"),
        ("<arxiv:announce_type>new<", "<arxiv:announce_type>brand-new<", "2603.00001v1: announce_type"),
        ("<published>2026-03-10T00:00:00-04:00", "<published>today", "'today' is no time"),
        ("<published>2026-03-10", "<published>2026-03-09", "several days"),
    ],
)
def test_a_changed_format_stops_the_run(old: str, new: str, named: str):
    """Nothing is guessed and no paper is dropped: the place is named."""
    with pytest.raises(SourceError, match=named):
        parse(FEED.replace(old, new, 1))
