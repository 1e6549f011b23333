"""digest.md: the layout to the sign, and texts that stay texts whatever is in them."""

import re
from collections import Counter
from html.parser import HTMLParser

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin

from pipeline.records import Failure, RunReport, Usage
from pipeline.render.markdown import render_markdown
from tests.factories import digest, entry, paper, problem

TEX = r"令 $\frac{1}{2}\nu\beta\theta$ 与 $a_{i} \\ b$"

DOCUMENT = """# 摘要

| Ref | Title | Summary |
| --- | --- | --- |
| [^1] | [Sorting with care](https://arxiv.org/abs/2606.00004) | 细致地排序。 |
| [^2] | [Sorting with care](https://arxiv.org/abs/2606.00003) | 细致地排序。 ⚠ mixed ⚠ number |
| [^3] | [Sorting with care](https://arxiv.org/abs/2606.00002) | ⚠ 失败：filtered ⚠ number |

# 详细

[^1]: 细致排序

    Sorting with care

    [https://arxiv.org/abs/2606.00004](https://arxiv.org/abs/2606.00004)

    细致地排序。

    It sorts with care.

    我们对列表排序。很有效。

    We sort lists. It works.

[^2]: careful 排序 ⚠ mixed（夹有英文）

    Sorting with care

    [https://arxiv.org/abs/2606.00003](https://arxiv.org/abs/2606.00003)

    细致地排序。

    我们对列表排序。很有效。 ⚠ mixed（夹有英文） ⚠ number（多了 “5”）

    We sort lists. It works.

[^3]: 细致排序 （人工）

    Sorting with care

    [https://arxiv.org/abs/2606.00002](https://arxiv.org/abs/2606.00002)

    Sorting with care ⚠ 失败：filtered（拒绝回答）

    We sort lists. It works. ⚠ 失败：number（漏了 “7”）

    We sort lists. It works.

# 统计

公告 4 = 收录 1 + 标记 1 + 失败 1 + 排除 1

失败：

- 2606.00002：summary_zh filtered（拒绝回答）；abstract_zh number（漏了 “7”）

标记：

- 2606.00003：title_zh mixed（夹有英文）；abstract_zh mixed（夹有英文）；abstract_zh number（多了 “5”）

排除：

- 2606.00001：关键词 x

模型 tiny；提示词 summarize `abc` translate `def`；请求 3 次，词元 3,000 入（缓存 200）、1,500 出，费用 0.1250 CNY

术语：list 列表 2/2
"""


def day():
    """One paper of each fate."""
    mixed = problem()
    return digest(
        entry(paper=paper(id="2606.00004"), summary_en="It sorts with care."),
        entry(
            paper=paper(id="2606.00003"),
            fate="flagged",
            title_zh="careful 排序",
            problems=(
                mixed,
                problem(field="abstract_zh"),
                problem(field="abstract_zh", rule="number", detail="多了 “5”"),
            ),
        ),
        entry(
            paper=paper(id="2606.00002"),
            fate="failed",
            summary_zh=None,
            corrected=("title_zh",),
            problems=(
                problem(field="summary_zh", rule="filtered", severity="reject", detail="拒绝回答"),
                problem(field="abstract_zh", rule="number", severity="reject", detail="漏了 “7”"),
            ),
        ),
        entry(paper=paper(id="2606.00001"), fate="excluded", reason="关键词 x"),
        report=RunReport(
            model="tiny",
            prompts={"translate": "def", "summarize": "abc"},
            bought={
                "translate": Usage(requests=2, prompt_tokens=2000, completion_tokens=1000, cost=0.1),
                "summarize": Usage(
                    requests=1, prompt_tokens=1000, completion_tokens=500, cached_tokens=200, cost=0.025
                ),
            },
        ),
        terms="术语：list 列表 2/2",
    )


def test_a_whole_document():
    """Published, flagged, failed and excluded; what failed shows the original with the reason; the ledger and its lists."""
    assert render_markdown(day()) == DOCUMENT


