"""The start and end of a command: its config; then its results in lines, an error in one line, the exit status."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from pipeline.errors import WenzhaiError
from pipeline.text.secrets import masked
from pipeline.text.visible import visible

if TYPE_CHECKING:
    from pipeline.config import Config
    from pipeline.run import Result

STOPPED, UNFINISHED, INTERRUPTED = 1, 3, 130
_log = logging.getLogger(__name__)


@contextmanager
def explained(log: Path | None = None) -> Iterator[None]:
    """Turns any error into one line and an exit status; the traceback of a bug goes to the `log`."""
    try:
        yield
    except (typer.Exit, typer.Abort, typer.BadParameter):
        raise
    except WenzhaiError as error:
        told = visible(masked(str(error)))  # it may quote a server, or what was typed
        _log.info("stopped: %s", told)
        typer.echo(f"wenzhai: {told}", err=True)
        raise typer.Exit(STOPPED) from None
    except KeyboardInterrupt:
        typer.echo("wenzhai: interrupted; all answers so far are kept, run again to go on", err=True)
        raise typer.Exit(INTERRUPTED) from None
    except Exception as error:  # noqa: BLE001 - a bug: one line here, the traceback in the log
        _log.exception("the program failed")
        where = f"the traceback is in {log}" if log and log.exists() else "--verbose before the command shows where"
        what = visible(masked(" ".join(f"{type(error).__name__}: {error}".split())[:200]))
        typer.echo(f"wenzhai: the program failed ({what}); nothing that was kept is lost; {where}", err=True)
        raise typer.Exit(STOPPED) from None


@contextmanager
def configured(context: typer.Context) -> "Iterator[Config]":
    """The config from --config and --set, and the keys in .env beside it; errors inside the block become one line."""
    path, changes, verbose, style = context.obj
    with explained():
        from pipeline.config import load_config
        from pipeline.keys import read_keys
        from pipeline.log import NAME, log_to

        read_keys(path.absolute().parent)
        config = load_config(path, changes)
        log_to(config.output, verbose=verbose, style=style)
    with explained(config.output / NAME):
        yield config


def tell(results: "Iterable[Result]", stages: Sequence[str]) -> None:
    """Prints the ledger line of each day and its marks by category, if the stages counted them."""
    from pipeline.commands.findings import marks
    from pipeline.ledger import ledger_line, review_line

    for result in results:
        if result.outcome == "no_announcement":
            typer.echo(f"{result.day.name}: no announcement, nothing written")
        elif {"validate", "assemble"} & set(stages):
            typer.echo(f"{result.day.name}: {ledger_line(result.counts)}")
            if reviewed := result.day.report.reviewed:
                typer.echo(f"{'':{len(result.day.name)}}  {review_line(reviewed, result.counts)}")
            for line in marks(result.day):
                typer.echo(f"  {line}")


def status_of(results: "Iterable[Result]") -> int:
    return UNFINISHED if any(result.counts.flagged or result.counts.failed for result in results) else 0
