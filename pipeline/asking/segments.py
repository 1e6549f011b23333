"""A segment is the smallest unit that is asked, checked and stored: a field of a paper, one sentence of it, or a second
model's review of a field.

This module splits a paper into segments and computes the key of their answers. questions.py words them; resolve.py
says how far each has got.
"""

import dataclasses
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

from pipeline.asking.context import RunContext
from pipeline.asking.glossary import as_former_rows, as_rows
from pipeline.asking.prompts import Prompt
from pipeline.asking.schema import fingerprint
from pipeline.fields import PAPER, REVIEW, Field, field_named
from pipeline.model.providers import provider_of
from pipeline.records import Claim, Paper
from pipeline.settings import ModelSettings
from pipeline.text.grammar import names_in, title_names
from pipeline.text.sentences import split_english
from pipeline.text.source import Upstream, first_part_of, part_of, parts_of, source_of
from pipeline.text.spans import mask
from pipeline.text.substitute import substitute_terms
from pipeline.text.terms import Term, terms_in

RECIPE = 3
"""Version of the key's recipe, raised when the parts of the key change; `former_keys` gives the keys of earlier
recipes."""


@dataclass(frozen=True)
class Segment:
    paper: Paper
    field: str
    prompt: Prompt
    source: str
    """The text it is made from and checked against."""
    sent: Mapping[str, str]
    """Tag → text in the question: title and abstract, or one sentence; protected spans are replaced by marks
    (placeholders)."""
    spans: tuple[str, ...]
    """The spans that the marks stand for."""
    terms: tuple[Term, ...]
    allowed_latin: tuple[str, ...] | None
    """The words in Latin letters that the grammar allows in the answer; None: this model takes no grammar."""
    model: ModelSettings
    part: int | None = None
    """Number of the sentence, from 0; None: the whole field."""
    first: tuple[Mapping[str, str], tuple[str, ...]] | None = None
    """`sent` and `spans` of the first version, if they differ: it also replaced mere notation by marks."""
    upstream: Upstream = dataclasses.field(default_factory=dict)
    """The texts of other fields that it is made from."""
    redos: tuple[str, ...] = ()
    """The reasons of all redos, oldest first."""
    attempt: int = 0
    faults: tuple[str, ...] = ()
    """The faults of the best answer so far, when it is asked again."""
    earlier: str = ""
    """The answer that a second model doubts, when the writer is asked to look at it once more."""
    doubts: tuple[Claim, ...] = ()
    """What it claims about that answer."""
    reviewed: str | None = None
    """For a review: the text to be reviewed, empty where it is not written yet. None: the text itself is asked for."""

    @property
    def row(self) -> Field:
        """Its row in the table of fields."""
        return field_named(self.field)

    @property
    def task(self) -> str:
        return self.row.task if self.reviewed is None else REVIEW

    @property
    def kept_as(self) -> str:
        """The `field` of its answers in answers.db."""
        return self.field if self.reviewed is None else REVIEW

    @property
    def cause(self) -> str:
        """The field or the stage for which it is asked, and to which a failure of its question belongs."""
        return REVIEW if self.doubts or self.reviewed is not None else self.field

    @cached_property
    def key(self) -> str:
        """Version of the recipe, and sha256 of everything that shapes the answer. Bundling, address, API key, rate
        limits and price are left out; so is the text of faults, so that a better wording of a rule does not ask
        again."""
        return self._key(RECIPE, self.prompt, as_rows(self.terms))

    @cached_property
    def former_keys(self) -> tuple[str, ...]:
        """The keys that its answer may have from an earlier recipe or an earlier wording of the prompt, latest first.

        The first version's key was a bare hash; that of a repair included the text of the fault, so its answer is found
        by its place (table `former` in schema.py).
        """
        if self.cause == REVIEW:
            return ()
        rows = as_former_rows(self.terms)
        wordings = (self.prompt, *self.prompt.former)
        keys = [self._key(RECIPE, each, as_rows(self.terms)) for each in self.prompt.former]
        keys += [self._key(2, each, rows) for each in wordings]
        if not (self.attempt and self.allowed_latin is None):
            sent = self.first[0] if self.first else self.sent
            keys += [_hash(self._shaping(each, rows) | {"sent": dict(sent), "faults": ()}) for each in wordings]
        elif not self.redos:
            part = "" if self.part is None else self.part
            for each in wordings:
                place = (self.paper.id, self.paper.version, self.field, part, each.fingerprint, fingerprint(rows))
                keys.append("/".join(map(str, (*place, self.model.name, self.attempt))))
        return tuple(keys)

    def spans_of(self, key: str) -> tuple[str, ...]:
        """The spans that the marks stand for in the answer with this key."""
        return self.first[1] if self.first and "-" not in key else self.spans

    def _key(self, recipe: int, prompt: Prompt, rows: str) -> str:
        shaping = self._shaping(prompt, rows) | {"sent": dict(self.sent)}
        if self.reviewed is not None:
            shaping["reviewed"] = self.reviewed
        if self.doubts:
            shaping["doubts"] = [self.earlier, *([each.kind, each.source, each.text] for each in self.doubts)]
        if self.attempt and self.allowed_latin is None:
            # A provider may answer the same question differently, so each repair has its own key.
            shaping["attempt"] = self.attempt
        return f"{recipe}-{_hash(shaping)[:32]}"  # 128 bits: every key stands twice in the database

    def _shaping(self, prompt: Prompt, rows: str) -> dict[str, Any]:
        shaping = {
            "field": self.field,
            "prompt": prompt.whole,
            "terms": rows,
            "names": self.allowed_latin,
            "model": [self.model.name, self.model.path and self.model.path.name],
            "temperature": self.model.temperature,
            "extra_body": self.model.extra_body,
            "unit": "abstract" if self.part is None else "sentence",
        }
        return shaping | ({"redos": self.redos} if self.redos else {})


