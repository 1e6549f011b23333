"""The fate of each announced paper (published, flagged, failed or excluded), its reason, and the sum of all fates.

Pure. The documents and run.json use it; `wenzhai status` shows the counts of run.json.
"""

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from pipeline.fields import REVIEW
from pipeline.records import (
    NAMES,
    Counts,
    Entry,
    Fate,
    Paper,
    PaperReview,
    PaperTexts,
    Problem,
    ReviewCounts,
    RunReport,
    Texts,
    Usage,
)
from pipeline.settings import FetchSettings

ACCOUNTED: tuple[tuple[Fate, str], ...] = (("failed", "失败"), ("flagged", "标记"), ("excluded", "排除"))
"""The fates whose papers 统计 lists one by one, in its order."""


def exclusions(papers: Sequence[Paper], settings: FetchSettings, limit: int | None = None) -> dict[str, str]:
    """Paper id → why it is excluded. Of the papers left, only the first `limit` in feed order are kept."""
    excluded: dict[str, str] = {}
    wanted = 0
    for paper in papers:
        text = f"{paper.title}\n{paper.abstract}".casefold()
        keyword = next((word for word in settings.exclude if word.casefold() in text), None)
        if paper.is_withdrawn:  # most are announced as replacements, and this says more
            excluded[paper.id] = "撤稿"
        elif paper.announce_type not in settings.announce_types:
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


def count(fates: Iterable[Fate], unread: int = 0) -> Counts:
    """The ledger of a day; `unread`: number of entries that could not be read as papers."""
    tally: Counter[str] = Counter(fates)
    if unread:
        tally["failed"] += unread
    return Counts(announced=tally.total(), **tally)


def ledger_line(counts: Counts) -> str:
    """The line that accounts for every announced paper. Raises AssertionError if the counts do not add up (a bug)."""
    accounted = counts.published + counts.flagged + counts.failed + counts.excluded
    if counts.announced != accounted:
        raise AssertionError(f"the ledger does not add up: {counts}")
    return (
        f"公告 {counts.announced} = 收录 {counts.published} + 标记 {counts.flagged}"
        f" + 失败 {counts.failed} + 排除 {counts.excluded}"
    )


def review_counts(papers: Iterable[tuple[Fate, PaperReview | None]]) -> ReviewCounts:
    """The second reader's account of papers: (fate, what it says of the paper)."""
    shown = [review for fate, review in papers if fate in ("published", "flagged")]
    tally: Counter[str] = Counter(review.state if review else "none" for review in shown)
    return ReviewCounts(unfounded=sum(review.unfounded for review in shown if review), **tally)


def review_line(reviewed: ReviewCounts, counts: Counts) -> str:
    """The second reader's account, in one line. Raises AssertionError if it does not account for every paper that is
    shown (a bug)."""
    shown = counts.published + counts.flagged
    if shown != reviewed.clear + reviewed.mended + reviewed.disputed + reviewed.none:
        raise AssertionError(f"the account of the second reader does not add up: {reviewed}, {counts}")
    return (
        f"复核 {shown} = 无异议 {reviewed.clear} + 已改 {reviewed.mended} + 存疑 {reviewed.disputed}"
        f" + 未复核 {reviewed.none}"
    )


def reasons(entry: Entry) -> str:
    """Why a paper is flagged, failed or excluded."""
    return "；".join(f"{each.field} {each.rule}（{each.detail}）" for each in entry.problems) or entry.reason


def bought_line(report: RunReport) -> str:
    """What the texts of a day cost, without their review; empty if unknown."""
    bought = [usage for task, usage in report.bought.items() if task != REVIEW]
    return _usage_line(sum(bought, Usage()), report) if bought else ""


def reviewed_line(report: RunReport) -> str:
    """What the review of a day cost, the texts written anew because of it included; empty if unknown."""
    return _usage_line(report.bought[REVIEW], report) if REVIEW in report.bought else ""


def _usage_line(bought: Usage, report: RunReport) -> str:
    return (
        f"请求 {bought.requests} 次，词元 {bought.prompt_tokens:,} 入（缓存 {bought.cached_tokens:,}）"
        f"、{bought.completion_tokens:,} 出，费用 {bought.cost:.4f} {report.currency}"
    )


def newest_first(paper: Paper) -> tuple[int, int, str]:
    """Sort key, ascending: newest id first, old-style ids ("quant-ph/0201082") by their year and month."""
    archive, _, digits = paper.id.rpartition("/")
    return -(year_of(paper) * 12 + int(digits[2:4])), -int(digits[4:].lstrip(".")), archive


def year_of(paper: Paper) -> int:
    """Year of the first version, from the id."""
    archive, _, digits = paper.id.rpartition("/")
    # Old-style ids ran from 1991 to 2007-03, new-style ids since 2007-04 (https://info.arxiv.org/help/arxiv_identifier).
    return int(digits[:2]) + (1900 if archive and digits > "90" else 2000)


Version = tuple[str, int]
"""A paper's id and version; a text belongs to one version only."""


def by_version(*files: Iterable[PaperTexts]) -> dict[Version, Texts]:
    """The texts in stage files, by paper and version."""
    found: dict[Version, dict[str, str | None]] = {}
    for each in itertools.chain(*files):
        found.setdefault((each.id, each.version), {}).update(each.texts)
    return dict(found)


def field_texts(texts: Texts | None, corrected: Mapping[str, str]) -> dict[str, str | None]:
    """All of a paper's fields by name, in the order of the document; a person's correction wins."""
    return {**dict.fromkeys(NAMES), **(texts or {}), **corrected}
