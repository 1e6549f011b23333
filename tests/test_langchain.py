"""LangChain as the way to an endpoint: the same answers, errors and tries as with the client of our own."""

import asyncio
import builtins
import os
from contextlib import AsyncExitStack

import pytest

from pipeline.errors import Filtered, ModelError, NoAnswer
from pipeline.model import langchain
from pipeline.model.faults import CallFailed, TooFast
from pipeline.records import Answer, Usage
from pipeline.settings import ModelSettings
from tests.loopback import Endpoint, Sent, ask, completion, question

pytest.importorskip("langchain_openai")
from langchain_core.messages import AIMessage

KEY = "sk-abcdef0123456789"
LANGCHAIN = {"provider": "langchain", "name": "openai:gpt-x"}


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    for name in list(os.environ):
        if name.startswith(("LANGSMITH_", "LANGCHAIN_")) or name.upper().endswith("_PROXY"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


def error(message, code=None):
    return {"error": {"message": message, "code": code}}


def test_a_question_goes_out_as_it_stands():
    """With the switches of extra_body and the limit of the answer."""
    endpoint = Endpoint(Sent())
    came = ask(endpoint, question("{not a variable}", max_tokens=9), extra_body={"enable_thinking": False}, **LANGCHAIN)
    assert came.result == Answer(text="好", prompt_tokens=20, completion_tokens=5)
    seen = endpoint.seen[0]
    assert seen.path == "/v1/chat/completions"
    assert seen.headers["authorization"] == f"Bearer {KEY}"
    assert [each["content"] for each in seen.body["messages"]] == ["翻译", "{not a variable}"]
    assert [each["role"] for each in seen.body["messages"]] == ["system", "user"]
    assert (seen.body["model"], seen.body["enable_thinking"], seen.body["temperature"]) == ("gpt-x", False, 0)
    assert 9 in (seen.body.get("max_tokens"), seen.body.get("max_completion_tokens"))


def test_a_cut_answer_and_its_cache_hits_are_known():
    """From LangChain's own fields for them."""
    usage = {
        "prompt_tokens": 20,
        "completion_tokens": 5,
        "total_tokens": 25,
        "prompt_tokens_details": {"cached_tokens": 16},
    }
    came = ask(Endpoint(Sent(completion("<think>x</think>好", "length") | {"usage": usage})), **LANGCHAIN)
    assert came.result == Answer(text="好", cut=True, prompt_tokens=20, completion_tokens=5, cached_tokens=16)


@pytest.mark.parametrize(
    "fault",
    [
        Sent(error("busy"), 500),
        Sent(act="reset"),
        Sent(act="half"),
        Sent(b'{"choices": ['),
        Sent(b"<html>checking your browser</html>"),
        Sent({"choices": None}),
        Sent({"choices": []}),
        Sent({"error": {"message": "upstream broke", "code": 502}}),
    ],
    ids=lambda fault: f"{fault.status} {fault.act} {str(fault.body)[:40]}",
)
def test_a_passing_fault_is_tried_again(fault):
    """By retry.py alone: LangChain's own retries would multiply with it."""
    endpoint = Endpoint(fault, Sent())
    came = ask(endpoint, **LANGCHAIN)
    assert came.result.text == "好"
    assert len(endpoint.seen) == 2
    assert came.usage.retries == 1


def test_a_429_costs_no_try():
    """It is waited for."""
    came = ask(Endpoint(Sent(error("slow"), 429, {"retry-after-ms": "30"}), Sent()), **LANGCHAIN)
    assert came.result.text == "好"
    assert (came.meter.waits, came.usage.retries) == (1, 0)


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        (Sent(error(f"Incorrect API key provided: {KEY}"), 401), ModelError),
        (Sent(error("Insufficient Balance"), 402), ModelError),
        (Sent(error("The model does not exist"), 404), ModelError),
        (Sent(error("Unsupported value: 'top_p'"), 400), ModelError),
        (Sent(error("Content Exists Risk"), 400), Filtered),
        (Sent(error("Content Exists Risk")), Filtered),
        (Sent(completion("", "content_filter")), Filtered),
        (Sent(completion("", "sensitive")), Filtered),
        (Sent(error("maximum context length is 512 tokens", "context_length_exceeded"), 400), NoAnswer),
        (Sent(completion("", "length")), NoAnswer),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else str(value.status),
)
def test_errors_mean_the_same(sent, kind):
    """And none shows the key."""
    endpoint = Endpoint(sent)
    came = ask(endpoint, **LANGCHAIN)
    assert isinstance(came.result, kind), came.result
    assert KEY not in repr(came.result)
    assert len(endpoint.seen) == 1


