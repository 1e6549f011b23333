"""What people type. Reads the command line, prints results, and turns errors into one line and an exit status.

Does nothing itself: heavy imports come late, so that `wenzhai --help` answers at once.
"""

import datetime as dt
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.config import Config, load_config, parse_config
from pipeline.errors import WenzhaiError
from pipeline.ledger import ledger_line
from pipeline.models import FIELDS, Wish

if TYPE_CHECKING:
    from pipeline.run import Result

ALL_STAGES = ("fetch", "summarize", "translate", "validate", "assemble")
STOPPED, UNFINISHED, INTERRUPTED = 1, 3, 130

app = typer.Typer(
    help="文摘：an arXiv announcement day in, a checked Chinese digest out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

DigestOption = Annotated[list[str] | None, typer.Option("--digest", help="Only this digest; may be given twice.")]
DateOption = Annotated[
    dt.datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="The announcement's day, not the clock's.")
]
FirstOption = Annotated[
    dt.datetime | None, typer.Option("--from-date", formats=["%Y-%m-%d"], help="First of many days, with --to-date.")
]
LastOption = Annotated[dt.datetime | None, typer.Option("--to-date", formats=["%Y-%m-%d"], help="Last of many days.")]
LimitOption = Annotated[int | None, typer.Option("--limit", min=1, help="Only the first N papers in feed order.")]
StartOption = Annotated[str, typer.Option("--from", metavar="STAGE", help="Begin with this stage.")]
AgainOption = Annotated[bool, typer.Option("--again", help="Ask anew, whatever is kept.")]


@app.callback()
def common(
    context: typer.Context,
    config: Annotated[Path, typer.Option("--config", help="The config file.")] = Path("config.yaml"),
    changes: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Override one key, such as model.name=x.")
    ] = None,
) -> None:
    context.obj = lambda: load_config(config, tuple(changes or ()))


@app.command("run")
def run_command(
    context: typer.Context,
    digest: DigestOption = None,
    date: DateOption = None,
    first: FirstOption = None,
    last: LastOption = None,
    limit: LimitOption = None,
    start: StartOption = "fetch",
    again: AgainOption = False,
) -> None:
    """All stages, for every digest of the config."""
    _run(context, _wish(_stages_from(start), digest, _dates(date, first, last), limit, again))


def _stage_command(name: str, help_text: str) -> None:
    @app.command(name, help=help_text)
    def command(
        context: typer.Context,
        digest: DigestOption = None,
        date: DateOption = None,
        limit: LimitOption = None,
        again: AgainOption = False,
    ) -> None:
        _run(context, _wish((name,), digest, _dates(date), limit, again))


for _name, _help in (
    ("fetch", "Reads the announcement into papers.jsonl."),
    ("summarize", "Has a one-line summary of each paper written."),
    ("translate", "Has titles and abstracts translated."),
    ("validate", "Holds every field to every rule; asks nothing."),
    ("assemble", "Writes the document; asks nothing."),
):
    _stage_command(_name, _help)


@app.command()
def plan(
    context: typer.Context,
    digest: DigestOption = None,
    date: DateOption = None,
    first: FirstOption = None,
    last: LastOption = None,
    limit: LimitOption = None,
    start: StartOption = "fetch",
    again: AgainOption = False,
) -> None:
    """What `run` would ask and why, with tokens and cost; asks nothing."""
    wish = _wish(_stages_from(start), digest, _dates(date, first, last), limit, again)
    with _explained():
        config = context.obj()
        from rich.console import Console

        from pipeline.plan import plan as foretell
        from pipeline.plan import plan_table
        from pipeline.watch import Watch

        Console().print(plan_table(foretell(config, wish, Watch()), config.model.price.currency))


@app.command()
def doctor(context: typer.Context) -> None:
    """Config, prompts, output, source, key and model, each with one cheap probe."""
    with _explained():
        config = context.obj()
        from pipeline.doctor import examine

        healthy = True
        for finding in examine(config):
            healthy &= finding.fine
            typer.echo(f"{'ok  ' if finding.fine else 'FAIL'} {finding.what:8} {finding.told}")
    raise typer.Exit(0 if healthy else STOPPED)


