"""Rule priority: being the first is claimed in the Chinese, and nothing in the source says so."""

import re
from collections.abc import Iterator

from pipeline.rules.analysis import Analysis, quoted

_FIRST = re.compile(
    r"首次|首个|首创|首款|首套|首项|首例|率先|第一个(?=[^，。；]{0,12}(?:数据集|基准|框架|模型|方法|系统|算法|平台|理论|工作|研究))|第一次|史上|前所未有|史无前例|开创性|开创了|前人未|先河|填补[^，。；]{0,8}空白"
)
_SAYS_SO = re.compile(
    r"\bfirst|novel|\bprevious|\bprior\b|pioneer|precedent|\bnever\b|\binitial|\bto date\b|\bno (?:existing|other|earlier|known|work|study|one)\b|\bunexplored|\bunaddressed|\bunstudied"
    r"|\bunderexplored|\bhitherto|\bheretofore|\bso far\b|\bthus far\b|\bearliest|\bdebut|\binaugural|\b1st\b|\bmaiden\b|ground-?breaking|\btrailblaz|\bpath-?breaking|\bseminal|\bopen(?:s|ed|ing)? (?:up )?(?:a )?new"
    r"|\bgap|\bbreakthrough|\brevolution|\buntil now\b|\bthe only\b|\bhistor|\bground-?zero|\bnew era|\blong-?standing|\bprimer\b|\bunique|\balready\b|\bone of the (?:few|only)|\blacking\b|\black of\b|\bbefore\b|\bunlike\b|\bmissing\b|\bhas not been\b|\bhave not been\b|\bremains? un|\babsence\b",
    re.IGNORECASE,
)


def priority(analysis: Analysis) -> Iterator[str]:
    """首次, 首个, 率先 without a "first", "novel", "previously" … anywhere in the source."""
    claimed = list(_FIRST.finditer(analysis.text))
    if claimed and not _SAYS_SO.search(analysis.source):
        found = claimed[0]
        around = analysis.text[max(0, found.start() - 8) : found.end() + 16]
        yield f"{quoted(around)}：原文没有声称“{found[0]}”"