STREAM = b'data: {"choices": [{"delta": {"content": "\xe5\xa5\xbd"}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n'


@pytest.mark.parametrize(
    ("refusal", "is_refused", "good"),
    [
        ("System role not supported", lambda body: body["messages"][0]["role"] == "system", Sent()),
        ("Unsupported value: 'temperature' does not support 0", lambda body: "temperature" in body, Sent()),
        ("temperature must be in (0, 1]", lambda body: body.get("temperature") == 0, Sent()),
        ("This model only supports stream mode", lambda body: not body.get("stream"), Sent(STREAM)),
    ],
    ids=["system", "temperature", "range", "stream"],
)
def test_a_request_adapts(refusal, is_refused, good):
    """As with the client of our own."""
    endpoint = Endpoint(answer=lambda seen, _: Sent(error(refusal), 400) if is_refused(seen.body) else good)
    came = ask(endpoint, question(), question(), concurrency=1, **LANGCHAIN)
    assert {each.text for each in came.results} == {"好"}
    assert len(endpoint.seen) == 3
    assert len(came.said) == 1


def test_a_body_without_end_costs_its_question(monkeypatch):
    """The packages that use openai's client get one that limits it."""
    monkeypatch.setattr("pipeline.model.client.LARGEST_BODY", 100_000)
    came = ask(Endpoint(Sent(completion("好" * 100_000))), **LANGCHAIN)
    assert isinstance(came.result, NoAnswer)
    assert "thrown away" in str(came.result)


def test_a_name_langchain_does_not_know_is_named():
    """With the shape of a name."""
    with pytest.raises(ModelError, match=r"nobody:m.*provider:model"):
        ask(Endpoint(Sent()), **LANGCHAIN | {"name": "nobody:m"})


def test_a_missing_package_names_the_way_to_get_it(monkeypatch):
    """The extra of this project."""
    real = builtins.__import__

    def without(name, *rest):
        if name.split(".")[0] == "langchain":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ModelError, match=r"pip install .*\[langchain\]'"):
        ask(Endpoint(Sent()), **LANGCHAIN)


def test_nothing_is_traced_by_our_doing():
    """LANGSMITH_* variables would send papers to a third party; only the user sets them."""
    before = dict(os.environ)
    ask(Endpoint(Sent()), **LANGCHAIN)
    new = set(os.environ) - set(before)
    assert not [name for name in new if name.startswith(("LANGSMITH", "LANGCHAIN"))]


# Without a provider


class Model:
    """What LangChain would return: answers with the next of `script`, an error or a message."""

    model_fields: dict[str, object] = {}  # noqa: RUF012 - as pydantic's

    def __init__(self, *script):
        self.script = list(script)

    async def ainvoke(self, turns, **limit):
        does = self.script.pop(0)
        if isinstance(does, Exception):
            raise does
        return does


class SdkError(Exception):
    status_code = 429
    body = error("slow down")


@pytest.fixture
def sent(monkeypatch):
    """Sends as many questions as there are in a script; `opened` are the options of each model that was opened."""
    opened = []

    def send(*script, base_url=None, **settings):
        model = Model(*script)

        def init_chat_model(name, **options):
            opened.append(options)
            return model

        monkeypatch.setattr("langchain.chat_models.init_chat_model", init_chat_model)

        async def run():
            chosen = ModelSettings(provider="langchain", name="a:b", **settings)
            async with AsyncExitStack() as stack:
                _, put = await langchain.open_langchain(chosen, base_url, stack)
                return await asyncio.gather(*[put(question()) for _ in script], return_exceptions=True)

        return asyncio.run(run())

    send.opened = opened
    return send


