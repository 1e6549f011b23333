"""A new field, rule, source or provider is a row: each is added to a copy of the package, and the whole pipeline knows it."""

import json
import shutil
from pathlib import Path

import pytest

from pipeline.text.spans import mask
from tests import invented
from tests.desk import Desk
from tests.model_server import FILTERED

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
FIELD_ROWS = """
    Field("keywords_zh", "summarize", "one_liner", "zh", ("title", "abstract"), wanted="关键词", label="关键词"),
    Field("gist_zh", "translate", "one_liner", "zh", ("abstract_zh",), wanted="要旨", label="要旨"),
"""
RULE = '''"""Exclamation marks."""

from collections.abc import Iterator

from pipeline.rules.analysis import Analysis


def exclaims(analysis: Analysis, most: int) -> Iterator[str]:
    if analysis.text.count("！") > most:
        yield "感叹号太多"
'''
RULE_ROW = """
    Rule(
        "exclaims", "warn", "style", "感叹", "感叹号太多。", exclamations.exclaims,
        knobs=(Knob("exclaims", 0, "exclamation marks a field may have", 0),),
    ),
"""


SOURCE = '''"""Papers that are announced every day, whatever the day."""

from pipeline.files import iter_records
from pipeline.records import Announcement, Paper


def read(wanted, connect):
    found = [each for each in iter_records(wanted.settings.path, Paper)]
    for day in wanted.days or [found[0].published]:
        papers = tuple(each.model_copy(update={"published": day}) for each in found)
        yield Announcement(date=day, papers=papers, source="daily")


def days(settings, first, last):
    return [first, last]


def probe(wanted, connect):
    return "daily: every day"
'''
PROVIDER = '''"""A model that lives at another door of the same server."""

from pipeline.model.client import open_openai


async def open_doorway(settings, base_url, stack):
    return await open_openai(settings, base_url or settings.base_url, stack)
'''


