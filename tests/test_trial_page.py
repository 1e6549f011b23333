"""How two texts of a field look side by side, on a terminal and in a file."""

import pytest
from rich.cells import cell_len

from pipeline.asking.answers import StoredAnswer
from pipeline.cli.trial_page import trial_page
from pipeline.commands.trial import Written
from pipeline.records import Problem
from tests.factories import paper

LONG = "我们提出一种不需要标注的办法，叫做 SortLite，在“六个”数据集上比最强的基线高2.4个点，而且只用一半的内存。" * 3
TITLE = "A Long Title of a Paper that Nobody Has Written, to Be Wrapped at the Edge of the Terminal"


def written(text, *problems, field="summary_zh", cost=0.5):
    row = StoredAnswer("k", "p", 1, field, None, "f", "", "m", 0, text, False, 1, 1000, 25, 0, cost, "2026")
    return Written(paper(title=TITLE), field, text, problems, (row,) if text else ())


def problem(severity="warn", rule="number"):
    return Problem(id="2607.00001", field="summary_zh", rule=rule, severity=severity, detail="原文没有“2.4”")


def shown(width=None, **sides):
    return trial_page(sides, "CNY", width).plain


@pytest.mark.parametrize("width", [50, 80, 120])
def test_nothing_is_cut_and_nothing_sticks_out(width):
    """Every character of a Chinese text without a space is there, in lines of the terminal's width."""
    lines = shown(width, now=[written(LONG)], tried=[written(LONG)]).splitlines()
    block = [line for line in lines if line.startswith(" ")]
    assert max(map(cell_len, block)) <= width
    assert "".join("".join(block).split()).count("".join(LONG.split())) == 2
    assert " ".join(" ".join(lines).split()).count(TITLE) == 1


def test_lines_are_full_and_punctuation_stays():
    """A line breaks after any character but never before a full stop, and not inside a word or number."""
    page = shown(40, tried=[written(LONG)]).partition(" ✓\n")[2].partition("\n\n")[0]
    text = [line.strip() for line in page.splitlines()]
    assert len(text) > 10 and all(cell_len(line) >= 20 for line in text[:-1])
    assert not any(line[0] in "，。”、" or line[-1] in "“（" for line in text)
    assert "SortLite" in " ".join(text) and "2.4" in " ".join(text)


def test_off_a_terminal_a_text_is_a_line():
    """To be searched and compared."""
    assert LONG in [line.strip() for line in shown(tried=[written(LONG)]).splitlines()]


def test_a_text_gives_the_terminal_no_orders():
    """Escape sequences and turned directions are seen, not obeyed."""
    page = shown(80, tried=[written("好\x1b[2J\u202e。")])
    assert "好�[2J�。" in page and "\x1b" not in page


def test_a_rule_that_fired_says_why():
    """A warning bears ⚠, what the digest would not show ✗; a clean text ✓."""
    page = shown(now=[written("好。")], tried=[written("坏。", problem(), problem("reject", "leak"))])
    assert "now    1 字, 1,025 tokens, 0.5000 CNY ✓\n" in page
    assert "⚠ number: 原文没有“2.4”\n" in page and "✗ leak: 原文没有" in page


def test_totals_count_fields_by_their_worst():
    """Fine, flagged, failed; lengths are means, tokens and money sums."""
    fields = [written("一二三"), written("一", problem()), written("一二", problem(), problem("reject")), written(None)]
    assert shown(tried=fields).splitlines()[-2:] == [
        "in all  ✓ fine  ⚠ flagged  ✗ failed  summary_zh  tokens     CNY",
        "tried        1          1         1        2 字   3,075  1.5000",
    ]


def test_a_field_without_a_text_is_told_with_its_reason():
    """Where no answer came; where nothing was asked yet there is no line."""
    fields = [written(None, problem("reject", "no_answer")), written("好。")]
    page = shown(now=[written(None)] * 2, tried=fields)
    assert "    tried  0 字, 0 tokens, 0.0000 CNY\n           ✗ no_answer" in page
    assert page.count("now") == 1 and page.endswith("now: none of this is written yet")
