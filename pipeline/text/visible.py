"""Invisible characters: `cleaned` removes them from input, `visible` shows them as � in output."""

import re

_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufffe\uffff\ud800-\udfff]"
)
"""Invisible controls that change how text is displayed, above all its direction, and characters that XML forbids;
without the zero-width joiners, which Persian needs."""

_MEANINGLESS = (
    # Default_Ignorable_Code_Point (https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt): soft hyphen,
    # zero-width and direction marks, Hangul and Khmer fillers, variation selectors, tags. None has a meaning in Chinese.
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    # Controls but for tab and newline, interlinear annotations, and code points that are no characters.
    "\x00-\x08\x0b-\x1f\x7f-\x9f\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff"
)
_TAKEN_OUT = re.compile(f"[{_MEANINGLESS}]")
_LINE_END = re.compile("\r\n?|[\x85\u2028\u2029]")
_UNCLEAN = re.compile(f"[{_MEANINGLESS}\u2028\u2029\ud800-\udfff]")


def visible(text: str) -> str:
    return _INVISIBLE.sub("�", text)


def cleaned(text: str) -> str:
    """The text without controls, lone surrogates and invisible characters; every line ends in \\n.

    Surrogate pairs that arrived as two escapes are joined. No visible character is lost.
    """
    if not _UNCLEAN.search(text):
        return text
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    return _TAKEN_OUT.sub("", _LINE_END.sub("\n", whole))
