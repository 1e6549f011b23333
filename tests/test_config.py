"""config.yaml: read, overlaid, checked, and complained about in one line that helps."""

from pathlib import Path

import pytest

from pipeline.config import load_config, parse_config
from pipeline.errors import ConfigError
from pipeline.model.providers import in_flight, unit_of
from pipeline.settings import DigestSettings, ModelSettings


@pytest.fixture
def write(tmp_path):
    def write(text: str) -> Path:
        path = tmp_path / "config.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def complaint(data: dict) -> str:
    with pytest.raises(ConfigError) as error:
        parse_config(data, folder=Path("/somewhere"), name="config.yaml")
    return str(error.value)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ({"modle": {}}, "config.yaml: modle: unknown key, did you mean model?"),
        ({"model": {"temprature": 1}}, "config.yaml: model.temprature: unknown key, did you mean temperature?"),
        ({"validat": {}}, "config.yaml: validat: unknown key, did you mean validate?"),
        ({"rules": {}}, "config.yaml: rules: unknown key, "),
        ({"model": {"price": {"inptu": 1}}}, "config.yaml: model.price.inptu: unknown key, did you mean input?"),
        (
            {"model": {"fallback": {"nam": "x"}}},
            "config.yaml: model.fallback.nam: unknown key, did you mean name?",
        ),
    ],
)
def test_an_unknown_key_names_the_nearest_known_one(data, line):
    """A typo in any section, however deep, is answered with the key that was meant."""
    assert complaint(data).startswith(line)


def test_an_unknown_key_like_no_other_lists_what_is_known():
    """Where nothing is near, the keys of that section are listed, and of no other."""
    said = complaint({"assemble": {"qqqq": 1}})
    assert said == "config.yaml: assemble.qqqq: unknown key, known are: typography, formats, site"


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ({"model": {"temperature": -1}}, "model.temperature: "),
        ({"model": {"concurrency": 0}}, "model.concurrency: "),
        ({"fetch": {"announce_types": ["old"]}}, "fetch.announce_types"),
        ({"validate": {"severity": {"mixed": "loud"}}}, "validate.severity.mixed"),
        ({"model": 5}, "model: "),
    ],
)
def test_a_bad_value_is_named_with_its_place(data, place):
    """The message holds the file, the key and what was found there."""
    assert complaint(data).startswith(f"config.yaml: {place}")
    assert "(it is " in complaint(data)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"fetch": {"announce_types": "new"}}, 'fetch.announce_types: must be a list; write [new] (it is "new")'),
        ({"model": "local"}, 'model: must be a section, with keys under it (it is "local")'),
        (
            {"model": {"concurrency": "many"}},
            'model.concurrency: must be a whole number in ordinary digits, such as 60, without a unit (it is "many")',
        ),
        ({"model": {"concurrency": 0}}, "model.concurrency: must be 1 or more (it is 0)"),
        ({"model": {"bundle": "perhaps"}}, 'model.bundle: must be true or false (it is "perhaps")'),
        ({"model": {"name": None}}, "model.name: must be text; a number needs quotes (it is null)"),
        ({"fetch": {"timeout_seconds": -1}}, "fetch.timeout_seconds: must be more than 0 (it is -1)"),
        ({"assemble": {"formats": []}}, "assemble.formats: must not be empty (it is [])"),
        ({"output": [1]}, "output: must be the path of a file or folder (it is [1])"),
        (
            {"assemble": {"site": "arxiv.org"}},
            "assemble.site: must be an address, such as https://me.github.io/papers/",
        ),
        (
            {"validate": {"severity": {"mixed": "loud"}}},
            "validate.severity.mixed: must be 'reject', 'warn', 'count' or 'off' (it is \"loud\")",
        ),
        ({"validate": {"severity": {"review": "reject"}}}, "validate: severity.review: cannot reject: "),
        ({"validate": {"term": "never"}}, "validate.term: must be 'forbidden' or 'required' (it is \"never\")"),
    ],
)
def test_a_complaint_is_in_words_of_the_file(data, told):
    """Lists and sections, not tuples and dictionaries; one line for one value."""
    assert complaint(data).startswith(f"config.yaml: {told}")
    assert "\n" not in complaint(data)


def test_an_unknown_rule_names_the_nearest_known_one():
    """A severity for a rule that does not exist would change nothing, in silence."""
    said = complaint({"validate": {"severity": {"omited": "reject"}}})
    assert said == "config.yaml: validate: severity.omited: unknown rule, did you mean omitted?"
    assert "known are: no_answer, no_paper" in complaint({"validate": {"severity": {"qqqq": "off"}}})


