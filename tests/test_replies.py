"""Whatever comes back is an answer, or an error somebody catches."""

import contextlib
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import Filtered, NoAnswer, QuestionFailed, WenzhaiError
from pipeline.model.error_body import seconds_to_wait
from pipeline.model.faults import CallFailed, Endpoint, Refused, TooFast, fault_of
from pipeline.model.replies import answer_of, body_in, longest_answer, reply_of, text_in, usage_in, usage_of
from pipeline.records import Usage
from tests.loopback import completion, question

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


# Bodies


def read(content: bytes, asked=None):
    """The answer in a body, as a call reads it."""
    asked = asked or question()
    reply = reply_of(body_in(text_in(content, None)), {})
    return answer_of(reply, usage_of(asked, reply), "2403.17919", longest_answer(asked))


@given(st.binary(max_size=60) | JSON.map(lambda body: json.dumps(body).encode()))
def test_any_bytes_are_an_answer_or_a_failed_call(content):
    """Not JSON, half of it, or JSON of any shape."""
    with contextlib.suppress(CallFailed, QuestionFailed):
        read(content)


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'{"choices":['], ids=str)
def test_a_hundred_thousand_brackets_are_a_failed_call(opening):
    """Python's reader gives up on them by an error of its own."""
    with pytest.raises(CallFailed):
        read(opening * 100_000)


def test_a_number_of_five_thousand_digits_costs_no_answer():
    """Python reads no such number, and nobody needs it."""
    body = json.dumps(completion("好") | {"created": 0}).replace('"created": 0', '"created": ' + "9" * 5000)
    assert read(body.encode()).text == "好"


def event(delta, finish=None, **more):
    row = {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]} | more
    return f"data: {json.dumps(row, ensure_ascii=False)}\n\n"


def test_a_stream_is_put_together():
    """Comments, an event without choices that states the tokens, and a line separator inside a text are no ends."""
    stream = ": ping\n\n" + event({"role": "assistant", "content": "好\u2028"}) + event({"content": "的"})
    stream += event({}, "length") + 'data: {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 2}}\n\n'
    answer = read((stream + "data: [DONE]\n\n").encode())
    assert (answer.text, answer.cut, answer.prompt_tokens, answer.completion_tokens) == ("好\n的", True, 9, 2)


@pytest.mark.parametrize(
    "stream",
    [
        event({"content": "好"}, "stop"),
        event({"content": "好"}) + "data: [DONE]\n\n",
        "event: message\n" + event({"content": "好"}, "stop") + ": ping\n\n" + "data: [DONE]\n\n",
        'data: {"choices": [{"message": {"content": "好"}, "finish_reason": "stop"}]}\n\ndata: {"usage": {}}\n\n',
        event({"content": "好"}, "stop") + 'data: {"error": null, "choices": []}\n\n',
    ],
    ids=["no end", "no reason", "names and comments", "a whole message", "nothing more"],
)
def test_a_stream_ends_with_a_reason_or_with_its_mark(stream):
    """Either is enough."""
    assert read(stream.encode()).text == "好"


def test_an_answer_with_the_end_of_a_stream_behind_it_is_read():
    """A gateway that was not asked to stream and half remembers."""
    assert read(json.dumps(completion("好")).encode() + b"\n\ndata: [DONE]\n\n").text == "好"


@pytest.mark.parametrize(
    "body",
    [{"code": 0, "msg": "success", "data": completion("好")}, {"output": completion("好")}, [completion("好")]],
    ids=["data", "output", "list"],
)
def test_an_answer_in_an_envelope_is_read(body):
    """Some gateways wrap what they pass on."""
    assert read(json.dumps(body).encode()).text == "好"


@pytest.mark.parametrize("written", ["```json\n{}\n```", "while(1);{}", "\ufeff{}", "{}\n{{}}"])
def test_an_answer_with_something_round_it_is_read(written):
    """A fence, a guard against scripts, a second object."""
    body = body_in(written.format(json.dumps(completion("好"))))
    assert reply_of(body, {}).text == "好"


def test_an_answer_is_read_from_json_in_a_string():
    """Or with line ends in its strings."""
    said = json.dumps(completion("好"))
    for body in (json.dumps(said), json.dumps({"code": 0, "data": said}), said.replace(r"\u597d", "好\n")):
        assert reply_of(body_in(body), {}).text.strip() == "好"


