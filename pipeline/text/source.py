"""The English each field is made from, as it is asked and as it is checked: text-LaTeX already turned into text."""

from functools import lru_cache

from pipeline.records import Paper
from pipeline.text.latex import plain


@lru_cache(maxsize=2048)
def source_of(paper: Paper, field: str) -> str:
    """The title for title_zh, the abstract for abstract_zh, both for a one-liner."""
    if field == "title_zh":
        return plain(paper.title)
    if field == "abstract_zh":
        return plain(paper.abstract)
    return f"{plain(paper.title)}\n{plain(paper.abstract)}"
