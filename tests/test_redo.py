"""`wenzhai redo`: one field anew for a reason, its day with it, and every later run comes to the same text."""

import dataclasses
import json
import re

import pytest

from pipeline.asking.resolve import resolve
from pipeline.asking.segments import segments_of
from tests import factories, invented
from tests.model_server import FILTERED

NEW = "SortLite-2 ：重写的标题"
WHY = "“SortLite” 前后要统一"


@pytest.fixture
def desk(desk, server):
    assert desk.wenzhai("run").status == 0
    desk.asked()
    server.behaves = lambda asked, number: invented.tagged({"title_zh": NEW})
    return desk


def redo(desk, *words):
    return desk.wenzhai("redo", "2607.00002", "--field", "title_zh", *words)


def translations(desk):
    lines = (desk.day / "translations.jsonl").read_text(encoding="utf-8").splitlines()
    return {row["id"]: row for row in map(json.loads, lines)}


def test_only_that_field_is_asked_with_the_reason(desk):
    """One question for it; its text changes in the stage file and in the document, and no other does."""
    before = translations(desk)
    ran = redo(desk, "--why", WHY)
    assert ran.status == 0, ran.err
    (asked,) = desk.provider.asked
    assert asked.fields == ("title_zh",)
    assert asked.faults == (f"title_zh：{WHY}",)
    assert translations(desk) == before | {"2607.00002": before["2607.00002"] | {"title_zh": NEW}}
    assert NEW in desk.digest
    assert re.search(rf"^2607\.00002 title_zh: .*\n +→ {NEW}$", ran.out, re.M)
    assert "公告 3 = 收录 3" in ran.out


def test_a_later_run_keeps_it(desk):
    """It asks nothing and writes the very same digest, also from the answers alone."""
    redo(desk, "--why", WHY)
    digest = desk.digest
    desk.asked()
    assert desk.wenzhai("run").status == 0
    assert (desk.digest, desk.asked()) == (digest, [])
    for name in ("translations.jsonl", "digest.md"):
        (desk.day / name).unlink()
    assert desk.wenzhai("run").status == 0
    assert (desk.digest, desk.asked()) == (digest, [])


def test_without_a_reason_and_again(desk):
    """Each time it is asked anew: the answer of the last time is not simply taken."""
    texts = iter(["SortLite-2 ：头一稿", "SortLite-2 ：第二稿"])
    desk.provider.behaves = lambda asked, number: invented.tagged({"title_zh": next(texts)})
    redo(desk)
    redo(desk)
    assert len(desk.asked()) == 2
    assert translations(desk)["2607.00002"]["title_zh"] == "SortLite-2 ：第二稿"


def test_nothing_else_is_asked_though_a_prompt_was_edited(desk):
    """The rest of the day waits for a run."""
    desk.edit_prompt("translate")
    redo(desk)
    assert desk.asked() == [("title_zh",)]


def test_a_refused_redo_changes_nothing(desk):
    """The text stays, no redo is recorded, and a run asks nothing."""
    before = translations(desk)
    desk.provider.behaves = lambda asked, number: FILTERED
    ran = redo(desk)
    assert ran.status == 0
    assert "2607.00002" in ran.err
    assert translations(desk) == before
    desk.asked()
    desk.wenzhai("run")
    assert desk.asked() == []


def test_a_line_taken_out_brings_the_earlier_text_back(desk):
    """For free."""
    before = translations(desk)
    redo(desk)
    desk.asked()
    (desk.output / "redos.jsonl").unlink()
    desk.wenzhai("run")
    assert (translations(desk), desk.asked()) == (before, [])


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (["2607.09999", "--field", "title_zh"], 1, "2607.09999: is in no day there is"),
        (["2607.00002", "--field", "title"], 2, "the fields are title_zh"),
        (["2607.00002", "--field", "title_zh", "--date", "2026-06-29"], 1, "holds no 2026-06-29"),
    ],
)
def test_what_cannot_be_redone(desk, words, status, told):
    """Named, and nothing asked."""
    ran = desk.wenzhai("redo", *words)
    assert (ran.status, desk.asked()) == (status, [])
    assert told in " ".join(re.sub(r"[│╭╮╰╯─]", " ", ran.err).split())


def walked(replies, *redos):
    """How a title stands after these answers, asked for in turn."""
    context = factories.context(factories.model(repairs=0), checks=factories.only("untranslated", "mixed"))
    (segment,) = segments_of(factories.paper(), "title_zh", context)
    rows = factories.Stored()
    for number, reply in enumerate(replies):
        need = resolve(dataclasses.replace(segment, redos=redos[:number]), context, rows).need
        rows[need.key] = factories.kept(need.key, text=reply)
    return resolve(dataclasses.replace(segment, redos=redos), context, rows)


def test_what_was_redone_counts_even_with_a_warning():
    """The person wanted another text; both are paid for."""
    resolved = walked(["细致排序", "careful 的排序"], "再来")
    assert (resolved.best.text, len(resolved.used), resolved.need) == ("careful 的排序", 2, None)


def test_a_redo_that_must_not_be_shown_leaves_the_text_before():
    """A good text is not given for a failed one."""
    assert walked(["细致排序", "Sorting with care"], "再来").best.text == "细致排序"


def test_a_redo_not_yet_asked_is_needed_and_the_text_before_stands():
    """So a run can ask for it."""
    resolved = walked(["细致排序"], "再来")
    assert resolved.best.text == "细致排序"
    assert resolved.need.redos == ("再来",)
