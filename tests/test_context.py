"""What a run asks with: the prompts and models of a config, and the fields that its stages want."""

import shutil
from pathlib import Path

import pytest

from pipeline.asking.context import asked_by, context_of, fields_of, prompt_of, reviewers_of
from pipeline.config import parse_config
from pipeline.fields import REVIEW, TASKS
from tests.factories import context, model

REMOTE = {"provider": "openai", "name": "tiny", "base_url": "http://127.0.0.1:9/v1"}
PROMPTS = Path(__file__).parents[1] / "prompts"


@pytest.fixture
def config(tmp_path):
    """A config with these sections, beside the prompts that ship."""
    shutil.copytree(PROMPTS, tmp_path / "prompts")
    return lambda **sections: parse_config({"model": REMOTE} | sections, folder=tmp_path)


def test_each_model_of_a_run_is_named_once():
    """The writer first; a reader that is the writer is one with it."""
    writer, reader = model(), model(name="reader")
    assert context(writer, reviewers=(writer, reader)).every_model == (writer, reader)


@pytest.mark.parametrize(
    ("reader", "names"),
    [
        (None, []),
        ("same", ["tiny", "big"]),
        ({**REMOTE, "name": "reader"}, ["reader"]),
        ({"provider": "local"}, []),
    ],
)
def test_the_readers_are_those_of_the_config(config, reader, names):
    """With their fallbacks; a model that is no judge is none. Only a run that has one reads its prompt."""
    asked = config(model=REMOTE | {"fallback": {**REMOTE, "name": "big"}}, review={"model": reader})
    assert [each.name for each in reviewers_of(asked)] == names
    run = context_of(asked)
    assert ([each.name for each in run.models], [each.name for each in run.reviewers]) == (["tiny", "big"], names)
    assert {*run.prompts} == ({*TASKS, REVIEW} if names else {*TASKS})
    for stages, wanted in ((TASKS, False), ((*TASKS, REVIEW), bool(names))):
        assert (REVIEW in asked_by(asked, stages)) == wanted


@pytest.mark.parametrize("task", TASKS)
def test_what_the_first_version_asked_counts_for_who_uses_the_shipped_prompt(config, task):
    """Whoever edits it asks for other texts."""
    shipped = prompt_of(config(), task)
    (former,) = shipped.former
    assert former.text and former != shipped
    path = config().summarize.prompt.parent / f"{task}.md"
    path.write_text(path.read_text(encoding="utf-8").replace("# 任务\n", "# 任务\n\n要简洁。\n"), encoding="utf-8")
    assert prompt_of(config(), task).former == ()


def test_a_small_model_is_shown_all_examples(config):
    """And no other one those that are for it alone."""
    large, small = (prompt_of(config(model=REMOTE | {"unit": unit}), "translate") for unit in ("abstract", "sentences"))
    assert large.small and small.small == ()
    assert len(small.examples) == len(large.examples) + len(large.small)


def test_a_field_with_a_switch_is_asked_for_where_it_is_on(config):
    """The others always; each by its stage."""
    assert fields_of(config(summarize={"english": False}), TASKS) == ("summary_zh", "title_zh", "abstract_zh")
    assert fields_of(config(summarize={"english": True}), TASKS) == (
        *("summary_zh", "summary_en", "title_zh", "abstract_zh"),
    )
    assert fields_of(config(), ("translate",)) == ("title_zh", "abstract_zh")