def test_an_answer_without_choices_is_read():
    """Of Ollama's own API."""
    reply = reply_of({"message": {"content": "半"}, "done_reason": "length"}, {})
    assert (reply.text, reply.finish) == ("半", "length")


def test_a_stream_of_json_lines_is_put_together():
    """As Ollama's, without "data:"; but an answer followed by another object is no stream."""
    lines = [
        {"choices": [{"delta": {"content": text}, "finish_reason": end}]}
        for text, end in (("好", None), ("的", "stop"))
    ]
    assert reply_of(body_in("\n".join(map(json.dumps, lines))), {}).text == "好的"


def test_a_body_is_utf_8_or_what_its_header_says():
    """A wrong header, or one of no charset, harms no UTF-8."""
    assert text_in("好".encode(), "gbk") == "好"
    assert text_in("好".encode("gbk"), "gbk") == "好"
    assert text_in("好".encode("utf-16"), "utf-16") == "好"
    for charset in (None, "utf-8", "x-none", "idna", "hex"):
        assert text_in(b"\xff\xfe{", charset) == "\ufffd\ufffd{"


def test_an_answer_behind_the_comments_of_a_stream_is_read():
    """They keep the connection while the model thinks."""
    assert read(b": keep-alive\n\n: keep-alive\n\n" + json.dumps(completion("好")).encode()).text == "好"


@pytest.mark.parametrize("stream", [event({"content": "半"}), "data: {", 'data: "x"\n\n', ": ping\n\n"])
def test_a_stream_that_breaks_off_is_a_failed_call(stream):
    """Half an answer is none."""
    with pytest.raises(CallFailed):
        read(stream.encode())


def test_an_error_inside_a_stream_is_one():
    """After the first words, with the status 200 sent long ago."""
    stream = event({"content": "半"}) + 'data: {"error": {"message": "Content Exists Risk"}}\n\n'
    body = body_in(stream)
    assert isinstance(fault_of(200, body, {}, HERE, "2403.17919"), Filtered)


@pytest.mark.parametrize(
    "choices",
    [
        {"message": {"content": "好"}},
        {"0": {"message": {"content": "好"}}},
        [{"text": "好"}],
        [{"message": "好"}],
        [{"message": None}, {"message": {"content": "好"}}],
        [{"delta": {"content": "好"}}],
        [
            {
                "message": {
                    "content": [{"type": "thinking", "thinking": [{"text": "hm"}]}, {"type": "text", "text": "好"}]
                }
            }
        ],
        [{"message": {"content": ["好"]}}],
        [{"message": {"content": {"text": "好"}}}],
    ],
    ids=str,
)
def test_an_answer_is_found_in_any_shape_in_use(choices):
    """A dict for a list, the fields of streams or of completions of old, parts; thinking is no part of it."""
    assert read(json.dumps({"choices": choices}).encode()).text == "好"


@pytest.mark.parametrize(
    ("message", "finish", "error"),
    [
        ({"content": "半"}, "content_filter", Filtered),
        ({"content": "半"}, "content_filter: violence", Filtered),
        ({"content": "半"}, "SAFETY", Filtered),
        ({"content": None, "refusal": "no"}, "stop", Filtered),
        ({"content": "半"}, "network_error", CallFailed),
        ({"content": "<think>Hm"}, "length", NoAnswer),
    ],
    ids=str,
)
def test_an_answer_that_ended_badly_is_none(message, finish, error):
    """The filter broke it off, or the network, or thinking took all there was."""
    with pytest.raises(error):
        read(json.dumps({"choices": [{"message": message, "finish_reason": finish}]}).encode())


def test_an_answer_beside_a_refusal_is_one():
    """Some gateways fill every field."""
    assert read(json.dumps(completion("好", refusal="none")).encode()).text == "好"


@pytest.mark.parametrize(
    ("content", "said", "hint"),
    [
        (b"", "an empty body", "not as a model does"),
        (b"<html><title>Console</title></html>", "a web page: Console", "lack its /v1"),
        (b"OK", "no JSON: OK", None),
    ],
    ids=str,
)
def test_a_body_that_is_no_json_is_told_with_what_it_may_be(content, said, hint):
    """Nothing, a page, or something else."""
    with pytest.raises(CallFailed) as failed:
        body_in(text_in(content, None))
    assert str(failed.value) == said
    assert (hint or "") in (failed.value.hopeless or "")
    assert (failed.value.hopeless is None) == (hint is None)


