"""The rules bracket, doubled and markup."""

import pytest

from pipeline.rules.analysis import Case
from pipeline.rules.slips import bracket, doubled, markup
from tests.pairs import ABSTRACT, GOOD, details_of


def found(rule, text: str, source: str = "We sort tables.") -> str:
    return details_of(rule, Case("2606.00001", "abstract_zh", source, text))


@pytest.mark.parametrize("pair", [pair for pair in GOOD if pair.field != "summary_en"], ids=lambda pair: pair.text[:12])
def test_a_good_translation_has_no_slip(pair):
    """Nor any markup."""
    for rule in (bracket, doubled, markup):
        assert not details_of(rule, Case("2606.00001", pair.field, pair.source, pair.text))


@pytest.mark.parametrize(
    "text",
    [
        "对（快速的表格排序。",
        "对快速的）表格排序。",
        "对“快速的表格排序。",
        "对《快速》》排序。",
        '对"快速的表格排序。',
    ],
)
def test_half_a_pair_is_found(text):
    """The place around it is quoted."""
    assert "快速" in found(bracket, text)


@pytest.mark.parametrize(
    "text",
    [
        "1）对表格排序，以及2）不排序，和ii）再排序，a) 完成。",
        "概率在 [0, 1) 与（0，1] 之内。",
        "表格（大的(快速的)表格）排序。",
        "对表格排序 :)",
        "$[0, 1)$ 上的表格。",
        "混用的（括号)也算一对。",
        '对"快速的"表格排序。',
    ],
)
def test_what_only_looks_like_half_a_pair(text):
    """Numbers of items, intervals, smileys, formulas; full and half width make a pair."""
    assert not found(bracket, text)


def test_a_number_in_brackets_loses_its_half():
    """The 5） of （ε = 5） is no item's number."""
    assert not found(bracket, "配置（ε = 5）与（ε, δ）-隐私。")
    assert found(bracket, "配置（ε = 5与（ε, δ）-隐私。")


def test_half_a_pair_of_the_papers_own_is_no_fault():
    """A source with an unpaired bracket makes a translation with one."""
    assert not found(bracket, "对（快速的表格排序。", "We sort (fast tables.")


@pytest.mark.parametrize(
    "text", ["我们的的方法", "我们我们提出", "使用了了索引", "神经网络神经网络", "快，，小", "完。。好"]
)
def test_a_word_or_mark_twice_in_a_row_is_found(text):
    """Of words that never stand side by side."""
    assert found(doubled, text)


@pytest.mark.parametrize(
    "text",
    [
        "为了了解它",
        "的的确确",
        "一步一步",
        "人工智能智能体",
        "强化学习学习控制",
        "一对一对齐",
        "问题是是否",
        "点对点对比",
        "等等……。。。",
        "用于对齐目的的攻击",
        "标的的价格",
    ],
)
def test_words_that_are_right_twice(text):
    """By grammar, or because two words meet."""
    assert not found(doubled, text)


def test_a_name_twice_in_a_row_is_found():
    """Unless the source has it so."""
    source = "We compare SortLite with TabPFN and TabPFN-2."
    assert found(doubled, "我们比较 SortLite 和 SortLite。", source)
    assert found(doubled, "我们比较 TabPFN、TabPFN 与 SortLite。", source)
    assert not found(doubled, "我们比较 SortLite 与 TabPFN 和 TabPFN-2。", source)
    assert not found(doubled, "我们比较 SortLite 和 SortLite 的评判。", "We compare SortLites and SortLite judges.")


@pytest.mark.parametrize(
    "text",
    [
        "提出 **SortLite**",
        "提出**排序**法",
        "# 标题\n文",
        "用 `sort` 排序",
        "水 H<sub>2</sub>O",
        "见 [代码](https://a.org)",
        "提出 *排序* 法",
        "A&nbsp;B",
    ],
)
def test_markup_that_was_added_is_found(text):
    """Markdown and HTML."""
    assert found(markup, text)
    assert not found(markup, text, f"{text}\nThat is what we say.")


@pytest.mark.parametrize("text", ["A* 与 D* 算法", "C# 与 F#", "a < b 且 c > d", "数组 a[1](2)", "p*q*r", "2 ** 3"])
def test_signs_that_are_no_markup(text):
    """Of programs, algorithms and inequalities."""
    assert not found(markup, text)


def test_slips_of_20000_characters_take_no_time():
    """Nothing but opening brackets, asterisks or one word."""
    for text in ("（" * 20000, "*" * 20000, "`" * 20000, "的" * 20000, "排序" * 10000, "<" * 20000):
        for rule in (bracket, doubled, markup):
            found(rule, text, ABSTRACT.source)
