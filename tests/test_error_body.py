"""The bodies of errors, as providers and gateways shape them."""

import time

import pytest

from pipeline.model.error_body import error_in, plain, seconds_to_wait, words_of


def test_only_a_page_loses_its_tags():
    """Angle brackets in a message may be what it is about."""
    assert plain("set <your key> first") == "set <your key> first"
    assert plain(" <html><b>set</b> it</html>").split() == ["set", "it"]
    assert plain("<html><title>Bad gateway</title><b>set</b> it</html>") == "Bad gateway"


@pytest.mark.parametrize(
    ("body", "codes", "words"),
    [
        ({"detail": "no route"}, set(), "no route"),
        ({"error": {"message": "", "msg": "broken", "code": 0}}, set(), "broken"),
        ({"message": "outer", "error": {"code": "E1"}}, {"e1"}, "outer"),
        ({"error": {"code": "E1"}}, {"e1"}, ""),
        ({"error": {"message": "x", "metadata": {"raw": "why"}}}, set(), "x: why"),
        ({"error": {"message": "x", "metadata": {"raw": {"a": 1}}}}, set(), "x"),
        ({"note": "odd"}, set(), "{'note': 'odd'}"),
        ({"error": True, "message": "no balance"}, set(), "no balance"),
        ({"error": "no_balance", "message": "Top up"}, set(), "no_balance: Top up"),
        ({"error": "x", "message": "x"}, set(), "x"),
        ({"Response": {"Error": {"Code": "E1", "Message": "x"}}}, {"e1"}, "x"),
        ({"errCode": "E1", "errMsg": "x"}, {"e1"}, "x"),
        ({"detail": [{"loc": ["body", "top_k"], "msg": "not permitted"}]}, set(), "not permitted (body.top_k)"),
        ({"detail": {"error": {"message": "x"}}}, set(), "x"),
        ({"error": '{"error": {"code": "1113", "message": "x"}}'}, {"1113"}, "x"),
        ({"error": "{x"}, set(), "{x"),
        ({"error": {"message": "x", "metadata": {"raw": '{"code": "E1", "message": "why"}'}}}, {"e1"}, "x: why"),
        ({"message": "slow", "__type": "ThrottlingException"}, {"throttlingexception"}, "slow"),
        ({"prompt_feedback": {"block_reason": "SAFETY"}}, {"safety"}, ""),
        ([{"error": {"message": "x", "code": 429}}], {"429"}, "x"),
        ({"message": "x", "details": [None, {"reason": "A"}, {"reason": 1}]}, {"a"}, "x"),
        ({"message": "x", "details": [{"violations": [None, {"quotaId": "B"}, {"quotaId": 2}]}]}, {"b"}, "x"),
        ({"message": "x", "details": "none", "code": [1]}, set(), "x"),
        ({"message": "x", "details": [{"violations": "none"}]}, set(), "x"),
        ([], set(), ""),
        (None, set(), ""),
    ],
    ids=str,
)
def test_the_words_of_a_body_are_those_nearest_to_the_cause(body, codes, words):
    """A code alone needs none; of a body in no known format, all of it."""
    assert words_of(body) == (codes, words)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"choices": [{"message": {"content": "好"}}], "code": 200, "message": "success"}, False),
        ({"choices": [], "message": "overloaded"}, True),
        ({"error": None, "object": "chat.completion"}, False),
        ({"choices": [], "usage": None}, False),
        ({"status": "healthy"}, False),
        ({"success": False, "errMsg": "no balance"}, True),
        ({"choices": [], "prompt_feedback": {"block_reason": "SAFETY"}}, True),
        ({"choices": [{"message": {"content": "半"}, "finish_reason": "error"}], "error": {"code": 502}}, True),
        ({"choices": [{"finish_reason": "error", "error": {"code": 502}}]}, True),
        ({"choices": [{"message": {"content": "好"}, "finish_reason": "stop"}], "error": {"code": 502}}, False),
        ({"choices": [{"message": {"content": "半"}, "finish_reason": "error"}]}, False),
    ],
    ids=str,
)
def test_a_body_is_an_error_if_it_says_something_and_answers_nothing(body, error):
    """Gateways add a code and a message to answers, too."""
    assert (error_in(body) is not None) is error


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("Please try again in 7m12.5s.", 432.5),
        ("Please try again in 1h2m3s.", 3723),
        ("Please try again in 2h.", 7200),
        ("please try again after 1 seconds", 1),
        ("Please try again in 250ms.", 0.25),
        ("Please wait 43020 seconds before retrying.", 43020),
        ("Please try again in a moment.", None),
        ("try again in 2 minutes", 120),
        ("Please retry after 1 minute 5 seconds", 65),
        ("请 30 秒后再试", 30),
        ("retry_after=5", 5),
        ("slow down", None),
    ],
)
def test_a_time_to_wait_is_read_from_words(words, seconds):
    """In hours, minutes, seconds and milliseconds; a header is more exact."""
    assert seconds_to_wait({}, words) == seconds
    assert seconds_to_wait({"retry-after": "9"}, words) == 9


def test_a_time_to_come_back_is_read_from_a_body():
    """In OpenRouter's form, at any depth; anything else is none."""
    reset = str(int((time.time() + 100) * 1000))
    limited = {"error": {"metadata": {"headers": {"X-RateLimit-Reset": reset}}}}
    assert seconds_to_wait({}, "", limited) == pytest.approx(100, abs=5)
    assert seconds_to_wait({}, "", {"error": "loading", "estimated_time": 20.5}) == 20.5
    assert seconds_to_wait({}, "", {"retry_after_ms": 1500}) == 1.5
    assert seconds_to_wait({}, "", [{"error": {"details": [{"retryDelay": "3s"}]}}]) == 3
    for other in (
        None,
        "text",
        {"retry_after": None},
        {"details": [{"retryDelay": 3}, None]},
        {"metadata": "x"},
        {"metadata": {"headers": "x"}},
        {"metadata": {"headers": {}}},
    ):
        assert seconds_to_wait({}, "", other) is None
