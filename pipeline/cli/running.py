"""`wenzhai init | run | fetch … assemble | plan | doctor | demo`: the commands that make a digest or prepare for it."""

import shlex
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.endings import STOPPED, configured, explained, status_of, tell
from pipeline.cli.options import (
    ALL_STAGES,
    PRESET_NAMES,
    AgainOption,
    DateOption,
    DigestOption,
    FirstOption,
    LastOption,
    LimitOption,
    StartOption,
    dates_of,
    either,
    preset_names,
    request_of,
    stages_from,
)
from pipeline.fields import REVIEW
from pipeline.presets import Preset, preset_named
from pipeline.stages import STAGES, Stage, texts_file

if TYPE_CHECKING:
    from pipeline.config import Config
    from pipeline.records import RunRequest
    from pipeline.run import Result

app = typer.Typer()
_MOST_LINES = 50
"""Of what only a comparison of days shows."""


@app.command("init")
def init_command(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Is made where it is missing.")] = Path(),
    provider: Annotated[
        str,
        typer.Option("--provider", metavar="NAME", help=f"{either(PRESET_NAMES)}.", autocompletion=preset_names),
    ] = "local",
) -> None:
    """A folder to work in: config.yaml for a provider, prompts, .env for keys; changes nothing that is there.

    Example: wenzhai init digests --provider deepseek
    """
    preset = preset_named(provider)
    if not preset:
        raise typer.BadParameter(f"{provider} is none; known are {', '.join(PRESET_NAMES)}", param_hint="--provider")
    with explained():
        from pipeline.commands.init import init

        made = dict(init(folder, preset))
        if kept := [name for name, new in made.items() if not new]:
            typer.echo(f"kept as it was: {', '.join(kept)}")
        for line in _first_steps(folder, preset, made["config.yaml"]):
            typer.echo(line)


def _first_steps(folder: Path, preset: Preset, new: bool) -> Iterator[str]:
    """What to type next, a step a line."""
    yield f"{folder / 'config.yaml'} {f'asks {preset.label}' if new else 'is the old one'}; try it:"
    if folder != Path():
        yield f"  cd {shlex.quote(str(folder))}"
    if preset.keys:
        yield f"  put your key into .env, after {preset.key_name}= ({preset.keys})"
    yield "  wenzhai doctor            # is everything there?"
    yield "  wenzhai run --limit 3     # the first three papers of today"


@app.command(
    "run",
    help=f"All stages ({', '.join(ALL_STAGES)}), for every digest of the config.\n\nExample: wenzhai run --limit 3",
)
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
    request = request_of(stages_from(start), digest, dates_of(date, first, last), limit, again)
    with configured(context) as config:
        results = _carry_out(config, request)
    raise typer.Exit(status_of(results))


def _stage_command(stage: Stage) -> None:
    @app.command(stage.name, help=f"{stage.does}\n\nExample: wenzhai {stage.name}")
    def command(
        context: typer.Context,
        digest: DigestOption = None,
        date: DateOption = None,
        first: FirstOption = None,
        last: LastOption = None,
        limit: LimitOption = None,
        again: AgainOption = False,
    ) -> None:
        request = request_of((stage.name,), digest, dates_of(date, first, last), limit, again)
        with configured(context) as config:
            results = _carry_out(config, request)
        raise typer.Exit(status_of(results))


for _stage in STAGES:
    if _stage.name != REVIEW:
        _stage_command(_stage)


@app.command(REVIEW)
def review_command(
    context: typer.Context,
    digest: DigestOption = None,
    date: DateOption = None,
    first: FirstOption = None,
    last: LastOption = None,
    limit: LimitOption = None,
    again: AgainOption = False,
    exam: Annotated[
        bool, typer.Option("--exam", help="Instead: what the reader finds in 40 texts whose faults are known.")
    ] = False,
    labels: Annotated[
        Path | None,
        typer.Option("--labels", metavar="DIR", help="The same with your own outputs.jsonl, defects.jsonl."),
    ] = None,
) -> None:
    """Asks a second model what is wrong with the texts, and the writer to look again at what it claims.

    Example: wenzhai review --exam
    """
    request = request_of((REVIEW,), digest, dates_of(date, first, last), limit, again)
    with configured(context) as config:
        from pipeline.asking.context import NO_READER, reviewers_of
        from pipeline.errors import ConfigError

        if not reviewers_of(config):
            raise ConfigError(NO_READER)
        if exam or labels:
            _show_exam(config, labels)
            return
        results = _carry_out(config, request)
    raise typer.Exit(status_of(results))


