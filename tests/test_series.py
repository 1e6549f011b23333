"""index.html and feed.xml: of all days, after every run, and the same as before where nothing changed."""

import datetime as dt
import os

import feedparser
import lxml.html
import pytest

from pipeline.config import Config, parse_config
from pipeline.errors import ConfigError
from pipeline.run.series import AllDays, write_series
from pipeline.settings import AssembleSettings
from tests import invented
from tests.desk import Desk
from tests.factories import DAY, assembled, entry

BOTH_DAYS = [DAY.replace(day=29), DAY]


def files(desk: Desk) -> dict[str, bytes]:
    return {name: (desk.day.parent / name).read_bytes() for name in ("index.html", "feed.xml")}


def read(desk: Desk):
    feed = feedparser.parse((desk.day.parent / "feed.xml").read_bytes())
    assert not feed.bozo
    return feed.entries


def links(desk: Desk) -> list[str]:
    return lxml.html.fromstring(files(desk)["index.html"].decode()).xpath("//nav[@class='calendar']//a/@href")


def announce_both_days(desk: Desk) -> None:
    desk.announce(*(invented.paper(number, published=day) for number, day in enumerate(BOTH_DAYS, start=1)))


def test_a_run_writes_them(desk):
    """With all days on the disk, newest first, in the archive and in the feed."""
    announce_both_days(desk)
    for day in BOTH_DAYS:
        assert desk.wenzhai("run", "--date", day.isoformat()).status == 0
    assert links(desk) == ["2026-06-29/digest.html", "2026-06-30/digest.html"]
    assert [each.published[:10] for each in read(desk)] == ["2026-06-30", "2026-06-29"]


def test_an_unchanged_run_leaves_them(desk):
    """Byte for byte; one that is gone or torn comes back as it was."""
    desk.wenzhai("run")
    before = files(desk)
    assert desk.wenzhai("run").status == 0
    assert desk.wenzhai("assemble").status == 0
    assert files(desk) == before
    (desk.day.parent / "index.html").unlink()
    (desk.day.parent / "feed.xml").write_text("half a f")
    assert desk.wenzhai("run").status == 0
    assert files(desk) == before


def test_a_changed_text_keeps_its_id(desk):
    """What a person corrected is in the feed under the same id, with a new date."""
    desk.wenzhai("run")
    [first, *_] = read(desk)
    (desk.output / "corrections.yaml").write_text(
        f'- {{id: "{first.link.rpartition("/")[2]}", field: title_zh, text: 更好的标题}}\n'
    )
    desk.wenzhai("run")
    [second, *others] = read(desk)
    assert (second.title, second.id, second.published) == ("更好的标题", first.id, first.published)
    assert second.updated > first.updated == others[0].updated


def test_a_stopped_run_leaves_no_day_out(desk):
    """Days written before the model stopped are there."""
    announce_both_days(desk)
    desk.wenzhai("run", "--date", BOTH_DAYS[0].isoformat())
    for name in ("index.html", "feed.xml"):
        (desk.day.parent / name).unlink()
    desk.config["model"]["base_url"] = "http://127.0.0.1:9/v1"
    desk.config["model"]["name"] = "other"
    assert desk.wenzhai("run", "--date", BOTH_DAYS[1].isoformat()).status != 0
    assert links(desk)[0] == "2026-06-29/digest.html"


def test_a_fetched_day_is_named(desk):
    """It is in the archive as a day that was not assembled."""
    announce_both_days(desk)
    desk.wenzhai("fetch", "--date", BOTH_DAYS[1].isoformat())
    desk.wenzhai("run", "--date", BOTH_DAYS[0].isoformat())
    assert links(desk) == ["2026-06-29/digest.html"]
    assert "还没有装配" in files(desk)["index.html"].decode()


def test_only_what_is_wanted(desk):
    """Markdown alone is one document, and nothing beside the days."""
    desk.config["assemble"] = {"formats": ["markdown"]}
    desk.wenzhai("run")
    assert [each.name for each in desk.day.parent.iterdir()] == [DAY.isoformat()]
    assert not list(desk.day.glob("digest.[!m]*"))


def test_the_first_of_a_day_is_named(desk):
    """Whatever comes before it in the config."""
    desk.config["assemble"] = {"formats": ["feed", "json"]}
    assert desk.wenzhai("run").out.splitlines()[-1] == str(desk.day / "digest.json")


def test_they_need_data(tmp_path):
    """A config that leaves out what they are made of is an error."""
    with pytest.raises(ConfigError, match=r"feed is made from the days' digest\.json"):
        parse_config({"assemble": {"formats": ["html", "feed"]}}, folder=tmp_path)


