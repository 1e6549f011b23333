"""Chinese as it is set: room between Han and Latin, full-width punctuation, one kind of quotation marks, formulas untouched."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.models import RunReport
from pipeline.render import FORMATS
from pipeline.stages.assemble import assemble_digest
from pipeline.text.typography import typeset
from tests.factories import DAY, paper, summary, translation

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
    """Whatever stands together: only room and punctuation change."""
    text = "".join(pieces)
    assert re.findall(r"\w", typeset(text)) == re.findall(r"\w", text)


@pytest.mark.parametrize("spaced", ["$x, y$", r"\(a,b\)", "https://a.b/c?d=1,2", "`用,它`"])
def test_protected_spans_are_untouched(spaced):
    """To the last character."""
    assert spaced in typeset(f"我们用{spaced}表示,然后")


def assembled(**changes):
    return assemble_digest(
        "cs.CL",
        DAY,
        [paper()],
        [summary(summary_zh="用LLM排序", summary_en="We use 大LLM.")],
        [translation(title_zh="用LLM排序", abstract_zh="我们用LLM排序,很快。")],
        [],
        **{"excluded": {}, "report": RunReport(), "corrections": {}, "glossary": ()} | changes,
    )


def test_all_documents_have_it_when_it_is_wanted():
    """The English does not, nor what a person wrote; left alone by default, since the layout promises the texts as they are."""
    (entry,) = assembled(typography=True).entries
    assert (entry.title_zh, entry.abstract_zh) == ("用 LLM 排序", "我们用 LLM 排序，很快。")
    assert entry.summary_en == "We use 大LLM."
    for _, render in FORMATS.values():
        assert "用LLM" not in render(assembled(typography=True))
    (entry,) = assembled(typography=True, corrections={"2606.00001": {"title_zh": "用LLM排好"}}).entries
    assert entry.title_zh == "用LLM排好"
    (entry,) = assembled().entries
    assert entry.title_zh == "用LLM排序"
