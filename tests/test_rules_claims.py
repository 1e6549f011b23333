"""The rule priority."""

import pytest

from pipeline.rules.analysis import Case
from pipeline.rules.claims import priority
from tests.pairs import GOOD, details_of


def found(source: str, text: str, field: str = "summary_zh") -> str:
    return details_of(priority, Case("2606.00001", field, source, text))


@pytest.mark.parametrize("claim", ["首次提出", "提出首个", "率先提出", "提出第一个"])
@pytest.mark.parametrize("field", ["summary_zh", "abstract_zh"])
def test_a_claim_nobody_made_is_found(claim, field):
    """In one-liners and abstracts; the detail quotes it."""
    assert claim[-2:] in found("We propose a method to sort tables.", f"本文{claim}表格排序方法。", field)


@pytest.mark.parametrize(
    "source",
    [
        "We propose the first method to sort tables.",
        "We propose a novel method to sort tables.",
        "Tables were previously sorted by hand.",
        "No existing method sorts tables.",
        "Sorting tables is unexplored.",
        "To our knowledge, tables have never been sorted.",
        "Our work pioneers sorting of tables.",
        "Sorting has not yet been studied.",
    ],
)
def test_what_the_source_claims_may_be_said(source):
    """In whatever words."""
    assert not found(source, "本文首次提出表格排序方法。")


def test_first_of_a_row_is_no_claim():
    """首先 and 第一个 of several say nothing of priority."""
    assert not found("We sort, then we search.", "我们首先排序，第一个步骤很快。")
    assert not any(found(pair.source, pair.text, pair.field) for pair in GOOD)
