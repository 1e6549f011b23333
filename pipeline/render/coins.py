"""COinS: what Zotero's connector reads off a page about the papers on it (http://ocoins.info/)."""

from urllib.parse import urlencode

from pipeline.ledger import year_of
from pipeline.records import Paper
from pipeline.text.latex import plain
from pipeline.text.visible import visible


def coins(paper: Paper) -> str:
    """The `title` of a span of class Z3988; `rft.type` is Zotero's own name of a kind of item, and the DOI is the one that arXiv
    gives to each paper."""
    facts = [
        ("ctx_ver", "Z39.88-2004"),
        ("rft_val_fmt", "info:ofi/fmt:kev:mtx:dc"),
        ("rfr_id", "info:sid/wenzhai"),
        ("rft_id", f"info:doi/10.48550/arXiv.{paper.id}"),
        ("rft_id", paper.url),
        ("rft.type", "preprint"),
        ("rft.publisher", "arXiv"),
        ("rft.title", visible(plain(paper.title))),
        ("rft.date", str(year_of(paper))),
        *(("rft.au", visible(name)) for name in paper.authors),
    ]
    return urlencode(facts)
