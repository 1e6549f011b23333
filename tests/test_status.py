"""wenzhai status: the days on the disk, each with its counts."""

import datetime as dt
import io

import pytest
from rich.console import Console

from pipeline.cli.lines import put_table
from pipeline.commands.status import status_table
from pipeline.config import parse_config
from pipeline.errors import FileError
from pipeline.files import day_folder, write_records, write_text
from pipeline.records import Counts, RunReport, Usage
from tests.factories import paper


@pytest.fixture
def config(tmp_path):
    return parse_config({"output": "out", "digests": {"cs.CL": ["cs.CL"], "cs.LG": ["cs.LG"]}}, folder=tmp_path)


def write_day(config, digest, date, report=None):
    folder = day_folder(config.output, digest, dt.date.fromisoformat(date))
    write_records(folder / "papers.jsonl", [paper()])
    if report:
        write_text(folder / "run.json", report.model_dump_json())


def rows(config):
    table = status_table(config)
    cells = [list(column.cells) for column in table.columns]
    return [list(row) for row in zip(*cells, strict=True)]


def test_a_row_a_day_newest_first(config):
    """Digests in the config's order, then those only the disk knows; counts, outcome and what the answers cost."""
    counts = Counts(announced=10, published=5, flagged=2, failed=1, excluded=2)
    bought = {"summarize": Usage(cost=0.25), "translate": Usage(cost=1)}
    write_day(config, "cs.LG", "2026-06-29", RunReport(counts=counts, bought=bought, outcome="partial"))
    write_day(config, "cs.LG", "2026-06-30", RunReport(outcome="complete", currency="USD"))
    write_day(config, "cs.CL", "2026-06-30")
    write_day(config, "astro-ph", "2026-06-30", RunReport(outcome="stopped"))
    (config.output / ".feeds").mkdir()
    (config.output / "answers.db").write_text("")
    assert rows(config) == [
        ["cs.CL", "2026-06-30", "no run.json", *[""] * 6],
        ["cs.LG", "2026-06-30", "complete", "0", "0", "0", "0", "0", "0.0000 USD"],
        ["cs.LG", "2026-06-29", "partial", "10", "5", "2", "1", "2", "1.2500 CNY"],
        ["astro-ph", "2026-06-30", "stopped", "0", "0", "0", "0", "0", "0.0000 CNY"],
    ]


def test_an_empty_disk_is_an_empty_table(config):
    """Before the first run."""
    assert rows(config) == []


def test_the_numbers_stand_under_their_words(config):
    """What is printed names every column of the ledger."""
    write_day(config, "cs.CL", "2026-06-30", RunReport(outcome="complete"))
    out = io.StringIO()
    Console(width=120, file=out).print(status_table(config))
    shown = out.getvalue()
    assert all(word in shown for word in ("公告", "收录", "标记", "失败", "排除", "2026-06-30", "complete"))


def test_a_broken_report_is_named(config):
    """The file is in the message."""
    write_day(config, "cs.CL", "2026-06-30", RunReport())
    path = day_folder(config.output, "cs.CL", dt.date(2026, 6, 30)) / "run.json"
    path.write_text("{")
    with pytest.raises(FileError, match=r"run\.json: not a RunReport"):
        status_table(config)


def test_a_narrow_terminal_cuts_off_nothing(config, monkeypatch, capsys):
    """It wraps the lines itself, and every number is there."""
    monkeypatch.setenv("COLUMNS", "40")
    write_day(config, "cs.CL", "2026-06-30")
    put_table(status_table(config))
    told = capsys.readouterr().out
    assert "…" not in told
    assert all(word in told for word in ("digest", "公告", "排除", "2026-06-30", "no run.json"))
