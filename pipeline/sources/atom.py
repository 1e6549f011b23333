"""What arXiv's Atom answers have in common: reading them, error feeds, what is a paper in them and what is none.

Feeds and API answers are told apart by feed.py and api.py; nothing here asks arXiv anything.
Formats: https://info.arxiv.org/help/atom_specifications.html and https://info.arxiv.org/help/api/user-manual.html
"""

import datetime as dt
import re
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from pydantic import ValidationError

from pipeline.errors import SourceError
from pipeline.records import FIRST_DAY, LAST_DAY, FailedEntry, Paper
from pipeline.sources.response import CutShort, excerpt

if TYPE_CHECKING:
    from lxml import etree

Element: TypeAlias = "etree._Element"
"""lxml names its element class so; there is no public name for it."""
NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "arxiv": "http://arxiv.org/schemas/atom",
    "dc": "http://purl.org/dc/elements/1.1/",
    "opensearch": "http://a9.com/-/spec/opensearch/1.1/",
}
MARKS = 1_000_000
"""Most tags and attributes of an answer: each takes 100 bytes of memory and more. A feed of 2,000 papers has 100,000."""
ENTRIES = 5_000
"""Most entries of an answer; arXiv sends at most 2,000."""
BROKEN = "broken"
"""Attribute of an entry that is no XML: what is wrong with it."""
_CATEGORY = re.compile(
    # Open archives, then closed ones, whose papers stay.
    r"(?:astro-ph|cond-mat|cs|econ|eess|gr-qc|hep-(?:ex|lat|ph|th)|math|math-ph|nlin|nucl-(?:ex|th)|physics|q-bio|q-fin"
    r"|quant-ph|stat|acc-phys|adap-org|alg-geom|ao-sci|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas|dg-ga|funct-an"
    r"|mtrl-th|patt-sol|plasm-ph|q-alg|solv-int|supr-con)"
    r"(?:\.[A-Za-z]+(?:-[A-Za-z]+)*)?"
)
"""An archive, or a subject of it (https://arxiv.org/category_taxonomy)."""
_ID = re.compile(r"(?:oai:arXiv\.org:|https?://(?:\w+\.)?arxiv\.org/abs/)?(\S+?)v([0-9]{1,9})")
_NAMES = {
    "id": "编号",
    "version": "版本号",
    "title": "标题",
    "abstract": "摘要",
    "authors": "作者",
    "categories": "分类",
    "announce_type": "公告类型",
    "published": "日期",
    "comment": "备注",
}


def parse(body: bytes, where: str) -> Element:
    """The `feed` element of an answer; an entry that alone is broken XML is an empty one there that says so (BROKEN).

    Raises CutShort for nothing, half a document or XML that is broken elsewhere (asking again helps), SourceError for
    anything else that is no feed, and for a feed whose only news is an error: both come with HTTP 200 as well.
    """
    from lxml import etree

    body = body.lstrip(b"\xef\xbb\xbf\r\n\t ")  # a byte order mark, too
    if body.count(b"<") + body.count(b"=") > MARKS:
        raise SourceError(
            f"{where}: the answer holds more than {MARKS:,} tags and attributes, ten times what arXiv's largest has: "
            "check the address"
        )
    try:
        root = _tree(body)
    except etree.XMLSyntaxError as error:
        if body and not body.startswith((b"<?xml", b"<feed", b"<rss")):
            raise SourceError(_no_feed(body, where)) from None
        mended = _entry_by_entry(body, where)
        if mended is None:
            raise CutShort(f"the answer is empty or breaks off ({excerpt(error.msg or 'no XML')})") from None
        root = mended
    if etree.QName(root).localname.lower() in {"rss", "rdf"}:
        address, found, _ = where.rpartition("/rss/")
        raise SourceError(
            f"{where}: is RSS, which loses text behind a `<`; set fetch.feed_url to the Atom feeds: "
            f"{address if found else 'https://rss.arxiv.org'}/atom"
        )
    if root.tag != f"{{{NAMESPACES['atom']}}}feed" or root.getroottree().docinfo.doctype:
        raise SourceError(_no_feed(body, where))
    if complaint := _complaint(root):
        raise SourceError(
            f"{where}: arXiv answers with an error: {complaint.rstrip('.')}; check the categories of `digests`"
        )
    return root


def entries(feed: Element) -> list[Element]:
    return list(feed.iterfind("atom:entry", NAMESPACES))


def text(element: Element, path: str) -> str:
    """The text at `path`, white space collapsed, nothing else changed; "" when it is missing."""
    return collapse(element.findtext(path, "", NAMESPACES))


def set_text(element: Element, path: str, words: str) -> None:
    """Of what is there."""
    for each in element.iterfind(path, NAMESPACES):
        each.text = words


def collapse(words: str) -> str:
    return " ".join(words.split())


