"""Reads config.yaml and checks it: keys against the sections in settings.py, names against the tables.

An unknown key or name is an error that names the nearest known one.
"""

import difflib
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, get_args

from pydantic import Field, ValidationError, field_validator

from pipeline.errors import ConfigError
from pipeline.model.providers import PROVIDERS
from pipeline.rules import ValidateSettings
from pipeline.settings import (
    AssembleSettings,
    FetchSettings,
    ModelSettings,
    RelativePath,
    Section,
    SummarizeSettings,
    TranslateSettings,
)
from pipeline.sources.table import SOURCES
from pipeline.text.secrets import holds_key, is_key, masked
from pipeline.written import Unreadable, slip_in, text_of, yaml_in

_A_KEY = "holds a provider's key (not shown); put it into an environment variable, and that variable's name into model.api_key_env"
_SHOWN_CHARS = 80
"""Characters of a wrong value that are shown."""
_WORDS = {
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type"), "must be a section, with keys under it"),
    **dict.fromkeys(("tuple_type", "list_type"), "must be a list, such as [a, b]"),
    "too_short": "must not be empty",
    "string_type": "must be text; a number needs quotes",
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "must be a whole number"),
    **dict.fromkeys(("float_type", "float_parsing"), "must be a number"),
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
    digests: dict[Annotated[str, Field(pattern=r"^\w[\w.+-]*$", max_length=80)], tuple[str, ...]] = {  # noqa: RUF012 - pydantic copies it
        "cs.CL": ("cs.CL",)
    }
    """Name of the digest, also its folder: arXiv categories."""

    @field_validator("digests", mode="before")
    @classmethod
    def _are_categories(cls, digests: object) -> object:
        if not isinstance(digests, dict):
            return digests
        if not digests:
            raise ValueError("name at least one digest, such as cs.CL: [cs.CL]")
        return {name: _categories(name, listed) for name, listed in digests.items()}

    output: RelativePath = Path("outputs")
    fetch: FetchSettings = FetchSettings()
    model: ModelSettings = ModelSettings()
    summarize: SummarizeSettings = SummarizeSettings()
    translate: TranslateSettings = TranslateSettings()
    glossary: RelativePath | None = Path("prompts/glossary.yaml")
    rules: ValidateSettings = Field(ValidateSettings(), alias="validate")
    """`validate:` in the file; pydantic keeps that name for itself."""
    assemble: AssembleSettings = AssembleSettings()


def _categories(name: object, listed: object) -> object:
    """The categories of a digest, which may also be one string. Raises ValueError."""
    if isinstance(listed, str):
        listed = [each for each in re.split(r"[\s,，、]+", listed) if each]
    if not listed:
        raise ValueError(f"{name}: has no categories; write {name}: [cs.CL]")
    for each in listed if isinstance(listed, (list, tuple)) else ():
        if not re.fullmatch(r"[A-Za-z-]+(\.[A-Za-z-]+)?", str(each)):
            raise ValueError(f"{name}: {each} is no category of arXiv; write {name}: [cs.CL, cs.AI]")
    return listed


def load_config(path: Path, changes: tuple[str, ...] = ()) -> Config:
    """Reads a config file and applies `KEY=VALUE` changes to it; a value is YAML. Raises ConfigError."""
    try:
        text = text_of(path)
        data = yaml_in(text) or {}
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
    try:
        return parse_config(data, folder=path.absolute().parent, name=path.name)
    except ConfigError as error:
        raise ConfigError(f"{slip.at(path.name)}\n{error}" if slip else str(error)) from None


def parse_config(data: dict[str, Any], *, folder: Path, name: str = "config") -> Config:
    """Checks plain data against the known keys; relative paths start at `folder`. Raises ConfigError."""
    if keys := list(_keys_typed(data)):
        raise ConfigError("\n".join(f"{name}: {place}: {_A_KEY}" for place in keys))
    # The default paths of a missing or empty section must start at `folder` too, so it is validated like a given one.
    whole = data | {key: {} for key in _sections(Config) if data.get(key) is None}
    try:
        config = Config.model_validate(whole, context={"folder": folder})
    except ValidationError as error:
        raise ConfigError("\n".join(_complaint(name, dict(row)) for row in error.errors())) from None
    if complaints := [f"{name}: {each}" for each in _against_tables(config)]:
        raise ConfigError("\n".join(complaints))
    return config


def config_schema() -> dict[str, Any]:
    """JSON Schema of config.yaml, with which editors complete and explain its keys."""
    from pipeline.render import FORMATS, SERIES

    schema = Config.model_json_schema()
    sections = schema["$defs"]
    sections["FetchSettings"]["properties"]["source"]["enum"] = list(SOURCES)
    sections["ModelSettings"]["properties"]["provider"]["enum"] = [row.name for row in PROVIDERS]
    sections["AssembleSettings"]["properties"]["formats"]["items"]["enum"] = [*FORMATS, *SERIES]
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
    from pipeline.render import FORMATS, SERIES  # late: shell completion does not need them

    for each in config.assemble.formats:
        yield from unknown("assemble.formats", each, [*FORMATS, *SERIES])
    yield from unknown("fetch.source", config.fetch.source, SOURCES)
    if source := SOURCES.get(config.fetch.source):
        for key, tells in source.needs.items():
            if getattr(config.fetch, key) is None:
                yield f"fetch.source: {source.name}: needs fetch.{key}, {tells}"
    model: ModelSettings | None = config.model
    key = "model"
    while model:
        yield from unknown(f"{key}.provider", model.provider, [row.name for row in PROVIDERS])
        model, key = model.fallback, f"{key}.fallback"


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


def _complaint(name: str, row: dict[str, Any]) -> str:
    place = ".".join(str(part) for part in row["loc"])
    if row["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(row["loc"][-1]), _known_keys(row["loc"][:-1]), n=1, cutoff=0.5)
        known = ", ".join(_known_keys(row["loc"][:-1]))
        return f"{name}: {place}: unknown key, " + (f"did you mean {near[0]}?" if near else f"known are: {known}")
    if row["type"] == "value_error":
        return f"{name}: {place}: {row['ctx']['error']}"
    place = place.removesuffix(".[key]")
    words = _WORDS.get(row["type"], row["msg"][0].lower() + row["msg"][1:])
    found = json.dumps(row["input"], ensure_ascii=False, default=str)
    return f"{name}: {place}: {words.format(**row.get('ctx', {}))} (it is {found[:_SHOWN_CHARS]})"


def _known_keys(path: tuple[str | int, ...]) -> list[str]:
    section: type[Section] = Config
    for part in path:
        section = _sections(section).get(str(part), section)
    return [field.alias or key for key, field in section.model_fields.items()]


def _sections(section: type[Section]) -> dict[str, type[Section]]:
    """The keys of a section that are sections themselves."""
    found = {}
    for key, field in section.model_fields.items():
        for kind in (field.annotation, *get_args(field.annotation)):
            if isinstance(kind, type) and issubclass(kind, Section):
                found[field.alias or key] = kind
    return found
