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


def written(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def printed(capsys, monkeypatch, *arguments):
    monkeypatch.setattr("sys.argv", ["evaluate", *map(str, arguments)])
    evaluate.main()
    return capsys.readouterr().out.splitlines()


def test_hits_misses_and_false_alarms_are_counted(folder, capsys, monkeypatch):
    """Labels: by id, field and rule; a label that tells apart what one rule finds counts as that rule's."""
    lines = printed(capsys, monkeypatch, folder, "--verbose")
    figures = {line.split()[0]: line.split()[1:] for line in lines if line and not line.startswith(" ")}
    assert figures["boilerplate"] == ["1", "1", "0", "100.0%", "100.0%"]
    assert figures["not_one_sentence"] == ["1", "1", "0", "100.0%", "100.0%"]
    assert figures["formula"] == ["1", "0", "0", "0.0%", "-"]
    assert figures["number"] == ["0", "0", "1", "-", "0.0%"]
    assert "    missed 2 abstract_zh" in lines
    assert any(line.startswith("    false  2 abstract_zh: ") and "9.4" in line for line in lines)
    assert "clean records: 1, with a reject: 0 []" in lines


def test_field_data_say_what_fires_on_faithful_texts_and_what_is_left_of_judged_firings(tmp_path, capsys, monkeypatch):
    """Papers with a reject and with any mark; firings by source; true and false ones that still fire; what was missed."""
    good = {"title": "Sorting", "title_zh": "排序", "abstract": ABSTRACT.source, "abstract_zh": ABSTRACT.text}
    bad = good | {"abstract_zh": ABSTRACT.text.replace("8.4%", "9.4%")}
    texts = [{"id": "1", "source": "C"} | good, {"id": "2", "source": "E"} | bad, {"id": "3", "source": "A"} | bad]
    written(tmp_path / "outputs.jsonl", [row | {"summary_zh": None, "categories": ["cs.LG"]} for row in texts])
    place = {"field": "abstract_zh", "rule": "number", "detail": "原文的数字“8.4”丢失"}
    verdicts = [
        place | {"source": "E", "id": "2", "verdict": "true"},
        place | {"source": "C", "id": "1", "verdict": "false"},
    ]
    written(tmp_path / "judged.jsonl", verdicts)
    missed = [{"source": "A", "id": "3", "field": "abstract_zh", "severity": "minor"}]
    written(tmp_path / "missed.jsonl", [*missed, {"source": "C", "id": "1", "field": None, "severity": None}])
    lines = printed(capsys, monkeypatch, tmp_path)
    assert "faithful translations: 2 papers, rejected 1 (50.0%), marked 1 (50.0%)" in lines
    assert "number 1 0 1 2 0" in [" ".join(line.split()) for line in lines]
    assert "number 1/1 0/0 0/1" in [" ".join(line.split()) for line in lines]
    assert any(line.endswith(": clean 0/1, minor 1/1") for line in lines)


def test_a_term_that_was_judged_is_told_from_another_of_the_same_text():
    """One detail names them all."""
    verdict = {"rule": "term", "detail": "agent 译作“代理”，应为“智能体”"}
    assert evaluate.fires_still(verdict, "token 译作“代币”，应为“词元”；agent 译作“代理”，应为“智能体”")
    assert not evaluate.fires_still(verdict, "token 译作“代币”，应为“词元”")
    assert not evaluate.fires_still(verdict, None)


def test_damage_counts_where_the_whole_text_passed(tmp_path, capsys, monkeypatch):
    """Seen or not, kind by kind; a text with a fault of its own says nothing about the damage."""
    row = {"id": "1", "abstract": ABSTRACT.source, "was": ABSTRACT.text}
    digit, good = ABSTRACT.text.replace("8.4%", "9.4%"), ABSTRACT.text
    rows = [row | {"kind": "digit", "abstract_zh": digit}, row | {"kind": "none", "abstract_zh": good}]
    rows.append(rows[0] | {"was": digit})
    written(tmp_path / "damaged.jsonl", rows)
    lines = [" ".join(line.split()) for line in printed(capsys, monkeypatch, tmp_path / "damaged.jsonl", "--verbose")]
    assert "digit 1 1 100.0% number 1" in lines
    assert "none 1 0 0.0%" in lines
    assert any(line.startswith("unseen none 1:") for line in lines)
