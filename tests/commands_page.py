"""docs/commands.md from the command line's own help: `python -m tests.commands_page` writes it; a test holds the page to it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from pipeline.cli import app

PAGE = Path(__file__).parents[1] / "docs" / "commands.md"
HEAD = """# Commands

Made from the command line's own help by `python -m tests.commands_page`; do not edit it by hand.

`wenzhai [OPTION]… COMMAND`: the options of all commands stand before the command. `--set model.timeout_seconds=60` overrides one key of
the config; the value is YAML. Calls, waits, retries and tracebacks of the last runs are in `outputs/wenzhai.log`.

Exit status: 0 every announced paper is published or excluded, or there was no announcement; 1 stopped (config, prompt, source, model),
nothing is lost; 2 wrong usage; 3 the digest is written, and papers in it are flagged or failed; 130 interrupted, all answers so far are kept
and written.

[What each stage reads and writes](tables.md#stages). Stage files are JSON Lines, one record a line, easy to read and compare. You can delete
summaries.jsonl, translations.jsonl and problems.jsonl: the next run rebuilds them from `outputs/answers.db` for free.
"""
WENZHAI = typer.main.get_command(app)


def page() -> str:
    commands = dict(all_commands())
    lines = [HEAD, "| command | does |", "| --- | --- |"]
    lines += [f"| {_call(path, command)} | {_cell(told(command))} |" for path, command in commands.items()]
    lines += ["", "## Options", "", "| option | does | of |", "| --- | --- | --- |"]
    lines += [f"| `{option}` | {_cell(does)} | {of} |" for option, does, of in _options(commands)]
    return "\n".join(lines) + "\n"


def all_commands(command: Any = WENZHAI, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """("prompts try", its command) of every command that does something."""
    if not hasattr(command, "commands"):
        yield " ".join(path), command
    for name, each in getattr(command, "commands", {}).items():
        yield from all_commands(each, (*path, name))


def told(command: Any) -> str:
    """Its help without the example."""
    return " ".join(re.split(r"\n+Example: ", command.help)[0].split())


def _call(path: str, command: Any) -> str:
    words = [each.metavar or each.name.upper() for each in command.params if each.param_type_name == "argument"]
    return f"`{' '.join(['wenzhai', path, *words])}`"


def _options(commands: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """(option, its help, commands that have it); those of all commands first."""
    of: dict[tuple[str, str], list[str]] = {}
    for path, command in {"all": WENZHAI, **commands}.items():
        for each in command.params:
            if (
                each.param_type_name == "option"
                and each.help
                and each.name not in ("install_completion", "show_completion")
            ):
                value = "" if each.is_flag else f" {each.metavar or each.name.upper()}"
                of.setdefault((each.opts[0] + value, each.help), []).append(path)
    for (option, does), paths in of.items():
        yield option, does, ", ".join(paths)


def _cell(text: str) -> str:
    return text.replace("|", r"\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
