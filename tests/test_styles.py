"""The styles that travel with Wenzhai: complete prompts, with examples that keep the rules themselves."""

import re

import pytest

from pipeline.asking.prompts import load_prompt
from pipeline.commands.workbench import check, styles
from pipeline.config import parse_config
from pipeline.files import shipped
from pipeline.text.han import han
from pipeline.text.sentences import split_chinese

FILES = sorted((shipped("prompts") / "styles").glob("*.md"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_style_passes_the_check(path):
    """Also in what its own examples do: they are answers that no rule finds anything in."""
    config = parse_config({"summarize": {"prompt": str(path)}}, folder=shipped("prompts").parent)
    assert [finding for finding in check(config) if finding.grade != "ok"] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_style_says_how_long_and_shows_it(path):
    """Examples within the length asked for and two sentences."""
    prompt = load_prompt(path, max_chars=77)
    assert "77" in prompt.task
    for example in prompt.examples:
        assert han(example.chinese) <= 77
        assert len(split_chinese(example.chinese)) <= 2
        assert example.answer("summary_en")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_example_invites_to_be_copied(path):
    """A small model takes facts from the last one into its answer: so they are several, short, and the last has no number."""
    examples = load_prompt(path, max_chars=77).examples
    assert len(examples) >= 3
    assert all(len(example.english.split()) < 90 for example in examples)
    assert not re.search(r"\d", examples[-1].english + examples[-1].chinese)


def test_bullets_are_one_sentence():
    """Several points, one full stop: they pass not_one_sentence as it is."""
    prompt = load_prompt(shipped("prompts") / "styles" / "bullets.md", max_chars=80)
    for example in prompt.examples:
        points = re.findall(r"[①②③④]", example.chinese)
        assert points == list("①②③④"[: len(points)]) and len(points) >= 2
        assert len(split_chinese(example.chinese)) == 1


def test_the_styles_are_listed():
    """At least four, each with a line of its own."""
    listed = dict(styles())
    assert [*listed] == FILES
    assert {"academic", "plain", "social", "bullets"} <= {path.stem for path in listed}
    assert len(set(listed.values())) == len(listed)
    assert all(len(line) > 8 and "\n" not in line for line in listed.values())
