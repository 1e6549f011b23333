"""The home of all digests and the search over all days, as runs leave them."""

import datetime as dt
import re
from pathlib import Path
from types import SimpleNamespace

import lxml.html
import pytest

from pipeline.config import Config, parse_config
from pipeline.errors import ConfigError
from pipeline.render import Row, render_month, rows_in, rows_of
from pipeline.render.data import Document, render_json
from pipeline.run.series import AllDays
from pipeline.run.site import write_notes, write_site
from pipeline.settings import AssembleSettings
from tests import invented
from tests.desk import Desk
from tests.factories import DAY, assembled, digest, entry, paper

YESTERDAY = DAY - dt.timedelta(days=1)


def row(**changes) -> Row:
    fields = {name: name for name in Row._fields} | {"place": "cs.CL/2026-06-30", "id": "2606.00001"}
    return Row(**fields | changes)


def home(desk: Desk):
    return lxml.html.fromstring((desk.output / "index.html").read_bytes().decode())


def found(desk: Desk) -> list[Row]:
    return rows_in((desk.output / "search/2026-06.js").read_text(encoding="utf-8"))


def test_rows():
    """What can be read of a paper in a line; what is excluded is not there."""
    gone = entry(paper=paper(id="2606.00002"), fate="excluded")
    document = Document.model_validate_json(render_json(digest(entry(paper=paper(title=r"A \emph{b} $x$")), gone)))
    assert list(rows_of(document)) == [
        Row("cs.CL/2026-06-30", "2606.00001", "细致排序", "细致地排序。", "A b $x$", "Ada Lovelace", "cs.CL")
    ]


def test_what_is_packed_is_read():
    """Newest day first, each paper once and on its last day."""
    rows = [row(id="2606.00002"), row(), row(place="cs.AI/2026-06-29", title="旧")]
    assert rows_in(render_month("2026-06", rows)) == [row(), row(id="2606.00002")]
    assert rows_in("alert(1)") == rows_in('month("2026-06", "AAAA");') == []


def test_two_digests_have_one_home(desk):
    """Both with their newest days, titles that lead to their papers, and a feed; the papers of both can be found."""
    desk.config["digests"] = {"cs.CL": {"categories": ["cs.CL"], "interests": ["SortLite-2"]}, "cs.AI": ["cs.CL"]}
    desk.wenzhai("run")
    tree = home(desk)
    assert tree.xpath("//section[@class='digest']/h2/a/text()") == ["cs.AI", "cs.CL"]
    links = tree.xpath("//main//a/@href")
    assert "cs.AI/2026-06-30/digest.html#2607.00003" in links
    assert next(each for each in links if "cs.CL/2026-06-30/digest.html#" in each).endswith("#2607.00002")
    assert {
        "cs.CL/2026-06-30/digest.html",
        "cs.AI/2026-06-30/digest.html",
        "cs.AI/feed.xml",
        "cs.AI/index.html",
    } <= set(links)
    assert all((desk.output / link.partition("#")[0]).exists() for link in links)
    assert {each.id for each in found(desk)} == {"2607.00001", "2607.00002", "2607.00003"}


def test_only_what_changed_is_written(desk):
    """A second run touches nothing; a day that went but for its folder keeps its papers in the search."""
    desk.announce(invented.paper(1, published=YESTERDAY), invented.paper(2))
    desk.wenzhai("run", "--date", YESTERDAY.isoformat())
    (desk.output / "cs.CL" / YESTERDAY.isoformat() / "digest.json").unlink()
    desk.wenzhai("run", "--date", DAY.isoformat())
    assert [each.place for each in found(desk)] == ["cs.CL/2026-06-30", "cs.CL/2026-06-29"]
    files = [desk.output / "index.html", desk.output / "search/2026-06.js"]
    before = [path.stat().st_ino for path in files]
    desk.wenzhai("run")
    assert [path.stat().st_ino for path in files] == before


def test_the_policy_of_the_home(desk):
    """Scripts of its own folder, for the months; none where there is nothing to search."""
    desk.wenzhai("run")
    policy = "//meta[@http-equiv='Content-Security-Policy']/@content"
    assert re.search(r"default-src 'none'.*script-src 'sha256-[^']+' 'self';", home(desk).xpath(policy)[0])
    desk.config["assemble"] = {"formats": ["html", "json", "archive"]}
    desk.wenzhai("run")
    assert "self" not in home(desk).xpath(policy)[0]
    assert not home(desk).xpath("//form[@role='search']")


def test_a_name_that_is_taken():
    """A digest cannot be called as another folder of the site."""
    with pytest.raises(ConfigError, match="search: is the name of another folder"):
        parse_config({"digests": {"search": ["cs.CL"]}}, folder=Path())


# Of what is on the disk


def config_of(output, *formats):
    return Config(output=output, assemble=AssembleSettings(formats=formats or ("html", "json", "archive", "search")))


