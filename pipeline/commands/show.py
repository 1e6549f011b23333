"""`wenzhai show ID`: everything about a paper: source, texts, their problems, calls and cost.

Asks and checks nothing; it reads what the stages wrote.
"""

from collections.abc import Iterator

from pipeline.asking.answers import Answers
from pipeline.asking.claims import detail_of
from pipeline.asking.receipts import ENDS, Call, calls_of
from pipeline.asking.redos import load_redos
from pipeline.config import Config
from pipeline.corrections import load_corrections
from pipeline.errors import FileError
from pipeline.ledger import reasons
from pipeline.records import Entry, Paper, PaperReview, RunRequest, Usage
from pipeline.rules.judge import Judge
from pipeline.run.day import find_days
from pipeline.run.writing import digest_of

Line = tuple[str, str]
"""A head, and a text that is wrapped beside it."""


def show(config: Config, request: RunRequest, paper: str, *, raw: bool) -> Iterator[Line]:
    """The lines to print; `raw` adds every request and response word for word. Raises FileError if no day has the
    paper."""
    entries = list(_entries(config, request, paper))
    if not entries:
        raise FileError(f"{paper}: is in no day there is; look with `wenzhai status`, or fetch it first")
    yield from _source(entries[-1][1].paper)
    for name, entry in entries:
        yield f"{name}  ", f"{entry.fate}{f'（{reasons(entry)}）' if entry.fate != 'published' else ''}"
        for field, text in entry.texts.items():
            if text is not None:
                yield f"  {field}  ", text + ("（人工）" if field in entry.corrected else "")
            yield from (
                (f"  {field}  ", f"⚠ {each.severity} {each.rule}（{each.detail}）")
                for each in entry.problems
                if each.field == field
            )
        if entry.review:
            yield "  review  ", _reviewed(entry.review)
            yield from (
                ("  review  ", f"{each.severity} {each.field}（{detail_of(each)}）") for each in entry.review.claims
            )
    for redo in load_redos(config.output):
        if redo.id == paper:
            yield "redo  ", f"{redo.asked_at:%Y-%m-%d %H:%M} {redo.field}: {redo.why}"
    with Answers(config.output / "answers.db") as answers:
        calls = list(calls_of(answers, paper))
    currency = config.model.price.currency
    for call in calls:
        yield f"call {call.id}  ", _told(call, currency)
        if raw:
            yield "  sent  ", call.request
            yield "  came  ", call.reply or "—"
    total = sum((call.usage for call in calls), Usage())
    yield (
        "calls  ",
        f"{len(calls)}, {total.prompt_tokens + total.completion_tokens:,} tokens, {total.cost:.4f} {currency}",
    )


def _entries(config: Config, request: RunRequest, paper: str) -> Iterator[tuple[str, Entry]]:
    """The paper in each day that has it, oldest first."""
    corrections, judge = load_corrections(config.output), Judge(config.rules)
    for day in find_days(config, request):
        if any(each.id == paper for each in day.papers):
            entries = digest_of(day, corrections, judge).entries
            yield day.name, next(each for each in entries if each.paper.id == paper)
        day.release()


def _source(paper: Paper) -> Iterator[Line]:
    yield f"{paper.id}v{paper.version}  ", paper.title
    yield "  ", f"{paper.url}  {' '.join(paper.categories)}  {paper.announce_type} {paper.published}"
    if paper.comment:
        yield "  comment  ", paper.comment
    yield "  abstract  ", paper.abstract


def _reviewed(review: PaperReview) -> str:
    unfounded = f"; {review.unfounded} claims with false quotes dropped" if review.unfounded else ""
    return f"{review.model}: {review.state}{unfounded}"


def _told(call: Call, currency: str) -> str:
    became = ENDS[call.ended] if call.ended else "no end is known: the process was killed, or the batch is under way"
    usage = call.usage
    tokens = f"{usage.prompt_tokens:,} in ({usage.cached_tokens:,} cached), {usage.completion_tokens:,} out"
    batch = f" batch {call.batch}" if call.batch else ""
    return f"{call.sent_at[:19]} {call.model}{batch} {call.subject}: {became}; {tokens}, {usage.cost:.4f} {currency}"
