"""What is said of a number: part of the rule direction."""

import pytest

from pipeline.rules.analysis import Analysis, Case
from pipeline.rules.changes import against_its_numbers, contradicted, unsigned
from pipeline.rules.direction import direction
from tests.pairs import GOOD, details_of


def case(source: str, text: str) -> Case:
    return Case("2606.00001", "abstract_zh", source, text)


@pytest.mark.parametrize(
    ("source", "right", "wrong"),
    [
        ("It improves recall by 8.5 points.", "它把召回率提高了 8.5 分。", "它把召回率降低了 8.5 分。"),
        ("It reduces the mean error by about 30%.", "它使平均误差减少约 30%。", "它使平均误差增加约 30%。"),
        ("The price fell to 12 cents.", "价格降到 12 美分。", "价格升到 12 美分。"),
        ("At least 95% agreed.", "至少 95% 的人同意。", "至多 95% 的人同意。"),
        ("Losses stay below 15 W.", "损耗低于 15 瓦。", "损耗高于 15 瓦。"),
        ("Rows of more than 40 cells fail.", "超过 40 格的行会失败。", "不足 40 格的行会失败。"),
        ("It takes no more than 20 steps.", "它不超过 20 步。", "它至少 20 步。"),
    ],
)
def test_a_number_with_the_opposite_said_of_it_is_found(source, right, wrong):
    """Whatever the rest of the sentence says."""
    assert not list(contradicted(Analysis(case(source, right))))
    assert list(contradicted(Analysis(case(source, wrong))))
    assert details_of(direction, case(source, wrong))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("It does not exceed 20 steps.", "它低于 20 步。"),
        ("It raises the reduction to 30%.", "它把降幅提高到 30%。"),
        (
            "It shrinks the large tables without changing the mean price of all rows of the seven days by more than 20 cents.",
            "它缩小了大型表格，七天所有行的平均价格变化不超过 20 美分。",
        ),
        ("It cuts costs. It gains 30%, too.", "它降低成本 30%。"),
        ("The price rises; by 2030, 30% are lost.", "到 2030 年，价格降低 30%。"),
        ("It falls by 30% and by 30%.", "它提高 30%。"),
        ("It fell from 45 to 30.", "它从 45 降到 30。"),
    ],
)
def test_what_may_be_said_is_let_alone(source, text):
    """Denied, said both ways, in another clause, or of a number that stands twice."""
    assert not list(contradicted(Analysis(case(source, text))))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("从 43% 降到 28%", "从 43% 提高到 28%"),
        ("由 2 小时缩短至 1.5 小时", "由 1.5 小时缩短至 2 小时"),
        ("从 3 万逐渐增加到 2 亿", "从 2 亿逐渐增加到 3 万"),
    ],
)
def test_a_change_against_its_own_numbers_is_found(right, wrong):
    """Either the verb is wrong or the numbers are exchanged."""
    source = "It goes from one to the other."
    assert not list(against_its_numbers(Analysis(case(source, f"它{right}。"))))
    assert list(against_its_numbers(Analysis(case(source, f"它{wrong}。")))) == [wrong]
    assert f"“{wrong}”" in details_of(direction, case(source, f"它{wrong}。"))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("It falls from 2 s to 150 ms.", "它从 2 秒降到 150 毫秒。"),
        ("It falls from -5 to -8.", "它从 -5 降到 -8。"),
        ("It improves perplexity from 6 to 5.", "它把困惑度从 6 提升到 5。"),
        ("It goes from 41% in month 3 to 36%.", "它从第 3 个月的 41% 降到 36%。"),
        ("It falls from 5 to 5.", "它从 5 降到 5。"),
        ("It falls from GPT-4 to 5.", "它从 GPT-4 降到 5。"),
    ],
)
def test_numbers_that_cannot_be_compared_say_nothing(source, text):
    """Other units, a sign, two numbers, a measure for which less is better."""
    assert not list(against_its_numbers(Analysis(case(source, text))))


def test_a_lost_minus_is_found():
    """Or the word that says it."""
    source = "A mean of -2.5 (p = 0.01) changes rows 5-7 by -31%."
    assert not list(unsigned(Analysis(case(source, "均值为 -2.5（p = 0.01），使第 5-7 行减少 31%。"))))
    for sign in "−–﹣－":
        assert not list(unsigned(Analysis(case(source, f"均值为{sign}2.5（p = 0.01），使第 5-7 行变化{sign}31%。"))))
    (lost,) = unsigned(Analysis(case(source, "均值为 2.5（p = 0.01），使第 5-7 行变化 -31%。")))
    assert "-2.5" in lost
    assert details_of(direction, case(source, "均值为 2.5（p = 0.01），使第 5-7 行变化 -31%。"))


def test_good_translations_pass():
    """Of every kind of field."""
    for pair in GOOD:
        analysis = Analysis(Case("2606.00001", pair.field, pair.source, pair.text))
        assert not list(contradicted(analysis))
        assert not list(against_its_numbers(analysis))
        assert not list(unsigned(analysis))
