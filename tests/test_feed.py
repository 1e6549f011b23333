"""The daily feed: what becomes of its entries, and how feeds of several categories come together."""

import datetime as dt
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer

from pipeline.errors import SourceError, StaleFeed
from pipeline.records import Announcement
from pipeline.settings import FetchSettings
from pipeline.sources import atom, feed
from pipeline.sources.connection import Connection
from pipeline.sources.feed import papers_of, split_authors
from pipeline.sources.response import CutShort
from pipeline.sources.source import Wanted

FEED = (Path(__file__).parent / "data" / "feed.atom.xml").read_text(encoding="utf-8")
DAY = dt.date(2026, 3, 10)


def nothing_known(day: dt.date) -> frozenset[tuple[str, int]]:
    return frozenset()


def read(server: HTTPServer, *categories: str, known=nothing_known) -> Announcement:
    settings = FetchSettings(feed_url=server.url_for("/atom"), patience_seconds=0)
    connection = Connection(settings, lambda line: None, interval_seconds=0)
    (announced,) = feed.read(Wanted(categories, settings, known_before=known), lambda: connection)
    return announced


def parse(text: str):
    return papers_of(atom.parse(text.encode(), "here"), "cs.CL", "here")


def only(paper_id: str, announce_type: str) -> str:
    """The feed cut down to one paper, under another announce type."""
    head, *entries = FEED.split("  <entry>")
    entry = next(entry for entry in entries if f":{paper_id}v" in entry).removesuffix("</feed>\n")
    before, _, rest = entry.partition("<arxiv:announce_type>")
    return f"{head}  <entry>{before}<arxiv:announce_type>{announce_type}{rest[rest.index('<') :]}</feed>\n"


def test_the_abstract_is_whole_and_bare():
    """The prefix goes and white space collapses; TeX, `<` and the word Abstract stay."""
    _, papers, _ = parse(FEED)
    assert papers[0].title == r"When $x<y$ Holds: A Small Study of \emph{Order}"
    assert papers[0].abstract == (
        r"We show $\frac{a}{b}<c$, i.e. a<b and c>d, after G\"odel. Abstract: is a word here."
    )


def test_every_entry_has_id_version_type_and_categories():
    """All four announce types come in, old-style ids too, primary category first."""
    day, papers, _ = parse(FEED)
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
        ("A (1) B", ("A B",)),
        ("(" * 10_000 + ")" * 10_000 + "A", ("A",)),
        ("", ()),
    ],
    ids=lambda text: text[:20] if isinstance(text, str) else "",
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


ENTRY = re.compile(r"  <entry>.*?</entry>\n", re.DOTALL)


