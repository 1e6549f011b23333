"""The days that a command works on, as they are fetched or found on the disk."""

import datetime as dt
from types import SimpleNamespace

import pytest

from pipeline.config import Config
from pipeline.errors import ConfigError, FileError
from pipeline.files import day_folder, read_records, write_records, write_text
from pipeline.records import (
    Announcement,
    FailedEntry,
    Failure,
    Paper,
    PaperReview,
    PaperTexts,
    RunReport,
    RunRequest,
)
from pipeline.run import day as days
from pipeline.settings import DigestSettings, FetchSettings
from pipeline.stages import REVIEWS
from tests.factories import DAY, failure, paper, problem, translation

NEXT = DAY + dt.timedelta(1)
ONE, TWO, THREE = (paper(id=f"2606.0000{number}", title=f"Paper {number}") for number in (1, 2, 3))


@pytest.fixture
def config(tmp_path):
    """Two digests; `said` is what the person watching reads."""
    return Config(
        digests={
            "cs.CL": DigestSettings(categories=("cs.CL",), interests=("sorting",)),
            "cs.AI": DigestSettings(categories=("cs.AI",)),
        },
        output=tmp_path / "outputs",
        fetch=FetchSettings(source="jsonl", path=tmp_path / "papers.jsonl"),
    )


def wish(*stages, digests=("cs.CL",), dates=(), **more):
    return RunRequest(stages=stages, digests=digests, dates=(dates[0], dates[-1]) if dates else None, **more)


def on_disk(config, date=DAY, *papers, digest="cs.CL"):
    """A day's folder, with these papers."""
    folder = day_folder(config.output, digest, date)
    write_records(folder / "papers.jsonl", [each.model_copy(update={"published": date}) for each in papers or (ONE,)])
    return folder


class Fetching:
    """Fetches what a test says was announced, and notes what was asked for."""

    def __init__(self, config, monkeypatch):
        self.config, self.said, self.asked, self.announced = config, [], [], {}
        monkeypatch.setattr(days, "fetch_papers", self.read)

    def read(self, categories, settings, *, days, known_before, connect, say):
        self.asked.append((categories, list(days)))
        self.known_before = known_before
        return iter(self.announced[categories[0]])

    def fetch(self, *announcements, request=None):
        self.announced = {"cs.CL": announcements}
        return list(days.fetch_days(self.config, request or wish("fetch"), SimpleNamespace(say=self.said.append)))


@pytest.fixture
def fetching(config, monkeypatch):
    return Fetching(config, monkeypatch)


def announcement(*papers, date=DAY, failures=()):
    return Announcement(date=date, papers=papers, failures=failures, source="feed cs.CL")


# Fetched


def test_an_announcement_becomes_a_day(fetching):
    """Its papers are written, and its report names the source."""
    (day,) = fetching.fetch(announcement(ONE, TWO), request=wish("fetch", limit=1))
    assert (day.name, day.announced, day.report.source) == (f"cs.CL {DAY}", 2, "feed cs.CL")
    assert read_records(day.folder / "papers.jsonl", Paper) == [ONE, TWO]
    assert [each.id for each in day.wanted] == [ONE.id]
    assert fetching.said == [f"cs.CL {DAY}: 2 papers announced"]
    assert not (day.folder / "failures.jsonl").exists()


def test_a_day_without_papers_leaves_no_folder(fetching):
    """Also where an earlier run of it has left papers, which then stay as they are."""
    (day,) = fetching.fetch(announcement())
    assert (day.announced, day.papers, day.folder.exists(), fetching.said) == (0, [], False, [])
    fetching.fetch(announcement(ONE))
    (day,) = fetching.fetch(announcement())
    assert (day.announced, day.papers) == (0, [])
    assert read_records(day.folder / "papers.jsonl", Paper) == [ONE]


def test_a_paper_that_is_no_longer_announced_stays(fetching):
    """Behind those that are, and a line says so."""
    fetching.fetch(announcement(ONE, TWO))
    (day,) = fetching.fetch(announcement(THREE, TWO.model_copy(update={"version": 2})))
    assert [(each.id, each.version) for each in day.papers] == [(THREE.id, 1), (TWO.id, 2), (ONE.id, 1)]
    assert any("keeps 1 papers" in line for line in fetching.said)
    fetching.said.clear()
    fetching.fetch(announcement(THREE, TWO, ONE))
    assert not any("keeps" in line for line in fetching.said)


