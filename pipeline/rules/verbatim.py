"""What a translation carries over: formulas by what they say, URLs letter by letter; both are rejected when touched."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from pipeline.rules.analysis import Analysis, Side, quoted
from pipeline.rules.quantities import digits_in, values_in
from pipeline.text.notation import canonical, loosely, times_said
from pipeline.text.spans import Span


def formula(analysis: Analysis) -> Iterator[str]:
    r"""Formulas lost, changed or invented. How they are set does not matter: $α$, \(\alpha\) and α say the same; what is only
    notation is text (notation.py), and its numbers are the rule number's."""
    source, text = analysis.plain_source, analysis.plain_text
    yield from _lost_scripts(source, text)
    if not any(span.kind == "formula" for span in (*source.spans, *text.spans)):  # mutant: only faster
        return
    known = {canonical(span.text) for span in source.spans}
    foreign = [span for span in text.spans if span.kind == "formula" and canonical(span.text) not in known]
    if not analysis.is_one_liner:
        for shown, times in _fewer(analysis):
            if not times:
                yield f"原文的公式{quoted(shown)}在译文中丢失或改变"
    for shown in dict.fromkeys(span.text for span in foreign):
        if not _is_stated(shown, source):
            yield f"公式{quoted(shown)}是原文没有的"
    # A translation may name a formula once more than its source; twice in a row it only stutters.
    for first, second in pairwise(span for span in analysis.text_spans if span.kind == "formula"):
        between = analysis.text[first.end : second.start]
        if first.text == second.text and not between.strip() and f"{first.text}{first.text}" not in analysis.source:
            yield f"公式{quoted(first.text)}连写了两遍"


def formula_again(analysis: Analysis) -> Iterator[str]:
    """Formulas that the text says, but less often than the source; a translation may say "it" instead, or have lost one."""
    for shown, times in _fewer(analysis):
        if times:
            yield f"公式{quoted(shown)}在译文中比原文少（译文 {times} 次）"


def _fewer(analysis: Analysis) -> Iterator[tuple[str, int]]:
    """Formulas that the text says less often than the sentences it translates, and how often it does, in whatever way."""
    needed: Counter[str] = Counter()
    shown: dict[str, str] = {}
    for span in analysis.plain_translated.spans:
        if span.kind == "formula":
            needed[canonical(span.text)] += 1
            shown.setdefault(canonical(span.text), span.text)
    if not needed:  # mutant: only faster
        return
    text = analysis.plain_text
    there = [span for span in text.spans if span.kind == "formula"]
    found = Counter(canonical(span.text) for span in there)
    known = {canonical(span.text) for span in analysis.plain_source.spans}
    rest = loosely(_without(text.text, [span for span in there if canonical(span.text) in known]))
    for content, times in needed.items():
        if found[content] >= times:  # mutant: only faster
            continue
        said = found[content] + times_said(shown[content], rest)
        if said >= times or (
            not said
            and (
                _is_said_in_words(content, rest)
                or _is_said_by_a_word(content, loosely(text.text))
                or _values(content) & values_in(text.text)
            )
        ):
            continue
        yield shown[content], said


_SCRIPT = re.compile("[⁰¹²³⁴-⁹₀-₉]")
_SCRIPTED = re.compile(
    r"(?<![A-Za-z0-9])(?=[A-Za-z]*[A-Z])[A-Za-z]{1,20}[⁰¹²³⁴-⁹₀-₉]{1,3}[A-Za-z]{0,20}(?![A-Za-z0-9])"
)
"""A name or symbol with a raised or lowered number: CO₂, S³IT."""


def _lost_scripts(source: Side, text: Side) -> Iterator[str]:
    """CO instead of CO₂; what Chinese has a word for (二氧化碳) is all right."""
    if not _SCRIPT.search(source.text):  # mutant: only faster
        return
    for word in dict.fromkeys(_SCRIPTED.findall(source.text)):
        bare = re.sub("[^A-Za-z]", "", word)
        if times_said(bare, loosely(text.text)) and not times_said(bare, loosely(source.text)):
            yield f"原文的{quoted(word)}在译文中成了{quoted(bare)}"


