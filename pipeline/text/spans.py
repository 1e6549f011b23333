"""Protected spans (formulas, URLs, code), which a translation must keep unchanged, and the marks (placeholders) for
them."""

import bisect
import re
from functools import lru_cache
from typing import Literal, NamedTuple

from pipeline.text.han import HAN

Kind = Literal["formula", "url", "code"]


class Span(NamedTuple):
    start: int
    end: int
    kind: Kind
    text: str


class Masked(NamedTuple):
    text: str
    spans: tuple[str, ...]
    """⟦1⟧ in the text stands for spans[0]; every occurrence has its own mark."""


MARK = re.compile(
    r"""(?: (?P<double>\[\[) | [⟦〚【〖] | [\[［](?=\s*\d+\s*[⟧〛】〗]) )   # [ opens a mark only if ⟧ closes it:
        [^\S\n]* (?P<number>\d{1,4}) [^\S\n]*                              # a bare [1] is a citation
        (?(double)\]\]|[⟧〛】〗\]］])""",
    re.VERBOSE,
)
"""A mark in any form in which models return it: ⟦1⟧, ⟦ 1 ⟧, 〚1〛, 【1】, [[1]], ⟦1]; group "number" is its number."""

_MARK_OPENING = re.compile("[⟦〚【〖\\[［]")


@lru_cache(maxsize=256)
def marks_in(text: str) -> tuple[re.Match[str], ...]:
    return tuple(MARK.finditer(text)) if _MARK_OPENING.search(text) else ()  # hardly any text has one


_ENVIRONMENTS = (
    r"(?:equation|align|alignat|aligned|gather|multline|flalign|eqnarray|math|displaymath|array|cases|split|[pbvBV]?matrix)"
    r"\*?"
)
_OPENING = re.compile(
    rf"""\\[\\$`{{}}]                                     # escaped: opens nothing
       | (?P<tex>\\\( | \\\[ | \\begin\{{(?P<environment>{_ENVIRONMENTS})\}})
       | (?P<dollar>\$\$?)
       | (?P<url>(?<![A-Za-z0-9])(?:https?://(?=[A-Za-z0-9])|www\.(?=[A-Za-z0-9-]+\.[A-Za-z]))
                 (?:[A-Za-z0-9\-._~:/?\#@!&'()*+,;=%]|\\[_%\#&~])+)
       | (?P<code>`+)""",
    re.VERBOSE,
)
_CANDIDATE = re.compile(r"\\|\$|`|https?://|www\.")
"""What all that _OPENING finds begins with, much faster to search for."""
_DOLLAR_OR_BRACE = re.compile(r"\\[\\$`{}]|[{}$]|\n\s*\n")
_LONGEST_INLINE = 1000
"""Characters."""
_DEEPEST = 20
"""Braces within braces; with the length it keeps a text of unclosed ones from costing seconds."""
_CODE = re.compile(r"(?!\s)[^`\n]+(?<!\s)`(?!`)")
_GROUP = re.compile(r"\{[^{}]*\}")
_COMMAND = re.compile(r"\\[A-Za-z]+")
_PROSE = re.compile(
    rf"""[A-Za-z]{{2,}}[,;:.)]*\s+\(?[A-Za-z]{{2,}}           # two words in a row
      | ^\s+[A-Za-z]{{2,}}\s | \s[A-Za-z]{{2,}}[,;:.]?\s+$     # a word between two formulas, or after a price
      | [\u3001\u3002{HAN}\uff01-\uff1f]           # Chinese""",
    re.VERBOSE,
)


@lru_cache(maxsize=256)  # questions, rules and sentences need the spans of the same texts
def find_spans(text: str) -> tuple[Span, ...]:
    """The spans in order; they overlap neither each other nor a mark in the text.

    Numbers in dollars (`$5$`, `$87\\%$`) are formulas; prices (`$5 to $10`) and single `$` are not.
    A URL ends before the punctuation of the sentence, and before Chinese.
    """
    spans: list[Span] = []
    position = 0
    marks = marks_in(text)
    starts, ends = [mark.start() for mark in marks], [mark.end() for mark in marks]
    while candidate := _CANDIDATE.search(text, position):
        opening = _OPENING.match(text, candidate.start())
        if not opening:
            position = candidate.start() + 1
            continue
        start, position = opening.span()
        found = _span_end(text, opening)
        next_mark = bisect.bisect_right(ends, start)
        if found and (next_mark == len(marks) or starts[next_mark] >= found[0]):
            position = found[0]
            spans.append(Span(start, position, found[1], text[start:position]))
        elif opening["dollar"]:
            position = start + 1  # the second of $$ may open a formula of its own
    return tuple(spans)


