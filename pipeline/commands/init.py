"""`wenzhai init`: a folder to work in, with config.yaml, its schema for editors, the prompts and a place for keys.

Nothing that is there is changed, but for config.schema.json, which is this version's, and a line in .gitignore.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from pipeline.config import config_schema
from pipeline.errors import FileError
from pipeline.files import shipped, write_text
from pipeline.keys import NAME as KEYS
from pipeline.presets import Preset, reviewer_for

SCHEMA = "config.schema.json"
_MODEL, _READER = re.compile(r"^model:\n(?: .*\n)+", re.M), re.compile(r"^  model: null .*\n", re.M)


def init(folder: Path, preset: Preset) -> Iterator[tuple[str, bool]]:
    """Makes what is missing; yields (name, whether it was made). Raises FileError."""
    if folder.exists() and not folder.is_dir():
        raise FileError(f"{folder}: is a file; name a folder")
    config = shipped("config.yaml").read_text(encoding="utf-8")
    first = f"# yaml-language-server: $schema={SCHEMA}\n"
    texts = {
        "config.yaml": first
        + _READER.sub(lambda _: _reader(preset), _MODEL.sub(lambda _: model_section(preset), config, count=1), count=1),
        KEYS: f"{preset.key_name}=\n" if preset.key_name else "# NAME=VALUE, such as WENZHAI_SEND_TO=feishu://TOKEN\n",
    }
    for source in sorted(shipped("prompts").rglob("*")):
        if source.is_file():
            name = source.relative_to(shipped("prompts").parent).as_posix()
            texts[name] = source.read_text(encoding="utf-8")
    for name, text in texts.items():
        yield name, _made(folder / name, text)
    _ignore_keys(folder / ".gitignore")
    write_text(folder / SCHEMA, json.dumps(config_schema(), ensure_ascii=False, indent=1) + "\n")


def _made(path: Path, text: str) -> bool:
    try:
        if path.exists() or path.is_symlink():
            return False
        write_text(path, text)
        if path.name == KEYS:
            path.chmod(0o600)
    except OSError as error:
        raise FileError(f"{path}: cannot be written: {error.strerror}; choose another folder") from None
    return True


def _ignore_keys(path: Path) -> None:
    """Git must never see the keys."""
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(f"{path}: cannot be read: {error}; it must hold a line {KEYS}") from None
    if KEYS not in text.splitlines():
        write_text(path, text + ("\n" if text and not text.endswith("\n") else "") + f"{KEYS}\n")


def model_section(preset: Preset) -> str:
    """`model:` of config.yaml with its comments; ends with a newline."""
    lines = [f"model:  # {preset.label}"]
    for key, value in preset.model.items():
        if told := _told(key, preset):
            lines.append(f"  # {told}")
        lines.append(f"  {key}: {_flow(value)}")
    if preset.prices and "price" not in preset.model:
        lines += [f"  # prices: {preset.prices}", "  # price: {currency: CNY, input: 0, cached: 0, output: 0}"]
    if preset.prices:
        lines += ["  # a run stops asking before it costs more", "  # max_cost: 5"]
    return "\n".join(lines) + "\n"


def _reader(preset: Preset) -> str:
    """`model:` of the section review, commented out; without the cap, since a run has one for all its models."""
    reader = model_section(reviewer_for(preset)).partition("  # a run stops")[0]
    told = "  # A second reader finds what no rule can: best another maker's model. Take off the # to have it; see docs/review.md\n"
    return told + "".join(f"  # {line}\n" for line in reader.splitlines())


def _told(key: str, preset: Preset) -> str:
    if key == "api_key_env":
        return f"the key itself goes into {KEYS}; get one at {preset.keys}"
    told = preset.notes.get(key, "")
    return f"for a million tokens, {told}: {preset.prices}" if key == "price" else told


def _flow(value: object) -> str:
    """A value in one line of YAML; as the only item of a list, because a lone one ends with a mark."""
    listed: str = yaml.safe_dump([value], default_flow_style=True, width=1000, sort_keys=False, allow_unicode=True)
    return listed.strip()[1:-1]
