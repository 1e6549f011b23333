"""`wenzhai verify`: what is there can be derived again, and what cannot is named to the byte."""

import shutil

import pytest

from tests import invented
from tests.model_server import FILTERED


def test_a_day_is_derived_again(desk):
    """Every stage file and document, without asking anything; published, flagged, failed and excluded papers alike."""
    desk.announce(*map(invented.paper, (1, 2, 3)), invented.paper(4, announce_type="replace"))
    desk.provider.behaves = lambda asked, number: (
        FILTERED
        if "SortLite-2" in asked.title
        else invented.good(asked).replace(
            "</title_zh>", " because</title_zh>" if "-3" in asked.title else "</title_zh>"
        )
    )
    assert desk.wenzhai("run").status == 3
    desk.asked()
    ran = desk.wenzhai("verify")
    assert (ran.status, desk.asked()) == (0, [])
    assert "cs.CL 2026-06-30: 7 files come out as they are, 0 do not" in ran.out


@pytest.mark.parametrize(
    "name", ["summaries.jsonl", "translations.jsonl", "problems.jsonl", "digest.md", "digest.json"]
)
def test_an_edit_by_hand_is_named_to_the_byte(desk, name):
    """And nothing is claimed of why, but that it was edited."""
    desk.wenzhai("run")
    path = desk.day / name
    content = path.read_bytes()
    place = len(content) // 2
    while content[place : place + 1] not in (b"a", b"e", b"0", b"1", b"2"):
        place -= 1
        if place < 0:
            content, place = content + b"0", len(content)
    path.write_bytes(content[:place] + b"Z" + content[place + 1 :])
    ran = desk.wenzhai("verify")
    assert ran.status == 3
    line = content[:place].count(b"\n") + 1
    assert f"{name}: differs from byte {place:,} (line {line}) on; it was edited since it was written" in ran.out


def test_what_has_changed_since_is_named(desk):
    """An edited prompt is no fault of the day's: it is said instead of a false alarm."""
    desk.wenzhai("run")
    desk.edit_prompt("translate")
    out = desk.wenzhai("verify").out
    assert "translations.jsonl: differs" in out
    assert "this has changed: translate.prompt" in out


def test_a_missing_file_and_one_of_nobodys(desk):
    """Each is told."""
    desk.wenzhai("run")
    (desk.day / "digest.md").unlink()
    (desk.day / "failures.jsonl").write_text("")
    assert "digest.md: is missing; it was edited since it was written" in desk.wenzhai("verify").out


def test_a_folder_elsewhere_verifies(desk, tmp_path):
    """Whoever holds the folder can do it, wherever it lies."""
    desk.wenzhai("run")
    moved = tmp_path / "elsewhere"
    shutil.copytree(desk.folder, moved, ignore=shutil.ignore_patterns("elsewhere"))
    desk.folder = moved
    assert desk.wenzhai("verify").status == 0


def test_a_day_that_was_never_finished_says_what_to_do(desk):
    """There is nothing to compare with."""
    desk.wenzhai("fetch")
    ran = desk.wenzhai("verify")
    assert ran.status == 1
    assert "run `wenzhai run --from validate` first" in ran.err
