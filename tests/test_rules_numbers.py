"""The rules number and rounded_number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.analysis import Case
from pipeline.rules.numbers import number, rounded_number
from tests.pairs import ABSTRACT, details_of


def found(source: str, text: str, field: str = "abstract_zh") -> str:
    rule = rounded_number if field.startswith("summary") else number
    return details_of(rule, Case("2606.00001", field, source, text))


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


def test_where_nothing_stands_instead_only_the_source_is_quoted():
    """A number that is gone without another one."""
    assert found("It needs 12 GB.", "它需要内存。") == "原文的数字“12”在译文中丢失或改变（原文：“It needs 12 GB.”）"


def test_a_part_of_a_whole_may_be_said_in_other_numbers():
    """Both numbers of the fraction are explained by its value, on either side; the number behind it is not."""
    assert not found("It fails in 30% of cases.", "它在 12/40 的情形下失败。")
    assert not found("It fails in 12/40 of cases.", "它在 30% 的情形下失败。")
    assert "41" in found("It fails in 30% of 50 cases.", "它在 50 个情形中的 12/40 41 下失败。")


def test_a_number_that_stands_twice_is_needed_twice():
    """12% and 12% are two facts."""
    source = "It gains 12% on tables. On lists it gains 12% as well."
    assert not found(source, "它在表格上提升 12%。在列表上也提升 12%。")
    assert found(source, "它在表格上提升 12%。在列表上也有提升。")


def test_a_number_the_source_does_not_have_is_found():
    """Invented, wherever it stands; small whole numbers are not worth a word."""
    assert "21" in found("We study parking lots.", "我们研究了 21 个停车场。")
    assert not found("We study parking and its cost.", "我们研究停车及其成本这 2 个问题。")
    for small in ("3.0 分的得分", "3% 的车位", "3 个百分点的提升", "模型 Llama 3"):
        assert "“3" in found("We study parking lots.", f"我们研究{small}。")
    assert "17" in found("We study $n$ of 242 lots.", "我们研究 $n$ 个车位，是 242 个的 17/242。")
    assert not found("We study $n$ of 242 lots.", "我们研究 $n$ 个车位，是 242 个的 1/242。")


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
    assert said.startswith(f"数字{foreign}是原文没有的") if foreign else not said


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("the 98.2nd percentile", "第 98.2 百分位"),
        ("a 7 kW motor of 5 kg", "一台 5 千克的 7 千瓦电机"),
        ("a 50,000 W motor", "一台 5 万瓦的电机"),
        ("420 Mt of ice", "420 百万吨冰"),
        ("21,407, and 3,118, rows", "21,407 行和 3,118 行"),
        ("64 300 rows", "6.43 万行"),
        ("64\u2009300 rows", "64300 行"),
        ("from 3 to 45 billion rows", "30 亿到 450 亿行"),
        ("10--60M rows", "1000 万至 6000 万行"),
        ("$17{,}500$ rows", "17,500 行"),
        ("$17{,}500$ rows", "1.75 万行"),
        ("$142$k rows", "14.2 万行"),
        ("$\\sim 6.3$ million rows", "约 630 万行"),
        ("$4 \\times 10^8$ rows", "4 亿行"),
        ("over 7 million rows", "700 多万行"),
        ("over the past two decades", "在过去 20 年里"),
        ("more than three decades of work", "30 多年来的工作"),
        ("three in ten readers", "30% 的读者"),
        ("one in five readers", "五分之一（20%）的读者"),
        ("7 out of 10 readers", "70% 的读者"),
        ("in 1972-78", "在 1972 年至 1978 年"),
        ("an order of magnitude faster", "快 10 倍"),
        ("a half of them", "其中 50%"),
        ("forty-two thousand rows", "4.2 万行"),
        ("a score of 0.64", "64% 的得分"),
        ("a third of them", "其中 33%"),
        ("dozens of rows", "数 10 行"),
        ("as known since [7, 12], sorting helps", "众所周知，排序有帮助"),
        ("an $R$^2 of the fit", "拟合的 $R$² 值"),
        ("of 12 yr-1 or more", "每年 12 次以上"),
        ("ten\u00a0to\u300012 rows", "10 至 12 行"),
        ("early 2000s", "21 世纪初"),
        ("3x to 150x fewer rows", "行数减少到 1/3 至 1/150"),
        ("rows of sizes 128,256,512", "大小为 128、256、512 的行"),
        ("10 Million rows", "千万级的行"),
        ("１２ rows", "12 行"),
        ("Miller et al. (2021) sort", "Miller 等人（2021）进行排序"),
        ("a star of 12 Gyr, 410 Mpc away", "一颗年龄 120 亿年、距离 4.1 亿秒差距的恒星"),
        ("a plant of 1.2 GW", "一座 120 万千瓦的电站"),
        ("a tool of 14 kLoC", "一个 1.4 万行的工具"),
        ("a 2.5x faster tool", "一个快 1.5 倍的工具"),
        ("gains by a factor of 3.4", "提高了 2.4 倍"),
        ("rates of $^{87}$Rb and $n$ rows", "铷-87 和 $n$ 行的速率"),
        ("a 24/7 service", "全天候服务"),
    ],
)
def test_a_number_said_in_another_way_is_no_fault(english, chinese):
    """Scales, units with a prefix, ranges, TeX, words and any white space."""
    assert not found(f"We report {english}.", f"我们报告了{chinese}。")


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("a 7 kW motor", "一台 8 千瓦的电机"),
        ("a star of 12 Gyr", "一颗年龄 12 亿年的恒星"),
        ("a 2.5x faster tool", "一个快 3.5 倍的工具"),
        ("a 2.5x faster tool", "一个 1.5 倍大小的工具"),
        ("gains of 2x and 3x", "提高了 2 倍和 5 倍"),
        ("a tool of 2.5 MB", "一个快 1.5 倍的工具"),
        ("3 to 45 billion rows", "3 亿到 45 亿行"),
        ("a 36-billion-row table", "一个 36 万行的表格"),
        ("$17{,}500$ rows", "17,600 行"),
        ("three in ten readers", "40% 的读者"),
        ("over the past two decades", "在过去 30 年里"),
        ("a gain of 2% on tables", "在表格上提升 3%"),
        ("a gain of 2.0 on tables", "在表格上提升 3.0"),
        ("gains of Lemma 2 and Lemma 4", "Lemma 2 与 Lemma 7 的提升"),
        ("Miller et al. (2021) sort", "Miller 等人（2031）进行排序"),
        ("a score of 0.64", "65% 的得分"),
        ("128,256 rows in 128 files of 256 kB", "128 个各为 256 kB 的文件中的行"),
        ("rows of sizes 128,256,512", "大小为 128、256 的行"),
    ],
)
def test_another_number_is_a_fault_in_any_form(english, chinese):
    """What may be said in another way is still compared."""
    assert found(f"We report {english}.", f"我们报告了{chinese}。")


@pytest.mark.parametrize(
    ("english", "chinese", "right"),
    [
        ("137,482 rows", "13.7 万行", True),
        ("137,482 rows", "14 万行", True),
        ("137,482 rows", "13 万行", True),
        ("137,482 rows", "17 万行", False),
        ("24.3% of them", "24%", True),
        ("24.3% of them", "34%", False),
        ("5,328 rows", "5 千行", True),
        ("98.6 points", "98", True),
        ("a speed-up of 66.9x", "提速 67 倍", True),
        ("a speed-up of 66.9x", "提速 70 倍", False),
        ("137,482 rows", "137,000 行", True),
        ("32 rows", "31 行", False),
        ("13.4% of them", "13.3%", False),
        ("215,482 rows", "20 万行", True),
        ("640 rows", "600 行", False),
        ("295,482 rows", "20 万行", False),
        ("a score of 0.794", "得分 .79", True),
        ("11 rows", "0×10^5 行", False),
        ("a book of 1745", "18 世纪的一本书", True),
    ],
)
def test_a_one_liner_may_round(english, chinese, right):
    """Or cut off where its own digits end."""
    assert bool(found(f"Sorting\nWe report {english}.", f"排序：{chinese}。", "summary_zh")) is not right


def test_points_of_a_list_are_counted_as_in_the_source():
    """(1), (4), (3) is no list."""
    source = "We (1) sort rows, (2) print rows and (3) go home."
    assert not found(source, "我们（1）排序，（2）打印，（3）回家。")
    assert not found(source, "我们先排序，再打印，最后回家。")
    assert "编号" in found(source, "我们（1）排序，（4）打印，（3）回家。")
    source = "We (1) sort rows of f(3) and (2) print rows."
    assert "编号" in found(source, "我们（1）对f(3)的行排序，（4）打印。")
    assert not found("We sort rows (1).", "我们对行排序（2）。")


@given(st.text(alphabet="0123456789一二十百千万亿点分之半%$\\{}^_.,，、/- ()a×٣²１①\u00a0\u3000", max_size=40))
def test_any_text_is_compared_with_any_other(text):
    """Numerals of other scripts and stray TeX raise nothing."""
    for field in ("abstract_zh", "summary_zh"):
        found(f"We sort {text}.", f"我们排序{text[::-1]}。", field)
