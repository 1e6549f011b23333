"""What arXiv's Atom answers have in common: strict reading, error feeds, ids, and the making of a Paper.

Feeds and API answers are told apart by feed.py and api.py; nothing here asks arXiv anything.
Formats: https://info.arxiv.org/help/atom_specifications.html and https://info.arxiv.org/help/api/user-manual.html
"""

import re
from typing import TypeAlias

from lxml import etree
from pydantic import ValidationError

from pipeline.errors import SourceError
from pipeline.records import Paper

Element: TypeAlias = etree._Element
"""lxml names its element class so; there is no public name for it."""
NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "arxiv": "http://arxiv.org/schemas/atom",
    "dc": "http://purl.org/dc/elements/1.1/",
    "opensearch": "http://a9.com/-/spec/opensearch/1.1/",
}


class CutShort(Exception):
    """The answer begins like a feed and does not end like one."""


def parse(body: bytes, where: str) -> Element:
    """The `feed` element of an answer.

    Raises CutShort for nothing, half a document or broken XML (asking again helps), SourceError for anything else
    that is no feed, and for a feed whose only news is an error: both come with HTTP 200 as well.
    """
    # Strict on purpose: a parser that recovers makes whole-looking papers of half a document.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    begins_like_a_feed = body.lstrip(b"\xef\xbb\xbf\r\n\t ").startswith((b"<?xml", b"<feed"))
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        if body.strip() and not begins_like_a_feed:
            raise SourceError(_no_feed(body, where)) from None
        raise CutShort(f"the answer is empty or breaks off ({error.msg or 'no XML'})") from None
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


def collapse(words: str) -> str:
    return " ".join(words.split())


def excerpt(words: str) -> str:
    """Foreign text fit for one line of a terminal: no control characters, at most 200 characters."""
    line = "".join(char for char in collapse(words) if char.isprintable())
    return line if len(line) <= 200 else f"{line[:199]}…"


def make_paper(where: str, full_id: str, **fields: object) -> Paper:
    """`full_id` is "2403.17919v2", bare or behind the prefix of the feed or the API. Raises SourceError."""
    match = re.fullmatch(r"(?:oai:arXiv\.org:|https?://arxiv\.org/abs/)?(\S+)v(\d+)", full_id)
    if match is None:
        raise SourceError(f"{where}: {excerpt(full_id)!r} is no arXiv id with a version: has the format changed?")
    paper_id, version = match.groups()
    try:
        return Paper.model_validate(
            {"id": paper_id, "version": int(version), "url": f"https://arxiv.org/abs/{paper_id}", **fields}
        )
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise SourceError(f"{where}: {excerpt(full_id)}: {field}: {first['msg']}: has the format changed?") from None


def _complaint(feed: Element) -> str | None:
    """What an error feed says: the RSS service puts it into the feed's own title, the API into a lone entry."""
    title = text(feed, "atom:title")
    if title.startswith("Feed error"):
        return excerpt(f"{title}: {text(feed, 'atom:subtitle')}")
    for entry in entries(feed):
        if "/api/errors" in text(entry, "atom:id"):
            return excerpt(text(entry, "atom:summary"))
    return None


def _no_feed(body: bytes, where: str) -> str:
    page = re.sub(r"<[^>]*>", " ", body[:5000].decode("utf-8", errors="replace"))
    return f"{where}: arXiv answers with something that is no feed ({excerpt(page)!r}): try again later"
