"""`wenzhai init`: a folder in which every other command works, for each row of the table of presets."""

import json
import os
import re

import jsonschema
import pytest
import yaml
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.config import config_schema, load_config, parse_config
from pipeline.errors import ConfigError
from pipeline.keys import read_keys, readable_by_others
from pipeline.presets import PRESETS, preset_named
from pipeline.settings import ModelSettings
from tests import providers_page


def wenzhai(*words):
    return CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "160", "NO_COLOR": "1"})


@pytest.mark.parametrize("preset", PRESETS, ids=lambda row: row.name)
def test_a_preset_becomes_the_model_of_a_config(tmp_path, preset):
    """The file is what load_config reads and what the schema for editors takes; the rest of it are the defaults."""
    assert wenzhai("init", tmp_path / "new", "--provider", preset.name).exit_code == 0
    path = tmp_path / "new/config.yaml"
    config = load_config(path)
    assert config.model == ModelSettings.model_validate(preset.model)
    defaults = parse_config({}, folder=path.parent).model_copy(update={"model": config.model})
    assert config == defaults
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=config.schema.json\n")
    jsonschema.validate(yaml.safe_load(text), json.loads((path.parent / "config.schema.json").read_text("utf-8")))


@pytest.mark.parametrize("preset", PRESETS, ids=lambda row: row.name)
def test_what_is_commented_out_can_be_taken_in(tmp_path, preset):
    """Every commented key of the model, with its value."""
    wenzhai("init", tmp_path, "--provider", preset.name)
    path = tmp_path / "config.yaml"
    path.write_text(re.sub(r"^  # ((?:price|max_cost): .*)$", r"  \1", path.read_text("utf-8"), flags=re.M), "utf-8")
    assert (load_config(path).model.max_cost == 5) == bool(preset.prices)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda row: row.name)
def test_a_second_reader_is_proposed(tmp_path, preset):
    """Commented out; taken in it is another maker's model, with a key of its own."""
    wenzhai("init", tmp_path, "--provider", preset.name)
    path = tmp_path / "config.yaml"
    text = path.read_text("utf-8")
    (section,) = re.findall(r"^  # model:.*\n(?:  #   .*\n)+", text, re.M)
    path.write_text(text.replace(section, re.sub("^  # ", "  ", section, flags=re.M)), encoding="utf-8")
    reader = load_config(path).review.model
    assert reader.name != preset.model["name"] and reader.api_key_env != preset.key_name


def test_the_prompts_are_those_that_ship(tmp_path):
    """So that the folder can be worked in, and its checks pass."""
    assert wenzhai("init", tmp_path).exit_code == 0
    assert wenzhai("--config", tmp_path / "config.yaml", "prompts", "check").exit_code == 0
    assert (tmp_path / "prompts/styles/plain.md").exists()


