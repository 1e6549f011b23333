"""Whatever comes back is an answer, or an error somebody catches."""

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import QuestionFailed, WenzhaiError
from pipeline.model.faults import CallFailed, Endpoint, Refused, TooFast, fault_of, seconds_to_wait
from pipeline.model.replies import answer_of, reply_of, usage_of
from tests.loopback import question

KEY = "sk-abcdef0123456789"
HERE = Endpoint("m", "http://127.0.0.1/v1", "OPENAI_API_KEY", KEY)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def shaped(*names):
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, JSON))


CHOICE = st.fixed_dictionaries({"finish_reason": JSON, "message": shaped("content", "refusal") | JSON})
USAGE = shaped(
    "prompt_tokens", "completion_tokens", "prompt_tokens_details", "prompt_cache_hit_tokens", "cached_tokens"
)


@given(JSON | st.fixed_dictionaries({"choices": st.lists(CHOICE, max_size=2) | JSON, "usage": USAGE | JSON}))
def test_any_json_is_an_answer_or_a_failed_call(body):
    """Gateways send what they like; nothing of it may stop the run as a bug would."""
    with contextlib.suppress(CallFailed, QuestionFailed):
        reply = reply_of(body, {})
        answer = answer_of(reply, usage_of(question(), reply), "2403.17919")
        assert 0 <= answer.cached_tokens <= answer.prompt_tokens


@given(
    st.sampled_from([200, 400, 401, 403, 404, 408, 422, 429, 500, 503]),
    JSON
    | st.fixed_dictionaries({"error": shaped("message", "code", "type", "innererror") | JSON})
    | st.text(max_size=20).map(lambda text: {"error": {"message": f"{text}{KEY}{text}"}}),
)
def test_any_error_has_a_meaning_and_no_key(status, body):
    """One line, whatever the body."""
    fault = fault_of(status, body, {}, HERE, "2403.17919")
    assert isinstance(fault, CallFailed | Refused | TooFast | WenzhaiError)
    said = HERE.redact(str(fault)) if isinstance(fault, TooFast) else str(fault)
    assert KEY not in said
    assert "\n" not in said


def test_retry_after_is_read_in_all_its_forms():
    """Milliseconds, seconds, a date; anything else is none."""
    assert seconds_to_wait({"retry-after-ms": "1500", "retry-after": "2"}) == 1.5
    assert seconds_to_wait({"retry-after": "2"}) == 2
    assert seconds_to_wait({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}) == 0
    assert seconds_to_wait({"retry-after": "soon"}) is None
    assert seconds_to_wait({"retry-after": "nan"}) is None
    assert seconds_to_wait({}) is None


def test_the_key_is_no_part_of_an_endpoint_shown():
    """Not even in a traceback's locals."""
    assert KEY not in repr(HERE)
