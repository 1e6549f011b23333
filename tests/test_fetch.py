"""Stage fetch: one announcement from the source the config names."""

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from pipeline.errors import SourceError
from pipeline.records import Announcement
from pipeline.settings import FetchSettings
from pipeline.sources.connection import Connection
from pipeline.stages.fetch import fetch_papers

DATA = Path(__file__).parent / "data"
FEED = (DATA / "feed.atom.xml").read_text(encoding="utf-8")
DAY = dt.date(2026, 3, 10)


def fetch(server: HTTPServer, day: dt.date | None, said: list[str], **settings) -> Announcement:
    chosen = FetchSettings(feed_url=server.url_for("/atom"), api_url=server.url_for("/query"), **settings)
    connection = Connection(chosen, said.append, interval_seconds=0)
    (announced,) = fetch_papers(
        ("cs.CL",),
        chosen,
        days=(day,) if day else (),
        known_before=lambda day: frozenset(),
        connect=lambda: connection,
        say=said.append,
    )
    return announced


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.mark.parametrize("day", [None, DAY])
def test_the_feed_gives_its_own_day(httpserver: HTTPServer, said: list[str], day: dt.date | None):
    """With or without --date; nothing is said where nothing is waited for."""
    httpserver.expect_request("/atom/cs.CL").respond_with_data(FEED)
    announced = fetch(httpserver, day, said)
    assert (announced.date, len(announced.papers), said) == (DAY, 4, [])


def test_the_feed_has_no_other_day(httpserver: HTTPServer, said: list[str]):
    """The error names the source that has."""
    httpserver.expect_request("/atom/cs.CL").respond_with_data(FEED)
    with pytest.raises(SourceError, match=r"is of 2026-03-10, not of 2026-03-09; .* fetch\.source: api"):
        fetch(httpserver, dt.date(2026, 3, 9), said)


def test_a_quiet_day_is_told(httpserver: HTTPServer, said: list[str]):
    """No papers is an announcement too, with the reason for the person watching."""
    empty = FEED[: FEED.index("  <entry>")].replace("2026-03-10", "2026-03-07") + "</feed>"
    httpserver.expect_request("/atom/cs.CL").respond_with_data(empty)
    assert fetch(httpserver, None, said).papers == ()
    assert said == [
        "feed cs.CL: no announcement on Friday 2026-03-06 (neither a weekend nor a known arXiv holiday: "
        "it may be late, so try again)"
    ]


def test_the_api_gives_a_past_day(httpserver: HTTPServer, said: list[str]):
    """It needs --date, and says so."""
    httpserver.expect_request("/query").respond_with_data((DATA / "api.atom.xml").read_text(encoding="utf-8"))
    assert len(fetch(httpserver, DAY, said, source="api").papers) == 2
    with pytest.raises(SourceError, match="--date"):
        fetch(httpserver, None, said, source="api")


def test_a_file_of_papers_is_a_day(httpserver: HTTPServer, said: list[str], tmp_path: Path):
    """What the feed gave, written down, gives the same papers."""
    httpserver.expect_request("/atom/cs.CL").respond_with_data(FEED)
    papers = fetch(httpserver, None, said).papers
    path = tmp_path / "papers.jsonl"
    path.write_text("".join(paper.model_dump_json() + "\n" for paper in papers), encoding="utf-8")
    assert fetch(httpserver, None, said, source="jsonl", path=path).papers == papers


def test_a_source_is_loaded_when_it_is_read():
    """The table of sources takes no parser, no client and no package of arXiv's."""
    code = "import sys, pipeline.sources.table; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert not {"arxiv", "lxml", "requests", "tenacity", "urllib3"} & set(loaded.stdout.split())
