"""The command line: parses it, prints results, and turns errors into one line and an exit status.

    running.py    the commands that make a digest: run, each stage alone, plan, doctor, demo
    digests.py    the commands for existing digests: status, show, verify, redo, send, prune
    prompts.py    prompts … and glossary …;  trial_page.py: prints the texts of a trial side by side
    options.py    options that several commands share, and their completion in a shell
    endings.py    reads the config before a command; prints results and errors, and sets the exit status after it
    lines.py      lines that fit a terminal
    streams.py    stdout and stderr that are closed, full or knowing ASCII alone

Heavy imports are inside the commands, so that `wenzhai --help` and shell completion are fast.
"""

import os
import re
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperGroup

from pipeline.cli import digests, prompts, running
from pipeline.cli.options import Given, LogFormat
from pipeline.cli.streams import settle_streams
from pipeline.text.secrets import is_key


class _Keyless(TyperGroup):
    """Refuses a command line with a provider's key before an error message or a file can show it. The addresses of `send`
    hold tokens by nature; chats.py keeps them."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]  # its own Context
        pieces = (piece for arg in args if "://" not in arg for piece in re.split(r"[=:\s{}\[\],]+", arg.lstrip("-")))
        if any(map(is_key, pieces)):
            ctx.fail(
                "the command line holds a provider's key (not shown), and the shell remembers it; put it into the "
                "environment variable that model.api_key_env names, such as OPENAI_API_KEY"
            )
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_Keyless,
    help="文摘：an arXiv announcement day in, a checked Chinese digest out.\n\n"
    "Example: wenzhai --set model.timeout_seconds=60 run --limit 3",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(running.app)
app.add_typer(digests.app)
app.add_typer(prompts.app, name="prompts")
app.add_typer(prompts.glossary, name="glossary")


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            typer.echo(f"wenzhai {version('wenzhai')}")
        except PackageNotFoundError:
            typer.echo("wenzhai, from a checkout that is not installed")
        raise typer.Exit


@app.callback()
def common(
    context: typer.Context,
    config: Annotated[Path, typer.Option("--config", metavar="FILE", help="The config file.")] = Path("config.yaml"),
    changes: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Override one key, such as model.name=x.")
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="Show the log on stderr as well.")] = False,
    log_format: Annotated[
        LogFormat, typer.Option("--log-format", help="How the log is written; json: an object a line.")
    ] = "text",
    version: Annotated[  # noqa: ARG001 - its callback answers
        bool, typer.Option("--version", help="Show the version and leave.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    context.obj = Given(config, tuple(changes or ()), verbose, log_format)


def main() -> None:
    """The console script."""
    settle_streams()
    # A container is stopped with SIGTERM, a terminal that is closed with SIGHUP; they shall keep and write as much as Ctrl-C.
    # As SIGINT, because asyncio ends its tasks in good order on that one only; a job that a script starts with & ignores it,
    # and could not be stopped at all.
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) != signal.SIG_IGN:  # which nohup asks for
            signal.signal(number, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        app()
    except SystemExit as end:
        # Everything is written. Skip Python's own shutdown: with openai's thousand classes it takes half a second.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(end.code if isinstance(end.code, int) else 0)
