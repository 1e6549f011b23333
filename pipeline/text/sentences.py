"""Splits English abstracts and Chinese translations into sentences; protected spans (spans.py) stay whole.

Our own code, because on 137 abstracts of one announcement day pysbd 0.3.4 splits before each "(i)" of a list, and
syntok 1.4.4 misses a full stop after a decimal number.
"""

import bisect
import re

from pipeline.text.han import has_han
from pipeline.text.spans import find_spans, marks_in


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NEVER_LAST = _words("e.g i.e eg ie vs v.s cf dr prof mr mrs ms viz approx w.r.t wrt resp s.t incl excl esp")
"""Abbreviations that never end a sentence."""
_SELDOM_LAST = _words(
    "al etc fig figs eq eqs eqn eqns sec secs sect tab ref refs thm prop lem def app ch chap vol no nos ca st ex ed eds"
    " inc ltd co corp jr sr dept univ"
)
"""Abbreviations that end a sentence only before a word that opens one; initials (J. Smith) and abbreviations
with inner full stops (U.S., i.i.d., Ph.D.) are treated like them."""
_OPENERS = _words(
    "additionally after all although an and as at based both but by code compared consequently despite each existing"
    " experimental experiments extensive finally first for from furthermore given here hence how however if in instead"
    " it its many meanwhile moreover most nevertheless notably on our overall prior recent results second several since"
    " so some specifically such that the their then there therefore these they third this those though through thus to two"
    " under unlike using we what when where whereas whether which while why with within without yet you"
)
"""Words that begin sentences and are not part of names; they decide ambiguous full stops."""

_ENGLISH_STOP = re.compile(
    r"""(?P<stop>[.…!?](?:(?<=\.)(?<!\.\.)\.*+|(?<=…)|(?<=[!?])(?<![!?].)[!?]*+))(?P<closers>["'”’)\]}]*+)(?:\s+|(?=(?<=[a-z)]\.)[A-Z][a-z]*\s))(?=\S)"""
)
_CHINESE_STOP = re.compile(
    r"""(?P<stop>[。！？!?.](?:(?<=\.)(?<!\.\.)\.*+|(?<=[。！？!?])[。！？!?]*+))(?P<closers>(?:[”’」』）)】》\]]|["'](?=\s|[，。]|$))*+)"""
)
_GOES_ON = re.compile(r"\s*[，、；：,;:]")
_LOOK_BACK = 60
"""Characters before a full stop that can tell what it ends."""
_BETWEEN_WORDS = re.compile(r"""[\s()\[\]{}"“”'‘’`/–—，。、；：]""")
_NEXT_WORD = re.compile(r"""\s*["“‘'`*]*([\w'’-]*)""")
_INITIAL_OR_DOTTED = re.compile(r"[a-z]|.*[a-z]\.[a-z]{1,2}")
_ITEM_NUMBER = re.compile(r"(?:^|[:;,]\s+|[a-z)]{4}[.!?]\s+)\d{1,2}$")
_PAIRS = {")": "(", "]": "[", "}": "{", "”": "“", "）": "（", "】": "【", "》": "《", "」": "「", "』": "『"}
_BRACKET = re.compile("[" + re.escape("".join([*_PAIRS, *_PAIRS.values()])) + "]")


def split_english(text: str) -> list[str]:
    """The sentences of an abstract, stripped; joined with spaces they are the abstract, except for white space.

    A full stop without a space after it ("…inference.In this paper") also ends a sentence, if the next word is an
    opener.
    """
    stops = [stop for stop in _ENGLISH_STOP.finditer(text) if _ends_english(text, stop)]
    return _pieces(text, [stop.end("closers") for stop in stops])


def split_chinese(text: str) -> list[str]:
    """The sentences of a Chinese text, stripped. Neither ；nor the ？of a question quoted inside ends a sentence."""
    stops = [stop for stop in _CHINESE_STOP.finditer(text) if _ends_chinese(text, stop)]
    return _pieces(text, [stop.end("closers") for stop in stops])


def _ends_english(text: str, stop: re.Match[str]) -> bool:
    following = _word_after(text, stop.end("closers"))
    opens = following[:1].isupper() and following.casefold() in _OPENERS
    if stop.end("closers") == stop.end():
        return opens
    if stop["stop"] != ".":
        return not following[:1].islower()
    return _full_stop_ends(text, stop.start(), following)


def _ends_chinese(text: str, stop: re.Match[str]) -> bool:
    if _GOES_ON.match(text, stop.end()):
        return False
    next_character = text[stop.end() : stop.end() + 1]
    if stop["stop"].startswith("."):
        apart = not next_character or next_character.isspace() or has_han(next_character)
        return apart and stop["stop"] == "." and _full_stop_ends(text, stop.start(), _word_after(text, stop.end()))
    goes_on = stop["stop"][-1] in "！？!?" and stop["closers"] and has_han(next_character)
    return not goes_on


def _full_stop_ends(text: str, place: int, following: str) -> bool:
    """Whether the full stop here ends a sentence, not an abbreviation, an initial or an item's number."""
    start = max(0, place - _LOOK_BACK)  # a search from further back would make a text of full stops quadratic
    word = _BETWEEN_WORDS.split(text[start:place])[-1].casefold()
    opens = following[:1].isupper() and following.casefold() in _OPENERS
    if word in _NEVER_LAST or (word.isdigit() and _ITEM_NUMBER.search(text, start, place)):
        return False
    if word in _SELDOM_LAST or _INITIAL_OR_DOTTED.fullmatch(word):
        return opens or has_han(following[:1])
    if following[:1].islower() and following.isalpha() and following.islower():
        # The next sentence may begin in lower case (mamba is …), unless the word before is short: then it may be an
        # abbreviation.
        return following in _OPENERS or not (word.isalpha() and len(word) < 4)
    return True


def _word_after(text: str, position: int) -> str:
    found = _NEXT_WORD.match(text, position)
    return found[1] if found else ""


def _wholes(text: str) -> list[tuple[int, int]]:
    """The ranges that are never split, in order and not nested: protected spans, marks, and pairs of brackets with
    their content."""
    protected = _outermost(
        [(span.start, span.end) for span in find_spans(text)] + [mark.span() for mark in marks_in(text)]
    )
    pairs, opened = [], list[tuple[str, int]]()
    spans = iter([*protected, (len(text), len(text))])
    start, end = next(spans)
    for bracket in _BRACKET.finditer(text):
        position = bracket.start()
        while position >= end and start < len(text):
            start, end = next(spans)
        if start < position < end:
            continue
        character = bracket[0]
        if character not in _PAIRS:
            opened.append((character, position))
        elif opened and _PAIRS[character] == opened[-1][0]:
            pairs.append((opened.pop()[1], position + 1))
    return _outermost(protected + pairs)


def _outermost(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The ranges that are not inside another one, in order."""
    kept, reached = [], -1
    for start, end in sorted(ranges, key=lambda each: (each[0], -each[1])):
        if end > reached:
            kept.append((start, end))
            reached = end
    return kept


def _pieces(text: str, ends: list[int]) -> list[str]:
    wholes = _wholes(text) if ends else []
    starts = [start for start, _ in wholes]
    cuts = []
    for place in ends:
        before = bisect.bisect_left(starts, place) - 1  # the last that begins before it reaches furthest
        if before < 0 or wholes[before][1] <= place:
            cuts.append(place)
    pieces = [text[start:end].strip() for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    return [segment for segment in pieces if segment]
