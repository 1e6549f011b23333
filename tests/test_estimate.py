"""What a question is expected to cost before it is asked."""

import pytest

from pipeline.asking.estimate import CHINESE_TOKENS, MESSAGE_TOKENS, ONE_LINER_TOKENS, REVIEW_TOKENS, estimate
from pipeline.asking.questions import question_of
from pipeline.asking.segments import review_segment, segments_of
from pipeline.model.tokens import count_tokens
from tests.factories import TRANSLATE, context, model, paper


def counted(asked) -> int:
    """The tokens of what is sent."""
    return sum(count_tokens(message.content) + MESSAGE_TOKENS for message in question_of(asked).messages)


@pytest.mark.parametrize(
    ("fields", "written"),
    [
        (["summary_zh"], ONE_LINER_TOKENS),
        (["abstract_zh"], round(CHINESE_TOKENS * count_tokens(paper().abstract))),
        (
            ["summary_zh", "summary_en", "abstract_zh"],
            2 * ONE_LINER_TOKENS + round(CHINESE_TOKENS * count_tokens(paper().abstract)),
        ),
    ],
)
def test_a_question_is_counted_and_its_answer_expected(fields, written):
    """A translation is as long as its English, a one-liner is one line."""
    asked = [segment for name in fields for segment in segments_of(paper(), name, context())]
    expected = estimate(asked)
    assert (expected.prompt_tokens, expected.completion_tokens) == (counted(asked), written)


@pytest.mark.parametrize(("name", "written"), [("summary_zh", ONE_LINER_TOKENS), ("title_zh", None)])
def test_a_review_is_counted_with_the_texts_that_come(name, written):
    """Those that are there are in the question already; what it says is short."""
    todo = context(reviewers=(model(name="reader"),))
    todo.prompts["review"] = TRANSLATE
    there = review_segment(paper(), "abstract_zh", "我们排序。", todo)
    expected = estimate([there])
    assert (expected.prompt_tokens, expected.completion_tokens) == (counted([there]), REVIEW_TOKENS)
    both = [there, review_segment(paper(), name, "", todo)]
    coming = (written or round(CHINESE_TOKENS * count_tokens(paper().title))) + count_tokens(f"<{name}></{name}>")
    assert estimate(both).prompt_tokens == counted(both) + coming
