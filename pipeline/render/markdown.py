"""digest.md: a table of one-liners, each paper in both languages as a footnote, and the ledger.

Texts of papers and models are escaped so that none becomes a link, an image, HTML or a heading of ours.
"""

import re
from collections.abc import Iterator

from pipeline.ledger import ledger_line
from pipeline.models import Digest, Entry, Usage

_BLOCK = re.compile(r"^(\s*)(#{1,6}\s|>|[-+*]\s|`{3}|~{3}|={3}|-{3}|\[[^\]]*\]:|\d+([.)])\s)")
"""What would open a heading, a quote, a list, a rule or a link definition at the start of a paragraph."""


def render_markdown(digest: Digest) -> str:
    shown = [entry for entry in digest.entries if entry.fate != "excluded"]
    lines = ["# 摘要", "", "| Ref | Title | Summary |", "| --- | --- | --- |"]
    lines += [_row(number, entry) for number, entry in enumerate(shown, start=1)]
    lines += ["", "# 详细", ""]
    for number, entry in enumerate(shown, start=1):
        first, *others = _details(entry)
        lines.append(f"[^{number}]: {first}")
        for paragraph in others:
            lines += ["", f"    {paragraph}"]
        lines.append("")
    lines += ["# 统计", "", *_statistics(digest)]
    return "\n".join(lines) + "\n"


def _row(number: int, entry: Entry) -> str:
    title = _inline(entry.paper.title).replace("]", "\\]").replace("|", "\\|")
    failed = entry.rejected("summary_zh")
    cell = f"⚠ 失败：{failed.rule}" if failed else _inline(entry.summary_zh or "").replace("|", "\\|")
    for rule in dict.fromkeys(problem.rule for problem in entry.problems if problem is not failed):
        cell += f" ⚠ {rule}"
    return f"| [^{number}] | [{title}]({entry.paper.url}) | {cell} |"


def _details(entry: Entry) -> Iterator[str]:
    paper = entry.paper
    yield _field(entry, "title_zh", instead=paper.title)
    yield _paragraph(paper.title)
    yield f"[{paper.url}]({paper.url})"
    yield _field(entry, "summary_zh", instead=paper.title)
    if entry.summary_en is not None or entry.rejected("summary_en"):
        yield _field(entry, "summary_en", instead="")
    yield _field(entry, "abstract_zh", instead=paper.abstract)
    yield _paragraph(paper.abstract)


def _field(entry: Entry, field: str, *, instead: str) -> str:
    """The text of a field, or the original `instead` of one that must not be shown, each with its reasons."""
    failed = entry.rejected(field)
    text = instead if failed else getattr(entry, field) or ""
    parts = [_paragraph(text)] if text else []
    for problem in entry.problems:
        if problem.field == field:
            word = "失败：" if problem.severity == "reject" else ""
            parts.append(f"⚠ {word}{problem.rule}（{_inline(problem.detail)}）")
    return " ".join(parts)


def _statistics(digest: Digest) -> Iterator[str]:
    report = digest.report
    yield ledger_line(digest.counts)
    for fate, word in (("failed", "失败"), ("flagged", "标记"), ("excluded", "排除")):
        if rows := [entry for entry in digest.entries if entry.fate == fate]:
            yield ""
            yield f"{word}："
            yield ""
            yield from (f"- {entry.paper.id}：{_reasons(entry)}" for entry in rows)
    facts = []
    if report.model:
        facts.append(f"模型 {_inline(report.model)}")
    if report.prompts:
        facts.append("提示词 " + " ".join(f"{task} `{mark}`" for task, mark in sorted(report.prompts.items())))
    if report.bought:
        bought = sum(report.bought.values(), Usage())
        facts.append(
            f"请求 {bought.requests} 次，词元 {bought.prompt_tokens:,} 入（缓存 {bought.cached_tokens:,}）"
            f"、{bought.completion_tokens:,} 出，费用 {bought.cost:.4f} {_inline(report.currency)}"
        )
    if facts:
        yield ""
        yield "；".join(facts)


def _reasons(entry: Entry) -> str:
    reasons = [f"{each.field} {each.rule}（{_inline(each.detail)}）" for each in entry.problems]
    return "；".join(reasons) or _inline(entry.reason)


def _inline(text: str) -> str:
    """One line that is nothing but text."""
    text = re.sub(r"\s*\n\s*", " ", text.strip()).replace("<", "\\<")
    return re.sub(r"\](?=[(\[:])|\[(?=\^)", r"\\\g<0>", text)


def _paragraph(text: str) -> str:
    return _BLOCK.sub(lambda found: found[1] + _escaped(found[2]), _inline(text))


def _escaped(opening: str) -> str:
    """A number opens a list by its full stop, everything else by its first character."""
    number = re.match(r"\d+", opening)
    place = number.end() if number else 0
    return f"{opening[:place]}\\{opening[place:]}"
