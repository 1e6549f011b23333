"""What is sent, and how it changes when an endpoint refuses its form."""

import pytest

from pipeline.model.request import Request, body_of
from pipeline.records import Message
from tests.factories import model
from tests.loopback import question

SYSTEM, USER = {"role": "system", "content": "翻译"}, {"role": "user", "content": "Hello"}
TOGETHER = {"role": "user", "content": "翻译\n\nHello"}
STREAMED = {"stream": True, "stream_options": {"include_usage": True}}
UNSYSTEM = "System role not supported"


def test_a_body_holds_what_is_set_and_nothing_else():
    """A limit and a grammar only where the question has one, a temperature unless it is null, and extra_body above all."""
    asked = question()
    assert body_of(model(temperature=None), asked) == {"model": "tiny", "messages": [SYSTEM, USER]}
    limited = body_of(model(temperature=0), question(max_tokens=77, grammar="root ::= .*"))
    assert {name: limited[name] for name in ("temperature", "max_tokens", "grammar")} == {
        "temperature": 0,
        "max_tokens": 77,
        "grammar": "root ::= .*",
    }
    assert body_of(model(extra_body={"temperature": 1}), asked)["temperature"] == 1


def changed(words, *, settings=None, **more):
    """What is sent after a refusal in these words: the changes of the body, and the line for the log."""
    request, asked = Request(settings or model()), question(**more)
    before = request.body(asked)
    told = request.learn(before, words)
    after = request.body(asked)
    names = before.keys() | after.keys()
    return {name: after.get(name) for name in names if before.get(name) != after.get(name)}, told


@pytest.mark.parametrize(
    ("words", "more", "change"),
    [
        ("This model only supports stream mode", {}, STREAMED),
        ("Non-streaming requests are not supported", {}, STREAMED),
        ("the current user api does not support http call", {}, STREAMED),
        ("该模型只能使用流式输出", {}, STREAMED),
        (UNSYSTEM, {}, {"messages": [TOGETHER]}),
        ("the role of first message must be user", {}, {"messages": [TOGETHER]}),
        ("Input should be 'user' or 'assistant' (body.messages.0.role)", {}, {"messages": [TOGETHER]}),
        ("role 只能是 user 或 assistant", {}, {"messages": [TOGETHER]}),
        ("max_tokens is not supported", {"max_tokens": 9}, {"max_tokens": None, "max_completion_tokens": 9}),
        ("temperature must be greater than 0", {}, {"temperature": 0.01}),
        ("temperature is not supported", {}, {"temperature": None}),
        ("Unrecognized request argument supplied: stream", {}, {"stream": None}),
        ("Extra inputs are not permitted (body.stream)", {}, {"stream": None}),
    ],
)
def test_a_refusal_of_the_form_teaches_another_form(words, more, change):
    """And a line tells of it."""
    did, told = changed(words, **more)
    assert did == change
    assert told


@pytest.mark.parametrize(
    ("words", "settings"),
    [
        ("no", {}),
        ("the only upstream is unknown", {}),
        ("max_tokens is not supported", {}),
        ("stream_options is unknown", {}),
        ("this model only streams", {"extra_body": {"stream": True}}),
        ("temperature is not supported", {"temperature": None}),
    ],
)
def test_a_refusal_that_is_about_nothing_in_the_body_teaches_nothing(words, settings):
    """Its words may quote a paper."""
    assert changed(words, settings=model(**settings)) == ({}, None)


def test_a_temperature_that_is_not_0_is_left_out():
    """Where it is 0, something near it may do."""
    assert changed("temperature must be greater than 0", settings=model(temperature=0.5))[0] == {"temperature": None}