def _without(text: str, spans: list[Span]) -> str:
    kept, position = [], 0
    for span in spans:
        kept += [text[position : span.start], "\n"]
        position = span.end
    return " ¦ ".join([*kept, text[position:]])


def _is_stated(formula: str, source: Side) -> bool:
    """Whether the source says a formula in plain characters, in words or as part of another, or says its number."""
    content, loose = canonical(formula), loosely(source.text)
    return bool(
        times_said(formula, loose) or _is_said_in_words(content, loose) or _values(content) & values_in(source.text)
    )


_RELATION = re.compile("[=<>≤≥≈~≡∈→≪≫≲≳:]")


def _is_said_in_words(content: str, text: str) -> bool:
    """α=0.5 as "α 为 0.5": the sides of a relation, one soon after the other, and no other relation between them."""
    sides = ["".join(loosely(side).split()) for side in _RELATION.split(content)]
    if len(sides) < 2 or not all(sides):
        return False
    patterns = (" ?".join(map(re.escape, side)) for side in sides)
    between = rf"(?![A-Za-z0-9]){_RELATION.pattern.replace('[', '[^')}{{1,15}}(?<![A-Za-z0-9])"
    return bool(re.search(rf"(?<![A-Za-z0-9]){between.join(patterns)}(?![A-Za-z0-9])", text))


_RELATION_WORDS = {
    "<": "(?<!不)(?:小于|低于|少于)|不到|不足",
    ">": "(?<!不)(?:大于|高于|多于|超过)",
    "≤": "不超过|不大于|不高于|不多于|至多|最多|小于或?等于",
    "≥": "不小于|不低于|不少于|至少|最少|大于或?等于",
    "≪": "远?小于",
    "≫": "远?大于",
    "=": "为|是|等于|取",
    "≈": "约|近",
    "~": "约|近|正比|量级|服从",
    "→": "趋",
    "∈": "属于|在|取自",
}
"""What Chinese says for a relation."""


def _is_said_by_a_word(content: str, text: str) -> bool:
    """m≫n as “m 远大于 n”, ~N^2 as “约为 N^2”."""
    relations = _RELATION.findall(content)
    word = _RELATION_WORDS.get(relations[0]) if len(relations) == 1 else None
    if not word:
        return False
    left, right = (" ?".join(map(re.escape, loosely(side).replace(" ", ""))) for side in content.split(relations[0]))
    left = rf"(?<![A-Za-z0-9]){left}(?![A-Za-z0-9])[^，。；]{{0,6}}" if left else ""
    return bool(right and re.search(rf"{left}(?:{word})[^，。；]{{0,6}}(?<![A-Za-z0-9]){right}(?![A-Za-z0-9])", text))


def _values(content: str) -> frozenset[float]:
    """Of a formula that is a number, 5×10^9: what it may mean."""
    if not any(char.isdigit() for char in content) or any(char.isalpha() for char in content):
        return frozenset()
    quantities = digits_in(re.sub(r"[{}]", "", content))
    if len(quantities) != 1:
        return frozenset()
    power = re.match(r"(\d+(?:\.\d+)?)[×·]10\^", content)
    return quantities[0].values - ({10.0, float(power[1])} if power else set())


def url(analysis: Analysis) -> Iterator[str]:
    """Every character of an address counts, and one that was left out with its sentence is lost all the same."""
    needed, there = (
        dict.fromkeys(span.text for span in spans if span.kind == "url")
        for spans in (analysis.source_spans, analysis.text_spans)
    )
    if not analysis.is_one_liner:
        for address in needed:
            if address not in analysis.text:
                yield f"原文的网址{quoted(address)}在译文中丢失或改变"
    for address in there:
        if address not in analysis.source:
            yield f"网址{quoted(address)}是原文没有的"