def test_the_ledger_is_the_first_line_of_the_statistics():
    """Also on a day when everything was excluded."""
    lines = render_markdown(digest(entry(fate="excluded", reason="replace"))).splitlines()
    assert lines[lines.index("# 统计") + 2] == "公告 1 = 收录 0 + 标记 0 + 失败 0 + 排除 1"
    assert not any(line.startswith("[^") for line in lines)


def test_a_withdrawn_paper_is_named():
    """Who has read it should know which one; of other excluded papers the number is enough."""
    gone = entry(paper=paper(title="Gone", comment="Withdrawn"), fate="excluded", reason="撤稿")
    assert f"- {gone.paper.id}：撤稿（Gone）" in render_markdown(digest(gone)).splitlines()


def test_the_same_day_is_the_same_document():
    """What a run itself took and spent is not in it, so an unchanged second run changes nothing."""
    first = day()
    report = first.report.model_copy(update={"usage": Usage(requests=9, cost=7), "seconds": {"ask": 3.5}})
    assert render_markdown(first.model_copy(update={"report": report})) == render_markdown(first)


def paragraphs(**changes):
    """The footnote of one entry."""
    document = render_markdown(digest(entry(**changes)))
    footnote = document.partition("# 详细\n\n[^1]: ")[2].partition("\n\n# 统计")[0]
    return [line.removeprefix("    ") for line in footnote.split("\n\n")]


def row(**changes):
    return next(line for line in render_markdown(digest(entry(**changes))).splitlines() if line.startswith("| [^1]"))


def test_formulas_come_through_byte_for_byte():
    """GitHub renders them; no backslash is lost or added."""
    texts = paragraphs(paper=paper(title=TEX, abstract=TEX), title_zh=TEX, summary_zh=TEX, abstract_zh=TEX)
    assert [text for text in texts if "frac" in text] == [TEX] * 5
    assert row(summary_zh=TEX).endswith(f"| {TEX} |")


def test_a_failed_english_one_liner_says_so():
    """It has no original to show in its place."""
    fault = problem(field="summary_en", rule="english_summary", severity="reject", detail="是中文")
    assert "⚠ 失败：english_summary（是中文）" in paragraphs(fate="failed", summary_en="中文", problems=(fault,))
    assert "中文" not in paragraphs(fate="failed", summary_en="中文", problems=(fault,))


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("a | b", "a \\| b"),
        ("a\nb \n\n c\r\nd\re", "a b c d e"),
        ("a < b <br>", "a &lt; b &lt;br>"),
        ("a \\< b", "a &lt; b"),
        ("a \\\\<b>", "a \\\\&lt;b>"),
        ("$a < b$ $a<b$", "$a < b$ $a&lt;b$"),
        ("x^[y]", "x\\^[y]"),
        ("R&amp;D, AT&T", "R\\&amp;D, AT&T"),
        ("http://e.test ftp://x //y", "http\\://e.test ftp\\://x \\//y"),
        ("www.x, e.com, e.g. v1.5", "www\\.x, e\\.com, e.g. v1.5"),
        ("me@x.test mAP@0.5 top@k.", "me＠x.test mAP@0.5 top@k."),
        ("Eq~1 与 Eq~2, ~5%, $a~b$", "Eq\\~1 与 Eq\\~2, ~5%, $a~b$"),
        ("[x](y)", "[x\\](y)"),
        ("[x\\](y)", "[x\\](y)"),
        ("[x\\\\](y)", "[x\\\\\\](y)"),
        ("![x](y)", "\\![x\\](y)"),
        ("see [^1]", "see \\[^1]"),
        ("区间 [0, 1] 与 [CLS]", "区间 [0, 1] 与 [CLS]"),
        ("*强调* _x_ `code` # 1 - 2", "*强调* _x_ `code` # 1 - 2"),
    ],
)
def test_only_what_would_come_to_life_in_a_cell_is_escaped(text, cell):
    """Bars, line ends, HTML, links, images and footnotes; what is escaped already stays, everything else too."""
    shown = row(summary_zh=text).removesuffix(" |").split(" | ", maxsplit=2)[2]
    assert shown == cell


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("A [B] C", "A [B\\] C"),
        ("A](http://x.test) B", "A\\](http\\://x.test) B"),
        ("A \\] B", "A \\] B"),
        ("A \\", "A \\\\"),
        ("A \\\\", "A \\\\"),
        ("$|x|$ <b>", "$\\|x\\|$ &lt;b>"),
    ],
)
def test_a_title_stays_inside_its_link(title, shown):
    """Neither a bracket nor a backslash at its end changes where the link leads."""
    assert row(paper=paper(title=title)).startswith(f"| [^1] | [{shown}](https://arxiv.org/abs/2606.00001) | ")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("# 标题", "\\# 标题"),
        ("#", "\\#"),
        ("###### 标题", "\\###### 标题"),
        ("#标签", "#标签"),
        ("- 项", "\\- 项"),
        ("-1 度", "-1 度"),
        ("* 项", "\\* 项"),
        ("**粗体** 文", "**粗体** 文"),
        ("+ 项", "\\+ 项"),
        ("1. 项", "1\\. 项"),
        ("12) 项", "12\\) 项"),
        ("3.5 倍", "3.5 倍"),
        ("2024年", "2024年"),
        ("> 引", "\\> 引"),
        ("```", "\\```"),
        ("~~~", "~\\~\\~"),
        ("---", "\\---"),
        ("* * *", "\\* * *"),
        ("___", "\\___"),
        ("--- 文", "--- 文"),
        ("[x]: http://x.test", "[x\\]: http\\://x.test"),
        ("[ ] 项", "\\[ ] 项"),
        ("\n    文", "文"),
    ],
)
def test_a_paragraph_does_not_begin_a_block(text, shown):
    """Headings, lists, quotes, code, rules and link definitions are text; what only looks like them is left alone."""
    assert paragraphs(title_zh=text)[0] == shown
    assert paragraphs(abstract_zh=text)[-2] == shown


