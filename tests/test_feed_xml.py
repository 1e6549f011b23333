"""feed.xml: valid Atom that readers can trust: stable ids, and an `updated` that means it."""

import datetime as dt
import re

import feedparser
import lxml.etree
import lxml.html
import pytest

from pipeline.render.data import Document, Series, render_json
from pipeline.render.feed import render_feed
from tests.factories import DAY, digest, entry, paper, problem

NOW = dt.datetime(2026, 7, 2, 8, 30, 5, 77, tzinfo=dt.UTC)
ATOM = "{http://www.w3.org/2005/Atom}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def document(*entries, day=DAY) -> Document:
    return Document.model_validate_json(render_json(digest(*entries, date=day)))


def series(*recent: Document, **changes) -> Series:
    counts = {each.day: each.counts for each in recent}
    fields = {"name": "cs.CL", "counts": counts, "pages": {}, "recent": recent, "site": None, "before": "", "now": NOW}
    return Series(**fields | changes)


PLAIN = {"id", "title", "updated", "published", "generator", "name", "summary"}
CHILDREN = {
    "feed": {"id", "title", "updated", "author", "link", "generator", "entry"},
    "entry": {"id", "title", "updated", "published", "author", "link", "category", "summary", "content"},
    "author": {"name"},
}
"""Of all that RFC 4287 allows there, what a feed of ours has."""
ATTRIBUTES = {
    "feed": {XML_LANG},
    "link": {"href", "rel", "type"},
    "category": {"term", "scheme"},
    "summary": {"type"},
    "content": {"type"},
}
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00")
IRI = re.compile(r"https?://[^\s<>]+|urn:uuid:[0-9a-f-]{36}")


def hold_to_rfc_4287(text: str) -> None:
    """What the W3C validator checks of such a feed; the validator itself is in no package registry."""
    root = lxml.etree.fromstring(text.encode())
    assert root.tag == f"{ATOM}feed"
    for each in root.iter():
        name = each.tag.removeprefix(ATOM)
        children = [child.tag.removeprefix(ATOM) for child in each]
        assert set(children) <= CHILDREN.get(name, set()), name
        assert set(each.keys()) <= ATTRIBUTES.get(name, set()), name
        if name in ("feed", "entry"):
            once = [children.count(child) for child in ("id", "title", "updated")]
            assert once == [1, 1, 1]
            assert max(children.count(child) for child in ("published", "summary", "content", "generator")) <= 1
            links = [(link.get("rel", "alternate"), link.get("type")) for link in each.findall(f"{ATOM}link")]
            assert len(links) == len(set(links))
        if name in PLAIN:
            assert each.text and each.text.strip(), name
        if name in ("updated", "published"):
            assert DATE.fullmatch(each.text)
        for address in (each.get("href"), each.get("scheme"), each.text if name == "id" else None):
            assert address is None or IRI.fullmatch(address)
        if name in ("summary", "content"):
            assert each.get("type", "text") in ("text", "html")
        if name == "content":
            html = lxml.html.fragment_fromstring(each.text, create_parent="div")
            links = html.xpath("//@href")
            assert not html.xpath("//@src") and all(
                link.startswith("https://") for link in links
            )  # none relative to nowhere
    entries = root.findall(f"{ATOM}entry")
    assert root.find(f"{ATOM}author") is not None  # of an entry without authors too
    assert all("alternate" in [link.get("rel", "alternate") for link in each.iter(f"{ATOM}link")] for each in entries)
    ids = [each.text for each in root.iter(f"{ATOM}id")]
    assert len(ids) == len(set(ids))
    newest = root.findtext(f"{ATOM}updated")
    assert all(each.findtext(f"{ATOM}published") <= each.findtext(f"{ATOM}updated") <= newest for each in entries)


def read(text: str):
    hold_to_rfc_4287(text)
    feed = feedparser.parse(text.encode())
    assert not feed.bozo, feed.get("bozo_exception")
    return feed


