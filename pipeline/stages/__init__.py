"""The table of stages, in the order of a run: the files that each reads and writes, and its function.

Each stage is one pure function in a file of this folder; run/writing.py reads its files and writes what it returns.
This module imports nothing of ours, so that the command line loads fast.
"""

from typing import NamedTuple


class Stage(NamedTuple):
    name: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    does: str
    work: str | None = None
    """"module:function" that runs it for a day: (work, day, stage). None for fetch, which makes the days."""


TEXTS = ("summaries.jsonl", "translations.jsonl")
REVIEWS = "reviews.jsonl"
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
        "review",
        ("papers.jsonl", *TEXTS),
        (REVIEWS,),
        "Asks a second model what is wrong with the texts, and the writer to look again at what it claims.",
        "pipeline.run.writing:write_reviews",
    ),
    Stage(
        "validate",
        ("papers.jsonl", *TEXTS, REVIEWS, "failures.jsonl"),
        ("problems.jsonl",),
        "Runs every check on every field; asks nothing.",
        "pipeline.run.writing:write_problems",
    ),
    Stage(
        "assemble",
        ("papers.jsonl", *TEXTS, REVIEWS, "failures.jsonl", "problems.jsonl"),
        ("digest.md", "digest.html", "digest.json", "run.json", "index.html", "feed.xml"),
        "Writes the documents; asks nothing.",
        "pipeline.run.writing:write_documents",
    ),
)


def stage_named(name: str) -> Stage:
    """Raises KeyError."""
    return {stage.name: stage for stage in STAGES}[name]


def texts_file(task: str) -> str:
    """The file with the texts of a stage that asks a model."""
    return stage_named(task).writes[0]
