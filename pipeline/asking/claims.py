"""A review of a translation by a second model: its question, its parsed answer, and which of its claims count.

Pure. A claim counts only if its quotes occur literally in the two texts. This module cannot
decide whether a claim is right; whether an omitted passage is expressed elsewhere in other words; whether an addition
follows from the source; or whether the right rendering was chosen for a term that has several in the glossary.
"""

import html
import re
from collections.abc import Collection, Iterable, Mapping

from pipeline.asking.prompts import Prompt
from pipeline.asking.schema import fingerprint
from pipeline.fields import PAPER
from pipeline.records import NAMES, Claim, Message, PaperReview, Record, ReviewResult, Texts
from pipeline.rules.analysis import quoted
from pipeline.text.terms import Term, occurring

KINDS = {
    "meaning": "意思与原文不同",
    "added": "原文没有这个意思",
    "omitted": "原文的意思没有译出",
    "overclaim": "说得比原文更满",
    "term": "术语译成了另一个意思",
    "name": "名称与原文不同",
    "number": "数字或单位与原文不同",
    "grammar": "读不懂",
}
"""Kind → description for readers. The kinds are those of MQM for accuracy and terminology (https://themqm.org), and
grammar."""
SEVERITIES = ("major", "minor")
"""major: it would mislead a researcher."""
ANSWER_SHAPE = """\
只输出标签。每处问题一个 <claim>：
<claim><field>译文的标签名</field><kind>类别</kind><severity>major 或 minor</severity><source>照抄的英文</source><text>照抄的译文</text><fix>改后的译文</fix></claim>
没有问题就只输出：
<none/>
kind：meaning 意思不同，added 凭空增加（source 可留空），omitted 漏译（text 可留空），overclaim 说得过满，term 术语，name 名称，number 数字或单位，grammar 读不懂。severity：会误导研究者的是 major，其余是 minor。"""
"""The end of the part of the question that is the same for all papers."""
LONGEST_QUOTE = 160
"""Characters of a quote shown to readers."""

