"""`wenzhai prompts`: a prompt is seen, counted and tried before a whole day is paid for."""

import re

import pytest

from pipeline.run import alone
from tests import invented

PLAIN = "prompts/styles/plain.md"


def files_of(folder):
    return {path: path.read_bytes() for path in folder.iterdir()}


def test_check_counts_what_is_sound(desk):
    """Both prompts, their tokens, and what a paper takes; nothing is asked."""
    desk.config["model"] |= {"tokens_per_minute": 50000, "max_cost": 1, "price": {"input": 2, "output": 8}}
    ran = desk.wenzhai("prompts", "check")
    assert (ran.status, desk.asked()) == (0, [])
    assert re.search(
        r"^ok   summarize: .*summarize\.md: 0 examples, 1 more for a small model, \d+ tokens, fingerprint \w{12}$",
        ran.out,
        re.M,
    )
    assert re.search(r"^ok   translate: ", ran.out, re.M)
    assert re.search(r"1 request, [\d,]+ tokens, 0\.\d+ CNY; tokens_per_minute 50,000 lets \d+", ran.out)
    assert re.search(r"max_cost 1 pays for \d+", ran.out)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("{{ max_chars }}", "{{ max_char }}", r"summarize\.md:\d+: unknown variable \{\{ max_char \}\}"),
        ("{{ max_chars }}", "80", r"summarize\.md: does not use \{\{ max_chars \}\}"),
        ("# 小模型示例", "# 例子", r"summarize\.md:\d+: unknown heading"),
    ],
)
def test_check_names_the_fault(desk, old, new, told):
    """And still looks at the other prompt; status 1."""
    path = desk.folder / "prompts" / "summarize.md"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    ran = desk.wenzhai("prompts", "check")
    assert ran.status == 1
    assert re.search(rf"^FAIL .*{told}", ran.out, re.M)
    assert re.search(r"^ok   translate: ", ran.out, re.M)


def test_check_warns_of_what_would_be_flagged(desk):
    """An example that breaks a rule teaches to break it; a length that the rules don't let through is named."""
    path = desk.folder / "prompts" / "summarize.md"
    path.write_text(path.read_text(encoding="utf-8").replace("去除85%", "去除58%"), encoding="utf-8")
    desk.config["summarize"]["max_chars"] = 200
    ran = desk.wenzhai("prompts", "check")
    assert ran.status == 0
    assert re.search(r"^warn .*summarize\.md: example 1: summary_zh rounded_number: ", ran.out, re.M)
    assert re.search(r"^warn summarize\.max_chars: asks for up to 200 characters", ran.out, re.M)


def test_check_warns_of_a_quota_below_one_question(desk):
    """Such a run would never ask."""
    desk.config["model"]["tokens_per_minute"] = 100
    assert re.search(r"^warn a sample paper takes", desk.wenzhai("prompts", "check").out, re.M)


def test_show_is_what_is_sent(desk):
    """Word for word, and nothing is asked."""
    desk.wenzhai("fetch")
    shown = desk.wenzhai("prompts", "show", "summarize", "--paper", "2607.00002").out
    assert desk.asked() == []
    desk.wenzhai("summarize")
    sent = next(each.body["messages"] for each in desk.provider.seen if "SortLite-2" in str(each.body))
    assert [each["role"] for each in sent] == re.findall(r"^── 2607\.00002 summarize · (\w+)$", shown, re.M)
    assert all(each["content"] in shown for each in sent)


def test_show_needs_no_day(desk):
    """Without a paper it takes an invented one; another prompt file may be named."""
    ran = desk.wenzhai("prompts", "show", "summarize", "--prompt", str(desk.folder / PLAIN))
    assert ran.status == 0
    assert "科普作者" in ran.out and "Tea-Kettle" in ran.out


def test_try_shows_old_and_new(desk):
    """Only so many papers are asked, only for that task; no stage file is touched."""
    desk.wenzhai("run")
    desk.asked()
    before = files_of(desk.day)
    desk.provider.behaves = lambda asked, number: invented.tagged({"summary_zh": "新写法：排长名单更省地方。"})
    ran = desk.wenzhai("prompts", "try", "summarize", "--prompt", str(desk.folder / PLAIN), "--papers", "2")
    assert ran.status == 0, ran.err
    assert desk.asked() == [("summary_zh",)] * 2
    assert files_of(desk.day) == before
    assert ran.out.count("新写法：排长名单更省地方。") == 2
    assert ran.out.count("论文介绍") == 2
    assert ran.out.count(" CNY ✓") == 4
    assert "2607.00003" not in ran.out


