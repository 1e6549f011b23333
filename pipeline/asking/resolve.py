"""Replays the stored answers of a field: its best text so far, and the next request to send.

A pure function of the stored answers. Asking (ask.py), the stages and `wenzhai plan` all use it.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from pipeline.asking.answers import StoredAnswer
from pipeline.asking.claims import complaint_of
from pipeline.asking.context import RunContext
from pipeline.asking.segments import Segment, segments_of, with_marks
from pipeline.fields import PAPER, field_named
from pipeline.records import Paper, Problem
from pipeline.rules import Case, find_echo, rule_named
from pipeline.rules.judge import Judge
from pipeline.text.grammar import lost_words
from pipeline.text.source import Upstream
from pipeline.text.spans import restore

_QUOTED = re.compile("“.*”")


class StoredAnswers(Protocol):
    """What is read of answers.db here."""

    def get(self, key: str) -> StoredAnswer | None: ...

    def knows(self, paper: str, field: str) -> bool:
        """Whether it holds any answer for this field of this paper."""


@dataclass(frozen=True)
class Candidate:
    text: str
    """Empty where the answer lacks the field."""
    problems: tuple[Problem, ...]
    is_missing: bool = False
    """Whether the answer lacks the field's tag."""

    @property
    def badness(self) -> tuple[int, int]:
        rejects = sum(problem.severity == "reject" for problem in self.problems)
        return rejects, len(self.problems) - rejects

    @property
    def faults(self) -> tuple[Problem, ...]:
        """The problems for which the model is asked again."""
        return tuple(problem for problem in self.problems if rule_named(problem.rule).repaired)


@dataclass(frozen=True)
class Resolution:
    """How far a segment has got."""

    best: Candidate | None = None
    """None: no answer at all so far."""
    need: Segment | None = None
    """What to ask next; None: another question would not help."""
    by: Segment | None = None
    """The question that the best answer answers."""
    used: tuple[StoredAnswer, ...] = ()
    """Every answer paid for this segment."""


@dataclass(frozen=True)
class FieldState:
    """How far a whole field has got, put together from its segments."""

    text: str | None
    needs: tuple[Segment, ...] = ()
    used: tuple[StoredAnswer, ...] = ()
    rejected_part: Problem | None = None
    """Why there is no text although all parts are answered."""
    upstream: Upstream = field(default_factory=dict)
    """The texts of the fields it is made from."""
    waits_for: tuple[str, ...] = ()
    """The fields it is made from that have no usable text yet; until they have, it cannot be asked."""


def resolve(segment: Segment, context: RunContext, answers: StoredAnswers, failed: Collection[str] = ()) -> Resolution:
    """How far a segment has got. A redo replaces the earlier text unless the redo is rejected and the earlier text was not.

    `failed`: keys whose question failed in this run.
    """
    resolved = _replay(segment, context, answers, failed)
    if not segment.redos:
        return resolved
    before = resolve(replace(segment, redos=segment.redos[:-1]), context, answers, failed)
    best, by = resolved.best, resolved.by
    if before.best and (best is None or before.best.badness[0] < best.badness[0]):
        best, by = before.best, before.by
    return Resolution(best, resolved.need, by, (*before.used, *resolved.used))


def _replay(segment: Segment, context: RunContext, answers: StoredAnswers, failed: Collection[str]) -> Resolution:
    """Follows the stored answers of a segment: first question, repairs, then the same with the fallback model.

    Returns the first answer without a fault that can be repaired, else the answer with the least severe problems.
    """
    best: Candidate | None = None
    need: Segment | None = None
    by: Segment | None = None
    used: list[StoredAnswer] = []
    for model in context.models:
        before: set[str] = set()
        said: set[str | None] = set()
        for attempt in range(model.repairs + 1):
            asked = _again(segment if model is segment.model else replace(segment, model=model), best, attempt)
            if asked.key in before:
                break  # the same question again: a small model would give the same answer
            before.add(asked.key)
            stored = answers.get(asked.key) or _former(asked, answers)
            if stored is None and asked.key in failed:
                break
            if stored is None:
                need = need or asked
                continue
            need = None  # a later answer exists, so the missing one was asked and failed
            used.append(stored)
            found = candidate(asked, stored, context)
            if best is None or found.badness < best.badness:
                best, by = found, asked
            if not best.faults:
                return Resolution(best, None, by, tuple(used))
            if stored.text in said:
                break  # this model repeats itself, so another repair is useless
            said.add(stored.text)
    return Resolution(best, need, by, tuple(used))


def _former(asked: Segment, answers: StoredAnswers) -> StoredAnswer | None:
    """Its answer under an earlier key; to compute one means to hash a whole prompt."""
    if not answers.knows(asked.paper.id, asked.kept_as):
        return None
    return next(filter(None, map(answers.get, asked.former_keys)), None)