@app.command()
def status(context: typer.Context) -> None:
    """Digests and days with their counts."""
    from rich.console import Console

    from pipeline.status import status_table

    with _explained():
        Console().print(status_table(context.obj()))


@app.command("send")
def send_command(
    context: typer.Context,
    digest: DigestOption = None,
    date: DateOption = None,
    to: Annotated[
        list[str] | None,
        typer.Option("--to", metavar="URL", help="Instead of WENZHAI_SEND_TO; it stays in the shell's history."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be sent.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Also to who has it already.")] = False,
) -> None:
    """One-liners and links of a day to the services in WENZHAI_SEND_TO: Feishu, DingTalk, WeCom, Slack, e-mail, …"""
    with _explained():
        config = context.obj()
        from pipeline.send import send

        send(config, _wish((), digest, _dates(date), None, again), to or (), dry=dry_run, say=typer.echo)


@app.command("redo")
def redo_command(
    context: typer.Context,
    ids: Annotated[list[str], typer.Argument(metavar="ID…", help="Papers, such as 2403.17919.")],
    field: Annotated[str, typer.Option("--field", help="title_zh, summary_zh, summary_en or abstract_zh.")],
    why: Annotated[str | None, typer.Option("--why", help="What is wrong with it; the model is told.")] = None,
    digest: DigestOption = None,
    date: DateOption = None,
) -> None:
    """Has one field of a paper written anew, and its day with it; a later run keeps the new text.

    Example: wenzhai redo 2403.17919 --field title_zh --why "“agent” 应译为智能体"
    """
    if field not in FIELDS:
        raise typer.BadParameter(f"{field} is none; the fields are {', '.join(FIELDS)}", param_hint="--field")
    with _explained():
        config = context.obj()
        from pipeline.redo import redo
        from pipeline.watch import Watch

        redone, results = redo(config, _wish((), digest, _dates(date), None, False), ids, field, why, Watch())
    for each in redone:
        typer.echo(f"{each.paper.id} {field}: {each.old or '—'}\n{'':{len(each.paper.id)}} → {each.new or '—'}")
    for result in results:
        typer.echo(f"{result.day.name}: {ledger_line(result.counts)}")
    raise typer.Exit(_status(results))


glossary = typer.Typer(help="The terms of prompts/glossary.yaml.", no_args_is_help=True)
app.add_typer(glossary, name="glossary")


@glossary.command("suggest")
def suggest_command(
    context: typer.Context,
    papers: Annotated[int, typer.Option("--papers", min=2, help="Only terms of so many papers or more.")] = 5,
) -> None:
    """Terms that the digests so far render in more than one way: what the glossary could gain a row for."""
    with _explained():
        config = context.obj()
        from pipeline.asking.drift import suggest
        from pipeline.asking.glossary import load_glossary
        from pipeline.day import translated_abstracts

        found = suggest(translated_abstracts(config), load_glossary(config.glossary), papers)
        for term in found:
            renderings = "、".join(f"{text} ×{count}" for text, count in term.renderings)
            typer.echo(f"{term.english}: {renderings} ({term.papers} papers)")
        if not found:
            typer.echo("no term with competing renderings in the digests so far")


prompts = typer.Typer(
    help="Changes of prompt files, seen before they are paid for.\n\n"
    "Example: wenzhai prompts try summarize --prompt prompts/styles/plain.md --papers 3",
    no_args_is_help=True,
)
app.add_typer(prompts, name="prompts")

TaskArgument = Annotated[str, typer.Argument(metavar="TASK", help="summarize or translate.")]
PaperOption = Annotated[list[str] | None, typer.Option("--paper", metavar="ID", help="This one; may be given twice.")]
PapersOption = Annotated[int, typer.Option("--papers", min=1, help="So many, the first of the newest day.")]
PromptOption = Annotated[Path | None, typer.Option("--prompt", help="This file instead of the config's.")]


@prompts.command("check")
def prompts_check(context: typer.Context) -> None:
    """Variables, headings, examples, tokens against the config's limits; asks nothing.

    Example: wenzhai --set summarize.prompt=mine.md prompts check
    """
    with _explained():
        config = context.obj()
        from pipeline.workbench import check

        findings = list(check(config))
    for finding in findings:
        typer.echo(f"{finding.grade:4} {finding.told}")
    raise typer.Exit(STOPPED if any(finding.grade == "FAIL" for finding in findings) else 0)


@prompts.command("show")
def prompts_show(
    context: typer.Context,
    task: TaskArgument,
    paper: PaperOption = None,
    prompt: PromptOption = None,
    digest: DigestOption = None,
    date: DateOption = None,
) -> None:
    """The exact messages that would be sent for a paper; without --paper for an invented one.

    Example: wenzhai prompts show summarize --paper 2403.17919
    """
    with _explained():
        config = context.obj()
        from pipeline.workbench import chosen, questions, sample, with_prompt

        config = with_prompt(config, task, prompt)
        wish = _wish((task,), digest, _dates(date), None, False)
        for each in [found for _, found in chosen(config, wish, paper, 0)] if paper else [sample()]:
            for question in questions(config, task, each):
                for message in question.messages:
                    typer.echo(f"── {question.subject} · {message.role}\n{message.content}\n")


@prompts.command("try")
def prompts_try(
    context: typer.Context,
    task: TaskArgument,
    prompt: PromptOption = None,
    papers: PapersOption = 3,
    paper: PaperOption = None,
    digest: DigestOption = None,
    date: DateOption = None,
) -> None:
    """Asks a few kept papers under a prompt, beside what their digest has; writes no digest, and keeps the answers.

    Example: wenzhai prompts try summarize --prompt prompts/styles/plain.md --papers 3
    """
    with _explained():
        config = context.obj()
        from rich.console import Console

        from pipeline.trial import side_by_side, standing, write
        from pipeline.watch import Watch
        from pipeline.workbench import chosen, with_prompt

        tried = with_prompt(config, task, prompt)
        pairs = chosen(config, _wish((task,), digest, _dates(date), None, False), paper or (), papers)
        new = write(tried, task, [each for _, each in pairs], Watch())
        Console().print(side_by_side(standing(config, task, pairs), new, config.model.price.currency))


@prompts.command("compare")
def prompts_compare(
    context: typer.Context,
    first: Annotated[Path, typer.Argument(metavar="A", help="A prompt file.")],
    second: Annotated[Path, typer.Argument(metavar="B", help="Another.")],
    task: Annotated[str, typer.Option("--task", help="summarize or translate.")] = "summarize",
    papers: PapersOption = 5,
    paper: PaperOption = None,
    digest: DigestOption = None,
    date: DateOption = None,
) -> None:
    """The same papers under two prompt files: checks, lengths, tokens, cost.

    Example: wenzhai prompts compare prompts/summarize.md prompts/styles/bullets.md --papers 5
    """
    with _explained():
        config = context.obj()
        from rich.console import Console

        from pipeline.trial import compared, write
        from pipeline.watch import Watch
        from pipeline.workbench import chosen, with_prompt

        both = [with_prompt(config, task, path) for path in (first, second)]
        pairs = chosen(config, _wish((task,), digest, _dates(date), None, False), paper or (), papers)
        one, other = (write(each, task, [paper for _, paper in pairs], Watch()) for each in both)
        Console().print(compared(one, other, (first.stem, second.stem), config.model.price.currency))


@prompts.command("styles")
def prompts_styles() -> None:
    """The styles of summaries that travel with Wenzhai, a line each.

    Example: wenzhai --set summarize.prompt=prompts/styles/plain.md run --from summarize
    """
    from pipeline.workbench import styles

    with _explained():
        for path, told in styles():
            typer.echo(f"{path.stem:10} {path}\n{'':10} {told}")


@app.command()
def demo(
    output: Annotated[Path, typer.Option("--output", help="Where the digest goes.")] = Path("outputs"),
) -> None:
    """The whole pipeline on three sample papers, with the embedded model; needs no key and no network.

    Its exit status is 0 also where a paper is flagged: a model this small may well cause that.
    """
    from pipeline.files import shipped

    samples = Path(__file__).with_name("samples.jsonl")
    config = parse_config(
        {
            "digests": {"demo": ["cs.CL"]},
            "output": str(output.absolute()),
            "fetch": {"source": "jsonl", "path": str(samples)},
        },
        folder=shipped("prompts").parent,
    )
    with _explained():
        results = _carry_out(config, Wish(stages=ALL_STAGES))
        _show_first_summary(results[0])


def main() -> None:
    """The console script."""
    # A container is stopped with SIGTERM; it shall keep and write as much as after Ctrl-C.
    # As SIGINT, because asyncio ends its tasks in good order on that one only.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    app()


def _stages_from(start: str) -> tuple[str, ...]:
    if start not in ALL_STAGES:
        raise typer.BadParameter(f"{start} is no stage; the stages are {', '.join(ALL_STAGES)}", param_hint="--from")
    return ALL_STAGES[ALL_STAGES.index(start) :]


_Dates = tuple[dt.date, dt.date] | None


def _dates(date: dt.datetime | None, first: dt.datetime | None = None, last: dt.datetime | None = None) -> _Dates:
    if (first is None) != (last is None) or (date and first):
        raise typer.BadParameter(
            "give --date, or --from-date and --to-date", param_hint="--date / --from-date / --to-date"
        )
    first, last = first or date, last or date
    if not (first and last):
        return None
    if first > last:
        raise typer.BadParameter(f"{first:%Y-%m-%d} is after --to-date {last:%Y-%m-%d}", param_hint="--from-date")
    return first.date(), last.date()


def _wish(stages: tuple[str, ...], digests: list[str] | None, dates: _Dates, limit: int | None, again: bool) -> Wish:
    return Wish(stages=stages, digests=tuple(digests or ()), dates=dates, limit=limit, again=again)


def _run(context: typer.Context, wish: Wish) -> None:
    with _explained():
        results = _carry_out(context.obj(), wish)
    raise typer.Exit(_status(results))


def _carry_out(config: Config, wish: Wish) -> "list[Result]":
    from pipeline.render import day_files
    from pipeline.run import run
    from pipeline.watch import Watch

    results = run(config, wish, Watch())
    for result in results:
        if result.outcome == "no_announcement":
            typer.echo(f"{result.day.name}: no announcement, nothing written")
        elif {"validate", "assemble"} & set(wish.stages):
            typer.echo(f"{result.day.name}: {ledger_line(result.counts)}")
    for result in results:
        if "assemble" in wish.stages and result.day.announced:
            typer.echo(result.day.folder / day_files(config.assemble.formats)[0])
    return results


def _status(results: "list[Result]") -> int:
    return UNFINISHED if any(result.counts.flagged or result.counts.failed for result in results) else 0


def _show_first_summary(result: "Result") -> None:
    from pipeline.files import read_records
    from pipeline.models import Summary

    first = read_records(result.day.folder / "summaries.jsonl", Summary)[0]
    typer.echo(f"{result.day.papers[0].title}\n{first.summary_zh or '（无）'}")


@contextmanager
def _explained() -> Iterator[None]:
    """What a user can cause is one line and a status, never a traceback."""
    try:
        yield
    except WenzhaiError as error:
        typer.echo(f"wenzhai: {error}", err=True)
        raise typer.Exit(STOPPED) from None
    except KeyboardInterrupt:
        typer.echo("wenzhai: interrupted; all answers so far are kept, run again to go on", err=True)
        raise typer.Exit(INTERRUPTED) from None
