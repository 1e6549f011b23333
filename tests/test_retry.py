"""When a question is tried again, and when the endpoint is given up."""

import asyncio

import pytest
from tenacity import wait_fixed

from pipeline.errors import Filtered, ModelError, NoAnswer, Unanswered
from pipeline.model import retry
from pipeline.model.faults import CallFailed, Endpoint, Refused, TooFast
from pipeline.model.own_faults import TIMES
from pipeline.model.retry import Retrier, RetryPolicy, retry_call
from pipeline.records import Answer
from tests.factories import answer
from tests.loopback import question

ENDPOINT = Endpoint("m", "http://127.0.0.1:1/v1", "OPENAI_API_KEY", "sk-abcdef0123456789")
GOOD = "好"
BROKEN = CallFailed("status 500: broken")
AT_ONCE = {"first_wait": 0.0, "in_a_row": 4, "in_a_row_at_first": 3, "tries": 5, "hopeless_tries": 2}


class Asking:
    """Each try takes the next of `script`, an error or a text; its last one stands for all that follow."""

    def __init__(self, *script, **policy):
        self.script, self.tried, self.said = script, [], []
        self.policy = RetryPolicy(**AT_ONCE | policy)
        self.retrier = None

    async def once(self, asked):
        number = len(self.tried)
        self.tried.append(asked.subject)
        assert number < 100, "it is tried without end"
        does = self.script[min(number, len(self.script) - 1)]
        if isinstance(does, Exception):
            raise does
        if callable(does):
            return await does()
        return answer(does)

    async def _ask(self, subject):
        try:
            return await self.retrier.ask(question(subject=subject))
        except (ModelError, NoAnswer, Filtered) as error:
            return error

    def ask(self, questions=1):
        """What so many questions come to, one after the other."""

        async def run():
            self.retrier = Retrier(self.once, ENDPOINT, self.policy, self.said.append, known=False)
            return [await self._ask(str(number)) for number in range(questions)]

        return asyncio.run(run())

    def tries(self, number):
        return self.tried.count(str(number))


def kinds(results):
    return [type(each) for each in results]


# Tries


@pytest.mark.parametrize(
    ("fault", "policy", "tries", "error"),
    [
        (BROKEN, {}, 5, NoAnswer),
        (CallFailed("null", hopeless="check it"), {}, 2, ModelError),
        (BROKEN, {"hopeless_faults": 3}, 3, NoAnswer),
        (BROKEN, {"hopeless_seconds": 0.0}, 2, NoAnswer),
        (CallFailed("busy", retry_after=0.02), {"longest_retry_after": 0.01}, 1, NoAnswer),
        (CallFailed("busy", retry_after=0.01), {"longest_retry_after": 0.01}, 5, NoAnswer),
    ],
    ids=["fails", "no model", "fails often", "fails long", "asks for too long", "asks for time"],
)
def test_an_endpoint_that_has_never_answered_is_tried_for_a_while(fault, policy, tries, error):
    """Less where it does not look like a model, or wants to be left alone."""
    asking = Asking(fault, **policy)
    (result,) = asking.ask()
    assert (type(result), len(asking.tried)) == (error, tries)
    assert len(asking.said) == tries - 1


def test_an_endpoint_that_has_answered_gets_all_tries():
    """Whatever it looks like now; the words of the last one are told."""
    fault = CallFailed("null", retry_after=0.02, hopeless="check it")
    policy = {"hopeless_seconds": -1.0, "hopeless_faults": 1, "longest_retry_after": 0.01, "tries": TIMES - 1}
    asking = Asking(GOOD, fault, **policy)
    _, result = asking.ask(2)
    assert isinstance(result, NoAnswer)
    assert str(result) == f"1: no answer in {TIMES - 1} tries (null); run again later"


def test_a_failure_that_only_one_question_meets_uses_up_few_tries():
    """While others are answered."""
    asking = Asking(BROKEN, lambda: between(), GOOD, BROKEN, tries=9)

    async def between():
        await asking.retrier.ask(question(subject="another"))
        raise BROKEN

    (result,) = asking.ask()
    assert isinstance(result, NoAnswer)
    assert asking.tries(0) == TIMES


def test_a_single_try_is_told_in_the_singular():
    """It is read by people."""
    (result,) = Asking(BROKEN, tries=1).ask()
    assert "in 1 try (" in str(result)


def test_waits_are_those_that_are_asked_for_and_some_more(monkeypatch):
    """Up to a limit each; before the first answer the surplus is small."""
    monkeypatch.setattr(retry, "wait_random_exponential", lambda **_: wait_fixed(0.06))
    asked_for = CallFailed("busy", retry_after=0.11)
    asking = Asking(asked_for, GOOD, longest_hopeless_wait=0.0)
    asking.ask()
    assert asking.said == ["0: busy; again in 0.1 s"]
    asking = Asking(GOOD, asked_for, GOOD, longest_hopeless_wait=0.0)
    asking.ask(2)
    assert asking.said == ["1: busy; again in 0.2 s"]
    asking = Asking(GOOD, CallFailed("busy", retry_after=9), GOOD, longest_retry_after=0.0)
    asking.ask(2)
    assert asking.said == ["1: busy; again in 0.1 s"]


