"""Today's announcement from arXiv's daily Atom feed: everything that was announced, with full abstracts.

Atom, because the RSS version loses text after a `<`. One feed for each category, because a feed is cut at 2,000
papers, the new ones first.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import get_args
from urllib.parse import quote

from pipeline.errors import ConfigError, SourceError, StaleFeed
from pipeline.records import Announcement, AnnounceType, FailedEntry, Paper
from pipeline.settings import FetchSettings
from pipeline.sources import atom, schedule
from pipeline.sources.response import excerpt, shown
from pipeline.sources.source import Connect, Wanted

CAP = 2000
"""Papers in a feed, at most (https://info.arxiv.org/help/rss.html)."""
PREFIX = re.compile(
    r"arXiv:\S+ Announce Type: (\S+) (?:(?!Abstract:)[A-Z][\w -]{0,30}: (?:(?!Abstract:).){0,300})?Abstract: ?"
)
"""What the feed puts before each abstract (arXiv/arxiv-feed, serializer.py); another label may stand in it."""


def read(wanted: Wanted, connect: Connect) -> Iterator[Announcement]:
    """Today's: the papers of all categories in the order of their feeds, each once.

    Raises SourceError, and StaleFeed if a category's feed is an earlier day's feed with a new date.
    """
    feed_url = shown(wanted.settings.feed_url)
    days: set[dt.date] = set()
    papers: list[Paper] = []
    failures: dict[str, FailedEntry] = {}
    for category in wanted.categories:
        url = _address(wanted.settings, category)
        day, announced, broken = papers_of(connect().document(url, atom.parse), category, shown(url))
        _refuse_stale(shown(url), announced, wanted.known_before(day))
        days.add(day)
        papers += announced
        failures |= {each.id: each for each in broken}
    if len(days) != 1:
        found = ", ".join(str(day) for day in sorted(days))
        raise SourceError(
            f"{feed_url}: the feeds of {', '.join(wanted.categories)} are of different days ({found}): try again"
        )
    merged = _merge(papers)
    date = days.pop()
    if merged and {(paper.id, paper.version) for paper in merged.values()} <= set(wanted.known_before(date)):
        raise StaleFeed(_stale(feed_url, len(merged), date))
    yield Announcement(
        date=date,
        papers=tuple(merged.values()),
        # An entry may be broken in one feed and whole in another.
        failures=tuple(each for each in failures.values() if each.id not in merged),
        source=f"feed {', '.join(wanted.categories)}",
    )


def days(settings: FetchSettings, first: dt.date, last: dt.date) -> Sequence[dt.date]:
    """Raises ConfigError, because the feed has no past days."""
    raise ConfigError(
        f"fetch.source {settings.source}: has today's announcement only, not {first} to {last}; set it to api"
    )


def probe(wanted: Wanted, connect: Connect) -> str:
    """Asks for the first category's feed. Raises SourceError."""
    category = wanted.categories[0]
    found = atom.entries(connect().document(_address(wanted.settings, category), atom.parse))
    return f"{shown(wanted.settings.feed_url)}: answers for {category} with {len(found)} papers"


def papers_of(feed: atom.Element, category: str, where: str) -> tuple[dt.date, list[Paper], list[FailedEntry]]:
    """The day of one category's feed, its papers, and its entries that cannot be read. Raises SourceError."""
    found = atom.entries(feed)
    if len(found) >= CAP:
        raise SourceError(
            f"{where}: holds {len(found)} papers, and arXiv cuts a feed at {CAP}, the new ones first: "
            "ask for its categories (cs.CL), not for a whole archive (cs)"
        )
    if not found:  # only the feed's own timestamp is left
        stamp = atom.text(feed, "atom:updated")
        built = atom.moment(stamp)
        if built is None:
            raise SourceError(f"{where}: {excerpt(stamp)!r} is no time: has the format changed?")
        return built.astimezone(schedule.EASTERN).date(), [], []
    day = _day_of(found, where)
    papers, failures = atom.sift(
        [_paper(entry, day, category, f"entry {place} of {category}") for place, entry in enumerate(found, start=1)],
        where,
    )
    return day, papers, failures


def split_authors(creator: str) -> tuple[str, ...]:
    """Names from "A. One (Univ, City), B. Two": affiliations are removed, so their commas do not split names."""
    kept: list[str] = []
    opened: list[int] = []
    for char in creator:
        if char == ")" and opened:
            del kept[opened.pop() :]
            continue
        if char == "(":
            opened.append(len(kept))
        kept.append(char)
    return tuple(name for part in "".join(kept).split(",") if (name := " ".join(part.split())))


def _address(settings: FetchSettings, category: str) -> str:
    return f"{settings.feed_url.rstrip('/')}/{quote(category, safe='')}"


def _day_of(found: Sequence[atom.Element], where: str) -> dt.date:
    """The date of most entries; entries with another date do not belong to this announcement."""
    dates = Counter(date for entry in found if (date := _date(entry)))
    if not dates:
        cause = found[0].get(atom.BROKEN) or repr(excerpt(atom.text(found[0], "atom:published")))
        raise SourceError(f"{where}: no entry has a date, the first has {cause}: has the format changed?")
    [(day, count), *_] = dates.most_common()
    if 2 * count <= dates.total():
        several = ", ".join(str(date) for date in sorted(dates)[:5])
        raise SourceError(f"{where}: holds papers of several days ({several}): try again later")
    return day


def _date(entry: atom.Element) -> dt.date | None:
    """The date of an entry; arXiv writes midnight US Eastern."""
    published = atom.moment(atom.text(entry, "atom:published"))
    if published is None:
        return None
    is_midnight = published.time() == dt.time()
    return published.date() if is_midnight else published.astimezone(schedule.EASTERN).date()


def _paper(entry: atom.Element, day: dt.date, category: str, place: str) -> Paper | FailedEntry:
    full_id = atom.text(entry, "atom:id")
    if fault := entry.get(atom.BROKEN):
        return atom.failed(place, full_id, f"条目的 XML 有误：{fault}")
    if _date(entry) != day:
        stamp = excerpt(atom.text(entry, "atom:published"))
        return atom.failed(place, full_id, f"日期“{stamp}”不是公告日 {day}")
    summary = atom.text(entry, "atom:summary")
    prefix = PREFIX.match(summary)
    if prefix is None and summary.startswith(f"arXiv:{full_id.removeprefix('oai:arXiv.org:')} "):
        return atom.failed(place, full_id, f"摘要的前缀不合规：“{excerpt(summary)}”")
    announce_type = atom.text(entry, "arxiv:announce_type") or (prefix[1] if prefix else "")
    listed = (tag.get("term", "") for tag in entry.findall("atom:category", atom.NAMESPACES))
    return atom.make_paper(
        place,
        full_id,
        title=atom.text(entry, "atom:title"),
        abstract=summary[prefix.end() :] if prefix else summary,
        authors=split_authors(atom.text(entry, "dc:creator")),
        categories=atom.real_categories(listed, (category,)),
        announce_type=announce_type.lower(),
        published=day,
    )


def _merge(papers: Iterable[Paper]) -> dict[str, Paper]:
    """Papers by id, in order of first occurrence; for duplicates new beats cross, cross beats replace, replace beats
    replace-cross."""
    order = get_args(AnnounceType)
    best: dict[str, Paper] = {}
    for paper in papers:
        rival = best.setdefault(paper.id, paper)
        if order.index(paper.announce_type) < order.index(rival.announce_type):
            best[paper.id] = paper
    return best


def _refuse_stale(where: str, papers: list[Paper], known: Collection[tuple[str, int]]) -> None:
    """Raises StaleFeed for a stale feed; a single category can be stale (cs.AI on 2026-08-12).

    A feed is stale if all its papers are known and one is "new", because a paper is announced as new only once. Known
    cross-lists and replacements prove nothing: they may come from another category of the digest.
    """
    is_known = [(paper.id, paper.version) in known for paper in papers]
    if papers and all(is_known) and any(paper.announce_type == "new" for paper in papers):
        raise StaleFeed(_stale(where, len(papers), papers[0].published))


def _stale(where: str, count: int, day: dt.date) -> str:
    return (
        f"{where}: dated {day}, but all {count} papers are known from an earlier day: "
        "arXiv has not renewed it yet, try again later"
    )
