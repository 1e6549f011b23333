"""model.batch: what goes into a batch, what comes of it, what it costs, and what happens when nobody waits for it."""

import asyncio
import json
import re
import signal
import time
from functools import partial
from types import SimpleNamespace

import httpx2
import openai
import pytest

from pipeline.asking import batch_first
from pipeline.asking.budget import Budget
from pipeline.errors import ModelError
from pipeline.model import batch_api
from pipeline.model.batch_api import Batches, Finished, answer_in
from pipeline.model.faults import Endpoint
from pipeline.model.retry import RetryPolicy
from tests import invented
from tests.batch_server import BatchServer, well
from tests.desk import KEY, Desk
from tests.factories import model
from tests.loopback import Sent, completion, question
from tests.model_server import FILTERED, WRONG_KEY

BOTH = ("title_zh", "summary_zh", "abstract_zh")
PRICE = {"input": 100, "output": 200}


@pytest.fixture
def batches(server, monkeypatch):
    monkeypatch.setattr(batch_api, "FIRST_POLL_SECONDS", 0.02)
    server.elsewhere = BatchServer()
    return server.elsewhere


@pytest.fixture
def desk(desk, batches):
    desk.config["model"] |= {"batch": True, "price": PRICE}
    return desk


def cost(desk: Desk) -> float:
    return sum(each["cost"] for each in desk.report["bought"].values())


def test_all_first_questions_are_one_batch(desk, batches):
    """At half the price, and none of them is asked online; the second run asks nothing at all."""
    ran = desk.wenzhai("run")
    assert ran.status == 0
    assert desk.asked() == []
    assert [len(lines) for lines in batches.files.values()] == [3]
    assert "batch batch-1: 3 questions at half the price" in ran.err
    assert "batch batch-1: completed, 3 answered" in ran.err
    assert "asked online" not in ran.err
    assert cost(desk) == pytest.approx(3 * (20 * 100 + 5 * 200) / 1e6 / 2)
    assert desk.report["usage"]["requests"] == 3
    assert desk.report["usage"]["cost"] == pytest.approx(cost(desk))
    before = desk.digest
    assert desk.wenzhai("run").status == 0
    assert (len(batches.batches), desk.asked(), desk.digest) == (1, [], before)


def test_a_line_is_what_the_api_takes(desk, batches):
    """Custom id, method, path and the same body as online, with the path of the endpoint's version."""
    desk.wenzhai("run")
    (lines,) = batches.files.values()
    assert {(each["method"], each["url"]) for each in lines} == {("POST", "/v1/chat/completions")}
    assert len({each["custom_id"] for each in lines}) == 3
    assert lines[0]["body"]["model"] == "m"
    created = batches.batches["batch-1"]
    assert (created["endpoint"], created["completion_window"]) == ("/v1/chat/completions", "24h")


def test_other_shapes_of_the_same(desk, batches):
    """Zhipu counts to v4 where others say v1, and SiliconFlow wraps a file's id."""
    desk.config["model"]["base_url"] = desk.provider.base_url.replace("/v1", "/api/paas/v4")
    batches.wraps_files = True
    assert desk.wenzhai("run").status == 0
    assert batches.batches["batch-1"]["endpoint"] == "/v4/chat/completions"
    assert batches.batches["batch-1"]["input_file_id"] == "file-1"
    assert desk.asked() == []


def test_what_comes_back_wrong_is_repaired_online(desk, batches):
    """Only the faulty field, with its fault named; the repair costs the full price."""

    def answers(asked):
        text = invented.good(asked)
        if asked.title == invented.paper(2).title:
            text = text.replace("37.2%", "73.2%")
        return {"status_code": 200, "body": completion(text)}

    batches.answers = answers
    assert desk.wenzhai("run").status == 0
    (asked,) = desk.provider.asked
    assert (asked.fields, len(asked.faults)) == (("abstract_zh",), 1)
    assert cost(desk) == pytest.approx((3 / 2 + 1) * (20 * 100 + 5 * 200) / 1e6)


