"""The table of stages: what each reads and writes, and what does its work. In the order in which a run goes through them.

Each stage is one pure function in a file of this folder; run/ feeds it a day's files and writes what it returns. Loads
nothing, so that the command line can name the stages at once.
"""

from typing import NamedTuple


class Stage(NamedTuple):
    name: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    does: str
    work: str | None = None
    """"module:function" that does it for a day: (work, day, stage). None: it happens before there is a day."""


TEXTS = ("summaries.jsonl", "translations.jsonl")
STAGES = (
    Stage("fetch", (), ("papers.jsonl", "failures.jsonl"), "Reads the announcement."),
    Stage(
        "summarize",
        ("papers.jsonl",),
        ("summaries.jsonl", "failures.jsonl"),
        "Asks the model for a one-line summary of each paper.",
        "pipeline.run.writing:write_texts",
    ),
    Stage(
        "translate",
        ("papers.jsonl",),
        ("translations.jsonl", "failures.jsonl"),
        "Asks the model for titles and abstracts in Chinese.",
        "pipeline.run.writing:write_texts",
    ),
    Stage(
        "validate",
        ("papers.jsonl", *TEXTS, "failures.jsonl"),
        ("problems.jsonl",),
        "Runs every check on every field; asks nothing.",
        "pipeline.run.writing:write_problems",
    ),
    Stage(
        "assemble",
        ("papers.jsonl", *TEXTS, "failures.jsonl", "problems.jsonl"),
        ("digest.md", "digest.html", "digest.json", "run.json", "index.html", "feed.xml"),
        "Writes the documents; asks nothing.",
        "pipeline.run.writing:write_documents",
    ),
)


def stage_named(name: str) -> Stage:
    """Raises KeyError."""
    return {stage.name: stage for stage in STAGES}[name]


def texts_file(task: str) -> str:
    """The file of a stage that has fields written."""
    return stage_named(task).writes[0]
