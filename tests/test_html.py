"""digest.html: one file, the whole day, and texts that stay texts whatever is in them."""

import base64
import hashlib
import re
from urllib.parse import parse_qs

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import RunReport, Usage
from pipeline.render import documents_of
from pipeline.render.html import render_html, rich
from pipeline.settings import AssembleSettings
from tests.factories import digest, entry, paper, problem

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "</style></script></title><script>alert(1)</script>",
    "[x](javascript:alert(1)) javascript:alert(1)",
    r"\[x\](//evil.example) \\[x\\](//evil.example) [x\](//evil.example) A [x](//evil.example) C",
    "[x]: //evil.example",
    "www.evil.example<img src=x onerror=alert(1)>",
    "x^[y] www.evil.example me@evil.example evil.com",
    "# x",
    "1. x",
    "]( ",
    r"$\href{javascript:alert(1)}{x}$",
    r"$\text{<script>alert(1)</script>}$",
    r"$\style{background:url(//evil.example)}{x}$",
    r"\begin{script}alert(1)\end{script}",
    "{{ 7 * 7 }} {% raw %}",
    "| a | b |",
    "W" * 4000,
    "\u202egnp.exe\u2066\x00\x1b",
)


def page(*entries, **changes) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(render_html(digest(*entries, **changes)))


def field(tree, name: str, position: int = 0):
    return tree.xpath(f"//*[@data-field='{name}']")[position]


def everywhere(text: str):
    """A paper and its problems that say the same thing wherever text can stand."""
    texts = {"title_zh": text, "summary_zh": text, "summary_en": text, "abstract_zh": text}
    one = paper(title=text, abstract=text, authors=(text,), categories=("cs.CL", text), comment=text)
    other = paper(id="2606.00002", title=text, abstract=text)
    third = paper(id="2606.00003", title=text)
    return (
        entry(paper=third, fate="excluded", reason=text),
        entry(paper=other, fate="failed", problems=(problem(id=other.id, severity="reject", rule=text, detail=text),)),
        entry(paper=one, fate="flagged", problems=(problem(detail=text, field=text),), interests=(text, "x"), **texts),
        entry(paper=paper(id="2606.00004"), muted=(text,)),
    )


def test_a_long_list_of_authors_is_cut():
    """With the number of all."""
    names = tuple(f"Name {number}" for number in range(3000))
    shown = field(page(entry(paper=paper(authors=names))), "authors").text_content()
    assert shown.endswith("Name 9, 等 3,000 人")


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_stays_a_text(text):
    """Nothing of a paper, an answer, a problem or the report becomes an element, an attribute or a link of its own."""
    report = RunReport(
        model=text, prompts={text: text}, currency=text, source=text, bought={"translate": Usage(requests=1)}
    )
    tree = page(*everywhere(text), report=report, terms=text)
    assert len(tree.xpath("//script | //style")) == 2
    assert not tree.xpath("//img | //svg | //iframe | //object | //base | //*[@style or @src or @srcdoc or @action]")
    assert not [name for each in tree.iter() for name in each.attrib if name.startswith("on")]
    assert all(re.match(r"https://arxiv\.org/|#|data:,$", link) for link in tree.xpath("//@href"))
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00\x1b]", lxml.html.tostring(tree, encoding="unicode"))


@given(st.text(st.characters(exclude_characters="$\\`[⟦〚【〖", exclude_categories=("C", "Z"))).filter(bool))
def test_a_text_is_shown_as_it_is(text):
    """Every character of it."""
    tree = page(entry(title_zh=text, summary_zh=text, abstract_zh=text))
    assert [field(tree, name).text_content() for name in ("title_zh", "summary_zh", "abstract_zh")] == [text] * 3