@pytest.mark.parametrize(
    "response",
    [
        None,
        {"status_code": 400, "body": FILTERED.body},
        {"status_code": 200, "body": {"error": {"message": "internal"}}},
        {"status_code": 200, "body": completion("", finish="content_filter")},
    ],
    ids=["nothing", "filtered", "an error", "broken off"],
)
def test_what_does_not_come_is_asked_online(desk, batches, response):
    """Once, like any other question."""
    title = invented.paper(3).title
    batches.answers = lambda asked: response if asked.title == title else well(asked)
    ran = desk.wenzhai("run")
    assert ran.status == 0
    assert "2 answered, 1 are asked online" in ran.err
    assert [each.title for each in desk.provider.asked] == [title]


@pytest.mark.parametrize("status", ["failed", "expired", "cancelled"])
def test_a_batch_that_ends_badly(desk, batches, status):
    """Says so; what it got to is kept, the rest is asked online."""
    batches.ends = status
    batches.answers = lambda asked: well(asked) if asked.title == invented.paper(1).title else None
    ran = desk.wenzhai("run")
    assert ran.status == 0
    assert f"batch batch-1: {status}" in ran.err
    assert ("line 1: bad" in ran.err) == (status == "failed")
    assert len(desk.asked()) == (3 if status == "failed" else 2)


def test_it_is_polled_until_it_is_over(desk, batches):
    """Progress is said when it changes, not at each poll."""
    batches.runs_for = 3
    ran = desk.wenzhai("run")
    assert ran.status == 0
    assert batches.polls == 4
    assert ran.err.count("in_progress") == 1


def test_no_file_is_too_long_for_a_provider(desk, batches, monkeypatch):
    """SiliconFlow takes 5,000 lines: more questions are more batches."""
    monkeypatch.setattr(batch_first, "LINES", 2)
    assert desk.wenzhai("run").status == 0
    assert [len(lines) for lines in batches.files.values()] == [2, 1]
    assert len(batches.batches) == 2
    assert desk.asked() == []


def test_one_batch_for_many_days(desk, batches):
    """A paper that is announced twice is in it once."""
    days = [f"2026-06-{day:02}" for day in (1, 2, 3)]
    papers = [invented.paper(number, published=day) for number, day in enumerate(days, start=1)]
    desk.announce(*papers, invented.paper(1, published=days[2]))
    assert desk.wenzhai("run", "--from-date", days[0], "--to-date", days[2]).status == 0
    assert (len(batches.batches), batches.questions, desk.asked()) == (1, 3, [])


def test_a_plan_knows_the_price(desk):
    """Half of that online."""

    def total():
        return float(re.findall(r"\d+\.\d{4}", desk.wenzhai("plan").out)[-1])

    half = total()
    desk.config["model"]["batch"] = False
    assert half > 0
    assert total() == pytest.approx(2 * half, rel=0.01)


def test_asked_anew(desk, batches):
    """--again is a new batch."""
    desk.wenzhai("run")
    assert desk.wenzhai("run", "--again").status == 0
    assert (len(batches.batches), batches.questions, desk.asked()) == (2, 6, [])


def left_alone(desk: Desk, batches: BatchServer, name: signal.Signals) -> tuple[int, str]:
    """Status and stderr of a run that is sent a signal while it waits for its batch."""
    batches.runs_for = 1000
    with desk.start("run") as process:
        end = time.monotonic() + 30
        while not batches.polls and time.monotonic() < end:
            time.sleep(0.02)
        process.send_signal(name)
        _, err = process.communicate(timeout=20)
    batches.runs_for = 0
    return process.returncode, err


