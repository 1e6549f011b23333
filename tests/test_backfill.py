"""Many days through one queue: what is asked, what is written and when, and how much of it is in memory."""

import datetime as dt
import re
import signal
import sqlite3
import threading
import time
from functools import partial

import pytest

from pipeline.errors import NoAnswer
from pipeline.files import write_records
from pipeline.ledger import exclusions
from pipeline.records import Announcement, FailedEntry, Paper, RunReport
from pipeline.run import cores, writing
from pipeline.run.day import Day
from pipeline.run.queue import Queue
from pipeline.settings import FetchSettings
from pipeline.sources.source import Source
from pipeline.sources.table import SOURCES
from tests import invented
from tests.desk import Desk
from tests.loopback import Sent, completion
from tests.model_server import FILTERED, HANGS, WRONG_KEY

MONDAY, TUESDAY, THURSDAY = (dt.date(2026, 6, day) for day in (1, 2, 4))
DAYS = (MONDAY, TUESDAY, THURSDAY)
BACKFILL = ("run", "--from-date", "2026-05-30", "--to-date", "2026-06-05")
BOTH = ("title_zh", "summary_zh", "abstract_zh")


@pytest.fixture
def desk(desk):
    """Three days of two papers each."""
    desk.announce(*[paper(number, date) for number, date in enumerate(sorted(DAYS * 2), start=1)])
    return desk


def paper(number: int, date: dt.date) -> Paper:
    return invented.paper(number, published=date)


def made(desk: Desk, name: str = "digest.md") -> dict[dt.date, bytes]:
    """The files of this name, by day."""
    paths = sorted((desk.output / "cs.CL").glob(f"*/{name}"))
    return {dt.date.fromisoformat(path.parent.name): path.read_bytes() for path in paths}


def report(desk: Desk, date: dt.date) -> RunReport:
    return RunReport.model_validate_json(made(desk, "run.json")[date])


def titles(desk: Desk) -> list[str]:
    return [each.title for each in desk.provider.asked]


def test_every_day_gets_its_digest(desk):
    """The days of the source between the two dates, each with a folder of its own and one question a paper."""
    ran = desk.wenzhai(*BACKFILL)
    assert ran.status == 0
    assert desk.asked() == [BOTH] * 6
    assert tuple(made(desk)) == DAYS
    assert ran.out.count("公告 2 = 收录 2 + 标记 0 + 失败 0 + 排除 0") == 3
    assert {report(desk, date).outcome for date in DAYS} == {"complete"}


def test_a_second_backfill_asks_nothing(desk):
    """Nor does it change a byte of any document; a day that is new in between is all it asks for."""
    desk.wenzhai("run", "--date", str(TUESDAY))
    assert desk.asked() == [BOTH] * 2
    before = made(desk)
    assert desk.wenzhai(*BACKFILL).status == 0
    assert desk.asked() == [BOTH] * 4
    assert made(desk)[TUESDAY] == before[TUESDAY]
    before = made(desk)
    assert desk.wenzhai(*BACKFILL).status == 0
    assert desk.asked() == []
    assert made(desk) == before


def test_no_day_waits_for_another(desk):
    """A straggler of the first day holds up neither the questions of the next days nor their documents."""
    desk.config["model"]["concurrency"] = 2
    slow = paper(1, MONDAY).title
    done = []

    def behave(asked, number):
        if asked.title == slow:
            return Sent(completion(invented.good(asked)), after=1.5)
        done.append(time.monotonic())
        return invented.good(asked)

    desk.provider.behaves = behave
    started = time.monotonic()
    assert desk.wenzhai(*BACKFILL).status == 0
    assert len(done) == 5
    assert done[-1] - started < 1.4
    written = {date: (desk.output / "cs.CL" / str(date) / "digest.md").stat().st_mtime_ns for date in DAYS}
    assert written[THURSDAY] < written[MONDAY]


