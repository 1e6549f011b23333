"""Names of models, data and systems: none lost, none that the source does not have, none in another one's place (name)."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import accumulate

from pipeline.rules.analysis import Analysis, quoted
from pipeline.rules.words import COMMON
from pipeline.text.terms import Term

_NAME = re.compile(r"[A-Z](?<![A-Za-z0-9\\$/.@_-].)[A-Za-z0-9]*(?:[-.+][A-Za-z0-9]+)*(?![A-Za-z0-9_$])")
_NAME_SHAPE = re.compile(r"[A-Z](?:.*[a-z][A-Z]|[A-Z].*[a-z]{2}|.*\d)|\d+[A-Z]")
_NO_NAME = re.compile(
    r"[A-Z][a-z][A-Z]s?|[A-Z]o[A-Z]{2}s?|EU\d+|G\d+|S[oO][tT]A|(?i:covid)\d+|(?:Top|Stage|Phase|Level|Type|Rank|Task|Step|Layer|Class|Tier|Group|Round"
    r"|Day|Week|Month|Year|Age|Grade|Degree|Order|Distance|Dimension|Depth|Width|Length|Size|Version|Part|Case|Figure|Table|Section|Chapter|Volume)\d+"
    r"|(?:Sub|Pre|Post|Quasi|Non|Semi|Near|Mid|Multi|Over|Under)\d+"
)
"""Acronyms (IoT, QoS, IoMT), groups of countries (EU27) and counted things, which Chinese has its own words for."""
_ESTABLISHED = {
    "automl": "自动机器学习",
    "autofe": "自动特征工程",
    "bytedance": "字节跳动",
    "deepmind": "深度思维",
    "jpmorgan": "摩根大通",
    "lidar": "激光雷达",
    "mckinsey": "麦肯锡",
    "mediatek": "联发科",
    "pagerank": "网页排名",
    "tiktok": "抖音",
    "genai": "生成式",
    "fintech": "金融科技",
    "edtech": "教育科技",
    "medtech": "医疗科技",
    "recsys": "推荐系统",
    "wechat": "微信",
    "linkedin": "领英",
    "nasdaq100": "纳斯达克",
    "astrazeneca": "阿斯利康",
    "wordnet": "词网",
    "t2i": "文生图",
    "t2v": "文生视频",
    "deeponet": "算子网络",
    "winrate": "胜率",
    "blackbox": "黑盒",
    "cov2": "新冠",
    **dict.fromkeys(("q1", "q2", "q3", "q4"), "季度"),
}
"""Names, folded, that Chinese has a word of its own for."""
_GREEK = re.compile(r"(?:Alpha|Beta|Gamma|Delta|Epsilon|Theta|Lambda|Mu|Pi|Sigma|Tau|Phi|Psi|Omega)-\d")
"""Symbols put in words: Sigma-1 is Σ₁."""
_MAGNITUDE = re.compile(r"M[wLs]?[-\s]?(\d(?:\.\d)?)")
"""Of an earthquake: M7.8 is 7.8 级."""
_SYMBOLS = set(
    re.findall(
        "[a-z0-9]+", "ai it id app pc tv vr ar xr ui ip 1d 2d 3d 4d gpu cpu api arxiv dna rna pdf usb wifi vs ok"
    )
)
"""What Chinese writes in Latin letters for an English word: 三维 is 3D, an application an APP."""


def name(analysis: Analysis) -> Iterator[str]:
    source = _Folded(analysis.source)
    if lost := list(dict.fromkeys(_lost(analysis))):
        yield f"原文的名称{_listed(lost)}没有保留"
    if foreign := list(dict.fromkeys(_foreign(analysis, source))):
        yield f"名称{_listed(foreign)}是原文没有的"
    else:
        yield from _swapped(analysis)


def _listed(names: list[str]) -> str:
    return "、".join(quoted(found) for found in names)


# ── lost ──


def _lost(analysis: Analysis) -> Iterator[str]:
    """Names of the source, with a capital and, inside the word, another one or a digit, that the text has not."""
    text = re.sub(r"[\s-]", "", analysis.text_prose).lower()
    for match in _NAME.finditer(analysis.source_prose):
        missing = [core for core in _cores(match[0]) if core not in text]
        if missing and analysis.survives(match.start()) and not _is_said(match, missing, analysis):
            yield match[0]


def _is_said(name: re.Match[str], cores: list[str], analysis: Analysis) -> bool:
    """What is no name after all, or has a Chinese one that is there."""
    if _GREEK.match(name[0]) or any(
        _is_rendered(each, analysis, analysis.text) for each in {*cores, _singular(name[0])}
    ):
        return True
    if (magnitude := _MAGNITUDE.fullmatch(name[0])) and f"{magnitude[1]}级" in re.sub(r"\s", "", analysis.text):
        return True
    if f"({name[0]})" in analysis.source:
        return True  # an abbreviation, which may go with its long form translated
    is_head = analysis.field.kind == "title" and name.start() == 0
    acronyms = re.findall("[A-Z]{2,}(?![a-z]{2})", name[0])
    if not is_head and acronyms:
        others = set(_NAME.findall(analysis.source_prose)) - {name[0], *acronyms}
        rest = re.sub(
            "|".join(map(re.escape, sorted(others, key=len, reverse=True))) or "(?!)", " ", analysis.text_prose
        )
        if any(_squeezed(part) in _squeezed(rest) for part in acronyms):
            return True  # partly in Chinese: 语音LLM for SpeechLLM; but the RAG of another name is not its own
    if any(part.lower() in COMMON for part in re.findall("[A-Z][a-z]+", name[0])):
        return True  # words glued together: BasedWorld
    return _spells_acronym(name, analysis.source_prose)


def _is_rendered(folded: str, analysis: Analysis, text: str) -> bool:
    """Whether the text has the Chinese of a name: an established one, or the glossary's. QLoRA goes with LoRA."""
    if _ESTABLISHED.get(folded, "\n") in text:
        return True
    for term in analysis.case.terms:
        spellings = {_singular(spelling) for spelling in (term.english, *term.spellings)}
        if spellings & {folded, folded.removeprefix("q")}:
            squeezed = _squeezed(text)
            return any(_squeezed(zh) in squeezed for zh in (*term.zh, *term.tolerated, *term.avoided))
    return False


