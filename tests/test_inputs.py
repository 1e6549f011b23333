"""Whatever a person leaves in a file or types: an answer of one line that says where, and never that the program failed.

What a provider answers is test_odd_answers.py's, what arXiv answers test_feed.py's and test_connection.py's.
"""

import json
import tempfile
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.corrections import load_corrections
from pipeline.written import nodes_in, yaml_in
from tests import invented
from tests.desk import Desk

LAUGHS = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9))
"""Nine lines that are fifty million values."""
ODD_YAML = (
    "2026-02-30",
    "[" * 600,
    "&a [*a]",
    "9" * 5000,
    '"\\0"',
    '"\\ud800"',
    "!!python/name:os.system x",
    "? [a]\n: b",
    "\0",
    LAUGHS,
)
FILES = (
    "config.yaml",
    "prompts/glossary.yaml",
    "outputs/corrections.yaml",
    "outputs/redos.jsonl",
    "papers.jsonl",
    "prompts/summarize.md",
)


def stops(desk, *words):
    """The one line in which the command ends."""
    ran = desk.wenzhai(*words)
    assert ran.status == 1, ran.out + ran.err
    (line,) = [each for each in ran.err.splitlines() if each.startswith("wenzhai: ")]
    return line


def leave(desk, file, content):
    """In place of what stands there; `desk.wenzhai` would else write its config."""
    path = desk.folder / file
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    if file == "config.yaml":
        desk.save_config = lambda: None


@pytest.mark.parametrize("file", ["config.yaml", "prompts/glossary.yaml", "outputs/corrections.yaml"])
@pytest.mark.parametrize("content", ODD_YAML, ids=lambda text: text[:20])
def test_odd_yaml(desk, file, content):
    """Dates of no calendar, nesting and repeating without end, half a character: the file is named."""
    desk.config["glossary"] = "prompts/glossary.yaml"
    desk.save_config()
    leave(desk, file, content)
    assert file in stops(desk, "plan")


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\xef\xbb\xbf\xff"], ids=["UTF-16", "bytes"])
def test_no_text_at_all(desk, file, content):
    """The file is named."""
    desk.config["glossary"] = "prompts/glossary.yaml"
    desk.save_config()
    leave(desk, file, content)
    assert file in stops(desk, "plan")


@pytest.mark.parametrize(
    "setting",
    [
        'output="a\\0b"', "output=~no.such.body/x", f"output={'a' * 300}", f"digests={{{'a' * 256}: [cs.CL]}}", "summarize.prompt=.",
        "model.extra_body={a: 2026-01-01}", "model.extra_body={a: .nan}", "model.extra_body={a: !!binary aGk=}", "model.extra_body=&a {x: *a}",
        "model.concurrency=99999999999999999999", "model.timeout_seconds=.inf", "model.timeout_seconds=1.0e+300", "model.requests_per_minute=1.0e-300",
        f"fetch.feed_url=http://{'a' * 100_000}", "model.repairs=1.0e+10", "fetch.patience_seconds=.nan", "model.name=\udcff", "model.base_url='http://[::1'", "model.base_url=http://a:99999999/",
    ],
    ids=lambda text: ascii(text[:40]),
)  # fmt: skip
def test_odd_settings(desk, setting):
    """Of every key that a path, a clock or a request is made of."""
    assert len(stops(desk, "--set", setting, "run")) < 1000


@pytest.mark.parametrize(
    "prompt",
    ["{{" * 600, "{{ " + "(" * 600 + " }}", "{{ 9**9**9 }}", "{% for x in y %}", "{{ max_chars.__class__ }}", "{{ x"],
    ids=lambda text: text[:20],
)  # fmt: skip
def test_odd_prompts(desk, prompt):
    """Nothing in one is carried out; the line is named."""
    leave(desk, "prompts/summarize.md", f"# 角色\nx\n# 任务\n{{{{ max_chars }}}} {prompt}")
    assert "summarize.md:" in stops(desk, "plan")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("- {id: 2607.00001, field: title_zh, text: x}", "1: id: must be text; put quotes round it"),
        ("-\n  id: '2607.00001'\n  field: title_cn\n  text: x", "3: field: "),
        ("- {id: '2607.00001', field: title_zh}", "1: text: is missing"),
    ],
)
def test_odd_corrections(desk, row, said):
    """The line is named, and what a row is."""
    leave(desk, "outputs/corrections.yaml", row)
    assert f"corrections.yaml:{said}" in stops(desk, "plan")


@pytest.mark.parametrize("typed", ["2607.00001v2", "arXiv:2607.00001", "https://arxiv.org/abs/2607.00001v1"])
def test_a_correction_knows_its_paper(desk, typed):
    """However its id was copied."""
    leave(desk, "outputs/corrections.yaml", f"- {{id: '{typed}', field: title_zh, text: 船}}\n")
    assert load_corrections(desk.output) == {"2607.00001": {"title_zh": "船"}}


PAPER = json.loads(invented.paper(1).model_dump_json())