def test_nothing_that_is_there_is_changed(tmp_path):
    """Neither a config nor a key nor a prompt; what is kept is told."""
    for name in ("config.yaml", ".env", "prompts/translate.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("mine", encoding="utf-8")
    (tmp_path / ".gitignore").write_text("*.log", encoding="utf-8")
    ran = wenzhai("init", tmp_path, "--provider", "qwen")
    assert ran.exit_code == 0
    assert "kept as it was: config.yaml, .env, prompts/translate.md" in ran.output and "is the old one" in ran.output
    assert {(tmp_path / name).read_text("utf-8") for name in ("config.yaml", ".env", "prompts/translate.md")} == {
        "mine"
    }
    assert (tmp_path / ".gitignore").read_text("utf-8") == "*.log\n.env\n"


def test_the_place_of_keys_is_private(tmp_path):
    """Only its owner may read it, and git does not see it; it names the variable."""
    wenzhai("init", tmp_path, "--provider", "kimi")
    assert (tmp_path / ".env").read_text("utf-8") == "MOONSHOT_API_KEY=\n"
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600 and not readable_by_others(tmp_path)
    (tmp_path / ".env").chmod(0o644)
    assert readable_by_others(tmp_path)


def test_a_folder_that_cannot_be(tmp_path):
    """A file in its place, and a provider that nobody knows."""
    (tmp_path / "file").touch()
    ran = wenzhai("init", tmp_path / "file")
    assert (ran.exit_code, ran.stderr.count("\n")) == (1, 1) and "is a file" in ran.stderr
    ran = wenzhai("init", tmp_path, "--provider", "depseek")
    assert ran.exit_code == 2 and "deepseek" in ran.stderr
    assert not (tmp_path / "config.yaml").exists()


def test_an_empty_folder_names_init(tmp_path):
    ran = wenzhai("--config", tmp_path / "config.yaml", "run")
    assert ran.exit_code == 1 and "`wenzhai init`" in ran.stderr


def test_keys_come_from_the_file_beside_the_config(tmp_path, monkeypatch):
    """As they stand, quotes aside; a variable that is set wins, and an empty line sets nothing."""
    monkeypatch.setattr(os, "environ", {"HAS": "exported", "EMPTY": ""})
    text = "\ufeff# keys\nHAS=other\nEMPTY=filled\nexport A='a b$c'\nB=\nC=x # told\n"
    (tmp_path / ".env").write_text(text, encoding="utf-8")
    read_keys(tmp_path)
    assert os.environ == {"HAS": "exported", "EMPTY": "filled", "A": "a b$c", "C": "x"}


@pytest.mark.parametrize(
    "line", ["set A=x-1", "$env:A='x-1'", "A: x-1", "A：x-1", "A＝“x-1”", "A=x-1\u200b  # mine", "export A = x-1"]
)
def test_a_key_may_be_typed_in_many_ways(tmp_path, monkeypatch, line):
    """There is only one thing that can be meant."""
    monkeypatch.setattr(os, "environ", {})
    (tmp_path / ".env").write_text(f"B=https://h.org/x:y\n{line}\n", encoding="utf-8")
    read_keys(tmp_path)
    assert os.environ == {"A": "x-1", "B": "https://h.org/x:y"}


def test_a_key_without_a_name_is_not_shown(tmp_path):
    """Only its line is."""
    (tmp_path / ".env").write_text("# mine\nsk-0123456789abcdef\n")
    with pytest.raises(ConfigError, match=r"\.env:2: is not NAME=VALUE") as error:
        read_keys(tmp_path)
    assert "0123" not in str(error.value)


def test_keys_that_cannot_be_read(tmp_path):
    (tmp_path / ".env").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "config.yaml").write_text("{}", encoding="utf-8")
    ran = wenzhai("--config", tmp_path / "config.yaml", "status")
    assert ran.exit_code == 1 and ".env: cannot be read" in ran.stderr and "Traceback" not in ran.stderr


def test_the_page_of_providers_is_the_table():
    """`python -m tests.providers_page` writes it anew."""
    assert providers_page.PAGE.read_text("utf-8") == providers_page.page()


def test_the_schema_knows_rows_of_tables():
    schema = config_schema()
    for digest in (["cs.CL"], {"categories": ["cs.CL"], "interests": ["智能体"]}):
        jsonschema.validate({"digests": {"a": digest}}, schema)
    jsonschema.Draft202012Validator.check_schema(schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"fetch": {"source": "fed"}}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"modle": {}}, schema)
    assert schema["$defs"]["ModelSettings"]["properties"]["repairs"]["description"].startswith("How often")


def test_every_paid_preset_says_where_to_look():
    """A price without a page would be a claim; a page without a key could not be used."""
    for row in PRESETS:
        assert bool(row.keys) == bool(row.key_name) == bool(row.prices), row.name
        assert row.notes.keys() <= row.model.keys(), row.name
        assert "price" not in row.model or re.search(r"20\d\d-\d\d", row.notes["price"]), row.name
    assert preset_named("deepseek") and not preset_named("other")


def test_the_version_is_told():
    ran = wenzhai("--version")
    assert ran.exit_code == 0 and re.fullmatch(r"wenzhai \d+\.\d+\.\d+\n", ran.output)
