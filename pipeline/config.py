"""Reads config.yaml and checks it: keys against the sections in settings.py, names against the tables.

An unknown key or name is an error that names the nearest known one.
"""

import difflib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

from pydantic import Field, ValidationError, field_validator

from pipeline.errors import ConfigError
from pipeline.model.providers import PROVIDERS
from pipeline.records import NAMES
from pipeline.rules import ValidateSettings
from pipeline.settings import (
    A_SECTION,
    AssembleSettings,
    DigestSettings,
    FetchSettings,
    ModelSettings,
    RelativePath,
    ReviewSettings,
    Section,
    SummarizeSettings,
    TranslateSettings,
)
from pipeline.sources.table import SOURCES
from pipeline.text.secrets import holds_key, is_key, masked
from pipeline.written import Unreadable, line_of, slip_in, text_of, yaml_in

_A_KEY = "holds a provider's key (not shown); put it into an environment variable, and that variable's name into model.api_key_env"
_MEANT = {
    "api_base": "base_url",
    "endpoint": "base_url",
    "url": "base_url",
    "model": "name",
    "qps": "requests_per_minute",
    "rpm": "requests_per_minute",
    "tpm": "tokens_per_minute",
}
"""What other programs call a key → what it is called here."""
_MOST_TOLD = 20
"""Complaints at a time; finding the line of each takes a while."""
_SHOWN_CHARS = 80
"""Characters of a wrong value that are shown."""
_WORDS = {
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type"), "must be a section, with keys under it"),
    **dict.fromkeys(("tuple_type", "list_type"), "must be a list, such as [a, b]"),
    "too_short": "must not be empty",
    "string_type": "must be text; a number needs quotes",
    **dict.fromkeys(
        ("int_type", "int_parsing", "int_from_float"),
        "must be a whole number in ordinary digits, such as 60, without a unit",
    ),
    **dict.fromkeys(
        ("float_type", "float_parsing"),
        "must be a number in ordinary digits, such as 60 or 0.5, without a unit, comma or %",
    ),
    "finite_number": "must be a number that has an end",
    **dict.fromkeys(("bool_type", "bool_parsing"), "must be true or false"),
    "string_pattern_mismatch": "has characters that cannot stand there; allowed is {pattern}",
    "path_type": "must be the path of a file or folder",
    "literal_error": "must be {expected}",
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be {ge:g} or more",
    "less_than_equal": "must be {le:g} or less",
}
"""What pydantic calls a fault → what the user is told; it speaks of dictionaries and tuples."""


class Config(Section):
    digests: dict[Annotated[str, Field(pattern=r"^\w[\w.+-]*$", max_length=80)], DigestSettings] = {  # noqa: RUF012 - pydantic copies it
        "cs.CL": DigestSettings(categories=("cs.CL",))
    }
    """By name, which is also its folder."""

    @field_validator("digests", mode="before")
    @classmethod
    def _are_categories(cls, digests: object) -> object:
        if not isinstance(digests, dict | None):
            raise ValueError("give each digest a name and its categories, such as cs.CL: [cs.CL]")
        if not digests:
            raise ValueError("name at least one digest, such as cs.CL: [cs.CL]")
        return {name: _digest(name, row) for name, row in digests.items()}

    output: RelativePath = Path("outputs")
    fetch: FetchSettings = FetchSettings()
    model: ModelSettings = ModelSettings()
    summarize: SummarizeSettings = SummarizeSettings()
    translate: TranslateSettings = TranslateSettings()
    review: ReviewSettings = ReviewSettings()
    glossary: RelativePath | None = Path("prompts/glossary.yaml")
    rules: ValidateSettings = Field(ValidateSettings(), alias="validate")
    """`validate:` in the file; pydantic keeps that name for itself."""
    assemble: AssembleSettings = AssembleSettings()


def _digest(name: object, row: object) -> object:
    """A row of `digests:`; categories alone are its short form. Raises ValueError."""
    if isinstance(row, DigestSettings):
        return row
    keys = row if isinstance(row, dict) else {"categories": row}
    return keys | {"categories": _categories(name, keys.get("categories"))}


def _categories(name: object, listed: object) -> object:
    """The categories of a digest, which may also be one string. Raises ValueError."""
    if isinstance(listed, str):
        listed = [each for each in re.split(r"[\s,，、]+", listed) if each]
    if not listed:
        raise ValueError(f"{name}: has no categories; write {name}: [cs.CL]")
    for each in listed if isinstance(listed, (list, tuple)) else ():
        if not re.fullmatch(r"[A-Za-z-]+(\.[A-Za-z-]+)?", str(each)):
            raise ValueError(f"{name}: {each} is no category of arXiv; write {name}: [cs.CL, cs.AI]")
    return [_as_arxiv_writes(each) for each in listed] if isinstance(listed, (list, tuple)) else listed


def _as_arxiv_writes(category: str) -> str:
    """cs.cl → cs.CL, and Physics.SOC-PH → physics.soc-ph: only subjects of two letters are in capitals."""
    archive, dot, subject = category.partition(".")
    return archive.lower() + dot + (subject.upper() if len(subject) == 2 else subject.lower())


