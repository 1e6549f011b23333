"""How far a segment has got: from the answers kept so far to the best text, and to what must be asked next.

A pure function of what is kept, so the same walk serves whoever asks (ask.py), whoever reads (the stages) and whoever
foretells (commands/plan.py). Asks nothing itself.
"""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from pipeline.asking.answers import StoredAnswer
from pipeline.asking.context import RunContext
from pipeline.asking.segments import Segment, segments_of, with_marks
from pipeline.records import Paper, Problem
from pipeline.rules import Case, find_problems
from pipeline.text.grammar import lost_words
from pipeline.text.source import source_of
from pipeline.text.spans import restore
from pipeline.text.terms import terms_in

Lookup = Callable[[str], StoredAnswer | None]
"""Finds a kept answer by its key."""
_QUOTED = re.compile("“.*”")


@dataclass(frozen=True)
class Candidate:
    text: str
    """Empty where the answer lacks the field."""
    problems: tuple[Problem, ...]

    @property
    def badness(self) -> tuple[int, int]:
        rejects = sum(problem.severity == "reject" for problem in self.problems)
        return rejects, len(self.problems) - rejects


@dataclass(frozen=True)
class Resolution:
    best: Candidate | None = None
    """None: no answer at all so far."""
    need: Segment | None = None
    """What to ask next; None: nothing would help."""
    used: tuple[StoredAnswer, ...] = ()
    """Every answer on the way, paid for this segment."""


@dataclass(frozen=True)
class Field:
    """A whole field, put together from its segments."""

    text: str | None
    needs: tuple[Segment, ...] = ()
    used: tuple[StoredAnswer, ...] = ()
    rejected_part: Problem | None = None
    """Why there is no text although all parts are answered."""


def resolve(segment: Segment, context: RunContext, lookup: Lookup, failed: Collection[str] = ()) -> Resolution:
    """How far a segment has got. What was redone counts from then on, unless it must not be shown and what was before may.

    `failed` are keys that were asked in vain in this run.
    """
    resolved = _walk(segment, context, lookup, failed)
    if not segment.redos:
        return resolved
    before = resolve(replace(segment, redos=segment.redos[:-1]), context, lookup, failed)
    best = resolved.best
    if before.best and (best is None or before.best.badness[0] < best.badness[0]):
        best = before.best
    return Resolution(best, resolved.need, (*before.used, *resolved.used))


def _walk(segment: Segment, context: RunContext, lookup: Lookup, failed: Collection[str]) -> Resolution:
    """Walks the answers of a segment: asked, asked again with its faults named, then the fallback model the same way.

    The walk ends at the first answer without a problem, else with the candidate of least severity.
    """
    best: Candidate | None = None
    need: Segment | None = None
    used: list[StoredAnswer] = []
    for model in context.models:
        before: set[str] = set()
        said: set[str | None] = set()
        for attempt in range(model.repairs + 1):
            asked = _again(segment if model is segment.model else replace(segment, model=model), best, attempt)
            if asked.key in before:
                break  # a small model would only say the same again
            before.add(asked.key)
            kept = lookup(asked.key)
            if kept is None and asked.key in failed:
                break
            if kept is None:
                need = need or asked
                continue
            need = None  # an answer after a missing one shows that the missing one was asked, in vain
            used.append(kept)
            found = _candidate(asked, kept, context)
            if best is None or found.badness < best.badness:
                best = found
            if not best.problems:
                return Resolution(best, None, tuple(used))
            if kept.text in said:
                break  # this model stands by its words, whatever it is told
            said.add(kept.text)
    return Resolution(best, need, tuple(used))


def _again(segment: Segment, best: Candidate | None, attempt: int) -> Segment:
    """The segment as it is asked the first time, or again with what its best answer lacks.

    A small model that is told its faults repeats them as text; what it lost, it gets as marks it must write.
    """
    if not attempt or best is None:
        return segment
    if segment.names is not None:
        kept = (term.english for term in segment.terms if term.zh[0] == term.english)
        lost = (
            *lost_words(segment.source, best.text, segment.names),
            *(word for word in kept if word not in best.text),
        )
        return replace(with_marks(segment, lost), attempt=attempt)
    return replace(segment, attempt=attempt, faults=tuple(problem.detail for problem in best.problems))


class Texts:
    """The fields of papers as far as their answers go; each is put together once."""

    def __init__(self, context: RunContext, lookup: Lookup) -> None:
        self._context = context
        self._look = lookup
        self._fields: dict[tuple[str, int, str], Field] = {}

    def field(self, paper: Paper, name: str) -> Field:
        key = (paper.id, paper.version, name)
        if key not in self._fields:
            self._fields[key] = field_of(paper, name, self._context, self._look)
        return self._fields[key]


def field_of(paper: Paper, name: str, context: RunContext, lookup: Lookup) -> Field:
    """A field as far as its answers go; its text is None while a part has no answer, and where a fault would be hidden."""
    resolved = [resolve(segment, context, lookup) for segment in segments_of(paper, name, context)]
    best = [each.best for each in resolved if each.best]
    text = "".join(each.text for each in best)
    rejected_part = _rejected_part(paper, name, text, best, context)
    return Field(
        text=text if len(best) == len(resolved) and not rejected_part else None,
        needs=tuple(each.need for each in resolved if each.need),
        used=tuple(kept for each in resolved for kept in each.used),
        rejected_part=rejected_part,
    )


def _rejected_part(
    paper: Paper, name: str, text: str, parts: Sequence[Candidate], context: RunContext
) -> Problem | None:
    """A fault that rejects a part and that nobody can find in the whole text, as validate must: a sentence that breaks
    off in the middle, or a one-liner that was cut at the token limit."""
    faults = [problem for part in parts for problem in part.problems if problem.severity == "reject"]
    if not faults:
        return None
    found = any(problem.severity == "reject" for problem in problems_of(paper, name, text, context))
    return None if found else faults[0]


def problems_of(paper: Paper, name: str, text: str | None, context: RunContext) -> tuple[Problem, ...]:
    """What is wrong with a whole field."""
    source = source_of(paper, name)
    case = Case(
        id=paper.id,
        field=name,
        source=source,
        text=text,
        told=context.told(name),
        terms=terms_in(source, paper.categories, context.glossary),
    )
    return find_problems(case, context.checks)


def _candidate(asked: Segment, kept: StoredAnswer, context: RunContext) -> Candidate:
    text = "" if kept.text is None else restore(kept.text, asked.spans)
    told = context.told(asked.field)
    # What a fault quotes is the answer before, and a good answer may well say the same.
    faults = (_QUOTED.sub("", fault) for fault in asked.faults)
    case = Case(
        id=asked.paper.id,
        field=asked.field,
        source=asked.source,
        text=text,
        cut=kept.cut,
        told=told._replace(instructions="\n".join([told.instructions, *asked.redos, *faults])),
        terms=asked.terms,
        part=asked.part is not None,
    )
    return Candidate(text, find_problems(case, context.checks))