def _hash(shaping: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(shaping, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def with_marks(segment: Segment, words: tuple[str, ...]) -> Segment:
    """A sentence with these words replaced by marks, so that a small model must keep them."""
    if not words or "text" not in segment.sent:
        return segment
    spans = list(segment.spans)

    def mark(word: re.Match[str]) -> str:
        spans.append(word[1])
        return f"⟦{len(spans)}⟧"

    any_of_them = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    text = re.sub(rf"(?<![\w⟦.])({any_of_them})s?(?![\w⟧])", mark, segment.sent["text"])
    return replace(segment, sent={"text": text}, spans=tuple(spans))


def segments_of(paper: Paper, name: str, context: RunContext, upstream: Upstream = {}) -> tuple[Segment, ...]:  # noqa: B006
    """The segments of a field, in order; `upstream`: the texts of the fields it is made from."""
    return _segments_of(paper, name, context, tuple(upstream.items()))


def review_segment(paper: Paper, name: str, text: str, context: RunContext, upstream: Upstream = {}) -> Segment:  # noqa: B006
    """The review of a text of a field; an empty text is not written yet."""
    return Segment(
        paper=paper,
        field=name,
        prompt=context.prompts[REVIEW],
        source=source_of(paper, name, upstream),
        sent={**{part: part_of(paper, part) for part in PAPER}, **upstream},
        spans=(),
        terms=(),
        allowed_latin=None,
        model=context.reviewers[0],
        upstream=upstream,
        reviewed=text,
    )


def foreseen(paper: Paper, name: str, context: RunContext) -> tuple[Segment, ...]:
    """The segments of a field before the fields it is made from have their texts; the paper's own texts, of about the
    same length, replace them."""
    upstream = {part: _stand_in(paper, part) for part in field_named(name).made_of if part not in PAPER}
    return segments_of(paper, name, context, upstream)


def _stand_in(paper: Paper, part: str) -> str:
    if part in PAPER:
        return part_of(paper, part)
    return "\n".join(_stand_in(paper, each) for each in field_named(part).made_of)


@lru_cache(maxsize=4096)  # for a thousand papers; asking, the stages and plan all need the same segments
def _segments_of(
    paper: Paper, name: str, context: RunContext, upstream: tuple[tuple[str, str], ...]
) -> tuple[Segment, ...]:
    row, texts = field_named(name), dict(upstream)
    source = source_of(paper, name, texts)
    if texts:
        segment = _segment(paper, row, context, source, parts_of(paper, name, texts))
        return (replace(segment, upstream=texts),)
    if context.by_sentences and row.kind == "abstract":
        sentences, earlier = split_english(source), split_english(first_part_of(paper, "abstract"))
        if len(earlier) != len(sentences):
            earlier = sentences
        return tuple(
            _segment(paper, row, context, sentence, {"text": sentence}, {"text": earlier[number]}, number)
            for number, sentence in enumerate(sentences)
        )
    if context.by_sentences and row.kind == "title":
        return (_segment(paper, row, context, source, {"text": source}, {"text": first_part_of(paper, "title")}),)
    # Always title and abstract, even if the field is made from one of them, so that all fields fit into one question.
    whole, first = ({part: of(paper, part) for part in PAPER} for of in (part_of, first_part_of))
    return (_segment(paper, row, context, source, whole, first),)


def _segment(
    paper: Paper,
    row: Field,
    context: RunContext,
    source: str,
    sent: dict[str, str],
    first: dict[str, str] | None = None,
    part: int | None = None,
) -> Segment:
    terms = terms_in("\n".join(sent.values()), paper.categories, context.glossary)
    masked, spans = _masked(sent, terms, context)
    return Segment(
        paper=paper,
        field=row.name,
        prompt=context.prompts[row.task],
        source=source,
        sent=masked,
        spans=spans,
        terms=terms,
        allowed_latin=_allowed_latin(paper, row, source, part) if provider_of(context.models[0]).grammar else None,
        model=context.models[0],
        part=part,
        first=_masked(first, terms, context) if first and first != sent else None,
        redos=context.redos.get((paper.id, paper.version, row.name), ()),
    )


def _masked(
    sent: dict[str, str], terms: tuple[Term, ...], context: RunContext
) -> tuple[dict[str, str], tuple[str, ...]]:
    """The texts with marks for their protected spans, and these spans."""
    masked: dict[str, str] = {}
    spans: tuple[str, ...] = ()
    for tag, text in sent.items():
        found = mask(text, first=len(spans) + 1)
        masked[tag] = substitute_terms(found.text, terms) if context.by_sentences else found.text
        spans += found.spans
    return masked, spans


def _allowed_latin(paper: Paper, row: Field, source: str, part: int | None) -> tuple[str, ...]:
    if part is not None or not set(row.made_of) <= set(PAPER):
        return names_in(mask(source).text)
    title, abstract = (mask(part_of(paper, each)).text for each in PAPER)
    own = title_names(title, abstract)
    return own if row.made_of == ("title",) else tuple(dict.fromkeys([*own, *names_in(abstract)]))
