"""What the READMEs and docs/ promise is what there is: commands, options, config keys, provider blocks, links."""

import re
import shlex
from functools import reduce
from pathlib import Path

import pytest
import yaml

from pipeline.config import Config, _sections
from pipeline.settings import ModelSettings, Section
from tests import commands_page, invented
from tests.commands_page import WENZHAI
from tests.factories import DAY

ROOT = Path(__file__).parents[1]
PAGES = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in (ROOT / "README.md", ROOT / "README.zh.md", *sorted((ROOT / "docs").glob("*.md")))
}
FENCED = re.compile(r"^```\w*\n(.*?)^```$", re.M | re.S)
NAMED = list(PAGES.items())


def commands_in(text):
    """What follows `wenzhai` in code blocks and between backticks, as words; a synopsis of the usage is none."""
    lines = re.findall(r"`wenzhai( [^`\n]*)?`", FENCED.sub("", text))
    return typed_in(text) + [shlex.split(line) for line in lines if "…" not in line]


def typed_in(text):
    """The same of code blocks alone: what is there to be typed."""
    parts = [part for block in FENCED.findall(text) for part in re.split(r"&&|\|\||[#;|>\n]", block)]
    lines = [match for part in parts for match in re.findall(r"(?:^|[\s/])wenzhai( .*)?$", part)]
    return [shlex.split(line) for line in lines if "…" not in line]


def rows_in(text):
    """The rows of all tables, as lists of cells."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def walk(words):
    """The command that these words call. Fails on one, or on an option, that there is not."""
    command, words = WENZHAI, list(words)
    while words:
        word = words.pop(0)
        if word.startswith("-"):
            option = option_of(command, word.partition("=")[0])
            if not option.is_flag and "=" not in word:
                words.pop(0)
        else:
            takes = any(each.param_type_name == "argument" for each in command.params)
            assert takes or word in getattr(command, "commands", {}), f"wenzhai {command.name}: {word}"
            command = command if takes else command.commands[word]
    return command


def option_of(command, name):
    found = next((each for each in command.params if name in each.opts), None)
    assert found, f"wenzhai {command.name} has no {name}"
    return found


@pytest.mark.parametrize(("name", "text"), NAMED)
def test_every_command_shown_exists(name, text):
    """With every option that is given to it."""
    for words in commands_in(text):
        walk(words)


def test_enough_is_shown():
    """The tests of what is shown would else pass on pages that they cannot read."""
    assert all(len(commands_in(PAGES[name])) > 3 for name in ("README.md", "README.zh.md", "docs/commands.md"))
    assert len([words for text in PAGES.values() for words in commands_in(text)]) > 40


def test_the_page_of_commands_is_their_help():
    """`python -m tests.commands_page` writes it anew."""
    assert PAGES["docs/commands.md"] == commands_page.page()


ELSEWHERE = {"demo": "tests/wheel.py", "mcp": "test_assistant.py", "model.batch=true": "test_batch.py"}
"""A word of a command that is not typed here → where it is tried."""
INSTEAD = {r"2403\.17919": "2607.00001", r"2026-06-\d\d": DAY.isoformat(), "fetch.source=api": "fetch.source=jsonl"}


def test_every_command_shown_runs(desk, monkeypatch):
    """In a folder with a day, typed as it stands but for ids, dates and arXiv's address."""
    shown = {tuple(words) for text in PAGES.values() for words in typed_in(text)}
    typed = sorted(words for words in shown if words and not set(words) & set(ELSEWHERE))
    assert len(typed) > 10
    monkeypatch.chdir(desk.folder)
    monkeypatch.setenv("WENZHAI_SEND_TO", "json://127.0.0.1:9")
    desk.announce(invented.paper(1))
    desk.wenzhai("run")
    for words in typed:
        words = [reduce(lambda word, row: re.sub(*row, word), INSTEAD.items(), word) for word in words]
        wished = desk.wenzhai(*words, *(["--dry-run"] if words[-1] == "send" else []))
        assert wished.status in (0, 3), (words, wished)


@pytest.mark.parametrize("path", [*dict(commands_page.all_commands()), "", "prompts", "glossary"])
def test_every_command_has_help_and_an_example(path):
    """A sentence first; the example is a line of its own, of this command, with options that there are."""
    told = walk(path.split()).help
    assert re.match(r"\S[^\n]{15,}[.…]\n", told), told
    (example,) = re.findall(r"^Example: wenzhai (.*)$", told, re.M)
    words = shlex.split(example)
    assert walk(words) is not WENZHAI
    assert path in example


@pytest.mark.parametrize(("name", "text"), NAMED)
def test_every_change_shown_is_one_of_a_known_key(name, text):
    """`--set model.name=x` names a key of the config."""
    keys = [word.partition("=")[0] for words in commands_in(text) for word in words if re.match(r"[a-z_.]+=", word)]
    assert not set(keys) - set(keys_of(Config))


def keys_of(section, path=""):
    """Dotted names of all keys but those of a model within a model; a section of sections is named by its own keys."""
    sections = _sections(section)
    for name, info in section.model_fields.items():
        key = info.alias or name
        inner = sections.get(key)
        if inner and not issubclass(inner, section):
            yield from keys_of(inner, f"{path}{key}.")
        else:
            yield path + key


def keys_told():
    """The first column of the page about the config; a key without a section belongs to that of the one before it."""
    for cell, *_ in rows_in(PAGES["docs/config.md"])[1:]:
        section = ""
        for key in re.findall(r"`([\w.]+)`", cell):
            yield key if "." in key else section + key
            section = key.rpartition(".")[0] + "." if "." in key else section


def test_every_config_key_is_told():
    """A key that is not in docs/config.md, itself or its section, nobody can find."""
    told = set(keys_told())
    assert [key for key in keys_of(Config) if key not in told and key.rpartition(".")[0] not in told] == []


def test_every_key_told_is_one_of_the_config():
    """And no key is told twice, which would soon be told in two ways."""
    known = set(keys_of(Config))
    known |= {key.rpartition(".")[0] for key in known if key.count(".") > 1}
    told = list(keys_told())
    assert sorted(told) == sorted(set(told))
    assert set(told) - known == set()


def test_every_model_section_shown_is_one():
    """Of any page."""
    blocks = [each for text in PAGES.values() for each in FENCED.findall(text) if each.startswith("model:")]
    assert len(blocks) > 10
    for each in blocks:
        ModelSettings.model_validate(yaml.safe_load(each)["model"])


@pytest.mark.parametrize(("name", "text"), NAMED)
def test_every_target_shown_is_made(name, text):
    """`make demo` and whatever else is named."""
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", text, re.M)) <= set(targets)


@pytest.mark.parametrize(("name", "text"), NAMED)
def test_every_link_to_a_file_leads_there(name, text):
    """And a link to a section to a heading."""
    for target in re.findall(r"\]\(((?!https?:)[^)\s]+)\)", FENCED.sub("", text)):
        path, _, section = target.partition("#")
        page = (ROOT / name).parent / path if path else ROOT / name
        assert page.exists(), target
        if section:
            headings = re.findall(r"^#+ (.*)", page.read_text(encoding="utf-8"), re.M)
            assert section in {re.sub(r"[^\w-]", "", each.lower().replace(" ", "-")) for each in headings}, target


def test_a_section_is_not_a_key():
    """What keys_of takes for leaves are leaves."""
    assert "model.price.input" in set(keys_of(Config))
    assert issubclass(ModelSettings, Section)
