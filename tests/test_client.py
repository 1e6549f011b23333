"""Questions to endpoints of every kind, over real sockets."""

import asyncio
import gzip
import json
import re
import ssl
import time
import zlib

import httpx2
import pytest

from pipeline.errors import Filtered, ModelError, NoAnswer
from pipeline.model import client, faults
from pipeline.model.calls import Adapted
from pipeline.model.connection import connect
from pipeline.model.faults import CallFailed, TooFast
from pipeline.model.meter import Meter
from pipeline.model.own_faults import TIMES
from pipeline.model.request import Request
from pipeline.model.retry import RetryPolicy
from pipeline.records import Answer
from pipeline.settings import ModelSettings
from tests.loopback import QUICK, Endpoint, Sent, ask, completion, question

KEY = "sk-abcdef0123456789"


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


def error(message, code=None, kind=None):
    return {"error": {"message": message, "code": code, "type": kind}}


# What is sent


@pytest.mark.parametrize(
    ("provider", "settings", "sent"),
    [
        ("DeepSeek", {"extra_body": {"thinking": {"type": "disabled"}}}, {"thinking": {"type": "disabled"}}),
        ("Qwen", {"extra_body": {"enable_thinking": False}}, {"enable_thinking": False}),
        ("Kimi", {"temperature": None}, {}),
        ("OpenRouter", {"extra_body": {"provider": {"sort": "price"}}}, {"provider": {"sort": "price"}}),
        ("Ollama", {"extra_body": {"reasoning_effort": "none"}}, {"reasoning_effort": "none"}),
        ("vLLM", {"extra_body": {"chat_template_kwargs": {"enable_thinking": False}}}, None),
    ],
)
def test_a_provider_gets_its_own_switches_and_nothing_else(provider, settings, sent):
    """The body holds the model, the messages, the temperature unless it is null, that nothing is streamed (some gateways stream
    unless told not to), and extra_body as it stands."""
    endpoint = Endpoint(Sent())
    ask(endpoint, **settings)
    seen = endpoint.seen[0]
    assert seen.path == "/v1/chat/completions"
    assert seen.headers["authorization"] == f"Bearer {KEY}"
    expected = {
        "stream": False,
        "model": "m",
        "messages": [{"role": "system", "content": "翻译"}, {"role": "user", "content": "Hello"}],
        "temperature": 0,
    } | (settings["extra_body"] if sent is None else sent)
    if settings.get("temperature", 0) is None:
        del expected["temperature"]
    assert seen.body == expected


def test_a_limit_of_the_answer_is_sent_when_the_question_has_one():
    """Every provider knows max_tokens; not all know max_completion_tokens."""
    endpoint = Endpoint(Sent())
    ask(endpoint, question(max_tokens=77))
    assert endpoint.seen[0].body["max_tokens"] == 77


def test_an_endpoint_on_this_machine_needs_no_key_and_no_proxy(monkeypatch):
    """Ollama and llama.cpp want none, and a proxy for the way out of China would not know them."""
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    endpoint = Endpoint(Sent())
    assert ask(endpoint).result.text == "好"
    assert endpoint.seen[0].headers["authorization"] == "Bearer none"


# What comes back


@pytest.mark.parametrize(
    ("body", "text", "cut"),
    [
        (completion("好"), "好", False),
        (completion("好", "length"), "好", True),
        (completion("<think>\nHm, <title_zh>.\n</think>\n\n好"), "好", False),
        (completion("Hm, 好?\n</think>\n\n好"), "好", False),
        (completion("论 <think> 与 </think> 标记"), "论 <think> 与 </think> 标记", False),
        (completion("好", reasoning_content="Hm"), "好", False),
        (completion("好", reasoning="Hm"), "好", False),
        (completion(None), "", False),
        (completion(""), "", False),
        (completion([{"type": "text", "text": "好"}]), "好", False),
        (completion("好", None), "好", False),
    ],
)
def test_an_answer_is_what_follows_the_thinking(body, text, cut):
    """A leading <think> block and reasoning fields are no answer; an empty answer is for the rules to judge."""
    came = ask(Endpoint(Sent(body)))
    assert came.result == Answer(text=text, cut=cut, prompt_tokens=20, completion_tokens=5)


@pytest.mark.parametrize(
    "usage",
    [
        {"prompt_tokens": 20, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 16}},
        {"prompt_tokens": 20, "completion_tokens": 5, "prompt_cache_hit_tokens": 16, "prompt_cache_miss_tokens": 4},
        {"prompt_tokens": 20, "completion_tokens": 5, "cached_tokens": 16, "prompt_tokens_details": None},
    ],
    ids=["OpenAI", "DeepSeek", "Kimi"],
)
def test_cache_hits_are_counted_wherever_they_are_stated(usage):
    """Providers bill them at 2 to 20 %."""
    came = ask(Endpoint(Sent(completion() | {"usage": usage})))
    assert came.result.cached_tokens == came.usage.cached_tokens == 16


def test_without_usage_the_tokens_are_guessed():
    """Some gateways state none, and a cost of nothing would be wrong."""
    came = ask(Endpoint(Sent(completion() | {"usage": None})), question("word " * 100))
    assert came.result.prompt_tokens == pytest.approx(110, abs=25)
    assert came.usage.prompt_tokens == came.result.prompt_tokens


