"""A piece: the smallest thing that is asked, checked and kept on its own; a field of a paper, or one sentence of it.

Says what the pieces of a paper are and under which key an answer is kept. How they are worded is questions.py's, how
far they have got settle.py's.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from pipeline.asking.brief import TASK_OF, Brief
from pipeline.asking.glossary import as_rows
from pipeline.asking.prompts import Prompt
from pipeline.config import ModelSettings
from pipeline.models import Paper
from pipeline.text.sentences import split_english
from pipeline.text.source import source_of
from pipeline.text.spans import mask
from pipeline.text.terms import Term, terms_in


@dataclass(frozen=True)
class Piece:
    paper: Paper
    field: str
    prompt: Prompt
    source: str
    """The English it is made from and checked against."""
    sent: Mapping[str, str]
    """What stands in the question, by tag: title and abstract, or one sentence; protected spans as marks."""
    spans: tuple[str, ...]
    """What the marks stand for."""
    terms: tuple[Term, ...]
    model: ModelSettings
    part: int | None = None
    """Number of the sentence, from 0; None: the whole field."""
    attempt: int = 0
    faults: tuple[str, ...] = ()
    """What was wrong with the best answer so far, when asked again."""

    @property
    def task(self) -> str:
        return TASK_OF[self.field]

    @cached_property
    def key(self) -> str:
        """sha256 of all that shapes the answer, and of nothing else: not bundling, address, key, pacing or price."""
        shaping = {
            "field": self.field,
            "prompt": [self.prompt.role, self.prompt.task, [[x.english, x.chinese] for x in self.prompt.examples]],
            "sent": dict(self.sent),
            "terms": as_rows(self.terms),
            "model": self.model.name,
            "temperature": self.model.temperature,
            "extra_body": self.model.extra_body,
            "unit": "abstract" if self.part is None else "sentence",
            "faults": self.faults,
        }
        return hashlib.sha256(json.dumps(shaping, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def pieces_of(paper: Paper, field: str, brief: Brief) -> tuple[Piece, ...]:
    """The pieces a field is put together from, in order."""
    source = source_of(paper, field)
    parts: list[tuple[int | None, str, dict[str, str]]]
    if brief.by_sentences and field == "abstract_zh":
        sentences = split_english(source)
        parts = [(number, sentence, {"text": sentence}) for number, sentence in enumerate(sentences)]
    elif brief.by_sentences and field == "title_zh":
        parts = [(None, source, {"text": source})]
    else:
        whole = {"title": source_of(paper, "title_zh"), "abstract": source_of(paper, "abstract_zh")}
        parts = [(None, source, whole)]
    return tuple(_piece(paper, field, brief, source=checked, sent=sent, part=number) for number, checked, sent in parts)


def _piece(paper: Paper, field: str, brief: Brief, *, source: str, sent: dict[str, str], part: int | None) -> Piece:
    masked: dict[str, str] = {}
    spans: tuple[str, ...] = ()
    for tag, text in sent.items():
        found = mask(text, first=len(spans) + 1)
        masked[tag] = found.text
        spans += found.spans
    return Piece(
        paper=paper,
        field=field,
        prompt=brief.prompts[TASK_OF[field]],
        source=source,
        sent=masked,
        spans=spans,
        terms=terms_in(" ".join(sent.values()), paper.categories, brief.glossary),
        model=brief.models[0],
        part=part,
    )
