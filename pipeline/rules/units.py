"""Rule unit: a number keeps its unit: 5% is neither 5 nor 5 个百分点, 5 ms not 5 秒.

Only numbers that both texts state are compared, by value (quantities.py); a number that is missing is the rule number's.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from pipeline.rules.analysis import Analysis, Side, quoted
from pipeline.rules.quantities import Quantity, chinese_in, digits_in
from pipeline.text.han import HAN

_SPELLINGS = {
    "%": ("百分比", "% percent per-cent percentage 百分比"),
    "pp": (
        "百分比",
        "pp ppt p.p. %p pps percentage-point percentage-points %-point %-points %-pt 个百分点 百分点 个绝对百分点",
    ),
    "×": ("倍数", "× x X fold 倍 翻 times"),
    "fs": ("时间", "fs femtosecond femtoseconds 飞秒"),
    "ps": ("时间", "ps picosecond picoseconds 皮秒"),
    "ns": ("时间", "ns nanosecond nanoseconds 纳秒"),
    "μs": ("时间", "μs us microsecond microseconds 微秒"),
    "ms": ("时间", "ms msec millisecond milliseconds 毫秒"),
    "s": ("时间", "s sec secs second seconds 秒 秒钟"),
    "min": ("时间", "min mins minute minutes 分钟 分"),
    "h": ("时间", "h hr hrs hour hours 小时 个小时 时 个钟头"),
    "天": ("时间", "day days 天 日 个工作日"),
    "周": ("时间", "week weeks wk 周 星期 个星期 礼拜"),
    "月": ("时间", "month months mo 个月 月"),
    "年": ("时间", "year years yr yrs 年 岁 周岁 周年"),
    "bit": ("数据量", "bit bits 比特 位"),
    "B": ("数据量", "byte bytes 字节"),
    "KB": ("数据量", "KB kB KiB Kb kilobyte kilobytes 千字节"),
    "MB": ("数据量", "MB MiB Mb megabyte megabytes 兆字节 兆"),
    "GB": ("数据量", "GB GiB Gb G gigabyte gigabytes 吉字节 千兆字节"),
    "TB": ("数据量", "TB TiB Tb terabyte terabytes 太字节"),
    "PB": ("数据量", "PB PiB petabyte petabytes 拍字节"),
    "bps": ("速率", "bps bit/s"),
    "Kbps": ("速率", "kbps Kbps kbit/s kb/s"),
    "Mbps": ("速率", "Mbps Mbit/s Mb/s"),
    "Gbps": ("速率", "Gbps Gbit/s Gb/s"),
    "nm": ("长度", "nm nanometer nanometers nanometre nanometres 纳米"),
    "μm": ("长度", "μm um micron microns micrometer micrometers micrometre micrometres 微米"),
    "mm": ("长度", "mm millimeter millimeters millimetre millimetres 毫米"),
    "cm": ("长度", "cm centimeter centimeters centimetre centimetres 厘米 公分"),
    "m": ("长度", "m meter meters metre metres 米"),
    "km": ("长度", "km kilometer kilometers kilometre kilometres 公里 千米"),
    "mile": ("长度", "mile miles mi 英里"),
    "ft": ("长度", "ft foot feet 英尺"),
    "inch": ("长度", "inch inches 英寸 寸"),
    "Hz": ("频率", "Hz hertz 赫兹 赫"),
    "kHz": ("频率", "kHz KHz kilohertz 千赫 千赫兹"),
    "MHz": ("频率", "MHz megahertz 兆赫 兆赫兹"),
    "GHz": ("频率", "GHz gigahertz 吉赫 吉赫兹 千兆赫 千兆赫兹"),
    "THz": ("频率", "THz terahertz 太赫兹 太赫"),
    "mg": ("质量", "mg milligram milligrams 毫克"),
    "g": ("质量", "g gram grams 克"),
    "kg": ("质量", "kg kilogram kilograms 公斤 千克"),
    "t": ("质量", "t ton tons tonne tonnes 吨 公吨"),
    "mW": ("功率", "mW milliwatt milliwatts 毫瓦"),
    "W": ("功率", "W watt watts 瓦 瓦特"),
    "kW": ("功率", "kW KW kilowatt kilowatts 千瓦"),
    "MW": ("功率", "MW megawatt megawatts 兆瓦"),
    "GW": ("功率", "GW gigawatt gigawatts 吉瓦"),
    "Wh": ("能量", "Wh 瓦时 瓦特时"),
    "kWh": ("能量", "kWh KWh 千瓦时 度电 度"),
    "MWh": ("能量", "MWh 兆瓦时"),
    "eV": ("能量", "eV 电子伏 电子伏特"),
    "keV": ("能量", "keV 千电子伏 千电子伏特"),
    "MeV": ("能量", "MeV 兆电子伏 兆电子伏特 百万电子伏 百万电子伏特"),
    "GeV": ("能量", "GeV 吉电子伏 吉电子伏特 十亿电子伏 十亿电子伏特"),
    "TeV": ("能量", "TeV 太电子伏 太电子伏特 万亿电子伏特"),
    "mV": ("电压", "mV 毫伏"),
    "V": ("电压", "V volt volts 伏 伏特"),
    "kV": ("电压", "kV 千伏"),
    "dB": ("分贝", "dB decibel decibels 分贝"),
    "°C": ("温度", "°C ℃ 摄氏度"),
    "°F": ("温度", "°F ℉ 华氏度"),
    "°": ("角度", "° degree degrees deg 度"),
    "美元": ("货币", "$ US$ USD dollar dollars 美元 美金"),
    "美分": ("货币", "cent cents 美分"),
    "欧元": ("货币", "€ EUR euro euros 欧元"),
    "英镑": ("货币", "£ GBP pound pounds 英镑"),
    "人民币": ("货币", "¥ RMB CNY yuan 元 人民币"),
}
"""Unit: what it measures, and how either language writes it (per-cent: also "per cent")."""
_DIMENSION = {unit: dimension for unit, (dimension, _) in _SPELLINGS.items()}
_UNITS = {spelling: unit for unit, (_, row) in _SPELLINGS.items() for spelling in row.split()}
_MEANINGS: dict[str, frozenset[str]] = {
    **{spelling: frozenset({unit}) for spelling, unit in _UNITS.items()},
    "times": frozenset(),  # 5 times: 5 倍 or 5 次
    "fold": frozenset(),  # 10-fold cross-validation
    "度": frozenset({"°", "°C", "°F", "kWh"}),
    "degree": frozenset({"°", "°C", "°F"}),
    "degrees": frozenset({"°", "°C", "°F"}),
    "pound": frozenset(),
    "pounds": frozenset(),
    "K": frozenset(),
    "second": frozenset({"s"}),
    "位": frozenset(),  # a measure word for people, a bit, a decimal
    "分": frozenset(),  # points or minutes
    "寸": frozenset(),
    "时": frozenset(),
    "周": frozenset({"周"}),
    "percentage": frozenset(),
    "翻": frozenset(),
    "$": frozenset(),  # stands before its number, see _BEFORE
    "£": frozenset(),
    "€": frozenset(),
    "¥": frozenset(),
    "US$": frozenset(),
}
_ATTACHED_IS_NO_UNIT = frozenset({"m", "s", "t", "K", "G", "g", "X", "d"})
"""5m may be five million, the 1990s are no seconds, 5G is a network; with a space they are units. See _reading."""


_SPELLING = "|".join(
    re.escape(spelling).replace(r"\-", r"[-\s]?") for spelling in sorted(_UNITS, key=len, reverse=True)
)
_AFTER = re.compile(rf"(?P<gap>\s?(?:多|余|左右|以上|\+)?[-\s]?)(?P<unit>{_SPELLING})(?:(?<![A-Za-z])|(?![A-Za-z0-9]))")
_OPENING = frozenset(spelling[0] for spelling in _UNITS) | frozenset(" 多余左以+-")
"""What a unit and what stands before it open with; most Chinese numerals need no closer look."""
_BEFORE = re.compile(r"(?:(US\$|USD|\$)|(€|EUR)|(£|GBP)|(¥|RMB|CNY))\s?$")
_CURRENCIES = ("美元", "欧元", "英镑", "人民币")
_DIMENSIONS = re.compile(r"\s?[×xX]\s?[0-9]")
"""224×224 is no multiple."""
_NO_UNIT = re.compile(r"degrees?[-\s]of[-\s]freedom|second-")
"""4 degrees of freedom, 3 second-order methods."""
_ABSOLUTE_AFTER = re.compile(r"\s*[(（]?(?:absolute|abs\b|points?\b|pts?\b|绝对)", re.IGNORECASE)
_ABSOLUTE_BEFORE = re.compile(rf"(?:(?i:absolute[a-z\s]{{1,30}})|绝对[{HAN}]{{1,8}})$")
"""An absolute gain of 5% is one of 5 个百分点."""
_COUNTED = re.compile(
    r"[A-Za-z]|\s?(?:平方|立方|分之|[个种项名篇条次类层张位款场套份组只台件道级步轮代号型例对字词倍]|多?(?:万|亿|千|百))"
)
"""What follows is a measure word, a name or a scale: the number counts something."""
_SHARES = re.compile(
    r"\s*(?:,|，|、|/|[-–—~～]{1,3}|至|到|和|或|与|及|以及|±|(?:,\s*)?(?:to|and|or|vs\.?|versus|through|±))\s*(?:约|近|[~≈<>≤≥+-])?\s*",
    re.IGNORECASE,
)
"""What stands between numbers that share the unit of the last one: 5 to 10%, 1, 2 and 3 GB."""
_RANGES = re.compile(r"\s*(?:[-–—~～]{1,3}|至|到|±)\s*约?\s*")
"""In Chinese only ranges do, and not those in percent: GB/T 15835 has 15%～30%, not 15～30%."""
_COUNTED_BEFORE = re.compile(
    r"\b(?:year|month|week|day|hour|minute|step|stage|phase|epoch|layer|level|round|turn|grade|rank|type|class|case|version|figure|table|section|chapter|part|task|fold|shot|IoU|top|at|[A-Za-z])[-\s]$",
    re.IGNORECASE,
)
"""“41% at month 3 to 76%”: the 3 counts a month."""
_NAME_BEFORE = re.compile(r"[A-Za-z_\\^@][-–]?$|[0-9]\.$")
_ONE_PART = re.compile(r"(?<![0-9.])1\s?/\s?$")
"""1/242 is a part, not a number that lacks a unit."""


class Measured(NamedTuple):
    """A number with what stands after it."""

    text: str
    """With its unit, as written."""
    values: frozenset[float]
    units: frozenset[str]
    """What its unit may be; empty where none is known."""
    bare: bool
    """Nothing that could be a unit or a thing counted stands there."""
    shares: bool = False
    """Its unit is written with a later number only."""


def unit(analysis: Analysis) -> Iterator[str]:
    """Units that changed or were lost with a number that both texts state."""
    text = analysis.plain_text.prose
    found = _by_value(measured_in(text, chinese=True))
    if not found:  # mutant: only faster
        return
    stated = measured_in(analysis.plain_translated.prose)
    wanted = _by_value((*stated, *_in_formulas(analysis.plain_source)) if analysis.is_one_liner else stated)
    apart = (each for value, sources in wanted.items() for each in _apart(sources, found.get(value, [])))
    yield from dict.fromkeys(
        f"原文的{quoted(source.text)}在译文中成了{quoted(stated.text)}，单位{'变了' if stated.units else '丢了'}"
        for source, stated in apart
    )


def _in_formulas(source: Side) -> Iterator[Measured]:
    """The numbers of formulas, which a one-liner puts in words: their unit is not seen, so it may be any."""
    for span in source.spans:
        if span.kind == "formula":
            for q in digits_in(span.text):
                yield Measured(q.text, q.values, frozenset(), False)


_MOST = 20
"""A number that stands more often cannot be told from itself."""


def _apart(sources: list[Measured], texts: list[Measured]) -> Iterator[tuple[Measured, Measured]]:
    """Of numbers of one value, those that pair up with no number of the same unit and differ beyond doubt."""
    if max(len(sources), len(texts)) > _MOST:
        return
    left = list(texts)
    alone = [source for source in sorted(sources, key=lambda each: each.shares) if not _taken(source, left)]
    for source in alone:
        # A number without a unit takes the place of one of the text, best of one that has none either.
        if not source.units and left:
            left.remove(min(left, key=lambda each: bool(each.units)))
    for source in alone:
        other = next((each for each in left if source.units and _differ(source, each)), None)
        if other:
            left.remove(other)
            yield source, other


def _taken(source: Measured, left: list[Measured]) -> bool:
    """Takes a number of the same unit out of those that are left."""
    same = next((each for each in left if source.units & each.units), None)
    if same:
        left.remove(same)
    return same is not None


def _differ(source: Measured, stated: Measured) -> bool:
    """Another unit of the same kind; only % is missed where there is none: 12 weeks may be said without the word for them."""
    if not stated.units:
        return stated.bare and not source.shares and source.units == {"%"}
    return any(
        _DIMENSION[first] == _DIMENSION[second] or "百分比" in (_DIMENSION[first], _DIMENSION[second])
        for first in source.units
        for second in stated.units
    )


def _by_value(quantities: tuple[Measured, ...]) -> dict[float, list[Measured]]:
    """By the largest value a number may mean: 5 of 5%, 15e8 of 1.5B."""
    rows: dict[float, list[Measured]] = defaultdict(list)
    for measured in quantities:
        rows[max(measured.values)].append(measured)
    return rows


@lru_cache(maxsize=64)
def measured_in(text: str, *, chinese: bool = False) -> tuple[Measured, ...]:
    """The numbers of a text with their units; digits of names left out, numbers of a range or list with the unit of the last."""
    quantities = [q for q in digits_in(text) if not _NAME_BEFORE.search(text[max(0, q.start - 3) : q.start])]
    rows: list[Measured] = []
    following: tuple[int, frozenset[str]] | None = None
    for q in reversed(quantities):
        measured = _reading(q, text)
        could_share = (
            measured.bare and not _is_year(q) and not _COUNTED_BEFORE.search(text[max(0, q.start - 9) : q.start])
        )
        if following and could_share and _share(text[q.end : following[0]], following[1], chinese):
            measured = measured._replace(
                text=f"{q.text}{min(following[1])}", units=following[1], bare=False, shares=True
            )
        following = (q.start, measured.units) if measured.units else None
        rows.append(measured)
    for q in chinese_in(text):
        if q.text.startswith("百分之"):
            rows.append(_reading(q, text)._replace(units=frozenset({"%"})))
        elif (
            not q.text.endswith(("千", "百万", "亿"))
            and text[q.end : q.end + 1] in _OPENING
            and _AFTER.match(text, q.end)
            and (measured := _reading(q, text)).units
        ):
            rows.append(measured)
    return tuple(reversed(rows))


def _share(between: str, units: frozenset[str], chinese: bool) -> bool:
    """Whether a number has the unit of the next one."""
    if chinese:
        return "%" not in units and bool(_RANGES.fullmatch(between))
    return bool(_SHARES.fullmatch(between))


def _is_year(q: Quantity) -> bool:
    return q.text.isdigit() and 1900 <= max(q.values) <= 2100


def _reading(q: Quantity, text: str) -> Measured:
    before = _BEFORE.search(text[max(0, q.start - 4) : q.start])
    if before and before.lastindex and not text.startswith("%", q.end):
        return Measured(
            text[q.start - len(before[0]) : q.end].strip(),
            q.values,
            frozenset({_CURRENCIES[before.lastindex - 1]}),
            False,
        )
    start, kilo = q.end, re.search(r"(千|百万|兆)$", q.text)
    prefixed = _AFTER.match(text, q.end - len(kilo[1])) if kilo else None
    after = prefixed or _AFTER.match(text, start)
    values = frozenset({min(q.values)}) if prefixed else q.values
    if not after or _DIMENSIONS.match(text, start):
        bare = not any(pattern.match(text, start) for pattern in (_COUNTED, _DIMENSIONS))
        bare = bare and not _ONE_PART.search(text[max(0, q.start - 4) : q.start])
        return Measured(q.text, values, frozenset(), bare)
    written = after["unit"]
    if _NO_UNIT.match(text, after.start("unit")):
        return Measured(q.text, values, frozenset(), False)
    meanings = _MEANINGS.get(re.sub(r"\s", "-", written), frozenset(_UNITS.get(re.sub(r"[-\s]", "-", written), "")))
    attached = not after["gap"] and written in _ATTACHED_IS_NO_UNIT
    if attached and (written != "s" or max(q.values) >= 1000):
        meanings = frozenset()
    absolute = _ABSOLUTE_AFTER.match(text, after.end()) or _ABSOLUTE_BEFORE.search(text[max(0, q.start - 40) : q.start])
    if "%" in meanings and absolute:
        meanings = frozenset({"%", "pp"})
    return Measured(text[q.start : after.end()].strip(), values, meanings, False)
