"""Asking: everything that is lacking and nothing else, kept the moment it arrives, whatever fails on the way."""

import asyncio
import re
import sqlite3
from contextlib import closing

import pytest

from pipeline.asking.answers import Answers
from pipeline.asking.ask import ask_papers, asking_for
from pipeline.asking.resolve import field_of
from pipeline.errors import AnswersError, Filtered, ModelError, NoAnswer
from tests.factories import answer, context, model, only, paper

ALL = ("summary_zh", "summary_en", "title_zh", "abstract_zh")
ZH = {
    "summary_zh": "细致地排序。",
    "summary_en": "It sorts.",
    "title_zh": "细致排序",
    "abstract_zh": "我们对列表排序。它有效。",
}
CHECKS = only("empty", "untranslated")


@pytest.fixture
def answers(tmp_path):
    with Answers(tmp_path / "answers.db") as answers:
        yield answers


class Model:
    """Answers every field it is asked for, and remembers its questions. `says` changes an answer or raises."""

    def __init__(self, says=lambda question, texts: texts):
        self.says = says
        self.questions = []
        self.at_once = 0
        self.most_at_once = 0

    async def __call__(self, question):
        self.questions.append(question)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(0.001)
            fields = re.findall(r"^<(\w+)>", question.messages[0].content, re.MULTILINE)
            texts = self.says(question, {field: ZH[field] for field in fields})
            if isinstance(texts, str):
                return answer(texts)
            return answer("".join(f"<{field}>{text}</{field}>" for field, text in texts.items()))
        finally:
            self.at_once -= 1


def ask_for(fields, answers, *asks, todo=None, of=None):
    todo = todo or context(checks=CHECKS)
    failures = {}
    needs = asking_for(fields, todo, answers)
    asyncio.run(ask_papers([of or paper()], needs, todo, answers, asks, lambda _, failed: failures.update(failed)))
    return failures


def text_of(name, answers, todo=None, of=None):
    return field_of(of or paper(), name, todo or context(checks=CHECKS), answers).text


def test_a_paper_is_asked_once_for_all_its_fields(answers):
    """One request; afterwards every field has its text, and a second run asks nothing."""
    ask = Model()
    assert ask_for(ALL, answers, ask) == {}
    assert len(ask.questions) == 1
    assert {name: text_of(name, answers) for name in ALL} == ZH
    assert ask_for(ALL, answers, ask) == {}
    assert len(ask.questions) == 1


def test_only_what_is_lacking_is_asked(answers):
    """After one task, another task's question leaves the first one's fields out."""
    ask = Model()
    ask_for(("title_zh", "abstract_zh"), answers, ask)
    ask_for(ALL, answers, ask)
    assert [question.subject for question in ask.questions] == ["2606.00001 translate", "2606.00001 summarize"]


def test_without_bundling_each_task_is_its_own_request(answers):
    """bundle: false."""
    ask = Model()
    ask_for(ALL, answers, ask, todo=context(model(bundle=False), checks=CHECKS))
    assert sorted(question.subject for question in ask.questions) == ["2606.00001 summarize", "2606.00001 translate"]


def test_a_faulty_field_alone_is_asked_again(answers):
    """Its neighbours in the answer stay, and the repair names the fault."""

    def once_english(question, texts):
        return texts | {"title_zh": "Sorting with care"} if "abstract_zh" in texts else texts

    ask = Model(once_english)
    assert ask_for(ALL, answers, ask) == {}
    assert len(ask.questions) == 2
    assert "abstract_zh" not in ask.questions[1].messages[0].content
    assert "title_zh：没有翻译" in ask.questions[1].messages[1].content
    assert text_of("title_zh", answers) == "细致排序"


def test_a_field_left_out_of_an_answer_is_asked_again(answers):
    """Half an answer costs half a question."""

    def forgetful(question, texts):
        return {"title_zh": texts["title_zh"]} if len(texts) > 1 else texts

    ask = Model(forgetful)
    assert ask_for(("title_zh", "abstract_zh"), answers, ask) == {}
    assert len(ask.questions) == 2
    assert text_of("abstract_zh", answers) == ZH["abstract_zh"]


def test_a_model_that_never_answers_well_is_asked_no_more_than_agreed(answers):
    """repairs + 1 requests at most; the least bad text is kept."""
    ask = Model(lambda question, texts: dict.fromkeys(texts, f"English number {len(ask.questions)}"))
    assert ask_for(("title_zh",), answers, ask, todo=context(model(repairs=2), checks=CHECKS)) == {}
    assert 1 < len(ask.questions) <= 3
    assert text_of("title_zh", answers) == "English number 1"


def test_each_sentence_is_kept_on_its_own(answers):
    """A run stopped between sentences goes on with the next."""
    todo = context(model(unit="sentences"), checks=CHECKS)
    of = paper(abstract="We sort lists. It works. We sort lists.")
    ask = Model(lambda question, texts: "我们排序。" if "sort" in question.messages[-1].content else "它有效。")
    ask_for(("abstract_zh",), answers, ask, todo=todo, of=of)
    assert len(ask.questions) == 2
    assert text_of("abstract_zh", answers, todo, of) == "我们排序。它有效。我们排序。"


