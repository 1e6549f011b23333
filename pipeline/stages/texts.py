"""Stages summarize and translate: a paper's texts, read from the stored answers; the asking is asking/ask.py's."""

from collections.abc import Callable, Collection

from pipeline.fields import fields_of_task
from pipeline.records import Paper, PaperTexts


def texts_of_paper(
    paper: Paper, task: str, *, asked: Collection[str], text_of: Callable[[Paper, str], str | None]
) -> PaperTexts:
    """`text_of` gives the best stored text of a field, None where there is none; only fields in `asked` are looked for."""
    names = [field.name for field in fields_of_task(task)]
    texts = {name: text_of(paper, name) if name in asked else None for name in names}
    return PaperTexts(id=paper.id, version=paper.version, texts=texts)