def test_no_clock_says_whether_they_are_fresh(desk):
    """After a clock that ran ahead a new day is in them all the same, and a day that was touched changes nothing."""
    announce_both_days(desk)
    desk.wenzhai("run", "--date", BOTH_DAYS[0].isoformat())
    for name in ("index.html", "feed.xml"):
        os.utime(desk.day.parent / name, (4e9, 4e9))
    desk.wenzhai("run", "--date", BOTH_DAYS[1].isoformat())
    assert len(links(desk)) == len(read(desk)) == 2
    for path in desk.day.glob("digest.*"):
        os.utime(path, (4e9, 4e9))
    before = [(desk.day.parent / name).stat().st_ino for name in ("index.html", "feed.xml")]
    desk.wenzhai("assemble")
    assert [(desk.day.parent / name).stat().st_ino for name in ("index.html", "feed.xml")] == before


def test_what_a_hand_changed_is_written_again(desk):
    """They say what the days say."""
    desk.wenzhai("run")
    before = files(desk)
    path = desk.day.parent / "index.html"
    path.write_text(path.read_text().replace("公告", "广告"))
    desk.config["assemble"] = {"site": "https://x.test/"}
    desk.wenzhai("run")
    assert files(desk)["index.html"].partition(b"<!--")[0] == before["index.html"].partition(b"<!--")[0]
    assert b"https://x.test/" in files(desk)["feed.xml"]


# Of what is on the disk

OLD = DAY - dt.timedelta(days=14)


def all_days(output, *formats, **more):
    formats = formats or ("html", "json", "archive", "feed")
    return AllDays(Config(output=output, assemble=AssembleSettings(formats=formats, **more)), "cs.CL")


def test_all_days_are_counted_and_the_latest_are_read(tmp_path):
    """A day that was not assembled has no page; of one whose data was pruned the page is all there is."""
    yesterday = DAY - dt.timedelta(days=1)
    assembled(tmp_path)
    assembled(tmp_path, date=OLD)
    assembled(tmp_path, date=yesterday, page=False, data=False)
    series = all_days(tmp_path).series
    assert [(date, counts.announced) for date, counts in series.counts.items()] == [(DAY, 1), (yesterday, 1), (OLD, 1)]
    assert series.pages == {DAY: "digest.html", OLD: "digest.html"}
    assert [each.day for each in series.recent] == [DAY]
    assert series.feed
    assert not all_days(tmp_path, "json", "archive").series.feed
    (tmp_path / "cs.CL" / str(DAY) / "run.json").unlink()
    assert all_days(tmp_path).series.counts[DAY].announced == 0


def test_the_fingerprint_is_of_all_that_is_shown(tmp_path):
    """Of the data of the latest days, and of the pages, counts and settings of all."""
    latest, old = assembled(tmp_path), assembled(tmp_path, date=OLD)
    assembled(tmp_path, date=DAY - dt.timedelta(days=1), data=False)
    prints = [all_days(tmp_path).fingerprint]

    def changed():
        prints.append(all_days(tmp_path).fingerprint)
        return prints[-1] != prints[-2]

    assert not changed()
    (old / "digest.json").write_text("{}")
    assert not changed()
    (latest / "digest.json").write_text("{}")
    assert changed()
    (old / "digest.html").unlink()
    assert changed()
    (old / "run.json").unlink()
    assert changed()
    assert all_days(tmp_path, site="https://x.test/").fingerprint != prints[-1]


def test_they_are_written_where_they_are_wished_for_and_there_is_something_to_say(tmp_path):
    """Each that does not say it already."""
    write_series(all_days(tmp_path))
    folder = assembled(tmp_path, data=False).parent
    write_series(all_days(tmp_path))
    assembled(tmp_path)
    write_series(all_days(tmp_path, "html", "json"))
    assert [each.name for each in folder.iterdir()] == [DAY.isoformat()]
    write_series(all_days(tmp_path))
    files = [folder / "index.html", folder / "feed.xml"]
    before = [path.stat().st_ino for path in files]
    write_series(all_days(tmp_path))
    assert [path.stat().st_ino for path in files] == before
    files[1].write_text("half a f")
    write_series(all_days(tmp_path))
    assert files[0].stat().st_ino == before[0]
    assert len(feedparser.parse(files[1].read_bytes()).entries) == 1
    assembled(tmp_path, entry(), entry(), date=DAY - dt.timedelta(days=1))
    write_series(all_days(tmp_path))
    assert str(DAY - dt.timedelta(days=1)) in files[0].read_text(encoding="utf-8")
