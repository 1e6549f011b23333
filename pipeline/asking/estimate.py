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
MESSAGE_TOKENS = 4
"""Tokens that the chat format adds to each message."""


def estimate(asked: Sequence[Segment]) -> Answer:
    """The tokens of one question for these segments, and of the answer to it; its text is empty."""
    prompt = sum(count_tokens(message.content) + MESSAGE_TOKENS for message in question_of(asked).messages)
    one_liners = sum(segment.row.kind == "one_liner" for segment in asked)
    translated = sum(count_tokens(segment.source) for segment in asked if segment.row.kind != "one_liner")
    written = round(CHINESE_TOKENS * translated) + ONE_LINER_TOKENS * one_liners
    return Answer(text="", prompt_tokens=prompt, completion_tokens=written)
