"""What becomes of each announced paper: published, flagged, failed or excluded, and that it adds up.

Pure; the document, run.json and `wenzhai status` all count with this.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from pipeline.config import FetchSettings
from pipeline.models import Counts, Fate, Paper, Problem, Summary, Translation


def exclusions(papers: Sequence[Paper], settings: FetchSettings, limit: int | None = None) -> dict[str, str]:
    """Paper id → why the config leaves it out; of the rest only the first `limit` in feed order are wanted."""
    excluded: dict[str, str] = {}
    wanted = 0
    for paper in papers:
        text = f"{paper.title}\n{paper.abstract}".casefold()
        keyword = next((word for word in settings.exclude if word.casefold() in text), None)
        if paper.announce_type not in settings.announce_types:
            excluded[paper.id] = paper.announce_type
        elif keyword:
            excluded[paper.id] = f"关键词 {keyword}"
        elif limit is not None and wanted >= limit:
            excluded[paper.id] = f"limit {limit}"
        else:
            wanted += 1
    return excluded


def fate_of(problems: Iterable[Problem]) -> Fate:
    """Of a paper that is not excluded."""
    severities = {problem.severity for problem in problems}
    if "reject" in severities:
        return "failed"
    return "flagged" if severities else "published"


def count(fates: Iterable[Fate]) -> Counts:
    """The ledger of a day."""
    tally: Counter[str] = Counter(fates)
    return Counts(announced=tally.total(), **tally)


def ledger_line(counts: Counts) -> str:
    """The proof of completeness. Raises AssertionError when it does not add up: that is a fault of ours."""
    accounted = counts.published + counts.flagged + counts.failed + counts.excluded
    if counts.announced != accounted:
        raise AssertionError(f"the ledger does not add up: {counts}")
    return (
        f"公告 {counts.announced} = 收录 {counts.published} + 标记 {counts.flagged}"
        f" + 失败 {counts.failed} + 排除 {counts.excluded}"
    )


def newest_first(paper: Paper) -> tuple[int, int, str]:
    """Sort key, ascending: newest id first, old-style ids ("quant-ph/0201082") by their year and month."""
    archive, _, digits = paper.id.rpartition("/")
    year, month, number = int(digits[:2]), int(digits[2:4]), int(digits[4:].lstrip("."))
    # Old-style ids ran from 1991 to 2007-03, new-style ids since 2007-04 (https://info.arxiv.org/help/arxiv_identifier).
    century = 1900 if archive and year > 90 else 2000
    return -((century + year) * 12 + month), -number, archive


def texts_of(
    summary: Summary | None, translation: Translation | None, corrected: Mapping[str, str]
) -> dict[str, str | None]:
    """What there is of a paper's fields, by name in the order of models.FIELDS; a person's correction wins."""
    texts: dict[str, str | None] = {
        "title_zh": translation.title_zh if translation else None,
        "summary_zh": summary.summary_zh if summary else None,
        "summary_en": summary.summary_en if summary else None,
        "abstract_zh": translation.abstract_zh if translation else None,
    }
    return {**texts, **corrected}
