"""feed.xml: the last two weeks of a digest as Atom, one entry a paper, its one-liner first; written with feedgen.

An entry's id is made from the paper and its version, so it stays the same in every run. `updated` changes only when the
entry's content differs from that in the previous file.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple, Protocol
from urllib.parse import quote
from xml.etree import ElementTree

from markupsafe import Markup

from pipeline.fields import FIELD_LABELS, lead
from pipeline.records import Entry, Problem
from pipeline.render.data import Series, reading_order
from pipeline.rules import LABELS
from pipeline.text.latex import plain
from pipeline.text.visible import visible

if TYPE_CHECKING:
    from feedgen.entry import FeedEntry

_ATOM = "{http://www.w3.org/2005/Atom}"
_SCHEME = "http://arxiv.org/schemas/atom"
"""The category scheme of arXiv's own feeds."""
_MOST_ENTRIES, _MOST_BYTES = 1_000, 1_500_000
"""Of a feed, and of the contents of its entries. Readers fetch all of it several times an hour, and some give up on a large
one; the newest days stay, and what falls out is on the days' pages."""


class _Before(NamedTuple):
    """An entry of the previous feed.xml."""

    published: str
    updated: str
    substance: list[tuple[str, ...]]


class _Element(Protocol):
    """An element of lxml or of the standard library."""

    tag: str
    text: str | None

    def iter(self) -> Iterable["_Element"]: ...
    def items(self) -> Iterable[tuple[str, str]]: ...


def render_feed(series: Series) -> str:
    # Imported late: it loads lxml, which no other document needs.
    from feedgen.feed import FeedGenerator

    address = f"{series.site.rstrip('/')}/{quote(series.name)}/" if series.site else ""
    before = dict(_entries_of(series.before))
    feed = FeedGenerator()
    feed.id(_urn(address or f"wenzhai:{series.name}"))
    feed.title(f"{series.name} 文摘")
    feed.author(name="文摘 Wenzhai")
    feed.generator("Wenzhai")
    feed.language("zh-CN")
    if address:
        feed.link(href=f"{address}feed.xml", rel="self", type="application/atom+xml")
        feed.link(href=address, rel="alternate", type="text/html")
    updated = [_midnight(next(iter(series.counts)))]
    room = _MOST_BYTES
    for number, (entry, day, page) in enumerate(_shown(series)[:_MOST_ENTRIES]):
        content = visible(_content(entry, f"{address}{page}" if address and page else ""))
        room -= len(content.encode())
        if number and room < 0:
            break
        made = feed.add_entry(order="append")
        _fill(made, entry, content)
        known = before.get(made.id())
        made.published(known.published if known else _midnight(day))
        made.updated(known.updated if known else _midnight(day))
        if known and _substance(made.atom_entry()) != known.substance:
            made.updated(max(series.now.replace(microsecond=0), made.published()))
        updated.append(made.updated())
    feed.updated(max(updated))
    text: str = feed.atom_str(pretty=True).decode("utf-8")
    return text


def _shown(series: Series) -> list[tuple[Entry, dt.date, str]]:
    """Each version of a paper once, newest day first and each day in reading order: its latest entry, the first day on which it
    appeared, and where its page is, relative to the feed."""
    shown: dict[str, tuple[Entry, dt.date, str]] = {}
    for document in series.recent:
        page = series.pages.get(document.day)
        for _, entry in reading_order(each for each in document.entries if each.fate != "excluded" or _withdrawn(each)):
            urn, place = _entry_urn(entry), f"{document.day}/{page}#{entry.paper.id}" if page else ""
            latest, _, at = shown.get(urn, (entry, document.day, place))
            shown[urn] = (latest, document.day, at)
    return list(shown.values())


def _withdrawn(entry: Entry) -> bool:
    """Whether a paper is only named, because it is withdrawn; who has read it should know."""
    return entry.fate == "excluded" and entry.paper.is_withdrawn


def _fill(made: "FeedEntry", entry: Entry, content: str) -> None:
    paper = entry.paper
    one_liner = lead("one_liner").name
    said = entry.text(one_liner) or _reason(entry.rejected(one_liner))
    made.id(_entry_urn(entry))
    made.title(
        visible(
            f"{'撤稿：' if _withdrawn(entry) else ''}{'★ ' if entry.interests else ''}{'⚠ ' if entry.problems else ''}{entry.text(lead('title').name) or plain(paper.title)}"
        )
    )
    if said:
        made.summary(visible(said), type="text")
    made.content(content, type="html")
    made.link(href=paper.url, rel="alternate", type="text/html")
    made.author([{"name": name} for each in paper.byline if (name := visible(each).strip())])
    made.category([{"term": visible(each), "scheme": _SCHEME} for each in paper.categories])


def _content(entry: Entry, page: str) -> Markup:
    """The one-liner, the problems, the translation, or the original if there is none, and the way to `page`: readers show the
    summary only where there is no content, or never."""
    paper = entry.paper
    parts = []
    if said := entry.text(lead("one_liner").name):
        parts.append(Markup("<p><strong>{}</strong></p>").format(said))
    parts += [Markup("<p><strong>{}</strong></p>").format(_reason(problem)) for problem in entry.problems]
    if entry.interests:
        parts.append(Markup("<p>★ {}</p>").format("、".join(entry.interests)))
    parts.append(Markup('<p lang="en">{}</p>').format(plain(paper.title)))
    if text := entry.text(lead("abstract").name):
        parts.append(Markup("<p>{}</p>").format(text))
    else:
        parts.append(Markup('<p lang="en">{}</p>').format(plain(paper.abstract)))
    if page:
        parts.append(Markup('<p><a href="{}">在文摘中读</a></p>').format(page))
    return Markup("\n").join(parts)


def _reason(problem: Problem | None) -> str:
    if problem is None:
        return ""
    word = "失败：" if problem.severity == "reject" else ""
    return f"⚠ {word}{FIELD_LABELS.get(problem.field, problem.field)} {LABELS.get(problem.rule, problem.rule)}（{problem.detail}）"


def _entries_of(feed: str) -> Iterator[tuple[str, _Before]]:
    """By id; none of what is no feed of ours."""
    try:
        root = ElementTree.fromstring(feed)
    except ElementTree.ParseError:
        return
    for entry in root.iter(f"{_ATOM}entry"):
        values = [entry.findtext(f"{_ATOM}{name}") for name in ("id", "published", "updated")]
        if all(values):
            urn, published, updated = map(str, values)
            yield urn, _Before(published, updated, _substance(entry))


def _substance(entry: _Element) -> list[tuple[str, ...]]:
    """The content of an entry without its dates, to compare."""
    rows = []
    for each in entry.iter():
        name = each.tag.removeprefix(_ATOM)
        if name not in ("published", "updated"):
            rows.append((name, (each.text or "").strip(), *(f"{key}={value}" for key, value in sorted(each.items()))))
    return rows


def _entry_urn(entry: Entry) -> str:
    # Not arXiv's own id, because the entry is our text about the paper, not the paper.
    return _urn(f"https://arxiv.org/abs/{entry.paper.id}v{entry.paper.version}#zh")


def _urn(name: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, name).urn


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)
