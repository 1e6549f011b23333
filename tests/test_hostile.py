"""Hostile papers through feed, model and all documents: no document has an element, a handler or a link that is not ours.

What a browser makes of them is tests/browser/test_hostile.py's. With --thorough they are 500.
"""

import re
from collections import Counter

import lxml.etree
import lxml.html
import pytest

from pipeline.records import RunReport
from pipeline.render.archive import render_archive
from pipeline.text.latex import plain
from tests import hostile
from tests.factories import entry
from tests.test_feed_xml import ATOM, document, series
from tests.test_html import everywhere, page
from tests.test_markdown import READERS, Tags

OURS = {
    "GitHub": {"h1": 3, "table": 1, "section": 1, "ol": 1, "hr": 0},
    "markdown-it": {"h1": 3, "table": 1, "section": 1, "ol": 1, "hr": 1},
    "CommonMark": {"h1": 3, "table": 1, "section": 0, "ol": 0, "hr": 0},
}
"""How many of what is ours a reader makes of a digest."""
LINK = re.compile(r"https://arxiv\.org/|#|data:,$|feed\.xml$|(\.\./|[\d-]+/)[\w./#-]*$")
MATH = set(
    [
        "math",
        "mrow",
        "mi",
        "mo",
        "mn",
        "ms",
        "mtext",
        "mspace",
        "msup",
        "msub",
        "msubsup",
        "mfrac",
        "msqrt",
        "mroot",
        "mtable",
        "mtr",
        "mtd",
        "mover",
        "munder",
        "munderover",
        "mstyle",
        "mpadded",
        "mphantom",
        "menclose",
        "semantics",
        "annotation",
    ]
)
"""What a formula may consist of."""
ELEMENTS = {
    each.tag
    for tree in (
        page(*everywhere("文字 `a` $x$"), report=RunReport(model="m", prompts={"a": "b"})),
        lxml.html.document_fromstring(render_archive(series(document(entry())))),
    )
    for each in tree.iter()
} | {"small"}
"""What the pages of harmless papers consist of."""


def is_own(link):
    """Whether an author wrote this address: the page makes links of those, and of no others."""
    return link.startswith("http") and any(
        link in text for one in PAPERS for text in (one.title, one.abstract, plain(one.abstract))
    )


PAPERS = [hostile.paper(number) for number in range(1, 501)]


@pytest.fixture(params=[True, False], ids=["as ever", "nothing kept back"])
def day(request, desk, httpserver, pytestconfig):
    count = 500 if pytestconfig.getoption("thorough") else 30
    return hostile.make_day(desk, PAPERS[:count], httpserver, strict=request.param)


def test_documents(day):
    """Each of them, in each reader."""
    markdown = (day / "digest.md").read_text(encoding="utf-8")
    papers = markdown.partition("# 详细")[0].count("\n| [^")
    for name, render in READERS.items():
        tags = Tags()
        tags.feed(render(markdown))
        found = Counter(tags.found)
        assert {tag: found[tag] for tag in OURS[name]} == OURS[name]
        assert not found.keys() & {"img", "script", "h2", "h3", "blockquote", "pre", "input", "iframe", "style"}
        assert found["ul"] <= 3 and found["tr"] == papers + 1
        assert all(re.fullmatch(r"https://arxiv\.org/abs/2606\.\d{5}", link) for link in tags.links)
    day_page = lxml.html.document_fromstring((day / "digest.html").read_text(encoding="utf-8"))
    archive = lxml.html.document_fromstring((day.parent / "index.html").read_text(encoding="utf-8"))
    for tree, forms in ((day_page, 2), (archive, 0)):
        assert len(tree.xpath("//script")) == len(tree.xpath("//style")) == 1
        assert {each.tag for each in tree.iter()} - MATH <= ELEMENTS
        assert len(tree.xpath("//form")) == forms
        assert not tree.xpath("//*[@style or @src or @srcdoc or @action or @data or @poster or @formaction]")
        names = {name for each in tree.iter() for name in each.attrib}
        assert not {name for name in names if name.startswith("on") or ":" in name}
        assert [link for link in tree.xpath("//@href") if not LINK.match(link) and not is_own(link)] == []
        assert {each.tag for each in tree.xpath("//math//*")} <= MATH
    feed = lxml.etree.parse(day.parent / "feed.xml")
    for content in feed.iter(f"{ATOM}content"):
        tree = lxml.html.fragment_fromstring(content.text, create_parent="div")
        assert {each.tag for each in tree.iter()} <= {"div", "p", "strong"}
    bibtex = (day / "digest.bib").read_text(encoding="utf-8")
    assert len(re.findall(r"^@", bibtex, flags=re.MULTILINE)) == bibtex.count("@misc{arxiv:2606.") == papers
