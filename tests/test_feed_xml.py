"""feed.xml: valid Atom that readers can trust: stable ids, and an `updated` that means it."""

import datetime as dt
import re
import uuid

import feedparser
import lxml.etree
import lxml.html
import pytest

from pipeline.render.data import Document, Series, render_json
from pipeline.render.feed import render_feed
from tests.factories import DAY, digest, entry, paper, problem

NOW = dt.datetime(2026, 7, 2, 8, 30, 5, 77, tzinfo=dt.UTC)
ATOM = "{http://www.w3.org/2005/Atom}"


def document(*entries, day=DAY) -> Document:
    return Document.model_validate_json(render_json(digest(*entries, date=day)))


def series(*recent: Document, **changes) -> Series:
    counts = {each.day: each.counts for each in recent}
    fields = {"name": "cs.CL", "counts": counts, "pages": {}, "recent": recent, "site": None, "before": "", "now": NOW}
    return Series(**fields | changes)


def read(text: str):
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


def test_what_a_validator_asks_for():
    """Every id an absolute and different one, every date with its zone, one title and one updated each, an author."""
    text = render_feed(
        series(document(entry(), entry(paper=paper(id="2606.00002", authors=()))), site="https://x.org/d")
    )
    root = lxml.etree.fromstring(text.encode())
    ids = [each.text for each in root.iter(f"{ATOM}id")]
    assert len(ids) == len({uuid.UUID(each) for each in ids}) == 3
    for each in (root, *root.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(each.findall(f"{ATOM}{name}")) == 1, name
    for each in root.iter(f"{ATOM}updated", f"{ATOM}published"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", each.text)
    assert root.findtext(f"{ATOM}author/{ATOM}name") == "文摘 Wenzhai"
    links = {each.get("rel"): each.get("href") for each in root.findall(f"{ATOM}link")}
    assert links == {"self": "https://x.org/d/cs.CL/feed.xml", "alternate": "https://x.org/d/cs.CL/"}


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
    assert "⚠ 标题 mixed（夹有 x）" in one.content[0].value
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
    assert one.summary == "⚠ 失败：一句话 number（多了 “7”）"
    assert "We sort lists. It works." in one.content[0].value
    assert "⚠ 失败：译文 number（多了 “7”）" in one.content[0].value
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
