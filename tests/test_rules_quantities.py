"""Numbers by value, in both languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.quantities import chinese_value, digits_in, ratios_in, values_in, words_in

SAME = [
    ("5 million", "500 万"),
    ("5 million", "5百万"),
    ("2 billion", "20亿"),
    ("2.5 billion", "25 亿"),
    ("3 trillion", "3万亿"),
    ("40 thousand", "4 万"),
    ("1.5B", "15亿"),
    ("1.5B", "1.5B"),
    ("10k", "1 万"),
    ("120K", "12 万"),
    ("1,204,000", "120.4 万"),
    ("10,000", "10000"),
    ("2.500", "2500"),
    ("0.620", "0.62"),
    (".79", "0.79"),
    ("98.1 percent", "98.1%"),
    ("50%", "百分之五十"),
    ("50%", "一半"),
    ("90%", "九成"),
    ("70%", "7成"),
    ("3%", "100分之3"),
    ("25%", "四分之一"),
    ("100%", "百分之百"),
    ("one third", "三分之一"),
    ("two-thirds", "2/3"),
    ("1/3", "三分之一"),
    ("three million", "300万"),
    ("twenty-five", "25"),
    ("the 1970s", "70 年代"),
    ("12", "十二"),
    ("350", "三百五十"),
    ("3.5", "三点五"),
    ("2019", "二〇一九"),
    ("twice", "2 倍"),
    ("a decade", "10年"),
    ("threefold", "3倍"),
    ("fifty-five thousand", "5.5万"),
    ("two hundred and six", "206"),
    ("one and a half", "1.5"),
    ("two dozen", "24"),
    ("three decades", "30年"),
    ("a quarter", "25%"),
    ("four in ten", "40%"),
    ("9 out of 10", "90%"),
    ("two thirds", "67%"),
    ("620 Mt", "620百万吨"),
    ("50 kW", "50千瓦"),
    ("50,000 W", "50千瓦"),
    ("the 95th percentile", "第95百分位"),
    ("600 多万", "6 million"),
    ("56 800", "5.68万"),
    ("2 to 35 billion", "20亿"),
    ("5×10^9", "50亿"),
    ("3 × 10⁻², that is 0.03", "0.03"),
    ("1981-87", "1987年"),
    ("the 2000s", "21世纪"),
    ("120 million", "1亿2000万"),
    ("0.73", "73%"),
    ("2,3 s", "2.3秒"),
    ("5\u00a0million", "5\u3000百万"),
    ("two hundred thousand", "20万"),
    ("two hundred twelve", "212"),
    ("twenty-nine", "29"),
    ("zero", "0"),
    ("40 of 40", "100%"),
    ("half a million", "50万"),
    ("three quarters of a million", "75万"),
    ("one and a half million", "150万"),
    ("10^7", "1000 万"),
    ("10^7", "10 的 7 次方"),
    ("10⁻³", "0.001"),
    ("10^-27", "10 的 −27 次方"),
    ("10^-27", "10^(-27)"),
    ("10^{6}", "10 ^ 6"),
    ("a rate of 1e-4", "10^{-4}"),
    ("3e–5", "0.00003"),
    ("2.5E+3", "2500"),
    ("3 to 4", "三四"),
    ("1 or 2 million", "一两百万"),
    ("17", "十七八"),
    ("$0.03", "3美分"),
    ("18 months", "一年半"),
    ("45 per 1,000", "45‰"),
]


@pytest.mark.parametrize(("english", "chinese"), SAME)
def test_the_same_number_in_both_languages(english, chinese):
    """Scales, percentages, fractions, numerals, decades and words."""
    assert values_in(english) & values_in(chinese)


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("5 million", "5 万"),
        ("5 million", "5000 万"),
        ("1.5B", "1.5 亿"),
        ("10k", "10 万"),
        ("8.4", "4.8"),
        ("10^7", "10^8"),
        ("10^7", "10"),
        ("half a million", "5 万"),
        ("3", "二四九"),
        ("3", "三七"),
    ],
)
def test_another_number(english, chinese):
    """A wrong scale is a wrong number."""
    assert not values_in(english) & values_in(chinese)


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("一百零五", 105),
        ("两千三百", 2300),
        ("三万五千", 35_000),
        ("百万", 1e6),
        ("一亿二千万", 1.2e8),
    ],
)
def test_chinese_numerals(numeral, value):
    """A scale without a digit before it counts one."""
    assert chinese_value(numeral) == value


def test_digits_are_found_where_they_stand():
    """Places serve to look at what is around them."""
    text = "about 5 million rows in 2.5 s"
    assert [text[q.start : q.end] for q in digits_in(text)] == ["5 million", "2.5"]
    assert [q.text for q in words_in("seven of twenty-five")] == ["seven", "twenty-five"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1.5B", [{1.5, 1.5e9}]),
        ("1.5 billion", [{1.5e9}]),
        ("1981-87", [{1981}, {87, 1987}]),
        ("1981, then 87", [{1981}, {87}]),
        ("2012-12", [{2012}, {12}]),
        ("2015/12", [{2015}, {12}]),
        ("5万5千", [{55_000}]),
        ("5万5万", [{50_000}, {50_000}]),
        ("9" * 400, []),
    ],
)
def test_what_each_number_with_digits_may_mean(text, values):
    """The B of 1.5B may stay; years of a range; a larger scale after a smaller one is another number; hundreds of digits are none."""
    assert [set(q.values) for q in digits_in(text)] == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("seven eight", {7, 8}),
        ("twenty nineteen", {20, 19}),
        ("half", {0.5, 50}),
        ("one and a half", {1.5}),
        ("three quarters", {0.75, 75}),
    ],
)
def test_what_a_row_of_words_may_mean(text, values):
    """Two numbers where they do not make one."""
    (words,) = words_in(text)
    assert set(words.values) == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("三分之二点五", {2.5, 3, 0.833333333, 83.3333333, 83.3, 83}),
        ("三分之二点十", {2, 3, 10, 0.666666667, 66.6666667, 66.7, 67}),
        ("零分之三", {0, 3}),
        ("0/0", {0}),
    ],
)
def test_parts_of_a_whole(text, values):
    """None of nothing; 点 belongs to a number where digits follow."""
    assert set(values_in(text)) == values


@given(st.integers(0, 10**13))
def test_any_number_is_itself_however_it_is_written(number):
    """With separators, in 万 and in 亿."""
    assert values_in(str(number)) & values_in(f"{number:,}")
    assert values_in(f"{number * 10_000}") & values_in(f"{number}万")
    assert values_in(f"{number * 10**8}") & values_in(f"{number}亿")


@given(st.text(alphabet="零〇一二两三四五六七八九十百千万亿点分之半成/.,0123456789 kKMB%", max_size=20))
def test_any_heap_of_numerals_is_read(text):
    """Nonsense has some value or none."""
    values_in(text)


def test_a_scale_belongs_to_its_own_number():
    """千 of 千瓦 is the unit's, 百 of 百分位 no scale at all; 35 billion after a full stop is no range."""
    assert values_in("7 千瓦") == {7.0, 7000.0}
    assert 9500.0 not in values_in("第 95 百分位")
    assert 2e9 not in values_in("It has 2. There are 35 billion.")


def test_a_ratio_is_a_part_of_a_whole():
    """3/4 and two in five; 5/2 is none."""
    assert [set(values) for _, values in ratios_in("3/4, two in five and 5/2")] == [{0.75, 75.0}, {0.4, 40.0}]


@given(st.text(max_size=60))
def test_any_text_has_some_numbers_or_none(text):
    """Digits of any script are read or passed over."""
    values_in(text)
    ratios_in(text)


@pytest.mark.parametrize(("numeral", "value"), [("万", 1e4), ("亿", 1e8), ("万亿", 1e12), ("两万", 2e4), ("十万", 1e5)])
def test_a_scale_alone_is_one_of_it(numeral, value):
    """上万, 万亿参数: nobody writes 一 before them."""
    assert chinese_value(numeral) == value


def test_a_prefix_may_belong_to_the_unit():
    """3千米 is three kilometres or 3,000 metres; 3千个 is 3,000 of them."""
    assert [set(each.values) for each in digits_in("3千米和3千个")] == [{3.0, 3000.0}, {3000.0}]
