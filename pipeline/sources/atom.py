"""Parses arXiv's Atom responses: feeds, error feeds, and entries that are papers or cannot be read.

feed.py and api.py handle what differs between the feed and the API. No requests are sent here.
Formats: https://info.arxiv.org/help/atom_specifications.html and https://info.arxiv.org/help/api/user-manual.html
"""

import datetime as dt
import email.utils
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

from pydantic import ValidationError

from pipeline.errors import SourceError
from pipeline.records import FIRST_DAY, LAST_DAY, FailedEntry, Paper
from pipeline.sources.response import CutShort, excerpt
from pipeline.text.visible import cleaned

if TYPE_CHECKING:
    from lxml import etree

Element: TypeAlias = "etree._Element"
"""lxml has no public name for its element class."""
_ATOM = "{http://www.w3.org/2005/Atom}"
_BLOCKS = ("{*}p", "{*}div", "{*}br", "{*}li")
"""Elements of XHTML between whose texts is white space."""
MARKS = 1_000_000
"""Limit of tags and attributes in a response; each takes at least 100 bytes of memory. A feed of 2,000 papers has
100,000."""
ENTRIES = 5_000
"""Limit of entries in a response; arXiv sends at most 2,000."""
MOST_CHARS = 20_000
"""Of a title and abstract together. arXiv's limit is a tenth of it; more would only cost a provider's money."""
BROKEN = "broken"
"""Attribute that marks an entry with broken XML; its value is the error."""
_CATEGORY = re.compile(
    # Current archives, then closed ones, whose papers are still listed.
    r"(?:astro-ph|cond-mat|cs|econ|eess|gr-qc|hep-(?:ex|lat|ph|th)|math|math-ph|nlin|nucl-(?:ex|th)|physics|q-bio|q-fin"
    r"|quant-ph|stat|acc-phys|adap-org|alg-geom|ao-sci|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas|dg-ga|funct-an"
    r"|mtrl-th|patt-sol|plasm-ph|q-alg|solv-int|supr-con)"
    r"(?:\.[A-Za-z]+(?:-[A-Za-z]+)*)?"
)
"""An archive, or a subject of it (https://arxiv.org/category_taxonomy)."""
_ID = re.compile(
    r"(?:(?:oai:)?arXiv(?:\.org)?:|https?://(?:\w+\.)?(?:ar|alpha)xiv\.org/(?:abs|pdf|html)/)?"
    r"(\S+?)v([0-9]{1,9})(?:\.pdf)?/?(?:[?#]\S*)?",
    re.IGNORECASE,
)
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
    """The `feed` element of a response. An entry with broken XML becomes an empty entry with the attribute BROKEN.

    Raises CutShort for an empty or truncated body, for XML that is broken outside entries, and for "Rate exceeded.",
    because a retry may help.
    Raises SourceError for anything else that is not a feed, and for arXiv's error feeds; both occur with HTTP 200, too.
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
        if b"rate exceeded" in body[:200].lower():
            raise CutShort(f"the answer is {excerpt(_decoded(body[:200]))!r}") from None
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
    if etree.QName(root).localname != "feed" or b"<!ENTITY" in body:
        raise SourceError(_no_feed(body, where))
    if complaint := _complaint(root):
        raise SourceError(
            f"{where}: arXiv answers with an error: {complaint.rstrip('.')}; check the categories of `digests`"
        )
    return root


def entries(feed: Element) -> list[Element]:
    return list(feed.iterfind("{*}entry"))


def text(element: Element, name: str) -> str:
    """The text of the first child with this name, white space collapsed, nothing else changed; "" when it is missing."""
    return next(texts(element, name), "")


def texts(element: Element, name: str) -> Iterator[str]:
    """The same of all children with this name. They are told by their local names, because proxies and libraries change
    namespaces, and read with all that is nested in them (XHTML, MathML)."""
    for found in element.iterfind(f"{{*}}{name}"):
        for block in found.iter(*_BLOCKS):
            block.tail = f" {block.tail or ''}"
        yield collapse("".join(found.itertext()))


def set_text(element: Element, name: str, words: str) -> None:
    """Sets the text of the children with this name, in place of all that is nested in them."""
    for each in element.iterfind(f"{{*}}{name}"):
        each.clear(keep_tail=True)
        each.text = words


def collapse(words: str) -> str:
    """White space collapsed; "" if nothing of it can be seen."""
    return " ".join(words.split()) if cleaned(words) else ""


def moment(stamp: str) -> dt.datetime | None:
    """A timestamp with its zone, as Atom or RSS write it; None if it is invalid or outside FIRST_DAY to LAST_DAY."""
    try:
        found = dt.datetime.fromisoformat(stamp)
    except ValueError:
        try:
            found = email.utils.parsedate_to_datetime(stamp)
        except ValueError:
            return None
    return found if FIRST_DAY < found.date() < LAST_DAY and found.tzinfo else None


def real_categories(listed: Iterable[str], asked: Collection[str]) -> tuple[str, ...]:
    """The arXiv categories among an entry's terms, each once, without MSC and ACM classes, which arXiv lists in the
    same way.

    Requested categories always count, in any case, because arXiv may have added an archive since this list was made.
    """
    spelt = {category.casefold(): category for category in asked}
    terms = (spelt.get(term.strip().casefold(), term.strip()) for term in listed)
    return tuple(dict.fromkeys(term for term in terms if term in asked or _CATEGORY.fullmatch(term)))


def make_paper(place: str, full_id: str, **fields: object) -> Paper | FailedEntry:
    """`full_id` is "2403.17919v2", bare or behind the prefix of the feed or the API; `place` names an entry without an
    id."""
    match = _ID.fullmatch(full_id)
    if match is None:
        return failed(place, full_id, f"编号不是带版本号的 arXiv 编号：“{excerpt(full_id)}”")
    paper_id, version = match.groups()
    if (chars := sum(len(str(fields.get(name))) for name in ("title", "abstract"))) > MOST_CHARS:
        return failed(place, full_id, f"标题和摘要共 {chars:,} 字符，不像论文")
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
    """Splits papers from failures. Raises SourceError if most are failures, because then the format has probably
    changed."""
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

    # Strict on purpose: a recovering parser would turn a truncated document into papers that look complete.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    return etree.fromstring(body, parser)


def _entry_by_entry(body: bytes, where: str) -> "Element | None":
    """A feed parsed entry by entry; None if it is truncated or broken outside its entries."""
    from lxml import etree

    whole, end, _ = body.rpartition(b"</feed>")  # a proxy may have put something behind it
    head, *pieces = re.split(rb"(?=<entry[\s>])", whole)
    opening = re.search(rb"<feed\b[^>]{0,5000}", head)
    if not end or not pieces or not opening:
        return None
    if len(pieces) > ENTRIES:
        raise SourceError(f"{where}: holds more than {ENTRIES:,} entries, and arXiv sends 2,000: check the address")
    used, declared = (set(re.findall(name, body)) for name in (rb"<([A-Za-z]\w{0,20}):", rb"xmlns:(\w+)"))
    missing = b"".join(b' xmlns:%b="urn:undeclared:%b"' % (name, name) for name in sorted(used - declared)[:20])
    try:
        root = _tree(head.replace(opening[0], opening[0] + missing) + end)
    except etree.XMLSyntaxError:
        return None
    encoding = re.match(rb"<\?xml[^>]{0,200}\?>", head)
    before = (encoding[0] if encoding else b"") + opening[0] + missing + b">"  # no more, as it is read for each entry
    for piece in pieces:
        try:
            [entry] = _tree(before + piece + end).iterfind("{*}entry")
        except (etree.XMLSyntaxError, ValueError) as error:  # ValueError: none, or more than one
            fault = re.sub(r", line \d.*", "", excerpt(str(error)))
            entry = root.makeelement(f"{_ATOM}entry", {BROKEN: fault})
            name = re.search(rb"<id>([^<]{1,200})</id>", piece)
            etree.SubElement(entry, f"{_ATOM}id").text = excerpt(_decoded(name[1])) if name else ""
        root.append(entry)
    return root


def _decoded(body: bytes) -> str:
    """Bytes decoded leniently, without characters that XML does not allow."""
    return "".join(char for char in body.decode("utf-8", errors="replace") if char.isprintable() or char.isspace())


def _reason(error: ValidationError) -> str:
    first = error.errors()[0]
    name, value = str(first["loc"][0]), first["input"]
    label = _NAMES.get(name, name)
    return f"{label}不合规：“{excerpt(str(value))}”" if value else f"{label}为空"


def _complaint(feed: Element) -> str | None:
    """The message of an error feed; None for others. The RSS service puts it into the feed's title, the API into a
    single entry."""
    title = text(feed, "title")
    if title.startswith("Feed error"):
        return excerpt(f"{title}: {text(feed, 'subtitle')}")
    for entry in entries(feed)[:1]:
        if "/api/errors" in text(entry, "id"):
            return excerpt(text(entry, "summary"))
    return None


def _no_feed(body: bytes, where: str) -> str:
    page = re.sub(r"<[^>]*>", " ", _decoded(body[:5000]))
    return f"{where}: arXiv answers with something that is no feed ({excerpt(page)!r}): try again later"
