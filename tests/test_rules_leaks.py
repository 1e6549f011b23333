"""The rules boilerplate and mark."""

import pytest

from pipeline.rules.analysis import Case
from pipeline.rules.leaks import boilerplate, mark
from tests.pairs import ABSTRACT, details_of


def found(rule, source: str, text: str, field: str = "abstract_zh") -> str:
    return details_of(rule, Case("2606.00001", field, source, text))


@pytest.mark.parametrize(
    "prefix",
    [
        "arXiv:2608.20331v1 公告类型：新 摘要：",
        "arXiv：2608.20331v1 发布类型：替换。摘要：",
        "通告类型：新论文 摘要：",
        "公告种类：新稿 概要：",
        "类型：新提交 摘要：",
        "Announce Type: new Abstract: ",
        "论文编号：arXiv:2608.20331v1。",
        "公布类型：跨列表，内容摘要：",
        "摘要：",
        "摘要: ",
        "【摘要】",
        "**摘要：**",
        "# 摘要\n",
        "中文摘要：",
        "译文：",
        "翻译：",
        "翻译结果：",
        "摘要（译文）：",
        "Abstract: ",
        "摘要 ",
    ],
)
def test_the_feeds_words_and_labels_are_found(prefix):
    """In any translation of "Announce Type"."""
    assert found(boilerplate, ABSTRACT.source, prefix + ABSTRACT.text)
    assert found(
        boilerplate, "arXiv:2608.20331v1 Announce Type: new Abstract: " + ABSTRACT.source, prefix + ABSTRACT.text
    )


@pytest.mark.parametrize(
    "text",
    [
        "标题：表格排序",
        "论文标题：表格排序",
        "Title: 表格排序",
        "【标题】表格排序",
        "表格排序（arXiv:2310.09192v1 [cs.LG]）",
        "表格排序 (arXiv:2310.09192v1 [cs.LG] 已更新)",
        "表格排序 [cs.LG]",
    ],
)
def test_labels_and_ids_of_a_title_are_found(text):
    """In front and behind."""
    assert found(boilerplate, "Sorting Tables. (arXiv:2310.09192v1 [cs.LG] UPDATED)", text, "title_zh")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Background: We sort.", "背景：我们排序。"),
        ("Summary: We sort.", "总结：我们排序。"),
        ("We read arXiv:2401.00001.", "我们阅读 arXiv:2401.00001。"),
        ("We classify by announcement type: news or ads.", "我们按公告类型：新闻或广告进行分类。"),
        ("Summarization of abstracts", "摘要的自动总结"),
        ("Translation quality: a survey", "翻译质量：综述"),
    ],
)
def test_what_the_source_has_is_no_leak(source, text):
    """Labels, ids and types of the paper's own."""
    assert not found(boilerplate, source, text)


def test_a_leak_is_shown_from_the_beginning_or_where_it_stands():
    """Further on, what was found is enough."""
    assert "“编号为 arXiv:2608.20331”" in found(boilerplate, "We sort.", "编号为 arXiv:2608.20331，我们排序。")
    assert "“arXiv:2608.20331”" in found(boilerplate, "We sort.", "我们对表格排序，" * 20 + "见 arXiv:2608.20331v1。")


@pytest.mark.parametrize("scrap", ["⟦1⟧", "⟦ 12 ⟧", "〚3〛", "⟦", "2⟧", "【1】"])
def test_a_mark_left_over_is_found(scrap):
    """In any shape a model gives it."""
    assert found(mark, "We sort.", f"我们排序{scrap}。")
    assert not found(mark, f"We sort {scrap}.", f"我们排序{scrap}。")