@pytest.mark.slow
@pytest.mark.parametrize("name", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_no_longer_waits(desk, batches, name):
    """The next one goes on waiting for the same batch, and pays for nothing twice."""
    status, err = left_alone(desk, batches, name)
    if name == signal.SIGINT:
        assert status == 130
        assert "what was sent in batches goes on at the provider; the next run collects the answers" in err
        assert desk.report["outcome"] == "interrupted"
    assert not (desk.day / "digest.md").exists()
    assert desk.wenzhai("run").status == 0
    assert (len(batches.files), len(batches.batches), desk.asked()) == (1, 1, [])


def test_a_batch_that_a_run_could_not_wait_for(desk, batches):
    """The next run waits for the same one."""
    desk.provider.elsewhere = lambda seen: WRONG_KEY if "/batches/" in seen.path else batches(seen)
    assert desk.wenzhai("run").status == 1
    desk.provider.elsewhere = batches
    assert desk.wenzhai("run").status == 0
    assert (len(batches.files), len(batches.batches), desk.asked()) == (1, 1, [])


def test_what_another_model_is_to_be_asked_is_in_no_batch(desk, batches):
    """The fallback is asked online, in this run and in the next."""
    desk.config["model"] |= {"repairs": 0, "fallback": {**desk.config["model"], "name": "big", "batch": False}}
    batches.answers = lambda asked: {"status_code": 200, "body": completion("<title_zh></title_zh>")}
    desk.provider.behaves = lambda asked, number: FILTERED
    assert desk.wenzhai("run", "--limit", "1").status == 3
    desk.provider.behaves = lambda asked, number: invented.good(asked)
    assert desk.wenzhai("run", "--limit", "1").status == 0
    assert (len(batches.batches), [seen.body["model"] for seen in desk.provider.seen]) == (1, ["big", "big"])


@pytest.mark.slow
def test_papers_that_are_new_when_it_is_collected(desk, batches):
    """Go into a batch of their own; those of the first one are not sent again."""
    left_alone(desk, batches, signal.SIGKILL)
    desk.announce(*map(invented.paper, (1, 2, 3, 4)))
    assert desk.wenzhai("run").status == 0
    assert [len(lines) for lines in batches.files.values()] == [3, 1]
    assert desk.asked() == []


def test_a_batch_whose_start_was_not_heard_of(desk, batches):
    """The connection breaks when it is created: it is looked for before another one is."""
    batches.creating = Sent(act="reset")
    assert desk.wenzhai("run").status == 0
    assert (len(batches.files), len(batches.batches), desk.asked()) == (1, 1, [])


@pytest.mark.slow
def test_a_batch_the_provider_has_forgotten(desk, batches):
    """Its questions are asked online, at last."""
    left_alone(desk, batches, signal.SIGKILL)
    batches.batches.clear()
    ran = desk.wenzhai("run")
    assert ran.status == 0
    assert "batch batch-1: unknown to the provider, 0 answered, 3 are asked online" in ran.err
    assert desk.asked() == [BOTH] * 3


def test_an_endpoint_without_batches(desk, server):
    """One line that names the key of the config."""
    server.elsewhere = lambda seen: Sent({"error": {"message": "Not Found"}}, status=404)
    ran = desk.wenzhai("run")
    assert ran.status == 1
    assert "model.batch: " in ran.err
    assert "has no batches (status 404); set it to false" in ran.err


def test_a_provider_without_batches(desk):
    """Found out before a model is loaded or a key looked for."""
    desk.config["model"] |= {"provider": "langchain", "name": "openai:m"}
    ran = desk.wenzhai("run")
    assert ran.status == 1
    assert "model.batch: only provider openai has batches, not langchain; set it to false" in ran.err


def test_max_cost_holds_for_a_batch(desk, batches):
    """What could overshoot it stays out, and is asked online when it is known what the batch came to."""
    desk.config["model"] |= {"price": {"output": 200}, "max_cost": 1000}
    desk.wenzhai("run")
    longest = max(line["body"]["max_tokens"] for line in batches.files["file-1"])
    desk.config["model"]["max_cost"] = 2.9 * longest * 200 / 1e6 / 2
    assert desk.wenzhai("run", "--again").status == 0
    assert len(batches.files["file-2"]) == 2
    assert desk.asked() == [BOTH]
    assert desk.report["usage"]["cost"] < desk.config["model"]["max_cost"]


def test_the_worst_case_of_a_batch_is_half_of_the_same_online():
    """And is set aside until the batches are over."""
    priced = model(price=PRICE)
    assert Budget(None).set_aside(question(), priced) == question()
    limited = Budget(1e9).set_aside(question("word " * 400), priced)
    most = limited.max_tokens * PRICE["output"] / 1e6
    small = Budget(most * 0.5 * 1.7)
    assert small.set_aside(question("word " * 400), priced)
    assert small.set_aside(question("word " * 400), priced) is None
    small.settle_batches(0.0)
    assert small.set_aside(question("word " * 400), priced)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"custom_id": "a", "response": null, "error": {"message": "x"}}',
        b'{"custom_id": "a", "response": {"status_code": 500, "body": {}}}',
        b'{"custom_id": "a", "response": {"status_code": 200, "body": {"choices": []}}}',
        b'{"custom_id": "a", "response": {"status_code": 200, "body": "x"}}',
        json.dumps({"custom_id": "a", "response": {"status_code": 500, "body": completion("好")}}).encode(),
        b'"x"',
        b"\xff\xfe",
    ],
)
def test_a_line_that_is_no_answer(line):
    """Whatever it is, it is only left out."""
    assert answer_in(line) is None