def test_a_papers_own_https_address_is_left_as_it_is():
    """In its words and in their translation; any other, and one that goes on with markup, is dead."""
    own = paper(abstract="See https://x.test/a_b~c. And https://x.test/<img> too.")
    texts = paragraphs(
        paper=own, title_zh="https://x.test/other", abstract_zh="见https://x.test/a_b~c。又见 https://x.test/[a]"
    )
    assert texts[-1] == "See https://x.test/a_b~c. And https\\://x.test/&lt;img> too."
    assert texts[-2] == "见https://x.test/a_b~c。又见 https\\://x.test/[a]"
    assert texts[0] == "https\\://x.test/other"


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []
        self.links = []

    def handle_starttag(self, tag, attrs):
        self.found.append(tag)
        self.links += [value for name, value in attrs if name == "href" and not value.startswith("#")]
        assert not [name for name, _ in attrs if name.startswith("on") or name == "src"]


def read_by(render, document):
    """The elements of a document that are no mere formatting, and where its links lead."""
    tags = Tags()
    tags.feed(render(document))
    return Counter(tag for tag in tags.found if tag not in FORMATTING), tags.links


FORMATTING = {"p", "em", "strong", "code", "del", "s"}
"""A text may be emphatic."""
GFM = MarkdownIt("gfm-like", {"html": True, "linkify": True}).use(footnote_plugin)
READERS = {
    "GitHub": lambda text: cmarkgfm.github_flavored_markdown_to_html(
        text, options=Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES
    ),
    "markdown-it": GFM.render,
    # CommonMark knows no footnotes; without their frame their paragraphs are read as any others.
    "CommonMark": lambda text: (
        MarkdownIt("commonmark", {"html": True})
        .enable("table")
        .render(re.sub(r"^(?:\[\^\d+\]: | {4})", "", text, flags=re.MULTILINE))
    ),
}
"""Which let HTML through, and the first two of which make links of addresses."""


def told(text, detail):
    """A day with the text in every place that is not ours."""
    fault = problem(detail=detail)
    rejected = problem(field="abstract_zh", rule="number", severity="reject", detail=detail)
    return digest(
        entry(
            paper=paper(title=text, abstract=text),
            title_zh=text,
            summary_zh=text,
            summary_en=text,
            abstract_zh=text,
            problems=(fault,),
            fate="flagged",
        ),
        entry(title_zh=text, problems=(rejected, fault), fate="failed", paper=paper(title=text, abstract=text)),
        entry(fate="excluded", reason=detail),
        report=RunReport(model=detail, bought={"translate": Usage()}, currency=detail),
        terms=f"术语：{detail}",
    ).model_copy(update={"unread": (Failure(id=detail, field="", rule="no_paper", detail=detail),)})


