"""Terms held to the glossary: the rules `term` and `house_style`, and how a whole digest renders each term.

Which terms a text has is text/terms.py's; terms the glossary lacks are asking/drift.py's.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from pipeline.rules.analysis import Analysis, Case
from pipeline.text.terms import Term, is_acronym, occurrences, occurring


class Rendering(NamedTuple):
    """How a digest renders a term."""

    term: Term
    papers: int
    """With the term in their English."""
    accepted: int
    """Papers with an accepted rendering."""
    unwanted: tuple[tuple[str, int], ...]
    """Avoided and forbidden variants with the number of papers that have them, most frequent first."""


def term(analysis: Analysis, held: str) -> Iterator[str]:
    """A rendering that says something else or, where the config is that strict, none that is accepted; a one-liner may
    leave terms out."""
    text = _squeezed(analysis.text)
    faults = dict(_faults(analysis, text, _wrong))
    for row, variants in faults.items():
        yield f"{row.english} 译作“{'、'.join(variants)}”，{_wanted(row)}"
    if held == "required" and not analysis.is_one_liner:
        for row in occurring(analysis.plain_translated.prose, analysis.case.terms):
            if not _accepted_in(text, row) and row not in faults:
                yield f"{row.english} {_wanted(row)}"


def house_style(analysis: Analysis) -> Iterator[str]:
    """A rendering that is right and not the glossary's style."""
    for row, variants in _faults(analysis, _squeezed(analysis.text), _avoided):
        yield f"{row.english} 译作“{'、'.join(variants)}”，{_wanted(row)}"


_BRACKETED = re.compile(r"[（(][a-z0-9]+[）)]")
"""An acronym beside what it stands for, squeezed: it renders nothing more."""


def _wrong(row: Term) -> tuple[str, ...]:
    return tuple(variant for variant in row.forbidden if variant not in row.avoided)


def _avoided(row: Term) -> tuple[str, ...]:
    return row.avoided


def _unwanted(row: Term) -> tuple[str, ...]:
    return (*_avoided(row), *_wrong(row))


def _faults(analysis: Analysis, text: str, kind: Callable[[Term], tuple[str, ...]]) -> Iterator[tuple[Term, list[str]]]:
    """Rows of the source with what they are rendered as and should not be; `text` is squeezed."""
    terms = analysis.case.terms
    for row in terms:
        variants = _found_in(text, row, kind(row), analysis.source, terms)
        # Rendered well as often as the source says it, the variant renders another word: 嵌套 is nested, not embedding.
        if variants and _accepted_in(_BRACKETED.sub("", text), row) < _times(analysis.source_prose, terms)[row]:
            yield row, variants


@lru_cache(maxsize=64)
def _times(source: str, terms: tuple[Term, ...]) -> Counter[Term]:
    """How often the source says each row."""
    return Counter(row for _, _, row in occurrences(source, terms))


def consistency(cases: Iterable[Case]) -> tuple[Rendering, ...]:
    """For the abstracts of a digest, every term of theirs: those with unwanted variants first, then by frequency."""
    papers: Counter[Term] = Counter()
    accepted: Counter[Term] = Counter()
    unwanted: dict[Term, Counter[str]] = {}
    for case in cases:
        if not case.text:
            continue
        text = _squeezed(case.text)
        for row in occurring(case.source, case.terms):
            papers[row] += 1
            accepted[row] += bool(_accepted_in(text, row))
            unwanted.setdefault(row, Counter()).update(_found_in(text, row, _unwanted(row), case.source, case.terms))
    renderings = [
        Rendering(row, papers[row], accepted[row], tuple(found.most_common())) for row, found in unwanted.items()
    ]
    return tuple(
        sorted(renderings, key=lambda row: (-sum(n for _, n in row.unwanted), -row.accepted, row.term.english))
    )


def consistency_line(renderings: tuple[Rendering, ...], limit: int = 12) -> str:
    """For 统计: `术语：token 词元 31/33（令牌 ×2）；agent 智能体 20/20`; empty without terms."""
    shown = []
    for row in renderings[:limit]:
        variants = "、".join(f"{variant} ×{papers}" for variant, papers in row.unwanted)
        name = " ".join(dict.fromkeys((row.term.english, row.term.zh[0])))
        shown.append(f"{name} {row.accepted}/{row.papers}" + (f"（{variants}）" if variants else ""))
    return f"术语：{'；'.join(shown)}" if shown else ""


