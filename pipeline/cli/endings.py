"""How a command begins and ends: the config it was given, its results in lines, errors in one line, the exit status."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from pipeline.errors import WenzhaiError
from pipeline.text.visible import visible

if TYPE_CHECKING:
    from pipeline.config import Config
    from pipeline.run import Result

STOPPED, UNFINISHED, INTERRUPTED = 1, 3, 130


@contextmanager
def explained() -> Iterator[None]:
    """What a user can cause is one line and a status, never a traceback."""
    try:
        yield
    except WenzhaiError as error:
        typer.echo(f"wenzhai: {visible(str(error))}", err=True)  # it may quote a server
        raise typer.Exit(STOPPED) from None
    except KeyboardInterrupt:
        typer.echo("wenzhai: interrupted; all answers so far are kept, run again to go on", err=True)
        raise typer.Exit(INTERRUPTED) from None


@contextmanager
def configured(context: typer.Context) -> "Iterator[Config]":
    """The config that was named before the command, with its --set; what goes wrong inside is explained."""
    with explained():
        from pipeline.config import load_config

        yield load_config(*context.obj)


def tell(results: "Iterable[Result]", stages: Sequence[str]) -> None:
    """A line for each day whose fates were counted."""
    from pipeline.ledger import ledger_line

    for result in results:
        if result.outcome == "no_announcement":
            typer.echo(f"{result.day.name}: no announcement, nothing written")
        elif {"validate", "assemble"} & set(stages):
            typer.echo(f"{result.day.name}: {ledger_line(result.counts)}")


def status_of(results: "Iterable[Result]") -> int:
    return UNFINISHED if any(result.counts.flagged or result.counts.failed for result in results) else 0