HARMLESS = {name: read_by(render, render_markdown(told("文字", "文字"))) for name, render in READERS.items()}


def assert_harmless(text):
    """No reader finds an element or a link in it that the same day does not have with harmless texts."""
    # A paper's own https address may be read as one, which is another test's.
    document = render_markdown(told(text.replace("https:", "http:"), text))
    assert {name: read_by(render, document) for name, render in READERS.items()} == HARMLESS


def test_what_the_harmless_day_is():
    """So that the comparison compares something."""
    elements, links = HARMLESS["GitHub"]
    assert (elements["table"], elements["h1"], elements["img"]) == (1, 3, 0)
    assert links == ["https://arxiv.org/abs/2606.00001"] * 4


@pytest.mark.parametrize(
    "text",
    [
        "[click](http://x.test)",
        "a](http://x.test)",
        "a\\](http://x.test) [b\\\\](http://x.test)",
        "![x](http://x.test/y.png)",
        "\\![x](http://x.test/y.png)",
        "[click][1]\n\n[1]: http://x.test",
        "[1]: http://x.test\n[1]",
        "<script>alert(1)</script>",
        "\\\\<img src=http://x.test>",
        "<http://x.test>",
        "<!-- gone",
        "text\n# Heading\n- list\n1. one\n> quote\n---\n```\ncode",
        "text\r# Heading",
        "text\n===",
        "# Heading",
        "| a | b |\n| --- | --- |\n| c | d |",
        "[^1]: note",
        "![",
        "\\",
        "`<b>` `](http://x.test)",
        "</td></tr></table><h1>x</h1>",
        "http://e.x<img src=http://t/p.png onerror=alert(1)>",
        "https://e.x\\<img src=http://t/p.png onerror=alert(1)>",
        "ftp://e.x<img src=x> www.e.x<img src=x> me@e.com<img src=x>",
        "note^[inline](http://x.test)",
        "see http://x.test, www.x.test/a, x.com, //x.com and me@x.test",
        "mailto:me@x.test xmpp:me\\@x.test me&#64;x&period;com http&colon;//x.com",
        "- [ ] task",
        "[x] task",
        "&lt;img src=x&gt; &#60;img src=x&#62;",
        "$a<b$ $<img src=x>$ $\\](http://x.test)$",
        "`<img src=x>` ``` <img src=x> ```",
        "~~gone~~ https://x.test/~~a~~",
    ],
)
def test_a_hostile_text_stays_text(text):
    """From a paper, a model or a provider's error: no link, image, HTML, heading, list or table of its own."""
    assert_harmless(text)


MARKUP = [
    "[",
    "]",
    "(http://x.test)",
    "![",
    "<b>",
    "<",
    "\\",
    "`",
    "# ",
    "#",
    "\n",
    "\r",
    "|",
    "[^1]",
    "]: x",
    "- ",
    "-",
]
MARKUP += ["1. ", "*", "_", "字", " ", "a", "~~~", "```", "---", "&lt;", "<!--", "<http://x.test>", "> ", "=", "    "]
MARKUP += [
    "http://",
    "https://",
    "ftp://",
    "//",
    ":",
    "www.",
    "x.com",
    "X.COM",
    ".",
    "@",
    "a@b.com",
    "mailto:",
    "MailTo:a@",
    "^[",
    "$",
    "\\(",
]
MARKUP += ["<img src=x onerror=y>", "&#64;", "~", "^", "[ ] ", "(", ")", "{", "]("]


@given(st.lists(st.sampled_from(MARKUP), min_size=1, max_size=9))
def test_no_heap_of_markup_comes_to_life(pieces):
    """Whatever signs meet."""
    assert_harmless("字" if not "".join(pieces).strip() else "".join(pieces))
