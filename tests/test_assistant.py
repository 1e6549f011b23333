"""`wenzhai mcp` as the SDK's own client meets it: what an assistant can find out from it alone."""

import asyncio
import json
import sys

import pytest

from pipeline.commands.assistant import MOST, server_of
from pipeline.config import load_config
from pipeline.errors import ConfigError
from tests import invented
from tests.factories import DAY

pytest.importorskip("mcp", reason="the extra mcp is not installed")

from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client


def asks(config, *calls):
    """(tool, arguments) pairs → for each the structured answer, or the words of an error."""

    async def ask():
        async with Client(server_of(config)) as client:
            return [await client.call_tool(tool, arguments) for tool, arguments in calls]

    return [_said(each) for each in asyncio.run(ask())]


def _said(answer):
    if answer.is_error:
        return answer.content[0].text
    structured = answer.structured_content
    return structured["result"] if set(structured) == {"result"} else structured


@pytest.fixture
def config(desk):
    """Two days: of the first, one paper is about storks, and of the second, one text is flagged."""
    storks = invented.paper(1, title="Storks and SortLite-1")
    desk.announce(storks, invented.paper(2))
    desk.wenzhai("run")
    later = {"published": DAY.replace(day=DAY.day - 1)}
    desk.announce(*(invented.paper(number, **later) for number in (3, 4, 5)))
    desk.wenzhai("run")
    return load_config(desk.folder / "config.yaml")


def test_an_assistant_answers_a_question_about_a_day(config):
    """Which papers of the newest day are about storks, and what do they find? Days, the right papers, then a whole one."""
    days, papers = asks(config, ("days", {}), ("papers", {"words": "storks"}))
    assert [(each["day"], each["ledger"]) for each in days] == [
        (DAY.isoformat(), "公告 2 = 收录 2 + 标记 0 + 失败 0 + 排除 0"),
        (DAY.replace(day=DAY.day - 1).isoformat(), "公告 3 = 收录 3 + 标记 0 + 失败 0 + 排除 0"),
    ]
    (paper,) = papers["papers"]
    assert (papers["found"], papers["left_off"], paper["id"], paper["fate"]) == (1, 0, "2607.00001", "published")
    assert paper["summary_zh"] and paper["title_zh"] and "abstract_zh" not in paper
    (whole,) = asks(config, ("paper", {"id": paper["id"]}))
    assert "SortLite-1" in whole["abstract_zh"] and whole["abstract"].startswith("Ordering long lists")
    assert whole["authors"] == ["Ada Sample"] and whole["days"] == [{"digest": "cs.CL", "day": DAY.isoformat()}]


def test_a_search_goes_over_all_days(config):
    """All words, in English or Chinese, newest day first."""
    every, two, none = asks(
        config,
        ("search", {"words": "SORTLITE"}),
        ("search", {"words": "sortlite-4 lists"}),
        ("search", {"words": "heron"}),
    )
    assert [each["day"] for each in every["papers"]] == [DAY.isoformat()] * 2 + [
        DAY.replace(day=DAY.day - 1).isoformat()
    ] * 3
    assert [each["id"] for each in two["papers"]] == ["2607.00004"]
    assert none == {"found": 0, "papers": [], "left_off": 0}
    chinese = every["papers"][0]["title_zh"]
    assert asks(config, ("search", {"words": chinese}))[0]["found"] >= 1


def test_an_answer_is_bounded(config):
    """It says how many papers come after it, and the rest can be read on."""
    first, rest, much = asks(
        config,
        ("search", {"words": "sortlite", "limit": 2}),
        ("search", {"words": "sortlite", "limit": 2, "skip": 4}),
        ("search", {"words": "sortlite", "limit": MOST + 1}),
    )
    assert (len(first["papers"]), first["found"], first["left_off"]) == (2, 5, 3)
    assert (len(rest["papers"]), rest["left_off"]) == (1, 0)
    assert isinstance(much, str) and str(MOST) in much


def test_papers_are_filtered(config):
    """By day, category and fate."""
    day = DAY.replace(day=DAY.day - 1).isoformat()
    of_day, other, failed = asks(
        config,
        ("papers", {"day": day, "category": "cs.CL"}),
        ("papers", {"category": "math.NT"}),
        ("papers", {"fate": "failed"}),
    )
    assert of_day["found"] == 3 and other["found"] == failed["found"] == 0


@pytest.mark.parametrize(
    ("tool", "arguments", "told"),
    [
        ("papers", {"day": "2001-01-01"}, "2001-01-01: has no digest"),
        ("papers", {"digest": "../secret"}, "../secret: no such digest; there are: cs.CL"),
        ("paper", {"id": "1"}, "1: is in no digest"),
        ("search", {"words": " "}, "words: give one or more"),
    ],
)
def test_what_is_not_there_is_said_in_a_line(config, tool, arguments, told):
    (said,) = asks(config, (tool, arguments))
    assert told in said and "\n" not in said


def test_marks_are_told_and_rejected_texts_are_not(desk):
    """An assistant must not take a text for a translation that the checks threw out."""
    desk.provider.behaves = lambda asked, number: invented.good(asked).replace("37.1", "73.9")
    desk.announce(invented.paper(1))
    desk.wenzhai("run")
    whole, papers = asks(
        load_config(desk.folder / "config.yaml"), ("paper", {"id": "2607.00001"}), ("papers", {"fate": "failed"})
    )
    assert whole["abstract_zh"] is None and any("number" in each for each in whole["marks"])
    assert papers["found"] == 1


def test_nothing_is_written(config):
    """Reading leaves no trace on the disk."""
    before = {path: path.stat().st_mtime_ns for path in config.output.rglob("*")}
    asks(config, ("days", {}), ("search", {"words": "sortlite"}), ("papers", {}), ("paper", {"id": "2607.00002"}))
    assert {path: path.stat().st_mtime_ns for path in config.output.rglob("*")} == before


def test_it_speaks_on_stdio(config, desk):
    """As a process of its own, the way an assistant starts it: all tools only read, and the first answer comes."""

    async def talk():
        words = ["-m", "pipeline", "--config", str(desk.folder / "config.yaml"), "mcp"]
        started = StdioServerParameters(command=sys.executable, args=words, cwd=str(desk.house))
        async with Client(stdio_client(started)) as client:
            tools = (await client.list_tools()).tools
            return tools, await client.call_tool("days", {"limit": 1})

    tools, answer = asyncio.run(talk())
    assert sorted(each.name for each in tools) == ["days", "paper", "papers", "search"]
    assert all(each.annotations.read_only_hint and each.description for each in tools)
    assert json.loads(json.dumps(_said(answer)))[0]["day"] == DAY.isoformat()


def test_without_the_sdk_the_way_to_it_is_told(desk, monkeypatch):
    monkeypatch.setitem(sys.modules, "mcp.server", None)
    desk.save_config()
    with pytest.raises(ConfigError, match=r"wenzhai mcp: the SDK is not installed; pip install .*\[mcp\]"):
        server_of(load_config(desk.folder / "config.yaml"))
