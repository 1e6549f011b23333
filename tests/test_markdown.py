"""digest.md: the layout to the sign, and texts that stay texts whatever is in them."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pipeline.records import RunReport, Usage
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
        ("a < b <br>", "a \\< b \\<br>"),
        ("a \\< b", "a \\< b"),
        ("a \\\\<b>", "a \\\\\\<b>"),
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
        ("A](http://x.test) B", "A\\](http://x.test) B"),
        ("A \\] B", "A \\] B"),
        ("A \\", "A \\\\"),
        ("A \\\\", "A \\\\"),
        ("$|x|$ <b>", "$\\|x\\|$ \\<b>"),
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
        ("~~~", "\\~~~"),
        ("---", "\\---"),
        ("* * *", "\\* * *"),
        ("___", "\\___"),
        ("--- 文", "--- 文"),
        ("[x]: http://x.test", "[x\\]: http://x.test"),
        ("\n    文", "文"),
    ],
)
def test_a_paragraph_does_not_begin_a_block(text, shown):
    """Headings, lists, quotes, code, rules and link definitions are text; what only looks like them is left alone."""
    assert paragraphs(title_zh=text)[0] == shown
    assert paragraphs(abstract_zh=text)[-2] == shown


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []
        self.links = []

    def handle_starttag(self, tag, attrs):
        self.found.append(tag)
        if tag == "a":
            self.links.append(dict(attrs)["href"])


def tags_of(document):
    """What a Markdown renderer that lets HTML through makes of it."""
    # CommonMark knows no footnotes; without their frame their paragraphs are read as any others.
    frameless = re.sub(r"^(?:\[\^\d+\]: | {4})", "", document, flags=re.MULTILINE)
    tags = Tags()
    tags.feed(MarkdownIt("commonmark", {"html": True}).enable("table").render(frameless))
    return tags


def assert_harmless(text):
    """The text in every place that is not ours adds no element but emphasis and code."""
    fault = problem(detail=text)
    rejected = problem(field="abstract_zh", rule="number", severity="reject", detail=text)
    shown = digest(
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
        entry(fate="excluded", reason=text),
        report=RunReport(model=text, bought={"translate": Usage()}, currency=text),
        terms=f"术语：{text}",
    )
    tags = tags_of(render_markdown(shown))
    assert tags.links == ["https://arxiv.org/abs/2606.00001"] * 4
    ours = {"h1": 3, "table": 1, "thead": 1, "tbody": 1, "tr": 3, "th": 3, "td": 6, "a": 4, "ul": 3, "li": 3}
    counted = {tag: tags.found.count(tag) for tag in tags.found if tag not in {"p", "em", "strong", "code"}}
    assert counted == ours


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


@settings(max_examples=60)
@given(st.lists(st.sampled_from(MARKUP), min_size=1, max_size=9))
def test_no_heap_of_markup_comes_to_life(pieces):
    """Whatever signs meet."""
    assert_harmless("字" if not "".join(pieces).strip() else "".join(pieces))