def _singular(name: str) -> str:
    return _squeezed(name).removesuffix("s")


_CAPITALS = re.compile(r"[A-Z]+")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*")


def _spells_acronym(name: re.Match[str], source: str) -> bool:
    """Whether its capitals only show where an acronym comes from: "UNified … (UNICON)", "GRASP: GRanularity-Aware"."""
    words = [word for word in re.split("[-+.]", name[0]) if _CAPITALS.findall(word[1:])]
    acronyms = [word for word in _WORD.findall(source) if sum(map(str.isupper, word)) >= 3]
    for word in words:
        capitals = "".join(_CAPITALS.findall(word))
        whole = any(capitals in acronym.upper() and not _holds(acronym, word) for acronym in acronyms)
        if not whole or any(char.isdigit() for char in word):
            return False
    return bool(words)


def _holds(acronym: str, word: str) -> bool:
    """The acronym is the word, or a name that is made from it: LLaMA in CodeLLaMA."""
    return word.lower().removesuffix("s") in acronym.lower()


@lru_cache(maxsize=4096)
def _cores(word: str) -> tuple[str, ...]:
    """What of a word must be found: ReAct of "ReAct-style", F1 of "Row-F1", GPT4o of "GPT-4o", VASP of "VASPs"."""
    parts: list[str] = []
    for part in re.split("[-+]", word):
        if parts and part[0].isdigit() and parts[-1][0].isupper():
            parts[-1] += part
        else:
            parts.append(part)
    names = (part for part in parts if _NAME_SHAPE.match(part) and not _NO_NAME.fullmatch(part))
    return tuple(part.lower().removesuffix("s") for part in names)


