"""The source text of each field, for questions and checks; text-LaTeX and mere notation are converted to plain text."""

from collections.abc import Mapping
from functools import lru_cache

from pipeline.fields import PAPER, field_named
from pipeline.records import Paper
from pipeline.text.latex import plain
from pipeline.text.notation import as_text
from pipeline.text.visible import cleaned

Upstream = Mapping[str, str]
"""Field name → its text, for fields that are made from other fields."""


def source_of(paper: Paper, field: str, upstream: Upstream = {}) -> str:  # noqa: B006 - read only
    """The title for title_zh, the abstract for abstract_zh, both for a one-liner; for a field made from other fields,
    their texts. Raises KeyError if `upstream` lacks one of them."""
    return "\n".join(parts_of(paper, field, upstream).values())


def parts_of(paper: Paper, field: str, upstream: Upstream = {}) -> dict[str, str]:  # noqa: B006 - read only
    """The same as separate texts, by the names of their tags in a question."""
    return {part: part_of(paper, part) if part in PAPER else upstream[part] for part in field_named(field).made_of}


@lru_cache(maxsize=4096)
def part_of(paper: Paper, part: str) -> str:
    r"""A text of the paper itself, its title or its abstract: $\times$ is ×, $15{,}000$ is 15,000; what is a formula stays one."""
    return as_text(plain(cleaned(_raw(paper, part))))


def first_part_of(paper: Paper, part: str) -> str:
    """The same as the first version had it: under its key answers are kept in which notation stands as marks."""
    return plain(_raw(paper, part))


def _raw(paper: Paper, part: str) -> str:
    return paper.title if part == "title" else paper.abstract


def legible(paper: Paper) -> Paper:
    """The paper without characters nobody sees, as models and readers get it; papers.jsonl keeps what arXiv sent.

    A title or abstract of nothing else is shown as one �, because none may be empty.
    """
    return paper.model_copy(
        update={
            "title": cleaned(paper.title) or "�",
            "abstract": cleaned(paper.abstract) or "�",
            "authors": tuple(map(cleaned, paper.authors)),
            "comment": cleaned(paper.comment) if paper.comment else paper.comment,
        }
    )