# In a row


def test_an_endpoint_that_answers_nothing_more_is_given_up():
    """After so many questions in a row; before its first answer sooner."""
    assert kinds(Asking(BROKEN, tries=1).ask(3)) == [NoAnswer, NoAnswer, Unanswered]
    assert kinds(Asking(GOOD, BROKEN, tries=1).ask(5)) == [Answer, NoAnswer, NoAnswer, NoAnswer, Unanswered]


@pytest.mark.parametrize("sign", [GOOD, Filtered("not this one")])
def test_an_answer_in_between_begins_anew(sign):
    """A content filter that refuses a question shows a model at work, too."""
    results = Asking(GOOD, BROKEN, BROKEN, sign, BROKEN, tries=1).ask(7)
    assert kinds(results)[4:] == [NoAnswer] * 3


def test_an_empty_answer_is_kept_and_counts_as_none():
    """It was paid for; after a few, nothing more is asked."""
    asking = Asking(" \n")
    results = asking.ask(5)
    assert kinds(results) == [Answer] * 3 + [Unanswered] * 2
    assert len(asking.tried) == 3
    assert "an empty answer; if it thinks first" in str(results[-1])
    assert kinds(Asking("", "", GOOD, "").ask(6)) == [Answer] * 6


# Refused


def refusal(*, sure=False, of_account=False):
    return Refused(NoAnswer("not this one"), ModelError("not at all"), sure=sure, of_account=of_account)


def test_a_refusal_stops_the_run_if_nothing_was_answered():
    """At once in known words, else after a few questions in a row."""
    assert [str(each) for each in Asking(refusal(sure=True)).ask()] == ["not at all"]
    unsure = Asking(refusal()).ask(3)
    assert [str(each) for each in unsure] == ["not this one"] * 2 + ["not at all"]
    assert kinds(unsure) == [NoAnswer, NoAnswer, ModelError]


def test_a_refusal_is_the_questions_own_if_others_are_answered():
    """Until it is one of many in a row."""
    results = Asking(GOOD, refusal(sure=True)).ask(5)
    assert [str(each) for each in results[1:]] == ["not this one"] * 3 + ["not at all"]


def test_a_refusal_may_be_another_servers_if_others_are_answered():
    """So the question is tried again, but not often."""
    asking = Asking(GOOD, refusal(sure=True), GOOD)
    assert kinds(asking.ask(2)) == [Answer, Answer]
    asking = Asking(GOOD, refusal(sure=True))
    assert [str(each) for each in asking.ask(2)[1:]] == ["not this one"]
    assert asking.tries(1) == asking.policy.hopeless_tries


def test_a_key_that_was_good_is_tried_again():
    """A gateway may have several; it is given up if nothing is answered between, or after so many refusals."""
    key = refusal(sure=True, of_account=True)
    asking = Asking(GOOD, key, GOOD)
    assert kinds(asking.ask(2)) == [Answer, Answer]
    asking = Asking(GOOD, key)
    assert [str(each) for each in asking.ask(2)[1:]] == ["not at all"]
    assert asking.tries(1) == asking.policy.hopeless_tries
    asking = Asking(GOOD, key, hopeless_tries=9, in_a_row=2)
    assert [str(each) for each in asking.ask(2)[1:]] == ["not at all"]
    assert asking.tries(1) == 2
    assert [str(each) for each in Asking(key).ask(1)] == ["not at all"]


def test_a_key_that_is_refused_to_one_question_only_fails_it():
    """Others were answered between its tries."""
    key = refusal(sure=True, of_account=True)
    asking = Asking(GOOD, key, lambda: between(), GOOD)

    async def between():
        await asking.retrier.ask(question(subject="another"))
        raise key

    _, result = asking.ask(2)
    assert type(result) is NoAnswer
    assert "in 2 tries (not at all)" in str(result)


def test_an_error_for_good_is_passed_on():
    """So is what concerns the question alone, which counts as none answered."""
    assert [str(each) for each in Asking(ModelError("no money")).ask()] == ["no money"]
    assert kinds(Asking(NoAnswer("too long")).ask(3)) == [NoAnswer, NoAnswer, Unanswered]


# Other calls


def call(*script, tries=3):
    """What an upload comes to, and what was told."""
    said, left = [], list(script)

    async def once():
        does = left.pop(0)
        if isinstance(does, Exception):
            raise does
        return does

    policy = RetryPolicy(tries=tries, first_wait=0.0, longest_retry_after=0.06)
    return asyncio.run(retry_call(once, ENDPOINT, policy, said.append)), said


def test_a_call_that_is_no_question_is_tried_again():
    """After a failure or a 429; a refusal is for good."""
    slow = TooFast("slow down", {}, retry_after=9)
    assert call(BROKEN, slow, "done") == (
        "done",
        ["status 500: broken; again in 0.0 s", "slow down; again in 0.1 s"],
    )
    with pytest.raises(ModelError, match="not at all"):
        call(refusal())
    with pytest.raises(ModelError, match=r"model m at .*: slow \*\*\*; nothing is lost, run again later"):
        call(*[TooFast(f"slow {ENDPOINT.key}", {})] * 3)
