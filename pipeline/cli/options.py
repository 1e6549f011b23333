"""Options that several commands share, their completion in a shell, and the RunRequest made from them."""

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import typer

from pipeline.errors import WenzhaiError
from pipeline.fields import FIELDS, TASKS
from pipeline.presets import PRESETS
from pipeline.stages import STAGES

if TYPE_CHECKING:
    from pipeline.records import RunRequest

ALL_STAGES = tuple(stage.name for stage in STAGES)
PRESET_NAMES = tuple(row.name for row in PRESETS)
FIELD_NAMES = tuple(field.name for field in FIELDS)
ALL_DAYS = (dt.date.min, dt.date.max)
LogFormat = Literal["text", "json"]
Dates = tuple[dt.date, dt.date] | None


class Given(NamedTuple):
    """What stands before any command."""

    config: Path
    changes: tuple[str, ...]
    verbose: bool
    log_format: LogFormat


def _stages(incomplete: str) -> list[str]:
    return _beginning(incomplete, ALL_STAGES)


def _digests(context: typer.Context, incomplete: str) -> list[str]:
    """The digests of the config; none if it cannot be read."""
    from pipeline.config import load_config

    given = context.find_root().params
    try:
        return _beginning(incomplete, load_config(given["config"], tuple(given["changes"] or ())).digests)
    except WenzhaiError:
        return []


def _tasks(incomplete: str) -> list[str]:
    return _beginning(incomplete, TASKS)


def _fields(incomplete: str) -> list[str]:
    return _beginning(incomplete, FIELD_NAMES)


def preset_names(incomplete: str) -> list[str]:
    return _beginning(incomplete, PRESET_NAMES)


def either(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"


def _beginning(incomplete: str, names: Iterable[str]) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]


DigestOption = Annotated[
    list[str] | None,
    typer.Option("--digest", metavar="NAME", help="Only this digest; may be given twice.", autocompletion=_digests),
]
DateOption = Annotated[
    dt.datetime | None,
    typer.Option("--date", metavar="YYYY-MM-DD", formats=["%Y-%m-%d"], help="The day of the announcement."),
]
FirstOption = Annotated[
    dt.datetime | None,
    typer.Option("--from-date", metavar="YYYY-MM-DD", formats=["%Y-%m-%d"], help="First of many days, with --to-date."),
]
LastOption = Annotated[
    dt.datetime | None,
    typer.Option("--to-date", metavar="YYYY-MM-DD", formats=["%Y-%m-%d"], help="Last of many days."),
]
LimitOption = Annotated[
    int | None, typer.Option("--limit", metavar="N", min=1, help="Only the first N papers in feed order.")
]
StartOption = Annotated[
    str, typer.Option("--from", metavar="STAGE", help=f"Begin with {either(ALL_STAGES)}.", autocompletion=_stages)
]
AgainOption = Annotated[bool, typer.Option("--again", help="Ignore stored answers and ask again.")]
FieldOption = Annotated[
    str,
    typer.Option("--field", help=f"{either(FIELD_NAMES)}.", autocompletion=_fields),
]
TaskArgument = Annotated[str, typer.Argument(metavar="TASK", help=f"{either(TASKS)}.", autocompletion=_tasks)]
TaskOption = Annotated[str, typer.Option("--task", help=f"{either(TASKS)}.", autocompletion=_tasks)]


def stages_from(start: str) -> tuple[str, ...]:
    if start not in ALL_STAGES:
        raise typer.BadParameter(f"{start} is no stage; the stages are {', '.join(ALL_STAGES)}", param_hint="--from")
    return ALL_STAGES[ALL_STAGES.index(start) :]


def dates_of(date: dt.datetime | None, first: dt.datetime | None = None, last: dt.datetime | None = None) -> Dates:
    """(first, last) from --date, or from --from-date and --to-date."""
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


def request_of(
    stages: tuple[str, ...],
    digests: list[str] | None = None,
    dates: Dates = None,
    limit: int | None = None,
    again: bool = False,
) -> "RunRequest":
    from pipeline.records import RunRequest

    return RunRequest(stages=stages, digests=tuple(digests or ()), dates=dates, limit=limit, again=again)
