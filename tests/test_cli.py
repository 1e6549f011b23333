"""What people type, what they are told, and the exit status a program goes by."""

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

import pipeline
from pipeline.cli import app
from pipeline.cli.options import ALL_STAGES
from pipeline.files import shipped
from pipeline.run import alone
from pipeline.stages import STAGES
from tests import invented
from tests.model_server import WRONG_KEY

COMMANDS = ("run", *ALL_STAGES, "plan", "status", "demo", "doctor")
HEAVY = (
    "openai",
    "httpx2",
    "arxiv",
    "langchain_core",
    "opencc",
    "xllamacpp",
    "pylatexenc",
    "lxml",
    "tiktoken",
    "requests",
)


def type_in(*words: str):
    return CliRunner().invoke(app, words, env={"COLUMNS": "100", "NO_COLOR": "1"})


def test_the_stages_are_those_of_the_table():
    """The command line knows them without importing the run."""
    assert tuple(stage.name for stage in STAGES) == ALL_STAGES


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command):
    """And the list of commands names it."""
    ran = type_in(command, "--help")
    assert ran.exit_code == 0
    assert f"{command} [OPTIONS]" in ran.stdout
    assert re.search(rf"│ {command} +\S", type_in("-h").stdout)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("wenzhai ", {*COMMANDS, "init", "mcp", "prune", "redo", "send", "show", "verify", "prompts", "glossary"}),
        ("wenzhai pl", {"plan"}),
        ("wenzhai init --provider de", {"deepseek"}),
        ("wenzhai prompts ", {"check", "show", "try", "compare", "styles"}),
        ("wenzhai glossary s", {"suggest"}),
        ("wenzhai run --from ", set(ALL_STAGES)),
        ("wenzhai plan --from s", {"summarize"}),
        ("wenzhai --config CONFIG run --digest ", {"cs.CL", "cs.LG"}),
        ("wenzhai --config CONFIG --set digests={math:[math.NT]} run --digest ", {"math"}),
        ("wenzhai --config nowhere.yaml run --digest ", set()),
        ("wenzhai redo 2607.00001 --field t", {"title_zh"}),
        ("wenzhai prompts try ", {"summarize", "translate", "review"}),
        ("wenzhai prompts compare a b --task t", {"translate"}),
    ],
)
def test_a_shell_completes(tmp_path, typed, offered):
    """Commands, and values where there is a list to choose from; a config that cannot be read offers nothing."""
    config = tmp_path / "config.yaml"
    config.write_text("digests: {cs.CL: [cs.CL], cs.LG: [cs.LG]}", encoding="utf-8")
    words = typed.replace("CONFIG", str(config))
    environment = {
        "_WENZHAI_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1),
    }
    ran = CliRunner().invoke(app, [], prog_name="wenzhai", env=environment)
    assert set(ran.stdout.split()) == offered


@pytest.mark.parametrize(
    "words",
    [
        ["rnu"],
        ["run", "--date", "yesterday"],
        ["run", "--limit", "0"],
        ["run", "--from", "translation"],
        ["plan", "--from", "translation"],
        ["translate", "--from", "fetch"],
        ["run", "--digest"],
        ["run", "extra"],
    ],
)
def test_wrong_usage(desk, words):
    """Status 2, and nothing done."""
    ran = desk.wenzhai(*words)
    assert ran.status == 2
    assert "Error" in ran.err
    assert not desk.output.exists()


