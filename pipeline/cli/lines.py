"""Lines that fit a terminal: a head, and a text wrapped beside it. Without a terminal nothing is wrapped, so grep
works.

Control characters in the texts of papers and models are shown as �.
"""

import re
import shutil
import sys
from typing import TYPE_CHECKING

import typer
from rich.cells import cell_len

from pipeline.text.visible import visible

if TYPE_CHECKING:
    from rich.console import RenderableType

TABLE_COLUMNS = 76
"""Room for the tables of `status` and `plan`."""
UNBROKEN = re.compile(r"\s|[“‘（《「【(]*(?:[!-ɏͰ-ӿ]+|\S)[，。；：、！？”’）》」】…]*")
"""What is never broken: a word, or one Chinese character, with its adjoining punctuation."""


def put(head: str, text: str) -> None:
    """Prints a head and its text."""
    typer.echo(hung(head, text, columns()))


def put_table(table: "RenderableType") -> None:
    """Prints a table; wider than a narrow terminal, because rich would cut off the numbers."""
    from rich.console import Console  # late: few commands print one

    console = Console(highlight=False)
    console.width = max(console.width, TABLE_COLUMNS)
    console.print(table)


def columns() -> int | None:
    """Width of the terminal; None without a terminal."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def hung(head: str, text: str, width: int | None) -> str:
    """The text beside its head, with hanging indent. Breaks after any Chinese character; rich breaks only at spaces."""
    indent = cell_len(head)
    lines = []
    for paragraph in map(visible, text.splitlines()):
        lines.append("")
        for unit in UNBROKEN.findall(paragraph):
            if width and lines[-1] and indent + cell_len(lines[-1] + unit) > width:
                lines.append("")
            if lines[-1] or not unit.isspace():
                lines[-1] += unit
    return head + f"\n{'':{indent}}".join(line.rstrip() for line in lines)