def test_a_refused_question_goes_to_the_fallback(answers):
    """The other model is asked for the same fields, and its answer is the text."""

    def refuse(question, texts):
        raise Filtered("2606.00001: refused")

    first, second = Model(refuse), Model()
    todo = context(model(), model(name="big"), checks=CHECKS)
    failures = ask_for(("title_zh",), answers, first, second, todo=todo)
    assert (len(first.questions), len(second.questions)) == (1, 1)
    assert text_of("title_zh", answers, todo) == "细致排序"
    assert [row.model for row in answers.of_paper("2606.00001", "title_zh")] == ["big"]
    assert set(failures) == {("2606.00001", "title_zh")}


def run_all(papers, answers, ask, *, todo=None, fields=("title_zh",)):
    done, failures = [], {}

    def note(paper, why):
        done.append(paper)
        failures.update(why)

    todo = todo or context(checks=CHECKS)
    asyncio.run(ask_papers(papers, asking_for(fields, todo, answers), todo, answers, [ask], note))
    return failures, done


PAPERS = [paper(id=f"2606.0000{number}", title=f"Sorting number {number}") for number in range(1, 8)]


def test_a_failing_question_fails_alone(answers):
    """Its paper is named with the reason; all others have their answers, and each is reported done."""

    def refuse_one(question, texts):
        if "2606.00003" in question.subject:
            raise NoAnswer("2606.00003: no answer")
        return texts

    ask = Model(refuse_one)
    failures, done = run_all(PAPERS, answers, ask, fields=("title_zh", "abstract_zh"))
    assert len(ask.questions) == len(PAPERS)
    assert {key: str(failure) for key, failure in failures.items()} == {
        ("2606.00003", "title_zh"): "2606.00003: no answer",
        ("2606.00003", "abstract_zh"): "2606.00003: no answer",
    }
    assert {each.id for each in done} == {each.id for each in PAPERS}
    texts = [text_of("title_zh", answers, of=each) for each in PAPERS]
    assert texts == ["细致排序" if each.id != "2606.00003" else None for each in PAPERS]


def test_a_model_that_cannot_be_used_stops_everything(answers):
    """A wrong key is told once, bare, and no further question is put; what was answered before is kept."""

    def spent(question, texts):
        if "2606.00003" in question.subject:
            raise ModelError("http://127.0.0.1:9/v1: the quota is spent")
        return texts

    ask = Model(spent)
    with pytest.raises(ModelError, match="quota is spent"):
        run_all(PAPERS, answers, ask, todo=context(model(concurrency=1), checks=CHECKS))
    assert len(ask.questions) == 3
    assert [text_of("title_zh", answers, of=each) for each in PAPERS[:3]] == ["细致排序", "细致排序", None]


def test_answers_that_cannot_be_kept_stop_everything(answers, tmp_path):
    """Money must not go on being spent for answers nobody can keep."""
    ask = Model()
    with closing(sqlite3.connect(tmp_path / "answers.db")) as other:
        other.execute("CREATE TRIGGER full BEFORE INSERT ON answers BEGIN SELECT RAISE(FAIL, 'disk full'); END")
    with pytest.raises(AnswersError, match="disk full"):
        run_all(PAPERS, answers, ask, todo=context(model(concurrency=1), checks=CHECKS))
    assert len(ask.questions) == 1


def test_the_first_question_leaves_before_other_papers_are_looked_at(answers):
    """Between any two papers the event loop has its turn; a day of a thousand begins as fast as one of three."""
    looked = []

    def papers():
        for each in PAPERS:
            looked.append(each)
            yield each

    before, model_of_them = [], Model()

    async def ask(question):
        before.append(len(looked))
        return await model_of_them(question)

    run_all(papers(), answers, ask, todo=context(model(concurrency=len(PAPERS)), checks=CHECKS))
    assert before[0] == 1
    assert len(looked) == len(PAPERS)


@pytest.mark.parametrize("concurrency", [1, 3])
def test_no_more_papers_at_work_than_agreed(answers, concurrency):
    """`concurrency` is reached and never passed."""
    ask = Model()
    run_all(PAPERS, answers, ask, todo=context(model(concurrency=concurrency), checks=CHECKS))
    assert ask.most_at_once == concurrency


def test_interrupted_it_keeps_what_arrived(answers, tmp_path):
    """Ctrl-C drops what is in flight; the answers so far are on the disk."""

    async def interrupted():
        async def ask(question):
            if "2606.00001" not in question.subject:
                await asyncio.sleep(60)
            return answer("<title_zh>细致排序</title_zh>")

        todo = context(checks=CHECKS)
        needs = asking_for(("title_zh",), todo, answers)
        work = asyncio.create_task(ask_papers(PAPERS, needs, todo, answers, [ask], lambda *_: None))
        while not answers.of_paper("2606.00001", "title_zh"):
            await asyncio.sleep(0.001)
        work.cancel()
        await work

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(interrupted())
    with closing(sqlite3.connect(tmp_path / "answers.db")) as other:
        assert other.execute("SELECT paper FROM answers").fetchall() == [("2606.00001",)]