def _show_exam(config: "Config", labels: Path | None) -> None:
    from pipeline.cli.lines import put_table
    from pipeline.commands.exam import exam_pairs, exam_table, examine_reader, labelled_pairs, verdict
    from pipeline.watch import Watch

    result, usage = examine_reader(config, labelled_pairs(labels) if labels else exam_pairs(), Watch())
    put_table(exam_table(result))
    typer.echo(verdict(result))
    tokens = f"{usage.requests} requests, {usage.prompt_tokens:,} tokens in, {usage.completion_tokens:,} out"
    typer.echo(f"{tokens}, {usage.cost:.4f} {config.model.price.currency}")


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
    """What `run` would ask and why, with tokens and cost; reads the announcement as `run` does, and asks nothing.

    Example: wenzhai plan --from summarize
    """
    request = request_of(stages_from(start), digest, dates_of(date, first, last), limit, again)
    with configured(context) as config:
        from pipeline.cli.lines import put_table
        from pipeline.commands.plan import plan as foretell
        from pipeline.commands.plan import plan_table
        from pipeline.watch import Watch

        rows = foretell(config, request, Watch())
        put_table(plan_table(rows, config.model.price.currency) if rows else "nothing to ask")


@app.command()
def doctor(context: typer.Context) -> None:
    """Checks prompts, output, source, key and model with one cheap probe each, and says how to repair what fails.

    Example: wenzhai doctor
    """
    healthy = True
    with configured(context) as config:
        from pipeline.cli.lines import put
        from pipeline.commands.doctor import examine
        from pipeline.keys import NAME as KEYS
        from pipeline.keys import readable_by_others

        for finding in examine(config):
            healthy &= finding.fine
            put(f"{'ok  ' if finding.fine else 'FAIL'} {finding.what:8} ", finding.told)
        if readable_by_others(folder := context.obj.config.absolute().parent):
            put(f"warn {'keys':8} ", f"{folder / KEYS} can be read by every user of this machine: chmod 600 it")
    raise typer.Exit(0 if healthy else STOPPED)


@app.command()
def demo(
    output: Annotated[Path, typer.Option("--output", metavar="FOLDER", help="Where the digest goes.")] = Path(
        "outputs"
    ),
    limit: LimitOption = None,
) -> None:
    """The whole pipeline on three sample papers, with the embedded model; needs no key and no network.

    Its exit status is 0 even if a paper is flagged, because so small a model makes mistakes.

    Example: wenzhai demo --output /tmp/wenzhai
    """
    with explained():
        from pipeline.commands.workbench import SAMPLES
        from pipeline.config import parse_config
        from pipeline.files import shipped

        config = parse_config(
            {
                "digests": {"demo": ["cs.CL"]},
                "output": str(output.absolute()),
                "fetch": {"source": "jsonl", "path": str(SAMPLES)},
                # Nobody pays for the wait, and a busy machine takes long over a sentence.
                "model": {"timeout_seconds": 900},
            },
            folder=shipped("prompts").parent,
        )
        typer.echo("the embedded model is loaded now; then a paper takes up to a minute on two cores", err=True)
        _show_first_summary(_carry_out(config, request_of(ALL_STAGES, limit=limit))[0])


def _carry_out(config: "Config", request: "RunRequest") -> "list[Result]":
    from pipeline.commands.findings import across_days
    from pipeline.render import day_files
    from pipeline.run import run
    from pipeline.watch import Watch

    results = run(config, request, Watch())
    tell(results, request.stages)
    if request.stages == ("validate",):
        lines = across_days([result.day for result in results], config.output)
        for line in islice(lines, _MOST_LINES):
            typer.echo(line)
        if left := sum(1 for _ in lines):
            typer.echo(f"… {left} more")
    for result in results:
        if "assemble" in request.stages and result.day.announced:
            typer.echo(result.day.folder / day_files(config.assemble.formats)[0])
    return results


def _show_first_summary(result: "Result") -> None:
    from pipeline.fields import lead
    from pipeline.files import read_records
    from pipeline.records import PaperTexts

    one_liner = lead("one_liner")
    first = read_records(result.day.folder / texts_file(one_liner.task), PaperTexts)[0]
    typer.echo(f"{result.day.papers[0].title}\n{first.texts[one_liner.name] or '（无）'}")
