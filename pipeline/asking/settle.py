"""How far a piece has got: from the answers kept so far to the best text, and to what must be asked next.

A pure function of what is kept, so the same walk serves whoever asks (ask.py), whoever reads (the stages) and whoever
foretells (commands/plan.py). Asks nothing itself.
"""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from pipeline.asking.answers import Kept
from pipeline.asking.brief import Brief
from pipeline.asking.pieces import Piece, pieces_of, with_marks
from pipeline.models import Paper, Problem
from pipeline.rules import Case, find_problems
from pipeline.text.grammar import lost_words
from pipeline.text.source import source_of
from pipeline.text.spans import restore
from pipeline.text.terms import terms_in

Look = Callable[[str], Kept | None]
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
class Settled:
    best: Candidate | None = None
    """None: no answer at all so far."""
    need: Piece | None = None
    """What to ask next; None: nothing would help."""
    used: tuple[Kept, ...] = ()
    """Every answer on the way, paid for this piece."""


@dataclass(frozen=True)
class Field:
    """A whole field, put together from its pieces."""

    text: str | None
    needs: tuple[Piece, ...] = ()
    used: tuple[Kept, ...] = ()
    withheld: Problem | None = None
    """Why there is no text although all parts are answered."""


def settle(piece: Piece, brief: Brief, look: Look, failed: Collection[str] = ()) -> Settled:
    """How far a piece has got. What was redone counts from then on, unless it must not be shown and what was before may.

    `failed` are keys that were asked in vain in this run.
    """
    settled = _walk(piece, brief, look, failed)
    if not piece.redos:
        return settled
    before = settle(replace(piece, redos=piece.redos[:-1]), brief, look, failed)
    best = settled.best
    if before.best and (best is None or before.best.badness[0] < best.badness[0]):
        best = before.best
    return Settled(best, settled.need, (*before.used, *settled.used))


def _walk(piece: Piece, brief: Brief, look: Look, failed: Collection[str]) -> Settled:
    """Walks the answers of a piece: asked, asked again with its faults named, then the fallback model the same way.

    The walk ends at the first answer without a problem, else with the candidate of least severity.
    """
    best: Candidate | None = None
    need: Piece | None = None
    used: list[Kept] = []
    for model in brief.models:
        before: set[str] = set()
        said: set[str | None] = set()
        for attempt in range(model.repairs + 1):
            asked = _again(piece if model is piece.model else replace(piece, model=model), best, attempt)
            if asked.key in before:
                break  # a small model would only say the same again
            before.add(asked.key)
            kept = look(asked.key)
            if kept is None and asked.key in failed:
                break
            if kept is None:
                need = need or asked
                continue
            need = None  # an answer after a missing one shows that the missing one was asked, in vain
            used.append(kept)
            found = _candidate(asked, kept, brief)
            if best is None or found.badness < best.badness:
                best = found
            if not best.problems:
                return Settled(best, None, tuple(used))
            if kept.text in said:
                break  # this model stands by its words, whatever it is told
            said.add(kept.text)
    return Settled(best, need, tuple(used))


def _again(piece: Piece, best: Candidate | None, attempt: int) -> Piece:
    """The piece as it is asked the first time, or again with what its best answer lacks.

    A small model that is told its faults repeats them as text; what it lost, it gets as marks it must write.
    """
    if not attempt or best is None:
        return piece
    if piece.names is not None:
        kept = (term.english for term in piece.terms if term.zh[0] == term.english)
        lost = (*lost_words(piece.source, best.text, piece.names), *(word for word in kept if word not in best.text))
        return replace(with_marks(piece, lost), attempt=attempt)
    return replace(piece, attempt=attempt, faults=tuple(problem.detail for problem in best.problems))


class Texts:
    """The fields of papers as far as their answers go; each is put together once."""

    def __init__(self, brief: Brief, look: Look) -> None:
        self._brief = brief
        self._look = look
        self._fields: dict[tuple[str, int, str], Field] = {}

    def field(self, paper: Paper, name: str) -> Field:
        key = (paper.id, paper.version, name)
        if key not in self._fields:
            self._fields[key] = field_of(paper, name, self._brief, self._look)
        return self._fields[key]


def field_of(paper: Paper, name: str, brief: Brief, look: Look) -> Field:
    """A field as far as its answers go; its text is None while a part has no answer, and where a fault would be hidden."""
    settled = [settle(piece, brief, look) for piece in pieces_of(paper, name, brief)]
    best = [each.best for each in settled if each.best]
    text = "".join(each.text for each in best)
    withheld = _hidden_fault(paper, name, text, best, brief)
    return Field(
        text=text if len(best) == len(settled) and not withheld else None,
        needs=tuple(each.need for each in settled if each.need),
        used=tuple(kept for each in settled for kept in each.used),
        withheld=withheld,
    )


def _hidden_fault(paper: Paper, name: str, text: str, parts: Sequence[Candidate], brief: Brief) -> Problem | None:
    """A fault that rejects a part and that nobody can find in the whole text, as validate must: a sentence that breaks
    off in the middle, or a one-liner that was cut at the token limit."""
    faults = [problem for part in parts for problem in part.problems if problem.severity == "reject"]
    if not faults:
        return None
    found = any(problem.severity == "reject" for problem in problems_of(paper, name, text, brief))
    return None if found else faults[0]


def problems_of(paper: Paper, name: str, text: str | None, brief: Brief) -> tuple[Problem, ...]:
    """What is wrong with a whole field."""
    source = source_of(paper, name)
    case = Case(
        id=paper.id,
        field=name,
        source=source,
        text=text,
        told=brief.told(name),
        terms=terms_in(source, paper.categories, brief.glossary),
    )
    return find_problems(case, brief.checks)


def _candidate(asked: Piece, kept: Kept, brief: Brief) -> Candidate:
    text = "" if kept.text is None else restore(kept.text, asked.spans)
    told = brief.told(asked.field)
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
    return Candidate(text, find_problems(case, brief.checks))
