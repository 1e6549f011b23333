"""docs/tables.md from the tables of fields, sources, providers and stages: `python -m tests.tables_page` writes it; a test
holds the page to the tables."""

from collections.abc import Iterator
from pathlib import Path

from pipeline.fields import FIELDS
from pipeline.model.providers import PROVIDERS
from pipeline.sources.table import SOURCES
from pipeline.stages import STAGES

PAGE = Path(__file__).parents[1] / "docs" / "tables.md"
HEAD = """# Fields, stages, sources, providers

Made from the tables by `python -m tests.tables_page`; do not edit it by hand. Adding a row is all there is to adding a field,
a source or a provider; tests/test_tables.py adds one of each to a copy of the package and runs the whole pipeline. The table of
rules has [a page of its own](rules.md).
"""


def page() -> str:
    parts = [HEAD, _fields(), _stages(), _sources(), _providers()]
    return "\n".join(parts)


def _table(title: str, intro: str, head: list[str], rows: Iterator[list[str]]) -> str:
    lines = [f"## {title}", "", intro, "", _row(head), _row(["---"] * len(head)), *map(_row, rows), ""]
    return "\n".join(lines)


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _fields() -> str:
    rows = (
        [
            f"`{each.name}`",
            each.label,
            each.task,
            each.kind,
            each.language,
            ", ".join(each.made_of),
            each.wanted,
            f"`{each.task}.{each.switch}`" if each.switch else "always",
            "yes" if each.optional else "no",
        ]
        for each in FIELDS
    )
    head = ["field", "label", "stage", "kind", "language", "made of", "in a question", "asked for", "may be missing"]
    return _table("Fields", "What a model writes for a paper (`pipeline/fields.py`).", head, rows)


def _stages() -> str:
    rows = ([f"`{each.name}`", each.does, " ".join(each.reads) or "arXiv", " ".join(each.writes)] for each in STAGES)
    return _table(
        "Stages", "In their order (`pipeline/stages/__init__.py`).", ["stage", "does", "reads", "writes"], rows
    )


def _sources() -> str:
    rows = ([f"`{each.name}`", ", ".join(f"`fetch.{key}`" for key in each.needs) or "—"] for each in SOURCES.values())
    return _table("Sources", "`fetch.source` (`pipeline/sources/table.py`).", ["source", "needs"], rows)


def _providers() -> str:
    rows = (
        [
            f"`{each.name}`",
            str(each.in_flight),
            each.unit,
            "yes" if each.grammar else "no",
            "yes" if each.batches else "no",
            "yes" if each.needs_key else "no",
        ]
        for each in PROVIDERS
    )
    head = ["provider", "calls in flight", "asked at once", "grammar", "batches", "key"]
    return _table("Providers", "`model.provider` (`pipeline/model/providers.py`).", head, rows)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