# ── that the source does not have ──

_LATIN = re.compile(
    r"[A-Za-z\u00c0-\u024f](?<![A-Za-z0-9\u00c0-\u024f\\$/.@_#&-].)[A-Za-z0-9\u00c0-\u024f]*"
    r"(?:[-.+][A-Za-z0-9\u00c0-\u024f]+)*"
)
_CATEGORY = re.compile(r"[a-z-]+\.[A-Z]{2}")
"""Of arXiv: cs.CL."""
_ATOM = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SMALL = frozenset("a an and as at by for from in of on or the to with via".split())  # noqa: SIM905


class _Folded:
    """A text without accents, case and all that is no letter and no digit, and where in it words begin and end."""

    def __init__(self, text: str) -> None:
        self.plain = _unaccented(text)
        self.words = set(_WORD_OR_NUMBER.findall(self.plain.lower()))

    @cached_property
    def _atoms(self) -> tuple[str, set[int]]:
        """Its words in a row, and where one ends and the next begins."""
        parts = _ATOM.findall(self.plain)
        return "".join(parts).lower(), {*accumulate(map(len, parts), initial=0)}

    @cached_property
    def _initials(self) -> tuple[str, str]:
        """Of all its words, and of all but the small ones."""
        words = [word.lower() for word in re.findall("[A-Za-z]+", self.plain)]
        return "".join(word[0] for word in words), "".join(word[0] for word in words if word not in _SMALL)

    def has(self, form: str) -> bool:
        """Whether a folded name stands in the text as one word, several, or a part that is a word by itself."""
        return any(each in self.words or self._stands(each) for each in (form, form + "s", form.removesuffix("s")))

    def _stands(self, form: str) -> bool:
        squeezed, borders = self._atoms
        place = squeezed.find(form)
        while place >= 0:
            if place in borders and place + len(form) in borders:
                return True
            place = squeezed.find(form, place + 1)
        return False

    def abbreviates(self, form: str) -> bool:
        """Whether the letters are initials of words in a row, small words counted or not: RAG, MoE."""
        return any(form.removesuffix("s") in initials for initials in self._initials)

    def has_derived(self, word: str) -> bool:
        """Whether a word is made from this one: Gaussian from Gauss, Lagrangian from Lagrange."""
        return len(word) > 3 and any(
            each.startswith(word[:-1]) and each.endswith(("an", "ic", "ist")) for each in self.words
        )


_WORD_OR_NUMBER = re.compile(r"[a-z0-9]+")


def _foreign(analysis: Analysis, source: _Folded) -> Iterator[str]:
    """Names of the text, with a capital or a digit, that the source has in no spelling."""
    prose = analysis.text_prose
    for match in _LATIN.finditer(prose):
        word = _unaccented(match[0])
        if (word.islower() and word.isalpha()) or _CATEGORY.fullmatch(word):
            continue  # the rules `mixed` and `boilerplate` speak of these
        form = _squeezed(word)
        if source.has(form) or form in _SYMBOLS:
            continue
        if re.search(r"\d\s?$", prose[max(0, match.start() - 2) : match.start()]):
            continue  # a unit
        parts = [part for part in re.split(r"-|\+|\.(?!\d)|(?<!\d)\.", word) if not part.islower()]
        if all(_is_known(part, source) for part in parts) and _has_numbers(word, source):
            continue
        known = _glossary_words(analysis.case.terms)
        if form.removesuffix("s") in known or all(_squeezed(part) in known for part in parts):
            continue
        yield match[0]


def _is_known(part: str, source: _Folded) -> bool:
    form = _squeezed(part)
    if len(form) < 2 or form in _SYMBOLS or source.has(form):
        return True
    if part.isalpha() and sum(map(str.isupper, part)) >= 2 and source.abbreviates(form):
        return True
    return part.istitle() and part.isalpha() and source.has_derived(form)


