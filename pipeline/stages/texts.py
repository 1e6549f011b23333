"""Stages summarize and translate: collects a paper's texts from the stored answers (asking/ask.py asks for them)."""

from collections.abc import Callable, Collection

from pipeline.fields import fields_of_task
from pipeline.records import Paper, PaperTexts


def texts_of_paper(
    paper: Paper, task: str, *, asked: Collection[str], text_of: Callable[[Paper, str], str | None]
) -> PaperTexts:
    """`text_of` returns the best stored text of a field, or None; fields that are not in `asked` get None."""
    names = [field.name for field in fields_of_task(task)]
    texts = {name: text_of(paper, name) if name in asked else None for name in names}
    return PaperTexts(id=paper.id, version=paper.version, texts=texts)