def test_a_paper_is_an_entry():
    """Its Chinese title, its one-liner, the whole translation, where to find it and who wrote it."""
    [one] = read(render_feed(series(document(entry(), entry(paper=paper(id="2606.00002"), fate="excluded"))))).entries
    assert (one.title, one.summary) == ("细致排序", "细致地排序。")
    assert "<p>我们对列表排序。很有效。</p>" in one.content[0].value
    assert (one.link, one.author) == ("https://arxiv.org/abs/2606.00001", "Ada Lovelace")
    assert [tag.term for tag in one.tags] == ["cs.CL"]
    assert one.published == one.updated == "2026-06-30T00:00:00+00:00"


def test_where_it_is_published():
    """It says where it is found itself, and the archive."""
    text = render_feed(series(document(entry()), site="https://x.org/d"))
    links = {each.rel: each.href for each in read(text).feed.links}
    assert links == {"self": "https://x.org/d/cs.CL/feed.xml", "alternate": "https://x.org/d/cs.CL/"}


@pytest.mark.parametrize(
    "changes",
    [{"paper": paper(authors=())}, {"summary_zh": None}, {"abstract_zh": None}, {"title_zh": None}, {"title_zh": ""}],
)
def test_what_is_missing_is_left_out(changes):
    """Not given as an element with nothing in it."""
    assert len(read(render_feed(series(document(entry(**changes))))).entries) == 1


def test_no_address_no_self_link():
    """A file that is published nowhere does not say where it is."""
    assert not read(render_feed(series(document(entry())))).feed.get("links")


def test_unchanged_is_identical():
    """The same days give the same bytes, however late."""
    days = document(entry()), document(entry(paper=paper(id="2605.00001")), day=dt.date(2026, 6, 29))
    first = render_feed(series(*days))
    assert render_feed(series(*days, before=first, now=NOW + dt.timedelta(days=9))) == first


def test_updated_when_the_content_is():
    """A text that changed is dated now, ids and other entries stay, and the feed itself is as new as its newest entry."""
    other = entry(paper=paper(id="2606.00002"))
    first = render_feed(series(document(entry(), other)))
    second = render_feed(series(document(entry(abstract_zh="我们排序。"), other), before=first))
    assert [each.id for each in read(second).entries] == [each.id for each in read(first).entries]
    assert [each.updated[:19] for each in read(second).entries] == ["2026-07-02T08:30:05", "2026-06-30T00:00:00"]
    assert read(second).feed.updated == "2026-07-02T08:30:05+00:00"
    assert [each.published[:10] for each in read(second).entries] == ["2026-06-30"] * 2
    later = NOW + dt.timedelta(days=1)
    assert render_feed(series(document(entry(abstract_zh="我们排序。"), other), before=second, now=later)) == second


def test_a_version_is_an_entry_of_its_own():
    """A paper that is announced twice in one version is one entry, dated when it came first."""
    days = (
        document(entry(paper=paper(version=2), title_zh="新版"), entry(paper=paper(announce_type="cross"))),
        document(entry(), day=dt.date(2026, 6, 29)),
    )
    entries = read(render_feed(series(*days))).entries
    assert [(each.title, each.published[:10]) for each in entries] == [
        ("新版", "2026-06-30"),
        ("细致排序", "2026-06-29"),
    ]
    assert len({each.id for each in entries}) == 2


def test_a_flagged_paper_says_so():
    """In its title, and in its content with the reason."""
    [one] = read(render_feed(series(document(entry(fate="flagged", problems=(problem(detail="夹有 x"),)))))).entries
    assert one.title == "⚠ 细致排序"
    assert "⚠ 标题 夹杂英文（夹有 x）" in one.content[0].value
    assert "我们对列表排序" in one.content[0].value


def test_a_failed_paper_is_there_in_english():
    """The original with the reasons; the rejected text is nowhere."""
    problems = tuple(
        problem(field=name, rule="number", severity="reject", detail="多了 “7”")
        for name in ("title_zh", "summary_zh", "abstract_zh")
    )
    text = render_feed(series(document(entry(fate="failed", problems=problems))))
    [one] = read(text).entries
    assert one.title == "⚠ Sorting with care"
    assert one.summary == "⚠ 失败：一句话 数字（多了 “7”）"
    assert "We sort lists. It works." in one.content[0].value
    assert "⚠ 失败：译文 数字（多了 “7”）" in one.content[0].value
    assert "排序" not in text


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "]]>", "a & b &amp; c", "x\x00\x1b\ufffe\u202ey", "<b>"])
def test_a_text_stays_a_text(text):
    """Whatever it is: as text where Atom wants text, escaped in the HTML of the content."""
    texts = {"title_zh": text, "summary_zh": text, "abstract_zh": text}
    one = entry(paper=paper(title=text, authors=(text,), categories=(text,)), problems=(problem(detail=text),), **texts)
    feed = render_feed(series(document(one)))
    read(feed)
    [content] = lxml.etree.fromstring(feed.encode()).iter(f"{ATOM}content")
    tree = lxml.html.fragment_fromstring(content.text, create_parent="div")
    assert {each.tag for each in tree.iter()} == {"div", "p", "strong"}
    assert tree.xpath("string(p[last()])") == re.sub("[\x00\x1b\ufffe\u202e]", "�", text)
    assert render_feed(series(document(one), before=feed, now=NOW + dt.timedelta(days=1))) == feed


