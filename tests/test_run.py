"""Whole runs against a model of our own: what is asked, what is written, how it ends."""

import json
import re
import signal
import threading
import time

import pytest
from filelock import FileLock

from pipeline.errors import FileError
from pipeline.records import Paper
from tests import invented
from tests.desk import KEY, Desk
from tests.factories import DAY
from tests.loopback import Sent, completion
from tests.model_server import BROKEN, FILTERED, HANGS, LIMITED, PAGE, RESET, WRONG_KEY

BOTH = ("title_zh", "summary_zh", "abstract_zh")
STAGE_FILES = (
    "papers.jsonl",
    "summaries.jsonl",
    "translations.jsonl",
    "problems.jsonl",
    "digest.md",
    "digest.html",
    "digest.json",
    "run.json",
)


def ledger(desk: Desk) -> str:
    return desk.digest.partition("# 统计\n\n")[2].splitlines()[0]


def test_a_day_gives_every_paper_a_fate(desk):
    """One question a paper, the files of all stages, status 0, and the ledger on the screen and in the document."""
    ran = desk.wenzhai("run")
    assert ran.status == 0
    assert desk.asked() == [BOTH] * 3
    assert sorted(path.name for path in desk.day.iterdir()) == sorted(STAGE_FILES)
    assert ledger(desk) == "公告 3 = 收录 3 + 标记 0 + 失败 0 + 排除 0"
    assert ledger(desk) in ran.out
    assert desk.report["outcome"] == "complete"
    assert desk.report["usage"]["requests"] == 3


def test_a_second_run_asks_nothing(desk):
    """And leaves the document as it is, byte for byte."""
    desk.wenzhai("run")
    before = (desk.day / "digest.md").read_bytes()
    desk.asked()
    assert desk.wenzhai("run").status == 0
    assert desk.asked() == []
    assert (desk.day / "digest.md").read_bytes() == before
    assert desk.report["usage"]["requests"] == 0


@pytest.mark.parametrize(
    ("task", "fields"), [("summarize", ("summary_zh",)), ("translate", ("title_zh", "abstract_zh"))]
)
def test_an_edited_prompt_asks_for_its_task_only(desk, task, fields):
    """The other task's answers are kept."""
    desk.wenzhai("run")
    desk.asked()
    desk.edit_prompt(task)
    assert desk.wenzhai("run").status == 0
    assert desk.asked() == [fields] * 3


def test_a_new_version_asks_for_its_paper_only(desk):
    """It is another text."""
    desk.wenzhai("run")
    desk.asked()
    desk.announce(invented.paper(1), invented.paper(2, version=2, abstract="It works, and faster."), invented.paper(3))
    assert desk.wenzhai("run").status == 0
    assert [each.text for each in desk.provider.asked] == ["It works, and faster."]
    assert "It works, and faster." in desk.digest


def test_again_asks_anew(desk):
    """Whatever is kept."""
    desk.wenzhai("run")
    desk.asked()
    assert desk.wenzhai("run", "--again").status == 0
    assert desk.asked() == [BOTH] * 3
    assert desk.wenzhai("summarize", "--again").status == 0
    assert desk.asked() == [("summary_zh",)] * 3


@pytest.mark.parametrize("name", STAGE_FILES)
def test_a_deleted_stage_file_is_rebuilt_for_free(desk, name):
    """Everything is in the answers."""
    desk.wenzhai("run")
    before = {path.name: path.read_bytes() for path in desk.day.iterdir() if path.name != "run.json"}
    desk.asked()
    (desk.day / name).unlink()
    assert desk.wenzhai("run").status == 0
    assert desk.asked() == []
    assert {path.name: path.read_bytes() for path in desk.day.iterdir() if path.name != "run.json"} == before


