"""Typesets Chinese: space between Han and Latin, full-width punctuation, one kind of quotation marks.

Formulas, URLs and code stay unchanged. Used only for documents that people read, not for stored answers and stage
files.
"""

import re
from functools import lru_cache

from pipeline.text.han import HAN, has_han
from pipeline.text.spans import MARK, mask

_LATIN = r"A-Za-z0-9\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0370-\u04ff"
"""Greek and Cyrillic too."""
_WIDE = str.maketrans(",;:!?", "，；：！？")
_CORNERS = str.maketrans("「」『』", "“”‘’")
_QUOTED = re.compile(r'"([^"\n]+)"')
_BRACKETS = re.compile(rf"(?<=[{HAN}”])\s*\(([^()\n]*)\)")
# Each begins with the sign it is about, so that it is fast to search for.
_STOP = re.compile(rf"[,;:!?](?:(?<=[{HAN}”）].)|(?<=[^\s“‘（），。、；：！？,;:!?][,;:])(?=[^\S\n]*[{HAN}]))[^\S\n]*")
_FULL_STOP = re.compile(rf"\.(?<=[{HAN}”）].)(?=[”）]|\s|$|[{HAN}])[^\S\n]*")
_GAP = re.compile(rf"[{HAN}](?=[{_LATIN}$&@#(\[])|(?:[{_LATIN}%‰°)\]]|[+#](?<=[{_LATIN}+].))(?=[{HAN}])")
"""No space beside signs such as - ~ <: 人-机, 在~5%."""
_TIGHT = re.compile(
    rf" (?:(?<=[{HAN}] ) *(?=“)|(?<=[”…] ) *(?=[{HAN}])|(?<=[“‘（），。、；：！？] ) *|(?<!  ) *(?=[”’（），。、；：！？]))"
)
"""Spaces beside full-width punctuation, which are removed."""


@lru_cache(maxsize=4096)
def typeset(text: str) -> str:
    """The typeset text. Idempotent. Remembered for a day of a thousand papers: its page, the feed, the search and the home
    all show it."""
    masked = mask(text)
    prose = _QUOTED.sub(r"“\1”", masked.text.translate(_CORNERS))
    prose = _BRACKETS.sub(r"（\1）", prose)
    prose = _TIGHT.sub("", prose)
    prose = _STOP.sub(lambda match: match[0].strip().translate(_WIDE), prose)
    prose = _FULL_STOP.sub("。", prose)
    prose = _TIGHT.sub("", _GAP.sub(r"\g<0> ", prose))

    def back(match: re.Match[str]) -> str:
        span = masked.spans[int(match["number"]) - 1]
        if MARK.fullmatch(span):  # a text that only looks like one of our marks, such as 【1】
            return span
        before, after = (
            " " if has_han(each) else ""
            for each in (match.string[: match.start()][-1:], match.string[match.end() :][:1])
        )
        return f"{before}{span}{after}"

    return MARK.sub(back, prose) if masked.spans else prose
