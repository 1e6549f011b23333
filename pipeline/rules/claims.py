"""Rule priority: being the first is claimed in the Chinese, and nothing in the source says so."""

import re
from collections.abc import Iterator

from pipeline.rules.analysis import Analysis, quoted

_FIRST = re.compile(
    r"首次|首个|首创|首款|首套|首项|首例|率先|第一个(?=[^，。；]{0,12}(?:数据集|基准|框架|模型|方法|系统|算法|平台|理论|工作|研究))|第一次|史上|前所未有|史无前例|开创性|开创了|前人未|先河"
)
_SAYS_SO = re.compile(
    r"\bfirst|\bnovel|\bpreviously\b|pioneer|precedent|\bnever\b|\binitial\b|\bto date\b|\bno (?:(?:such|general|other|single|comparable) )?(?:existing|prior|previous|earlier|other|known|published|work|study|method|one)\b"
    r"|\bunexplored|\bunaddressed|\bunstudied|\bunder-?explored|\bunder-?studied|\bhitherto|\bheretofore|\bso far\b|\bthus far\b|\bearliest|\bdebut|\binaugural|\b1st\b|\bmaiden\b|\bground-?breaking|\btrail-?blaz|\bpath-?breaking"
    r"|\bseminal|\bbreakthrough|\brevolution|\buntil now\b|\bthe only\b|\bnew era|\b(?:has|have|had) not (?:yet )?been\b|\bnot (?:yet )?been\b|\bremain\w* (?:largely |mostly |relatively )?(?:un|open)|\bnone of the (?:existing|prior|previous)"
    r"|\bopens? (?:up )?(?:a )?new|\bunknown\b|\bprimacy|\bnew (?:state|record)",
    re.IGNORECASE,
)


def priority(analysis: Analysis) -> Iterator[str]:
    """首次, 首个, 率先 without a "first", "novel", "previously" … anywhere in the source."""
    claimed = list(_FIRST.finditer(analysis.text))
    if claimed and not _SAYS_SO.search(analysis.source):
        found = claimed[0]
        around = analysis.text[max(0, found.start() - 8) : found.end() + 16]
        yield f"{quoted(around)}：原文没有声称“{found[0]}”"