def test_lessons_are_learned_once_and_add_up():
    """What is known already is told as nothing new; what a later refusal is about changes what the first one made."""
    request, asked = Request(model()), question()
    first = request.body(asked)
    assert request.learn(first, "it only streams")
    assert request.learn(first, "it only streams") == ""
    assert request.learn(request.body(asked), "stream_options is unknown")
    body = request.body(asked)
    assert body["stream"] is True
    assert "stream_options" not in body
    assert request.learn(body, UNSYSTEM)
    assert request.body(asked)["messages"] == [TOGETHER]


def test_a_lesson_holds_only_for_what_it_is_about():
    """A question without a limit is sent as ever."""
    request = Request(model())
    assert request.learn(request.body(question(max_tokens=9)), "max_tokens is not supported")
    assert "max_completion_tokens" not in request.body(question())


def test_a_server_that_ends_answers_early_is_told_how_long_they_may_be():
    """If an answer is cut without a limit and shorter than its question; what has a limit keeps it."""
    request, asked = Request(model()), question("An abstract. " * 50)
    request.was_cut(request.body(question(max_tokens=9)), asked, "半")
    request.was_cut(request.body(asked), asked, "半" * 1000)
    assert "max_tokens" not in request.body(asked)
    request.was_cut(request.body(asked), asked, "半")
    assert request.body(asked)["max_tokens"] > 600
    assert request.body(question(max_tokens=9))["max_tokens"] == 9
    assert request.learn(request.body(asked), "max_tokens is not supported")
    assert request.body(asked)["max_completion_tokens"] > 600


def test_without_a_system_its_words_stand_before_those_of_the_user():
    """The first of them; the rest of a conversation stays."""
    more = (Message(role="assistant", content="?"), Message(role="user", content="!"))
    asked = question().model_copy(update={"messages": question().messages + more})
    request = Request(model())
    request.learn(request.body(asked), UNSYSTEM)
    assert request.body(asked)["messages"] == [TOGETHER, *({"role": m.role, "content": m.content} for m in more)]


def test_two_failures_without_a_word_are_taken_for_the_system():
    """The second one of what was sent after the first; if it fails without it, too, it was not that."""
    request, asked = Request(model()), question()
    body = request.body(asked)
    assert request.guess(body, sent_at=0.0, now=1.0) is None
    assert request.guess(body, sent_at=1.0, now=2.0) is None  # it was under way
    assert request.body(asked)["messages"] == [SYSTEM, USER]
    assert request.guess(body, sent_at=1.5, now=3.0)
    without = request.body(asked)
    assert without["messages"] == [TOGETHER]
    assert request.guess(body, sent_at=2.0, now=3.5) is None  # of another one, which left before
    assert request.body(asked)["messages"] == [TOGETHER]
    assert request.guess(without, sent_at=3.0, now=4.0) is None
    assert request.body(asked)["messages"] == [SYSTEM, USER]
    assert request.guess(request.body(asked), sent_at=5.0, now=6.0) is None


def test_a_model_that_has_answered_is_asked_as_before():
    """With its system, or without one where that was what helped; other lessons stay."""
    request, asked = Request(model(temperature=0)), question()
    request.answered = True
    assert request.guess(request.body(asked), 0.0, 1.0) is request.guess(request.body(asked), 2.0, 3.0) is None
    request = Request(model(temperature=0))
    request.learn(request.body(asked), "temperature is not supported")
    request.guess(request.body(asked), 0.0, 1.0)
    assert request.guess(request.body(asked), 2.0, 3.0)
    request.answered = True
    request.guess(request.body(asked), 4.0, 5.0)
    assert request.body(asked)["messages"] == [TOGETHER]
    request.answered = False
    request.guess(request.body(asked), 4.0, 5.0)
    assert request.body(asked) == {"stream": False, "model": "tiny", "messages": [SYSTEM, USER]}


def test_a_system_that_was_refused_in_words_stays_away():
    """A failure without a word says nothing against it."""
    request, asked = Request(model()), question()
    request.learn(request.body(asked), UNSYSTEM)
    assert request.guess(request.body(asked), 0.0, 1.0) is None
    assert request.body(asked)["messages"] == [TOGETHER]
