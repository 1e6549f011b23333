"""Whether a day would come out as it is; what a run does with that is test_run.py's."""

import pytest

from pipeline.config import Config
from pipeline.records import RunReport, RunRequest
from pipeline.run import fingerprints
from pipeline.run.day import Day
from pipeline.settings import AssembleSettings, ReviewSettings
from tests.factories import DAY, model

ALL = ("fetch", "summarize", "translate", "review", "validate", "assemble")


@pytest.mark.parametrize(
    "name", ["rules/numbers.py", "render/page.js", "render/page.html.jinja", "run/fingerprints.py"]
)
def test_code_shapes_a_day_wherever_it_lies(name, tmp_path, monkeypatch):
    """A rule or a template that changed makes every day anew."""
    monkeypatch.setattr(fingerprints, "PACKAGE", tmp_path)
    (tmp_path / name).parent.mkdir()
    codes = set()
    for content in ("one", "other"):
        (tmp_path / name).write_text(content)
        codes.add(fingerprints.code.__wrapped__())
    assert len(codes) == 2


def test_all_code_is_looked_at():
    """From the package's own folder on."""
    assert (fingerprints.PACKAGE / "rules" / "numbers.py").exists()
    assert (fingerprints.PACKAGE / "__main__.py").exists()


@pytest.fixture
def config(tmp_path):
    prompts = {task: {"prompt": tmp_path / f"{task}.md"} for task in ("summarize", "translate", "review")}
    return Config(
        **prompts,
        output=tmp_path,
        glossary=tmp_path / "glossary.yaml",
        assemble=AssembleSettings(formats=("markdown",)),
    )


@pytest.fixture
def day(tmp_path):
    return Day("cs.CL", DAY, tmp_path / "day", 1, lambda _: {}, RunReport())


def test_a_stage_is_shaped_by_what_it_reads(config, day):
    """Its own prompt, and what concerns all; a reader's prompt only where there is a reader."""
    everywhere = {"config", "glossary", "corrections.yaml", "redos.jsonl", "code"}
    assert fingerprints.shaping(config, day, ["summarize", "review"]).keys() == everywhere | {"summarize.prompt"}
    bare = config.model_copy(update={"glossary": None})
    assert fingerprints.shaping(bare, day, ["validate"]).keys() == everywhere - {"glossary"}
    read = config.model_copy(update={"review": ReviewSettings(model=model())})
    assert fingerprints.shaping(read, day, ["review"]).keys() == everywhere | {"review.prompt"}


def test_the_documents_are_shaped_by_every_stage_file_and_the_cost(config, day):
    """No other stage is."""
    assembled = fingerprints.shaping(config, day, ["assemble"])
    assert {"papers.jsonl", "translations.jsonl", "problems.jsonl", "cost"} <= assembled.keys()
    day.update_report(model="another")
    assert {
        name for name, each in fingerprints.shaping(config, day, ["assemble"]).items() if each != assembled[name]
    } == {"cost"}


def test_a_stage_makes_its_files_and_the_last_one_the_documents(config, day):
    """Each with its fingerprint, which is empty where it is not there."""
    assert fingerprints.made(config, day, ["summarize"]) == {"summaries.jsonl": "", "failures.jsonl": ""}
    assert fingerprints.made(config, day, ["validate"]).keys() == {"problems.jsonl"}
    day.folder.mkdir()
    (day.folder / "digest.md").write_text("x")
    assembled = fingerprints.made(config, day, ["assemble"])
    assert assembled.keys() == {"digest.md"}
    assert assembled["digest.md"] == fingerprints.fingerprint_of(day.folder / "digest.md") != ""


def test_a_day_is_unchanged_if_all_that_shaped_it_is(config, day):
    """And a whole run is asked for; one that asks anew is never sure."""
    request = RunRequest(stages=ALL)
    assert not fingerprints.is_unchanged(config, request, day)
    day.update_report(unchanged=fingerprints.unchanged(config, request, day))
    assert fingerprints.is_unchanged(config, request, day)
    assert fingerprints.is_unchanged(config, RunRequest(stages=ALL[1:]), day)
    for other in ({"again": True}, {"limit": 3}, {"stages": ALL[:-1]}):
        assert not fingerprints.is_unchanged(config, request.model_copy(update=other), day)
    day.folder.mkdir()
    (day.folder / "translations.jsonl").write_text("")
    assert not fingerprints.is_unchanged(config, request, day)


def test_a_file_is_edited_if_it_is_not_as_a_stage_left_it(day):
    """One that nobody wrote and that is not there is as it was."""
    assert not fingerprints.is_edited(day, "summaries.jsonl")
    day.folder.mkdir()
    (day.folder / "summaries.jsonl").write_text("one")
    assert fingerprints.is_edited(day, "summaries.jsonl")
    day.update_report(files={"summaries.jsonl": fingerprints.fingerprint_of(day.folder / "summaries.jsonl")})
    assert not fingerprints.is_edited(day, "summaries.jsonl")
