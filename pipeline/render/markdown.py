"""digest.md: a table of one-liners, each paper in both languages as a footnote, and the ledger.

Texts of papers and models are escaped so that none becomes a link, an image, HTML or a heading of ours, whether or not a
reader's Markdown makes links of addresses. Only an https address in a paper's own words is left as it is.
"""

import re
from collections.abc import Iterator

from pipeline.fields import FIELDS, REVIEW, lead
from pipeline.ledger import ACCOUNTED, bought_line, ledger_line, reasons, review_line, reviewed_line
from pipeline.records import Digest, Entry, Paper
from pipeline.text.spans import find_spans

_BLOCK = re.compile(r"#{1,6}(?:\s|$)|>|[-+*](?:\s|$)|`{3}|~{3}|([-*_])(?:\s*\1){2,}$|\d+[.)](?:\s|$)|\[[ xX]\](?:\s|$)")
"""What would be a heading, a quote, a list, code, a rule or a task at the start of a paragraph."""
_DOMAINS = (
    r"(?i:[a-z]{2}|com|org|net|edu|gov|info|biz|pro|web|xxx|aero|asia|coop|museum|name|shop|xn--[\w-]+)(?![^\W_])"
)
"""What some readers take for the end of an address that has no scheme (https://github.com/tsutsu3/linkify-it-py)."""
# Each begins with the sign it is about, so that it is fast to search for.
_LIVE = (
    r"\](?=[(\[:])|\[(?=\^)|\^(?=\[)|!(?=\[)|&(?=#?\w+;)|://|//|:(?<=(?i:mailto):)"
    rf"|\.(?<=www\.)|\.(?<=[^\W_]\.)(?={_DOMAINS})"
)
"""What would be a link, a footnote, an image, an address or another sign anywhere in a text."""
_ESCAPED = r"(?:\\\\)*[^\\]|\\(?:\\\\)*$"
"""After a backslash: pairs of them and a sign, which so stands for itself, or no sign any more."""
_CROSSES_OUT = r"|~(?<=\S~)"
"""Outside formulas, where it is TeX's."""
_ENDS_LINK = r"|\]|\\$"
"""A link's own text is closed by any bracket, and kept open by a backslash at its end."""
_TAG, _TAG_IN_FORMULA = r"<", r"<(?=[A-Za-z/!?])"
"""In a formula only what could open a tag: whoever sets it may not know &lt;."""
_MAIL = re.compile(r"@(?<=\S@)(?=\S{0,80}\.\w)(?=[\d.-]{0,80}[A-Za-z_\\*])")
"""GFM makes a link of a mail address after it has taken backslashes away, so there its sign must be another. mAP@0.5 is none."""
_ADDRESS = re.compile(r"https://([!-~]*)\S*")
_UNSAFE_IN_ADDRESS = re.compile(r"[<>\\\[\]|@`*$]|&#?\w+;")


def render_markdown(digest: Digest) -> str:
    shown = [entry for entry in digest.entries if entry.fate != "excluded"]
    lines = ["# 摘要", "", "| Ref | Title | Summary |", "| --- | --- | --- |"]
    lines += [_row(number, entry) for number, entry in enumerate(shown, start=1)]
    lines += ["", "# 详细", ""]
    for number, entry in enumerate(shown, start=1):
        first, *others = details(entry)
        lines.append(f"[^{number}]: {first}")
        for paragraph in others:
            lines += ["", f"    {paragraph}"]
        lines.append("")
    lines += ["# 统计", "", *_statistics(digest)]
    return "\n".join(lines) + "\n"


def _row(number: int, entry: Entry) -> str:
    title = _inline(entry.paper.title, in_link=True).replace("|", "\\|")
    one_liner = lead("one_liner").name
    failed = entry.rejected(one_liner)
    cell = (
        f"⚠ 失败：{failed.rule}"
        if failed
        else _inline(entry.text(one_liner) or "", own=_words(entry.paper)).replace("|", "\\|")
    )
    for rule in dict.fromkeys(problem.rule for problem in entry.problems if problem is not failed):
        cell += f" ⚠ {rule}"
    return f"| [^{number}] | [{title}]({entry.paper.url}) | {cell} |"


def details(entry: Entry) -> Iterator[str]:
    """The paragraphs about a paper, in both languages."""
    paper = entry.paper
    title, one_liner, abstract = (lead(kind).name for kind in ("title", "one_liner", "abstract"))
    yield _field(entry, title, instead=paper.title)
    yield _paragraph(paper.title, _words(paper))
    yield f"[{paper.url}]({paper.url})"
    yield _field(entry, one_liner, instead=paper.title)
    for field in FIELDS:
        further = field.name not in (title, one_liner, abstract)
        if further and (entry.text(field.name) is not None or entry.rejected(field.name)):
            yield (f"{field.label}：" if field.language == "zh" else "") + _field(entry, field.name, instead="")
    yield _field(entry, abstract, instead=paper.abstract)
    yield _paragraph(paper.abstract, _words(paper))