def test_a_line_that_is_one():
    """Thinking is taken off, tokens are counted, and the answer knows that it came in a batch."""
    response = {"status_code": 200, "body": completion("<think>hm</think>好")}
    name, answer = answer_in(json.dumps({"custom_id": "a", "response": response}).encode())
    assert (name, answer.text, answer.batch) == ("a", "好", True)
    assert (answer.prompt_tokens, answer.completion_tokens) == (20, 5)


# Without a server


class Provider:
    """A client of a provider's batches; `states`: what each poll says."""

    def __init__(self, *states, listed=(), sent=None):
        self.states, self.listed, self.started = list(states), listed, []
        self.sent = sent or SimpleNamespace(id="file-1")
        self.files = SimpleNamespace(create=self._upload)
        self.batches = SimpleNamespace(list=self._list, create=self._create, retrieve=self._retrieve)

    def with_options(self, *, timeout):
        self.timeout = timeout
        return self

    async def _upload(self, *, file, purpose):
        self.uploaded = (file[1].read(), purpose)
        return self.sent

    async def _list(self, *, limit):
        if isinstance(self.listed, Exception):
            raise self.listed
        return SimpleNamespace(data=list(self.listed))

    async def _create(self, *, input_file_id, endpoint, completion_window):
        self.started.append((input_file_id, endpoint))
        return SimpleNamespace(id="batch-new")

    async def _retrieve(self, batch):
        state = self.states.pop(0)
        if isinstance(state, Exception):
            raise state
        return state


def batches_of(provider, base_url="http://127.0.0.1:9/v1"):
    endpoint = Endpoint("m", base_url, "OPENAI_API_KEY", KEY)
    return Batches(provider, model(), endpoint, lambda _: None, RetryPolicy(tries=2, first_wait=0.0))


def state(status, done=0, total=0, *, errors=None, output=None, counts=True):
    return SimpleNamespace(
        status=status,
        errors=errors and SimpleNamespace(data=errors),
        output_file_id=output,
        request_counts=SimpleNamespace(completed=done, total=total) if counts else None,
    )


def waited(*states):
    told = []
    return asyncio.run(batches_of(Provider(*states)).wait("batch-1", told.append)), told


@pytest.fixture
def no_pause(monkeypatch):
    for name in ("FIRST_POLL_SECONDS", "LONGEST_POLL_SECONDS"):
        monkeypatch.setattr(batch_api, name, 0.0)