# Tokens


@pytest.mark.parametrize("count", ["10**30", '"12x"', "-5", "Infinity", "NaN", "true", "null", "[]", "0", "9" * 5000])
def test_numbers_that_are_no_counts_of_tokens_are_unknown(count):
    """They are guessed then, as where none is stated: a database and a budget cannot hold them."""
    count = "1" + "0" * 30 if "**" in count else count
    body = json.dumps(completion("好")).replace('"prompt_tokens": 20', f'"prompt_tokens": {count}')
    asked = question("word " * 100)
    answer = read(body.encode(), asked)
    assert answer.text == "好"
    assert answer.prompt_tokens == pytest.approx(110, abs=25)


def test_tokens_are_read_from_strings_and_whole_floats():
    """Some gateways state them so; cache hits can't be more than the prompt."""
    stated = {"prompt_tokens": "12", "completion_tokens": 5.0, "cached_tokens": 99}
    assert usage_in(stated) == Usage(prompt_tokens=12, completion_tokens=5, cached_tokens=12)
    assert usage_in({"input_tokens": 12, "output_tokens": 5}) == Usage(prompt_tokens=12, completion_tokens=5)
    nested = {"prompt_tokens": 12, "completion_tokens": 0, "prompt_tokens_details": {"cached_tokens": 8}}
    assert usage_in(nested) == Usage(prompt_tokens=12, completion_tokens=0, cached_tokens=8)


# Size


def test_an_answer_many_times_its_question_is_cut_off():
    """It is a loop; the rules reject what is cut. Thinking before it does not count."""
    asked = question("Hello " * 100)
    whole = read(json.dumps(completion("好" * 4_000)).encode(), asked)
    assert (len(whole.text), whole.cut) == (4_000, False)
    longest = read(json.dumps(completion("好" * longest_answer(asked))).encode(), asked)
    assert not longest.cut
    looped = read(json.dumps(completion("好" * 5_000)).encode(), asked)
    assert (len(looped.text), looped.cut) == (longest_answer(asked), True)
    thought = read(json.dumps(completion(f"<think>{'嗯' * 9_000}</think>好")).encode(), asked)
    assert (thought.text, thought.cut) == ("好", False)


@pytest.mark.parametrize(
    "text", ["好" * 3_000_000, "<think>" + "好" * 3_000_000, "好\n" * 3_000_000 + "</think>", "\u200b" * 3_000_000]
)
def test_ten_megabytes_cost_no_seconds(text):
    """Whatever they are; the answer is cut off before it is looked at closely."""
    body = json.dumps(completion(text), ensure_ascii=False).encode()
    started = time.process_time()
    with contextlib.suppress(CallFailed, QuestionFailed):
        read(body)
    assert time.process_time() - started < 1


def test_what_nobody_sees_is_taken_out_of_an_answer():
    """Lone surrogates, NUL, zero-width characters: text.visible.cleaned."""
    assert read(rb'{"choices": [{"message": {"content": "\ud800\u0000\u200b\u597d\u3164"}}]}').text == "好"


# Thinking


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"content": "<a>好</a>\n<think>再看 <a>，没有问题。</think>"}, "<a>好</a>"),
        ({"content": "<think>\n直接回答。\n<a>好</a>"}, "直接回答。\n<a>好</a>"),
        ({"content": "<think>\n还在想"}, ""),
        ({"content": "<thinking>草稿 <a>坏</a></thinking>好"}, "好"),
        ({"content": "论 <think> 与 </think> 标记"}, "论 <think> 与 </think> 标记"),
        ({"content": None, "reasoning_content": "<a>好</a>"}, "<a>好</a>"),
        ({"content": None, "reasoning_content": "还在想"}, ""),
        ({"content": "<a>好</a>", "reasoning_content": "<a>坏</a>"}, "<a>好</a>"),
        ({"content": "<a>坏</a>？\n</think>\n\n<a>好</a>"}, "<a>好</a>"),
        ({"content": "论 <think> 标记，它以\n</think>\n结束"}, "论 <think> 标记，它以\n</think>\n结束"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_thinking_is_no_answer_wherever_it_stands(message, text):
    """Behind the answer, never closed, or taken for all there is: an answer is known by its closing tags."""
    assert read(json.dumps({"choices": [{"message": message}]}).encode()).text == text
