"""What people type. Reads the command line, prints results, and turns errors into one line and an exit status.

    running.py    run, each stage alone, plan, doctor, demo: how a digest comes to be
    digests.py    status, redo, send: what is done with one that is there
    prompts.py    prompts …, glossary …: the wording;  trial_page.py: two texts of each field, to be judged by eye
    options.py    what many commands take, and how a shell completes it
    endings.py    config in; results and exit status out
    lines.py      lines that fit a terminal
    streams.py    stdout and stderr that are closed, full or knowing ASCII alone

Does nothing itself: heavy imports come late, so that `wenzhai --help` and a shell's Tab answer at once.
"""

import os
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli import digests, prompts, running
from pipeline.cli.streams import settle_streams

app = typer.Typer(
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


@app.callback()
def common(
    context: typer.Context,
    config: Annotated[Path, typer.Option("--config", help="The config file.")] = Path("config.yaml"),
    changes: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Override one key, such as model.name=x.")
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="Show the log on stderr as well.")] = False,
) -> None:
    context.obj = config, tuple(changes or ()), verbose


def main() -> None:
    """The console script."""
    settle_streams()
    # A container is stopped with SIGTERM, a terminal that is closed with SIGHUP; they shall keep and write as much as Ctrl-C.
    # As SIGINT, because asyncio ends its tasks in good order on that one only.
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) != signal.SIG_IGN:  # which nohup asks for
            signal.signal(number, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        app()
    except SystemExit as end:
        # All is written by now. Python would take half a second to take openai's thousand classes apart; after Ctrl-C
        # that is felt.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(end.code if isinstance(end.code, int) else 0)