def stopped_on_thursday(desk: Desk, name: signal.Signals) -> int:
    """Status of a backfill that is sent a signal when the first day is written and the third hangs."""
    desk.config["model"]["concurrency"] = 1
    reached = threading.Event()
    first_of_thursday = paper(5, THURSDAY).title

    def behave(asked, number):
        if asked.title != first_of_thursday:
            return invented.good(asked)
        reached.set()
        return HANGS

    desk.provider.behaves = behave
    with desk.start(*BACKFILL) as process:
        reached.wait(20)
        end = time.monotonic() + 20
        while TUESDAY not in made(desk, "run.json") and time.monotonic() < end:
            time.sleep(0.02)
        process.send_signal(name)
        process.communicate(timeout=20)
    desk.provider.behaves = lambda asked, number: invented.good(asked)
    desk.asked()
    return process.returncode


@pytest.mark.slow
def test_killed_in_the_middle(desk):
    """The complete days are there, the others have their papers; the next run asks for these only."""
    assert stopped_on_thursday(desk, signal.SIGKILL) == -signal.SIGKILL
    assert tuple(made(desk)) == (MONDAY, TUESDAY)
    assert tuple(made(desk, "papers.jsonl")) == DAYS
    before = made(desk)
    assert desk.wenzhai(*BACKFILL).status == 0
    assert titles(desk) == [paper(5, THURSDAY).title, paper(6, THURSDAY).title]
    assert made(desk)[MONDAY] == before[MONDAY]


@pytest.mark.slow
def test_interrupted_in_the_middle(desk):
    """A day for which nothing came is left alone, and run.json says how it ended."""
    assert stopped_on_thursday(desk, signal.SIGINT) == 130
    assert tuple(made(desk)) == (MONDAY, TUESDAY)
    assert [report(desk, date).outcome for date in DAYS] == ["complete", "complete", "interrupted"]


def test_a_model_that_stops_midway(desk):
    """The days before are written."""
    desk.config["model"]["concurrency"] = 1
    desk.provider.behaves = lambda asked, number: invented.good(asked) if number < 3 else WRONG_KEY
    assert desk.wenzhai(*BACKFILL).status == 1
    assert tuple(made(desk)) == (MONDAY,)
    assert [report(desk, date).outcome for date in DAYS] == ["complete", "stopped", "stopped"]


def test_a_day_that_cannot_be_fetched(desk):
    """Stops before anything of it is written; the days before keep their papers, and nothing is asked."""
    desk.announce(paper(1, MONDAY), paper(2, TUESDAY), paper(2, TUESDAY), paper(3, THURSDAY))
    ran = desk.wenzhai(*BACKFILL)
    assert ran.status == 1
    assert "2607.00002 stands 2 times under 2026-06-02" in ran.err
    assert tuple(made(desk, "papers.jsonl")) == (MONDAY,)
    assert desk.asked() == []


def test_a_day_that_cannot_be_written(desk):
    """Found out beside the asking, it stops the run all the same; every answer is kept."""
    (desk.output / "cs.CL" / str(MONDAY) / "digest.md").mkdir(parents=True)
    ran = desk.wenzhai(*BACKFILL)
    assert ran.status == 1
    assert "digest.md: cannot be written" in ran.err
    (desk.output / "cs.CL" / str(MONDAY) / "digest.md").rmdir()
    asked = len(desk.asked())
    assert desk.wenzhai(*BACKFILL).status == 0
    assert len(desk.asked()) == 6 - asked


def test_the_feed_has_no_past(desk):
    """One line that names the source that has."""
    desk.config["fetch"] = {"source": "feed"}
    ran = desk.wenzhai(*BACKFILL)
    assert ran.status == 1
    assert "fetch.source feed: has today's announcement only, not 2026-05-30 to 2026-06-05; set it to api" in ran.err


@pytest.mark.parametrize(
    "words",
    [
        ["--from-date", "2026-06-01"],
        ["--to-date", "2026-06-01"],
        ["--from-date", "2026-06-02", "--to-date", "2026-06-01"],
        ["--date", "2026-06-01", "--from-date", "2026-06-01", "--to-date", "2026-06-02"],
    ],
)
def test_dates_that_make_no_range(desk, words):
    """Wrong usage, status 2."""
    assert desk.wenzhai("run", *words).status == 2
    assert not desk.output.exists()


