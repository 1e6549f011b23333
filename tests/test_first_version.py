"""What users of the first version have (tests/data/first_version, written by commit 9953c00) keeps working.

A day of four papers: one repaired, one flagged, one redone, one corrected by hand, one excluded.
"""

import json
import re
import shutil
from pathlib import Path

import pytest

from pipeline.files import shipped
from tests.desk import Desk

KEPT = Path(__file__).parent / "data" / "first_version"
STAGE_FILES = ("papers.jsonl", "summaries.jsonl", "translations.jsonl")


def without_details(document: str) -> str:
    """A rule may learn to say its finding in other words."""
    return re.sub(r"（[^（）]*）", "", document)


@pytest.fixture
def desk(tmp_path, server):
    """The folder as the first version left it, with the server at hand that must not be asked."""
    server.behaves = lambda asked, number: pytest.fail(f"asked again: {asked}")
    server.forget()
    folder = tmp_path / "desk"
    folder.mkdir()
    desk = Desk(folder, server)
    shutil.rmtree(folder / "prompts")
    (folder / "papers.jsonl").unlink()
    shutil.copytree(KEPT, folder, dirs_exist_ok=True)
    desk.config |= {"summarize": {"english": True}, "glossary": "glossary.yaml"}
    return desk


def test_nothing_is_asked_again(desk):
    """Neither by a run nor planned; the texts come out as they were, the documents but for the checks' words, the cost too."""
    before = {name: (desk.day / name).read_bytes() for name in STAGE_FILES}
    digest, data = desk.digest, (desk.day / "digest.json").read_text(encoding="utf-8")
    assert desk.wenzhai("plan").out.strip() == "nothing to ask"
    assert desk.wenzhai("run").status == 3
    assert desk.asked() == []
    assert {name: (desk.day / name).read_bytes() for name in before} == before
    assert without_details(desk.digest) == without_details(digest)
    new = json.loads((desk.day / "digest.json").read_text(encoding="utf-8"))
    old = json.loads(data) | {"schema": 3, "unread": []}
    old["entries"] = [{**entry, "interests": [], "muted": []} for entry in old["entries"]]
    for document in (new, old):
        for problem in (each for entry in document["entries"] for each in entry["problems"]):
            del problem["detail"]
    assert new == old


def test_nothing_is_asked_again_for_prompts_that_we_reworded(desk):
    """Whoever takes over the shipped prompts keeps what the first version's wrote, under the name of those that wrote it;
    one word of his own, and all is asked anew."""
    shutil.rmtree(desk.folder / "prompts")
    shutil.copytree(shipped("prompts"), desk.folder / "prompts")
    before = {name: (desk.day / name).read_bytes() for name in STAGE_FILES}
    prompts = desk.report["prompts"]
    assert desk.wenzhai("plan").out.strip() == "nothing to ask"
    assert desk.wenzhai("run").status == 3
    assert desk.asked() == []
    assert {name: (desk.day / name).read_bytes() for name in before} == before
    assert desk.report["prompts"] == prompts
    desk.edit_prompt("translate")
    assert "prompt edited" in desk.wenzhai("plan").out


def test_stage_files_alone_are_enough(desk):
    """Without the answers, validate and assemble read them as ever."""
    (desk.output / "answers.db").unlink()
    before = without_details(desk.digest)
    assert desk.wenzhai("run", "--from", "validate").status == 3
    assert without_details(desk.digest) == before


def test_why_a_text_is_missing_is_read_from_where_it_stood(desk):
    """The first version kept the reasons in problems.jsonl; they move to failures.jsonl and stay what they were."""
    (desk.output / "answers.db").unlink()
    path = desk.day / "translations.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    rows[0]["title_zh"] = None
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    reason = {"id": "2607.00001", "field": "title_zh", "rule": "filtered", "severity": "reject", "detail": "被拒绝"}
    with (desk.day / "problems.jsonl").open("a", encoding="utf-8") as problems:
        problems.write(json.dumps(reason, ensure_ascii=False) + "\n")
    for _ in range(2):
        assert desk.wenzhai("run", "--from", "validate").status == 3
        assert "- 2607.00001：title_zh filtered（被拒绝）" in desk.digest
    failures = (desk.day / "failures.jsonl").read_text(encoding="utf-8")
    assert json.loads(failures) == {key: reason[key] for key in ("id", "field", "rule", "detail")}
