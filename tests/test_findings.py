"""What `wenzhai validate` prints of the marks it found, of each day and across days."""

import datetime as dt
import json

import pytest

from tests import invented

MONDAY, TUESDAY = (dt.date(2026, 6, day) for day in (1, 2))
BOTH = ("--from-date", "2026-06-01", "--to-date", "2026-06-02")


@pytest.fixture
def desk(desk):
    """Two days of one paper each; the second has the first one's title."""
    first, second = (invented.paper(number, published=date) for number, date in ((1, MONDAY), (2, TUESDAY)))
    desk.announce(first, second.model_copy(update={"title": first.title}))
    desk.wenzhai("run", *BOTH)
    return desk


def edit(desk, date, file, **texts):
    path = desk.output / "cs.CL" / date.isoformat() / file
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | texts) + "\n", encoding="utf-8")


def test_marks_are_printed_by_category(desk):
    """Below the ledger line, with the labels that readers see and the number of papers."""
    desk.config["validate"] = {"severity": {"name": "off"}}
    edit(desk, MONDAY, "translations.jsonl", title_zh="关于排序的的研究（初稿")
    ran = desk.wenzhai("validate", "--date", "2026-06-01")
    assert ran.status == 3
    assert ran.out.splitlines() == [
        "cs.CL 2026-06-01: 公告 1 = 收录 0 + 标记 1 + 失败 0 + 排除 0",
        "  格式  括号 1",
        "  行文  叠字 1",
    ]


def test_what_only_a_comparison_of_days_shows_is_printed(desk):
    """One title with two in Chinese, and one Chinese text for two sources; neither marks a paper."""
    text = "我们提出一种新的排序方法，并证明它的正确性。"
    edit(desk, MONDAY, "translations.jsonl", title_zh="排序研究")
    edit(desk, TUESDAY, "translations.jsonl", title_zh="分类研究")
    for date in (MONDAY, TUESDAY):
        edit(desk, date, "summaries.jsonl", summary_zh=text)
    lines = desk.wenzhai("validate", *BOTH).out.splitlines()
    assert lines[-2:] == [
        "cs.CL 2026-06-02 2607.00002：一句话与 cs.CL 2026-06-01 2607.00001 的一字不差，原文却不同",
        "cs.CL 2026-06-02 2607.00002：原文标题与 cs.CL 2026-06-01 2607.00001 的相同，中文却不同：分类研究 / 排序研究",
    ]
    assert "一字不差" not in desk.wenzhai("validate", "--date", "2026-06-02").out
