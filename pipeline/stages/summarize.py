"""Stage summarize: a paper's one-liners, read from the answers; the asking is asking/ask.py's."""

from collections.abc import Callable

from pipeline.records import Paper, Summary


def summarize_paper(paper: Paper, *, text_of: Callable[[Paper, str], str | None], english: bool) -> Summary:
    """`text_of` gives the best kept text of a field, None where there is none."""
    return Summary(
        id=paper.id,
        version=paper.version,
        summary_zh=text_of(paper, "summary_zh"),
        summary_en=text_of(paper, "summary_en") if english else None,
    )
