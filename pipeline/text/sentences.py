"""Where sentences end, in English abstracts and in Chinese translations; what must stay whole is said by spans.py.

Own code: on 137 abstracts of one announcement day pysbd 0.3.4 cuts before each "(i)" of a list, and syntok 1.4.4
passes over a full stop after a decimal number.
"""

import re

from pipeline.text.spans import MARK, find_spans


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NEVER_LAST = _words("e.g i.e eg ie vs v.s cf dr prof mr mrs ms viz approx w.r.t wrt resp s.t incl excl esp")
"""Abbreviations something always follows."""
_SELDOM_LAST = _words(
    "al etc fig figs eq eqs eqn eqns sec secs sect tab ref refs thm prop lem def app ch chap vol no nos ca st ex ed eds"
    " inc ltd co corp jr sr dept univ"
)
"""Abbreviations that end a sentence only before a word that opens one; initials (J. Smith) and what is dotted
inside (U.S., i.i.d., Ph.D.) are treated like them."""
_OPENERS = _words(
    "additionally after all although an and as at based both but by code compared consequently despite each existing"
    " experimental experiments extensive finally first for from furthermore given here hence how however if in instead"
    " it its many meanwhile moreover most nevertheless notably on our overall prior recent results second several since"
    " so some specifically such that the their then there therefore these they third this those though through thus to two"
    " under unlike using we what when where whereas whether which while why with within without yet you"
)
"""Words that open sentences and are no part of a name: they decide where a full stop alone cannot."""

_ENGLISH_STOP = re.compile(
    r"""(?P<stop>\.+|…|[!?]+)(?P<closers>["'”’)\]}]*)(?:\s+|(?=(?<=[a-z)]\.)[A-Z][a-z]*\s))(?=\S)"""
)
_CHINESE_STOP = re.compile(r"""(?P<stop>[。！？!?]+|\.+)(?P<closers>(?:[”’」』）)】》\]]|["'](?=\s|[，。]|$))*)""")
_LAST_WORD = re.compile(r"""[^\s()\[\]{}"“”'‘’`/–—，。、；：]*$""")
_NEXT_WORD = re.compile(r"""\s*["“‘'`*]*([\w'’-]*)""")
_INITIAL_OR_DOTTED = re.compile(r"[a-z]|.*[a-z]\.[a-z]{1,2}")
_ITEM_NUMBER = re.compile(r"(?:^|[:;,]\s+|[a-z)]{4}[.!?]\s+)\d{1,2}$")
_PAIRS = {")": "(", "]": "[", "}": "{", "”": "“", "）": "（", "】": "【", "》": "《", "」": "「", "』": "『"}


def split_english(text: str) -> list[str]:
    """The sentences of an abstract, stripped: joined with spaces they are the abstract but for white space.

    A full stop with no space behind it ("…inference.In this paper") ends a sentence too, if the next word opens one.
    """
    stops = [stop for stop in _ENGLISH_STOP.finditer(text) if _ends_english(text, stop)]
    return _pieces(text, [stop.end("closers") for stop in stops])


def split_chinese(text: str) -> list[str]:
    """The sentences of a Chinese text, stripped. Neither ；ends one nor the ？of a question quoted inside."""
    stops = [stop for stop in _CHINESE_STOP.finditer(text) if _ends_chinese(text, stop)]
    return _pieces(text, [stop.end("closers") for stop in stops])


def _ends_english(text: str, stop: re.Match[str]) -> bool:
    following = _word_after(text, stop.end("closers"))
    opens = following[:1].isupper() and following.casefold() in _OPENERS
    if stop.end("closers") == stop.end():
        return opens
    if stop["stop"] != ".":
        return not following[:1].islower()
    return _full_stop_ends(text[: stop.start()], following)


def _ends_chinese(text: str, stop: re.Match[str]) -> bool:
    rest = text[stop.end() :]
    if re.match(r"\s*[，、；：,;:]", rest):
        return False
    if stop["stop"].startswith("."):
        apart = not rest or rest[0].isspace() or _is_han(rest[0])
        return apart and stop["stop"] == "." and _full_stop_ends(text[: stop.start()], _word_after(text, stop.end()))
    goes_on = stop["stop"][-1] in "！？!?" and stop["closers"] and _is_han(rest[:1])
    return not goes_on


def _full_stop_ends(before: str, following: str) -> bool:
    """Whether a full stop between these ends a sentence, not an abbreviation, an initial or an item's number."""
    found = _LAST_WORD.search(before[-60:])
    word = found[0].casefold() if found else ""
    opens = following[:1].isupper() and following.casefold() in _OPENERS
    if word in _NEVER_LAST or _ITEM_NUMBER.search(before):
        return False
    if word in _SELDOM_LAST or _INITIAL_OR_DOTTED.fullmatch(word):
        return opens or _is_han(following[:1])
    if following[:1].islower() and following.isalpha() and following.islower():
        # A name in lower case (mamba is …) or a careless author, unless a short word is an abbreviation unknown here.
        return following in _OPENERS or not (word.isalpha() and len(word) < 4)
    return True


def _word_after(text: str, position: int) -> str:
    found = _NEXT_WORD.match(text, position)
    return found[1] if found else ""


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


def _wholes(text: str) -> list[tuple[int, int]]:
    """What is never split: protected spans, marks, and what stands between two brackets that belong together."""
    protected = [(span.start, span.end) for span in find_spans(text)] + [mark.span() for mark in MARK.finditer(text)]
    pairs, opened = [], list[tuple[str, int]]()
    for position, character in enumerate(text):
        if character in _PAIRS.values() and not _inside(protected, position):
            opened.append((character, position))
        elif opened and _PAIRS.get(character) == opened[-1][0] and not _inside(protected, position):
            pairs.append((opened.pop()[1], position + 1))
    return protected + pairs


def _inside(wholes: list[tuple[int, int]], position: int) -> bool:
    return any(start < position < end for start, end in wholes)


def _pieces(text: str, ends: list[int]) -> list[str]:
    wholes = _wholes(text)
    cuts = [end for end in ends if not _inside(wholes, end)]
    pieces = [text[start:end].strip() for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    return [segment for segment in pieces if segment]
