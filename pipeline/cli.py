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
from pipeline.models import Wish

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


@app.command()
def demo(
    output: Annotated[Path, typer.Option("--output", help="Where the digest goes.")] = Path("outputs"),
) -> None:
    """The whole pipeline on three sample papers, with the embedded model; needs no key and no network."""
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
    raise typer.Exit(_status(results))


def main() -> None:
    """The console script."""
    # A container is stopped with SIGTERM; it shall keep and write as much as after Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
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
    from pipeline.render import FORMATS
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
            typer.echo(result.day.folder / FORMATS[config.assemble.formats[0]][0])
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