@pytest.mark.parametrize("content", ["", None, "<think>\nstill at it", "<think>\nHm\n</think>\n"])
def test_thinking_that_uses_up_the_limit_names_the_switch(content):
    """Asking again would cost the same and come to the same."""
    endpoint = Endpoint(Sent(completion(content, "length", reasoning_content="Hm")))
    came = ask(endpoint)
    assert isinstance(came.result, NoAnswer)
    assert "model.extra_body" in str(came.result)
    assert len(endpoint.seen) == 1


# Try again


@pytest.mark.parametrize(
    "fault",
    [
        Sent(error("busy"), 500),
        Sent(b"<html>Bad gateway</html>", 502),
        Sent(error("overloaded", "overloaded"), 503),
        Sent(error("timeout"), 408),
        Sent(error("conflict"), 409),
        Sent({"detail": "upstream"}, 529),
        Sent(act="reset"),
        Sent(act="half"),
        Sent(b'{"choices": ['),
        Sent(b"<html>checking your browser</html>"),
        Sent([]),
        Sent({"choices": None}),
        Sent({"choices": []}),
        Sent({"choices": [{"message": None}]}),
        Sent({"error": {"message": "upstream broke", "code": 502}}),
        Sent({"code": 50505, "message": "Model service overloaded", "data": None}),
        Sent(completion("", "network_error")),
        Sent(completion("半", "insufficient_system_resource")),
    ],
    ids=lambda fault: f"{fault.status} {fault.act} {str(fault.body)[:40]}",
)
def test_a_passing_fault_is_tried_again(fault):
    """Transport, gateways, overload, and errors that hide in a status of 200."""
    came = ask(Endpoint(fault, fault, Sent()))
    assert came.result.text == "好"
    assert (came.usage.requests, came.usage.retries, came.meter.waits) == (3, 2, 0)
    assert any("again in" in line for line in came.said)


def test_a_fault_that_stays_fails_its_question_alone():
    """Other questions get their answers, and it is not tried for half a minute what only this one meets."""
    bad, others, tries, _ = papers(Sent(error("broken"), 500))
    assert isinstance(bad, NoAnswer)
    assert f"in {TIMES} tries (status 500: broken)" in str(bad)
    assert {each.text for each in others} == {"好"}
    assert tries == TIMES


def test_a_fault_that_others_meet_too_uses_up_all_tries():
    """It may pass."""
    endpoint = Endpoint(
        answer=lambda seen, number: (
            Sent(error("broken"), 500) if number % 4 == 1 or "bad" in seen.body["messages"][-1]["content"] else Sent()
        )
    )
    others = [question("fine", subject=f"{number} translate") for number in range(8)]
    came = ask(endpoint, *others, question("bad", subject="bad translate"))
    assert {each.text for each in came.results[:-1]} == {"好"}
    assert f"in {QUICK.tries} tries" in str(came.results[-1])


def test_an_endpoint_that_fails_all_stops_the_run():
    """After ten questions in a row where it has answered before, after three where it never has."""
    down = Sent(error("down for maintenance"), 503)
    came = ask(Endpoint(down), *[question() for _ in range(12)])
    assert sum(isinstance(each, ModelError) for each in came.results) == 10
    came = ask(Endpoint(Sent(), down), *[question() for _ in range(13)], concurrency=1)
    assert sum(isinstance(each, ModelError) for each in came.results) == 3
    assert any("questions in a row without an answer" in str(each) for each in came.results)


def test_retry_after_is_obeyed():
    """Also with a status that isn't 429."""
    started = time.monotonic()
    ask(Endpoint(Sent(error("busy"), 503, {"retry-after": "0.3"}), Sent()))
    assert time.monotonic() - started > 0.3


def test_a_hung_call_is_cut_at_a_few_times_the_usual_latency():
    """Long before timeout_seconds."""
    endpoint = Endpoint(answer=lambda _, number: Sent(act="hang") if number == 3 else Sent(after=0.01))
    started = time.monotonic()
    came = ask(endpoint, *[question() for _ in range(40)], timeout_seconds=60)
    assert {each.text for each in came.results} == {"好"}
    assert 0.3 < time.monotonic() - started < 20


def test_a_call_takes_no_longer_than_the_timeout():
    """Even before a latency is known, and when the connection is kept warm."""
    came = ask(Endpoint(Sent(act="hang")), policy=RetryPolicy(tries=2, first_wait=0.01), timeout_seconds=0.2)
    assert isinstance(came.result, ModelError)


def test_no_more_are_in_flight_than_allowed():
    """model.concurrency."""
    endpoint = Endpoint(Sent(after=0.01))
    ask(endpoint, *[question() for _ in range(20)], concurrency=3)
    assert endpoint.peak == 3


# 429


def test_a_429_costs_a_question_no_try():
    """However often it comes."""
    policy = RetryPolicy(tries=1)
    refusals = 3
    endpoint = Endpoint(*[Sent(error("Rate limit reached", "rate_limit_exceeded"), 429)] * refusals, Sent())
    came = ask(endpoint, policy=policy)
    assert came.result.text == "好"
    assert (came.meter.waits, came.usage.retries) == (refusals, 0)


def test_a_flood_of_429s_is_told_in_a_few_lines():
    """Not each."""
    late = Sent(error("slow down"), 429, {"retry-after-ms": "20"}, after=0.1)
    came = ask(
        Endpoint(answer=lambda _, number: late if 0 < number <= 50 else Sent()), *[question() for _ in range(60)]
    )
    assert {each.text for each in came.results} == {"好"}
    assert came.meter.waits == 50
    assert len(came.said) <= 2


def test_a_quota_of_a_day_stops_the_run():
    """Nobody waits for hours."""
    came = ask(Endpoint(Sent(error("tokens per day"), 429, {"retry-after": "7200"})))
    assert isinstance(came.result, ModelError)
    assert "run again later" in str(came.result)


