"""One odd answer costs at most its paper: eleven of twelve are published, in one line, and nothing is paid for twice."""

import json
import tempfile
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tenacity import wait_none

from pipeline import rules
from pipeline.model import retry
from pipeline.rules import analysis
from tests import invented
from tests.desk import Desk
from tests.loopback import Sent, completion

PAPERS = 12
ODD = 5
"""The paper that is answered oddly."""


def with_text(put: str):
    """A good answer with these characters in its abstract."""
    return lambda asked: completion(invented.good(asked).replace("</abstract_zh>", f"{put}</abstract_zh>"))


def with_usage(**usage: object):
    return lambda asked: (
        completion(invented.good(asked)) | {"usage": {"prompt_tokens": 20, "completion_tokens": 5} | usage}
    )


def raw(text: str):
    return lambda asked: text.encode("utf-8", "surrogatepass")


ANSWERS = {
    **{f"{name} before 万": with_text(f"共 3{space}万个。") for name, space in
       (("no-break space", "\u00a0"), ("thin space", "\u2009"), ("ideographic space", "\u3000"), ("tab", "\t"))},
    "million after a no-break space": with_text("共 3\u00a0million 个。"),
    "a lone surrogate": lambda asked: json.dumps(completion(invented.good(asked))).replace("。", "\\ud83d。").encode(),
    "NUL": with_text("\x00空"),
    "U+2028": with_text("\u2028空"),
    "100,000 brackets": lambda asked: b"[" * 100_000,
    "100,000 brackets in the text": with_text("[" * 100_000),
    "5,000 digits": with_text("9" * 5_000),
    "5,000 digits in usage": raw('{"choices": [], "usage": {"prompt_tokens": ' + "9" * 5_000 + "}}"),
    "10^30 tokens": with_usage(prompt_tokens=10**30),
    "tokens in words": with_usage(prompt_tokens="12"),
    "tokens below none": with_usage(completion_tokens=-5),
    "endless tokens": lambda asked: json.dumps(with_usage(prompt_tokens=1)(asked)).replace(": 1,", ": Infinity,").encode(),
    "content in parts": lambda asked: completion([{"type": "text", "text": invented.good(asked)}]),
    "choices that are a mapping": lambda asked: {"choices": {"0": completion()["choices"][0]}},
    "numerals of other scripts": with_text("共 ٣٤٥ 个、๓ 个、五千亿万亿。"),
    "an answer a hundred times too long": with_text("很长，" * 20_000),
    "no answer but a number": lambda asked: 17,
    "null": lambda asked: None,
}  # fmt: skip


def run(folder: Path, server, odd) -> Desk:
    """Twelve papers, one of them answered oddly, whatever it is asked."""
    folder.mkdir(parents=True, exist_ok=True)
    server.forget()
    desk = Desk(folder, server)
    desk.config["model"] |= {"repairs": 1, "concurrency": 4}
    desk.announce(*map(invented.paper, range(1, PAPERS + 1)))

    def behaves(asked, number):
        if f"SortLite-{ODD}:" not in asked.title:
            return invented.good(asked)
        body = odd(asked)
        return Sent(body if isinstance(body, bytes) else json.dumps(body).encode("utf-8", "surrogatepass"))

    server.behaves = behaves
    return desk


def hold(desk: Desk) -> None:
    """The promise."""
    ran = desk.wenzhai("run")
    assert ran.status in (0, 3), ran.err
    counts = desk.report["counts"]
    assert counts["announced"] == PAPERS
    assert counts["published"] >= PAPERS - 1
    others = {each.title for each in desk.provider.asked if f"SortLite-{ODD}:" not in each.title}
    assert len(others) == PAPERS - 1
    desk.asked()
    # Where the odd one is all that is left to ask, an endpoint that answers nothing else may be none.
    assert desk.wenzhai("run").status in (0, 1, 3)
    assert not [each for each in desk.provider.asked if f"SortLite-{ODD}:" not in each.title]
    assert desk.wenzhai("verify").status == 0


@pytest.mark.parametrize("name", ANSWERS)
def test_an_odd_answer_costs_its_paper_at_most(name, tmp_path, server, monkeypatch):
    """Whatever it is."""
    monkeypatch.setattr(retry, "wait_random_exponential", lambda **_: wait_none())
    hold(run(tmp_path, server, ANSWERS[name]))


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=12,
)
bodies = (
    st.text(max_size=400).map(completion)
    | anything.map(completion)
    | anything
    | st.binary(max_size=300)
    | st.builds(lambda text, usage: completion(text) | {"usage": usage}, st.text(max_size=80), anything)
    | st.text(max_size=200).map(
        lambda text: completion(f"<title_zh>{text}</title_zh><abstract_zh>{text}</abstract_zh>")
    )
)


