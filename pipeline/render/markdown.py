"""digest.md: a table of one-liners, each paper in both languages as a footnote, and the ledger.

Texts of papers and models are escaped, so that none becomes a link, an image, HTML or a heading.
"""

import re
from collections.abc import Iterator

from pipeline.fields import FIELDS, lead
from pipeline.ledger import ACCOUNTED, bought_line, ledger_line, reasons
from pipeline.records import Digest, Entry

_BLOCK = re.compile(r"#{1,6}(?:\s|$)|>|[-+*](?:\s|$)|`{3}|~{3}|([-*_])(?:\s*\1){2,}$|\d+[.)](?:\s|$)")
"""Markdown for a heading, quote, list, code block or rule at the start of a paragraph."""
_LIVE = r"<|\](?=[(\[:])|\[(?=\^)|!(?=\[)"
"""Markdown for HTML, a link, a footnote or an image anywhere in a text."""
_LIVE_IN_LINK = rf"{_LIVE}|\]|\\$"
"""The same in the text of a link, which any bracket would close and a final backslash would keep open."""


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
    title = _inline(entry.paper.title, live=_LIVE_IN_LINK).replace("|", "\\|")
    one_liner = lead("one_liner").name
    failed = entry.rejected(one_liner)
    cell = f"⚠ 失败：{failed.rule}" if failed else _inline(entry.text(one_liner) or "").replace("|", "\\|")
    for rule in dict.fromkeys(problem.rule for problem in entry.problems if problem is not failed):
        cell += f" ⚠ {rule}"
    return f"| [^{number}] | [{title}]({entry.paper.url}) | {cell} |"


def _details(entry: Entry) -> Iterator[str]:
    paper = entry.paper
    title, one_liner, abstract = (lead(kind).name for kind in ("title", "one_liner", "abstract"))
    yield _field(entry, title, instead=paper.title)
    yield _paragraph(paper.title)
    yield f"[{paper.url}]({paper.url})"
    yield _field(entry, one_liner, instead=paper.title)
    for field in FIELDS:
        further = field.name not in (title, one_liner, abstract)
        if further and (entry.text(field.name) is not None or entry.rejected(field.name)):
            yield (f"{field.label}：" if field.language == "zh" else "") + _field(entry, field.name, instead="")
    yield _field(entry, abstract, instead=paper.abstract)
    yield _paragraph(paper.abstract)


def _field(entry: Entry, field: str, *, instead: str) -> str:
    """The text of a field with its problems; a rejected text is replaced by the original `instead`."""
    failed = entry.rejected(field)
    text = instead if failed else entry.text(field) or ""
    parts = [_paragraph(text)] if text else []
    if field in entry.corrected:
        parts.append("（人工）")
    for problem in entry.problems:
        if problem.field == field:
            word = "失败：" if problem.severity == "reject" else ""
            parts.append(f"⚠ {word}{problem.rule}（{_inline(problem.detail)}）")
    return " ".join(parts)


def _statistics(digest: Digest) -> Iterator[str]:
    report = digest.report
    yield ledger_line(digest.counts)
    for fate, word in ACCOUNTED:
        rows = [(entry.paper.id, reasons(entry)) for entry in digest.entries if entry.fate == fate]
        rows += [(each.id, f"{each.rule}（{each.detail}）") for each in digest.unread if fate == "failed"]
        if rows:
            yield ""
            yield f"{word}："
            yield ""
            yield from (f"- {_inline(name)}：{_inline(reason)}" for name, reason in rows)
    facts = []
    if report.model:
        facts.append(f"模型 {_inline(report.model)}")
    if report.prompts:
        facts.append("提示词 " + " ".join(f"{task} `{mark}`" for task, mark in sorted(report.prompts.items())))
    if report.bought:
        facts.append(_inline(bought_line(report)))
    for line in ("；".join(facts), _inline(digest.terms)):
        if line:
            yield ""
            yield line


def _inline(text: str, *, live: str = _LIVE) -> str:
    """The text on one line, with Markdown escaped."""
    text = re.sub(r"\s*[\r\n]\s*", " ", text.strip())
    # After an odd number of backslashes it is escaped already; another backslash would undo that.
    return re.sub(rf"(?<!\\)((?:\\\\)*)({live})", r"\1\\\2", text)


def _paragraph(text: str) -> str:
    text = _inline(text)
    if not _BLOCK.match(text):
        return text
    # For a numbered list escape the full stop, for everything else the first character.
    place = len(text) - len(text.lstrip("0123456789"))
    return f"{text[:place]}\\{text[place:]}"
