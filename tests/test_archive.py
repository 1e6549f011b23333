"""index.html of a digest: every day, where to read it, and nothing that comes alive."""

import base64
import datetime as dt
import hashlib
import re

import lxml.html
import pytest

from pipeline.records import Counts
from pipeline.render.archive import render_archive
from pipeline.render.data import Document, Series, render_json
from tests.factories import DAY, digest, entry, paper, problem

OLD = dt.date(2026, 4, 1)


def archive(*entries, **changes) -> lxml.html.HtmlElement:
    document = Document.model_validate_json(render_json(digest(*entries)))
    fields = {
        "name": "cs.CL",
        "counts": {DAY: document.counts, OLD: Counts(announced=9, published=8, failed=1)},
        "pages": {DAY: "digest.html", OLD: "digest.html"},
        "recent": (document,),
        "site": None,
        "before": "",
        "now": dt.datetime(2026, 7, 1, tzinfo=dt.UTC),
    }
    return lxml.html.document_fromstring(render_archive(Series(**fields | changes)))


def test_every_day_is_there():
    """The last two weeks with their ledgers, all days in a calendar, newest month first, each link to its page."""
    tree = archive(entry())
    assert tree.xpath("//section/@id") == ["2026-06-30"]
    assert tree.xpath("string(//section//p)") == "公告 1 = 收录 1 + 标记 0 + 失败 0 + 排除 0"
    assert tree.xpath("//caption/text()") == ["2026 年 6 月", "2026 年 4 月"]
    calendar = "//nav[@class='calendar']//a"
    assert tree.xpath(f"{calendar}/@href") == ["2026-06-30/digest.html", "2026-04-01/digest.html"]
    assert [each.text_content() for each in tree.xpath(calendar)] == ["301 篇", "19 篇，有失败"]
    assert "2 天，公告 10 篇" in tree.xpath("//header")[0].text_content()


def test_a_day_stands_under_its_weekday():
    """2026-06-30 is a Tuesday."""
    [row] = archive(entry()).xpath("//nav//tr[.//time[@datetime='2026-06-30']]")
    assert [bool(cell.xpath(".//a")) for cell in row] == [False, True, False, False, False, False, False]


def test_highlights():
    """Five titles and one-liners that lead to their papers: mine first, then what has no fault and is new; nothing that was
    rejected or muted."""
    faulty = [problem(field="summary_zh", severity=severity) for severity in ("reject", "warn")]
    entries = [
        entry(paper=paper(id="2606.00009"), fate="failed", problems=(faulty[0],)),
        entry(paper=paper(id="2606.00008"), fate="flagged", problems=(faulty[1],)),
        entry(paper=paper(id="2606.00007", announce_type="cross")),
        *(entry(paper=paper(id=f"2606.0000{number}")) for number in (6, 5, 4)),
        entry(paper=paper(id="2606.00003"), fate="excluded", title_zh=None, summary_zh=None),
        entry(paper=paper(id="2606.00002"), muted=("x",)),
        entry(paper=paper(id="2606.00001"), interests=("x",), title_zh="我的"),
    ]
    links = archive(*entries).xpath("//section//li/a/@href")
    assert [link.removeprefix("2026-06-30/digest.html#2606.0000") for link in links] == ["1", "6", "5", "4", "7"]


def test_a_day_that_was_never_assembled_is_named():
    """Without a link, and without a ledger that nobody drew up."""
    tree = archive(entry(), pages={}, recent=())
    assert not tree.xpath("//main//a")
    assert tree.xpath("string(//section//p)") == "还没有装配"


def test_another_page_than_html():
    """A digest.md has no places to lead to."""
    tree = archive(entry(), pages={DAY: "digest.md"})
    assert tree.xpath("//main//a/@href") == ["2026-06-30/digest.md"] * 2


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "\u202ex", "https://x.org"]
)
def test_a_text_stays_a_text(text):
    """Nothing a model wrote becomes an element, an attribute or a link of its own."""
    tree = archive(entry(title_zh=text, summary_zh=text))
    assert len(tree.xpath("//script")) == 1
    assert not tree.xpath("//img | //*[@onerror]")
    assert all(re.match(r"2026-|\.\./index.html|#days|data:,", link) for link in tree.xpath("//@href"))
    assert tree.xpath("string(//li//b)") == text.replace("\u202e", "�")


def test_one_file():
    """Its style and script stand in it, its policy allows these two and nothing else."""
    tree = archive(entry())
    assert not tree.xpath("//*[@src] | //link[@rel='stylesheet'] | //@style")
    [policy] = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    for kind in ("style", "script"):
        [element] = tree.xpath(f"//{kind}")
        digested = base64.b64encode(hashlib.sha256(element.text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digested}';" in policy
    assert "default-src 'none'" in policy


def test_the_feed_is_linked():
    """Where there is one: for a person and for a program."""
    tree = archive(entry(), feed=True)
    assert tree.xpath("//header//a/@href") == ["../index.html", "feed.xml"]
    assert tree.xpath("//link[@rel='alternate']/@href") == ["feed.xml"]
    assert not archive(entry()).xpath("//*[@href='feed.xml']")
