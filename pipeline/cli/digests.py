"""`wenzhai status | redo | send`: what is done with a digest that is there."""

from typing import Annotated

import typer

from pipeline.cli.endings import configured, status_of, tell
from pipeline.cli.options import FIELD_NAMES, DateOption, DigestOption, FieldOption, dates_of, request_of

app = typer.Typer()


@app.command()
def status(context: typer.Context) -> None:
    """Digests and days with their counts.

    Example: wenzhai status
    """
    with configured(context) as config:
        from rich.console import Console

        from pipeline.commands.status import status_table

        table = status_table(config)
        told = table if table.rows else f"{config.output}: no digest yet; `wenzhai run` makes one"
        Console().print(told, highlight=False)


@app.command("redo")
def redo_command(
    context: typer.Context,
    ids: Annotated[list[str], typer.Argument(metavar="ID…", help="Papers, such as 2403.17919.")],
    field: FieldOption,
    why: Annotated[str | None, typer.Option("--why", help="What is wrong with it; the model is told.")] = None,
    digest: DigestOption = None,
    date: DateOption = None,
) -> None:
    """Has one field of a paper written anew, and its day with it; a later run keeps the new text.

    Example: wenzhai redo 2403.17919 --field title_zh --why "“agent” 应译为智能体"
    """
    if field not in FIELD_NAMES:
        raise typer.BadParameter(f"{field} is none; the fields are {', '.join(FIELD_NAMES)}", param_hint="--field")
    request = request_of((), digest, dates_of(date))
    with configured(context) as config:
        from pipeline.cli.lines import put
        from pipeline.commands.redo import redo
        from pipeline.watch import Watch

        redone, results = redo(config, request, ids, field, why, Watch())
        for each in redone:
            put(f"{each.paper.id} {field}: ", each.old or "—")
            put(f"{'':{len(each.paper.id)}} → ", each.new or "—")
        tell(results, ("validate", "assemble"))
    raise typer.Exit(status_of(results))


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
    """One-liners and links of a day to the services in WENZHAI_SEND_TO: Feishu, DingTalk, WeCom, Slack, e-mail, …

    Example: wenzhai send --dry-run
    """
    request = request_of((), digest, dates_of(date), None, again)
    with configured(context) as config:
        from pipeline.commands.send import send

        send(config, request, to or (), dry=dry_run, say=typer.echo)
