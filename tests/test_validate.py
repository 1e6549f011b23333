"""Stage validate: each field is held to the English it came from, whoever wrote the record."""

import pytest

from pipeline.rules import PromptText, ValidateSettings
from pipeline.stages.validate import validate_paper
from pipeline.text.terms import Term
from tests.factories import only, paper, problem, summary, translation

SETTINGS = only("no_answer", "empty", "untranslated", "mixed", "number", "placeholder", "term")


def found(of=None, summarized=None, translated=None, **changes):
    problems = validate_paper(
        of or paper(),
        summary(**(summarized or {})),
        translation(**(translated or {})),
        **{"settings": SETTINGS} | changes,
    )
    return [(each.field, each.rule, each.severity) for each in problems]


def test_good_texts_have_no_problems():
    """Under all rules as they ship."""
    good = {"abstract_zh": "我们对列表进行排序。这很有效。"}
    assert found(translated=good, settings=ValidateSettings()) == []


def test_each_field_is_checked_against_its_own_english():
    """A number of the abstract is missed in the abstract, not in the title."""
    of = paper(abstract="We sort 35 lists.")
    assert found(of, translated={"abstract_zh": "我们排序许多列表。"}) == [("abstract_zh", "number", "reject")]
    assert found(of, translated={"abstract_zh": "我们排序 35 个列表。"}) == []
    assert found(of, summarized={"summary_zh": "为 35 个列表排序。"}) == [("abstract_zh", "number", "reject")]


def test_problems_stand_worst_first():
    """Rejected fields before warnings, whatever the order of the fields."""
    assert found(
        summarized={"summary_zh": "careful 的排序。"},
        translated={"title_zh": "careful 排序", "abstract_zh": "We sort lists."},
    ) == [("abstract_zh", "untranslated", "reject"), ("title_zh", "mixed", "warn"), ("summary_zh", "mixed", "warn")]


def test_a_missing_text_is_a_problem_but_for_an_english_one_liner_nobody_asked_for():
    """Null is no_answer; summary_en null means that it is not wanted, summary_en empty that it is missing."""
    nothing = validate_paper(paper(), None, None, settings=SETTINGS)
    assert [(each.field, each.rule) for each in nothing] == [
        ("title_zh", "no_answer"),
        ("summary_zh", "no_answer"),
        ("abstract_zh", "no_answer"),
    ]
    assert found(summarized={"summary_en": ""}) == [("summary_en", "empty", "reject")]


@pytest.mark.parametrize("rule", ["no_answer", "filtered", "budget"])
def test_why_a_text_is_missing_is_kept(rule):
    """Only the asking knows; its reason stands instead of a bare no_answer."""
    known = [problem(field="title_zh", rule=rule, severity="reject", detail="拒绝回答")]
    problems = validate_paper(paper(), summary(), translation(title_zh=None), settings=SETTINGS, known=known)
    assert problems == known


def test_old_reasons_go_once_there_is_a_text():
    """What an earlier run failed to get and this one has is no problem; nor is any other earlier finding."""
    known = [problem(rule="filtered", severity="reject"), problem(field="abstract_zh", rule="number")]
    assert found(known=known) == []


def test_glossary_rows_are_those_of_the_paper():
    """A term is held to where it occurs and where its categories are the paper's."""
    term = Term(english="list", zh=("列表",), forbidden=("清单",))
    wrong = {"abstract_zh": "我们排序清单。"}
    assert found(translated=wrong, glossary=(term,)) == [("abstract_zh", "term", "warn")]
    assert found(paper(abstract="We sort."), translated=wrong, glossary=(term,)) == []
    assert found(translated=wrong, glossary=(term.model_copy(update={"categories": ("math",)}),)) == []


def test_the_prompt_is_not_to_be_echoed():
    """By field: each is compared with the prompt that asked for it."""
    said = "术语用通行译名，名称与缩写保留英文"
    echo = {"abstract_zh": f"我们排序。{said}。"}
    assert found(translated=echo, told={"abstract_zh": PromptText(f"翻译。{said}，数字照抄。")}) == [
        ("abstract_zh", "placeholder", "reject")
    ]
    assert found(translated=echo, told={"title_zh": PromptText(f"翻译。{said}，数字照抄。")}) == []


def test_severities_are_the_configs():
    """A rule can be raised, lowered and turned off."""
    mixed = {"title_zh": "careful 排序"}
    severity = dict(SETTINGS.severity)
    raised = ValidateSettings(severity=severity | {"mixed": "reject"})
    assert found(translated=mixed, settings=raised) == [("title_zh", "mixed", "reject")]
    off = ValidateSettings(severity=severity | {"mixed": "off"})
    assert found(translated=mixed, settings=off) == []


def test_what_a_person_wrote_is_not_judged():
    """A corrected field has no problems, its neighbours do."""
    english = {"title_zh": "Sorting with care", "abstract_zh": "We sort lists."}
    assert found(translated=english, corrected={"title_zh": "Sorting with care"}) == [
        ("abstract_zh", "untranslated", "reject")
    ]
