"""`wenzhai plan`: what a run would ask and why, with tokens and cost. Asks nothing."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich import box
from rich.table import Table

from pipeline.asking.answers import Answers
from pipeline.asking.budget import cost_of
from pipeline.asking.context import RunContext, asked_by, context_of
from pipeline.asking.estimate import estimate
from pipeline.asking.glossary import as_former_rows, as_rows
from pipeline.asking.questions import group
from pipeline.asking.resolve import field_of
from pipeline.asking.review import foreseen_reviews
from pipeline.asking.schema import fingerprint
from pipeline.asking.segments import Segment, foreseen
from pipeline.config import Config
from pipeline.fields import REVIEW, in_order
from pipeline.records import Paper, RunRequest, Usage
from pipeline.run import alone
from pipeline.run.day import Day, fetch_days, find_days
from pipeline.run.fingerprints import is_unchanged
from pipeline.watch import Watch


@dataclass
class Row:
    """The questions for one combination of tasks and one reason."""

    papers: int = 0
    usage: Usage = Usage()  # noqa: RUF009 - frozen


def plan(config: Config, request: RunRequest, watch: Watch) -> dict[tuple[str, str], Row]:
    """What `run` would ask with the same request. Raises WenzhaiError.

    With stage fetch it needs the lock of the output folder, because a fetch would change the days of a run in progress.
    """
    if "fetch" in request.stages:
        with alone(config.output):
            days = list(fetch_days(config, request, watch))
    else:
        days = list(find_days(config, request))
    days = [day for day in days if not is_unchanged(config, request, day)]
    if not days:
        return {}
    asked = asked_by(config, request.stages)
    with Answers(config.output / "answers.db", again=asked if request.again else ()) as answers:
        return planned(days, asked, context_of(config), answers)


def planned(
    days: Sequence[Day], fields: Sequence[str], context: RunContext, answers: Answers
) -> dict[tuple[str, str], Row]:
    """(tasks, reason) → row, for the first round of questions; repairs cannot be predicted.

    Reasons: new, new version, prompt edited, glossary edited, model changed, settings changed, failed check; of a
    review also text changed, and of what it claims: claimed.
    """
    rows: dict[tuple[str, str], Row] = defaultdict(Row)
    for paper in _each_once(days):
        needs = _needs(paper, fields, context, answers)
        seen = set()
        for asked in group(needs, bundle=context.models[0].bundle):
            tasks = "+".join(dict.fromkeys(REVIEW if each.cause == REVIEW else each.task for each in asked))
            row = rows[tasks, _why(asked[0], answers)]
            answer = estimate(asked).model_copy(update={"batch": asked[0].model.batch})
            row.papers += id(row) not in seen
            seen.add(id(row))
            row.usage += Usage(
                requests=1,
                prompt_tokens=answer.prompt_tokens,
                completion_tokens=answer.completion_tokens,
                cost=cost_of(answer, asked[0].model),
            )
    return dict(rows)


def _needs(paper: Paper, fields: Sequence[str], context: RunContext, answers: Answers) -> list[Segment]:
    """The segments to ask for a paper now, and those that can be asked once the fields they are made from have their
    texts (estimated from the paper's own texts)."""
    written = [name for name in fields if name != REVIEW]
    states = {name: field_of(paper, name, context, answers) for name in written}
    needs = [need for state in states.values() for need in state.needs]
    coming = {name for name, state in states.items() if state.needs}
    for row in in_order():
        if row.name in states and states[row.name].waits_for and set(states[row.name].waits_for) <= coming:
            coming.add(row.name)
            needs += foreseen(paper, row.name, context)
    if REVIEW in fields:
        needs += foreseen_reviews(paper, coming, context, answers)
    return needs


def _each_once(days: Sequence[Day]) -> Iterator[Paper]:
    """The papers of all days, one day in memory at a time."""
    met: set[tuple[str, int]] = set()
    for day in days:
        yield from (paper for paper in day.wanted if (paper.id, paper.version) not in met)
        met.update((paper.id, paper.version) for paper in day.wanted)
        day.release()


def plan_table(rows: dict[tuple[str, str], Row], currency: str) -> Table:
    """The table of a plan. It fits 80 columns; only the reason may take two lines."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("task", no_wrap=True)
    table.add_column("why", min_width=8, overflow="fold")
    for title in ("papers", "requests", "tokens\nin", "tokens\nout", f"cost\n({currency})"):
        table.add_column(title, justify="right", no_wrap=True)
    for (tasks, why), row in sorted(rows.items()):
        table.add_row(tasks, why, *_cells(row))
    table.add_section()
    table.add_row("all", "", *_cells(_total(list(rows.values()))))
    return table


def _why(segment: Segment, answers: Answers) -> str:
    if segment.attempt:
        return "failed check"
    if segment.doubts:
        return "claimed"
    rows = answers.of_paper(segment.paper.id, segment.kept_as)
    if not rows:
        return "new"
    latest = next((row for row in reversed(rows) if row.version == segment.paper.version), None)
    if latest is None:
        return "new version"
    if latest.prompt not in {each.fingerprint for each in (segment.prompt, *segment.prompt.former)}:
        return "prompt edited"
    if latest.model != segment.model.name:
        return "model changed"
    if segment.reviewed is not None:
        return "text changed"
    if latest.glossary not in {fingerprint(rows(segment.terms)) for rows in (as_rows, as_former_rows)}:
        return "glossary edited"
    return "settings changed"


def _cells(row: Row) -> list[str]:
    usage = row.usage
    counts = (row.papers, usage.requests, usage.prompt_tokens, usage.completion_tokens)
    return [*(f"{number:,}" for number in counts), f"{usage.cost:.4f}" if usage.cost < 100 else f"{usage.cost:.2f}"]


def _total(rows: Sequence[Row]) -> Row:
    return Row(sum(row.papers for row in rows), sum((row.usage for row in rows), Usage()))
