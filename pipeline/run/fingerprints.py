"""Fingerprints of what shaped a day and of its files, stored in its run.json.

A run that finds the same fingerprints writes nothing; `wenzhai verify` uses them to tell what has changed since.
"""

import hashlib
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.config import Config
from pipeline.errors import FileError
from pipeline.fields import PROMPTED, REVIEW
from pipeline.files import PACKAGE
from pipeline.records import RunRequest
from pipeline.render import day_files
from pipeline.run.day import Day
from pipeline.stages import REVIEWS, STAGES, TEXTS

_MADE = ("papers.jsonl", *TEXTS, REVIEWS, "failures.jsonl", "problems.jsonl")
_SPEED = {"base_url", "api_key_env", "concurrency", "requests_per_minute", "tokens_per_minute", "timeout_seconds"}
_ELSEWHERE: Any = {
    "output": True,
    "glossary": True,
    "fetch": {"source", "feed_url", "api_url", "path", "timeout_seconds", "patience_seconds"},
    "model": _SPEED,
    "review": {"prompt": True, "model": _SPEED},
    "summarize": {"prompt"},
    "translate": {"prompt"},
}
"""Config keys that do not shape the files of a day: paths, addresses and speed."""


def is_unchanged(config: Config, request: RunRequest, day: Day) -> bool:
    """Whether a run of all stages would write exactly the files that exist."""
    recorded = day.report.unchanged
    if not recorded or request.again or not is_whole(request):
        return False
    return recorded == unchanged(config, request, day)


def is_whole(request: RunRequest) -> bool:
    """Whether it asks for all stages after fetch."""
    return {stage.name for stage in STAGES if stage.work} <= set(request.stages)


def unchanged(config: Config, request: RunRequest, day: Day) -> str:
    """One hash of config, prompts, glossary, corrections, redos and code, of the stage files and the documents. Raises
    FileError. A missing file changes the hash, too."""
    whole = [config.model_dump_json(), str(request.limit)]
    stages = [stage.name for stage in STAGES]
    for part in (shaping(config, day, stages), made(config, day, stages)):
        whole += [f"{name}={value}" for name, value in part.items()]
    return hashlib.sha256("\n".join(whole).encode()).hexdigest()


def shaping(config: Config, day: Day, stages: Collection[str]) -> dict[str, str]:
    """What these stages make a day with: name → fingerprint; empty where there is none. Raises FileError."""
    files = {
        f"{task}.prompt": getattr(config, task).prompt for task in PROMPTED if task in stages and _is_read(task, config)
    }
    files |= {"glossary": config.glossary} if config.glossary else {}
    files |= {name: config.output / name for name in ("corrections.yaml", "redos.jsonl")}
    if "assemble" in stages:
        files |= {name: day.folder / name for name in _MADE}
    settings = f"{config.model_dump_json(exclude=_ELSEWHERE)} {day.report.limit}"
    cost = day.report.model_dump_json(include={"bought", "prompts", "model", "reviewer"})
    return {
        "config": hashlib.sha256(settings.encode()).hexdigest()[:12],
        **{name: fingerprint_of(path) for name, path in files.items()},
        **({"cost": hashlib.sha256(cost.encode()).hexdigest()[:12]} if "assemble" in stages else {}),
        "code": code(),
    }


def _is_read(task: str, config: Config) -> bool:
    return task != REVIEW or config.review.model is not None


def made(config: Config, day: Day, stages: Collection[str]) -> dict[str, str]:
    """The stage files and documents that these stages write: name → fingerprint; empty where there is none. Raises FileError."""
    written = {name for stage in STAGES if stage.name in stages for name in stage.writes}
    names = [name for name in _MADE if name in written] + list(
        day_files(config.assemble.formats) if "assemble" in stages else ()
    )
    return {name: fingerprint_of(day.folder / name) for name in names}


def fingerprint_of(path: Path) -> str:
    """Fingerprint of a file's contents; empty if it is missing. Raises FileError."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise FileError(f"{path}: cannot be read: {error}") from None


def is_edited(day: Day, name: str) -> bool:
    """Whether a file of a day was changed since a stage wrote it. Raises FileError."""
    return fingerprint_of(day.folder / name) != day.report.files.get(name, "")


@cache
def code() -> str:
    """A rule that changed judges every kept answer anew."""
    files = sorted(path for path in PACKAGE.rglob("*") if path.suffix in {".py", ".jinja", ".css", ".js"})
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]
