"""Prints the texts of a trial: for each field the versions below each other, a block a paper, then the totals.

2607.00001  Sorting Long Lists with Short Rules
  summary_zh
    now    41 字, 1,025 tokens, 0.0011 CNY ✓
           提出……
    tried  52 字, 1,101 tokens, 0.0012 CNY
           ⚠ number: 原文没有“2.4”
           把长名单排好……
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from rich.cells import cell_len
from rich.text import Text

from pipeline.cli.lines import hung
from pipeline.commands.trial import Written
from pipeline.fields import REVIEW, field_named


def trial_page(sides: Mapping[str, Sequence[Written]], currency: str, width: int | None) -> Text:
    """`sides`: label → the same fields of the same papers; `width` in columns; None: nothing is wrapped.

    A side without a text for a field is left out there; a side without any text is left out of the totals.
    """
    room = max(map(cell_len, sides))
    page = Text()
    for paper, rows in groupby(zip(*sides.values(), strict=True), key=lambda row: row[0].paper):
        page.append(hung(f"{paper.id}  ", paper.title, width) + "\n", style="bold")
        for row in rows:
            page.append(f"  {row[0].field}\n")
            for label, written in zip(sides, row, strict=True):
                if written.grade != "absent":
                    page.append(hung(f"    {_filled(label, room)}  ", _told(written, currency), width) + "\n")
        page.append("\n")
    return page.append("\n".join(_totals(sides, currency)))


def _told(written: Written, currency: str) -> str:
    facts = f"{_length([written])}, {written.tokens:,} tokens, {written.cost:.4f} {currency}"
    problems = [f"{'✗' if each.severity == 'reject' else '⚠'} {each.rule}: {each.detail}" for each in written.problems]
    return "\n".join([facts if problems else f"{facts} ✓", *problems, written.text or "—"])


def _totals(sides: Mapping[str, Sequence[Written]], currency: str) -> Iterator[str]:
    """A line for each side: counts of fields that are fine, flagged and failed, then mean lengths and sums."""
    every = next(iter(sides.values()))
    names = list(dict.fromkeys(each.field for each in every))
    there = {label: side for label, side in sides.items() if any(each.grade != "absent" for each in side)}
    table = [["in all", "✓ fine", "⚠ flagged", "✗ failed", *names, "tokens", currency]]
    for label, side in there.items():
        grades = [each.grade for each in side]
        table.append([label, *(str(grades.count(grade)) for grade in ("fine", "flagged", "failed"))])
        table[-1] += [_length([each for each in side if each.field == name and each.text]) for name in names]
        table[-1] += [f"{sum(each.tokens for each in side):,}", f"{sum(each.cost for each in side):.4f}"]
    widths = [max(map(cell_len, column)) for column in zip(*table, strict=True)]
    for label, *cells in table:
        figures = (" " * (size - cell_len(cell)) + cell for cell, size in zip(cells, widths[1:], strict=True))
        yield "  ".join([_filled(label, widths[0]), *figures])
    yield from (f"{label}: none of this is written yet" for label in sides if label not in there)


def _length(written: Sequence[Written]) -> str:
    """Mean length of the texts; all are of the same field."""
    if not written:
        return "—"
    mean = sum(each.length for each in written) / len(written)
    return f"{mean:.0f} {_unit(written[0].field)}"


def _unit(field: str) -> str:
    if field == REVIEW:
        return "条"
    return "words" if field_named(field).language == "en" else "字"


def _filled(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))