@pytest.mark.parametrize(
    "change",
    [
        {"title": "\ud800"}, {"published": "9999-12-31"}, {"published": "0001-01-01"}, {"version": 2**63}, {"version": -1}, {"id": "2607.00001\n"},
        {"url": PAPER["url"] + "<img src=x>"}, {"url": PAPER["url"] + "\n"}, {"url": "javascript:alert(1)"}, {"url": PAPER["url"] + "\0"}, {"title": ""},
    ],
    ids=str,
)  # fmt: skip
def test_odd_papers(desk, change):
    """The line of the file is named."""
    leave(desk, "papers.jsonl", json.dumps(PAPER | change))
    assert "papers.jsonl:1: " in stops(desk, "fetch")


@pytest.mark.parametrize("text", ["\0", "\u00ad\u200b", "\u3164", "\U000e0041"], ids=ascii)
def test_a_paper_of_nothing_visible_stops_no_day(desk, text):
    """It is shown as what it is, in every document, and the day can be read again."""
    desk.config["assemble"] = {"formats": ["markdown", "html", "json", "archive", "feed", "bibtex"]}
    desk.announce(invented.paper(1), invented.paper(2, title=text, abstract=text, authors=(text,)))
    assert desk.wenzhai("run").status in (0, 3)
    assert "[�]" in desk.digest
    assert desk.wenzhai("run", "--from", "assemble").status in (0, 3)


@pytest.mark.parametrize(
    "words",
    [
        ("run", "--date", "0001-01-01"), ("run", "--date", "9999-12-31"), ("run", "--from-date", "0001-01-01", "--to-date", "9999-12-31", "--limit", "1"),
        ("run", "--date", "2026-02-30"), ("run", "--date", "\udcff"), ("run", "--limit", "9" * 30), ("run", "--limit", "-1"), ("run", "--digest", "\0"),
        ("run", "--digest", "../.."), ("run", "--from", "\0"), ("show", "\udcff"), ("show", "../../x"), ("show", "a" * 9000), ("status", "--date", "0001-01-01"),
        ("verify", "--date", "0001-01-01"), ("redo", "2607.00001", "--field", "\0"), ("redo", "2607.00001", "--field", "title_zh", "--why", "\udcff坏"),
        ("redo", "2607.00001", "--field", "title_zh", "--why", "x" * 100_000), ("send", "--to", "\0"), ("send", "--to", "json://[::1"), ("send", "--to", "\udcff"),
        ("prompts", "show", "summarize", "--prompt", "\0"), ("prompts", "show", "\udcff"), ("prompts", "compare", "/", "/"), ("--set", "=", "run"),
        ("--set", "\udcff=1", "run"), ("--set", "output=\0", "run"), ("--set", "model=1", "run"), ("glossary", "suggest", "--papers", "9" * 30),
        ("--set", "fetch.source=api", "run", "--date", "0001-01-01"), ("--set", "fetch.source=feed", "run", "--date", "9999-12-31"),
    ],
    ids=lambda words: ascii(" ".join(words)[:50]),
)  # fmt: skip
def test_odd_words(written, words):
    """Every status is one of ours, and none is a failure of the program."""
    assert written.wenzhai(*words).status in (0, 1, 2, 3)


@pytest.fixture(scope="module")
def written(server, tmp_path_factory):
    """A desk with a day that all these words find."""
    server.behaves = lambda asked, number: invented.good(asked)
    desk = Desk(tmp_path_factory.mktemp("written"), server)
    desk.config["fetch"] |= {"feed_url": "http://127.0.0.1:9", "api_url": "http://127.0.0.1:9", "patience_seconds": 0}
    assert desk.wenzhai("run").status == 0
    return desk


scraps = st.text(max_size=30) | st.sampled_from(
    ["{", "}", "[", "]", ": ", "- ", "&a ", "*a", "? ", "| ", "> ", "'", '"', "# ", "\n", "\n  ", "!!", "<<: ", "~", "\t", "\0", "\ufeff", "{{", "}}", "{%", "%}",
     "角色", "任务", "英文：", "中文：", "id", "text", "title_zh", "digests", "model", "zh", "not", "in", "2026-02-30", ".nan", "1e999", "0x", "1_0", "null", "yes"]
)  # fmt: skip
contents = st.lists(scraps, max_size=12).map("".join)


@settings(max_examples=20, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(FILES), contents, st.booleans())
def test_any_file(server, file, content, after):
    """In place of a file, or behind what stands in it: no more than its own line, or it makes no difference."""
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder), server)
        desk.config["glossary"] = "prompts/glossary.yaml"
        desk.save_config()
        path = desk.folder / file
        before = path.read_text(encoding="utf-8") if after and path.exists() else ""
        leave(desk, file, before + content)
        source = (
            "--set",
            "fetch.source=jsonl",
            "--set",
            "fetch.path=papers.jsonl",
        )  # also where the config says nothing
        assert desk.wenzhai(*source, "plan", "--limit", "1").status in (0, 1)


@settings(max_examples=100)
@given(contents)
def test_any_yaml(text):
    """Is data, or one line of complaint."""
    for read in (yaml_in, nodes_in):
        try:
            read(text)
        except ValueError as error:
            assert "\n" not in str(error)


def test_yaml_is_what_it_was():
    """A mark of bytes at the beginning is none of it, an alias of a few values is taken."""
    assert yaml_in("\ufeffa: &x [1, 2]\nb: *x\n") == {"a": [1, 2], "b": [1, 2]}
    assert yaml.safe_dump(yaml_in("a: 2026-06-30")) == "a: 2026-06-30\n"
