"""What only a comparison of papers shows."""

from pipeline.rules import ValidateSettings
from pipeline.rules.across import Across, same_text
from tests.factories import paper

ONE = "我们提出一种新的排序方法，并证明它的正确性。"
SORTS = paper(id="2606.00001", title="Sorting", abstract="We sort lists.")
COUNTS = paper(id="2606.00002", title="Counting", abstract="We count lists.")


def test_two_papers_with_the_same_text_are_both_marked():
    """One of them has the other's text, and nobody knows which."""
    found = same_text([(SORTS, {"abstract_zh": ONE}), (COUNTS, {"abstract_zh": ONE})], ValidateSettings())
    assert {
        id: [(each.field, each.rule, each.severity, each.detail) for each in rows] for id, rows in found.items()
    } == {
        SORTS.id: [("abstract_zh", "same_text", "warn", f"与 {COUNTS.id} 的一字不差，原文却不同")],
        COUNTS.id: [("abstract_zh", "same_text", "warn", f"与 {SORTS.id} 的一字不差，原文却不同")],
    }


def test_texts_that_may_well_be_the_same_are_not_marked():
    """Of the same paper twice, of titles, of a few words, and none at all."""
    again = SORTS.model_copy(update={"id": "2606.00003"})
    for one, other, field, text in (
        (SORTS, again, "abstract_zh", ONE),
        (SORTS, COUNTS, "title_zh", ONE),
        (SORTS, COUNTS, "summary_zh", "一种新方法。"),
        (SORTS, COUNTS, "summary_zh", None),
    ):
        assert same_text([(one, {field: text}), (other, {field: text})], ValidateSettings()) == {}


def test_its_severity_is_the_configs():
    papers = [(SORTS, {"summary_zh": ONE}), (COUNTS, {"summary_zh": ONE})]
    (problem,) = same_text(papers, ValidateSettings(severity={"same_text": "reject"}))[SORTS.id]
    assert problem.severity == "reject"
    assert same_text(papers, ValidateSettings(severity={"same_text": "off"})) == {}


def test_one_title_with_two_in_chinese():
    """A new version of a paper is called as the old one was; case and spaces of the English do not matter."""
    across, again = Across(), SORTS.model_copy(update={"title": "sorting "})
    assert across.other_title("monday", SORTS, {"title_zh": "排序"}) is None
    assert across.other_title("tuesday", again, {"title_zh": "排序"}) is None
    assert across.other_title("tuesday", COUNTS, {"title_zh": "计数"}) is None
    assert across.other_title("friday", again, {"title_zh": "分类"}) == ("monday", "排序")
    assert across.other_title("friday", again, {}) is None


def test_fields_are_compared_with_their_own_kind():
    """A one-liner that says what another paper's abstract says is no slip, and a text that is not there has no fault."""
    papers = [(SORTS, {"summary_zh": ONE, "abstract_zh": None}), (COUNTS, {"abstract_zh": ONE})]
    assert same_text(papers, ValidateSettings()) == {}
