"""The rule number."""

import pytest

from pipeline.rules.analysis import Case
from pipeline.rules.numbers import number
from tests.pairs import ABSTRACT, details_of


def found(source: str, text: str, field: str = "abstract_zh") -> str:
    return details_of(number, Case("2606.00001", field, source, text))


@pytest.mark.parametrize("lost", ["12 GB", "500 万行", "8.4%", "3.1%", "2.5 倍", "三分之二", "七个"])
def test_a_number_dropped_is_found(lost):
    """Its sentence stands, the number does not; a small number word is let pass."""
    detail = found(ABSTRACT.source, ABSTRACT.text.replace(lost, ""))
    assert bool(detail) is (lost != "七个")


@pytest.mark.parametrize(
    ("right", "wrong"), [("500 万", "5 万"), ("8.4%", "4.8%"), ("12 GB", "120 GB"), ("2.5 倍", "25 倍")]
)
def test_a_number_changed_is_found_with_what_stands_instead(right, wrong):
    """The model that is asked again sees both."""
    detail = found(ABSTRACT.source, ABSTRACT.text.replace(right, wrong))
    assert wrong.split()[0].rstrip("%") in detail
    assert "丢失或改变" in detail


def test_a_number_that_stands_twice_is_needed_twice():
    """12% and 12% are two facts."""
    source = "It gains 12% on tables. On lists it gains 12% as well."
    assert not found(source, "它在表格上提升 12%。在列表上也提升 12%。")
    assert found(source, "它在表格上提升 12%。在列表上也有提升。")


def test_a_number_the_source_does_not_have_is_found():
    """Invented, wherever it stands; small whole numbers are not worth a word."""
    assert "21" in found("We study parking lots.", "我们研究了 21 个停车场。")
    assert not found("We study parking and its cost.", "我们研究停车及其成本这 2 个问题。")


def test_a_one_liner_may_leave_numbers_out_but_not_change_them():
    """Only what it states is checked."""
    source = f"Sorting\n{ABSTRACT.source}"
    assert not found(source, "用很少的内存对表格排序。", "summary_zh")
    assert "3.7" in found(source, "把错误率降到 3.7%。", "summary_zh")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("We use GPT-4 against Covid-19.", "我们用该模型对抗新冠。"),
        ("It renders 3D scenes.", "它渲染三维场景。"),
        ("We (1) sort and (2) print.", "我们先排序，再打印。"),
        ("Miller et al. (2021) sort.", "Miller 等人进行排序。"),
        ("We prove $n+17$ bounds.", "我们证明了 $n+17$ 个界。"),
        ("It began in the 20th century.", "它始于 20 世纪。"),
        ("On 5 December it rained.", "12 月 5 日下了雨。"),
        ("The error is halved.", "误差减少了 50%。"),
        ("Twelve of them run.", "其中 12 个能运行。"),
        ("We take the top-5 answers.", "我们取前五个答案。"),
        ("It runs in 100ms on 32GB.", "它在 32 GB 上只需 100 毫秒。"),
    ],
)
def test_what_is_no_number_of_the_paper(source, text):
    """Names, list numbers, citations, formulas and dates in another order."""
    assert not found(source, text)


def test_numbers_of_a_sentence_left_out_are_not_missed_as_well():
    """The sentence is, by another rule."""
    text = ABSTRACT.text
    start, end = text.index("在七个"), text.index("三分之二")
    assert not found(ABSTRACT.source, text[:start] + text[end:])


@pytest.mark.parametrize(
    ("text", "foreign"),
    [
        ("把成本从1降到2，代码可以在3处找到。", "“1”、“2”"),
        ("把成本从$O(n^k)$降到$O(n)$，在三个基准上快了4倍。", ""),
        ("提出了3个基准。", ""),
    ],
)
def test_what_was_made_of_a_mark_is_a_number_too_many(text, foreign):
    """A small model writes the number of a formula's mark; small numbers beyond the marks are Chinese counting."""
    source = "Its cost falls from $O(n^k)$ to $O(n)$ on three benchmarks."
    said = found(source, text, "summary_zh")
    assert said == (f"数字{foreign}是原文没有的" if foreign else "")
