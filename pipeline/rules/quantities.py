"""The numbers of an English or a Chinese text, by value: 5 million = 500万 = 5百万, one third = 三分之一, 1.5B = 15亿.

Whether a number is missing or wrong is numbers.py's to say.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

_LATIN_SCALES = {"k": 1e3, "m": 1e6, "b": 1e9, "bn": 1e9, "t": 1e12}
_ENGLISH_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_DIGITS = {
    digit: value
    for value, pair in enumerate(("零〇", "一壹", "二两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"))
    for digit in pair
}
_CHINESE_SCALES = {"十": 1e1, "百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8}
_WORDS = {
    word: float(value)
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
} | {
    "thirty": 30.0,
    "forty": 40.0,
    "fifty": 50.0,
    "sixty": 60.0,
    "seventy": 70.0,
    "eighty": 80.0,
    "ninety": 90.0,
    "dozen": 12.0,
}
_PARTS = {
    "half": 2,
    "third": 3,
    "quarter": 4,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
}
_IMPLIED = {
    "半": (0.5, 50.0), "half": (0.5, 50.0), "halve": (0.5, 50.0), "quarter": (0.25, 25.0, 4.0), "twice": (2.0,), "doubl": (2.0, 100.0), "twofold": (2.0,),
    "tripl": (3.0,), "thrice": (3.0,), "quadrupl": (4.0,), "decade": (10.0,), "century": (100.0,), "centuries": (100.0,), "daily": (24.0,),
    "magnitude": (10.0, 100.0, 1000.0, 1e4, 1e5, 1e6), "hundreds": (100.0,), "thousands": (1000.0,), "millions": (1e6,), "billions": (1e9,),
    "dozens": (12.0, 10.0), "monthly": (12.0,), "annual": (1.0,), "entirely": (100.0,), "perfect": (100.0,), "round-the-clock": (24.0,),
}  # fmt: skip
"""What a word without digits may become, by the word's beginning."""
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]

_WORD = "|".join([*_WORDS, *_PARTS, *_ENGLISH_SCALES])
_NUMBER = re.compile(
    r"""(?P<digits> \d{1,3}(?:[,，]\d{3})+(?![\d,]) (?:\.\d+)? | \d+(?:\.\d+)? | (?<![A-Za-z0-9.])\.\d+ )
        (?P<scale> (?:\s?[十百千万亿]+(?!分之)) | [-\s]?(?:hundred|thousand|million|billion|trillion)\b | \s?(?:[kKMBT]|bn)(?![A-Za-z]) )?""",
    re.VERBOSE,
)
_CHINESE = re.compile(r"(?<!\d)(?<!\d\s)[零〇一二两三四五六七八九十百千万亿壹贰叁]+(?:点[零〇一二三四五六七八九]+)?")
_CHINESE_PART = re.compile(r"([零一二两三四五六七八九十百]+|\d+)分之([零一二两三四五六七八九十百点]+|\d+(?:\.\d+)?)")
_ENGLISH = re.compile(
    rf"\b(?=[zotfsenqhdmb])(?:(?:{_WORD})(?:[-\s](?:{_WORD}))?s?\b|(?:{_WORD})fold\b)", re.IGNORECASE
)  # the first letters stand before the alternatives: three times as fast


@dataclass(frozen=True, slots=True)
class Quantity:
    text: str
    values: frozenset[float]
    """More than one where a reader may take it more than one way: the B of "1.5B" may stay."""
    start: int
    end: int


@lru_cache(maxsize=256)
def digits_in(text: str) -> tuple[Quantity, ...]:
    """Numbers written with digits, in either language, scale words included."""
    found = []
    for match in _NUMBER.finditer(text):
        value = float(re.sub("[,，]", "", match["digits"]))
        scale = (match["scale"] or "").strip(" -")
        values = {value * _scale(scale)}
        if scale.isascii() and scale.lower() in _LATIN_SCALES:
            values.add(value)
        if re.fullmatch(r"[1-9]\d{0,2}\.\d00", match["digits"]):  # 2.500 is more often a continental 2,500 than 2.5
            values.add(value * 1000)
        if re.match(r"'?s\b", text[match.end() :]) and 1000 <= value <= 2100:  # the 1990s are 90年代
            values.add(value % 100)
        found.append(Quantity(match[0].strip(), rounded(values), match.start(), match.end()))
    return tuple(found)


