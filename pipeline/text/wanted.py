"""Finds the words a reader wants, or does not want, in a paper: words, phrases and authors, Chinese or English.

Case, accents, full width and traditional characters are no matter, nor is a hyphen or a space between two words. A Latin word
is found whole, or as its plural; Chinese is found anywhere. render/site.js does the same in a browser.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.text.han import HAN, simplified_forms

_PART = re.compile(rf"[{HAN}]+|[^{HAN}\s\u2010-\u2013-]+")
_LETTER = rf"[^\W_{HAN}]"
_INITIAL = re.compile(r"(?<=\w )\w\.? (?=\w)")


@dataclass(frozen=True)
class WantedIn:
    """What to look for in a paper."""

    interests: tuple[str, ...] = ()
    mute: tuple[str, ...] = ()

    def __call__(self, authors: Sequence[str], texts: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The interests and the muted words that it has; an interest wins over all that is muted."""
        if not (self.interests or self.mute):
            return (), ()
        names = (name for each in authors for name in (each, _INITIAL.sub("", each)))
        text = folded("\n".join((*texts, *names)))
        interests = tuple(word for word in self.interests if pattern(word).search(text))
        return interests, () if interests else tuple(word for word in self.mute if pattern(word).search(text))


NOTHING_WANTED = WantedIn()


def folded(text: str) -> str:
    """The text in the form in which all ways to write it are the same."""
    bare = "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    return unicodedata.normalize("NFKC", bare).lower().translate(_simplified())


@lru_cache(maxsize=1024)
def pattern(word: str) -> re.Pattern[str]:
    """Of a wanted word, to search a folded text with."""
    word = folded(word)
    parts = [re.escape(part) for part in _PART.findall(word)]
    found = r"[\s\u2010-\u2013-]?".join(parts)
    if re.match(_LETTER, word):
        found = rf"(?<!{_LETTER}){found}"
    if re.search(rf"{_LETTER}$", word):
        found = rf"{found}(?:e?s)?(?!{_LETTER})"
    return re.compile(found)


def simplified_pairs() -> str:
    """Each traditional character of everyday use, and its simplified form after it: for a page that has no OpenCC."""
    return "".join(a + b for a, b in simplified_forms().items() if _is_common(a))


@lru_cache(maxsize=1)
def _simplified() -> dict[int, str]:
    pairs = simplified_pairs()
    return {ord(a): b for a, b in zip(pairs[::2], pairs[1::2], strict=True)}


def _is_common(character: str) -> bool:
    """Whether it is among the 5,401 of Big5's first level (https://moztw.org/docs/big5/)."""
    try:
        return b"\xa4\x40" <= character.encode("big5") <= b"\xc6\x7e"
    except UnicodeEncodeError:
        return False