def message(**metadata):
    return AIMessage("好", response_metadata=metadata)


@pytest.mark.parametrize(
    ("metadata", "finish"),
    [
        ({"finish_reason": "length"}, "length"),
        ({"stop_reason": "max_tokens"}, "max_tokens"),
        ({"done_reason": "length"}, "length"),
        ({}, "stop"),
    ],
    ids=str,
)
def test_why_an_answer_ended_is_found_where_a_package_puts_it(sent, metadata, finish):
    """OpenAI's, Anthropic's, Ollama's."""
    (reply,) = sent(message(**metadata, headers={"x": "1"}))
    assert (reply.text, reply.finish, reply.headers, reply.usage) == ("好", finish, {"x": "1"}, None)


@pytest.mark.parametrize(
    ("details", "metadata", "cached"),
    [
        ({"input_token_details": {"cache_read": 16}}, {}, 16),
        ({}, {"token_usage": {"prompt_cache_hit_tokens": 16}}, 16),
        ({}, {"token_usage": None}, 0),
    ],
    ids=str,
)
def test_cache_hits_are_found_where_a_package_puts_them(sent, details, metadata, cached):
    """DeepSeek's are beside LangChain's own fields."""
    used = {"input_tokens": 20, "output_tokens": 5, "total_tokens": 25} | details
    (reply,) = sent(AIMessage("好", usage_metadata=used, response_metadata=metadata))
    assert reply.usage == Usage(prompt_tokens=20, completion_tokens=5, cached_tokens=cached)


def test_a_model_is_opened_once(sent):
    """With what is set, and nothing else; retries are our own."""
    sent(message(), message(), temperature=None)
    assert sent.opened == [{"max_retries": 0, "timeout": None, "api_key": KEY}]
    sent(message(), temperature=0.5, extra_body={"a": 1}, base_url="http://127.0.0.1:9/v1")
    assert {name: sent.opened[-1][name] for name in ("temperature", "extra_body", "base_url")} == {
        "temperature": 0.5,
        "extra_body": {"a": 1},
        "base_url": "http://127.0.0.1:9/v1",
    }


@pytest.mark.parametrize(
    ("raised", "kind", "said"),
    [
        (ValueError(error("Content Exists Risk")), Filtered, "content filter"),
        (ValueError("no choices"), CallFailed, "no answer in it: no choices"),
        (KeyError(), CallFailed, "no answer in it"),
        (SdkError("slow"), TooFast, "slow down"),
        (OSError("reset"), CallFailed, "the connection broke (reset)"),
        (ZeroDivisionError("a bug"), ZeroDivisionError, "a bug"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_a_package_raises_is_raised_as_our_own(sent, raised, kind, said):
    """A bug stays one."""
    (came,) = sent(raised)
    assert type(came) is kind
    assert said in str(came)


def test_an_error_of_a_package_with_a_cause_is_one_of_the_network(sent):
    """It wraps what its SDK raised."""
    wrapped = RuntimeError("wrapped")
    wrapped.__cause__ = OSError("reset")
    (came,) = sent(wrapped)
    assert str(came) == "the connection broke (reset)"


@pytest.mark.parametrize(
    ("key", "base_url", "held", "address"),
    [
        (f" {KEY} ", "http://127.0.0.1:9/v1?a=b", KEY, "http://127.0.0.1:9/v1"),
        ("", "http://127.0.0.1:9/v1", "none", "http://127.0.0.1:9/v1"),
        ("", "https://api.example.com/v1", "", "https://api.example.com/v1"),
        ("", None, "", "its provider's address"),
    ],
)
def test_a_package_may_have_its_own_variable_for_the_key(monkeypatch, key, base_url, held, address):
    """So none is needed in ours; on this network, none at all."""
    monkeypatch.setenv("OPENAI_API_KEY", key)
    endpoint = langchain.endpoint_of(ModelSettings(provider="langchain", name="a:b"), base_url)
    assert (endpoint.key, endpoint.address) == (held, address)