def _has_numbers(word: str, source: _Folded) -> bool:
    """Whether the source has each number of a name behind the word it belongs to: the 4 of GPT-4, of "GPT-3.5 and 4"."""
    return all(
        re.search(
            rf"{re.escape(name)}s?[^a-z]{{0,12}}(?:(?:and|or|to)[^a-z]{{0,6}})?(?<![\d.]){re.escape(number)}(?![\d])",
            source.plain.lower(),
        )
        for name, number in re.findall(r"([a-z]+)-(\d[\d.]*)(?![\da-z])", word.lower())
    )


@lru_cache(maxsize=64)
def _glossary_words(terms: tuple[Term, ...]) -> set[str]:
    """Latin words of the terms of a paper: LoRA, Text-to-SQL, the KV of KV 缓存."""
    texts = (text for term in terms for text in (term.english, *term.spellings, *term.zh, *term.tolerated))
    return {_squeezed(word).removesuffix("s") for text in texts for word in _LATIN.findall(text)}


_BETWEEN = re.compile(r"[\s.+_/-]")


@lru_cache(maxsize=1024)
def _squeezed(text: str) -> str:
    return _BETWEEN.sub("", text).lower()


_STROKES = str.maketrans(
    {"Ł": "L", "ł": "l", "Ø": "O", "ø": "o", "Đ": "D", "đ": "d", "ß": "ss", "Æ": "Ae", "æ": "ae", "ı": "i"}
)


def _unaccented(text: str) -> str:
    if text.isascii():  # mutant: only faster
        return text
    letters = unicodedata.normalize("NFKD", text.translate(_STROKES))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


# ── in another one's place ──

_ANY_NAME = re.compile(
    r"[A-Z](?<![A-Za-z0-9-].)(?:[a-z]+[A-Z0-9][A-Za-z0-9]*|[A-Z]+[A-Za-z0-9]*|[A-Za-z]+(?=-\d))(?:-[A-Za-z0-9.]*[A-Za-z0-9])*"
)


def _swapped(analysis: Analysis) -> Iterator[str]:
    """On sentences that render each other: a name of another sentence stands where one of this sentence's is missing.

    In the whole text, too, the one comes more and the other less often than in the source: a name said once more instead
    of "it", or an acronym put in words, is no exchange.
    """
    in_source, in_text = (Counter(_names_in(side)) for side in (analysis.source_prose, analysis.text_prose))
    fewer, more = in_source - in_text, in_text - in_source
    if not fewer or not more:  # mutant: only faster
        return
    for english, chinese in analysis.pairs:
        here, there = (Counter(_names_in(side)) for side in (english, chinese))
        gone, added = (here - there).keys() & fewer.keys(), (there - here).keys() & more.keys()
        gone = {each for each in gone if not _is_rendered(each, analysis, chinese)}
        if here.total() != there.total() or not gone or not added:
            continue
        words = _Folded(english)
        added = {each for each in added if (each in here or not words.has(each)) and not words.abbreviates(each)}
        if added:
            yield f"名称{_shown(gone, english)}处写成了{_shown(added, chinese)}：{quoted(chinese)}"
            return


def _shown(forms: set[str], sentence: str) -> str:
    return quoted(next(found for found in _ANY_NAME.findall(sentence) if _name_form(found) in forms))


def _names_in(text: str) -> list[str]:
    return [_name_form(found) for found in _ANY_NAME.findall(text)]


@lru_cache(maxsize=1024)
def _name_form(name: str) -> str:
    """LLM of "LLMs" and of "LLM-based", whose second part is Chinese in a translation."""
    return _singular(_ENGLISH_PART.sub("", name))


_ENGLISH_PART = re.compile(r"(?:-[a-z]+)+$")
