"""Stage validate: each field is held to the English it came from, whoever wrote the record."""

from pipeline.ledger import by_version, field_texts
from pipeline.rules import PromptText, ValidateSettings
from pipeline.rules.judge import Judge
from pipeline.stages.validate import validate_paper
from pipeline.text.terms import Term
from tests.factories import only, paper, summary, translation

SETTINGS = only("no_answer", "empty", "untranslated", "mixed", "number", "placeholder", "term")


def texts(summarized=None, translated=None, corrected=None):
    records = by_version([summary(**(summarized or {}))], [translation(**(translated or {}))])
    return field_texts(records["2606.00001", 1], corrected or {})


def found(
    of=None, summarized=None, translated=None, *, settings=SETTINGS, glossary=(), told=None, corrected=None, **more
):
    problems = validate_paper(
        of or paper(),
        texts(summarized, translated, corrected),
        Judge(settings, glossary, told or {}),
        corrected=corrected or (),
        **more,
    )
    return [(each.field, each.rule, each.severity) for each in problems]


def test_good_texts_have_no_problems():
    """Under all rules as they ship."""
    good = {"abstract_zh": "我们对列表进行排序。这很有效。"}
    assert found(translated=good, settings=ValidateSettings()) == []


def test_a_sentence_asked_alone_is_judged_by_itself():
    """As a part of its abstract; otherwise the whole field is the source."""
    judge, of = Judge(SETTINGS), paper(abstract="We sort. It is fast.")
    alone, whole = (judge.case_of(of, "abstract_zh", "好。", sentence=sentence) for sentence in ("It is fast.", None))
    assert (alone.source, alone.part) == ("It is fast.", True)
    assert (whole.source, whole.part) == ("We sort. It is fast.", False)


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
    nothing = validate_paper(paper(), {}, Judge(SETTINGS))
    assert [(each.field, each.rule) for each in nothing] == [
        ("title_zh", "no_answer"),
        ("summary_zh", "no_answer"),
        ("abstract_zh", "no_answer"),
    ]
    assert found(summarized={"summary_en": ""}) == [("summary_en", "empty", "reject")]


def test_why_a_text_is_missing_is_not_said_twice():
    """failures.jsonl says it; a text that came since is judged whatever failures.jsonl says."""
    assert found(translated={"title_zh": None}, failed={"title_zh"}) == []
    assert found(translated={"title_zh": None}, failed={"abstract_zh"}) == [("title_zh", "no_answer", "reject")]
    assert found(translated={"title_zh": ""}, failed={"title_zh"}) == [("title_zh", "empty", "reject")]


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


def test_what_is_only_counted_stands_last():
    """It is no problem of the paper: who writes problems.jsonl takes it out."""
    counted = ValidateSettings(severity={"doubled": "count"})
    texts = {"title_zh": "关于排序的的研究", "abstract_zh": "We sort lists."}
    assert found(translated=texts, settings=counted) == [
        ("abstract_zh", "untranslated", "reject"),
        ("title_zh", "doubled", "count"),
    ]