def unread(entry_id):
    return FailedEntry(id=entry_id, detail="没有标题")


def failed(entry_id):
    return Failure(id=entry_id, field="", rule="no_paper", detail="没有标题")


def test_an_entry_that_is_no_paper_is_written_as_failed(fetching):
    """Anew with each announcement; why a text is missing stays, and a paper that an earlier run read is none."""
    (day,) = fetching.fetch(announcement(ONE, failures=(unread("entry 2"), unread(TWO.id))))
    assert days.read_failures(day.folder) == [failed("entry 2"), failed(TWO.id)]
    write_records(day.folder / "failures.jsonl", [failed("entry 2"), failure()])
    fetching.fetch(announcement(THREE, failures=(unread("entry 5"), unread(ONE.id))))
    assert days.read_failures(day.folder) == [failed("entry 5"), failure()]
    fetching.fetch(announcement(THREE))
    assert days.read_failures(day.folder) == [failure()]


def test_the_days_that_are_asked_for_are_those_of_the_source(fetching, config):
    """The one it has, a single one, or of several those it knows; where it knows none, it may say why."""
    write_records(config.fetch.path, [ONE, TWO.model_copy(update={"published": NEXT})])
    last = NEXT + dt.timedelta(5)
    for dates, count in (((), 1), ((NEXT,), 1), ((DAY, last), 2), ((last, last + dt.timedelta(1)), 1)):
        assert len(fetching.fetch(*[announcement(ONE)] * count, request=wish("fetch", dates=dates))) == count
    assert [asked for _, asked in fetching.asked] == [[], [NEXT], [DAY, NEXT], [last]]
    fetching.config = config.model_copy(update={"fetch": FetchSettings(source="feed")})
    fetching.fetch(announcement(ONE), request=wish("fetch", dates=(DAY,)))
    assert fetching.asked[-1][1] == [DAY]  # whose only day it may be


def test_the_source_knows_the_papers_of_the_last_ten_days_before(fetching, config):
    """By id and version, to notice an old feed; not those of the day itself."""
    for number in range(12):
        on_disk(config, DAY + dt.timedelta(number), paper(id=f"2606.000{number:02}"))
    fetching.fetch(announcement(ONE))
    known = fetching.known_before(DAY + dt.timedelta(11))
    assert known == {(f"2606.000{number:02}", 1) for number in range(1, 11)}


# Found


def found(config, request):
    return [(day.digest, day.date, day.announced) for day in days.find_days(config, request)]


def test_the_newest_day_is_found_or_those_that_are_wished_for(config):
    """The first and the last one included."""
    for number in range(3):
        on_disk(config, DAY + dt.timedelta(number), *[ONE, TWO, THREE][: number + 1])
    assert found(config, wish()) == [("cs.CL", DAY + dt.timedelta(2), 3)]
    assert found(config, wish(dates=(DAY, NEXT))) == [("cs.CL", DAY, 1), ("cs.CL", NEXT, 2)]
    assert found(config, wish(dates=(NEXT,))) == [("cs.CL", NEXT, 2)]


def test_a_day_that_is_not_there_is_told(config):
    """With those that are, or with the command that fetches one."""
    with pytest.raises(FileError, match="holds no day yet; run `wenzhai fetch` first"):
        found(config, wish())
    on_disk(config)
    with pytest.raises(FileError, match=f"holds no {NEXT}; its days are {DAY} to {DAY}"):
        found(config, wish(dates=(NEXT,)))
    with pytest.raises(FileError, match=f"holds no day from {NEXT} to {NEXT + dt.timedelta(1)};"):
        found(config, wish(dates=(NEXT, NEXT + dt.timedelta(1))))


def test_a_digest_that_the_config_no_longer_has_is_found_and_not_fetched(config):
    """It can be validated and assembled; one that was never there is unknown, and a known one has no day yet."""
    on_disk(config, digest="old")
    assert found(config, wish("assemble", digests=("old",))) == [("old", DAY, 1)]
    for request in (wish("fetch", digests=("old",)), wish("assemble", digests=("never",))):
        with pytest.raises(ConfigError, match=r"unknown, the config has cs\.CL, cs\.AI"):
            found(config, request)
    with pytest.raises(FileError, match="holds no day yet"):
        found(config, wish("fetch", digests=("cs.CL",)))
    (config.output / ".feeds").mkdir()
    (config.output / "answers.db").touch()
    assert days.digests_there(config) == ["cs.CL", "cs.AI", "old"]