def load_config(path: Path, changes: tuple[str, ...] = ()) -> Config:
    """Reads a config file and applies `KEY=VALUE` changes to it; a value is YAML. Raises ConfigError."""
    try:
        text = text_of(path)
        data = _without_curly_quotes(yaml_in(text) or {})
    except FileNotFoundError:
        raise ConfigError(
            f"{path}: not found; `wenzhai init` makes one; if you have one, go to its folder or give --config FILE"
        ) from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from None
    except Unreadable as error:
        raise ConfigError(error.at(path)) from None
    slip = slip_in(text)
    if not isinstance(data, dict):
        raise ConfigError(
            slip.at(path) if slip else f"{path}: must hold keys such as `digests:`, not {type(data).__name__}"
        )
    for change in changes:
        _lay_over(data, change)
    changed = tuple(change.partition("=")[0] for change in changes)

    def line_of_key(place: Sequence[str | int]) -> int | None:
        return None if ".".join(map(str, place)).startswith(changed) else line_of(text, place)

    try:
        return parse_config(data, folder=path.absolute().parent, name=path.name, line_of_key=line_of_key)
    except ConfigError as error:
        raise ConfigError(f"{slip.at(path.name)}\n{error}" if slip else str(error)) from None


def parse_config(
    data: dict[str, Any],
    *,
    folder: Path,
    name: str = "config",
    line_of_key: Callable[[Sequence[str | int]], int | None] = lambda _: None,
) -> Config:
    """Checks plain data against the known keys; relative paths start at `folder`. Raises ConfigError, which names the line
    of a key where `line_of_key` knows it."""
    if keys := list(_keys_typed(data)):
        raise ConfigError("\n".join(f"{name}: {place}: {_A_KEY}" for place in keys))
    # The default paths of a missing or empty section must start at `folder` too, so it is validated like a given one.
    whole = data | {key: {} for key in _sections(Config) if data.get(key) is None}
    try:
        config = Config.model_validate(whole, context={"folder": folder})
    except ValidationError as error:
        raise ConfigError(
            "\n".join(_complaint(name, dict(row), line_of_key) for row in error.errors()[:_MOST_TOLD])
        ) from None
    if complaints := [f"{name}: {each}" for each in _against_tables(config)]:
        raise ConfigError("\n".join(complaints))
    return config


def config_schema() -> dict[str, Any]:
    """JSON Schema of config.yaml, with which editors complete and explain its keys."""
    from pipeline.render import FORMATS, SERIES, SITE

    schema = Config.model_json_schema()
    sections = schema["$defs"]
    sections["FetchSettings"]["properties"]["source"]["enum"] = list(SOURCES)
    sections["ModelSettings"]["properties"]["provider"]["enum"] = [row.name for row in PROVIDERS]
    sections["AssembleSettings"]["properties"]["formats"]["items"]["enum"] = list({**FORMATS, **SERIES, **SITE})
    short = {"type": "array", "items": {"type": "string"}}
    sections["DigestSettings"] = {"anyOf": [short, sections["DigestSettings"]]}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "config.yaml of Wenzhai"}


