"""The rows of an answer: what each came from, and that they add up to the call."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.asking.budget import cost_of
from pipeline.asking.rows import rows_of
from pipeline.asking.segments import segments_of
from tests.factories import answer, context, model, paper

ZH = {
    "summary_zh": "细致地排序。",
    "summary_en": "It sorts.",
    "title_zh": "细致排序",
    "abstract_zh": "我们对列表排序。它有效。",
}
TOKENS = st.integers(0, 10_000)


@given(
    TOKENS, TOKENS, TOKENS, st.lists(st.sampled_from(sorted(ZH)), min_size=1, max_size=4, unique=True), st.booleans()
)
def test_the_rows_of_a_call_add_up_to_it(prompt_tokens, completion_tokens, cached_tokens, fields, answered):
    """Requests, all tokens and the cost, however many fields share them and whether or not anything was said."""
    todo = context(model(price={"input": 2, "cached": 1, "output": 8}))
    segments = [segment for field in fields for segment in segments_of(paper(), field, todo)]
    said = answer(
        "".join(f"<{field}>{ZH[field]}</{field}>" for field in fields if answered),
        prompt_tokens=prompt_tokens + cached_tokens,
        completion_tokens=completion_tokens,
        cached_tokens=cached_tokens,
    )
    rows = rows_of(said, segments)
    assert sum(row.requests for row in rows) == 1
    assert sum(row.prompt_tokens for row in rows) == said.prompt_tokens
    assert sum(row.completion_tokens for row in rows) == said.completion_tokens
    assert sum(row.cached_tokens for row in rows) == said.cached_tokens
    assert sum(row.cost for row in rows) == pytest.approx(cost_of(said, todo.models[0]))
    assert all(row.completion_tokens >= 0 and row.prompt_tokens >= 0 for row in rows)


def test_a_row_says_what_it_came_from():
    """Key, paper, field, part, prompt and model are the segment's own."""
    todo = context(model(unit="sentences"))
    second = segments_of(paper(version=3), "abstract_zh", todo)[1]
    (row,) = rows_of(answer("它有效。"), [second])
    assert (row.key, row.paper, row.version, row.field, row.part) == (second.key, "2606.00001", 3, "abstract_zh", 1)
    assert (row.prompt, row.model, row.attempt, row.text) == (second.prompt.fingerprint, "tiny", 0, "它有效。")


@pytest.mark.parametrize(
    ("said", "cut"),
    [
        ("<title_zh>甲</title_zh><abstract_zh>乙", [False, True]),
        ("<title_zh>甲", [True, False]),
        ("<title_zh>甲</title_zh><abstract_zh>", [False, True]),
    ],
)
def test_only_the_last_text_was_cut_by_the_limit(said, cut):
    """What stood before it was whole."""
    segments = [segment for field in ("title_zh", "abstract_zh") for segment in segments_of(paper(), field, context())]
    assert [row.cut for row in rows_of(answer(said, cut=True), segments)] == cut
    assert not any(row.cut for row in rows_of(answer(said), segments))