def _field(entry: Entry, field: str, *, instead: str) -> str:
    """The text of a field with its problems; a rejected text is replaced by the original `instead`."""
    failed = entry.rejected(field)
    text = instead if failed else entry.text(field) or ""
    parts = [_paragraph(text, _words(entry.paper))] if text else []
    if field in entry.corrected:
        parts.append("（人工）")
    for problem in entry.problems:
        if problem.field == field:
            word = "失败：" if problem.severity == "reject" else ""
            parts.append(f"⚠ {word}{problem.rule}（{_inline(problem.detail)}）")
    return " ".join(parts)


def _words(paper: Paper) -> str:
    return f"{paper.title}\n{paper.abstract}"


def _why(entry: Entry) -> str:
    """Why a paper is accounted for by itself; which paper is withdrawn, readers may want to know."""
    withdrawn = entry.fate == "excluded" and entry.paper.is_withdrawn
    return f"{reasons(entry)}（{entry.paper.title}）" if withdrawn else reasons(entry)


def _statistics(digest: Digest) -> Iterator[str]:
    report = digest.report
    yield ledger_line(digest.counts)
    if digest.reviewed:
        yield ""
        yield review_line(digest.reviewed, digest.counts)
    for fate, word in ACCOUNTED:
        rows = [(entry.paper.id, _why(entry)) for entry in digest.entries if entry.fate == fate]
        rows += [(each.id, f"{each.rule}（{each.detail}）") for each in digest.unread if fate == "failed"]
        if rows:
            yield ""
            yield f"{word}："
            yield ""
            yield from (f"- {_paragraph(name)}：{_inline(reason)}" for name, reason in rows)
    facts = []
    if report.model:
        facts.append(f"模型 {_inline(report.model)}")
    prompts = {task: f"{task} `{mark}`" for task, mark in sorted(report.prompts.items())}
    of_review = prompts.pop(REVIEW, None)
    if prompts:
        facts.append("提示词 " + " ".join(prompts.values()))
    if bought := bought_line(report):
        facts.append(_inline(bought))
    facts_of_review = []
    if digest.reviewed:
        facts_of_review = [f"复核模型 {_inline(report.reviewer or '')}", f"提示词 {of_review}"]
        facts_of_review += [_inline(reviewed_line(report)), f"引文不实的意见 {digest.reviewed.unfounded} 条，不计"]
    for line in ("；".join(facts), "；".join(facts_of_review), _inline(digest.terms)):
        if line:
            yield ""
            yield line


def _inline(text: str, *, in_link: bool = False, own: str = "") -> str:
    """One line that is nothing but text; of its addresses, those that stand in `own` are left as they are."""
    text = re.sub(r"\s*[\r\n]\s*", " ", text.strip())
    live = _LIVE + _ENDS_LINK * in_link
    kept = [
        (span.start, span.end, _escaped(span.text, live, _TAG_IN_FORMULA))
        for span in find_spans(text)
        if span.kind == "formula"
    ]
    kept += [(start, end, text[start:end]) for start, end in _own_addresses(text, own)]
    escaped, position = "", 0
    for start, end, shown in sorted(kept):
        escaped += _escaped(text[position:start], live + _CROSSES_OUT, _TAG) + shown
        position = end
    return escaped + _escaped(text[position:], live + _CROSSES_OUT, _TAG)


def _own_addresses(text: str, own: str) -> Iterator[tuple[int, int]]:
    """Up to the next space: so far GFM takes it, whatever follows."""
    for found in _ADDRESS.finditer(text) if own else ():
        if f"https://{found[1].rstrip('.,;:!?)')}" in own and not _UNSAFE_IN_ADDRESS.search(found[0]):
            yield found.span()


def _escaped(text: str, live: str, tag: str) -> str:
    # After an odd number of backslashes it is escaped already, and one more would bring it to life.
    text = re.sub(rf"\\({_ESCAPED})|\\\\(?:\\\\)*(?:{live})|{live}", _with_backslash, text)
    if "<" in text:
        # Of &lt; no reader's notion of a backslash makes a tag again.
        text = re.sub(rf"(?<!\\)((?:\\\\)*)\\?{tag}", r"\1&lt;", text)
    return _MAIL.sub("＠", text)


def _with_backslash(match: re.Match[str]) -> str:
    return match[0] if match[1] else f"\\{match[0]}"


def _paragraph(text: str, own: str = "") -> str:
    text = _inline(text, own=own)
    if not _BLOCK.match(text):
        return text
    # For a numbered list escape the full stop, for everything else the first character.
    place = len(text) - len(text.lstrip("0123456789"))
    return f"{text[:place]}\\{text[place:]}"