def _span_end(text: str, opening: re.Match[str]) -> tuple[int, Kind] | None:
    """(end, kind) of the span that opens here; None if it is not a span."""
    end: int | None = None
    kind: Kind = "formula"
    if opening["tex"]:
        environment = opening["environment"]
        closing = f"\\end{{{environment}}}" if environment else {"(": r"\)", "[": r"\]"}[opening["tex"][1]]
        end = _after(text, closing, opening.end())
    elif opening["dollar"]:
        end = _display_end(text, opening.end()) if opening["dollar"] == "$$" else _inline_end(text, opening.end())
    elif opening["url"]:
        kind, end = "url", opening.start() + len(_trimmed(opening["url"]))
    elif opening["code"] == "`":
        kind, end = "code", _code_end(text, opening.end())
    return (end, kind) if end else None


def _after(text: str, closing: str, start: int) -> int | None:
    found = text.find(closing, start)
    return found + len(closing) if found > start and "\n\n" not in text[start:found] else None


def _display_end(text: str, start: int) -> int | None:
    end = _after(text, "$$", start)
    return end if end and not _is_prose(text[start : end - 2]) else None


def _inline_end(text: str, start: int) -> int | None:
    r"""After the `$` that closes the formula; dollars inside braces belong to it (`\text{if $x$}`)."""
    depth = 0
    for token in _DOLLAR_OR_BRACE.finditer(text, start, start + _LONGEST_INLINE):
        depth += {"{": 1, "}": -1}.get(token[0], 0)
        if not 0 <= depth <= _DEEPEST or token[0].isspace():
            return None
        if token[0] == "$" and depth == 0:
            return (
                token.end() if _is_formula(text[start : token.start()], text[token.end() : token.end() + 1]) else None
            )
    return None


def _is_formula(content: str, following: str) -> bool:
    """Whether the dollars around the content delimit a formula, and are not prices or a single dollar."""
    if not content.strip() or _is_prose(content):
        return False
    if re.search(r"[\\^_{]", content):
        return True
    if content[0].isdigit() and following.isdigit():
        return False  # $5-$10
    opens_another = content[-1] in " \n([" and not re.match(r"[\s.,;:!?)\]}%/–—-]|$", following)
    return not opens_another  # $1,000 ($p$ = .05)


def _is_prose(content: str) -> bool:
    groups = 1
    while groups:
        content, groups = _GROUP.subn("", content)
    return bool(_PROSE.search(_COMMAND.sub(r"\\", content)))


def _trimmed(url: str) -> str:
    """Without the punctuation of the sentence around it."""
    while url[-1] in ".,;:!?'*" or (url[-1] == ")" and url.count(")") > url.count("(")):
        url = url[:-1]
    return url


def _code_end(text: str, start: int) -> int | None:
    """After the backtick that closes the code; a LaTeX quotation (`so') is not code."""
    found = _CODE.match(text, start)
    if not found:
        return None
    quotes = re.sub(r"\w'\w", "", found[0]).count("'")
    return found.end() if quotes % 2 == 0 else None


@lru_cache(maxsize=256)
def mask(text: str, first: int = 1) -> Masked:
    """The text with a mark for each span, and for anything that already looks like a mark, so that `restore` can undo
    it.

    Marks are numbered from `first`, for several texts in one question.
    """
    places = sorted([(s.start, s.end) for s in find_spans(text)] + [m.span() for m in marks_in(text)])
    masked, position = "", 0
    spans: list[str] = []
    for start, end in places:
        masked += f"{text[position:start]}⟦{first + len(spans)}⟧"
        spans.append(text[start:end])
        position = end
    return Masked(masked + text[position:], tuple(spans))


def restore(text: str, spans: tuple[str, ...]) -> str:
    """The text with marks replaced by their spans; a mark without a span stays."""
    if not spans:
        return text

    def span_of(mark: re.Match[str]) -> str:
        number = int(mark["number"])
        return spans[number - 1] if 1 <= number <= len(spans) else mark[0]

    return MARK.sub(span_of, text)