@given(body=bodies)
@example(body=completion("<abstract_zh>共 3\u00a0万</abstract_zh>"))
@settings(max_examples=settings().max_examples // 4, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_comes_back(body, server):
    """Arbitrary JSON and arbitrary text, as the answer about one paper of twelve."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(retry, "wait_random_exponential", lambda **_: wait_none())
        hold(run(Path(folder), server, lambda asked: body))


def test_a_rule_that_raises_is_named_and_never_repaired(desk, monkeypatch):
    """Our fault: a warning with the rule's name, the other rules go on, the log says where; no model is asked again for it."""
    rules.everything_found.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(analysis.Analysis, "stops_midway", property(lambda self: 1 / 0))
        ran = desk.wenzhai("run", "--limit", "1")
    rules.everything_found.cache_clear()
    assert ran.status == 3
    assert len(desk.asked()) == 1
    assert "⚠ rule_error（检查“" in desk.digest and "ZeroDivisionError" in desk.digest
    assert "ZeroDivisionError" in (desk.output / "wenzhai.log").read_text(encoding="utf-8")
    desk.wenzhai("run", "--from", "validate")
    assert "rule_error" not in desk.digest


def test_a_fault_of_ours_over_one_paper_costs_that_paper(desk, monkeypatch):
    """While it is asked, and while it is written."""
    from pipeline.asking import ask
    from pipeline.render import markdown

    asking = ask.ask_paper

    async def fails(paper, *rest):
        if paper.id == "2607.00002":
            raise KeyError("odd")
        return await asking(paper, *rest)

    monkeypatch.setattr(ask, "ask_paper", fails)
    assert desk.wenzhai("run").status == 3
    assert desk.report["counts"]["published"] == 2
    assert "the program failed over this paper" in desk.digest
    monkeypatch.setattr(ask, "ask_paper", asking)
    rendering = markdown.details
    monkeypatch.setattr(
        markdown, "details", lambda entry: 1 / 0 if entry.paper.title.startswith("SortLite-3") else rendering(entry)
    )
    assert desk.wenzhai("run").status == 3
    assert desk.report["counts"] == {"announced": 3, "published": 2, "flagged": 0, "failed": 1, "excluded": 0}
    assert "render_error" in desk.digest


def test_anything_else_ends_in_one_line(desk, monkeypatch):
    """With the traceback in the log it names; --verbose shows it."""
    from pipeline.run import writing

    monkeypatch.setattr(writing, "read_texts", lambda folder: 1 / 0)
    desk.save_config()
    from typer.testing import CliRunner

    from pipeline.cli import app

    words = ["--config", str(desk.folder / "config.yaml"), "run"]
    ran = CliRunner().invoke(app, words)
    assert ran.exit_code == 1
    (line,) = [each for each in ran.stderr.splitlines() if each.startswith("wenzhai:")]
    assert "the program failed (ZeroDivisionError" in line and "wenzhai.log" in line
    assert "Traceback" not in ran.stderr
    assert "Traceback" in (desk.output / "wenzhai.log").read_text(encoding="utf-8")
    assert "Traceback" in CliRunner().invoke(app, ["--verbose", *words]).stderr


def test_a_text_is_judged_once_a_day(desk, monkeypatch):
    """Asked, written and validated: one verdict for each text, and the same one."""
    judged = []
    real = rules.everything_found.__wrapped__
    monkeypatch.setattr(
        rules,
        "everything_found",
        lru_cache(maxsize=4096)(lambda case, settings: judged.append(case) or real(case, settings)),
    )
    desk.provider.behaves = lambda asked, number: (
        invented.FAULTS["number dropped"](asked) if number == 0 else invented.good(asked)
    )
    assert desk.wenzhai("run").status == 0
    texts = [(case.id, case.field, case.text) for case in judged]
    assert len(texts) == len(set(texts)) > 9


def test_the_two_judges_agree(desk):
    """A rendering in the title that only a term of the abstract explains: nothing is repaired, nothing is marked."""
    (desk.folder / "glossary.yaml").write_text(
        "agent: {zh: 智能体, not: 代理}\nmulti-agent: {zh: 多代理}\n", encoding="utf-8"
    )
    desk.config["glossary"] = "glossary.yaml"
    desk.announce(invented.paper(1, title="An Agent for Search", abstract="We build a multi-agent system. It works."))
    texts = {
        "title_zh": "用于搜索的多代理",
        "summary_zh": "构建一个多代理系统。",
        "abstract_zh": "我们构建了一个多代理系统。它有效。",
    }
    desk.provider.behaves = lambda asked, number: invented.tagged({name: texts[name] for name in asked.fields})
    assert desk.wenzhai("run").status == 0, desk.digest
    assert len(desk.asked()) == 1