def test_many_days_without_questions_are_written_on_all_cores(desk, monkeypatch):
    """And say what one process says, in the same bytes; a day that lacks a text is asked for."""
    assert desk.wenzhai(*BACKFILL).status == 0
    names = ("summaries.jsonl", "problems.jsonl", "digest.md", "digest.json")
    alone = {name: made(desk, name) for name in names}
    desk.asked()
    for each in (desk.output / "cs.CL").glob("*/*.jsonl"):
        if each.name in names:
            each.unlink()
    with sqlite3.connect(desk.output / "answers.db") as db:
        db.execute("DELETE FROM answers WHERE paper = ?", (paper(3, TUESDAY).id,))
    monkeypatch.setattr(cores, "MANY", 1)
    ran = desk.wenzhai(*BACKFILL)
    assert ran.status == 0
    assert ran.out.count("公告 2 = 收录 2") == 3
    assert desk.asked() == [BOTH]
    assert {name: made(desk, name) for name in names[:3]} == {name: alone[name] for name in names[:3]}


def test_the_papers_of_one_large_day_are_checked_on_all_cores(desk, monkeypatch):
    """And say what one process says."""
    assert desk.wenzhai("run", "--date", str(MONDAY)).status == 0
    path = desk.output / "cs.CL" / str(MONDAY) / "translations.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace("。", " because。"), encoding="utf-8")
    assert desk.wenzhai("validate", "--date", str(MONDAY)).status == 3
    alone = made(desk, "problems.jsonl")
    path.with_name("problems.jsonl").unlink()
    monkeypatch.setattr(cores, "MANY", 1)
    monkeypatch.setattr(writing, "MANY", 1)
    assert desk.wenzhai("validate", "--date", str(MONDAY)).status == 3
    assert made(desk, "problems.jsonl") == alone


def test_days_on_the_disk(desk):
    """From a later stage on, the days are those of the output folder."""
    desk.wenzhai(*BACKFILL)
    desk.asked()
    desk.edit_prompt("summarize")
    ran = desk.wenzhai("run", "--from", "summarize", "--from-date", str(MONDAY), "--to-date", "2026-06-03")
    assert ran.status == 0
    assert desk.asked() == [("summary_zh",)] * 4
    ran = desk.wenzhai("run", "--from", "validate", "--from-date", "2026-07-01", "--to-date", "2026-07-03")
    assert "holds no day from 2026-07-01 to 2026-07-03; its days are 2026-06-01 to 2026-06-04" in ran.err


def test_a_plan_of_many_days(desk):
    """The questions of all of them, none of which is asked."""
    ran = desk.wenzhai("plan", *BACKFILL[1:])
    assert ran.status == 0
    assert " 6 " in ran.out
    assert desk.asked() == []


def test_what_is_refused_for_one_day_is_not_asked_for_the_next(desk):
    """A paper of two days of different digests says why it failed in both."""
    desk.announce(paper(1, MONDAY), paper(1, TUESDAY))
    desk.config["model"]["concurrency"] = 1
    desk.provider.behaves = lambda asked, number: FILTERED
    assert desk.wenzhai(*BACKFILL).status == 3
    assert desk.asked() == [BOTH]
    assert all("⚠ 失败：filtered" in text.decode() for text in made(desk).values())


def days_on_disk(folder, number: int, papers: int) -> list[Day]:
    days = []
    for index in range(number):
        date = MONDAY + dt.timedelta(days=index)
        records = [paper(index * papers + each + 1, date) for each in range(papers)]
        write_records(folder / str(date) / "papers.jsonl", records)
        chosen = partial(exclusions, settings=FetchSettings())
        days.append(Day("cs.CL", date, folder / str(date), papers, chosen, RunReport()))
    return days


