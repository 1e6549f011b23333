"""digest.html: one file for phones and desktops that loads nothing from the network.

page.html.jinja is its template, page.css its style; page.js does search, filters and keys; mathml.py renders formulas.
Texts of papers and models are escaped, and only a URL in a paper's own text becomes a link.
"""

import base64
import datetime as dt
import functools
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, get_args

from markupsafe import Markup, escape

from pipeline.fields import FIELD_LABELS, FIELDS, Kind, lead
from pipeline.ledger import ACCOUNTED, bought_line, ledger_line, review_line, reviewed_line
from pipeline.records import Digest, Entry, Failure, Problem
from pipeline.render.bibtex import citation
from pipeline.render.coins import coins
from pipeline.render.data import reading_order
from pipeline.render.mathml import mathml
from pipeline.rules import LABELS
from pipeline.rules.table import by_category
from pipeline.text.latex import plain
from pipeline.text.spans import Span, find_spans
from pipeline.text.visible import visible
from pipeline.text.wanted import simplified_pairs

if TYPE_CHECKING:
    from jinja2 import Template

_FOLDER = Path(__file__).parent
_TYPES = {"new": "新论文", "cross": "交叉", "replace": "替换", "replace-cross": "替换·交叉"}
_LEAD = {kind: lead(kind).name for kind in get_args(Kind)}
_FURTHER = tuple(field for field in FIELDS if field.name not in _LEAD.values())
_DISPLAYED = ("$$", r"\[", r"\begin")
"""The beginnings of displayed formulas."""
_OPENING, _CLOSING = "（《“‘([", "，。、；：！？）》”’,.;:!?)]-"
"""Characters that must not end or begin a line. Browsers may break a line on either side of a formula, so these are
kept with it."""
_LONG = 24
"""Signs. A formula of more may be wider than a phone and cannot be broken, so it gets a scroll bar."""


class Links(NamedTuple):
    """What there is beside the day, to link to."""

    archive: bool = False
    feed: bool = False
    search: bool = False


ALONE = Links()


def render_html(digest: Digest, links: Links = ALONE) -> str:
    shown = [entry for entry in digest.entries if entry.fate != "excluded"]
    kinds = Counter(entry.paper.announce_type.removesuffix("-cross") for entry in shown)
    return rendered(
        "page.html.jinja",
        styles=("page.css",),
        scripts=("site.js", "page.js"),
        digest=digest,
        links=links,
        in_order=reading_order(shown),
        shown=shown,
        ledger=ledger_line(digest.counts),
        day=day_line(digest.date),
        categories=Counter(each for entry in shown for each in dict.fromkeys(entry.paper.categories)).most_common(),
        kinds=[(kind, word, kinds[kind]) for kind, word in _TYPES.items() if kinds[kind]],
        doubtful=sum(bool(entry.problems) for entry in shown),
        fates=[each for fate, word in ACCOUNTED if any((each := _accounted(digest, fate, word))[1:])],
        bought=bought_line(digest.report),
        reviewed=digest.reviewed and review_line(digest.reviewed, digest.counts),
        reviewed_for=reviewed_line(digest.report),
        marks=by_category(each for entry in shown for each in entry.problems),
    )


def _accounted(digest: Digest, fate: str, word: str) -> tuple[str, list[Entry], tuple[Failure, ...]]:
    """(word, papers of a fate, and for "failed" the entries that could not be read as papers)."""
    return word, [each for each in digest.entries if each.fate == fate], digest.unread if fate == "failed" else ()


@functools.cache
def _template(name: str) -> "Template":
    # Imported late, so that `wenzhai --help` stays fast.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value,
    )
    environment.filters |= {"rich": rich, "original": original, "bibtex": citation, "coins": coins}
    environment.globals |= {
        "types": _TYPES,
        "fields": FIELD_LABELS,
        "table": FIELDS,
        "lead": _LEAD,
        "further": _FURTHER,
        "rules": LABELS,
        "problems_of": _problems_of,
    }
    return environment.get_template(name)


def rendered(name: str, *, styles: Sequence[str], scripts: Sequence[str], **values: object) -> str:
    """A page from its template, with these styles and scripts inside and their hashes."""
    css, css_hash = _inline(*styles)
    js, js_hash = _script(*scripts)
    return _template(name).render(css=css, css_hash=css_hash, js=js, js_hash=js_hash, **values)


@functools.cache
def _script(*files: str) -> tuple[Markup, str]:
    """Like `_inline`, after the table of characters that site.js needs."""
    return _hashed(f'const SIMPLIFIED_PAIRS = "{simplified_pairs()}";\n{_joined(files)}')


@functools.cache
def _inline(*files: str) -> tuple[Markup, str]:
    """Styles or scripts to put inside a page, and their hash for its Content-Security-Policy."""
    return _hashed(_joined(files))


def _joined(files: Iterable[str]) -> str:
    return "".join((_FOLDER / file).read_text(encoding="utf-8") for file in files)


def _hashed(source: str) -> tuple[Markup, str]:
    return Markup(source), base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()


def rich(text: str, *, links: bool = False) -> Markup:
    """The text as HTML: formulas as MathML, code as <code> and, with `links`, URLs as links."""
    text = visible(text)
    parts, position = Markup(""), 0
    for span in find_spans(text):
        before, after = text[position : span.start], text[span.end :]
        position = span.end
        if span.kind == "formula":
            stem, rest = before.rstrip(_OPENING), after.lstrip(_CLOSING)
            closing = after.removesuffix(rest)
            parts += escape(stem) + _formula(before[len(stem) :], span.text, closing)
            position += len(closing)
        else:
            parts += escape(before) + _span(span, links)
    return parts + escape(text[position:])


def original(text: str, *, links: bool = False) -> Markup:
    """A paper's own text as HTML, its text-LaTeX converted."""
    return rich(plain(text), links=links)


def _formula(opening: str, source: str, closing: str) -> Markup:
    formula = escape(opening) + mathml(source) + escape(closing)
    if source.startswith(_DISPLAYED):
        return Markup('<span class="display">{}</span>').format(formula)
    if len(formula.striptags()) > _LONG:
        return Markup('<span class="long">{}</span>').format(formula)
    return Markup('<span class="held">{}</span>').format(formula) if opening or closing else formula


def _span(span: Span, links: bool) -> Markup:
    if span.kind == "code":
        return Markup("<code>{}</code>").format(span.text[1:-1])
    address = re.sub(r"\\([_%#&~])", r"\1", span.text)
    if links and address.startswith(("https://", "http://")):
        return Markup('<a href="{0}" rel="noopener noreferrer nofollow">{0}</a>').format(address)
    return Markup('<span class="address">{}</span>').format(address)


def _problems_of(entry: Entry, field: str) -> list[Problem]:
    return [problem for problem in entry.problems if problem.field == field]


def day_line(date: dt.date) -> str:
    return f"{date.year} 年 {date.month} 月 {date.day} 日 星期{'一二三四五六日'[date.weekday()]}"