def moment(stamp: str) -> dt.datetime | None:
    """A time with its zone, of the years in which a paper can be; None for what is none."""
    try:
        found = dt.datetime.fromisoformat(stamp)
    except ValueError:
        return None
    return found if FIRST_DAY < found.date() < LAST_DAY and found.tzinfo else None


def real_categories(listed: Iterable[str], asked: Collection[str]) -> tuple[str, ...]:
    """arXiv's own categories among what an entry lists, each once; classes of the MSC and the ACM are listed alike.

    What was asked for is real too: an archive may be younger than this list.
    """
    return tuple(dict.fromkeys(term for term in listed if term in asked or _CATEGORY.fullmatch(term)))


def make_paper(place: str, full_id: str, **fields: object) -> Paper | FailedEntry:
    """`full_id` is "2403.17919v2", bare or behind the prefix of the feed or the API; `place` names one without."""
    match = _ID.fullmatch(full_id)
    if match is None:
        return failed(place, full_id, f"编号不是带版本号的 arXiv 编号：“{excerpt(full_id)}”")
    paper_id, version = match.groups()
    try:
        return Paper.model_validate(
            {"id": paper_id, "version": int(version), "url": f"https://arxiv.org/abs/{paper_id}", **fields}
        )
    except ValidationError as error:
        return failed(place, full_id, _reason(error))


def failed(place: str, full_id: str, detail: str) -> FailedEntry:
    match = _ID.fullmatch(full_id)
    return FailedEntry(id=(match[1] if match else excerpt(full_id)) or place, detail=detail)


def sift(found: Sequence[Paper | FailedEntry], where: str) -> tuple[list[Paper], list[FailedEntry]]:
    """Raises SourceError where most are no papers: then it is the format that has changed."""
    papers = [each for each in found if isinstance(each, Paper)]
    failures = [each for each in found if isinstance(each, FailedEntry)]
    if len(failures) > len(papers):
        first = failures[0]
        raise SourceError(
            f"{where}: {len(failures)} of {len(found)} entries are no papers, such as {first.id} ({first.detail}): "
            "has the format changed?"
        )
    return papers, failures


def unparse(feed: Element) -> bytes:
    from lxml import etree

    body: bytes = etree.tostring(feed)
    return body


def _tree(body: bytes) -> Element:
    from lxml import etree

    # Strict on purpose: a parser that recovers makes whole-looking papers of half a document.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    return etree.fromstring(body, parser)


def _entry_by_entry(body: bytes, where: str) -> "Element | None":
    """A feed with a broken entry; None where it is not whole, or broken in more than its entries."""
    from lxml import etree

    head, *pieces = re.split(rb"(?=<entry[\s>])", body.rstrip())
    if not pieces or not pieces[-1].endswith(b"</feed>"):
        return None
    if len(pieces) > ENTRIES:
        raise SourceError(f"{where}: holds more than {ENTRIES:,} entries, and arXiv sends 2,000: check the address")
    pieces[-1] = pieces[-1].removesuffix(b"</feed>")
    try:
        root = _tree(head + b"</feed>")
    except etree.XMLSyntaxError:
        return None
    for piece in pieces:
        try:
            [entry] = _tree(head + piece + b"</feed>").iterfind("atom:entry", NAMESPACES)
        except (etree.XMLSyntaxError, ValueError) as error:  # ValueError: none, or more than one
            fault = re.sub(r", line \d.*", "", excerpt(str(error)))
            entry = root.makeelement(f"{{{NAMESPACES['atom']}}}entry", {BROKEN: fault})
            name = re.search(rb"<id>([^<]{1,200})</id>", piece)
            etree.SubElement(entry, f"{{{NAMESPACES['atom']}}}id").text = excerpt(_decoded(name[1])) if name else ""
        root.append(entry)
    return root


def _decoded(body: bytes) -> str:
    """Foreign bytes as far as they can be read, without what an element cannot hold."""
    return "".join(char for char in body.decode("utf-8", errors="replace") if char.isprintable() or char.isspace())


def _reason(error: ValidationError) -> str:
    first = error.errors()[0]
    name, value = str(first["loc"][0]), first["input"]
    label = _NAMES.get(name, name)
    return f"{label}不合规：“{excerpt(str(value))}”" if value else f"{label}为空"


def _complaint(feed: Element) -> str | None:
    """What an error feed says: the RSS service puts it into the feed's own title, the API into a lone entry."""
    title = text(feed, "atom:title")
    if title.startswith("Feed error"):
        return excerpt(f"{title}: {text(feed, 'atom:subtitle')}")
    for entry in entries(feed)[:1]:
        if "/api/errors" in text(entry, "atom:id"):
            return excerpt(text(entry, "atom:summary"))
    return None


def _no_feed(body: bytes, where: str) -> str:
    page = re.sub(r"<[^>]*>", " ", _decoded(body[:5000]))
    return f"{where}: arXiv answers with something that is no feed ({excerpt(page)!r}): try again later"