def titles(output, month="2026-06"):
    path = output / "search" / f"{month}.js"
    return [(each.place, each.title) for each in rows_in(path.read_text(encoding="utf-8"))]


def test_a_site_is_of_the_digests_with_data(tmp_path):
    """Without one there is none; the search and the home only where they are wished for."""
    config = config_of(tmp_path)
    write_site(config, {})
    assembled(tmp_path, data=False)
    write_site(config, {})
    assembled(tmp_path, name="old")
    write_site(config_of(tmp_path, "html", "json"), {})
    assert {each.name for each in tmp_path.iterdir()} == {"cs.CL", "old"}
    write_site(config_of(tmp_path, "json", "archive"), {"old": AllDays(config, "old")})
    assert not (tmp_path / "search").exists()
    write_site(config, {"old": AllDays(config, "old")})
    page = lxml.html.fromstring((tmp_path / "index.html").read_bytes().decode())
    assert page.xpath("//section[@class='digest']/h2/a/text()") == ["old"]
    assert titles(tmp_path) == [("old/2026-06-30", "细致排序")]


def test_a_home_with_a_feed_says_so(tmp_path):
    """And none where there is none."""
    assembled(tmp_path)
    for formats, feeds in ((("json", "archive", "feed"), 1), (("json", "archive"), 0)):
        write_site(config_of(tmp_path, *formats), {})
        (tmp_path / "index.html").rename(tmp_path / "before.html")
        assert ("feed.xml" in (tmp_path / "before.html").read_text(encoding="utf-8")) == bool(feeds)


def test_months_are_searched_each_by_itself(tmp_path):
    """What is fresh stays; a day whose data was pruned keeps its papers, another month does not mind."""
    config, may = config_of(tmp_path), DAY.replace(month=5)
    assembled(tmp_path, date=YESTERDAY)
    assembled(tmp_path, date=may)
    folder = assembled(tmp_path, entry(title_zh="旧"))
    write_site(config, {})
    files = [tmp_path / "search" / f"2026-0{month}.js" for month in (5, 6)]
    before = [path.stat().st_ino for path in (*files, tmp_path / "index.html")]
    write_site(config, {})
    assert [path.stat().st_ino for path in (*files, tmp_path / "index.html")] == before
    (folder / "digest.json").unlink()
    write_site(config, {})
    assert titles(tmp_path) == [("cs.CL/2026-06-30", "旧")]
    assert files[0].stat().st_ino == before[0]
    assembled(tmp_path, entry(title_zh="新"))
    write_site(config, {})
    assert titles(tmp_path) == [("cs.CL/2026-06-30", "新")]


def test_a_month_is_written_anew_when_a_day_says_so(tmp_path):
    """By what its run noted, not by reading all data again."""
    config = config_of(tmp_path)
    folder = assembled(tmp_path, entry(title_zh="旧"))
    write_site(config, {})
    (folder / "digest.json").write_text(render_json(digest(entry(title_zh="新"))), encoding="utf-8")
    write_site(config, {})
    assert titles(tmp_path) == [("cs.CL/2026-06-30", "旧")]
    (folder / "run.json").write_text('{"files": {"digest.json": "another"}}', encoding="utf-8")
    write_site(config, {})
    assert titles(tmp_path) == [("cs.CL/2026-06-30", "新")]
    (folder / "run.json").unlink()
    (folder / "digest.json").write_text(render_json(digest(entry(title_zh="新的"))), encoding="utf-8")
    write_site(config, {})
    assert titles(tmp_path) == [("cs.CL/2026-06-30", "新的")]


def test_notes_are_of_the_papers_that_are_there(tmp_path):
    """Not of excluded ones, and not where they are not wished for; what a person wrote over or in another encoding stays."""
    gone = entry(paper=paper(id="2606.00002"), fate="excluded")
    days = [
        SimpleNamespace(folder=assembled(tmp_path, date=YESTERDAY, data=False)),
        SimpleNamespace(folder=assembled(tmp_path, entry(), gone, entry(paper=paper(id="2606.00003")))),
    ]
    write_notes(config_of(tmp_path), days)
    assert not (tmp_path / "notes").exists()
    config = config_of(tmp_path, "json", "notes")
    write_notes(config, days)
    one, three = sorted((tmp_path / "notes").iterdir())
    assert (one.name, three.name) == ("2606.00001.md", "2606.00003.md")
    before = one.stat().st_ino
    three.write_bytes(b"\xff")
    write_notes(config, days)
    assert (one.stat().st_ino, three.read_bytes()) == (before, b"\xff")
    one.write_text("meins", encoding="utf-8")
    assembled(tmp_path, entry(title_zh="新"), entry(paper=paper(id="2606.00003")))
    write_notes(config, days)
    assert one.read_text(encoding="utf-8") == "meins"
    one.unlink()
    write_notes(config, days)
    assert "# 新" in one.read_text(encoding="utf-8")
