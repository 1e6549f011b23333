"""`wenzhai status | show | verify | redo | send | prune | mcp`: the commands for existing digests."""

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.endings import UNFINISHED, configured, status_of, tell
from pipeline.cli.options import (
    ALL_DAYS,
    FIELD_NAMES,
    DateOption,
    DigestOption,
    FieldOption,
    FirstOption,
    LastOption,
    dates_of,
    request_of,
)

if TYPE_CHECKING:
    from pipeline.asking.receipts import Account

app = typer.Typer()


@app.command()
def status(context: typer.Context) -> None:
    """Digests and days with their counts.

    Example: wenzhai status
    """
    with configured(context) as config:
        from pipeline.cli.lines import put_table
        from pipeline.commands.status import status_table

        table = status_table(config)
        put_table(table if table.rows else f"{config.output}: no digest yet; `wenzhai run` makes one")


@app.command("show")
def show_command(
    context: typer.Context,
    paper: Annotated[str, typer.Argument(metavar="ID", help="A paper, such as 2403.17919.")],
    raw: Annotated[bool, typer.Option("--raw", help="Also every request and response, word for word.")] = False,
    digest: DigestOption = None,
) -> None:
    """Everything about a paper: source, texts, their problems, calls and cost; asks nothing.

    Example: wenzhai show 2403.17919 --raw
    """
    request = request_of((), digest, ALL_DAYS)
    with configured(context) as config:
        from pipeline.cli.lines import put
        from pipeline.commands.show import show

        for head, text in show(config, request, paper, raw=raw):
            put(head, text)


@app.command("verify")
def verify_command(
    context: typer.Context,
    digest: DigestOption = None,
    date: DateOption = None,
    first: FirstOption = None,
    last: LastOption = None,
) -> None:
    """Builds a day again from its papers and the stored answers, compares every byte, and accounts for every call.

    Example: wenzhai verify --date 2026-06-30
    """
    request = request_of((), digest, dates_of(date, first, last))
    sound = True
    with configured(context) as config:
        from pipeline.commands.verify import accounted, verify

        for each in verify(config, request):
            sound &= not each.differs
            typer.echo(f"{each.day}: {len(each.same)} files come out as they are, {len(each.differs)} do not")
            for line in each.differs:
                typer.echo(f"  {line}")
        account = accounted(config)
        sound &= account.adds_up
        typer.echo(account_line(account, config.model.price.currency))
        for became, (number, cost) in account.lost.items():
            typer.echo(f"  {number}: {became} ({cost:.4f})")
    raise typer.Exit(0 if sound else UNFINISHED)


def account_line(account: "Account", currency: str) -> str:
    """One line: `calls 140 = kept 137 + waiting in batches 0 + lost 3; …`."""
    lost = sum(number for number, _ in account.lost.values())
    line = f"calls {account.calls} = kept {account.kept} + waiting in batches {account.waiting} + lost {lost}"
    line += f"; {account.kept_cost:.4f} of {account.cost:.4f} {currency} is in answers that are kept"
    return line + (f"; {account.without} answers are older than receipts" if account.without else "")


@app.command("redo")
def redo_command(
    context: typer.Context,
    ids: Annotated[list[str], typer.Argument(metavar="ID…", help="Papers, such as 2403.17919.")],
    field: FieldOption,
    why: Annotated[
        str | None, typer.Option("--why", metavar="TEXT", help="What is wrong with it; the model is told.")
    ] = None,
    digest: DigestOption = None,
    date: DateOption = None,
) -> None:
    """Asks again for one field of a paper, and writes its day again; a later run keeps the new text.

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
    again: Annotated[bool, typer.Option("--again", help="Also to services that have the day already.")] = False,
) -> None:
    """One-liners and links of a day to the services in WENZHAI_SEND_TO: Feishu, DingTalk, WeCom, Slack, e-mail, …

    Example: wenzhai send --dry-run
    """
    request = request_of((), digest, dates_of(date), None, again)
    with configured(context) as config:
        from pipeline.commands.send import send

        send(config, request, to or (), dry=dry_run, say=typer.echo)


@app.command("prune")
def prune_command(
    context: typer.Context,
    keep: Annotated[int, typer.Option("--keep", min=14, help="Days that stay whole, from the newest back.")],
    yes: Annotated[bool, typer.Option("--yes", help="Remove them; without it they are only shown.")] = False,
) -> None:
    """Removes documents of old days that `wenzhai assemble` makes again for nothing; pages and answers stay.

    Example: wenzhai prune --keep 90
    """
    with configured(context) as config:
        from pipeline.commands.prune import prunable, prune

        found = prune(config, keep) if yes else list(prunable(config, keep))
        for day in found:
            if day.files:
                typer.echo(f"{day.folder}: {' '.join(day.files)} ({day.size / 1e6:.1f} MB)")
            if day.edited:
                typer.echo(f"{day.folder}: {' '.join(day.edited)}: edited since, stays")
        size = sum(day.size for day in found) / 1e6
        what = "removed" if yes else "could be removed; --yes removes it"
        typer.echo(f"{size:.1f} MB {what}" if size else "nothing to remove")


@app.command("mcp")
def mcp_command(context: typer.Context) -> None:
    """Lets an assistant read the digests, over the Model Context Protocol on stdin and stdout; changes nothing.

    Example: wenzhai --config /home/me/digests/config.yaml mcp
    """
    with configured(context) as config:
        from pipeline.commands.assistant import server_of

        server_of(config).run("stdio")