def _wanted(row: Term) -> str:
    return "应保留英文" if row.zh[0] == row.english else f"应为“{row.zh[0]}”"


def _accepted_in(text: str, row: Term) -> int:
    """How often the squeezed text renders the row well."""
    return len(_accepted(row).findall(text))


@lru_cache(maxsize=1024)
def _accepted(row: Term) -> re.Pattern[str]:
    acronyms = (spelling for spelling in (row.english, *row.spellings) if is_acronym(spelling))
    renderings = {_squeezed(each) for each in (*row.zh, *row.tolerated, *acronyms)}
    return re.compile("|".join(map(re.escape, sorted(renderings, key=len, reverse=True))))


def _found_in(text: str, row: Term, variants: tuple[str, ...], source: str, terms: tuple[Term, ...]) -> list[str]:
    """Those variants that stand in the squeezed text, but for those another word of the source explains: 代理 for
    "proxy", or in 代理模型."""
    return [
        variant
        for variant in variants
        if _squeezed(variant) in text
        and not _is_explained(row, source)
        and _stands_alone(_squeezed(variant), _without_longer(text, _squeezed(variant), terms))
    ]


def _is_explained(row: Term, source: str) -> bool:
    unless = tuple(stem.lower() for stem in row.unless)
    return any(word.startswith(unless) for word in re.findall(r"[a-z]+", source.lower()))


def _without_longer(text: str, variant: str, terms: tuple[Term, ...]) -> str:
    """Without the longer renderings that hold the variant: 多代理 is another term's, 令牌化器 one fault and not two."""
    longer = [rendering for rendering in _renderings(terms) - {variant} if variant in rendering]
    for rendering in sorted(longer, key=len, reverse=True):
        text = text.replace(rendering, "\n")
    return text


@lru_cache(maxsize=64)
def _renderings(terms: tuple[Term, ...]) -> frozenset[str]:
    """All of the terms of a paper, right and wrong ones, squeezed."""
    return frozenset(_squeezed(zh) for term in terms for zh in (*term.zh, *term.tolerated, *_unwanted(term)))


_STRADDLING = re.compile(
    """(?=(
    独特|奇特|模特|整数|少数|多数|参数|函数|指数|次数|系数|分数|维数|总数|复数|工具|工作|工程|工艺|工业
    |之前|先前|以前|目前|当前|提前|此前|增加|更加|许多|更多|很多|诸多|众多|大多|过多|转换|转移|转化|转变
    |现代|当代|时代|年代|古代|取代|替代|理论|理解|理由|理念|理想|目标|指标|坐标|记录|记忆|记住|记载
    |彻底|到底|海底|线性|线程|线索|线路|线段|张量|张力|确保|担保|环保|单一|单个|单元|单次|单位|单纯
    |套件|机制|机器|机会|机理|机构|器件|器官|选取|提取|获取|抽取|采取|回归|回答|回复|回路|外部|外推|外观
    |参考|参与|图谱|图像|图片|图表|图形|学习到|学习率|学习者|学习器|学习曲线|学习过程|学习能力|学习效[率果]
    ))""",
    re.VERBOSE,
)
"""Common words that may reach over the border of what only looks like a rendering: 独特|工具 is no 特工, 增强|学习到 no 增强学习."""


def _stands_alone(variant: str, text: str) -> bool:
    """Whether the variant stands somewhere in the text without another word reaching over one of its ends."""
    return any(
        not _is_straddled(text[max(0, match.start() - 3) : match.end() + 3], min(3, match.start()), len(variant))
        for match in re.finditer(re.escape(variant), text)
    )


def _is_straddled(around: str, start: int, length: int) -> bool:
    variant = set(range(start, start + length))
    words = (set(range(*match.span(1))) for match in _STRADDLING.finditer(around))
    return any(word & variant and word - variant and variant - word for word in words)


@lru_cache(maxsize=4096)
def _squeezed(text: str) -> str:
    """视觉-语言, 视觉 语言 and 视觉语言 are the same rendering."""
    return re.sub(r"[\s\u2010-\u2013-]", "", text).casefold()
