"""A note a paper: what Wenzhai writes is renewed, what a person writes is his."""

import re

import pytest
import yaml

from pipeline.render import note_name, render_note
from pipeline.render.data import Document, render_json
from tests.factories import digest, entry, paper

ENTRY = entry(paper=paper(id="quant-ph/0201082", title=r"\emph{Sorting} $n$"), interests=("agent",))


def note(one=ENTRY, before=""):
    return render_note(Document.model_validate_json(render_json(digest(one))), one, before)


def test_front_matter_and_both_languages():
    """As YAML; then titles, link, one-liner, translation and original."""
    _, matter, body = note().split("---\n")
    facts = yaml.safe_load(matter)
    assert (facts["title"], facts["aliases"], facts["arxiv"]) == ("细致排序", ["Sorting $n$"], "quant-ph/0201082")
    assert (facts["interests"], facts["date"]) == (["agent"], "2026-06-30")
    for text in ("# 细致排序\n", "\n细致地排序。\n", "\n我们对列表排序。很有效。\n", "\nWe sort lists. It works.\n"):
        assert text in body
    assert note_name(ENTRY) == "quant-ph_0201082.md"


def test_what_a_person_writes_stays():
    """Below the line always; above it a change ends all renewal, and a file of his own is his."""
    first = note()
    mine = f"{first}我的想法 [[别的]]\n"
    newer = ENTRY.model_copy(update={"texts": {**ENTRY.texts, "title_zh": "更好的标题"}})
    renewed = note(newer, mine)
    assert renewed.endswith("%%\n我的想法 [[别的]]\n") and "# 更好的标题\n" in renewed
    assert note(newer, mine.replace("细致地", "很细致地")) is None
    assert note(newer, "我的笔记\n") is None
    assert note(ENTRY, mine) == mine


@pytest.mark.parametrize("text", ["[[x]]", "a #tag", "%% hidden", "==x==", "---\ntitle: x", "![[x]]", '"quoted: \\'])
def test_a_text_stays_a_text(text):
    """Neither a link, a tag, a comment nor front matter of its own."""
    made = note(entry(title_zh=text, summary_zh=text, paper=paper(authors=(text,))))
    _, matter, body = made.split("---\n", 2)
    assert yaml.safe_load(matter)["title"] == text
    written = body.partition("%% wenzhai")[0]
    assert not re.search(r"(?<!\\)(\[\[|#tag|%%|==)|^---$", written, re.MULTILINE)


def test_a_run_writes_them(desk):
    """If they are wished for, beside the digests; a second run leaves them as they are."""
    desk.config["assemble"] = {"formats": ["markdown", "json", "notes"]}
    desk.wenzhai("run")
    notes = sorted((desk.output / "notes").iterdir())
    assert [each.name for each in notes] == ["2607.00001.md", "2607.00002.md", "2607.00003.md"]
    notes[0].write_text("meins", encoding="utf-8")
    notes[1].write_bytes(b"\xff")
    before = notes[2].stat().st_ino
    desk.wenzhai("run")
    assert notes[0].read_text(encoding="utf-8") == "meins"
    assert (notes[1].read_bytes(), notes[2].stat().st_ino) == (b"\xff", before)