def test_progress_is_told_when_there_is_some(no_pause):
    """In questions, if the provider counts them."""
    states = [
        state("validating"),
        state("validating", counts=False),
        state("in_progress", 1, 4),
        state("in_progress", 1, 4),
        state("in_progress", 3, 4),
        state("completed", 4, 4, output="out-1"),
    ]
    finished, told = waited(*states)
    assert finished == Finished("completed", "", "out-1")
    assert told == ["validating", "in_progress, 1/4", "in_progress, 3/4"]


@pytest.mark.parametrize("status", ["failed", "expired", "cancelled"])
def test_a_batch_that_is_over_says_why(no_pause, status):
    """In the words of its first three errors, without the key."""
    errors = [SimpleNamespace(message=f"line {number}: {KEY}") for number in range(5)]
    assert waited(state(status, errors=errors))[0] == Finished(status, "line 0: ***; line 1: ***; line 2: ***", None)
    assert waited(state(status, errors=[]))[0] == waited(state(status))[0] == Finished(status, "", None)


def status_error(status):
    response = httpx2.Response(status, request=httpx2.Request("GET", "http://127.0.0.1:9/v1"))
    return openai.APIStatusError("no", response=response, body={"error": {"message": "no"}})


def test_a_batch_nobody_knows_is_over(no_pause):
    """What passes is asked again; what does not is an error."""
    assert waited(status_error(404))[0] == Finished("unknown to the provider", "", None)
    assert waited(status_error(500), state("completed"))[0].status == "completed"
    with pytest.raises(ModelError):
        waited(status_error(403))


def test_a_file_is_known_by_its_id():
    """SiliconFlow wraps it."""
    for sent in (
        SimpleNamespace(id="file-1"),
        SimpleNamespace(id=None, model_extra={"data": {"id": "file-1"}}),
    ):
        provider = Provider(sent=sent)
        assert asyncio.run(batches_of(provider).upload([b"a\n", b"b\n"])) == "file-1"
        assert provider.uploaded == (b"a\nb\n", "batch")


def listed(name, file, status):
    return SimpleNamespace(id=name, input_file_id=file, status=status)


@pytest.mark.parametrize(
    ("there", "started"),
    [
        ([listed("a", "file-2", "in_progress"), listed("b", "file-1", "failed")], "batch-new"),
        ([listed("a", "file-2", "in_progress"), listed("b", "file-1", "completed")], "b"),
        ([], "batch-new"),
        (status_error(403), "batch-new"),
    ],
    ids=["another's", "started", "none", "no list"],
)
def test_a_file_is_started_once(there, started):
    """Unless its batch failed, or the provider lists none."""
    provider = Provider(listed=there)
    assert asyncio.run(batches_of(provider).start("file-1")) == started
    assert provider.started == ([("file-1", "/v1/chat/completions")] if started == "batch-new" else [])


@pytest.mark.parametrize(
    ("base_url", "path"),
    [
        ("https://a.example.com/api/paas/v4/", "/v4/chat/completions"),
        ("https://v1.example.com", "/v1/chat/completions"),
        ("https://a.example.com/v2x", "/v1/chat/completions"),
    ],
)
def test_a_line_names_the_path_of_its_version(base_url, path):
    """Zhipu's is the fourth."""
    line = json.loads(batches_of(Provider(), base_url).line_of("a", question()))
    assert (line["custom_id"], line["url"], line["body"]["model"]) == ("a", path, "tiny")


def test_answers_on_another_host_are_fetched_without_the_key(monkeypatch):
    """SiliconFlow's lie at an address of their own."""
    line = json.dumps({"custom_id": "a", "response": {"status_code": 200, "body": completion("好")}}).encode()
    seen = []

    def there(request):
        seen.append(request)
        return httpx2.Response(200, content=line + b"\n")

    monkeypatch.setattr(httpx2, "AsyncClient", partial(httpx2.AsyncClient, transport=httpx2.MockTransport(there)))

    async def run():
        return [name async for name, _ in batches_of(Provider()).answers("https://files.example.com/out")]

    assert asyncio.run(run()) == ["a"]
    assert str(seen[0].url) == "https://files.example.com/out"
    assert "authorization" not in seen[0].headers
