"""The home of all digests and the search over all days, as runs leave them."""

import datetime as dt
import re
from pathlib import Path

import lxml.html
import pytest

from pipeline.config import parse_config
from pipeline.errors import ConfigError
from pipeline.render import Row, render_month, rows_in, rows_of
from pipeline.render.data import Document, render_json
from tests import invented
from tests.desk import Desk
from tests.factories import DAY, digest, entry, paper

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