def test_an_unknown_provider_names_the_nearest_known_one():
    """Of the model and of any fallback; where none is near, all are listed."""
    assert complaint({"model": {"provider": "opnai"}}) == (
        "config.yaml: model.provider: opnai: unknown, did you mean openai?"
    )
    said = complaint({"model": {"provider": "qqqq", "fallback": {"provider": "lokal", "name": "x"}}})
    assert said.splitlines() == [
        "config.yaml: model.provider: qqqq: unknown, known are: local, openai, langchain",
        "config.yaml: model.fallback.provider: lokal: unknown, did you mean local?",
    ]


KEY = "sk-0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    "data",
    [
        {"model": {"api_key": KEY}},
        {"model": {"api_key_env": KEY}},
        {"model": {"api_key_env": "a1b2c3d4e5f60718293a4b5c6d7e8f90"}},
        {"model": {"api_key_env": "12345678-1234-1234-1234-123456789012"}},
        {"model": {"base_url": f"https://api.example.com/v1?key={KEY}"}},
        {"model": {"extra_body": {"headers": [{"Authorization": f"Bearer {KEY}"}]}}},
        {"model": {"name": KEY}},
        {"model": {"name": "a1b2c3d4e5f60718293a4b5c6d7e8f90"}},
        {"model": {"extra_body": {"headers": {"Authorization": "Bearer 12345678-1234-1234-1234-123456789012"}}}},
        {"digests": {KEY: ["cs.CL"]}},
        {KEY: 1},
    ],
    ids=str,
)
def test_a_key_typed_into_the_config_is_refused_without_being_shown(data):
    """Wherever it stands, with the place where it belongs."""
    said = complaint(data)
    assert "environment variable" in said
    assert not [part for part in (KEY[4:], "a1b2c3", "1234-1234") if part in said]


@pytest.mark.parametrize("change", [KEY, f"model.base_url=[{KEY}", f"model.api_key={KEY}"])
def test_a_key_typed_on_the_command_line_is_not_shown(write, change):
    """Nor one in a broken file."""
    with pytest.raises(ConfigError) as caught:
        load_config(write(""), (change,))
    assert KEY not in str(caught.value)
    with pytest.raises(ConfigError) as caught:
        load_config(write(f"model: {{api_key: {KEY}\n x: ["))
    assert KEY not in str(caught.value)


def test_every_complaint_has_a_line_of_its_own():
    """Two mistakes are told at once."""
    assert len(complaint({"modle": {}, "fetch": {"pth": 1}}).splitlines()) == 2


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"fetch": {"source": "fed"}}, "config.yaml: fetch.source: fed: unknown, did you mean feed?"),
        ({"fetch": {"source": "xyz"}}, "config.yaml: fetch.source: xyz: unknown, known are: feed, api, jsonl"),
        ({"assemble": {"formats": ["jason"]}}, "config.yaml: assemble.formats: jason: unknown, did you mean json?"),
    ],
)
def test_a_name_of_no_row_names_the_nearest_row(data, said):
    """Sources and formats are held to their tables."""
    assert complaint(data) == said


def test_two_names_of_no_row_are_told_at_once():
    """Each in a line of its own."""
    assert len(complaint({"fetch": {"source": "fed"}, "assemble": {"formats": ["pdf"]}}).splitlines()) == 2


def test_source_jsonl_needs_a_path():
    """The message names the key that is lacking."""
    assert complaint({"fetch": {"source": "jsonl"}}) == (
        "config.yaml: fetch.source: jsonl: needs fetch.path, the file of papers to read"
    )


@pytest.mark.parametrize("name", ["../x", "..", ".", "a/b", "/etc", "a\\b", "", ".hidden", "x\n", "-x", "a b"])
def test_a_digest_name_cannot_leave_the_output_folder(name):
    """A digest's name is a folder's name too, so nothing that moves about is one."""
    assert "digests" in complaint({"digests": {name: ["cs.CL"]}})


@pytest.mark.parametrize("name", ["cs.CL", "语言", "a-b_c+d", "2024"])
def test_ordinary_digest_names_are_taken(name):
    """Categories, Chinese and the usual signs name a digest."""
    assert parse_config({"digests": {name: ["cs.CL"]}}, folder=Path()).digests[name].categories == ("cs.CL",)