def test_help_is_quick():
    """It imports nothing heavy, whatever the commands import later."""
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "pipeline", "--help"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(pipeline.__file__).parent.parent,
    )
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in ran.stderr.splitlines()}
    assert "typer" in imported
    assert imported.isdisjoint(HEAVY)
    assert "文摘" in ran.stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--set", "model.temprature=1", "run"], "model.temprature: unknown key, did you mean temperature?"),
        (["--set", "model.concurrency=many", "run"], "model.concurrency: "),
        (["--set", "concurrency", "run"], "--set concurrency: must be KEY=VALUE"),
        (["--set", "nothing=1", "plan"], "nothing: unknown key"),
        (["--set", "nothing=1", "status"], "nothing: unknown key"),
        (["--set", "nothing=1", "doctor"], "nothing: unknown key"),
        (["run", "--digest", "cs.XX"], "digest cs.XX: unknown, the config has cs.CL"),
        (["summarize", "--digest", "cs.XX"], "digest cs.XX: unknown, the config has cs.CL"),
        (["validate"], "holds no day yet; run `wenzhai fetch` first"),
        (["--set", "fetch.path=nowhere.jsonl", "run"], "nowhere.jsonl: not there; set fetch.path"),
        (["--set", "summarize.prompt=nowhere.md", "run"], "nowhere.md: not found; `wenzhai init`"),
        (["--set", "glossary=nowhere.yaml", "run"], "nowhere.yaml"),
        (["--set", "model.base_url=ftp://x", "run"], "model.base_url: ftp://x: not an address"),
        (["--set", "model.base_url=https://example.org/v1", "run"], "OPENAI_API_KEY: this environment variable holds"),
    ],
)
def test_what_a_user_can_cause_is_one_line(desk, words, told):
    """Status 1, the subject named and the way out, no traceback; no question asked."""
    ran = desk.wenzhai(*words)
    assert ran.status == 1
    (line,) = [line for line in ran.err.splitlines() if line.startswith("wenzhai: ")]
    assert told in line
    assert "Traceback" not in ran.err
    assert desk.asked() == []


def test_no_config(tmp_path):
    """The way out is another folder or --config."""
    ran = type_in("--config", str(tmp_path / "config.yaml"), "run")
    assert ran.exit_code == 1
    assert ran.stderr.startswith("wenzhai: ") and "--config FILE" in ran.stderr


def test_set_overrides_one_key(desk):
    """The value is YAML; other keys stay."""
    desk.config["model"]["base_url"] = "http://127.0.0.1:9/v1"
    url = f"model.base_url={desk.provider.base_url}"
    ran = desk.wenzhai("--set", url, "--set", "fetch.exclude=[SortLite-2]", "run")
    assert ran.status == 0
    assert "公告 3 = 收录 2 + 标记 0 + 失败 0 + 排除 1" in ran.out
    assert str(desk.day / "digest.md") in ran.out


def test_results_go_to_stdout_and_news_to_stderr(desk):
    """So that `wenzhai run | tail -1` is the document."""
    ran = desk.wenzhai("run")
    assert ran.out.splitlines()[-1] == str(desk.day / "digest.md")
    assert "papers announced" in ran.err
    assert "papers announced" not in ran.out


def test_plan_asks_nothing(desk):
    """And says what a run would ask, and why."""
    ran = desk.wenzhai("plan")
    assert (ran.status, desk.asked()) == (0, [])
    assert re.search(r"summarize\+translate\W+new\W+3\W+3", ran.out)
    desk.wenzhai("run")
    desk.edit_prompt("translate")
    desk.asked()
    ran = desk.wenzhai("plan")
    assert (ran.status, desk.asked()) == (0, [])
    assert re.search(r"translate\W+prompt edited\W+3\W+3", ran.out)
    assert "summarize" not in ran.out


def test_plan_beside_a_run_only_looks(desk):
    """It fetches nothing then, for that would change the run's days; what is there can be planned for."""
    desk.wenzhai("fetch")
    with alone(desk.output):
        ran = desk.wenzhai("plan")
        assert (ran.status, "another run is at work there" in ran.err) == (1, True)
        assert desk.wenzhai("plan", "--from", "summarize").status == 0


def test_nothing_to_show_is_said(desk):
    """Instead of an empty table."""
    assert desk.wenzhai("status").out == f"{desk.output}: no digest yet; `wenzhai run` makes one\n"
    desk.wenzhai("run")
    assert desk.wenzhai("plan").out == "nothing to ask\n"


def test_status_lists_the_days(desk):
    """With their counts; nothing yet is no error."""
    assert desk.wenzhai("status").status == 0
    desk.wenzhai("run")
    ran = desk.wenzhai("status")
    assert ran.status == 0
    assert re.search(r"cs\.CL\W+2026-06-30\W+complete\W+3\W+3\W+0\W+0\W+0", ran.out)


