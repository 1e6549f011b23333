"""Today's announcement, read from arXiv's daily Atom feed: all that was announced, with whole abstracts.

Atom, because the RSS flavour loses text behind a `<`; one feed a category, because a feed is cut at 2,000 papers and
the new ones are cut first. How arXiv is asked is left to connection.py.
"""

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterable
from typing import get_args
from urllib.parse import quote

from pipeline.errors import SourceError, StaleFeed
from pipeline.records import Announcement, AnnounceType, Paper
from pipeline.sources import atom, schedule
from pipeline.sources.connection import Connection

KnownBefore = Callable[[dt.date], Collection[tuple[str, int]]]
"""The (id, version) of every paper that an earlier day than this one holds, for the same digest."""
CAP = 2000
"""https://info.arxiv.org/help/rss.html"""
PREFIX = re.compile(r"arXiv:\S+ Announce Type: \S+ Abstract: ")
"""What the feed puts before each abstract (arXiv/arxiv-feed, serializer.py)."""


def read_feed(
    categories: tuple[str, ...], feed_url: str, connection: Connection, known_before: KnownBefore
) -> Announcement:
    """The papers of all categories in the order of their feeds, each once.

    Raises SourceError, and StaleFeed where a category's feed is that of an earlier day under a new date.
    """
    days: set[dt.date] = set()
    papers: list[Paper] = []
    for category in categories:
        url = f"{feed_url.rstrip('/')}/{quote(category, safe='')}"
        day, announced = papers_of(connection.document(url), url)
        _refuse_stale(url, announced, known_before(day))
        days.add(day)
        papers += announced
    if len(days) != 1:
        found = ", ".join(str(day) for day in sorted(days))
        raise SourceError(
            f"{feed_url}: the feeds of {', '.join(categories)} are of different days ({found}): try again"
        )
    merged = tuple(_merge(papers))
    date = days.pop()
    if merged and {(paper.id, paper.version) for paper in merged} <= set(known_before(date)):
        raise StaleFeed(_stale(feed_url, len(merged), date))
    return Announcement(date=date, papers=merged, source=f"feed {', '.join(categories)}")


def papers_of(feed: atom.Element, where: str) -> tuple[dt.date, list[Paper]]:
    """The day of one category's feed and its papers. Raises SourceError."""
    found = atom.entries(feed)
    if len(found) >= CAP:
        raise SourceError(
            f"{where}: holds {len(found)} papers, and arXiv cuts a feed at {CAP}, the new ones first: "
            "ask for its categories (cs.CL), not for a whole archive (cs)"
        )
    # Each entry bears midnight, US Eastern; without entries there is only the moment the feed was built.
    stamps = {atom.text(entry, "atom:published") for entry in found} or {atom.text(feed, "atom:updated")}
    days = {_eastern_date(stamp, where) for stamp in stamps}
    if len(days) > 1:
        raise SourceError(
            f"{where}: holds papers of several days ({', '.join(map(str, sorted(days)))}): try again later"
        )
    day = days.pop()
    return day, [_paper(entry, day, where) for entry in found]


def split_authors(creator: str) -> tuple[str, ...]:
    """Names from "A. One (Univ, City), B. Two": affiliations go, and their commas part no names."""
    bare = creator
    while (shorter := re.sub(r"\s*\([^()]*\)", "", bare)) != bare:
        bare = shorter
    return tuple(name for part in bare.split(",") if (name := part.strip()))


def _paper(entry: atom.Element, day: dt.date, where: str) -> Paper:
    summary = atom.text(entry, "atom:summary")
    abstract = PREFIX.sub("", summary, count=1) if PREFIX.match(summary) else summary
    if abstract.startswith("arXiv:"):
        raise SourceError(f"{where}: the prefix of the abstracts has changed: {atom.excerpt(abstract)!r}")
    return atom.make_paper(
        where,
        atom.text(entry, "atom:id"),
        title=atom.text(entry, "atom:title"),
        abstract=abstract,
        authors=split_authors(atom.text(entry, "dc:creator")),
        categories=tuple(tag.get("term", "") for tag in entry.findall("atom:category", atom.NAMESPACES)),
        announce_type=atom.text(entry, "arxiv:announce_type"),
        published=day,
    )


def _eastern_date(stamp: str, where: str) -> dt.date:
    try:
        return dt.datetime.fromisoformat(stamp).astimezone(schedule.EASTERN).date()
    except ValueError:
        raise SourceError(f"{where}: {atom.excerpt(stamp)!r} is no time: has the format changed?") from None


def _merge(papers: Iterable[Paper]) -> Iterable[Paper]:
    """Each id once, in its first place: new beats cross, cross beats replace, replace beats replace-cross."""
    order = get_args(AnnounceType)
    best: dict[str, Paper] = {}
    for paper in papers:
        rival = best.setdefault(paper.id, paper)
        if order.index(paper.announce_type) < order.index(rival.announce_type):
            best[paper.id] = paper
    return best.values()


def _refuse_stale(where: str, papers: list[Paper], known: Collection[tuple[str, int]]) -> None:
    """One category of several can be stale alone (cs.AI on 2026-08-12).

    A paper is announced as new on one day only, so a known one is proof; cross-lists and replacements are not: they may
    have come in through another category of the digest.
    """
    is_known = [(paper.id, paper.version) in known for paper in papers]
    if papers and all(is_known) and any(paper.announce_type == "new" for paper in papers):
        raise StaleFeed(_stale(where, len(papers), papers[0].published))


def _stale(where: str, count: int, day: dt.date) -> str:
    return (
        f"{where}: dated {day}, but all {count} papers are known from an earlier day: "
        "arXiv has not renewed it yet, try again later"
    )
