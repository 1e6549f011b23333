"""answers.db: what was paid for once is found again, whole, and never damaged by us."""

import sqlite3
from contextlib import closing

import pytest

from pipeline.asking.answers import Answers, Batched, now
from pipeline.asking.schema import SCHEMA
from pipeline.errors import AnswersError
from tests.factories import kept


@pytest.fixture
def path(tmp_path):
    return tmp_path / "outputs" / "answers.db"


def test_it_knows_which_fields_of_which_papers_have_answers(path):
    """Whatever their keys are; for others no earlier key is worked out."""
    with Answers(path) as answers:
        answers.save([([kept("a", paper="2606.00001", field="title_zh")], None)])
        assert answers.knows("2606.00001", "title_zh")
        assert not answers.knows("2606.00001", "abstract_zh")
        assert not answers.knows("2606.00002", "title_zh")


def test_an_answer_is_found_again_by_its_key(path):
    """Every column comes back, TeX and nulls too, also in another process's eyes."""
    whole = kept("a", text="令 $\\frac{1}{2}\\nu\\beta\\theta$ \\\\ 为⟦1⟧", part=3, cut=True, cost=0.125)
    empty = kept("b", text=None)
    with Answers(path) as answers:
        assert answers.get("a") is None
        answers.save([([whole, empty], None)])
        assert answers.get("a") == whole
    with Answers(path) as answers:
        assert answers.get("a") == whole
        assert answers.get("b") == empty
        assert answers.get("c") is None


def test_the_newest_answer_under_a_key_counts(path):
    """Asked anew, a question has its new answer."""
    with Answers(path) as answers:
        answers.save([([kept("a", text="old")], None)])
        answers.save([([kept("a", text="new")], None)])
        assert answers.get("a").text == "new"


@pytest.mark.parametrize("bad", [{"version": None}, {"completion_tokens": 2**70}, {"text": object()}])
def test_the_answers_of_a_call_are_kept_all_or_none(path, bad):
    """A row that cannot be kept keeps its neighbours out too, and the database goes on working."""
    with Answers(path) as answers:
        with pytest.raises((AnswersError, OverflowError, sqlite3.Error)):
            answers.save([([kept("a"), kept("b", **bad)], None)])
        assert answers.get("a") is None
        assert answers.spent == 0
        answers.save([([kept("c")], None)])
        assert answers.get("c") == kept("c")


def test_again_finds_only_what_was_written_since(path):
    """--again asks anew, yet never asks the same twice in one run."""
    with Answers(path) as answers:
        answers.save([([kept("a", text="old"), kept("b", text="old")], None)])
    with Answers(path, again=("title_zh",)) as answers:
        assert answers.get("a") is None
        answers.save([([kept("a", text="new")], None)])
        assert answers.get("a").text == "new"
        assert answers.get("b") is None
    with Answers(path) as answers:
        assert (answers.get("a").text, answers.get("b").text) == ("new", "old")


def test_what_this_run_spent_is_added_up(path):
    """Answers of earlier runs cost this one nothing."""
    with Answers(path) as answers:
        answers.save([([kept("a", cost=0.5), kept("b", cost=0.25)], None)])
        answers.save([([kept("c", cost=1)], None)])
        assert answers.spent == 1.75
    with Answers(path) as answers:
        assert answers.spent == 0


def test_all_answers_for_a_field_are_told_oldest_first(path):
    """Of that paper and that field only."""
    with Answers(path) as answers:
        answers.save([([kept("b", asked_at="2026-06-30T02"), kept("a", asked_at="2026-06-30T01")], None)])
        answers.save([([kept("c", field="abstract_zh"), kept("d", paper="2606.00002")], None)])
        assert [row.key for row in answers.of_paper("2606.00001", "title_zh")] == ["a", "b"]


def test_two_runs_may_have_the_database_open(path):
    """What one keeps the other finds at once."""
    with Answers(path) as one, Answers(path) as other:
        one.save([([kept("a")], None)])
        assert other.get("a") == kept("a")
        other.save([([kept("b")], None)])
        assert one.get("b") == kept("b")


@pytest.mark.parametrize(
    "content", [b"this is no database, it is a text of some length" * 40, b"SQLite format 3\0" * 90]
)
def test_a_damaged_file_is_named_and_left_alone(path, content):
    """Whatever could still be saved from it is not written over."""
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(AnswersError) as error:
        Answers(path)
    assert str(error.value).startswith(f"{path}: damaged (")
    assert "move it away" in str(error.value)
    assert path.read_bytes() == content
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_damage_found_later_is_one_error_too(path):
    """A file whose pages were overwritten opens, and fails where it is read."""
    with Answers(path) as answers:
        answers.save([([kept(str(number), text="文" * 400) for number in range(200)], None)])
    content = bytearray(path.read_bytes())
    content[8192:] = b"\x5a" * (len(content) - 8192)
    path.write_bytes(content)
    with Answers(path) as answers, pytest.raises(AnswersError, match="damaged"):
        answers.of_paper("2606.00001", "title_zh")
    assert path.read_bytes() == content


def test_a_database_that_is_locked_is_said_to_be(path):
    """A run that holds it for good is waited for, then named; nothing is lost."""
    with Answers(path, patience_seconds=0.05) as answers, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(AnswersError, match="locked; nothing kept is lost"):
            answers.save([([kept("a")], None)])
        other.execute("ROLLBACK")
        answers.save([([kept("a")], None)])
        assert answers.get("a") == kept("a")


def test_another_versions_file_is_refused_untouched(path):
    """A schema of the future is not ours to write into."""
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as other:
        other.executescript(f"CREATE TABLE answers (something); PRAGMA user_version = {SCHEMA + 1};")
    content = path.read_bytes()
    with pytest.raises(
        AnswersError, match=rf"newer wenzhai \(its schema is {SCHEMA + 1}, this one's {SCHEMA}\); upgrade"
    ):
        Answers(path)
    assert path.read_bytes() == content


def test_a_place_that_cannot_be_written_is_one_error(tmp_path):
    """A file where the folder should be, and a folder where the file should be."""
    (tmp_path / "outputs").write_text("a file")
    with pytest.raises(AnswersError, match="nothing kept is lost"):
        Answers(tmp_path / "outputs" / "answers.db")
    (tmp_path / "answers.db").mkdir()
    with pytest.raises(AnswersError, match="unable to open"):
        Answers(tmp_path / "answers.db")


def test_the_time_of_an_answer_sorts_as_text():
    """of_paper orders by it."""
    times = [now() for _ in range(50)]
    assert times == sorted(times)
    assert {len(time) for time in times} == {32}


def test_an_answer_kept_is_on_the_disk_at_once(path):
    """A run that is killed loses nothing: another connection sees the row before the first is closed."""
    answers = Answers(path)
    answers.save([([kept("a")], None)])
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT count(*) FROM answers").fetchone() == (1,)
    answers.close()


def test_answers_outlive_a_power_cut_and_receipts_need_not(path):
    """SQLite syncs its log at the end of a transaction that keeps answers or batches; a call's own row costs no sync."""
    with Answers(path) as answers:
        told = []
        answers._db.set_trace_callback(told.append)
        with answers.writing(durable=False) as db:
            db.execute("SELECT 1")
        answers.save([([kept("a")], None)])
        Batched(answers, "http://x").send("b1", [("q", 1)])
    assert [each.rpartition(" ")[2] for each in told if each.startswith("PRAGMA")] == ["NORMAL", "FULL", "FULL"]