def test_doctor(desk):
    """One line a probe, status 0 when all is well and 1 when one fails."""
    ran = desk.wenzhai("doctor")
    assert ran.status == 0
    assert [line.split()[:2] for line in ran.out.splitlines()] == [
        ["ok", name] for name in ("prompts", "output", "source", "key", "model")
    ]
    desk.provider.behaves = lambda asked, number: WRONG_KEY
    ran = desk.wenzhai("doctor")
    assert ran.status == 1
    assert re.search(
        r"^FAIL model .*wants a key .*, and OPENAI_API_KEY is not set; write OPENAI_API_KEY=…", ran.out, re.MULTILINE
    )


def test_doctor_names_a_missing_key_once(desk):
    """The model is not asked without it: the same fault twice would look like two."""
    desk.config["model"]["base_url"] = "https://api.example.org/v1"
    ran = desk.wenzhai("doctor")
    assert ran.status == 1 and ran.out.count("OPENAI_API_KEY is not set; write OPENAI_API_KEY=… into .env") == 1
    assert re.search(r"^FAIL model +not asked, because the key is missing$", ran.out, re.MULTILINE)


def test_doctor_warns_of_keys_that_others_can_read(desk):
    """That is no failure: the run works."""
    (desk.folder / ".env").write_text("OTHER=x\n", encoding="utf-8")
    (desk.folder / ".env").chmod(0o644)
    ran = desk.wenzhai("doctor")
    assert ran.status == 0 and re.search(
        r"^warn keys .*\.env can be read by every user.*chmod 600", ran.out, re.MULTILINE
    )
    (desk.folder / ".env").chmod(0o600)
    assert "chmod" not in desk.wenzhai("doctor").out


def test_doctor_does_not_wait_long(desk, monkeypatch):
    """A source that is down is said in seconds; a run is more patient."""
    monkeypatch.setattr("pipeline.commands.doctor.PATIENCE_SECONDS", 0.5)
    desk.config["fetch"] = {"source": "feed", "feed_url": "http://127.0.0.1:9"}
    started = time.monotonic()
    ran = desk.wenzhai("doctor")
    assert re.search(r"^FAIL source .*127\.0\.0\.1:9.*check the network.*; a run waits 120 s", ran.out, re.MULTILINE)
    assert time.monotonic() - started < 10


def test_the_samples_come_out_whole(tmp_path, server):
    """What `wenzhai demo` runs on, with the prompts and the glossary that ship, sentence by sentence; only the model is ours."""
    server.behaves = lambda asked, number: invented.good(asked)
    server.forget()
    config = {
        "digests": {"demo": ["cs.CL"]},
        "output": str(tmp_path / "outputs"),
        "fetch": {"source": "jsonl", "path": str(Path(pipeline.__file__).with_name("samples.jsonl"))},
        "model": {"provider": "openai", "name": "m", "base_url": server.base_url, "unit": "sentences", "repairs": 0},
        **{name: {"prompt": str(shipped("prompts") / f"{name}.md")} for name in ("summarize", "translate")},
        "glossary": str(shipped("prompts") / "glossary.yaml"),
    }
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config))
    ran = type_in("--config", str(tmp_path / "config.yaml"), "run")
    assert ran.exit_code == 0, ran.output
    assert "公告 3 = 收录 3 + 标记 0 + 失败 0 + 排除 0" in ran.stdout


@pytest.mark.parametrize("key", ["sk-0123456789abcdef0123", "0123456789abcdef0123456789abcdef"])
@pytest.mark.parametrize(
    "words", [["{}"], ["run", "--date", "{}"], ["--set", "model.api_key={}", "run"], ["--{}", "run"]]
)
def test_a_key_on_the_command_line_is_refused_without_being_shown(desk, key, words):
    """Wherever it stands; a usage error, because nothing was read yet."""
    ran = desk.wenzhai(*(word.format(key) for word in words))
    assert ran.status == 2
    assert "0123456789" not in ran.out + ran.err
    assert "environment variable" in " ".join(ran.err.split())