def with_odd(old: str, new: str) -> str:
    """The feed, whose first entry is changed at one place."""
    entry = ENTRY.search(FEED)[0]
    assert old in entry
    return FEED.replace(entry, entry.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "failed", "detail"),
    [
        ("oai:arXiv.org:2603.00001v1", "oai:arXiv.org:2603.00001", "oai:arXiv.org:2603.00001", "编号"),
        ("oai:arXiv.org:2603.00001v1", "", "entry 1 of cs.CL", "编号"),
        ("oai:arXiv.org:2603.00001v1", f"oai:arXiv.org:2603.00001v{'9' * 5000}", None, "编号"),
        ("oai:arXiv.org:2603.00001v1", "oai:arXiv.org:2603.00001v99999", "2603.00001", "版本号不合规：“99999”"),
        ("oai:arXiv.org:2603.00001v1", "oai:arXiv.org:x)[y]v1", "x)[y]", "编号不合规"),
        ("<arxiv:announce_type>new<", "<arxiv:announce_type>withdrawn<", "2603.00001", "公告类型不合规：“withdrawn”"),
        ("<published>2026-03-10T00:00:00-04:00", "<published>today", "2603.00001", "日期“today”不是公告日 2026-03-10"),
        ("<published>2026-03-10", "<published>0001-01-01", "2603.00001", "不是公告日"),
        ("<published>2026-03-10", "<published>9999-12-31", "2603.00001", "不是公告日"),
        ("<published>2026-03-10", "<published>2026-03-09", "2603.00001", "不是公告日"),
        ("Announce Type: new", "Announced as new", "2603.00001", "摘要的前缀不合规"),
        (
            re.search("<title>.*?</title>", ENTRY.search(FEED)[0], re.DOTALL)[0],
            "<title> </title>",
            "2603.00001",
            "标题为空",
        ),
        ("We show", "We \x08 show", "2603.00001", "条目的 XML 有误"),
        ("We show", "We &#1; show", "2603.00001", "条目的 XML 有误"),
        ("We show", "R & D shows", "2603.00001", "条目的 XML 有误"),
        ("</summary>", "", "2603.00001", "条目的 XML 有误"),
    ],
)
def test_an_odd_entry_costs_itself(old: str, new: str, failed: str | None, detail: str):
    """The other three are papers, and what is wrong with this one is told by its id or its place."""
    day, papers, [failure] = parse(with_odd(old, new))
    assert (day, [each.id for each in papers]) == (DAY, ["2511.00002", "2601.00003", "quant-ph/0201082"])
    assert failed is None or failure.id == failed
    assert detail in failure.detail
    assert len(failure.id) + len(failure.detail) < 500


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        (
            "Announce Type: ",
            "Announced as ",
            "4 of 4 entries are no papers, such as 2603.00001 .* has the format changed",
        ),
        ("oai:arXiv.org:", "doi:", "4 of 4 entries"),
        ("<published>2026-03-10T00:00:00-04:00", "<published>today", "no entry has a date, the first has 'today'"),
        ("</summary>", "", "the first has Opening and ending tag mismatch"),
    ],
)
def test_a_changed_format_refuses_the_feed(old: str, new: str, named: str):
    """Where most entries are no papers it is not the entries that are odd."""
    with pytest.raises(SourceError, match=named):
        parse(FEED.replace(old, new))


def test_a_feed_of_two_days_is_refused():
    """Half of it is of another day, and which half is announced today nobody knows."""
    head, *entries = FEED.split("  <entry>")
    entries[:2] = [each.replace("<published>2026-03-10", "<published>2026-03-09") for each in entries[:2]]
    with pytest.raises(SourceError, match=r"several days .2026-03-09, 2026-03-10."):
        parse("  <entry>".join([head, *entries]))


@pytest.mark.parametrize(
    "stamp",
    [
        "2026-03-10T00:00:00Z",
        "2026-03-10T04:00:00Z",
        "2026-03-10T00:00:00.000-05:00",
        "Tue, 10 Mar 2026 00:00:00 -0400",
    ],
)
def test_a_date_is_read_in_any_zone(stamp: str):
    """Midnight is how a date is written; any other time is looked at in US Eastern."""
    assert parse(FEED.replace("2026-03-10T00:00:00-04:00", stamp))[0] == DAY


def test_another_label_may_stand_before_the_abstract():
    """It is no part of the abstract, which may hold the word itself."""
    _, papers, failures = parse(FEED.replace("Abstract: We show", "Comments: 9 pages, 3 figures Abstract: We show", 1))
    assert papers[0].abstract.startswith("We show")
    assert papers[0].abstract.endswith("Abstract: is a word here.")
    assert not failures


def test_an_abstract_may_begin_like_the_prefix():
    """What stands behind the feed's own prefix is the authors', and so is another paper's id without a prefix."""
    own = "arXiv:2401.12345 introduced a measure."
    _, [first, second, *_], failures = parse(
        with_odd("We show", f"{own} We show").replace("arXiv:2511.00002v3 Announce Type: cross", "", 1)
    )
    assert first.abstract.startswith(f"{own} We show")
    assert not second.abstract.startswith("arXiv:")
    assert not failures