def test_a_hundred_days_take_the_memory_of_one(tmp_path):
    """Whatever the number of days, only those at work hold papers."""
    finished, holding = [], []
    days = days_on_disk(tmp_path, 20, 3)
    queue = Queue(days, lambda _: True, lambda day, _: finished.append(day))
    queue.finish_complete_days()
    assert not queue.is_empty
    assert queue.length == 60
    for each in queue:
        holding.append(sum("papers" in vars(day) for day in days))
        queue.done(each, {})
    assert max(holding) == 0
    assert finished == days


def test_a_day_is_finished_once_and_when_its_last_paper_is(tmp_path):
    """Whatever the order in which papers come back; one that lacks nothing is passed over."""
    days = days_on_disk(tmp_path, 3, 2)
    finished = []
    complete = {"2607.00001", "2607.00002", "2607.00005"}
    queue = Queue(days, lambda each: each.id not in complete, lambda day, why: finished.append((day, dict(why))))
    queue.finish_complete_days()
    assert not queue.is_empty
    assert finished == [(days[0], {})]
    asked = list(queue)
    assert [each.id for each in asked] == ["2607.00003", "2607.00004", "2607.00006"]
    assert queue.length == 3
    failure = {("2607.00003", "title_zh"): NoAnswer("none")}
    queue.done(asked[2], {})
    queue.done(asked[0], failure)
    assert queue.begun() == [(days[1], failure)]
    queue.done(asked[1], {})
    assert finished == [(days[0], {}), (days[2], {}), (days[1], failure)]
    assert queue.begun() == []


@pytest.mark.parametrize("source", ["feed", "api", "jsonl"])
@pytest.mark.parametrize(
    "dates",
    [
        ("--date", "0001-01-01"),
        ("--date", "9999-12-31"),
        ("--from-date", "0001-01-01", "--to-date", "0001-01-02"),
        ("--from-date", "0001-01-01", "--to-date", "9999-12-31"),
        ("--from-date", "9999-12-30", "--to-date", "9999-12-31"),
    ],
)
def test_any_date_of_any_source_is_one_line(desk, source, dates):
    """At the ends of the calendar there is nothing to be had, and nothing breaks."""
    desk.config["fetch"] |= {"source": source, "feed_url": "http://127.0.0.1:9", "patience_seconds": 0}
    ran = desk.wenzhai("run", *dates)
    if source == "jsonl" and dates[-1] == "9999-12-31" and "0001-01-01" in dates:
        assert ran.status == 0
        return
    assert "Traceback" not in ran.err
    assert ran.status == (0 if source == "api" and "9999-12-31" not in dates else 1), ran.err
    assert len((ran.err or ran.out).splitlines()) == 1


def test_a_source_is_one_row(desk, monkeypatch):
    """A source with a format of its own is fetched, back-filled and probed, and the config names its keys."""
    asked = []

    def read(wanted, connection):
        for day in wanted.days or [None]:
            asked.append(day)
            date = day or MONDAY
            papers = (paper(date.day, date),)
            yield Announcement(
                date=date, papers=papers, failures=(FailedEntry(id="entry 2", detail="标题为空"),), source="mine"
            )

    row = Source(
        "mine",
        read,
        lambda settings, first, last: [date for date in DAYS if first <= date <= last],
        lambda wanted, connection: f"answers for {wanted.categories[0]}",
        needs={"path": "a folder"},
    )
    monkeypatch.setitem(SOURCES, "mine", row)
    desk.config["fetch"] = {"source": "mine"}
    assert "fetch.source: mine: needs fetch.path, a folder" in desk.wenzhai("fetch").err
    desk.config["fetch"]["path"] = "there"
    assert re.search("^ok +source +answers for cs.CL", desk.wenzhai("doctor").out, re.MULTILINE)
    ran = desk.wenzhai("fetch")
    assert asked == [None]
    assert "mine: no paper: entry 2: 标题为空" in ran.err + ran.out
    desk.wenzhai("run", "--from-date", "2026-05-30", "--to-date", "2026-06-03")
    assert asked == [None, MONDAY, TUESDAY]
    assert tuple(made(desk, "papers.jsonl")) == (MONDAY, TUESDAY)