def test_a_provider_that_wants_fewer_at_once_gets_fewer():
    """Small accounts at Zhipu and Moonshot: as many as are let in, without a pause."""
    endpoint = Endpoint()

    def answer(seen, _):
        if endpoint.in_flight > 3:
            return Sent(error("max organization concurrency: 3, please try again after 1 seconds"), 429)
        return Sent(after=0.02)

    endpoint.answer = answer
    came = ask(endpoint, *[question() for _ in range(60)], concurrency=30)
    assert {each.text for each in came.results} == {"好"}
    assert came.meter.waits < 40


# Refused


@pytest.mark.parametrize(
    ("provider", "sent"),
    [
        ("DeepSeek", Sent(error("Content Exists Risk", "invalid_request_error", "invalid_request_error"), 400)),
        ("Qwen", Sent(error("<400> InternalError.Algo.DataInspectionFailed: …", "data_inspection_failed"), 400)),
        ("GLM", Sent({"error": {"code": "1301", "message": "系统检测到输入或生成内容可能包含不安全"}}, 400)),
        ("GLM", Sent(completion("", "sensitive"))),
        ("Doubao", Sent(error("The request failed", "InputTextSensitiveContentDetected"), 400)),
        ("Doubao", Sent(error("SensitiveContentDetected"), 400)),
        ("Azure", Sent(error("The response was filtered", "content_filter"), 400)),
        ("Azure", Sent({"error": {"message": "x", "innererror": {"code": "ResponsibleAIPolicyViolation"}}}, 400)),
        ("OpenAI", Sent(completion("半", "content_filter"))),
        ("OpenAI", Sent(completion(None, refusal="I can't help with that."))),
        ("Gemini", Sent(completion("", "SAFETY"))),
        ("Baidu", Sent({"error": {"code": 336104, "message": "no", "type": "content_illegal"}})),
        ("MiniMax", Sent({"choices": None, "base_resp": {"status_code": 1026, "status_msg": "input sensitive"}})),
        ("new-api", Sent(error("sensitive words detected", "sensitive_words_detected"), 500)),
        ("Kimi", Sent({"code": 451, "message": "The request was rejected"}, 451)),
        ("Gemini", Sent(error("Request blocked", "PROHIBITED_CONTENT"), 400)),
        ("Doubao", Sent(error("the input text may contain sensitive information"), 400)),
        ("Kimi", Sent(error("rejected because it was considered high risk", None, "content_filter"), 400)),
        ("OpenRouter", Sent(error("Your input was flagged", 403), 403)),
        ("OpenRouter", Sent({"error": {"message": "Your input was flagged", "code": 403}})),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_content_filter_refuses_this_question_only(provider, sent):
    """It is not asked again here: the same model would refuse it again."""
    endpoint = Endpoint(sent)
    came = ask(endpoint)
    assert isinstance(came.result, Filtered)
    assert str(came.result).startswith("2403.17919 translate: ")
    assert len(endpoint.seen) == 1


@pytest.mark.parametrize(
    ("provider", "sent"),
    [
        ("OpenAI, vLLM", Sent(error("maximum context length is 4096 tokens", "context_length_exceeded"), 400)),
        ("vLLM", Sent({"object": "error", "message": "This model's maximum context length is 512", "code": 400}, 400)),
        ("llama.cpp", Sent(error("exceeds the available context size", 400, "exceed_context_size_error"), 400)),
        ("Qwen", Sent(error("Range of input length should be [1, 30720]", "invalid_parameter_error"), 400)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_question_too_long_for_the_context_fails_alone(provider, sent):
    """A shorter one may fit."""
    came = ask(Endpoint(sent))
    assert isinstance(came.result, NoAnswer)
    assert "context" in str(came.result)


# Stop the run


@pytest.mark.parametrize(
    ("provider", "sent", "words"),
    [
        ("OpenAI", Sent(error(f"Incorrect API key provided: {KEY}."), 401), "OPENAI_API_KEY"),
        ("OpenAI", Sent(error(f"Incorrect API key provided: {KEY[:8]}***{KEY[-4:]}."), 401), "OPENAI_API_KEY"),
        ("DeepSeek", Sent(error(f"Your api key: ****{KEY[-4:]} is invalid"), 401), "OPENAI_API_KEY"),
        ("DeepSeek", Sent(error("Insufficient Balance", "invalid_request_error"), 402), "top up"),
        ("Kimi", Sent(error("suspended", None, "exceeded_current_quota_error"), 429), "top up"),
        ("GLM", Sent({"error": {"code": "1113", "message": "您的账户已欠费，请充值后重试。"}}, 429), "top up"),
        ("Qwen", Sent(error("Access denied", "Arrearage"), 400), "top up"),
        ("Ollama", Sent({"error": "model 'm' not found"}, 404), "model.name"),
        ("OpenAI", Sent(error("The model does not exist", "model_not_found"), 404), "model.name"),
        ("gateway", Sent(b"404 page not found", 404), "model.base_url"),
        ("Qwen", Sent(error("parameter.enable_thinking must be set to false"), 400), "enable_thinking must be set"),
        (
            "SiliconFlow",
            Sent({"code": 20015, "message": "enable_thinking unsupported", "data": None}, 400),
            "extra_body",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_no_question_would_survive_stops_the_run(provider, sent, words):
    """At once, in one line, with the provider's words and the way out, and never with the key."""
    endpoint = Endpoint(sent)
    came = ask(endpoint)
    assert isinstance(came.result, ModelError)
    assert words in str(came.result)
    assert "\n" not in str(came.result)
    assert KEY not in repr(came.result) + str(came.said)
    assert KEY[:8] + "***" not in str(came.result)
    assert len(endpoint.seen) == 1


def refused(policy=QUICK, **settings):
    """The ModelError of a connection to no server."""

    async def run():
        model = ModelSettings(provider="openai", name="m", **settings)
        async with connect(model, say=lambda _: None, meter=Meter(), policy=policy) as put:
            await put(question())

    with pytest.raises(ModelError) as caught:
        asyncio.run(run())
    return str(caught.value)


def test_a_missing_key_names_the_variable_and_the_setting(monkeypatch):
    """Before anything is sent."""
    monkeypatch.delenv("OPENAI_API_KEY")
    said = refused(base_url="https://api.example.com/v1")
    assert said.startswith("OPENAI_API_KEY: ")
    assert "model.api_key_env" in said
    assert "DEEPSEEK" in refused(base_url="https://api.example.com/v1", api_key_env="DEEPSEEK")


@pytest.mark.parametrize("key", ["密钥密钥", "sk-abc\x00def"])
def test_a_key_no_header_can_carry_is_named(monkeypatch, key):
    """Such as words pasted from a page; spaces and line ends around a key are nothing."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-äöü" if "\x00" in key else key)
    said = refused(base_url="https://api.example.com/v1")
    assert "OPENAI_API_KEY" in said
    assert "sk-" not in said


@pytest.mark.parametrize(
    "base_url", ["nonsense", "ftp://127.0.0.1/v1", "http://127.0.0.1:99999/v1", "http://[::1/v1", "http://"]
)
def test_an_address_that_is_none_is_named(base_url):
    """With what one looks like."""
    assert refused(base_url=base_url).startswith(f"model.base_url: {base_url}: ")


def test_an_address_nobody_listens_at_stops_the_run_soon():
    """Within a few seconds, while nothing was ever answered."""
    started = time.monotonic()
    said = refused(RetryPolicy(), base_url="http://127.0.0.1:9/v1")
    assert "cannot be reached" in said
    assert "check model.base_url" in said
    assert time.monotonic() - started < 12


def test_a_web_page_at_the_address_asks_for_the_v1():
    """A gateway's console answers every path with its page and status 200."""
    endpoint = Endpoint(Sent(b"<!doctype html><html>console</html>"))
    came = ask(endpoint)
    assert isinstance(came.result, ModelError)
    assert "/v1" in str(came.result)
    assert len(endpoint.seen) == QUICK.hopeless_tries


@pytest.mark.parametrize("proxy", ["socks://127.0.0.1:9", "nonsense:x"])
def test_a_proxy_that_cannot_be_used_is_named(monkeypatch, proxy):
    """Clash and friends write such addresses into the environment."""
    monkeypatch.setenv("ALL_PROXY", proxy)
    assert "ALL_PROXY" in refused(base_url="http://api.example.com/v1")


@pytest.mark.parametrize("scheme", ["http", "socks5"])
def test_a_dead_proxy_is_named_without_its_password(monkeypatch, scheme):
    """The address may be right and the proxy down."""
    monkeypatch.setenv("ALL_PROXY", f"{scheme}://me:secret@127.0.0.1:9")
    said = refused(base_url="http://api.example.com/v1")
    assert "the proxy in ALL_PROXY" in said
    assert "secret" not in said


def test_a_run_that_ends_early_leaves_nothing_behind():
    """Ctrl-C while calls are in flight: no task and no socket stays (warnings are errors here)."""

    async def run():
        async with Endpoint(Sent(act="hang")).open() as base_url:
            model = ModelSettings(provider="openai", name="m", base_url=base_url)
            async with connect(model, say=print, meter=Meter()) as put:
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(0.1):
                        await asyncio.gather(*[put(question()) for _ in range(5)])
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(run())


# Whose fault is it?

UNKNOWN = Sent(error("We would rather not"), 400)


def papers(bad, count=12, good=None, **settings):
    """One of twelve questions is answered otherwise; (its result, those of the others, requests for it, what came)."""
    endpoint = Endpoint(
        answer=lambda seen, _: bad if "bad" in seen.body["messages"][-1]["content"] else good or Sent(after=0.02)
    )
    came = ask(endpoint, *[question("bad" if number == 3 else "fine") for number in range(count)], **settings)
    asked = [each for each in endpoint.seen if "bad" in each.body["messages"][-1]["content"]]
    return came.results[3], [*came.results[:3], *came.results[4:]], len(asked), came


@pytest.mark.parametrize(
    "sent",
    [
        UNKNOWN,
        Sent(error("Unprocessable"), 422),
        Sent({"error": {"code": "1261", "message": "Prompt 超长"}}, 400),
        Sent(error("Your request exceeded model token limit: 4096"), 400),
        Sent({"code": 20015, "message": "length of prompt_tokens (4321) must be less than max_seq_len (4096)."}, 400),
        Sent([{"error": {"code": 400, "message": "The input token count (4321) exceeds the maximum"}}], 400),
        Sent(error("Request too large for model on tokens per minute (TPM): Limit 300", "rate_limit_exceeded"), 413),
        Sent(error("Request too large for m on tokens per min (TPM): Limit 300", "rate_limit_exceeded"), 429),
        Sent(b"<html><head><title>413 Request Entity Too Large</title></head></html>", 413),
    ],
    ids=lambda sent: f"{sent.status} {str(sent.body)[:60]}",
)
def test_what_others_are_answered_for_is_this_questions_own_fault(sent):
    """Whatever the words: it fails by name at the first try, and the rest goes on."""
    bad, others, tries, _ = papers(sent)
    assert isinstance(bad, NoAnswer)
    assert str(bad).startswith("2403.17919 translate: ")
    assert {each.text for each in others} == {"好"}
    assert tries == 1


@pytest.mark.parametrize(
    "sent",
    [Sent(error("No"), 403), Sent(error("Not here"), 404), Sent(b"<html>No</html>", 403)],
    ids=["403", "404", "page"],
)
def test_a_refusal_that_may_be_another_servers_is_tried_again(sent):
    """It fails by name, and the rest goes on; if the next server answers, nothing is lost."""
    bad, others, tries, _ = papers(sent)
    assert isinstance(bad, NoAnswer)
    assert {each.text for each in others} == {"好"}
    assert tries == 3
    first = ask(
        Endpoint(answer=lambda _, number: Sent(after=0.05) if number else sent), *[question() for _ in range(5)]
    )
    assert {each.text for each in first.results} == {"好"}


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (UNKNOWN, "refuses the question (400: We would rather not)"),
        (Sent(error("no access"), 403), "refuses access (403: no access); check the key"),
        (Sent(b"<html>Not Found</html>", 404), "model.base_url"),
    ],
    ids=["400", "403", "404"],
)
def test_a_refusal_in_unknown_words_stops_only_what_has_answered_nothing(sent, words):
    """Three questions in a row, and not one answer: then it is the endpoint's fault."""
    came = ask(Endpoint(sent), *[question() for _ in range(3)], concurrency=1)
    told = sorted(came.results, key=lambda each: isinstance(each, ModelError))
    assert [type(each) for each in told] == [NoAnswer, NoAnswer, ModelError]
    assert words in str(told[2])


def test_a_key_that_is_refused_now_and_then_stops_nothing():
    """A gateway has several, and one of them is dead; the question is sent again."""
    wrong = Sent(error("Incorrect API key provided", "invalid_api_key"), 401)
    endpoint = Endpoint(answer=lambda _, number: wrong if number % 3 == 2 else Sent())
    came = ask(endpoint, *[question() for _ in range(12)], concurrency=1)
    assert all(isinstance(each, Answer) for each in came.results)


@pytest.mark.parametrize(("concurrency", "most"), [(1, 1 + QUICK.in_a_row), (30, 70)])
def test_a_key_that_is_refused_from_now_on_stops_the_run(concurrency, most):
    """Somebody has withdrawn it."""
    endpoint = Endpoint(answer=lambda _, number: Sent(error("API key disabled"), 401) if number else Sent())

    async def run():
        async with endpoint.open() as base_url:
            model = ModelSettings(provider="openai", name="m", base_url=base_url, concurrency=concurrency)
            async with (
                connect(model, say=lambda _: None, meter=Meter(), policy=QUICK) as put,
                asyncio.TaskGroup() as all_,
            ):
                for _ in range(60):
                    all_.create_task(put(question()))

    with pytest.raises(ExceptionGroup) as raised:
        asyncio.run(run())
    assert "refuses the key" in str(raised.value.exceptions[0])
    assert len(endpoint.seen) <= most


def test_a_quota_that_passes_is_no_bankruptcy():
    """Qwen refuses a burst in the words in which OpenAI says that there is no money."""
    spent = Sent(error("You exceeded your current quota", "insufficient_quota", "insufficient_quota"), 429)
    endpoint = Endpoint(answer=lambda _, number: spent if number % 2 else Sent())
    came = ask(endpoint, *[question() for _ in range(4)], policy=RetryPolicy(no_money_seconds=10))
    assert {each.text for each in came.results} == {"好"}
    assert came.meter.waits


def test_a_quota_that_never_passes_is_one():
    """Within the policy's time, and not with the first refusal."""
    spent = Sent(error("You exceeded your current quota", "insufficient_quota"), 429)
    endpoint = Endpoint(spent)
    came = ask(endpoint, policy=RetryPolicy(hopeless_seconds=0.3))
    assert isinstance(came.result, ModelError)
    assert "top up" in str(came.result)
    assert 1 < len(endpoint.seen) < 5


def test_a_wait_of_an_hour_is_not_begun_by_an_endpoint_that_never_answered():
    """A few questions are told so, then the run stops."""
    endpoint = Endpoint(Sent(error("Server overloaded"), 503, headers={"retry-after": "3600"}))
    started = time.monotonic()
    came = ask(endpoint, *[question() for _ in range(8)])
    assert any(isinstance(each, ModelError) for each in came.results)
    assert len(endpoint.seen) == 8
    assert time.monotonic() - started < 3


def test_a_daily_limit_says_when_to_come_back():
    """OpenRouter puts the time into the body, in milliseconds."""
    reset = str(int((time.time() + 30_000) * 1000))
    limit = {"message": "Rate limit exceeded: free-models-per-day", "code": 429}
    limit["metadata"] = {"headers": {"X-RateLimit-Reset": reset}}
    endpoint = Endpoint(Sent({"error": limit}, 429))
    came = ask(endpoint)
    assert isinstance(came.result, ModelError)
    assert "run again later, in 8.3 hours" in str(came.result)
    assert len(endpoint.seen) == 1


@pytest.mark.parametrize(
    "sent",
    [
        Sent(b"null"),
        Sent(completion() | {"choices": []}),
        Sent(error("当前分组 default 下对于模型 m 无可用渠道", "model_not_found", "new_api_error"), 503),
        Sent(b"<!doctype html><html>console</html>"),
    ],
    ids=["null", "no choices", "no channel", "page"],
)
def test_what_never_was_a_model_is_given_up_soon(sent):
    """With its words and the way out."""
    endpoint = Endpoint(sent)
    came = ask(endpoint)
    assert isinstance(came.result, ModelError)
    assert "check model." in str(came.result) or "model.base_url" in str(came.result)
    assert len(endpoint.seen) == QUICK.hopeless_tries


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (Sent({"base_resp": {"status_code": 1004, "status_msg": "login fail"}, "choices": None}), "refuses the key"),
        (Sent({"base_resp": {"status_code": 1008, "status_msg": "insufficient balance"}, "choices": None}), "top up"),
        (Sent(error("The free quota is used up.", "AllocationQuota.FreeTierOnly"), 403), "top up"),
        (Sent(error("Country, region, or territory not supported"), 403), "region"),
        (
            Sent(b"<!DOCTYPE html><html><head><title>Just a moment...</title></head></html>", 403),
            "(403: Just a moment...)",
        ),
        (Sent(error("该令牌无权访问模型 m"), 403), "check model.name"),
        (
            Sent([{"error": {"code": 400, "message": "API key not valid.", "status": "INVALID_ARGUMENT"}}], 400),
            "refuses the key",
        ),
        (Sent({"error": "No models loaded. Please load a model"}, 400), "check model.name"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_refusal_names_its_own_way_out(sent, words):
    """Money, region, a firewall, the model's name: not everything is the key."""
    came = ask(Endpoint(sent))
    assert isinstance(came.result, ModelError)
    assert words in str(came.result)


def test_a_missing_v1_is_named():
    """Where the address has no version, a 404 says which to add."""
    said = str(ask(Endpoint(Sent(error("Invalid URL (POST /chat/completions)"), 404)), path="").result)
    assert re.search(r"does it lack its /v1 \(http://127.0.0.1:\d+/v1\)", said)


@pytest.mark.parametrize(
    "reason", ["API key expired. Please renew the API key.", "The API key disabled by the administrator"]
)
def test_a_reason_is_no_key(reason):
    """Only what looks like a key is masked."""
    assert reason in str(ask(Endpoint(Sent(error(reason), 401))).result)


# The request adapts


@pytest.mark.parametrize(
    ("refusal", "refused_for", "line"),
    [
        (error("This model only support stream mode"), lambda body: not body["stream"], "it only streams"),
        (error("System role not supported"), lambda body: body["messages"][0]["role"] == "system", "no system role"),
        (
            error("Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens' instead."),
            lambda body: "max_tokens" in body,
            "max_completion_tokens",
        ),
        (
            error("Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value"),
            lambda body: "temperature" in body,
            "no temperature: none",
        ),
        (error("temperature must be in (0, 1]"), lambda body: body.get("temperature") == 0, "0.01 is sent"),
    ],
    ids=["stream", "system", "max_tokens", "temperature", "range"],
)
def test_a_request_that_is_refused_for_its_form_is_sent_in_another(refusal, refused_for, line):
    """Told in one line, remembered for the run, and no try of a question is used up."""
    endpoint = Endpoint(
        answer=lambda seen, _: Sent(refusal, 400) if refused_for(seen.body) else Sent(completion(), after=0.01)
    )
    came = ask(endpoint, *[question(max_tokens=99) for _ in range(6)], concurrency=1, policy=RetryPolicy(tries=1))
    assert {each.text for each in came.results} == {"好"}
    assert [line in each for each in came.said] == [True]
    assert len(endpoint.seen) == 7
    assert all("Hello" in each.body["messages"][-1]["content"] for each in endpoint.seen)


def test_calls_in_flight_learn_from_one_refusal():
    """Those that left before it are sent again in silence."""
    refusal = Sent(error("System role not supported"), 400)
    endpoint = Endpoint(answer=lambda seen, _: refusal if seen.body["messages"][0]["role"] == "system" else Sent())
    came = ask(endpoint, *[question() for _ in range(5)])
    assert {each.text for each in came.results} == {"好"}
    assert len(came.said) == 1
    assert endpoint.seen[-1].body["messages"] == [{"role": "user", "content": "翻译\n\nHello"}]


def test_a_server_that_fails_without_a_word_is_asked_without_a_system():
    """sglang, whose chat template knows none; another one that fails so is asked as before."""
    blank = Sent(b"Internal Server Error", 500)
    endpoint = Endpoint(answer=lambda seen, _: blank if seen.body["messages"][0]["role"] == "system" else Sent())
    assert ask(endpoint).result.text == "好"
    endpoint = Endpoint(blank, blank, blank, blank, Sent())
    assert ask(endpoint).result.text == "好"
    assert [len(each.body["messages"]) for each in endpoint.seen] == [2, 2, 1, 2, 2]


def test_a_model_that_only_streams_is_read():
    """Asked for one, it sends a stream."""
    stream = b'data: {"choices": [{"delta": {"content": "\xe5\xa5\xbd"}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n'
    endpoint = Endpoint(
        answer=lambda seen, _: Sent(stream) if seen.body["stream"] else Sent(error("only support stream mode"), 400)
    )
    assert ask(endpoint).result.text == "好"
    assert endpoint.seen[-1].body["stream_options"] == {"include_usage": True}


# Bodies


def test_a_key_that_comes_back_in_an_answer_is_not_shown():
    """Some gateways answer in prose, with all they know."""
    came = ask(Endpoint(Sent(completion(f"the key {KEY} is of no use"))))
    assert came.result.text == "the key *** is of no use"
    assert KEY not in str(came.raw)


@pytest.mark.parametrize("packed", [False, True])
def test_a_body_without_end_costs_its_question(monkeypatch, packed):
    """Also where a small one unpacks to a large one."""
    monkeypatch.setattr("pipeline.model.client.LARGEST_BODY", 100_000)
    body = json.dumps(completion("好" * 100_000)).encode()
    huge = Sent(gzip.compress(body), headers={"content-encoding": "gzip"}) if packed else Sent(body)
    bad, others, tries, _ = papers(huge)
    assert isinstance(bad, NoAnswer)
    assert "thrown away" in str(bad)
    assert {each.text for each in others} == {"好"}
    assert tries == 1


def test_a_packed_body_is_unpacked():
    """As servers send them."""
    packed = Sent(gzip.compress(json.dumps(completion("好")).encode()), headers={"content-encoding": "gzip"})
    assert ask(Endpoint(packed)).result.text == "好"
    assert isinstance(
        ask(Endpoint(Sent(b"\x1fno gzip", headers={"content-encoding": "gzip"})), policy=RetryPolicy(tries=1)).result,
        NoAnswer,
    )


def test_a_body_that_a_proxy_has_unpacked_is_read():
    """It left the header."""
    assert ask(Endpoint(Sent(completion("好"), headers={"content-encoding": "gzip"}))).result.text == "好"


def test_the_cause_of_a_cause_says_what_happened():
    """LangChain wraps what the SDK raises, and that wraps what HTTP raised."""
    inner, middle, outer = httpx2.ConnectError("refused"), RuntimeError("sdk"), RuntimeError("langchain")
    middle.__cause__, outer.__cause__ = inner, middle
    with pytest.raises(CallFailed, match=r"cannot be reached \(refused\)"):
        client.raise_fault(outer, faults.Endpoint("m", "http://127.0.0.1:9/v1", "KEY", "k"), "2403.17919")


# Piece by piece

HERE = faults.Endpoint("m", "http://127.0.0.1:9/v1", "OPENAI_API_KEY", KEY)


class SdkError(Exception):
    """As SDKs raise them."""

    def __init__(self, status, body, headers=None):
        super().__init__(f"Error code: {status}")
        self.status_code, self.body = status, body
        if headers is not None:
            self.response = httpx2.Response(status, headers=headers)


@pytest.mark.parametrize(
    ("status", "body", "line"),
    [
        (400, error("System role not supported"), "no system role"),
        (404, error("System role not supported"), "no system role"),
        (403, error("System role not supported"), None),
        (500, error("System role not supported"), None),
        (400, error("No"), None),
        (500, None, "no system role"),
        (500, "Internal Server Error ", "no system role"),
        (500, "out of memory", None),
        (502, None, None),
        (None, None, None),
    ],
)
def test_an_error_may_show_how_to_ask(status, body, line):
    """In its words, if it may be about the form of the request; or without any, at the second time."""
    request = Request(ModelSettings(provider="openai", name="m"))
    sent = request.body(question())

    def adapted():
        try:
            client.adapt(SdkError(status, body), request, sent, time.monotonic(), HERE)
        except Adapted as changed:
            return str(changed)
        return None

    first = adapted()
    told = [each for each in (first, adapted()) if each]
    assert [line in each for each in told] == [True] * bool(line)
    assert not line or told[0].startswith("model m at http://127.0.0.1:9/v1: it takes")


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (SdkError(429, error("slow"), {"retry-after": "7"}), TooFast, "slow"),
        (SdkError(429, None), TooFast, "Error code: 429"),
        (SdkError("?", None), CallFailed, "the connection broke (Error code: ?)"),
        (httpx2.ReadError(f"broke {KEY}"), CallFailed, "the connection broke (broke ***)"),
        (httpx2.ReadError(""), CallFailed, "the connection broke (ReadError)"),
        (httpx2.ConnectTimeout("late"), CallFailed, "cannot be reached (late)"),
        (httpx2.UnsupportedProtocol("ftp"), ModelError, "model.base_url: http://127.0.0.1:9/v1: ftp; it looks like"),
    ],
    ids=str,
)
def test_what_an_sdk_raises_is_raised_as_our_own(error, kind, said):
    """With a status or without one."""
    with pytest.raises(kind) as raised:
        client.raise_fault(error, HERE, "2403.17919")
    assert said in str(raised.value)


def test_the_headers_of_a_refusal_are_read():
    """They say how long to wait."""
    with pytest.raises(TooFast) as raised:
        client.raise_fault(SdkError(429, error("slow"), {"retry-after": "7"}), HERE, "2403.17919")
    assert raised.value.retry_after == 7


@pytest.mark.parametrize(
    ("address", "proxies", "named"),
    [
        ("http://api.example.com/v1", ("HTTPS_PROXY", "all_proxy"), ", and the proxy in HTTPS_PROXY, ALL_PROXY"),
        ("http://api.example.com/v1", (), ""),
        ("http://127.0.0.1:9/v1", ("HTTPS_PROXY",), ""),
    ],
)
def test_an_address_that_is_not_reached_may_be_the_proxys(monkeypatch, address, proxies, named):
    """Not on this machine, where none is used."""
    for name in proxies:
        monkeypatch.setenv(name, "http://127.0.0.1:7890")
    with pytest.raises(CallFailed) as raised:
        client.raise_fault(httpx2.ConnectError("refused"), HERE.__class__("m", address, "K", "k"), "2403.17919")
    assert raised.value.hopeless == f"check model.base_url and the network{named}"


@pytest.mark.parametrize(
    ("base_url", "key", "held"),
    [
        ("https://api.example.com/v1", f" {KEY}\n", KEY),
        ("https://api.example.com/v1", " ", None),
        ("http://192.168.1.7/v1", "", "none"),
        ("http://192.168.1.7/v1", KEY, KEY),
        ("http://127.0.0.1/v1", "sk-\x07", None),
        ("http://127.0.0.1/v1", "sk-密", None),
    ],
)
def test_a_key_is_needed_on_the_internet_only(monkeypatch, base_url, key, held):
    """One that no header can carry nowhere."""
    monkeypatch.setenv("OPENAI_API_KEY", key)
    settings = ModelSettings(provider="openai", name="m")
    if held is None:
        with pytest.raises(ModelError, match="OPENAI_API_KEY"):
            client.endpoint_of(settings, base_url)
    else:
        assert client.endpoint_of(settings, base_url).key == held


def test_pools_stay_small():
    """However many calls are in flight."""
    settings = ModelSettings(provider="openai", name="m")
    most = client.CONNECTIONS_A_POOL
    for calls, pools in ((most, 1), (most + 1, 2)):
        assert len(client.clients_of(settings.model_copy(update={"concurrency": calls}), HERE)) == pools


def unpacked(*parts, encoding="gzip", bounded=True):
    """What a client reads of a body that arrives in these parts."""

    async def body():
        for part in parts:
            yield part

    async def run():
        http = client.http_client(HERE, ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), bounded=bounded)
        async with http:
            response = httpx2.Response(200, headers={"content-encoding": encoding}, stream=Stream(body()))
            for hook in http.event_hooks["response"]:
                await hook(response)
            return await response.aread()

    return asyncio.run(run())


class Stream(httpx2.AsyncByteStream):
    def __init__(self, parts):
        self.parts = parts

    async def __aiter__(self):
        async for part in self.parts:
            yield part


PLAIN = b'{"a": "' + b"x" * 1000 + b'"}'


XS = b"x" * 1000  # begins as zlib does


@pytest.mark.parametrize(
    ("parts", "encoding", "read"),
    [
        ((gzip.compress(PLAIN),), "gzip", PLAIN),
        ((gzip.compress(PLAIN),), " GZIP ", PLAIN),
        ((gzip.compress(PLAIN)[:20], gzip.compress(PLAIN)[20:]), "gzip", PLAIN),
        ((zlib.compress(PLAIN),), "deflate", PLAIN),
        ((PLAIN,), "gzip", PLAIN),
        ((gzip.compress(PLAIN),), "", PLAIN),
        ((gzip.compress(PLAIN),), "x-gzip", PLAIN),
        ((gzip.compress(gzip.compress(PLAIN)),), "gzip, gzip", PLAIN),
        ((zlib.compress(PLAIN)[2:-4],), "deflate", PLAIN),
        ((PLAIN,), "deflate", PLAIN),
        ((PLAIN, XS), "gzip", PLAIN + XS),
        ((PLAIN,), "identity", PLAIN),
        ((XS,), "identity", XS),
    ],
)
def test_a_body_is_unpacked_if_it_is_packed(parts, encoding, read):
    """As it says, and as its first bytes show."""
    assert unpacked(*parts, encoding=encoding) == read


@pytest.mark.parametrize("packed", [False, True])
def test_the_limit_of_a_body_is_exact(monkeypatch, packed):
    """It holds for what is unpacked."""
    pack = gzip.compress if packed else bytes
    monkeypatch.setattr(client, "LARGEST_BODY", len(PLAIN))
    assert unpacked(pack(PLAIN)) == PLAIN
    with pytest.raises(httpx2.DecodingError, match="more than"):
        unpacked(pack(PLAIN + b" "))
    assert len(unpacked(PLAIN + b" ", encoding="identity", bounded=False)) == len(PLAIN) + 1


def test_a_loop_of_redirects_is_told_soon():
    """As an address where no model is; one redirect is followed."""

    def answer(seen, _):
        again = seen.path.startswith("/loop")
        return Sent(b"", 308, {"location": seen.path}) if again else Sent()

    endpoint = Endpoint(answer=answer)
    assert "model.base_url" in str(ask(endpoint, path="/loop/v1").result)
    assert len(endpoint.seen) <= 2 * RetryPolicy().hopeless_tries
    moved = Endpoint(answer=lambda seen, _: Sent(b"", 307, {"location": "/new"}) if "old" in seen.path else Sent())
    assert ask(moved, path="/old/v1").result.text == "好"


def test_a_body_of_an_error_is_read_whole():
    """Of {"error": true} the openai package keeps no more than that."""
    came = ask(Endpoint(Sent({"error": True, "message": "Insufficient balance"}, 400)))
    assert "Insufficient balance" in str(came.result)
    assert "top up" in str(came.result)
    assert "(418: nothing)" in str(ask(Endpoint(Sent(b"", 418)), *[question()] * 3, concurrency=1).results[-1])


def test_a_limit_of_the_servers_own_costs_one_answer():
    """Later questions state how long an answer may be."""
    endpoint = Endpoint(
        answer=lambda seen, _: Sent(
            completion(
                "好" * 900 if "max_tokens" in seen.body else "半", "stop" if "max_tokens" in seen.body else "length"
            )
        )
    )
    came = ask(endpoint, *[question("An abstract. " * 50)] * 3, concurrency=1)
    assert [each.cut for each in came.results] == [True, False, False]