@pytest.mark.parametrize("before", ["", "<feed>", "<html><entry/></html>", "digest"])
def test_what_is_no_feed_of_ours_is_replaced(before):
    """Half a file or another one says nothing about when."""
    assert render_feed(series(document(entry()), before=before)) == render_feed(series(document(entry())))


def test_a_digest_without_papers():
    """Days that were never assembled: a feed without entries, dated by the newest day."""
    feed = read(render_feed(series(counts={DAY: digest().counts})))
    assert (feed.entries, feed.feed.updated) == ([], "2026-06-30T00:00:00+00:00")


def test_a_long_list_of_authors_is_cut():
    """With the number of all."""
    names = tuple(f"Name {number}" for number in range(3000))
    [one] = read(render_feed(series(document(entry(paper=paper(authors=names)))))).entries
    assert [each.name for each in one.authors][9:] == ["Name 9", "等 3,000 人"]


def test_the_one_liner_comes_first():
    """A reader that shows content shows it before all else; ★ and its reason stand beside it, the page is linked."""
    one = document(entry(interests=("agent",), fate="flagged", problems=(problem(),)))
    at = {"site": "https://example.org/x/", "pages": {DAY: "digest.html"}}
    [made] = feedparser.parse(render_feed(series(one, **at))).entries
    assert made.title == "★ ⚠ 细致排序"
    html = lxml.html.fragment_fromstring(made.content[0].value, create_parent="div")
    assert html[0].text_content() == "细致地排序。"
    assert "★ agent" in html.text_content()
    assert html.xpath("//a/@href") == ["https://example.org/x/cs.CL/2026-06-30/digest.html#2606.00001"]


def test_a_feed_has_an_end(monkeypatch):
    """In entries and in bytes; the newest day and what is mine stay, muted papers go first."""
    muted, mine = entry(paper=paper(id="2606.00003"), muted=("x",)), entry(interests=("x",))
    days = [document(muted, mine), document(entry(paper=paper(id="2606.00002")), day=DAY - dt.timedelta(1))]
    assert len(feedparser.parse(render_feed(series(*days))).entries) == 3
    monkeypatch.setattr("pipeline.render.feed._MOST_ENTRIES", 1)
    assert [each.link[-1] for each in feedparser.parse(render_feed(series(*days))).entries] == ["1"]
    monkeypatch.setattr("pipeline.render.feed._MOST_ENTRIES", 9)
    monkeypatch.setattr("pipeline.render.feed._MOST_BYTES", 350)
    assert [each.link[-1] for each in feedparser.parse(render_feed(series(*days))).entries] == ["1", "3"]
    monkeypatch.setattr("pipeline.render.feed._MOST_BYTES", 1)
    assert [each.link[-1] for each in feedparser.parse(render_feed(series(*days))).entries] == ["1"]  # never none


def test_a_withdrawn_paper_is_named():
    """Who has read it should know; other excluded papers are not in the feed."""
    none = dict.fromkeys(("title_zh", "summary_zh", "abstract_zh"))
    gone = entry(paper=paper(title="Gone", comment="Withdrawn"), fate="excluded", reason="撤稿", **none)
    left_out = entry(paper=paper(id="2403.00002"), fate="excluded", reason="replace")
    feed = render_feed(series(document(gone, left_out)))
    assert [each.title for each in feedparser.parse(feed).entries] == ["撤稿：Gone"]
    hold_to_rfc_4287(feed)