def test_one_file():
    """Style and script stand in it, and its policy allows these two and nothing else."""
    tree = page(entry())
    assert not tree.xpath("//*[@src] | //link[@rel='stylesheet'] | //@style")
    [policy] = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    for kind in ("style", "script"):
        [element] = tree.xpath(f"//{kind}")
        digested = base64.b64encode(hashlib.sha256(element.text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digested}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_every_announced_paper_is_there():
    """A paper as an article under its id, an excluded one in 统计 with the reason, and the ledger says so."""
    gone = entry(paper=paper(id="2606.00003"), fate="excluded", reason="关键词 survey")
    old = entry(paper=paper(id="quant-ph/0201082"))
    tree = page(entry(), old, gone)
    assert tree.xpath("//article/@id") == ["2606.00001", "quant-ph/0201082"]
    statistics = tree.get_element_by_id("statistics").text_content()
    assert "公告 3 = 收录 2 + 标记 0 + 失败 0 + 排除 1" in statistics
    assert re.search(r"2606\.00003\s+Sorting with care\s+关键词 survey", statistics)


def test_a_flagged_field_says_why():
    """The text is shown, the rule in the list, the rule and the reason beside the text."""
    tree = page(entry(fate="flagged", problems=(problem(field="abstract_zh", rule="omitted", detail="少了 “five”"),)))
    assert field(tree, "abstract_zh").text_content() == "我们对列表排序。很有效。"
    assert "⚠ 漏译" in tree.xpath("//article/header")[0].text_content()
    [note] = tree.xpath("//article//section//*[@class='note']")
    assert note.text_content().split() == ["⚠", "译文", "漏译", "少了", "“five”"]


def test_a_failed_field_shows_the_original():
    """In the place of the text, in English, once, with the reason; the text itself is nowhere."""
    problems = tuple(
        problem(field=name, rule="number", severity="reject", detail="多了 “7”")
        for name in ("title_zh", "summary_zh", "summary_en", "abstract_zh")
    )
    tree = page(entry(fate="failed", summary_en="It sorts 7.", problems=problems))
    assert (field(tree, "title_zh").text_content(), field(tree, "title_zh").get("lang")) == ("Sorting with care", "en")
    assert not tree.xpath("//*[@data-field='summary_zh' or @data-field='summary_en' or @data-field='abstract_zh']")
    assert [each.text_content() for each in tree.xpath("//*[@data-field='abstract']")] == ["We sort lists. It works."]
    said = tree.xpath("//article")[0].text_content()
    assert said.count("多了 “7”") == 4
    assert "⚠ 失败：数字" in said
    assert "我们对列表排序" not in said


def test_a_correction_is_named():
    """A person's text is marked as such."""
    assert "人工校订" in page(entry(corrected=("abstract_zh",))).xpath("//article//section")[0].text_content()


def test_statistics():
    """Where the texts come from and what they cost."""
    report = RunReport(
        model="tiny",
        prompts={"translate": "abc123"},
        source="feed cs.CL",
        bought={"translate": Usage(requests=2, prompt_tokens=1000, completion_tokens=50, cost=0.25)},
    )
    terms = "术语：list 列表 2/2；计数：叠字 1 篇"
    text = page(entry(), report=report, terms=terms).get_element_by_id("statistics").text_content()
    for fact in (
        "tiny",
        "translate abc123",
        "feed cs.CL",
        "请求 2 次，词元 1,000 入",
        "费用 0.2500 CNY",
        "术语list 列表 2/2；计数：叠字 1 篇",  # the word stands once, beside its line
    ):
        assert fact in text


def test_filters_offer_what_there_is():
    """Categories by how many papers have them; a replaced cross-list is a replacement."""
    entries = [
        entry(paper=paper(id=f"2606.0000{number}", categories=categories, announce_type=kind))
        for number, (categories, kind) in enumerate(
            [(("cs.CL",), "new"), (("cs.CL", "cs.AI"), "replace"), (("cs.CL",), "replace-cross")], start=1
        )
    ]
    options = [each.text for each in page(*entries).xpath("//select[@name='category' or @name='kind']/option")]
    assert options == ["分类", "cs.CL 3", "cs.AI 1", "类型", "新论文 1", "替换 2"]


def test_the_way_to_other_pages():
    """To the home, all days, the days before and after, the feed and the search, where there are such."""
    before_and_after = ["../index.html#before-2026-06-30", "../index.html#after-2026-06-30"]
    for formats, links in (
        (("html", "json", "archive"), ["../../index.html", "../index.html", *before_and_after]),
        (("html", "json", "feed"), ["../feed.xml"]),
        (("html",), []),
    ):
        [page] = [
            text for file, text in documents_of(digest(entry()), AssembleSettings(formats=formats)) if "html" in file
        ]
        tree = lxml.html.document_fromstring(page)
        assert tree.xpath("//nav//a/@href") == links
        assert tree.xpath("//link[@rel='alternate']/@href") == ["../feed.xml"] * ("feed" in formats)


def test_mine_first():
    """★ and the reason; muted papers folded at the end and still counted; within each, the newest first."""
    entries = [
        entry(paper=paper(id="2606.00004"), muted=("综述",)),
        entry(paper=paper(id="2606.00003")),
        entry(paper=paper(id="2606.00002"), interests=("agent", "Ada Lovelace")),
        entry(paper=paper(id="2606.00001"), interests=("agent",)),
    ]
    tree = page(*entries)
    assert [each[-1] for each in tree.xpath("//article/@id")] == ["2", "1", "3", "4"]
    assert tree.xpath("//details[@id='muted']//article/@id") == ["2606.00004"]
    assert tree.xpath("string(//details[@id='muted']/summary)") == "屏蔽的 1 篇"
    assert "★ agent、Ada Lovelace" in tree.xpath("//article")[0].text_content()
    assert "屏蔽 综述" in tree.xpath("//article")[3].text_content()
    assert "公告 4 = 收录 4" in tree.text_content()


def test_id_and_title_are_links_in_the_closed_list():
    """The id leads to arXiv, the title to its own place."""
    links = page(entry()).xpath("//article/header//a/@href")
    assert links == ["#2606.00001", "https://arxiv.org/abs/2606.00001"]


def test_zotero_reads_the_papers():
    """As COinS: a DOI, the title and each author."""
    one = paper(title=r"\emph{A} & B", authors=("Ada Lovelace", "Kurt Gödel"))
    [said] = page(entry(paper=one)).xpath("//article//span[@class='Z3988']/@title")
    facts = parse_qs(said)
    assert facts["rft_id"] == ["info:doi/10.48550/arXiv.2606.00001", "https://arxiv.org/abs/2606.00001"]
    assert (facts["rft.title"], facts["rft.au"]) == (["A & B"], ["Ada Lovelace", "Kurt Gödel"])


def test_an_empty_day():
    """A day whose papers are all excluded is a page too."""
    tree = page(entry(fate="excluded", reason="x"))
    assert "公告 1 = 收录 0 + 标记 0 + 失败 0 + 排除 1" in tree.text_content()
    assert "这一天没有收录论文" in tree.text_content()
    assert not tree.xpath("//form | //button")


def test_english_reads_as_english():
    r"""Text-LaTeX is read in the original, formulas are set everywhere, and every English text says that it is."""
    tree = page(
        entry(paper=paper(abstract=r"We \emph{sort} $n$ lists --- fast."), abstract_zh="我们对 $n$ 个列表排序。")
    )
    assert field(tree, "abstract").text_content() == "We sort n lists — fast."
    assert field(tree, "abstract").xpath("ancestor-or-self::*/@lang")[-1] == "en"
    assert field(tree, "abstract_zh").xpath(".//math/@alttext") == ["$n$"]


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        (
            "see https://x.org/a_b.",
            'see <a href="https://x.org/a_b" rel="noopener noreferrer nofollow">https://x.org/a_b</a>.',
        ),
        (r"https://x.org/a\_b", '<a href="https://x.org/a_b" rel="noopener noreferrer nofollow">https://x.org/a_b</a>'),
        ("www.x.org", '<span class="address">www.x.org</span>'),
        ("`a<b`", "<code>a&lt;b</code>"),
    ],
)
def test_spans(text, markup):
    """A paper's own web address leads there; no other does, and code is code."""
    assert rich(text, links=True) == markup


@pytest.mark.parametrize("text", [r"$$\sum_i x_i$$", r"\[ x \]", r"\begin{equation} x \end{equation}"])
def test_a_displayed_formula_has_a_line_of_its_own(text):
    """As TeX has it; one in a line has not."""
    assert rich(f"令 {text} 成立").startswith('令 <span class="display"><math')
    assert "display" not in rich(r"令 $x$ 与 \(y\) 成立")


@pytest.mark.parametrize(
    ("text", "held"),
    [("（$x$）。", "（x）。"), ("$x$, so", "x,"), ("设$x$为“$y$”", "“y”"), ("$n$-gram", "n-"), ("$x$ 与", None)],
)
def test_punctuation_is_held_to_its_formula(text, held):
    """A browser would let it begin a line, or end one."""
    tree = lxml.html.fragment_fromstring(rich(text), create_parent="p")
    assert [each.text_content() for each in tree.find_class("held")] == ([held] if held else [])
    for long in ("$$x$$。", f"${'x+' * 40}x$。"):
        assert rich(long).endswith("</math>。</span>")


def test_a_model_makes_no_links():
    """An address in an answer is text."""
    assert "<a" not in rich("https://x.org")
