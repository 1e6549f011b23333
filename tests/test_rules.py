"""The table of rules and the one function that runs it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import NAMES, Problem
from pipeline.rules import Case, PromptText, ValidateSettings, find_echo, find_problems, take_over
from pipeline.rules.analysis import Analysis
from tests.pairs import ABSTRACT, GOOD, Pair
from tests.rule_examples import TITLE

PIECES = st.sampled_from(
    [
        "。",
        "，",
        "：",
        "$x^2$",
        "$",
        "⟦1⟧",
        "⟦",
        "摘要",
        "翻译",
        "5%",
        "三分之",
        "分之二",
        "万",
        "1,000",
        "\\frac",
        "{",
        "}",
        "\n",
        "GPT-4",
        "the model",
        "e.g. ",
        "arXiv:2401.00001v1",
        "https://a.org/b",
        "（",
        "）",
        "我无法",
        "百",
        "点",
        "…",
        "<title_zh>",
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=8), max_size=14).map("".join)


def problems(pair: Pair, **settings) -> list[str]:
    case = Case("2606.00001", pair.field, pair.source, pair.text)
    return [problem.rule for problem in find_problems(case, ValidateSettings(**settings))]


@pytest.mark.parametrize("pair", GOOD, ids=lambda pair: pair.text[:12])
def test_a_good_translation_has_no_problem(pair):
    """Numbers in other words, quotations, names and papers about refusals are all right."""
    assert problems(pair) == []


@pytest.mark.parametrize("pair", GOOD, ids=lambda pair: pair.text[:12])
def test_the_feeds_prefix_in_the_source_changes_nothing(pair):
    """Old folders hold sources with the prefix; its numbers and words are nobody's loss."""
    prefix = "arXiv:2608.20331v1 Announce Type: replace-cross  Abstract: "
    assert problems(pair._replace(source=prefix + pair.source)) == []
    assert problems(pair._replace(source=pair.source + " (arXiv:2608.20331v1 [cs.CL] UPDATED)")) == []


@given(source=TEXTS, text=TEXTS | st.none(), field=st.sampled_from(NAMES), part=st.booleans(), cut=st.booleans())
def test_no_rule_raises(source, text, field, part, cut):
    """Whatever a model answers to whatever a paper says, it is judged."""
    case = Case("2606.00001", field, source, text, cut=cut, told=PromptText("把论文的标题翻译成简体中文。"), part=part)
    for problem in find_problems(case, ValidateSettings()):
        assert problem.detail


def test_severity_is_raised_lowered_and_switched_off():
    """validate.severity has the last word."""
    pair = ABSTRACT._replace(text=ABSTRACT.text.replace("SortLite", "排序器"))
    case = Case("2606.00001", pair.field, pair.source, pair.text)
    found = {
        severity: [(p.rule, p.severity) for p in find_problems(case, ValidateSettings(severity={"name": severity}))]
        for severity in ("reject", "warn", "off")
    }
    assert found == {"reject": [("name", "reject")], "warn": [("name", "warn")], "off": []}


def test_a_rule_that_raises_is_a_warning_whatever_its_severity(monkeypatch):
    """The fault is ours, and no reason to hide a text."""
    monkeypatch.setattr(Analysis, "stops_midway", property(lambda self: 1 / 0))
    case = Case("2606.00001", "title_zh", "Sorting in the raise", "排序")
    assert {(p.rule, p.severity) for p in find_problems(case, ValidateSettings(severity={"truncated": "reject"}))} == {
        ("rule_error", "warn")
    }


def test_a_complaint_repeated_in_an_answer_is_an_echo():
    """Of the severity that the rule has."""
    complaint = "缺少原文的最后一句，请重新翻译整段摘要"
    said = Case("2606.00001", "abstract_zh", ABSTRACT.source, f"{ABSTRACT.text}{complaint}。")
    found = find_echo(said, complaint, ValidateSettings())
    assert found is not None
    assert (found.rule, found.severity) == ("placeholder", "reject")
    found = find_echo(said, complaint, ValidateSettings(severity={"placeholder": "warn"}))
    assert found is not None
    assert found.severity == "warn"
    assert find_echo(said, complaint, ValidateSettings(severity={"placeholder": "off"})) is None
    assert find_echo(replace(said, text=ABSTRACT.text), complaint, ValidateSettings()) is None


def test_what_another_process_found_is_not_looked_for_again():
    """It is taken over as it is."""
    case = Case("2606.00001", "title_zh", "Sorting elsewhere", "在别处排序")
    found = Problem(id=case.id, field=case.field, rule="name", severity="warn", detail="别处")
    take_over(case, ValidateSettings(), (found,))
    assert find_problems(case, ValidateSettings()) == (found,)


def test_the_worst_comes_first_and_says_where():
    """A detail is Chinese and quotes the place, for readers and for the model that is asked again."""
    text = ABSTRACT.text.replace("SortLite", "排序器").replace("8.4%", "4.8%")
    found = find_problems(Case("2606.00001", "abstract_zh", ABSTRACT.source, text), ValidateSettings())
    assert [(p.rule, p.severity) for p in found] == [("number", "reject"), ("name", "warn")]
    assert "8.4" in found[0].detail
    assert "4.8" in found[0].detail


@pytest.mark.parametrize(("wrong", "more"), [(4, ""), (5, "；等 5 处")])
def test_a_detail_names_four_places(wrong, more):
    """And says how many there are."""
    sizes = range(31, 31 + wrong)
    source = f"We read {', then '.join(f'{size} GB' for size in sizes)} of tables."
    text = f"我们读取{'，再读'.join(f' {size} MB ' for size in sizes)}的表格。"
    (detail,) = [
        p.detail for p in find_problems(Case("1", "abstract_zh", source, text), ValidateSettings()) if p.rule == "unit"
    ]
    assert sum(f"{size} MB" in detail for size in sizes) == 4
    assert detail.endswith(more)
    assert ("；等" in detail) is bool(more)


def test_no_answer_is_all_there_is_to_say():
    """Nothing else is asked of a text that is not there."""
    assert problems(ABSTRACT._replace(text=None)) == ["no_answer"]
    assert problems(ABSTRACT._replace(text=" \n")) == ["empty"]


def test_a_runaway_answer_is_not_compared_with_its_source():
    """It is rejected for its length, and nothing more is said of its numbers and names."""
    runaway = "".join(f"第 {number} 项是 GPT-{number}。" for number in range(200))
    assert problems(TITLE._replace(text=runaway)) == ["overlong"]
    assert problems(TITLE._replace(text=runaway[:40])) == ["number", "name"]
