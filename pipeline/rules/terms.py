"""Terms held to the glossary: the rule `term` for one field, and how a whole digest renders each term.

Which terms a text has is text/terms.py's; terms the glossary lacks are asking/drift.py's.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pipeline.rules.analysis import Analysis, Case
from pipeline.text.terms import Term, is_acronym, occurring


class Rendering(NamedTuple):
    """How a digest renders a term."""

    term: Term
    papers: int
    """With the term in their English."""
    accepted: int
    """Papers with an accepted rendering."""
    forbidden: tuple[tuple[str, int], ...]
    """Variants with the number of papers that have them, most frequent first."""


def term(analysis: Analysis, held: str) -> Iterator[str]:
    """A forbidden rendering or, where the config is that strict, none that is accepted; a one-liner may leave terms out."""
    text = _squeezed(analysis.text)
    suspected = {row: _forbidden_in(text, row, analysis.source, analysis.case.terms) for row in analysis.case.terms}
    if any(suspected.values()):
        for row in occurring(analysis.source, analysis.case.terms):
            if variants := suspected[row]:
                yield f"{row.english} 译作“{'、'.join(variants)}”，{_wanted(row)}"
    if held == "required" and not analysis.is_one_liner:
        for row in occurring(_translated_source(analysis), analysis.case.terms):
            if not _is_accepted(text, row) and not suspected[row]:
                yield f"{row.english} {_wanted(row)}"


def consistency(cases: Iterable[Case]) -> tuple[Rendering, ...]:
    """For the abstracts of a digest, every term of theirs: those with forbidden variants first, then by frequency."""
    papers: Counter[Term] = Counter()
    accepted: Counter[Term] = Counter()
    forbidden: dict[Term, Counter[str]] = {}
    for case in cases:
        if not case.text:
            continue
        text = _squeezed(case.text)
        for row in occurring(case.source, case.terms):
            papers[row] += 1
            accepted[row] += _is_accepted(text, row)
            forbidden.setdefault(row, Counter()).update(_forbidden_in(text, row, case.source, case.terms))
    renderings = [
        Rendering(row, papers[row], accepted[row], tuple(found.most_common())) for row, found in forbidden.items()
    ]
    return tuple(
        sorted(renderings, key=lambda row: (-sum(n for _, n in row.forbidden), -row.accepted, row.term.english))
    )


def consistency_line(renderings: tuple[Rendering, ...], limit: int = 12) -> str:
    """For 统计: `术语：token 词元 31/33（令牌 ×2）；agent 智能体 20/20`; empty without terms."""
    shown = []
    for row in renderings[:limit]:
        variants = "、".join(f"{variant} ×{papers}" for variant, papers in row.forbidden)
        name = " ".join(dict.fromkeys((row.term.english, row.term.zh[0])))
        shown.append(f"{name} {row.accepted}/{row.papers}" + (f"（{variants}）" if variants else ""))
    return f"术语：{'；'.join(shown)}" if shown else ""


def _wanted(row: Term) -> str:
    return "应保留英文" if row.zh[0] == row.english else f"应为“{row.zh[0]}”"


def _is_accepted(text: str, row: Term) -> bool:
    acronyms = (spelling for spelling in (row.english, *row.spellings) if is_acronym(spelling))
    return any(_squeezed(rendering) in text for rendering in (*row.zh, *row.tolerated, *acronyms))


def _forbidden_in(text: str, row: Term, source: str, terms: tuple[Term, ...]) -> list[str]:
    """Forbidden renderings, but for those another word of the source explains: 代理 for "proxy", or in 代理模型."""
    present = [variant for variant in row.forbidden if _squeezed(variant) in text]
    if not present:
        return []
    words = re.findall(r"[a-z]+", source.lower())
    if any(word.startswith(stem.lower()) for word in words for stem in row.unless):
        return []
    known = {_squeezed(zh) for other in terms for zh in (*other.zh, *other.tolerated, *other.forbidden)}
    return [variant for variant in present if _squeezed(variant) in _without_longer(text, _squeezed(variant), known)]


def _without_longer(text: str, variant: str, known: set[str]) -> str:
    """Without the longer renderings that hold the variant: 多代理 is another term's, 令牌化器 one fault and not two."""
    longer = [rendering for rendering in known if variant in rendering and variant != rendering]
    for rendering in sorted(longer, key=len, reverse=True):
        text = text.replace(rendering, "")
    return text


def _translated_source(analysis: Analysis) -> str:
    """Without the sentences that were left out: the rule `omitted` speaks of these."""
    if not analysis.is_abstract:
        return analysis.source
    missing = analysis.alignment.missing
    return " ".join(sentence for index, sentence in enumerate(analysis.source_sentences) if index not in missing)


def _squeezed(text: str) -> str:
    """视觉-语言, 视觉 语言 and 视觉语言 are the same rendering."""
    return re.sub(r"[\s\u2010-\u2013-]", "", text).casefold()
