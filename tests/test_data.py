"""digest.json: a day as data, in the shape that its schema says."""

import json
from pathlib import Path

import jsonschema
import pytest

import pipeline.render
from pipeline.records import RunReport, Usage
from pipeline.render.data import Document, json_schema, render_json
from tests.factories import digest, entry, paper, problem

SCHEMA = Path(pipeline.render.__file__).with_name("digest.schema.json").read_text(encoding="utf-8")
DAY = digest(
    entry(paper=paper(id="2606.00003", comment="9 pages"), fate="flagged", problems=(problem(),), summary_en="Sorts."),
    entry(paper=paper(id="2606.00002"), fate="failed", problems=(problem(id="2606.00002", severity="reject"),)),
    entry(paper=paper(), corrected=("title_zh",)),
    entry(paper=paper(id="quant-ph/0201082"), fate="excluded", reason="关键词 sort"),
    report=RunReport(
        model="tiny",
        source="feed cs.CL",
        prompts={"translate": "b", "summarize": "a"},
        bought={"translate": Usage(requests=2, cost=0.25), "summarize": Usage(cost=0.5)},
    ),
    terms="术语一致率 90%",
)


def test_the_schema_is_the_one_that_ships():
    """python -c "from pipeline.render.data import json_schema; print(json_schema(), end='')" writes it."""
    assert json_schema() == SCHEMA


def test_a_day_is_as_the_schema_says():
    """And a file that is not is told from one that is."""
    jsonschema.Draft202012Validator.check_schema(json.loads(SCHEMA))
    written = json.loads(render_json(DAY))
    jsonschema.validate(written, json.loads(SCHEMA))
    for change in ({"schema": 9}, {"entries": None}, {"further": 1}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(written | change, json.loads(SCHEMA))


def test_all_there_is_to_know():
    """The ledger, where texts come from and what they cost, and each paper with its texts, fate, problems and reason."""
    written = json.loads(render_json(DAY))
    assert written["schema"] == 3
    assert (written["digest"], written["day"]) == ("cs.CL", "2026-06-30")
    assert written["counts"] == {"announced": 4, "published": 1, "flagged": 1, "failed": 1, "excluded": 1}
    assert (written["model"], written["source"], list(written["prompts"])) == (
        "tiny",
        "feed cs.CL",
        ["summarize", "translate"],
    )
    assert (written["cost"]["total"], written["cost"]["currency"]) == (0.75, "CNY")
    assert [each["fate"] for each in written["entries"]] == ["flagged", "failed", "published", "excluded"]
    assert written["entries"][0]["problems"][0]["rule"] == "mixed"
    assert written["entries"][0]["paper"]["comment"] == "9 pages"
    assert written["entries"][3]["reason"] == "关键词 sort"


def test_a_rejected_text_is_null():
    """Nobody who reads the file can take it for a translation."""
    failed = json.loads(render_json(DAY))["entries"][1]
    assert (failed["title_zh"], failed["abstract_zh"]) == (None, "我们对列表排序。很有效。")


def test_what_is_written_is_read():
    """Back into the record it came from."""
    assert Document.model_validate_json(render_json(DAY)).model_dump_json(indent=1) + "\n" == render_json(DAY)