_PARTS = ("field", "kind", "severity", "source", "text", "fix")
_TAGS = "|".join(("claim", "none", *_PARTS))
_ODD_TAG = re.compile(rf"(?:<|＜|&lt;)\s*([/／]?)\s*({_TAGS})\s*([/／]?)\s*(?:>|＞|&gt;)", re.IGNORECASE)
"""Variants of our tags that some gateways and models write: escaped, full-width, with spaces, in capitals."""
_TAG = re.compile(rf"<(/?)({_TAGS})(/?)>")
_OUR_TAG = re.compile(rf"<(?=\s*/?\s*(?:{'|'.join((*PAPER, *NAMES))}|{_TAGS})\s*/?\s*>)([^<>]*)>", re.IGNORECASE)
_BARE_NONE = re.compile(r"\W*(?:none|无|没有问题)\W*", re.IGNORECASE)
_SAME = str.maketrans(
    {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    | dict(zip(map(ord, "“”‘’‹›"), "\"\"''<>", strict=True))  # straight quotes; ‹ › is what review_block writes
)
"""Characters that count as the same when quotes are compared, one for one."""
_QUOTATION_MARKS = "“”\"'「」『』`"


class Review(Record):
    """An answer in the requested format."""

    claims: tuple[Claim, ...]


def review_messages(prompt: Prompt, paper: Mapping[str, str], texts: Texts) -> tuple[Message, ...]:
    """The question about one paper; the part that is the same for all papers comes first."""
    fixed = "\n".join((prompt.text, ANSWER_SHAPE))
    return Message(role="system", content=fixed), Message(role="user", content=review_block(paper, texts))


def review_block(paper: Mapping[str, str], texts: Texts) -> str:
    """The paper's own texts and the fields under review, each in its tag; formulas as they are. Fields without text are left out."""
    harmless = {name: _OUR_TAG.sub(r"‹\1›", text) for name, text in {**paper, **texts}.items() if text}
    return "\n".join(f"<{name}>{text}</{name}>" for name, text in harmless.items())


def parse_review(answer: str) -> Review | None:
    """The claims in an answer without its thinking; None if it has another format, or a claim has no field or no quote.

    Tolerates any order of tags, variants of brackets, any case, code fences, text around the tags, and unclosed tags.
    """
    said = _ODD_TAG.sub(lambda tag: f"<{tag[1]}{tag[2].lower()}{tag[3]}>".replace("／", "/"), answer)
    _, *bodies = re.split("<claim/?>", said)
    if not bodies:
        return Review(claims=()) if re.search("<none/?>", said) or _BARE_NONE.fullmatch(said) else None
    claims = [_claim(body) for body in bodies]
    if not all(claim.field and (claim.source or claim.text) for claim in claims):
        return None
    return Review(claims=tuple(claims))


def _claim(body: str) -> Claim:
    body = body.partition("</claim>")[0]
    parts = dict.fromkeys(_PARTS, "")
    pieces = _TAG.split(body)[1:]
    for closing, name, empty, said in zip(*(pieces[first::4] for first in range(4)), strict=True):
        if name in parts and not closing and not empty:
            parts[name] = parts[name] or said.strip()
    for name in ("field", "kind", "severity"):
        parts[name] = parts[name].strip(_QUOTATION_MARKS).lower()
    return Claim(**parts)


def founded(
    claims: Iterable[Claim],
    sources: Mapping[str, str],
    texts: Texts,
    glossary: tuple[Term, ...] = (),
    max_claims: int | None = None,
) -> tuple[tuple[Claim, ...], int]:
    """The claims that count, major ones first and each once, and the number of unfounded ones.

    `sources`: field → the English it is checked against; `texts`: field → the Chinese under review; `glossary`: the
    rows that hold for the paper. Claims beyond `max_claims` are in neither.
    """
    looked_at = [grounded(claim, sources, texts, glossary) for claim in claims]
    counting = sorted((claim for claim in looked_at if claim), key=lambda claim: SEVERITIES.index(claim.severity))
    once: dict[tuple[str, str, str], Claim] = {}
    for claim in counting:
        once.setdefault((claim.field, claim.source, claim.text), claim)
    return tuple(once.values())[:max_claims], looked_at.count(None)


def grounded(claim: Claim, sources: Mapping[str, str], texts: Texts, glossary: tuple[Term, ...] = ()) -> Claim | None:
    """The claim with its quotes as spelt in the two texts; None if it does not count."""
    english, chinese = sources.get(claim.field), texts.get(claim.field)
    if not english or not chinese or claim.kind not in KINDS or claim.severity not in SEVERITIES:
        return None
    source, text = _passage(claim.source, english), _passage(claim.text, chinese)
    if source is None or text is None:
        return None
    if (not source and claim.kind != "added") or (not text and claim.kind != "omitted"):
        return None
    claim = claim.model_copy(update={"source": source, "text": text})
    if _says_nothing(claim) or _says_so_elsewhere(claim, english, chinese) or _is_the_glossarys(claim, glossary):
        return None
    return claim


def standing(review: PaperReview, texts: Texts, corrected: Collection[str] = ()) -> PaperReview:
    """What a review says of these texts: about one that has changed since, or that a person wrote, it says nothing."""
    same = {name for name, mark in review.texts.items() if fingerprint(texts.get(name) or "") == mark}
    claims = tuple(claim for claim in review.claims if claim.field in same and claim.field not in corrected)
    changed = not same or not set(review.texts) - set(corrected) <= same
    state: ReviewResult = "none" if changed else review.state
    if any(map(is_major, claims)):
        state = "disputed"
    elif state == "disputed":  # a person wrote what was disputed
        state = "clear"
    return review.model_copy(update={"state": state, "claims": claims})


def is_major(claim: Claim) -> bool:
    return claim.severity == SEVERITIES[0]


def places(quote: str, text: str) -> list[tuple[int, int]]:
    """(start, end) of each occurrence of a quote in a text, ignoring white space, width and the form of quotation marks."""
    wanted = _plain(quote)
    if not wanted:
        return []
    kept = [index for index, character in enumerate(text) if not character.isspace()]
    plain, found, start = _plain(text), [], -1
    while (start := plain.find(wanted, start + 1)) >= 0:
        found.append((kept[start], kept[start + len(wanted) - 1] + 1))
    return found


def detail_of(claim: Claim) -> str:
    """For readers: the kind of error, both quotes and the proposal."""
    proposal = f"；建议：{quoted(claim.fix, LONGEST_QUOTE)}" if claim.fix else ""
    return f"{_fault(claim)}{proposal}"


def complaint_of(claim: Claim) -> str:
    """For the model that is asked again: the kind and the quotes, but not the proposal, which is wrong too often to be
    copied."""
    return f"{_fault(claim)}。请对照原文核对，译得对就保持原样"


def _fault(claim: Claim) -> str:
    english = f"原文{quoted(claim.source, LONGEST_QUOTE)}" if claim.source else ""
    chinese = f"译文{quoted(claim.text, LONGEST_QUOTE)}" if claim.text else ""
    return f"{KINDS[claim.kind]}：{'，'.join(filter(None, (chinese, english)))}"


def _passage(quote: str, text: str) -> str | None:
    """The quote as it is spelt in the text; empty for an empty quote; None if the text does not contain it."""
    if not quote:
        return ""
    for form in (quote, html.unescape(quote), quote.strip(_QUOTATION_MARKS)):
        if found := places(form, text):
            return text[slice(*found[0])]
    return None


def _plain(text: str) -> str:
    return "".join(text.split()).translate(_SAME)


def _says_nothing(claim: Claim) -> bool:
    """Whether the proposal equals the text, or a name or number said to differ is the same in both quotes."""
    same_quotes = claim.kind in ("name", "number") and _plain(claim.source) == _plain(claim.text)
    return same_quotes or bool(claim.text and _plain(claim.fix) == _plain(claim.text))


def _says_so_elsewhere(claim: Claim, english: str, chinese: str) -> bool:
    """Whether the passage said to be omitted or added occurs literally in the other text, at least as often."""
    if claim.kind == "omitted":
        return len(places(claim.source, chinese)) >= len(places(claim.source, english))
    if claim.kind == "added":
        return len(places(claim.text, english)) >= len(places(claim.text, chinese))
    return False


def _is_the_glossarys(claim: Claim, glossary: tuple[Term, ...]) -> bool:
    """Whether the proposal only replaces the rendering that the glossary requires for a term in the quoted English."""
    text, fix = _plain(claim.text), _plain(claim.fix)
    for term in occurring(claim.source, glossary):
        before, wanted, after = text.partition(_plain(term.zh[0]))
        spares_the_rest = fix.startswith(before) and fix.endswith(after) and len(fix) >= len(before + after)
        if len(term.zh) == 1 and wanted and spares_the_rest:
            return True
    return False
