"""The source text of each field, for questions and checks; text-LaTeX and mere notation are converted to plain text."""

from collections.abc import Mapping
from functools import lru_cache

from pipeline.fields import PAPER, field_named
from pipeline.records import Paper
from pipeline.text.latex import plain
from pipeline.text.notation import as_text

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
    r"""The paper's "title" or "abstract", with mere notation as text: $\times$ is ×, $15{,}000$ is 15,000; formulas
    stay."""
    return as_text(first_part_of(paper, part))


def first_part_of(paper: Paper, part: str) -> str:
    """The same in the form of the first version, which kept notation as formulas; needed for the keys of its
    answers."""
    return plain(paper.title if part == "title" else paper.abstract)
