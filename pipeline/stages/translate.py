"""Stage translate: a paper's title and abstract in Chinese, read from the answers; the asking is asking/ask.py's."""

from collections.abc import Callable

from pipeline.records import Paper, Translation


def translate_paper(paper: Paper, *, text_of: Callable[[Paper, str], str | None]) -> Translation:
    """`text_of` gives the best kept text of a field, None where there is none."""
    return Translation(
        id=paper.id,
        version=paper.version,
        title_zh=text_of(paper, "title_zh"),
        abstract_zh=text_of(paper, "abstract_zh"),
    )