def _keys_typed(value: object, place: str = "") -> Iterator[str]:
    """The places where somebody typed an API key itself; found first, so that no error message shows it."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if is_key(str(key)):
                yield place or "a key of the file"
            else:
                yield from _keys_typed(inner, f"{place}.{key}".lstrip("."))
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _keys_typed(inner, place)
    elif isinstance(value, str) and (is_key(value) if _belongs_to_us(place) else holds_key(value)):
        yield place


def _belongs_to_us(place: str) -> bool:
    """Whether a value cannot rightly be a hash or a UUID: all but what is handed on to the provider."""
    handed_on, _, name = place.rpartition(".")
    return ".extra_body" not in f".{handed_on}" or bool(re.search(r"key|token|secret|auth", name, re.IGNORECASE))


def unknown(key: str, row: str, table: Iterable[str]) -> Iterator[str]:
    """An error message if the value of a config key is not a name in its table; nothing if it is."""
    known = list(table)
    if row not in known:
        near = difflib.get_close_matches(row, known, n=1, cutoff=0.5)
        yield f"{key}: {row}: unknown, " + (f"did you mean {near[0]}?" if near else f"known are: {', '.join(known)}")


def _against_tables(config: Config) -> Iterator[str]:
    """Error messages about names that are not in their table, and about keys that a row needs."""
    from pipeline.render import FORMATS, SERIES, SITE  # late: shell completion does not need them

    for name in config.digests:
        if name in SITE.values():
            yield f"digests: {name}: is the name of another folder there; give the digest another name"
    for each in config.assemble.formats:
        yield from unknown("assemble.formats", each, {**FORMATS, **SERIES, **SITE})
    yield from unknown("fetch.source", config.fetch.source, SOURCES)
    if source := SOURCES.get(config.fetch.source):
        for key, tells in source.needs.items():
            if getattr(config.fetch, key) is None:
                yield f"fetch.source: {source.name}: needs fetch.{key}, {tells}"
    for key, model in _models(config):
        yield from unknown(f"{key}.provider", model.provider, [row.name for row in PROVIDERS])
    yield from _against_review(config)


def _against_review(config: Config) -> Iterator[str]:
    """Error messages about what the second reader cannot have."""
    for each in config.review.fields:
        yield from unknown("review.fields", each, NAMES)
    if isinstance(reader := config.review.model, ModelSettings):
        if reader.max_cost is not None:
            yield "review.model.max_cost: a run has one cap for all its models: set model.max_cost"
        if reader.price.currency != config.model.price.currency:
            yield f"review.model.price.currency: must be model's, {config.model.price.currency}, because costs are added up"


def _models(config: Config) -> Iterator[tuple[str, ModelSettings]]:
    """Key in the config, and model: the writer, the second reader, and their fallbacks."""
    reader = config.review.model
    firsts = {"model": config.model, **({"review.model": reader} if isinstance(reader, ModelSettings) else {})}
    for first, model in firsts.items():
        key, each = first, model
        yield key, each
        while each.fallback:
            key, each = f"{key}.fallback", each.fallback
            yield key, each


def _lay_over(data: dict[str, Any], change: str) -> None:
    key, equals, value = change.partition("=")
    if not equals or not key:
        raise ConfigError(f"--set {masked(change)}: must be KEY=VALUE, such as model.name=deepseek-chat")
    *sections, last = key.split(".")
    for section in sections:
        if data.get(section) is None:
            data[section] = {}
        data = data[section]
        if not isinstance(data, dict):
            raise ConfigError(f"--set {key}: {section} is not a section of the config")
    try:
        data[last] = yaml_in(value)
    except Unreadable:
        raise ConfigError(f"--set {key}: the value is not YAML: {masked(value)}") from None


def _without_curly_quotes(value: Any) -> Any:  # noqa: ANN401 - whatever YAML holds
    """“text” is text: what an input method of Chinese types for a quotation mark is none of YAML's."""
    if isinstance(value, dict):
        return {key: _without_curly_quotes(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_without_curly_quotes(each) for each in value]
    quoted = re.fullmatch(r"[“”‘’＂＇]([^“”‘’＂＇]*)[“”‘’＂＇]", value) if isinstance(value, str) else None
    return quoted[1] if quoted else value


def _complaint(name: str, row: dict[str, Any], line_of_key: Callable[[Sequence[str | int]], int | None]) -> str:
    row["loc"] = tuple(part for part in row["loc"] if part != A_SECTION)
    place = ".".join(str(part) for part in row["loc"])
    if line := line_of_key([part for part in row["loc"] if part != "[key]"]):
        name = f"{name}:{line}"
    if row["type"] == "extra_forbidden":
        keys = _known_keys(row["loc"][:-1])
        meant = _MEANT.get(str(row["loc"][-1]).lower())
        near = [meant] if meant in keys else difflib.get_close_matches(str(row["loc"][-1]), keys, n=1, cutoff=0.5)
        known = ", ".join(keys)
        return f"{name}: {place}: unknown key, " + (f"did you mean {near[0]}?" if near else f"known are: {known}")
    if row["type"] == "value_error":
        return f"{name}: {place}: {row['ctx']['error']}"
    if row["loc"][-1:] == ("[key]",):
        place = place.removesuffix(".[key]")
        row["ctx"] = {"pattern": "letters, digits and . + - _, the first of them a letter or digit"}
    words = _WORDS.get(row["type"], row["msg"][0].lower() + row["msg"][1:])
    if row["type"] in {"list_type", "tuple_type"} and isinstance(row["input"], str):
        words = f"must be a list; write [{masked(row['input'])}]"
    if isinstance(row["input"], str) and row["input"].lower() in {"none", "nil", "无"}:
        words += "; for none write null"
    found = json.dumps(row["input"], ensure_ascii=False, default=str)
    return f"{name}: {place}: {words.format(**row.get('ctx', {}))} (it is {found[:_SHOWN_CHARS]})"


def _known_keys(path: tuple[str | int, ...]) -> list[str]:
    section: type[Section] = Config
    for part in path:
        section = {**_sections(section), **_mappings(section)}.get(str(part), section)
    return [field.alias or key for key, field in section.model_fields.items()]


def _sections(section: type[Section]) -> dict[str, type[Section]]:
    """The keys of a section that are sections themselves."""
    return {key: kinds[0] for key, kinds, is_mapping in _kinds(section) if kinds and not is_mapping}


def _mappings(section: type[Section]) -> dict[str, type[Section]]:
    """The keys of a section that hold sections by names of the user's own."""
    return {key: kinds[0] for key, kinds, is_mapping in _kinds(section) if kinds and is_mapping}


def _kinds(section: type[Section]) -> Iterator[tuple[str, list[type[Section]], bool]]:
    for key, field in section.model_fields.items():
        kinds = list(_parts(field.annotation))
        found = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Section)]
        yield field.alias or key, found, get_origin(field.annotation) is dict


def _parts(annotation: object) -> Iterator[object]:
    """An annotation and all that it is made of."""
    yield annotation
    for each in get_args(annotation):
        yield from _parts(each)
