"""Receipts: every call has one, however it ended, and the account of them adds up."""

import json
import signal
import sqlite3
import time
from contextlib import closing

import pytest

from pipeline.asking.answers import Answers
from pipeline.asking.receipts import Receipts, account, calls_of
from pipeline.records import Message, Question, Usage
from tests import invented
from tests.desk import KEY
from tests.factories import kept, model
from tests.loopback import Sent
from tests.model_server import BROKEN, FILTERED, LIMITED

PRICED = {"input": 1, "output": 2}


def question(text="译", paper="2606.00001") -> Question:
    messages = (Message(role="system", content="你是译者。"), Message(role="user", content=text))
    return Question(subject=f"{paper} translate", paper=paper, messages=messages, max_tokens=9)


def test_a_receipt_holds_the_very_exchange(tmp_path):
    """What was sent word for word, what came back as it came, its tokens and its cost; what calls share is kept once."""
    with Answers(tmp_path / "answers.db") as answers:
        receipts = Receipts(answers, model(price=PRICED, extra_body={"thinking": "no"}))
        first, second = receipts.sent(question("一")), receipts.sent(question("二"))
        answers.save([([kept("a", call=first, prompt_tokens=10, completion_tokens=5, cost=0.1)], '{"ok": "甲"}')])
        receipts.ended(second, "refused", Usage(prompt_tokens=7), "nein")
        one, two = calls_of(answers, "2606.00001")
        assert json.loads(one.request) == {
            "model": "tiny",
            "temperature": 0,
            "extra_body": {"thinking": "no"},
            "messages": [{"role": "system", "content": "你是译者。"}, {"role": "user", "content": "一"}],
            "max_tokens": 9,
        }
        assert (one.ended, one.reply, one.usage.prompt_tokens, one.usage.cost) == ("answered", '{"ok": "甲"}', 10, 0.1)
        assert (two.ended, two.reply, two.usage.cost) == ("refused", "nein", 7e-6)
        assert next(answers.read("SELECT count(*) FROM fixed_parts")) == (1,)


def test_a_call_that_never_ended_has_no_reply(tmp_path):
    """The process was killed; what was asked is shown all the same."""
    with Answers(tmp_path / "answers.db") as answers:
        Receipts(answers, model()).sent(question())
        (call,) = calls_of(answers, "2606.00001")
    assert (call.ended, call.reply, call.usage.cost) == (None, None, 0)


def test_every_call_is_kept_or_lost_under_a_name(tmp_path):
    """Sent and never ended, refused, asked anew: the sum is the number of calls."""
    with Answers(tmp_path / "answers.db") as answers:
        receipts = Receipts(answers, model())
        numbers = [receipts.sent(question()) for _ in range(4)]
        answers.save([([kept("a", call=numbers[0]), kept("b", call=numbers[0])], None)])
        answers.save([([kept("c", call=numbers[1])], None)])
        receipts.ended(numbers[2], "hung")
        whole = account(answers)
        assert (whole.calls, whole.kept, whole.adds_up) == (4, 2, True)
        assert sorted(number for number, _ in whole.lost.values()) == [1, 1]
        anew = receipts.sent(question())
        answers.save([([kept("a", call=anew), kept("b", call=anew)], None)])
        whole = account(answers)
        assert (whole.calls, whole.kept, whole.adds_up) == (5, 2, True)
        assert any("--again" in became for became in whole.lost)


def total(desk) -> int:
    with closing(sqlite3.connect(desk.output / "answers.db")) as db:
        return db.execute("SELECT count(*) FROM calls").fetchone()[0]


def test_the_account_of_a_run_with_faults_adds_up(desk):
    """429s, errors and refusals leave receipts of their own; as many as the provider was asked."""
    desk.config["model"]["concurrency"] = 1
    desk.announce(*map(invented.paper, range(1, 7)))
    faults = {1: LIMITED, 2: BROKEN, 4: FILTERED}
    desk.provider.behaves = lambda asked, number: faults.get(number) or invented.good(asked)
    assert desk.wenzhai("run").status == 3
    asked = len(desk.provider.asked)
    with Answers(desk.output / "answers.db") as answers:
        whole = account(answers)
    assert (whole.calls, whole.kept, whole.adds_up) == (asked, 5, True)
    assert sorted(number for number, _ in whole.lost.values()) == [1, 1, 1]
    ran = desk.wenzhai("verify")
    assert f"calls {asked} = kept 5 + waiting in batches 0 + lost 3" in ran.out


@pytest.mark.slow
@pytest.mark.parametrize("number", [0, 2])
def test_a_call_cut_off_by_a_kill_is_a_named_loss(desk, number):
    """Nobody can know what it cost; the next run asks again, and both calls are accounted for."""
    desk.config["model"]["concurrency"] = 1
    desk.provider.behaves = lambda asked, count: Sent(act="hang") if count == number else invented.good(asked)
    process = desk.start("run")
    deadline = time.monotonic() + 30
    while len(desk.provider.asked) <= number and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    desk.provider.behaves = lambda asked, count: invented.good(asked)
    before = total(desk)
    assert desk.wenzhai("run").status == 0
    with Answers(desk.output / "answers.db") as answers:
        whole = account(answers)
    assert whole.adds_up
    assert (whole.calls, whole.kept) == (before + 3 - number, 3)
    assert [number for became, (number, _) in whole.lost.items() if "killed" in became] == [1]


def test_no_key_is_in_a_receipt(desk, monkeypatch):
    """Not even where the provider says it back."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    refusal = Sent({"error": {"message": f"odd key {KEY}", "code": "content_filter"}}, status=400)
    desk.provider.behaves = lambda asked, number: refusal if number == 1 else invented.good(asked) + f"\n{KEY}"
    desk.wenzhai("run")
    shown = "".join(desk.wenzhai("show", f"2607.0000{number}", "--raw").out for number in (1, 2, 3))
    assert "OnlyWeKnow" not in shown
    assert KEY.encode() not in (desk.output / "answers.db").read_bytes()
