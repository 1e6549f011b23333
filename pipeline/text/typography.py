"""Chinese as it is set: space between Han and Latin, full-width punctuation, one kind of quotation marks. Home of pangu.

Formulas, addresses and code stay as they are. Only for what is rendered: kept answers and stage files never pass here.
"""

import re

import pangu

from pipeline.text.spans import MARK, mask

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff"
_WIDE = str.maketrans(",;:!?", "，；：！？")
_QUOTED = re.compile(r'"([^"\n]+)"|「([^「」\n]*)」')
_BRACKETS = re.compile(rf"(?<=[{_HAN}”])\s*\(([^()\n]*)\)")
_STOP = re.compile(rf"(?<=[{_HAN}”）])([,;:!?])[^\S\n]*")
_FULL_STOP = re.compile(rf"(?<=[{_HAN}”）])\.(?=[”）]|\s|$|[{_HAN}])[^\S\n]*")
_TIGHT = re.compile(
    rf"(?<=[{_HAN}]) +(?=“)|(?<=[”…]) +(?=[{_HAN}])|(?<=[“‘（]) +| +(?=[”’），。、；：！？])|(?<=[），。、；：！？]) +"
)
"""Where full-width punctuation brings its own room."""


def typeset(text: str) -> str:
    """The same words; setting what is set changes nothing."""
    masked = mask(text)
    prose = _QUOTED.sub(lambda match: f"“{match[1] or match[2] or ''}”", masked.text)
    prose = _BRACKETS.sub(r"（\1）", prose)
    prose = _STOP.sub(lambda match: match[1].translate(_WIDE), prose)
    prose = _FULL_STOP.sub("。", prose)
    prose = _TIGHT.sub("", pangu.space_text(prose))

    def back(match: re.Match[str]) -> str:
        span = masked.spans[int(match["number"]) - 1]
        if MARK.fullmatch(span):  # a text that only looks like one of our marks, such as 【1】
            return span
        before, after = (
            " " if _is_han(each) else ""
            for each in (match.string[: match.start()][-1:], match.string[match.end() :][:1])
        )
        return f"{before}{span}{after}"

    return MARK.sub(back, prose)


def _is_han(character: str) -> bool:
    return bool(re.match(rf"[{_HAN}]", character))