def test_paths_start_at_the_folder_of_the_file(write, tmp_path, monkeypatch):
    """Paths written, left out, and in a section without keys all start where the file lies, wherever one stands."""
    monkeypatch.chdir("/")
    config = load_config(write("output: there\nsummarize:\nmodel: {path: m.gguf}\nglossary: /elsewhere/g.yaml\n"))
    assert config.output == tmp_path / "there"
    assert config.model.path == tmp_path / "m.gguf"
    assert config.glossary == Path("/elsewhere/g.yaml")
    assert config.summarize.prompt == tmp_path / "prompts/summarize.md"
    assert config.translate.prompt == tmp_path / "prompts/translate.md"


def test_tilde_is_the_home_folder(monkeypatch):
    """~ is understood as in a shell."""
    monkeypatch.setenv("HOME", "/home/ada")
    assert parse_config({"output": "~/digests"}, folder=Path("/x")).output == Path("/home/ada/digests")


def test_a_relative_config_file_gives_absolute_paths(write, tmp_path, monkeypatch):
    """`--config config.yaml` from its own folder is not a path relative to a path."""
    write("{}")
    monkeypatch.chdir(tmp_path)
    assert load_config(Path("config.yaml")).output == tmp_path / "outputs"


def test_an_empty_file_is_the_default_config(write):
    """Nothing has to be set to begin."""
    config = load_config(write(""))
    assert config.digests == {"cs.CL": DigestSettings(categories=("cs.CL",))}
    assert config.model.provider == "local"


def test_set_lays_yaml_values_over_the_file(write):
    """--set reaches a key at any depth, keeps its neighbours, and reads numbers, null and lists as YAML does."""
    path = write("model: {name: big, temperature: 1, max_cost: 3}\n")
    config = load_config(
        path,
        (
            "model.temperature=0.5",
            "model.max_cost=null",
            "model.price.input=2",
            "fetch.exclude=[a, b]",
            "digests={cs.LG: [cs.LG]}",
            "model.base_url=http://127.0.0.1:9/v1?a=b",
        ),
    )
    assert (config.model.name, config.model.temperature, config.model.max_cost) == ("big", 0.5, None)
    assert config.model.price.input == 2
    assert config.fetch.exclude == ("a", "b")
    assert config.digests == {"cs.LG": DigestSettings(categories=("cs.LG",))}
    assert config.model.base_url == "http://127.0.0.1:9/v1?a=b"


def test_set_reaches_into_a_section_without_keys(write):
    """`model:` with nothing under it is a section all the same."""
    assert load_config(write("model:\n"), ("model.name=big",)).model.name == "big"


def test_the_last_set_wins(write):
    """Of two changes to one key the later counts."""
    assert load_config(write("{}"), ("model.name=a", "model.name=b")).model.name == "b"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("model.name", "--set model.name: must be KEY=VALUE"),
        ("=x", "--set =x: must be KEY=VALUE"),
        ("output.x=1", "--set output.x: output is not a section"),
        ("model.name=[", "--set model.name: the value is not YAML: ["),
        ("model.nmae=x", "config.yaml: model.nmae: unknown key, did you mean name?"),
    ],
)
def test_a_bad_set_is_named(write, change, said):
    """What was typed is in the message."""
    with pytest.raises(ConfigError) as error:
        load_config(write("output: x\n"), (change,))
    assert str(error.value).startswith(said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("digests: {}\n", "config.yaml:1: digests: name at least one digest"),
        ("digests: {cs.CL: []}\n", "config.yaml:1: digests: cs.CL: has no categories; write cs.CL: [cs.CL]"),
        ("digests: {cs.CL: [cs.CL cs.AI]}\n", "config.yaml:1: digests: cs.CL: cs.CL cs.AI is no category of arXiv"),
        (
            "# x\nmodel:\n  workers: 1\n  api_base: x\n",
            "config.yaml:4: model.api_base: unknown key, did you mean base_url?",
        ),
        ("review:\n  share: 50%\n", "config.yaml:2: review.share: must be a number"),
        ("model:\n  workers: None\n", "config.yaml:2: model.workers: must be a whole number"),
        ("digests: [cs.CL]\n", "config.yaml:1: digests: give each digest a name"),
        ("output: C:\\papers\n", "config.yaml:1: output: is a path of Windows"),
        ("fetch:\n  source:feed\n", "config.yaml:2: has no space after the colon; write `source: `"),
        ("digests:\n  cs.CL: [cs.CL， cs.AI]\n", "config.yaml:2: has a full-width comma"),
    ],
)
def test_a_slip_in_the_file_is_told_first(write, text, said):
    """With its line, where it is known, and what to type."""
    with pytest.raises(ConfigError) as error:
        load_config(write(text))
    assert str(error.value).startswith(said)