@pytest.fixture
def house(tmp_path):
    """A copy of the package with one row more in each table."""
    folder = tmp_path / "house"
    for name in ("pipeline", "prompts"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    insert(folder / "pipeline/fields.py", "FIELDS = (", FIELD_ROWS)
    (folder / "pipeline/rules/exclamations.py").write_text(RULE, encoding="utf-8")
    insert(folder / "pipeline/rules/table.py", "RULES = (", RULE_ROW)
    replace(folder / "pipeline/rules/table.py", "    direction,\n", "    direction,\n    exclamations,\n")
    (folder / "pipeline/sources/daily.py").write_text(SOURCE, encoding="utf-8")
    replace(folder / "pipeline/sources/table.py", "import api, feed", "import api, daily, feed")
    row = 'Source("daily", daily.read, daily.days, daily.probe, needs={"path": "the file of papers"}),'
    replace(folder / "pipeline/sources/table.py", "    for row in (\n", f"    for row in (\n        {row}\n")
    (folder / "pipeline/model/doorway.py").write_text(PROVIDER, encoding="utf-8")
    row = (
        '"doorway", "pipeline.model.doorway:open_doorway", 2, "abstract", grammar=False, batches=False, needs_key=False'
    )
    insert(folder / "pipeline/model/providers.py", "PROVIDERS = (", f"\n    Provider({row}),")
    return folder


@pytest.fixture
def desk(tmp_path, server, house):
    """Where `wenzhai …` of that house is typed; its prompt file has a paragraph about the new field."""
    server.behaves = lambda asked, number: invented.good(asked)
    server.forget()
    folder = tmp_path / "desk"
    folder.mkdir()
    desk = Desk(folder, server, house=house)
    replace(folder / "prompts/summarize.md", "# 任务\n", "# 任务\n\n另给出三个关键词。\n")
    return desk


def insert(path: Path, table: str, row: str) -> None:
    """At the end of a table."""
    before, opening, after = path.read_text(encoding="utf-8").partition(table)
    body, end, rest = after.partition("\n)\n")
    path.write_text(before + opening + body + row.rstrip() + end + rest, encoding="utf-8")


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def records(desk: Desk, name: str) -> list[dict]:
    return [json.loads(line) for line in (desk.day / name).read_text(encoding="utf-8").splitlines()]


def test_a_new_field_is_asked_written_and_shown(desk):
    """With its task in one question, in its stage file and in every document; one made from another field after it."""
    ran = desk.type("run")
    assert (ran.status, ran.err.count("Traceback")) == (0, 0), ran.err
    asked = desk.asked()
    assert sorted(asked) == sorted([("title_zh", "summary_zh", "abstract_zh", "keywords_zh"), ("gist_zh",)] * 3)
    gist = records(desk, "translations.jsonl")[0]
    assert gist["gist_zh"] == invented.gist(mask(gist["abstract_zh"]).text)
    keywords = records(desk, "summaries.jsonl")[0]["keywords_zh"]
    digest = json.loads((desk.day / "digest.json").read_text(encoding="utf-8"))
    assert {"keywords_zh", "gist_zh"} <= set(digest["entries"][0])
    for document in ("digest.md", "digest.html"):
        text = (desk.day / document).read_text(encoding="utf-8")
        assert text.count("关键词") >= 3 and keywords in text and gist["gist_zh"] in text, document
    assert "感叹" not in desk.digest


def test_a_field_made_from_another_is_asked_again_when_that_one_changes(desk):
    """After an edit of the prompt, a redo and a correction; `plan` says so, and a run that changes nothing asks nothing."""
    desk.type("run")
    desk.asked()
    assert (desk.type("run").status, desk.asked()) == (0, [])
    assert desk.type("plan").out.strip() == "nothing to ask"
    desk.provider.behaves = lambda asked, number: invented.good(asked).replace("</abstract_zh>", "新。</abstract_zh>")
    desk.edit_prompt("translate")
    plan = desk.type("plan").out
    assert plan.split("all")[-1].split()[1] == "6"  # three questions for title and abstract, three for the gists
    desk.type("run")
    assert sorted(desk.asked()) == sorted([("title_zh", "abstract_zh"), ("gist_zh",)] * 3)
    desk.provider.behaves = lambda asked, number: invented.good(asked).replace("</abstract_zh>", "再新。</abstract_zh>")
    ran = desk.type("redo", "2607.00001", "--field", "abstract_zh", "--why", "不通顺")
    assert ran.status == 0, ran.err
    assert desk.asked() == [("abstract_zh",), ("gist_zh",)]
    first = records(desk, "translations.jsonl")[0]
    assert first["abstract_zh"].endswith("再新。")
    assert first["gist_zh"] == invented.gist(mask(first["abstract_zh"]).text)
    (desk.output / "corrections.yaml").write_text("- {id: '2607.00002', field: abstract_zh, text: 手写的摘要。}\n")
    desk.type("run")
    assert desk.asked() == [("gist_zh",)]
    assert records(desk, "translations.jsonl")[1]["gist_zh"] == invented.gist("手写的摘要。")


def test_a_field_made_from_one_that_a_review_mends_is_asked_again(desk):
    """And reviewed with it; both stay as they were if the new text is claimed to be wrong, too."""

    def behaves(asked, number):
        if asked.fields == ("review",):
            wrong = [] if "gist_zh" in asked.shown else [name for name, text in asked.shown.items() if "多余" in text]
            shape = "<claim><field>{}</field><kind>added</kind><severity>major</severity><text>多余</text></claim>"
            return "".join(map(shape.format, wrong)) or "<none/>"
        better = {True: "新。", False: "多余。"}[bool(asked.doubts) and "SortLite-2" not in asked.title]
        return invented.good(asked).replace("</abstract_zh>", f"{better}</abstract_zh>")

    desk.provider.behaves = behaves
    desk.config["review"] = {"model": "same", "fields": ["abstract_zh", "gist_zh"]}
    assert desk.type("run").status == 3
    asked = desk.asked()
    assert (asked.count(("gist_zh",)), asked.count(("abstract_zh",))) == (3 + 2, 3)
    for number, record in enumerate(records(desk, "translations.jsonl"), start=1):
        assert record["abstract_zh"].endswith("多余。" if number == 2 else "新。")
        assert record["gist_zh"] == invented.gist(mask(record["abstract_zh"]).text)
    assert desk.report["reviewed"] == {"clear": 0, "mended": 2, "disputed": 1, "none": 0, "unfounded": 0}
    assert (desk.type("run").status, desk.asked()) == (3, [])


def test_a_field_made_from_one_that_failed_is_not_asked(desk):
    """Nothing is paid for a text that nobody may see; it is asked when the other one is there."""
    desk.provider.behaves = lambda asked, number: FILTERED if "SortLite-2" in asked.title else invented.good(asked)
    assert desk.type("run").status == 3
    assert desk.asked().count(("gist_zh",)) == 2
    assert "2607.00002" in desk.digest.partition("# 统计")[2]
    desk.provider.behaves = lambda asked, number: invented.good(asked)
    assert desk.type("run").status == 0
    assert desk.asked().count(("gist_zh",)) == 1


def test_a_new_rule_repairs_flags_and_has_its_knob(desk):
    """Named to the model, shown to readers, switched off and set in the config."""
    loud = lambda asked, number: invented.good(asked).replace("</title_zh>", "！</title_zh>")  # noqa: E731
    desk.provider.behaves = loud
    assert desk.type("run", "--limit", "1").status == 3
    assert "⚠ exclaims（感叹号太多）" in desk.digest
    assert [each.faults for each in desk.provider.asked if each.faults] == [("title_zh：感叹号太多",)]
    assert "感叹" in (desk.day / "digest.html").read_text(encoding="utf-8")
    desk.config["validate"] = {"exclaims": 1}
    assert desk.type("run", "--from", "validate").status == 0
    desk.config["validate"] = {"severity": {"exclaims": "reject"}}
    assert desk.type("run", "--from", "validate").status == 3
    assert "⚠ 失败：exclaims" in desk.digest


def test_everything_else_knows_the_rows(desk):
    """Options, corrections, `prompts`, `send` and the schema of digest.json."""
    desk.type("run")
    assert "gist_zh" in desk.type("redo", "--help").out
    assert desk.type("redo", "2607.00001", "--field", "keywords_zh").status == 0
    assert desk.type("prompts", "check").status == 0
    assert "<keywords_zh>关键词</keywords_zh>" in desk.type("prompts", "show", "summarize").out
    assert desk.type("doctor").out.count("ok") >= 4
    assert "公告 3" in desk.type("send", "--dry-run", "--to", "json://localhost").out


def test_a_new_source_is_fetched_probed_and_back_filled(desk):
    """By its name in the config; the keys it needs are asked for by name, and a misspelt name is put right."""
    desk.config["fetch"]["source"] = "daily"
    assert desk.type("run").status == 0
    assert desk.report["source"] == "daily"
    assert "daily: every day" in desk.type("doctor").out
    assert desk.type("run", "--from-date", "2026-07-01", "--to-date", "2026-07-02").status == 0
    assert (desk.output / "cs.CL" / "2026-07-02" / "digest.md").exists()
    del desk.config["fetch"]["path"]
    assert "needs fetch.path, the file of papers" in desk.type("run").err
    desk.config["fetch"]["source"] = "dayly"
    assert "did you mean daily?" in desk.type("run").err


def test_a_new_provider_answers(desk):
    """By its name in the config; `doctor` knows whether it needs a key."""
    desk.config["model"]["provider"] = "doorway"
    assert desk.type("run").status == 0
    assert len(desk.asked()) == 6
    assert "FAIL" not in desk.type("doctor").out
    desk.config["model"]["provider"] = "dorway"
    assert "model.provider: dorway: unknown, did you mean doorway?" in desk.type("run").err
