"""Chinese as it is set: room between Han and Latin, full-width punctuation, one kind of quotation marks, formulas untouched."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.render import FORMATS, documents_of, for_reading
from pipeline.settings import AssembleSettings
from pipeline.text.typography import typeset
from tests.factories import digest, entry

SET = [
    ("提出注意力KL散度,在GPT-4上提升15%。", "提出注意力 KL 散度，在 GPT-4 上提升 15%。"),
    ("在2026年,准确率从37.5%升至40%。", "在 2026 年，准确率从 37.5% 升至 40%。"),
    ("效果好;对吗?对!结论:可行.", "效果好；对吗？对！结论：可行。"),
    ("结果(见表1)表明", "结果（见表 1）表明"),
    ('他说"你好"和「世界」,然后。', "他说“你好”和“世界”，然后。"),
    ("“Mamba”模型上…提升", "“Mamba”模型上…提升"),
    (
        "达到$O(n^2)$倍，参见https://a.b/c,d。代码`x=1`可用。",
        "达到 $O(n^2)$ 倍，参见 https://a.b/c,d。代码 `x=1` 可用。",
    ),
    ("文献【1】中有1,000个", "文献【1】中有 1,000 个"),
    ("大语言模型（LLM）、词元（$x$）。", "大语言模型（LLM）、词元（$x$）。"),
    ("BERT和T5,都用$x$,即95%(见图3(a)):好", "BERT 和 T5，都用 $x$，即 95%(见图 3(a))：好"),
    ("让·雅克,人-机,从O(n)到f(x),在~5%", "让·雅克，人-机，从 O(n) 到 f(x)，在~5%"),
    ("用C++和C#写", "用 C++ 和 C# 写"),
    ("『甲』 （乙）", "‘甲’（乙）"),
    ("“ ,模型（甲） ,乙, ,丙", "“,模型（甲），乙，,丙"),
    ("A plain title: With, all (its) marks.", "A plain title: With, all (its) marks."),
]


@pytest.mark.parametrize(("text", "wanted"), SET)
def test_a_text_is_set(text, wanted):
    """And what is set already stays so."""
    assert typeset(text) == wanted
    assert typeset(wanted) == wanted


PIECES = [
    "模型",
    "训练数据",
    "GPT-4",
    "LLM",
    "3.5",
    "1,000",
    "$O(n^2)$",
    "$x, y$",
    "https://a.b/c?d=1,2",
    "`a,b`",
    "，",
    "。",
    ",",
    " ",
    "(",
    ")",
    "“",
    "”",
]


@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_words_numbers_and_formulas_stay(pieces):
    """Whatever stands together: only room and punctuation change, and once."""
    text = "".join(pieces)
    assert re.findall(r"\w", typeset(text)) == re.findall(r"\w", text)
    assert typeset(typeset(text)) == typeset(text)


@pytest.mark.parametrize("spaced", ["$x, y$", r"\(a,b\)", "https://a.b/c?d=1,2", "`用,它`"])
def test_protected_spans_are_untouched(spaced):
    """To the last character."""
    assert spaced in typeset(f"我们用{spaced}表示,然后")


SAID = {"title_zh": "用LLM排序", "summary_zh": "用LLM智能体排序", "abstract_zh": "我们用LLM排序,很快。"}


def made(**settings) -> dict[str, str]:
    """All documents of a day, by file."""
    settings = AssembleSettings(formats=tuple(FORMATS), **settings)
    return dict(documents_of(digest(entry(summary_en="We use 大LLM.", **SAID)), settings))


def test_what_is_read_has_it():
    """The page of a day, its English as it is; what is kept to be worked with has the texts as they were answered."""
    files = made()
    html = files.pop("digest.html")
    assert "用 LLM 排序" in html and "我们用 LLM 排序，很快。" in html and "用LLM" not in html
    assert "We use 大LLM." in html
    assert files == {name: text for name, text in made(typography=False).items() if name in files}
    assert "我们用LLM排序,很快。" in files["digest.md"] and "我们用LLM排序,很快。" in files["digest.json"]


def test_without_it():
    """Nothing is changed anywhere."""
    assert "我们用LLM排序,很快。" in made(typography=False)["digest.html"]


def test_what_a_person_wrote_stays():
    """As they set it."""
    [one] = for_reading(digest(entry(corrected=("title_zh",), **SAID)), typography=True).entries
    assert (one.text("title_zh"), one.text("summary_zh")) == ("用LLM排序", "用 LLM 智能体排序")


@pytest.mark.parametrize(("typography", "wanted"), [(True, "用 LLM 智能体"), (False, "用LLM智能体")])
def test_archive_feed_and_messages_have_it(desk, typography, wanted):
    """Made from files that do not: both the stage files and digest.json stay as they are."""
    desk.config["assemble"] = {"typography": typography}
    desk.wenzhai("run")
    path = desk.day / "summaries.jsonl"
    path.write_text(re.sub(r'"summary_zh":"[^"]*"', '"summary_zh":"用LLM智能体"', path.read_text()))
    desk.wenzhai("assemble")
    assert "用LLM智能体" in (desk.day / "digest.md").read_text()
    for path in (desk.day / "digest.html", *(desk.day.parent / name for name in ("index.html", "feed.xml"))):
        assert wanted in path.read_text(), path
    assert wanted in desk.wenzhai("send", "--dry-run", "--to", "json://127.0.0.1").out
