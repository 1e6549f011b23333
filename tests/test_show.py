"""`wenzhai show`: one paper, from its source to what its calls cost."""

import json

from tests import invented
from tests.model_server import FILTERED


def test_every_fate_is_told(desk):
    """Published, flagged, failed, excluded, corrected: source, texts, problems, calls and cost."""
    desk.config["model"]["price"] = {"input": 1, "output": 2}
    desk.announce(*map(invented.paper, (1, 2, 3, 4)), invented.paper(5, announce_type="replace"))
    desk.provider.behaves = lambda asked, number: (
        FILTERED
        if "SortLite-2" in asked.title
        else invented.good(asked).replace(
            "</title_zh>", " because</title_zh>" if "-3" in asked.title else "</title_zh>"
        )
    )
    desk.wenzhai("run")
    (desk.output / "corrections.yaml").write_text("- {id: '2607.00004', field: title_zh, text: 手写的标题}\n")
    desk.wenzhai("run")
    shown = {number: desk.wenzhai("show", f"2607.0000{number}").out for number in range(1, 6)}
    assert all(invented.paper(number).abstract in out for number, out in shown.items())
    assert "cs.CL 2026-06-30  published\n" in shown[1]
    assert "calls  1, 25 tokens, 0.0000 CNY" in shown[1]
    assert "flagged（title_zh mixed（" in shown[3] and "⚠ warn mixed（" in shown[3]
    assert shown[3].count("call ") == 2  # asked again with its fault named
    assert "failed（" in shown[2] and "filtered（" in shown[2] and "refused: a content filter" in shown[2]
    assert "excluded（replace）" in shown[5] and "calls  0," in shown[5]
    assert "手写的标题（人工）" in shown[4]


def test_raw_shows_the_exchange(desk):
    """The messages as they were sent, and the answer as it came."""
    desk.wenzhai("run")
    out = desk.wenzhai("show", "2607.00001", "--raw").out
    sent = json.loads(out.partition("  sent  ")[2].partition("\n")[0])
    assert sent["messages"][-1]["content"].startswith("<title>SortLite-1")
    assert "论文介绍" in json.loads(out.partition("  came  ")[2].partition("\n")[0])["choices"][0]["message"]["content"]


def test_a_paper_nobody_has(desk):
    """One line and the way out."""
    desk.wenzhai("run")
    ran = desk.wenzhai("show", "2607.09999")
    assert (ran.status, ran.out) == (1, "")
    assert "2607.09999: is in no day there is" in ran.err