def test_a_set_has_no_line(write):
    """The file is right where the command line is wrong."""
    with pytest.raises(ConfigError, match=r"^config\.yaml: model\.workers: must be a whole number"):
        load_config(write("model:\n  workers: 1\n"), ("model.workers=x",))


def test_what_is_clear_is_taken(write, monkeypatch):
    """Curly quotation marks, $ before a variable's name, $HOME, and categories in any case."""
    monkeypatch.setenv("HOME", "/home/ada")
    text = "output: $HOME/out\nmodel: {name: “sim”, api_key_env: '${MY_KEY}'}\ndigests: {a: [CS.cl, Physics.SOC-PH]}\n"
    config = load_config(write(text))
    assert (config.output, config.model.name, config.model.api_key_env) == (Path("/home/ada/out"), "sim", "MY_KEY")
    assert config.digests["a"].categories == ("cs.CL", "physics.soc-ph")


@pytest.mark.parametrize("typed", ["cs.CL", "cs.CL, cs.AI", "cs.CL，cs.AI"])
def test_categories_may_be_typed_without_brackets(write, typed):
    """There is only one thing that can be meant."""
    categories = load_config(write(f"digests:\n  cs.CL: {typed}\n")).digests["cs.CL"].categories
    assert ", ".join(categories) == typed.replace("，", ", ")


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"a: [", "not YAML"), (b"- a\n", "must hold keys"), (b"\xff\xfe\x00", "cannot be read"), (None, "not found")],
)
def test_a_file_that_is_no_config_is_one_line(tmp_path, content, said):
    """Missing, undecodable, broken or listing: one line with the file's name."""
    path = tmp_path / "config.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError) as error:
        load_config(path)
    assert str(error.value).startswith(f"{path}:")
    assert said in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("settings", "by_sentences"),
    [
        ({}, True),
        ({"provider": "openai"}, False),
        ({"unit": "abstract"}, False),
        ({"provider": "openai", "unit": "sentences"}, True),
    ],
)
def test_the_embedded_model_is_asked_by_sentences_unless_told_otherwise(settings, by_sentences):
    """The unit follows the provider where it isn't set."""
    assert (unit_of(ModelSettings(**settings)) == "sentences") is by_sentences


def test_a_config_cannot_be_changed():
    """Settings are handed about; nobody may alter them under another's feet."""
    with pytest.raises(ValueError, match="frozen"):
        parse_config({}, folder=Path()).model.name = "other"


def test_the_shipped_config_is_valid_and_says_the_defaults():
    """config.yaml in the checkout spells out defaults, so a new user sees what holds."""
    from pipeline.files import shipped

    path = shipped("config.yaml")
    assert load_config(path) == parse_config({}, folder=path.parent)


def test_interests_of_a_digest():
    """A mapping has categories, interests and mute; the list of categories alone is its short form."""
    digests = {"a": {"categories": ["cs.CL"], "interests": [" 智能体 "], "mute": ["survey"]}, "b": ["cs.AI"]}
    parsed = parse_config({"digests": digests}, folder=Path()).digests
    assert parsed["a"] == DigestSettings(categories=("cs.CL",), interests=("智能体",), mute=("survey",))
    assert parsed["b"].interests == ()


@pytest.mark.parametrize(
    ("digest", "told"),
    [
        ({"categories": ["cs.CL"], "intrests": []}, "digests.a.intrests: unknown key, did you mean interests?"),
        ({"categories": []}, "digests: a: has no categories; write a: [cs.CL]"),
        ({"categories": ["cs.CL"], "mute": ["、"]}, "digests.a.mute.0"),
    ],
)
def test_a_digest_that_is_none(digest, told):
    """Says what is meant."""
    assert told in complaint({"digests": {"a": digest}})


def test_a_providers_row_counts_where_the_settings_say_nothing():
    """How many calls are in flight at once, and what a question is about."""
    bare, own = ModelSettings(provider="local"), ModelSettings(provider="local", concurrency=3, unit="abstract")
    assert (in_flight(bare), unit_of(bare)) == (1, "sentences")
    assert (in_flight(own), unit_of(own)) == (3, "abstract")