def test_the_announce_type_is_read_generously():
    """In any case, and from the prefix where its element is missing."""
    odd = FEED.replace("<arxiv:announce_type>new<", "<arxiv:announce_type>NEW<")
    odd = odd.replace("<arxiv:announce_type>cross</arxiv:announce_type>", "")
    _, papers, failures = parse(odd)
    assert [paper.announce_type for paper in papers] == ["new", "cross", "replace", "replace-cross"]
    assert not failures


def test_only_categories_of_arxiv_are_categories():
    """Classes of the MSC and the ACM are listed alike and dropped; what was asked for is one, however new."""
    listed = [
        "cs.CL",
        "68T50",
        "I.2.7; H.3.3",
        "05C10 (Primary)",
        "nlp",
        "physics.soc-ph",
        "cs.CL",
        "new-ar.XX",
        "cmp-lg",
    ]
    kept = ("cs.CL", "physics.soc-ph", "new-ar.XX", "cmp-lg")
    assert atom.real_categories(listed, ("new-ar.XX",)) == kept


def test_a_byte_order_mark_is_no_fault():
    """Some editor or proxy put it there."""
    assert len(papers_of(atom.parse(b"\xef\xbb\xbf" + FEED.encode(), "here"), "cs.CL", "here")[1]) == 4


@pytest.mark.parametrize("root", ['<rss version="2.0"><channel/></rss>', '<rdf:RDF xmlns:rdf="http://r.org/"/>'])
def test_rss_is_recognised(root: str):
    """The address of the Atom feed is named."""
    with pytest.raises(SourceError, match=r"is RSS.*set fetch\.feed_url to the Atom feeds: https://a\.org/atom$"):
        atom.parse(f"<?xml version='1.0'?>{root}".encode(), "https://a.org/rss/cs.CL")


def test_a_failure_is_told_once(httpserver: HTTPServer):
    """An entry that is broken in two feeds is one, and none where a third feed has the paper whole."""
    broken = with_odd("We show", "R & D shows")
    httpserver.expect_request("/atom/a").respond_with_data(broken)
    httpserver.expect_request("/atom/b").respond_with_data(broken)
    httpserver.expect_request("/atom/c").respond_with_data(FEED)
    assert [each.id for each in read(httpserver, "a", "b").failures] == ["2603.00001"]
    assert not read(httpserver, "a", "b", "c").failures


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_no_text_of_an_entry_stops_the_day(paper_id: str, title: str, summary: str):
    """Whatever it holds, the other three papers come."""
    odd = f"<entry><id>{paper_id}</id><title>{title}</title><summary>{summary}</summary></entry>"
    body = FEED.replace("</feed>", f"{odd}</feed>").encode("utf-8", errors="surrogatepass")
    _, papers, failures = papers_of(atom.parse(body, "here"), "cs.CL", "here")
    assert len(papers) == 4
    assert failures


def test_more_markup_than_any_feed_is_refused():
    """A tag of four bytes takes a hundred of memory."""
    with pytest.raises(SourceError, match="more than 1,000,000 tags"):
        atom.parse(FEED.replace("</feed>", "<a/>" * 1_000_000 + "</feed>").encode(), "here")


@given(st.data())
def test_no_damage_is_a_riddle(data: st.DataObject):
    """Bytes lost, doubled or changed anywhere: papers and failures come, or one of two errors that somebody catches."""
    body = FEED.encode()
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(body)))
        end = min(len(body), start + data.draw(st.sampled_from([0, 1, 7, 300])))
        body = (
            body[:start]
            + data.draw(st.binary(max_size=6) | st.sampled_from([b"<", b"&", b"]]>", b"</entry>"]))
            + body[end:]
        )
    try:
        _, papers, failures = papers_of(atom.parse(body, "here"), "cs.CL", "here")
    except (SourceError, CutShort) as error:
        assert "\n" not in str(error)
        return
    assert len(papers) >= len(failures)
    assert all(paper.url == f"https://arxiv.org/abs/{paper.id}" for paper in papers)