def test_a_day_keeps_its_report_and_its_limit(config):
    """Until it is fetched anew, or another limit is wished for; what it costs is counted from nothing."""
    folder = on_disk(config, DAY, ONE, TWO, THREE)
    (day,) = days.find_days(config, wish())
    assert (day.report.source, day.report.limit) == (None, None)
    write_text(folder / "run.json", RunReport(source="feed cs.CL", limit=2).model_dump_json())

    def limit_of(request):
        (day,) = days.find_days(config, request)
        assert day.report.source == "feed cs.CL"
        return len(day.wanted)

    assert limit_of(wish("assemble")) == 2
    assert limit_of(wish("assemble", limit=1)) == 1
    assert limit_of(wish("fetch")) == 3
    assert limit_of(wish("fetch", limit=1)) == 1


def test_a_day_knows_the_wishes_of_its_digest(config):
    """A digest that is no longer in the config has none."""
    on_disk(config)
    on_disk(config, digest="old")
    (day,), (old,) = (days.find_days(config, wish(digests=(name,))) for name in ("cs.CL", "old"))
    assert (day.wanted_in.interests, old.wanted_in.interests) == (("sorting",), ())


def test_a_report_is_written_when_it_says_something_new(config):
    """A file that is as it was is not touched."""
    on_disk(config)
    (day,) = days.find_days(config, wish())
    day.save_report()
    (day.folder / "run.json").unlink()
    day.save_report()
    assert not (day.folder / "run.json").exists()
    day.update_report(model="tiny")
    day.save_report()
    assert (day.folder / "run.json").exists()


# Papers


def test_papers_are_found_in_the_newest_day_that_has_them(config):
    """In the order in which they are asked for, among the wished days; one that is excluded is as good as not there."""
    on_disk(config, DAY, ONE, TWO)
    on_disk(config, NEXT, ONE, THREE.model_copy(update={"announce_type": "replace"}))

    def dates_of(*ids, dates=()):
        request = wish(dates=dates)
        return [(each.id, day.date) for day, each in days.find_papers(config, request, ids)]

    assert dates_of(TWO.id, ONE.id) == [(TWO.id, DAY), (ONE.id, NEXT)]
    assert dates_of(ONE.id, dates=(DAY,)) == [(ONE.id, DAY)]
    for missing in (THREE.id, "2606.99999"):
        with pytest.raises(FileError, match=f"{missing}: is in no day there is, or excluded"):
            dates_of(ONE.id, missing)


def test_abstracts_come_with_their_translations(config):
    """Of every day that has some; a paper without one is left out."""
    config = config.model_copy(update={"digests": {"cs.CL": config.digests["cs.CL"]}})
    on_disk(config, DAY, ONE)
    folder = on_disk(config, NEXT, TWO, ONE, THREE)
    write_records(folder / "translations.jsonl", [translation(), translation(id=TWO.id, abstract_zh=None)])
    assert list(days.translated_abstracts(config)) == [(ONE.id, (ONE.abstract, "我们排序。"))]


# Stage files


def test_stage_files_that_are_not_there_hold_nothing(tmp_path):
    """Texts, reviews, failures."""
    assert days.texts_in(tmp_path / "translations.jsonl") == {}
    assert days.read_reviews(tmp_path) is None
    assert days.read_failures(tmp_path) == []
    with pytest.raises(FileError):
        days.read_texts(tmp_path)


def test_stage_files_are_read_by_paper_and_version(tmp_path):
    """A text and a review belong to one version only."""
    write_records(tmp_path / "translations.jsonl", [translation(version=2)])
    write_records(tmp_path / REVIEWS, [review := PaperReview(id=ONE.id, version=2, model="m", state="clear")])
    assert days.texts_in(tmp_path / "translations.jsonl") == {(ONE.id, 2): translation().texts}
    assert days.read_reviews(tmp_path) == {(ONE.id, 2): review}


def test_failures_of_the_first_version_are_the_problems_that_rejected_a_text(tmp_path):
    """It had no file of its own for them."""
    write_records(tmp_path / "problems.jsonl", [problem(), problem(field="abstract_zh", severity="reject")])
    assert [each.field for each in days.read_failures(tmp_path)] == ["abstract_zh"]
    write_records(tmp_path / "failures.jsonl", [failure()])
    assert days.read_failures(tmp_path) == [failure()]
    assert PaperTexts(id="a", version=1).texts == {}
