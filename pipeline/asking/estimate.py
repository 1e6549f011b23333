"""Estimates the tokens of a question and its answer: the question is counted exactly, the answer from measured
ratios."""

from collections.abc import Sequence

from pipeline.asking.questions import question_of
from pipeline.asking.segments import Segment
from pipeline.model.tokens import count_tokens
from pipeline.records import Answer

CHINESE_TOKENS = 1.17
"""Tokens of a translation per token of its English (o200k_base, mean of 100 abstracts)."""
ONE_LINER_TOKENS = 60
REVIEW_TOKENS = 44
"""Of a review: few papers have claims (mean of 40 labelled ones)."""
MESSAGE_TOKENS = 4
"""Tokens that the chat format adds to each message."""


def estimate(asked: Sequence[Segment]) -> Answer:
    """The tokens of one question for these segments, and of the answer to it; its text is empty.

    A review of a text that is not written yet is counted with the text expected.
    """
    prompt = sum(count_tokens(message.content) + MESSAGE_TOKENS for message in question_of(asked).messages)
    if asked[0].reviewed is not None:
        coming = sum(
            _written(each) + count_tokens(f"<{each.field}></{each.field}>") for each in asked if not each.reviewed
        )
        return Answer(text="", prompt_tokens=prompt + coming, completion_tokens=REVIEW_TOKENS)
    written = sum(map(_written, asked))
    return Answer(text="", prompt_tokens=prompt, completion_tokens=written)


def _written(segment: Segment) -> int:
    """The tokens expected of its text."""
    if segment.row.kind == "one_liner":
        return ONE_LINER_TOKENS
    return round(CHINESE_TOKENS * count_tokens(segment.source))