def test_what_is_not_there_is_told_once(desk):
    """Before the first run there is nothing to compare with, and no empty column for it."""
    desk.wenzhai("fetch")
    ran = desk.wenzhai("prompts", "try", "summarize", "--papers", "3")
    assert ran.out.count("now") == 1
    assert ran.out.endswith("now: none of this is written yet\n")


def test_what_was_tried_is_paid_for(desk):
    """Adopting the prompt asks for the other papers only; trying again asks nothing."""
    desk.wenzhai("run")
    words = ("prompts", "try", "summarize", "--prompt", str(desk.folder / PLAIN), "--paper", "2607.00002")
    desk.asked()
    desk.wenzhai(*words)
    desk.wenzhai(*words)
    assert len(desk.asked()) == 1
    desk.config["summarize"]["prompt"] = PLAIN
    desk.wenzhai("run", "--from", "summarize")
    assert len(desk.asked()) == 2


def test_a_trial_may_go_on_beside_a_run(desk):
    """It writes none of the run's files, and the answers take two writers."""
    desk.wenzhai("fetch")
    with alone(desk.output):
        assert desk.wenzhai("prompts", "try", "summarize").status == 0


def test_try_tells_of_checks_and_of_failures(desk):
    """A text with a fault bears its rule; an unanswered one its reason."""
    desk.wenzhai("fetch")
    desk.provider.behaves = lambda asked, number: invented.FAULTS["english"](asked)
    ran = desk.wenzhai("prompts", "try", "summarize", "--papers", "1")
    assert ran.status == 0
    assert re.search(r"^ +✗ untranslated: \S", ran.out, re.M)
    assert re.search(r"^tried +0 +0 +1 ", ran.out, re.M)


def test_compare_asks_under_both(desk):
    """The same papers, with texts, checks, lengths, tokens and cost, and the totals in a table."""
    desk.config["model"]["price"] = {"input": 1000, "output": 1000}
    desk.wenzhai("fetch")
    files = [str(desk.folder / "prompts" / name) for name in ("summarize.md", "styles/bullets.md")]
    ran = desk.wenzhai("prompts", "compare", *files, "--papers", "2")
    assert ran.status == 0, ran.err
    assert len(desk.asked()) == 4
    assert not (desk.day / "summaries.jsonl").exists()
    for name in ("summarize", "bullets"):
        assert len(re.findall(rf"^    {name} +\d+ 字, 25 tokens, 0\.0250 CNY ✓\n +\S", ran.out, re.M)) == 2
        assert re.search(rf"^{name} +2 +0 +0 +\d+ 字 +50 +0\.0500$", ran.out, re.M)


def test_files_of_one_name_are_told_apart(desk):
    """As the command line has them: A and B."""
    desk.wenzhai("fetch")
    mine = desk.folder / "summarize.md"
    mine.write_text((desk.folder / PLAIN).read_text(encoding="utf-8"), encoding="utf-8")
    ran = desk.wenzhai("prompts", "compare", str(desk.folder / "prompts" / "summarize.md"), str(mine), "--papers", "1")
    assert re.search(r"^A .*\nB ", ran.out, re.M)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["show", "sumarize"], "sumarize: has no prompt file; those with one are summarize, translate"),
        (["try", "summarize", "--paper", "2607.09999"], "2607.09999: is in no day there is"),
        (["try", "summarize", "--prompt", "nowhere.md"], "nowhere.md: not found"),
    ],
)
def test_what_cannot_be_done_is_one_line(desk, words, told):
    """Named, with the way out; nothing is asked."""
    desk.wenzhai("fetch")
    ran = desk.wenzhai("prompts", *words)
    assert (ran.status, desk.asked()) == (1, [])
    assert told in ran.err


def test_styles_are_listed(desk):
    """File and line."""
    ran = desk.wenzhai("prompts", "styles")
    assert ran.status == 0
    assert re.search(r"^bullets +\S+bullets\.md\n +列出论文的贡献要点", ran.out, re.M)
