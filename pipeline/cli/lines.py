"""Lines that fit a terminal: a head, and a text hung from it. Off a terminal nothing is wrapped, to be searched.

What papers and models say gives a terminal no orders: controls are shown as �.
"""

import re
import shutil
import sys

import typer
from rich.cells import cell_len

from pipeline.text.visible import visible

UNBROKEN = re.compile(r"\s|[“‘（《「【(]*(?:[!-ɏͰ-ӿ]+|\S)[，。；：、！？”’）》」】…]*")
"""What stays on one line: a word in letters, or one Chinese character, with the punctuation that may not leave it."""


def put(head: str, text: str) -> None:
    """Prints it."""
    typer.echo(hung(head, text, columns()))


def columns() -> int | None:
    """Of the terminal; None where there is none."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def hung(head: str, text: str, width: int | None) -> str:
    """The text after its head, wrapped after any Chinese character and below itself; rich would break at spaces only."""
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
