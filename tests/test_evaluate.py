"""What `make eval` prints."""

import json

import pytest

from tests import evaluate
from tests.pairs import ABSTRACT


@pytest.fixture
def folder(tmp_path):
    """Two outputs: a good one, and one without its numbers and with a label in front."""
    good = {
        "title": "Sorting",
        "abstract": ABSTRACT.source,
        "title_zh": "排序",
        "summary_zh": "一种排序方法。",
        "summary_en": "",
    }
    good["abstract_zh"] = ABSTRACT.text
    bad = good | {
        "abstract_zh": "摘要：" + ABSTRACT.text.replace("8.4%", "9.4%"),
        "summary_zh": "我们排序。它快。它小。",
    }
    found = [("abstract_zh", "boilerplate"), ("abstract_zh", "formula_markup"), ("summary_zh", "not_one_sentence")]
    outputs = [{"id": "1"} | good, {"id": "2"} | bad]
    defects = [{"id": "1", "defects": []}, {"id": "2", "defects": [{"field": f, "code": c} for f, c in found]}]
    for name, rows in {"outputs": outputs, "defects": defects}.items():
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (tmp_path / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    return tmp_path


def test_hits_misses_and_false_alarms_are_counted(folder, capsys, monkeypatch):
    """By id, field and rule; a label that tells apart what one rule finds counts as that rule's."""
    monkeypatch.setattr("sys.argv", ["evaluate", str(folder), "--verbose"])
    evaluate.main()
    lines = capsys.readouterr().out.splitlines()
    figures = {line.split()[0]: line.split()[1:] for line in lines if line and not line.startswith(" ")}
    assert figures["boilerplate"] == ["1", "1", "0", "1.00", "1.00"]
    assert figures["not_one_sentence"] == ["1", "1", "0", "1.00", "1.00"]
    assert figures["formula"] == ["1", "0", "0", "0.00", "-"]
    assert figures["number"] == ["0", "0", "1", "-", "0.00"]
    assert "    missed 2 abstract_zh" in lines
    assert any(line.startswith("    false  2 abstract_zh: ") and "9.4" in line for line in lines)
    assert "clean records: 1, with a reject: 0 []" in lines
