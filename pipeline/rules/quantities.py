"""The numbers of an English or a Chinese text, by value: 5 million = 500万 = 5百万, one third = 三分之一, 1.5B = 15亿.

Whether a number is missing or wrong is numbers.py's to say.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_LATIN_SCALES = {"k": 1e3, "m": 1e6, "b": 1e9, "bn": 1e9, "t": 1e12}
_ENGLISH_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_GROUPS = {"dozen": 12.0, "score": 20.0, "decade": 10.0, "century": 100.0, "centurie": 100.0}
"""Two dozen are 24, three decades 30 years."""
_DIGITS = {
    digit: value
    for value, pair in enumerate(("零〇", "一壹", "二两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"))
    for digit in pair
}
_CHINESE_SCALES = {"十": 1e1, "百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8, "兆": 1e6}


def _words(text: str) -> list[str]:
    return text.split()


_WORDS = {
    word: float(value)
    for value, word in enumerate(
        _words(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
            " seventeen eighteen nineteen twenty"
        )
    )
} | {word: 10.0 * value for value, word in enumerate(_words("thirty forty fifty sixty seventy eighty ninety"), 3)}
_PARTS = {"half": 2.0, "quarter": 4.0} | {
    word: float(value) for value, word in enumerate(_words("third fourth fifth sixth seventh eighth ninth tenth"), 3)
}
_IMPLIED = {
    "半": (0.5, 50.0, 2.0), "half": (0.5, 50.0, 2.0), "halv": (0.5, 50.0), "quarter": (0.25, 25.0, 4.0), "quarterly": (3.0,), "季度": (0.25, 4.0, 3.0),
    "twice": (2.0, 200.0), "doubl": (2.0, 100.0, 200.0), "翻倍": (2.0, 100.0), "翻番": (2.0, 100.0), "翻一番": (2.0, 100.0), "倍增": (2.0, 100.0),
    "一倍": (2.0, 100.0), "两倍": (200.0, 100.0), "双": (2.0,), "tripl": (3.0, 200.0), "thrice": (3.0,), "quadrupl": (4.0,), "decade": (10.0,), "century": (100.0,),
    "centuries": (100.0,), "世纪": (100.0,), "daily": (24.0,), "全天": (24.0, 7.0), "一年半": (18.0, 1.5), "半年": (6.0, 0.5), "五五": (50.0,), "对半": (50.0,), "‰": (1000.0,), "千分之": (1000.0,), "万分之": (10_000.0,), "magnitude": (10.0, 100.0, 1000.0, 1e4, 1e5, 1e6), "数量级": (10.0, 100.0, 1000.0),
    "tens": (10.0,), "hundreds": (100.0,), "thousands": (1000.0,), "millions": (1e6,), "billions": (1e9,), "dozens": (12.0, 10.0, 20.0), "monthly": (12.0,),
    "annual": (1.0,), "entire": (100.0,), "perfect": (100.0,), "full": (100.0,), "全部": (100.0, 1.0), "完全": (100.0, 1.0), "所有": (100.0,), "round-the-clock": (24.0,),
    "percentile": (100.0,), "none": (0.0,), "single": (1.0,), "唯一": (1.0,), "零样本": (0.0,), "没有": (0.0,),
}  # fmt: skip
"""What a word without digits may become, by a part of the word."""
_MONTHS = _words("jan feb mar apr may jun jul aug sep oct nov dec")

_WORD = "|".join([*_WORDS, *_PARTS, *_ENGLISH_SCALES, *_GROUPS])
_MINUS = "[-−–﹣－]"
_EXPONENT = rf"(?:\s?\^\s?[{{(]?\s?(?P<%s>{_MINUS}?[0-9]{{1,3}})(?:\s?[}})])?|(?P<%s>⁻?[⁰¹²³⁴-⁹]+))"
_POWER = rf"(?:\s?(?:×|x|\*|·|\\times|\\cdot)\s?10\s?{_EXPONENT % ('power', 'raised')})"
_OF_TEN = rf"(?<=10)(?<![0-9.,]10)(?:{_EXPONENT % ('of_ten', 'raised_ten')}|\s?的\s?(?P<said>(?:负|{_MINUS})?[0-9]{{1,3}})\s?次[方幂])"
"""What makes a lone 10 a power: 10^6, 10⁶, 10 的 6 次方."""
_E = rf"[eE](?P<e>[+]?(?:{_MINUS})?[0-9]{{1,3}})(?![0-9A-Za-z]|[.,][0-9])"
"""1e-4, as programs write it."""
_NUMBER = re.compile(
    rf"""(?=[.0-9])
        (?P<digits> (?<![0-9])[0-9]{{1,3}}(?:[,，][0-9]{{3}})+(?![0-9]|[,，][0-9]) (?:\.[0-9]+)?
                  | (?<![0-9A-Za-z.,-])[1-9][0-9]{{0,2}}(?:[ \u00a0\u2009\u202f][0-9]{{3}})+(?![0-9A-Za-z-]) (?:\.[0-9]+)?
                  | [0-9]+(?:\.[0-9]+)? | (?<![A-Za-z0-9.])\.[0-9]+ )
        (?: {_OF_TEN} | {_POWER} | {_E} | (?P<scale> \s?[多余几]?\s?(?:[十百千万亿兆](?!分[之位比点数制]))+ | [-\s]?(?i:hundred|thousand|million|billion|trillion)s?\b
                      | \s?(?:[kKMBT]|bn)(?![A-Za-z]) ) )?""",
    re.VERBOSE,
)
_SEPARATORS = re.compile(r"[,，\s]")
_CONTINENTAL = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")
"""2.500 may be 2,500."""
_PREFIXED = re.compile(r"[瓦克米卡赫伏安焦帕字比特吨像电]|年前")
"""Units that 千, 百万 and 兆 before them belong to: 千瓦 is kW, 百万吨 Mt."""
_PERCENT = re.compile(r"\s?(?:[%％‰]|个?百分|美分|(?:percent|per\s?cent|cents?|pp|percentage)\b)")
"""Hundredths; of a dollar, too."""
_TENTHS = re.compile(r"([一二三四五六七八九]|[0-9](?:\.[0-9])?)\s?成(?![本为员功果分立就像熟对长人])")
_NUMERAL = "[零〇一二两三四五六七八九十百千万亿壹贰叁]"
_CHINESE = re.compile(rf"{_NUMERAL}(?<![0-9].)(?<![0-9]\s.){_NUMERAL}{{0,15}}(?:点[零〇一二三四五六七八九]{{1,16}})?")
_CHINESE_PART = re.compile(
    r"([零一二两三四五六七八九十百千万]{1,8}|[0-9]{1,8})分之([零一二两三四五六七八九十百]{1,12}(?:点[零一二三四五六七八九]{1,12})?|[0-9]{1,9}(?:\.[0-9]{1,9})?)"
)
_ENGLISH = re.compile(
    rf"\b(?=[zotfsenqhdmbc])(?:{_WORD})(?:(?:s?[-\s]+(?:and[-\s]+)?(?:(?:of\s+)?an?[-\s]+)?)(?:{_WORD}))*(?:fold|s)?\b",
    re.IGNORECASE,
)  # the first letters stand before the alternatives: three times as fast
_RATIO = re.compile(
    rf"(?=[0-9ztofsen])(?<![\w.,])([0-9]{{1,9}}(?:\.[0-9]{{1,9}})?|{'|'.join(_WORDS)})"
    rf"(?:\s?/\s?|\s+(?:(?:in|out\s+of|of)(?:\s+(?:every|the|all))?)\s+)([0-9]{{1,9}}(?:\.[0-9]{{1,9}})?|{'|'.join(_WORDS)})(?![\w])",
    re.IGNORECASE,
)
"""2/3, one in five, 9 out of 10."""
_SHARING = re.compile(
    r"\s*(?:[%％]\s*)?(?:,|，|、|/|[-–—−~～]{1,3}|至|到|和|或|与|及|以及|(?:,\s*)?(?:to|and|or|vs\.?|versus|through|from|&))\s*(?:约|近|(?:about|around|over|nearly)\s+|[~≈]\s*)?",
    re.IGNORECASE,
)
"""What stands between numbers that share the scale of the last one: 2 to 35 billion, 1, 2 and 5 million."""


@dataclass(frozen=True, slots=True)
class Quantity:
    text: str
    values: frozenset[float]
    """More than one where a reader may take it more than one way: the B of "1.5B" may stay."""
    start: int
    end: int


Ratios = tuple[tuple[tuple[int, int], frozenset[float]], ...]
"""Start and end of each, and its values; in order."""


@lru_cache(maxsize=256)
def digits_in(text: str) -> tuple[Quantity, ...]:
    """Numbers written with digits, in either language, scale words included."""
    found: list[Quantity] = []
    following: tuple[int, float] | None = None
    """Where the number behind starts, and its scale."""
    matches = [match for match in _NUMBER.finditer(text) if match.end("digits") - match.start() < 100]
    for before, match in reversed([*zip([None, *matches], matches, strict=False)]):
        values, scale = _read(match, text)
        if scale == 1.0 and following and following[1] > 1.0 and _SHARING.fullmatch(text, match.end(), following[0]):
            scale = following[1]
            values |= {value * scale for value in values}
        following = (match.start(), scale)
        values |= _year(match, before, text)
        if _PERCENT.match(text, match.end()):
            values |= {value / 100 for value in values}
        found.append(Quantity(match[0].strip(), rounded(values), match.start(), match.end()))
    return tuple(_joined(found[::-1], text))


def _read(match: re.Match[str], text: str) -> tuple[set[float], float]:
    """What a number may mean, and its scale."""
    digits = match["digits"]
    value = float(_SEPARATORS.sub("", digits))
    if ten := match["of_ten"] or match["raised_ten"] or match["said"]:
        return {10.0 ** _power(ten)}, 1.0
    if match["power"] or match["raised"]:
        return {value * 10.0 ** _power(match["power"] or match["raised"]), value, 10.0}, 1.0
    if match["e"]:
        return {value * 10.0 ** _power(match["e"])}, 1.0
    if not match["scale"]:
        return {value, value * 1000} if _CONTINENTAL.fullmatch(digits) else {value}, 1.0
    word = match["scale"].strip(" -\t\n\u00a0").lstrip("多余几").strip()
    factor = _scale(word)
    values = {value * factor}
    if word.lower() in _LATIN_SCALES or (word.endswith(("千", "百万", "兆")) and _PREFIXED.match(text, match.end())):
        values.add(value)
    return values, factor


def _power(written: str) -> int:
    return max(min(int(written.translate(_LOWER)), 300), -300)


def _year(match: re.Match[str], before: re.Match[str] | None, text: str) -> set[float]:
    """The 1990s are 90年代 of the 20th century; 1981-87 is 1981 to 1987."""
    digits = match["digits"]
    if (
        len(digits) == 4
        and 1000 <= float(digits) <= 2100
        and re.match(r"['’]?s\b", text[match.end() : match.end() + 3])
    ):
        return {float(digits) % 100, float(digits) // 100 + 1}
    if len(digits) == 2 and before and re.fullmatch(r"(?:1[0-9]|20)[0-9]{2}", before["digits"]):
        century = before["digits"][:2]
        if (
            re.fullmatch(r"\s?[-–—/~至到]{1,2}\s?", text[before.end() : match.start()])
            and digits > before["digits"][2:]
        ):
            return {float(century + digits)}
    return set()


def _joined(quantities: list[Quantity], text: str) -> Iterator[Quantity]:
    """1亿2000万 and 1万5千 are one number."""
    index = 0
    while index < len(quantities):
        quantity = quantities[index]
        while index + 1 < len(quantities) and _goes_on(quantity, quantities[index + 1], text):
            after = quantities[index + 1]
            values = rounded({max(quantity.values) + max(after.values)})
            quantity = Quantity(quantity.text + after.text, values, quantity.start, after.end)
            index += 1
        yield quantity
        index += 1


def _goes_on(first: Quantity, second: Quantity, text: str) -> bool:
    return first.end == second.start and text[first.end - 1] in "万亿" and max(second.values) < max(first.values)


@lru_cache(maxsize=256)
def chinese_in(text: str) -> tuple[Quantity, ...]:
    """Numbers written with Chinese numerals, and parts of a whole: 五, 一千二百, 三分之二, 九成."""
    rows: list[tuple[re.Match[str], set[float]]] = []
    if "分之" in text:  # mutant: only faster
        rows += [(match, _ratio(_either(match[2]), _either(match[1]))) for match in _CHINESE_PART.finditer(text)]
    if "成" in text:  # mutant: only faster
        rows += [(match, {_either(match[1]) * 10, _either(match[1]) / 10}) for match in _TENTHS.finditer(text)]
    rows += [(match, {chinese_value(match[0]), *_one_or_other(match[0])}) for match in _CHINESE.finditer(text)]
    return tuple(Quantity(match[0], rounded(values), *match.span()) for match, values in rows)


_ONE_OR_OTHER = re.compile("([一二两三四五六七八])([二两三四五六七八九])(?![零〇一二两三四五六七八九])")


def _one_or_other(numeral: str) -> set[float]:
    """三五 is 3 to 5, 一两百万 one or two million, 十七八 seventeen or eighteen."""
    pair = _ONE_OR_OTHER.search(numeral)
    if not pair or not 0 < _DIGITS[pair[2]] - _DIGITS[pair[1]] <= _FAR or numeral[: pair.start()].strip("十百千万"):
        return set()
    return {chinese_value(numeral[: pair.start()] + digit + numeral[pair.end() :]) for digit in pair.groups()}


_FAR = 2
"""三五 are said for a few, 三六 are not."""


@lru_cache(maxsize=256)
def words_in(text: str) -> tuple[Quantity, ...]:
    """English number words and fractions: "seven", "twenty-five", "two thirds", "fifty-five thousand", "two decades"."""
    return tuple(
        Quantity(match[0], rounded(_worded(match[0].lower())), *match.span()) for match in _ENGLISH.finditer(text)
    )


def _worded(phrase: str) -> set[float]:
    """The number a row of words makes; where it makes several, each of them."""
    values: set[float] = set()
    total = current = part = 0.0
    words = re.findall("[a-z]+", phrase)
    for place, word in enumerate(words):
        word = word.removesuffix("s").removesuffix("fold")
        if word in ("and", "a", "an", "of"):
            continue
        if word in _PARTS:
            whole = total + current
            mixed = words[place - 1] == "a"  # one and a half; none begins with it
            values |= {whole + 1 / _PARTS[word]} if mixed else _ratio(whole or 1.0, _PARTS[word])
            part = whole + 1 / _PARTS[word] if mixed else (whole or 1.0) / _PARTS[word]
            total = current = 0.0
        elif word in _ENGLISH_SCALES:
            scale = _ENGLISH_SCALES[word]
            if part:
                current, part = part, 0.0  # half a million
            if scale == 100:
                current = (current or 1.0) * 100
            else:
                total, current = total + (current or 1.0) * scale, 0.0
            values.add(total + current)
        elif word in _GROUPS:
            values |= {(total + current or 1.0) * _GROUPS[word], _GROUPS[word]}
            total = current = 0.0
        else:
            value = _WORDS[word]
            if current % 10 or (current % 100 and value > 9):
                values.add(total + current)
                total = current = 0.0
            current += value
    return values | ({total + current} if total + current or not values else set())


_DECIMAL_COMMA = re.compile(r"(?=[0-9])(?<![0-9,.])([0-9]{1,4}),([0-9]{1,2})(?![0-9])")
_LISTED = re.compile(r"(?=[0-9])(?<![0-9,])[0-9]{3}(?:,[0-9]{3}){2,9}(?![0-9,])")
"""128,256,512 may be three numbers."""


@lru_cache(maxsize=64)
def values_in_digits(text: str) -> frozenset[float]:
    return frozenset[float]().union(*(q.values for q in digits_in(text)))


@lru_cache(maxsize=256)
def values_in(text: str) -> frozenset[float]:
    """Every value a text can be said to state: digits, numerals, words, and what "twice" or "a decade" stand for."""
    values: set[float] = set()
    for quantity in (*digits_in(text), *chinese_in(text), *words_in(text)):
        values |= quantity.values
    for _, ratio in ratios_in(text):
        values |= ratio
    for match in _DECIMAL_COMMA.finditer(text):
        values.add(float(f"{match[1]}.{match[2]}"))
    for match in _LISTED.finditer(text):
        values.update(map(float, match[0].split(",")))
    lower = text.lower()
    for word, implied in _IMPLIED.items():
        if word in lower:
            values.update(implied)
    values.update(float(number) for number, month in enumerate(_MONTHS, 1) if month in lower)
    return rounded(values)


@lru_cache(maxsize=256)
def ratios_in(text: str) -> Ratios:
    """What is a part of a whole: 2/3, one in five, 9 out of 10."""
    found = []
    for match in _RATIO.finditer(text):
        upper, lower = (_WORDS.get(side.lower(), -1.0) if side[0].isalpha() else float(side) for side in match.groups())
        if upper <= lower:
            found.append((match.span(), rounded(_ratio(upper, lower))))
    return tuple(found)


@lru_cache(maxsize=4096)
def chinese_value(numeral: str) -> float:
    """五百 → 500, 二〇一九 → 2019, 三点五 → 3.5; nothing but a scale counts from one: 百万 → 1,000,000."""
    whole, _, decimals = numeral.partition("点")
    scaled = any(char in _CHINESE_SCALES for char in whole)
    return (_by_scales(whole) if scaled else float(_as_digits(whole))) + float("0." + _as_digits(decimals))


def _as_digits(numerals: str) -> str:
    return "".join(str(_DIGITS[char]) for char in numerals)


def rounded(values: set[float]) -> frozenset[float]:
    """To nine digits, so that 0.1 * 3 and 0.3 are one number."""
    return frozenset(map(_to_nine_digits, values))


@lru_cache(maxsize=4096)
def _to_nine_digits(value: float) -> float:
    return float(f"{value:.9g}")


def _by_scales(numeral: str) -> float:
    total = section = digit = 0.0
    for place, char in enumerate(numeral):
        if char in _DIGITS:
            digit = float(_DIGITS[char])
            continue
        scale = _CHINESE_SCALES[char]
        counted = digit or (1.0 if place == 0 else 0.0)
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
    if not word.isascii():
        scale = 1.0
        for char in word[:4]:
            scale *= _CHINESE_SCALES[char]
        return scale
    return _ENGLISH_SCALES.get(word.lower().removesuffix("s")) or _LATIN_SCALES[word.lower()]


def _either(number: str) -> float:
    return float(number) if number[0].isdigit() else chinese_value(number)


def _ratio(upper: float, lower: float) -> set[float]:
    """As a part and in percent, which texts round: a third is 33%."""
    if not lower:
        return set()
    percent = upper / lower * 100
    return {upper / lower, percent, round(percent, 1), float(round(percent))}


_LOWER = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−–﹣－负", "0123456789------")