def test_all_stage_files_deleted(desk):
    """The answers alone rebuild the day."""
    desk.wenzhai("run")
    before = desk.digest
    desk.asked()
    for path in desk.day.iterdir():
        path.unlink()
    assert desk.wenzhai("run").status == 0
    assert desk.asked() == []
    assert desk.digest == before


def test_stages_one_by_one(desk):
    """Each writes its own file; together they come to what a run comes to."""
    assert desk.wenzhai("fetch").status == 0
    assert desk.asked() == []
    assert desk.wenzhai("summarize").status == 0
    assert desk.asked() == [("summary_zh",)] * 3
    assert not (desk.day / "translations.jsonl").exists()
    assert desk.wenzhai("translate").status == 0
    assert desk.asked() == [("title_zh", "abstract_zh")] * 3
    assert desk.wenzhai("validate").status == 0
    assert desk.wenzhai("assemble").status == 0
    assert ledger(desk) == "公告 3 = 收录 3 + 标记 0 + 失败 0 + 排除 0"
    one_by_one = desk.digest
    assert desk.wenzhai("run").status == 0
    assert desk.asked() == []
    assert desk.digest == one_by_one


def test_validate_and_assemble_need_nothing_else(desk):
    """Files whoever wrote them, no answers, no run.json, no such digest in the config; a bad text is found."""
    desk.wenzhai("run")
    desk.asked()
    foreign = desk.output / "old" / "2019-01-07"
    foreign.mkdir(parents=True)
    for name in ("papers.jsonl", "summaries.jsonl"):
        (desk.day / name).rename(foreign / name)
    rows = [json.loads(line) for line in (desk.day / "translations.jsonl").read_text().splitlines()]
    rows[0]["abstract_zh"] = "Not translated at all, as anybody can see."
    (foreign / "translations.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (desk.output / "answers.db").unlink()
    assert desk.wenzhai("validate", "--digest", "old").status == 3
    assert desk.wenzhai("assemble", "--digest", "old", "--date", "2019-01-07").status == 3
    digest = (foreign / "digest.md").read_text(encoding="utf-8")
    assert "公告 3 = 收录 2 + 标记 0 + 失败 1 + 排除 0" in digest
    assert "Not translated at all, as anybody can see.\n" not in digest
    assert desk.asked() == []


def test_limit_takes_the_first(desk):
    """The rest is excluded by name, and stays so for a stage alone."""
    assert desk.wenzhai("run", "--limit", "1").status == 0
    assert [each.title for each in desk.provider.asked] == [invented.paper(1).title]
    assert ledger(desk) == "公告 3 = 收录 1 + 标记 0 + 失败 0 + 排除 2"
    assert "2607.00003：limit 1" in desk.digest
    desk.wenzhai("assemble")
    assert ledger(desk) == "公告 3 = 收录 1 + 标记 0 + 失败 0 + 排除 2"
    desk.asked()
    assert desk.wenzhai("run").status == 0
    assert desk.asked() == [BOTH] * 2


def test_from_a_stage_on(desk):
    """What comes before is taken as it is."""
    desk.wenzhai("fetch")
    desk.announce(invented.paper(9))
    assert desk.wenzhai("run", "--from", "summarize").status == 0
    assert desk.report["counts"]["announced"] == 3


def test_a_date_chooses_a_day(desk):
    """One of the file's days for fetch, one of the folders for a stage alone."""
    desk.announce(invented.paper(1), invented.paper(2, published="2026-07-01"))
    assert "choose one with --date" in desk.wenzhai("run").err
    assert desk.wenzhai("run", "--date", "2026-06-30").status == 0
    assert desk.wenzhai("run", "--date", "2026-07-01").status == 0
    assert desk.report["counts"]["announced"] == 1
    (desk.day / "digest.md").unlink()
    desk.wenzhai("assemble")
    assert not (desk.day / "digest.md").exists()
    desk.wenzhai("assemble", "--date", "2026-06-30")
    assert (desk.day / "digest.md").exists()
    assert desk.wenzhai("assemble", "--date", "2026-07-05").status == 1


def test_excluded_papers_are_named(desk):
    """By announce type and by keyword; they are never asked about."""
    desk.config["fetch"]["exclude"] = ["Sorting BIRDS"]
    desk.announce(
        invented.paper(1), invented.paper(2, announce_type="replace"), invented.paper(3, title="On sorting birds")
    )
    assert desk.wenzhai("run").status == 0
    assert desk.asked() == [BOTH]
    assert ledger(desk) == "公告 3 = 收录 1 + 标记 0 + 失败 0 + 排除 2"
    assert "- 2607.00002：replace" in desk.digest
    assert "- 2607.00003：关键词 Sorting BIRDS" in desk.digest


def test_a_paper_of_two_digests_is_asked_once(desk):
    """Each digest has it, both share the answers."""
    desk.config["digests"] = {"cs.CL": ["cs.CL"], "everything": ["cs.CL", "cs.LG"]}
    assert desk.wenzhai("run").status == 0
    assert desk.asked() == [BOTH] * 3
    assert (desk.output / "everything" / DAY.isoformat() / "digest.md").exists()
    assert desk.wenzhai("run", "--digest", "everything", "--again").status == 0
    assert desk.asked() == [BOTH] * 3


def feed_of(*papers: Paper, day: str = "2026-06-30") -> str:
    entries = "".join(
        f"<entry><id>oai:arXiv.org:{paper.id}v{paper.version}</id><title>{paper.title}</title>"
        f"<summary>arXiv:{paper.id}v{paper.version} Announce Type: new \nAbstract: {paper.abstract}</summary>"
        f'<category term="cs.CL"/><published>{day}T00:00:00-04:00</published>'
        "<arxiv:announce_type>new</arxiv:announce_type><dc:creator>Ada Sample</dc:creator></entry>"
        for paper in papers
    )
    return (
        '<feed xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns="http://www.w3.org/2005/Atom"><id>x</id><title>cs.CL updates on arXiv.org</title>'
        f"<updated>{day}T04:00:02+00:00</updated>{entries}</feed>"
    )


@pytest.fixture
def feed(desk, httpserver):
    desk.config["fetch"] = {"feed_url": httpserver.url_for("/atom"), "patience_seconds": 0}

    def serve(*papers: Paper, day: str = "2026-06-30") -> None:
        httpserver.clear()
        httpserver.expect_request("/atom/cs.CL").respond_with_data(feed_of(*papers, day=day))

    return serve


def files(desk: Desk) -> dict[str, bytes]:
    return {
        str(path.relative_to(desk.output)): path.read_bytes()
        for path in sorted(desk.output.rglob("*"))
        if path.name != "wenzhai.log"
        if path.is_file() and "." not in path.relative_to(desk.output).parts[0][:1] and "answers" not in path.name
    }


def test_from_the_feed(desk, feed):
    """The day is the announcement's own."""
    feed(invented.paper(1))
    assert desk.wenzhai("run").status == 0
    assert desk.report["source"] == "feed cs.CL"
    assert ledger(desk) == "公告 1 = 收录 1 + 标记 0 + 失败 0 + 排除 0"


def test_an_empty_feed_writes_nothing(desk, feed):
    """Said so, status 0, the older digest untouched."""
    feed(invented.paper(1))
    desk.wenzhai("run")
    before = files(desk)
    feed(day="2026-07-04")
    ran = desk.wenzhai("run")
    assert ran.status == 0
    assert "no announcement" in ran.out
    assert files(desk) == before


def test_an_empty_feed_says_nothing_of_an_older_digest(desk, feed):
    """Status 0 also where the folder of that day holds papers that failed."""
    desk.provider.behaves = lambda asked, number: ""
    feed(invented.paper(1))
    assert desk.wenzhai("run").status == 3
    feed()
    assert desk.wenzhai("run").status == 0


def test_a_stale_feed_stops(desk, feed):
    """Yesterday's papers under a new date: status 1, one line, nothing written."""
    feed(invented.paper(1))
    desk.wenzhai("run")
    before = files(desk)
    feed(invented.paper(1), day="2026-07-01")
    ran = desk.wenzhai("run")
    assert ran.status == 1
    assert re.fullmatch(r"wenzhai: .*known from an earlier day.*\n", ran.err)
    assert files(desk) == before


def test_a_past_day_names_the_api(desk, feed):
    """The feed only has today."""
    feed(invented.paper(1))
    ran = desk.wenzhai("run", "--date", "2026-01-05")
    assert ran.status == 1
    assert "fetch.source: api" in ran.err
    assert files(desk) == {}


def test_what_stopped_the_run_is_what_is_told(desk, monkeypatch):
    """A full disk fails the archive too; the first fault names the way out, the last only what it led to."""

    def full(of):
        raise FileError(f"{of.digest}: No space left on device")

    monkeypatch.setattr("pipeline.run.write_series", full)
    desk.provider.behaves = lambda asked, number: WRONG_KEY
    assert "wants a key" in one_line(desk.wenzhai("run"))
    desk.provider.behaves = lambda asked, number: invented.good(asked)
    assert "No space left" in one_line(desk.wenzhai("run"))


def test_a_429_is_told_as_what_it_is(desk):
    """A request to slow down, which passes; nothing about money."""
    desk.provider.behaves = lambda asked, number: LIMITED if number == 0 else invented.good(asked)
    ran = desk.wenzhai("run")
    assert ran.status == 0
    assert re.search(r"the provider asks to slow down \(.*\); waiting [\d.]+ s", ran.err), ran.err


@pytest.mark.parametrize("fault", ["key refused", "nobody there"])
def test_a_model_that_is_down_stops_the_run(desk, fault):
    """Status 1 and one line; the older digest and its texts stay, run.json says stopped; later the run goes on."""
    desk.wenzhai("run")
    before = desk.digest
    desk.edit_prompt("translate")
    if fault == "key refused":
        desk.provider.behaves = lambda asked, number: WRONG_KEY
    else:
        desk.config["model"]["base_url"] = "http://127.0.0.1:9/v1"
    ran = desk.wenzhai("run")
    assert ran.status == 1
    assert re.search(r"wenzhai: .*(wants a key|cannot be reached).*\n\Z", ran.err)
    assert "Traceback" not in ran.err
    assert desk.digest == before
    assert desk.report["outcome"] == "stopped"
    desk.config["model"]["base_url"] = desk.provider.base_url
    desk.provider.behaves = lambda asked, number: invented.good(asked)
    desk.asked()
    assert desk.wenzhai("run").status == 0
    assert desk.asked() == [("title_zh", "abstract_zh")] * 3


def test_a_model_that_stops_midway(desk):
    """What was answered before is kept: the next run asks for the rest."""
    desk.config["model"]["concurrency"] = 1
    desk.provider.behaves = lambda asked, number: invented.good(asked) if number < 2 else WRONG_KEY
    assert desk.wenzhai("run").status == 1
    assert not (desk.day / "digest.md").exists()
    desk.provider.behaves = lambda asked, number: invented.good(asked)
    desk.asked()
    assert desk.wenzhai("run").status == 0
    assert desk.asked() == [BOTH]


@pytest.mark.parametrize("fault", [LIMITED, BROKEN, RESET, PAGE], ids=["429", "500", "reset", "a web page"])
def test_what_passes_is_waited_for(desk, fault):
    """A question that fails once is asked once more, and nobody reading the digest can tell."""
    desk.announce(invented.paper(1))
    desk.provider.behaves = lambda asked, number: invented.good(asked) if number else fault
    assert desk.wenzhai("run").status == 0
    assert desk.asked() == [BOTH] * 2
    assert desk.report["counts"]["published"] == 1


def stopped_after_two(desk: Desk, name: signal.Signals) -> tuple[int, str]:
    """Status and stderr of a run that is sent a signal when two of three papers are answered and the third hangs."""
    desk.config["model"]["concurrency"] = 1
    two = threading.Event()

    def behave(asked, number):
        if number < 2:
            return invented.good(asked)
        two.set()
        return HANGS

    desk.provider.behaves = behave
    ours = signal.getsignal(signal.SIGINT)
    if name != signal.SIGINT:  # so a script starts a job with &, and the job inherits it
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    started = desk.start("run")
    signal.signal(signal.SIGINT, ours)
    with started as process:
        two.wait(60)
        process.send_signal(name)
        sent = time.monotonic()
        _, err = process.communicate(timeout=50)
    assert time.monotonic() - sent < 20
    desk.provider.behaves = lambda asked, number: invented.good(asked)
    desk.asked()
    return process.returncode, err


@pytest.mark.slow
@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_interrupted(desk, name):
    """Ctrl-C, a container that is stopped or a terminal that is closed: out at once, what is done is written, the rest comes next time."""
    status, err = stopped_after_two(desk, name)
    assert status == 130, err
    assert "Traceback" not in err
    assert err.strip().splitlines()[-1].startswith("wenzhai: interrupted")
    assert desk.report["outcome"] == "interrupted"
    assert ledger(desk) == "公告 3 = 收录 2 + 标记 0 + 失败 1 + 排除 0"
    assert desk.wenzhai("run").status == 0
    assert desk.asked() == [BOTH]
    assert ledger(desk) == "公告 3 = 收录 3 + 标记 0 + 失败 0 + 排除 0"


@pytest.mark.slow
def test_killed(desk):
    """No time to write anything, and no half file either: the answers are there, and the lock is free."""
    status, err = stopped_after_two(desk, signal.SIGKILL)
    assert status == -signal.SIGKILL, err
    assert [path.name for path in desk.day.iterdir()] == ["papers.jsonl"]
    assert desk.wenzhai("run").status == 0
    assert desk.asked() == [BOTH]


def test_a_filtered_paper_goes_to_the_fallback(desk):
    """The refusing model is not asked twice."""
    desk.config["model"]["fallback"] = {"provider": "openai", "name": "other", "base_url": desk.provider.base_url}
    desk.provider.behaves = lambda asked, number: (
        FILTERED if desk.provider.seen[number].body["model"] == "m" else invented.good(asked)
    )
    assert desk.wenzhai("run").status == 0
    assert sorted(each.body["model"] for each in desk.provider.seen) == ["m"] * 3 + ["other"] * 3
    assert ledger(desk) == "公告 3 = 收录 3 + 标记 0 + 失败 0 + 排除 0"


@pytest.mark.parametrize(
    "sent",
    [Sent(b"<title>413 Request Entity Too Large</title>", status=413), Sent(completion(""))],
    ids=["too long", "empty"],
)
def test_a_model_that_answers_no_question_leaves_all_to_the_fallback(desk, sent):
    """Each question alone would go there, too; the first model is not asked by all of them."""
    desk.announce(*(invented.paper(number) for number in range(40)))
    desk.config["model"]["fallback"] = {"provider": "openai", "name": "other", "base_url": desk.provider.base_url}
    desk.provider.behaves = lambda asked, number: (
        sent if desk.provider.seen[number].body["model"] == "m" else invented.good(asked)
    )
    run = desk.wenzhai("run")
    assert run.status == 0
    assert ledger(desk) == "公告 40 = 收录 40 + 标记 0 + 失败 0 + 排除 0"
    models = [each.body["model"] for each in desk.provider.seen]
    assert models.count("other") == 40
    assert models.count("m") <= 20
    assert run.err.count("from now on model.fallback is asked instead") == 1


def test_a_filtered_paper_without_a_fallback(desk):
    """Its place says why, the others are there; a second run asks only for it."""
    title = invented.paper(2).title
    desk.provider.behaves = lambda asked, number: FILTERED if asked.title == title else invented.good(asked)
    assert desk.wenzhai("run").status == 3
    assert ledger(desk) == "公告 3 = 收录 2 + 标记 0 + 失败 1 + 排除 0"
    assert "⚠ 失败：filtered" in desk.digest
    desk.wenzhai("validate")
    desk.wenzhai("assemble")
    assert "⚠ 失败：filtered" in desk.digest
    desk.provider.behaves = lambda asked, number: invented.good(asked)
    desk.asked()
    assert desk.wenzhai("run").status == 0
    assert desk.asked() == [BOTH]
    assert "filtered" not in desk.digest


def test_an_older_text_is_better_than_none(desk):
    """An edited prompt whose question fails leaves the digest that there is."""
    desk.wenzhai("run")
    before = (desk.day / "translations.jsonl").read_bytes()
    desk.edit_prompt("translate")
    desk.provider.behaves = lambda asked, number: FILTERED
    assert desk.wenzhai("run").status == 0
    assert (desk.day / "translations.jsonl").read_bytes() == before
    assert ledger(desk) == "公告 3 = 收录 3 + 标记 0 + 失败 0 + 排除 0"


def test_a_faulty_field_is_asked_again_alone(desk):
    """With what was wrong with it; then it is published."""
    desk.announce(invented.paper(1))

    def behave(asked, number):
        texts = invented.good_texts(asked)
        if not asked.faults:
            texts["abstract_zh"] = texts["abstract_zh"].replace("37.1%", "73.1%")
        return invented.tagged(texts)

    desk.provider.behaves = behave
    assert desk.wenzhai("run").status == 0
    first, second = desk.provider.asked
    assert (first.fields, first.faults) == (BOTH, ())
    assert second.fields == ("abstract_zh",)
    assert "37.1" in second.faults[0]
    assert "37.1%" in desk.digest
    assert "73.1" not in desk.digest


@pytest.mark.parametrize("repairs", [0, 2])
def test_at_most_so_many_repairs(desk, repairs):
    """What still fails stays in its place, named; the next run doesn't pay for the same failure again."""
    desk.announce(invented.paper(1))
    desk.config["model"]["repairs"] = repairs

    def behave(asked, number):
        texts = invented.good_texts(asked)
        # Another fault each time: the very same question would not be asked twice.
        return invented.tagged({name: text + f"{90 + number}.{number}%。" for name, text in texts.items()})

    desk.provider.behaves = behave
    assert desk.wenzhai("run").status == 3
    asked = desk.asked()
    assert len(asked) <= 1 + repairs
    assert (len(asked) > 1) == (repairs > 0)
    assert ledger(desk) == "公告 1 = 收录 0 + 标记 0 + 失败 1 + 排除 0"
    assert invented.paper(1).title in desk.digest
    assert desk.wenzhai("run").status == 3
    assert desk.asked() == []


def stays_failed(desk: Desk, rule: str) -> None:
    """Nobody who has only the files sees the fault; its place says it all the same, whatever runs next."""
    for command in ("validate", "assemble", "run"):
        assert desk.wenzhai(command).status == 3
        assert ledger(desk) == "公告 1 = 收录 0 + 标记 0 + 失败 1 + 排除 0"
        assert f"⚠ 失败：{rule}" in desk.digest
    assert desk.asked() == []


def test_a_faulty_sentence_fails_its_abstract(desk):
    """Though the whole hides it: here a preface in the middle."""
    desk.announce(invented.paper(1))
    desk.config["model"] |= {"unit": "sentences", "repairs": 0}
    desk.provider.behaves = lambda asked, number: (
        "以下是译文：" * ("SortLite" in asked.text and not asked.title and not asked.fields) + invented.good(asked)
    ).replace("以下是译文：SortLite-1 存", "SortLite-1 存")
    assert desk.wenzhai("run").status == 3
    desk.asked()
    assert "。以下是译文：" not in desk.digest.partition("⚠ 失败")[0]
    stays_failed(desk, "placeholder")


def test_a_one_liner_cut_at_the_token_limit(desk):
    """It may read like a whole one."""
    desk.announce(invented.paper(1))
    desk.config["model"] |= {"bundle": False, "repairs": 0}
    desk.provider.behaves = lambda asked, number: Sent(
        completion(invented.good(asked), finish="length" if "summary_zh" in asked.fields else "stop")
    )
    assert desk.wenzhai("run").status == 3
    desk.asked()
    stays_failed(desk, "truncated")


def test_a_field_no_longer_asked_for_has_no_problems(desk):
    """An English one-liner that failed is forgotten when none is wanted any more."""
    desk.announce(invented.paper(1))
    desk.config["summarize"]["english"] = True
    desk.provider.behaves = lambda asked, number: invented.good(asked).replace("The paper presents", "I'm sorry, but ")
    desk.wenzhai("run")
    desk.config["model"]["repairs"] = 0
    desk.provider.behaves = lambda asked, number: FILTERED
    desk.wenzhai("summarize", "--again")
    desk.provider.behaves = lambda asked, number: invented.good(asked)
    desk.config["summarize"]["english"] = False
    assert desk.wenzhai("run").status == 0
    assert ledger(desk) == "公告 1 = 收录 1 + 标记 0 + 失败 0 + 排除 0"


def one_line(ran) -> str:
    """Status 1 and a single line that begins with our name."""
    assert ran.status == 1
    (line,) = [line for line in ran.err.splitlines() if line.startswith("wenzhai: ")]
    assert "Traceback" not in ran.err
    return line


def test_a_corrupt_database(desk):
    """Named, with the way out; the day's files stay, and once it is moved away nothing kept in them is lost."""
    desk.wenzhai("run")
    before = desk.digest
    for beside in desk.output.glob("answers.db*"):
        beside.unlink()
    (desk.output / "answers.db").write_bytes(b"no database " * 1000)
    desk.edit_prompt("summarize")
    assert "answers.db: damaged" in one_line(desk.wenzhai("run"))
    assert desk.digest == before


@pytest.mark.parametrize(
    "name", ["papers.jsonl", "summaries.jsonl", "translations.jsonl", "problems.jsonl", "run.json"]
)
def test_half_a_stage_file(desk, name):
    """Whoever cut it: one line that names it and the way out, which works."""
    desk.config["summarize"]["max_chars"] = 90
    desk.provider.behaves = lambda asked, number: invented.good(asked).replace("论文介绍", "论文介绍 careful 的")
    desk.wenzhai("run")
    before = desk.digest
    path = desk.day / name
    path.write_text(path.read_text(encoding="utf-8")[:-20], encoding="utf-8")
    assert name in one_line(desk.wenzhai("run", "--from", "validate" if name == "problems.jsonl" else "summarize"))
    assert desk.digest == before
    path.unlink()
    desk.asked()
    assert desk.wenzhai("run").status == 3
    assert desk.asked() == []
    assert desk.digest == before


def test_an_output_that_cannot_be_written(desk):
    """A file stands where the folder should be: said before anything is asked."""
    desk.config["output"] = "papers.jsonl/outputs"
    assert "cannot be written" in one_line(desk.wenzhai("run"))
    assert desk.asked() == []


def test_a_day_folder_that_cannot_be_written(desk):
    """The same a level deeper."""
    desk.output.mkdir()
    (desk.output / "cs.CL").write_text("in the way")
    assert "cs.CL" in one_line(desk.wenzhai("run"))
    assert desk.asked() == []


def test_one_run_at_a_time(desk):
    """The second says so and leaves everything alone."""
    desk.output.mkdir()
    with FileLock(desk.output / ".lock"):
        assert "another run is at work" in one_line(desk.wenzhai("run"))
    assert desk.asked() == []
    assert desk.wenzhai("run").status == 0


def test_no_prompt_no_question(desk):
    """A prompt with a typo stops the run before it costs anything."""
    path = desk.folder / "prompts" / "summarize.md"
    path.write_text(path.read_text(encoding="utf-8").replace("max_chars", "max_char"), encoding="utf-8")
    assert "summarize.md" in one_line(desk.wenzhai("run"))
    assert desk.asked() == []


def test_a_prompt_is_read_before_arxiv_is_asked(desk, feed):
    """To fetch alone needs no prompt."""
    feed(invented.paper(1))
    (desk.folder / "prompts" / "summarize.md").write_text("", encoding="utf-8")
    assert "summarize.md" in one_line(desk.wenzhai("run"))
    assert not desk.day.exists()
    assert desk.wenzhai("fetch").status == 0
    assert desk.day.exists()


def test_the_key_is_nowhere(desk, monkeypatch):
    """Sent to the endpoint, and in no file, log or error, not even when the endpoint repeats it."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    fine = desk.wenzhai("run")
    assert desk.provider.seen[0].headers["authorization"] == f"Bearer {KEY}"
    desk.edit_prompt("translate")
    rude = {"error": {"message": f"Incorrect API key provided: {KEY}", "code": "invalid_api_key"}}
    desk.provider.behaves = lambda asked, number: Sent(rude, status=401)
    refused = desk.wenzhai("run")
    assert refused.status == 1
    assert KEY not in fine.out + fine.err + refused.out + refused.err
    assert [path for path in desk.folder.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()] == []


def test_no_escape_sequence_of_a_server_reaches_the_terminal(desk):
    """Not in the line a run ends with, either."""
    desk.provider.behaves = lambda asked, number: Sent({"error": {"message": "bad \x1b[2J key"}}, status=401)
    said = one_line(desk.wenzhai("run"))
    assert "bad �[2J key" in said


def test_an_entry_that_is_no_paper_is_counted_and_told(desk, feed, httpserver):
    """It costs itself: announced and failed in every document, by its id and with the reason; a second run keeps it."""
    feed(invented.paper(1), invented.paper(2))
    broken = feed_of(invented.paper(1), invented.paper(2), invented.paper(3)).replace(
        "oai:arXiv.org:2607.00003v1", "oai:arXiv.org:26-07v1"
    )
    httpserver.clear()
    httpserver.expect_request("/atom/cs.CL").respond_with_data(broken)
    for _ in range(2):
        assert desk.wenzhai("run").status == 3
        assert ledger(desk) == "公告 3 = 收录 2 + 标记 0 + 失败 1 + 排除 0"
    assert "no_paper（" in desk.digest.partition("失败：")[2]
    assert "不是论文" in (desk.day / "digest.html").read_text(encoding="utf-8")
    assert json.loads((desk.day / "digest.json").read_text(encoding="utf-8"))["unread"][0]["rule"] == "no_paper"


def test_a_paper_that_the_source_no_longer_lists_is_kept_and_told(desk):
    """It was announced that day, and its texts are paid for."""
    desk.wenzhai("run")
    first, *rest = (invented.paper(number) for number in (1, 2, 3))
    desk.announce(*rest)
    ran = desk.wenzhai("run")
    assert "keeps 1 papers that the source no longer lists" in ran.err
    assert first.id in desk.digest
    desk.announce(first, *rest)
    assert "keeps" not in desk.wenzhai("run").err


def test_whoever_has_no_second_reader_needs_no_prompt_for_it(desk):
    """A folder from before there were reviews has no review.md."""
    (desk.folder / "prompts" / "review.md").unlink(missing_ok=True)
    desk.config["review"] = {"prompt": "prompts/review.md"}
    assert desk.wenzhai("run").status == 0
