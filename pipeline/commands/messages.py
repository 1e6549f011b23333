"""A day as messages: text for chat services, HTML for mailboxes. In both, papers with an interest come first, and muted ones are
only named.

Titles and one-liners are inert in both: they call nobody and make no link, whatever a service takes for one.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from markupsafe import Markup

from pipeline.fields import lead
from pipeline.ledger import ledger_line
from pipeline.records import Digest, Entry
from pipeline.render import reading_order
from pipeline.rules import LABELS
from pipeline.text.latex import plain
from pipeline.text.visible import visible

_INERT = str.maketrans("@<>", "＠＜＞")
"""Makes mentions (@everyone, <!channel>) and links inert: full-width characters for @, < and >."""
_LINK = re.compile(r"\](?=\()")
"""Where a link's text ends for a service that reads Markdown."""
_ADDRESS = re.compile(r":(?=//)|(?<=www)\.", re.IGNORECASE)
"""By which a service knows an address and makes a link of it."""
_FRAME = 48
"""Bytes kept free for the count behind the title, and for what apprise puts between title and text."""
_AUTHORS = 5
"""Names in a mail; of more papers than a few, nobody reads more."""
_MAIL_BYTES = 95_000
"""Of a mail; Gmail cuts one off after 102 KB."""
_STYLES = {
    "body": "margin:0 auto;max-width:42em;padding:16px;font:16px/1.7 -apple-system,'PingFang SC','Microsoft YaHei',sans-serif",
    "heading": "font-size:20px;line-height:1.4;margin:0 0 4px",
    "quiet": "margin:0;font-size:13px;line-height:1.6;opacity:.75",
    "paper": "margin:24px 0 2px;font-size:17px;line-height:1.5;font-weight:600",
    "line": "margin:0 0 4px",
}
"""In place, because mail programs drop style sheets; no colours of ours, so that a dark mailbox stays readable."""


class Told(NamedTuple):
    """What a message says of a paper."""

    title: str
    original: str
    said: str
    """The one-liner, or why there is none."""
    marks: str
    """ " ⚠ 漏译"; empty where there is none."""
    interests: str
    entry: Entry


def messages_of(
    title: str, digest: Digest, room: int, size: Callable[[str], int], page: str = ""
) -> list[tuple[str, str]]:
    """(title, text) of each message for a chat: the ledger and the URL of the day's `page`, then the papers. No message is larger
    than `room`; no paper is split."""
    room -= size(title) + _FRAME
    shown, muted = _told(digest)
    texts = ["\n".join(filter(None, (ledger_line(digest.counts), page)))]
    blocks = [_block(number, each, room, size) for number, each in enumerate(shown, start=1)]
    blocks += [
        _cut(f"屏蔽的 {len(muted)} 篇", f"：{'、'.join(each.entry.paper.id for each in muted)}", "", room, size)
    ] * bool(muted)
    for block in blocks:
        joined = f"{texts[-1]}\n\n{block}"
        if size(joined) <= room:
            texts[-1] = joined
        else:
            texts.append(block)
    return list(_numbered(title, texts))


def mails_of(title: str, digest: Digest, page: str = "") -> list[tuple[str, str]]:
    """(title, HTML) of each mail."""
    shown, muted = _told(digest)
    head = _paragraph("quiet", ledger_line(digest.counts))
    if page:
        head += _paragraph("line", Markup('<a href="{0}">{0}</a>').format(page))
    papers = [_article(number, each, page) for number, each in enumerate(shown, start=1)]
    if muted:
        names = Markup("").join(
            _paragraph("quiet", Markup("{} {}").format(_address(each.entry), each.title)) for each in muted
        )
        papers.append(_paragraph("paper", f"屏蔽的 {len(muted)} 篇") + names)
    bodies = [head]
    for paper in papers:
        if len((bodies[-1] + paper).encode()) <= _MAIL_BYTES:
            bodies[-1] += paper
        else:
            bodies.append(paper)
    return [
        (name, Markup('<html lang="zh-CN"><body><div style="{}"><h1 style="{}">{}</h1>{}</div></body></html>').format(
            _STYLES["body"], _STYLES["heading"], name, body
        ))
        for name, body in _numbered(title, bodies)
    ]  # fmt: skip


def _numbered(title: str, texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    for number, text in enumerate(texts, start=1):
        yield (f"{title} ({number}/{len(texts)})" if len(texts) > 1 else title), text


def _told(digest: Digest) -> tuple[list[Told], list[Told]]:
    """The papers in reading order, and those that are muted."""
    order = [entry for _, entry in reading_order(each for each in digest.entries if each.fate != "excluded")]
    return [_tell(entry) for entry in order if not entry.muted], [_tell(entry) for entry in order if entry.muted]


def _tell(entry: Entry) -> Told:
    title, one_liner = lead("title").name, lead("one_liner").name
    failed = entry.rejected(one_liner)
    original = _inert(plain(entry.paper.title))
    rules = dict.fromkeys(LABELS.get(each.rule, each.rule) for each in entry.problems if each is not failed)
    return Told(
        title=original if entry.rejected(title) else _inert(entry.text(title) or "") or original,
        original=original,
        said=f"⚠ 失败：{LABELS.get(failed.rule, failed.rule)}" if failed else _inert(entry.text(one_liner) or ""),
        marks="".join(f" ⚠ {rule}" for rule in rules),
        interests=_inert("、".join(entry.interests)),
        entry=entry,
    )


def _inert(text: str) -> str:
    text = " ".join(visible(text).translate(_INERT).split())
    return _ADDRESS.sub(lambda found: {":": "：", ".": "．"}[found[0]], _LINK.sub("］", text))


def _block(number: int, told: Told, room: int, size: Callable[[str], int]) -> str:
    """A paper in a chat: title, one-liner, warnings and link."""
    head = f"{number}. " + (f"★ {told.interests} · " if told.interests else "")
    text = "\n".join(filter(None, (told.title, told.said)))
    return _cut(head, text, f"{told.marks}\n{told.entry.paper.url}", room, size)


def _cut(head: str, text: str, tail: str, room: int, size: Callable[[str], int]) -> str:
    """All three; where they would exceed `room`, less of the text."""
    whole = f"{head}{text}{tail}"
    while text and size(whole) > room:
        text = text[: len(text) * 9 // 10]
        whole = f"{head}{text}…{tail}"
    return whole


def _article(number: int, told: Told, page: str) -> Markup:
    """A paper in a mail."""
    paper = told.entry.paper
    names = ", ".join(_inert(name) for name in paper.authors[:_AUTHORS])
    names += " et al." * (len(paper.authors) > _AUTHORS)
    link = f"{page}#{paper.id}" if page else paper.url
    heading = Markup('{}. {}<a href="{}" style="color:inherit">{}</a>').format(
        number, "★ " if told.interests else "", link, told.title
    )
    facts = [
        told.original if told.original != told.title else "",
        names,
        Markup("{}{}").format(f"★ {told.interests} · " if told.interests else "", _address(told.entry)),
    ]
    said = _paragraph("line", f"{told.said}{told.marks}")
    return _paragraph("paper", heading) + said + _paragraph("quiet", Markup("<br>").join(filter(None, facts)))


def _address(entry: Entry) -> Markup:
    """The link as its own text: a mail's plain part is made of the HTML's words."""
    return Markup('<a href="{0}">{0}</a>').format(entry.paper.url)


def _paragraph(style: str, text: str) -> Markup:
    return Markup('<p style="{}">{}</p>').format(_STYLES[style], text)