@lru_cache(maxsize=256)
def chinese_in(text: str) -> tuple[Quantity, ...]:
    """Numbers written with Chinese numerals, and parts of a whole: 五, 一千二百, 三分之二, 九成."""
    rows = [(match, _ratio(_either(match[2]), _either(match[1]))) for match in _CHINESE_PART.finditer(text)]
    rows += [(match, {chinese_value(match[1]) * 10}) for match in re.finditer("([一二三四五六七八九])成", text)]
    rows += [(match, {chinese_value(match[0])}) for match in _CHINESE.finditer(text)]
    return tuple(Quantity(match[0], rounded(values), *match.span()) for match, values in rows)


@lru_cache(maxsize=256)
def words_in(text: str) -> tuple[Quantity, ...]:
    """English number words and fractions: "seven", "twenty-five", "two thirds", "three million"."""
    found = []
    for match in _ENGLISH.finditer(text):
        first, *second = re.split(r"[-\s]", match[0].lower().removesuffix("fold"))
        values = {_word(first)}
        if second:
            singular = second[0].removesuffix("s")
            if singular in _ENGLISH_SCALES:
                values = {_word(first) * _ENGLISH_SCALES[singular]}
            elif singular in _PARTS:
                values = _ratio(_word(first), _PARTS[singular])
            else:
                values = {_word(first) + _word(second[0]), _word(first), _word(second[0])}
        found.append(Quantity(match[0], rounded(values), *match.span()))
    return tuple(found)


@lru_cache(maxsize=256)
def values_in(text: str) -> frozenset[float]:
    """Every value a text can be said to state: digits, numerals, words, and what "twice" or "a decade" stand for."""
    values: set[float] = set()
    for quantity in (*digits_in(text), *chinese_in(text), *words_in(text)):
        values |= quantity.values
    for match in re.finditer(r"(\d+(?:\.\d+)?)\s?/\s?(\d+(?:\.\d+)?)", text):
        values |= _ratio(float(match[1]), float(match[2]))
    lower = text.lower()
    for word, implied in _IMPLIED.items():
        if word in lower:
            values.update(implied)
    values.update(float(number) for number, month in enumerate(_MONTHS, 1) if month[:3] in lower)
    return rounded(values)


def chinese_value(numeral: str) -> float:
    """五百 → 500, 二〇一九 → 2019, 三点五 → 3.5; nothing but a scale counts from one: 百万 → 1,000,000."""
    whole, _, decimals = numeral.partition("点")
    if len(whole) > 1 and not any(char in _CHINESE_SCALES for char in whole):
        value = float("".join(str(_DIGITS[char]) for char in whole))
    else:
        value = _by_scales(whole)
    return value + (float("0." + "".join(str(_DIGITS[char]) for char in decimals)) if decimals else 0.0)


def rounded(values: set[float]) -> frozenset[float]:
    return frozenset(float(f"{value:.9g}") for value in values)


def _by_scales(numeral: str) -> float:
    total = section = digit = 0.0
    for place, char in enumerate(numeral):
        if char in _DIGITS:
            digit = float(_DIGITS[char])
            continue
        scale = _CHINESE_SCALES[char]
        counted = digit or (0.0 if section or total else 1.0 if place == 0 else 0.0)
        if scale < 1e4:
            section += (digit or 1.0) * scale
        elif scale == 1e4:
            total += (section + counted) * scale
            section = 0.0
        else:
            total = (total + section + counted) * scale
            section = 0.0
        digit = 0.0
    return total + section + digit


def _scale(word: str) -> float:
    if not word:
        return 1.0
    if not word.isascii():
        scale = 1.0
        for char in word:
            scale *= _CHINESE_SCALES[char]
        return scale
    return _ENGLISH_SCALES.get(word.lower()) or _LATIN_SCALES[word.lower()]


def _word(word: str) -> float:
    singular = word if word in _WORDS else word.removesuffix("s")
    return 1 / _PARTS[singular] if singular in _PARTS else _WORDS.get(singular) or _ENGLISH_SCALES.get(singular, 0.0)


def _either(number: str) -> float:
    return float(number) if number[0].isdigit() else chinese_value(number)


def _ratio(upper: float, lower: float) -> set[float]:
    return {upper / lower, upper / lower * 100} if lower else set()