def _again(segment: Segment, best: Candidate | None, attempt: int) -> Segment:
    """The segment as it is asked at this attempt: the first time unchanged, later with the faults of its best answer.

    A small model copies faults into its answer, so it gets the names and numbers that it lost as placeholders instead.
    """
    if not attempt or best is None:
        return segment
    if segment.allowed_latin is not None:
        kept = (term.english for term in segment.terms if term.zh[0] == term.english)
        lost = (
            *lost_words(segment.source, best.text, segment.allowed_latin),
            *(word for word in kept if word not in best.text),
        )
        return replace(with_marks(segment, lost), attempt=attempt)
    return replace(segment, attempt=attempt, faults=tuple(problem.detail for problem in best.faults))


def field_of(
    paper: Paper, name: str, context: RunContext, answers: StoredAnswers, failed: Collection[str] = ()
) -> FieldState:
    """How far a field has got. Its text is None while a part has no answer, and if a part was rejected
    (`rejected_part`)."""
    upstream, waits_for = _upstream(paper, name, context, answers, failed)
    if waits_for:
        return FieldState(None, waits_for=waits_for)
    resolved = [resolve(segment, context, answers, failed) for segment in segments_of(paper, name, context, upstream)]
    best = [each.best for each in resolved if each.best]
    text = "".join(each.text for each in best)
    rejected_part = _rejected_part(paper, name, text, best, context, upstream)
    return FieldState(
        text=text if len(best) == len(resolved) and not rejected_part else None,
        needs=tuple(each.need for each in resolved if each.need),
        used=tuple(stored for each in resolved for stored in each.used),
        rejected_part=rejected_part,
        upstream=upstream,
    )


def _upstream(
    paper: Paper, name: str, context: RunContext, answers: StoredAnswers, failed: Collection[str]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """The texts of the fields that a field is made from, and the names of those that have no usable text yet."""
    texts: dict[str, str] = {}
    missing: list[str] = []
    for part in field_named(name).made_of:
        if part in PAPER:
            continue
        text = context.corrections.get(paper.id, {}).get(part)
        if text is None:
            state = field_of(paper, part, context, answers, failed)
            if (
                state.text is not None
                and not state.needs
                and not is_rejected(paper, part, state.text, context, state.upstream)
            ):
                text = state.text
        if text is None:
            missing.append(part)
        else:
            texts[part] = text
    return texts, tuple(missing)


def _rejected_part(
    paper: Paper, name: str, text: str, parts: Sequence[Candidate], context: RunContext, upstream: Upstream
) -> Problem | None:
    """A problem that rejects a part although the whole text is not rejected, so that validate would miss it: a
    sentence that breaks off in the middle, or a one-liner cut at the token limit. Or that the answer had no such tag,
    which validate would call empty."""
    faults = [problem for part in parts for problem in part.problems if problem.severity == "reject"]
    if not faults:
        return None
    if any(part.is_missing for part in parts):
        return faults[0]
    return None if is_rejected(paper, name, text, context, upstream) else faults[0]


def is_rejected(paper: Paper, name: str, text: str, context: RunContext, upstream: Upstream) -> bool:
    """Whether a problem rejects a whole field."""
    problems = problems_of(paper, name, text, context, upstream)
    return any(problem.severity == "reject" for problem in problems)


def problems_of(
    paper: Paper,
    name: str,
    text: str | None,
    context: RunContext,
    upstream: Upstream = {},  # noqa: B006 - read only
) -> tuple[Problem, ...]:
    """The problems of a whole field."""
    return context.judge.problems_of(context.judge.case_of(paper, name, text, upstream=upstream))


def case_of_answer(asked: Segment, stored: StoredAnswer, judge: Judge) -> Case:
    """The case to judge when a segment has this answer."""
    return judge.case_of(
        asked.paper,
        asked.field,
        "" if stored.text is None else restore(stored.text, asked.spans_of(stored.key)),
        upstream=asked.upstream,
        sentence=asked.source if asked.part is not None else None,
        cut=stored.cut,
    )


def candidate(asked: Segment, stored: StoredAnswer, context: RunContext) -> Candidate:
    """The text of an answer and its problems."""
    case = case_of_answer(asked, stored, context.judge)
    problems = context.judge.problems_of(case)
    if stored.text is None:
        said = {"detail": f"回答里没有 <{asked.field}> 标签"}
        problems = tuple(each.model_copy(update=said) if each.rule == "empty" else each for each in problems)
    # Quotes in a fault come from the previous answer, and a good answer may contain the same words.
    faults = [*asked.faults, *map(complaint_of, asked.doubts)]
    complaints = [*asked.redos, *(_QUOTED.sub("", fault) for fault in faults)]
    echo = find_echo(case, "\n".join(complaints), context.checks) if complaints else None
    if echo and echo.rule not in {problem.rule for problem in problems}:
        problems = (echo, *problems)
    return Candidate(case.text or "", problems, is_missing=stored.text is None)
