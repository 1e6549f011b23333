"""The rule unit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.analysis import Case
from pipeline.rules.units import measured_in, unit
from tests.pairs import ABSTRACT, details_of


def found(source: str, text: str, field: str = "abstract_zh") -> str:
    return details_of(unit, Case("2606.00001", field, source, text))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("8.4%", "8.4 个百分点"),
        ("8.4%", "8.4"),
        ("3.1%", "3.1 个百分点"),
        ("12 GB", "12 MB"),
        ("2.5 倍", "2.5%"),
    ],
)
def test_a_unit_changed_or_lost_is_found_with_both(right, wrong):
    """The model that is asked again sees what it wrote."""
    assert not found(ABSTRACT.source, ABSTRACT.text)
    detail = found(ABSTRACT.source, ABSTRACT.text.replace(right, wrong))
    assert "单位变了" in detail or "单位丢了" in detail
    assert wrong.split()[0] in detail


@pytest.mark.parametrize(
    ("english", "chinese", "wrong"),
    [
        ("15 ms", "15 毫秒", "15 秒"),
        ("15ms", "15ms", "15s"),
        ("15 s", "15 秒", "15 分钟"),
        ("15-minute", "15 分钟", "15 小时"),
        ("15 hours", "十五小时", "15 分钟"),
        ("15 days", "15 天", "15 个月"),
        ("15-month", "15 个月", "15 年"),
        ("15 km", "15 公里", "15 米"),
        ("15 km", "15 千米", "15 英里"),
        ("15 kHz", "15 千赫", "15 Hz"),
        ("15 kg", "15 公斤", "15 克"),
        ("15 kW", "15 千瓦", "15 瓦"),
        ("$15", "15 美元", "15 元"),
        ("15 percentage points", "15 个百分点", "15%"),
        ("15 pp", "15 个百分点", "15%"),
        ("15 pp", "15 个百分点", "百分之十五"),
        ("15%", "百分之十五", "15 个百分点"),
        ("15 percent", "15%", "15"),
        ("15x", "15 倍", "15%"),
        ("15% to 30%", "15% 到 30%", "15 到 30%"),
        (r"$15\times$", "15 倍", "15%"),
        (r"$15\%$", "15％", "15"),
        ("15\u00a0ms", "15\u2009毫秒", "15 秒"),
        ("15°C", "15 摄氏度", "15 华氏度"),
        ("15 W", "15 瓦", "15 千瓦"),
        ("15 ms by GPT", "15 毫秒GPT", "15 秒GPT"),
        ("15 m", "15m", "15mm"),
        ("15 to 30 ms", "15 毫秒至 30 毫秒", "15 秒至 30 毫秒"),
        ("15 and 30 ms", "15 毫秒和 30 毫秒", "15 秒和 30 毫秒"),
        ("5, 15 and 30 ms", "5 毫秒、15 毫秒和 30 毫秒", "5 秒、15 毫秒和 30 毫秒"),
        ("15 ms to 30 s", "15 毫秒至 30 秒", "15 至 30 秒"),
        ("15% by SortNet-15", "SortNet-15 的 15%", "15 个百分点"),
        ("15 months", "十五 个月", "十五 年"),
        ("15 months", "十五个多月", "十五余年"),
    ],
)
def test_units_in_both_languages(english, chinese, wrong):
    """Each with a right rendering and a wrong one."""
    source = f"We measure {english} in the lab."
    assert not found(source, f"我们在实验室测得{chinese}。")
    assert found(source, f"我们在实验室测得{wrong}。")


def test_the_unit_of_a_number_in_a_formula_is_not_known():
    """A one-liner puts the formula in words."""
    source = r"Sizes\nWe find $H = 68_{-6}^{+8}$ km with 68% confidence."
    assert not found(source, "测得的大小为 68 km。", "summary_zh")
    assert found("Sizes\nWe find 68% confidence.", "测得的大小为 68 km。", "summary_zh")


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("from 5 to 10%", "从 5% 到 10%"),
        ("from 5 ms to 10 ms", "从 5 到 10 毫秒"),
        ("gains of 28.9 and 3.3 percentage points", "提升 28.9 和 3.3 个百分点"),
        ("rates of 45/19/77%", "45%/19%/77% 的比率"),
        ("an absolute gain of 5%", "5 个百分点的绝对提升"),
        ("gains 5% points", "提升 5 个百分点"),
        ("gains 5 points", "提升 5 个百分点"),
        ("an accuracy of 81.3", "81.3% 的准确率"),
        ("images of 224x224", "224×224 的图像"),
        ("5 times as many", "5 倍"),
        ("run 5 times", "运行 5 次"),
        ("10-fold cross-validation", "10 折交叉验证"),
        ("in the 1990s", "在 1990 年代"),
        ("a 5G network", "5G 网络"),
        ("5 m rows", "5 百万行"),
        ("3x to 150x fewer rows", "行数减少到 1/3 至 1/150"),
        ("half (50%) of 50 rows", "50 行的一半（50%）"),
        ("4 million degrees of freedom", "400 万个自由度"),
        ("from 41% at month 3 to 76% at year 8", "从第 3 个月的 41% 到第 8 年的 76%"),
        ("an area of 810 km$^2$", "810 平方公里的区域"),
        ("from 1% in 2000 to 26% in 2025", "从 2000 年的 1% 到 2025 年的 26%"),
        ("32.2% mAP@50 and 50% of rows", "mAP@50 为 32.2%，50% 的行"),
        ("3,400+ hours", "3400 多小时"),
        ("5 km/h", "每小时 5 公里"),
        ("0.5 hours", "30 分钟"),
        ("5 second-order methods", "5 种二阶方法"),
        ("$5 million", "500 万美元"),
        ("20°", "20 度"),
        ("a study of 12 weeks", "为期 12 周的研究"),
        ("over 12 weeks", "共 12 次的观察"),
        ("weeks 1 to 12, in all 12 weeks", "第 1 至 12 周，全部 12 次"),
        ("30 km in 0.5 hours", "30 分钟内 30000 米"),
        ("150% of them, and 0.67% later", "它们的 1.5 倍，后来是 1/150"),
        ("15% of 100 rows", "100 行中的 15 个"),
        ("6 second-order methods in 0.1 hours", "6 分钟内的 6 种二阶方法"),
    ],
)
def test_what_is_right_or_cannot_be_told(english, chinese):
    """Units shared in a range, absolute percentages, numbers without a unit, other words that look like one."""
    assert not found(f"We report {english}.", f"我们报告了{chinese}。")


def test_numbers_of_one_value_are_told_apart_by_their_units():
    """5% and 5 hours both stand; only one changed."""
    source = "It saves 15% of the cost and 15 hours of work."
    assert not found(source, "它节省 15 小时的工作和 15% 的成本。")
    assert "15 hours" in found(source, "它节省 15 分钟的工作和 15% 的成本。")
    source = "It saves 15% of the cost and 15% of the work."
    assert "15 个百分点" in found(source, "它节省 15% 的成本和 15 个百分点的工作。")


def test_the_same_fault_is_told_once():
    """However often it stands there."""
    said = found("It takes 15 ms, or 15 ms again.", "它需要 15 秒，或者再 15 秒。")
    assert said.count("单位变了") == 1


def test_one_number_that_may_be_the_one_without_a_unit_is_left_alone():
    """Which of the two was lost cannot be told; where both stand, it can."""
    source = "It sorts 15 tables, each in 15 hours."
    assert not found(source, "它每次排序 15 分钟。")
    assert "15 hours" in found(source, "它排序 15 个表格，各用 15 分钟。")


@pytest.mark.parametrize(("times", "is_told"), [(1, True), (99, False)])
def test_a_number_that_stands_everywhere_is_not_compared(times, is_told):
    """It cannot be told from itself."""
    assert bool(found("It takes 15 ms. " * times, "它需要 15 秒。" * times)) is is_told


@given(st.text(alphabet="015.%％,、-~$×x ms秒个百分点之十分天GB千瓦/\u00a0", max_size=40))
def test_any_text_is_compared_with_any_other(text):
    """Whatever is written after a number."""
    found(f"We sort {text}.", f"我们排序{text[::-1]}。")


def test_a_chinese_number_has_its_unit_too():
    """If one follows; 三千米 may be three kilometres or 3,000 metres."""
    assert [(each.text, set(each.units)) for each in measured_in("五个人需要三毫秒。", chinese=True)] == [
        ("三毫秒", {"ms"})
    ]
    assert measured_in("约三千米。", chinese=True) == ()
