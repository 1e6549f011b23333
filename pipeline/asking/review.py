"""Replays the stored reviews of a paper: what a second model claims about its fields, and what became of it.

A pure function of the stored answers, like resolve.py: first review, the writer's second look at what is claimed as
major, and one review of the texts that this changed. A review is kept for each field, so after an edit only what
changed is reviewed again; one question asks for all fields of a paper that lack one.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from pipeline.asking.answers import StoredAnswer
from pipeline.asking.claims import founded, is_major, parse_review, places
from pipeline.asking.context import RunContext
from pipeline.asking.resolve import FieldState, StoredAnswers, candidate, field_of, is_rejected, problems_of, resolve
from pipeline.asking.segments import Segment, review_segment, segments_of
from pipeline.fields import PAPER, field_named, made_from
from pipeline.records import Claim, Paper, Problem, ReviewResult
from pipeline.text.source import part_of, source_of
from pipeline.text.terms import terms_in

_ATTEMPTS = 2
"""How often a model is asked for a review until its answer has the requested format."""


@dataclass(frozen=True)
class ReviewState:
    """How far the review of a paper has got."""

    state: ReviewResult = "none"
    texts: Mapping[str, str] = field(default_factory=dict)
    """The texts that were reviewed, as they stand now; empty for one that a person wrote."""
    claims: tuple[Claim, ...] = ()
    """Those that count, about these texts."""
    unfounded: int = 0
    changed: Mapping[str, FieldState] = field(default_factory=dict)
    """The fields that the writer wrote anew because of a claim, and the fields made from them."""
    needs: tuple[Segment, ...] = ()
    used: tuple[StoredAnswer, ...] = ()
    """Every answer paid for because of the review: reviews, and what was written anew."""


@dataclass(frozen=True)
class Round:
    """What one review says about texts."""

    claims: tuple[Claim, ...]
    unfounded: int
    covered: frozenset[str]
    """The fields with a usable answer."""
    needs: tuple[Segment, ...]
    used: tuple[StoredAnswer, ...]

    def majors(self, name: str) -> tuple[Claim, ...]:
        return tuple(claim for claim in self.claims if claim.field == name and is_major(claim))


@dataclass(frozen=True)
class _Look:
    """The writer's second look at a field: its new text, if that may count."""

    text: str | None
    needs: tuple[Segment, ...]
    used: tuple[StoredAnswer, ...]


def foreseen_reviews(
    paper: Paper, coming: Set[str], context: RunContext, answers: StoredAnswers
) -> tuple[Segment, ...]:
    """What a review will ask once the `coming` fields have their texts; their text is empty here."""
    if not coming & set(context.review.fields):
        return review_of(paper, context, answers).needs
    if not context.reviewers or not is_sampled(paper, context.review.share):
        return ()
    segments = []
    for name in _reviewed_fields(paper, context):
        if name in coming:
            stand_in = {part: "" for part in field_named(name).made_of if part not in PAPER}
            segments.append(review_segment(paper, name, "", context, stand_in))
        else:
            state = field_of(paper, name, context, answers)
            if _is_usable(paper, name, state, context):
                segments += review_round(paper, {name: state}, context, answers).needs
    return tuple(segments)


def is_sampled(paper: Paper, share: float) -> bool:
    """Whether a paper is in the share of papers to review; always the same for the same id."""
    return int(hashlib.sha256(paper.id.encode()).hexdigest()[:8], 16) / 16**8 < share


def review_of(paper: Paper, context: RunContext, answers: StoredAnswers, failed: Collection[str] = ()) -> ReviewState:
    """How far the review of a paper has got. Begins when all fields to review have their texts; a paper that lacks
    one of them for good has failed and is not reviewed, and a text that a person wrote is not reviewed."""
    if not context.reviewers or not is_sampled(paper, context.review.share):
        return ReviewState()
    state = _review_of(paper, context, answers, failed)
    by_hand = {name: "" for name in context.review.fields if name in context.corrections.get(paper.id, {})}
    return replace(state, texts={**state.texts, **by_hand})


def _review_of(paper: Paper, context: RunContext, answers: StoredAnswers, failed: Collection[str]) -> ReviewState:
    states = {name: field_of(paper, name, context, answers, failed) for name in _reviewed_fields(paper, context)}
    if any(state.needs or state.waits_for for state in states.values()):
        return ReviewState()
    written = {name: state for name, state in states.items() if _is_usable(paper, name, state, context)}
    if not written or any(not field_named(name).optional for name in states if name not in written):
        return ReviewState()
    first = review_round(paper, written, context, answers, failed)
    if first.needs:
        return _settled(written, first)
    looks = {
        name: _second_look(paper, name, first.majors(name), written[name], context, answers, failed)
        for name in written
        if first.majors(name) and not any(first.majors(part) for part in field_named(name).made_of)
    }
    used = tuple(row for look in looks.values() for row in look.used)
    if needs := tuple(need for look in looks.values() for need in look.needs):
        return _settled(written, first, needs=needs, used=used)
    new = {name: look.text for name, look in looks.items() if look.text is not None}
    return _reviewed_again(paper, written, first, new, used, context, answers, failed)


def _reviewed_again(
    paper: Paper,
    written: Mapping[str, FieldState],
    first: Round,
    new: Mapping[str, str],
    used: tuple[StoredAnswer, ...],
    context: RunContext,
    answers: StoredAnswers,
    failed: Collection[str],
) -> ReviewState:
    """The state after the review of the new texts, and of what is made from them; that after the first one if there are none."""
    made = _made_anew(paper, new, context, answers, failed)
    used += tuple(row for state in made.values() for row in state.used)
    if needs := tuple(need for state in made.values() for need in state.needs):
        return _settled(written, first, needs=needs, used=used)
    if not all(_is_usable(paper, name, state, context) for name, state in made.items()):
        return _settled(written, first, used=used)
    anew = {name: replace(written[name], text=text) for name, text in new.items()} | made
    looked_at = {name: state for name, state in anew.items() if name in written}
    second = review_round(paper, looked_at, context, answers, failed)
    if second.needs:
        return _settled(written, first, needs=second.needs, used=(*used, *second.used))
    better = {name for name in new if name in second.covered and not second.majors(name)}
    if made:  # these were made from all the new texts together
        better = {*anew} if better == set(new) and set(looked_at) <= second.covered else set()
    return _settled(written, first, second, {name: anew[name] for name in better}, used=(*used, *second.used))


def review_round(
    paper: Paper,
    states: Mapping[str, FieldState],
    context: RunContext,
    answers: StoredAnswers,
    failed: Collection[str] = (),
) -> Round:
    """What the stored reviews say about the texts of these fields."""
    needs: list[Segment] = []
    used: list[StoredAnswer] = []
    given: dict[tuple[object, ...], tuple[StoredAnswer, list[str]]] = {}
    for name, state in states.items():
        segment = review_segment(paper, name, state.text or "", context, state.upstream)
        usable, need, paid = _replay(segment, context, answers, failed)
        needs += [need] if need else []
        used += paid
        if usable:
            given.setdefault((usable.call, usable.asked_at), (usable, []))[1].append(name)
    glossary = terms_in("\n".join(part_of(paper, part) for part in PAPER), paper.categories, context.glossary)
    claims: list[Claim] = []
    unfounded = 0
    for stored, names in given.values():
        sources = {name: source_of(paper, name, states[name].upstream) for name in names}
        review = parse_review(stored.text or "")
        assert review, "_replay returns no other answer"
        counted, not_counted = founded(
            review.claims,
            sources,
            {name: states[name].text for name in names},
            glossary,
            context.review.max_claims,
        )
        claims += counted
        unfounded += not_counted
    covered = frozenset(name for _, names in given.values() for name in names)
    return Round(tuple(claims), unfounded, covered, tuple(needs), tuple(used))


def _reviewed_fields(paper: Paper, context: RunContext) -> list[str]:
    own = context.corrections.get(paper.id, {})
    return [name for name in context.review.fields if name not in own]


def _is_usable(paper: Paper, name: str, state: FieldState, context: RunContext) -> bool:
    return bool(state.text) and not is_rejected(paper, name, state.text or "", context, state.upstream)


def _replay(
    segment: Segment, context: RunContext, answers: StoredAnswers, failed: Collection[str]
) -> tuple[StoredAnswer | None, Segment | None, list[StoredAnswer]]:
    """The first usable review of a text, else the next question to ask; and all answers paid for it."""
    need: Segment | None = None
    used: list[StoredAnswer] = []
    for model in context.reviewers:
        for attempt in range(_ATTEMPTS):
            asked = replace(segment, model=model, attempt=attempt)
            stored = answers.get(asked.key)
            if stored is None and asked.key in failed:
                break
            if stored is None:
                need = need or asked
                continue
            need = None  # a later answer exists, so the missing one was asked and failed
            used.append(stored)
            if parse_review(stored.text or "") is not None:
                return stored, None, used
    return None, need, used


def _second_look(
    paper: Paper,
    name: str,
    claims: Sequence[Claim],
    state: FieldState,
    context: RunContext,
    answers: StoredAnswers,
    failed: Collection[str],
) -> _Look:
    """The writer looks at what is claimed about its text. A new text counts only if it has no more problems.

    A small model copies faults into its answer, so it is not asked.
    """
    needs: list[Segment] = []
    used: list[StoredAnswer] = []
    texts: list[str] = []
    problems: list[Problem] = []
    for segment in segments_of(paper, name, context, state.upstream):
        resolved = resolve(segment, context, answers, failed)
        assert resolved.best and resolved.by, "only a field that has its text is looked at"
        texts.append(resolved.best.text)
        doubts = tuple(claim for claim in claims if _is_about(claim, segment.source, resolved.best.text))
        if not doubts or resolved.by.allowed_latin is not None or not resolved.by.model.repairs:
            continue
        asked = replace(resolved.by, attempt=0, faults=(), earlier=resolved.best.text, doubts=doubts)
        stored = answers.get(asked.key)
        if stored:
            used.append(stored)
            found = candidate(asked, stored, context)
            texts[-1] = found.text
            problems += found.problems
        elif asked.key not in failed:
            needs.append(asked)
    text, old = "".join(texts), state.text or ""
    if needs or text == old or not text or any(problem.severity == "reject" for problem in problems):
        return _Look(None, tuple(needs), tuple(used))
    before, now = (problems_of(paper, name, each, context, state.upstream) for each in (old, text))
    return _Look(text if len(now) <= len(before) else None, (), tuple(used))


def _is_about(claim: Claim, source: str, text: str) -> bool:
    return bool(places(claim.source, source) or places(claim.text, text))


def _made_anew(
    paper: Paper, new: Mapping[str, str], context: RunContext, answers: StoredAnswers, failed: Collection[str]
) -> dict[str, FieldState]:
    """The fields that are made from the new texts, as they are once made from these."""
    own = context.corrections.get(paper.id, {})
    names = [row.name for row in made_from(new) if row.name not in own]
    changed = replace(context, corrections={**context.corrections, paper.id: {**new, **own}})
    was = {name: field_of(paper, name, context, answers, failed) for name in names}
    return {name: field_of(paper, name, changed, answers, failed) for name in names if was[name].used}


def _settled(
    written: Mapping[str, FieldState],
    first: Round,
    second: Round | None = None,
    changed: Mapping[str, FieldState] = {},
    *,
    needs: Sequence[Segment] = (),
    used: Sequence[StoredAnswer] = (),
) -> ReviewState:
    """The state after a review, and after a second one for the fields in `changed`."""
    claims = [claim for claim in first.claims if claim.field not in changed]
    claims += [claim for claim in second.claims if claim.field in changed] if second else []
    disputed = any(map(is_major, claims))
    state: ReviewResult = "mended" if changed else "clear"
    if not set(written) <= first.covered:
        state = "none"
    return ReviewState(
        state="disputed" if disputed else state,
        texts={name: changed.get(name, state).text or "" for name, state in written.items()},
        claims=tuple(claims),
        unfounded=first.unfounded + (second.unfounded if second else 0),
        changed=changed,
        needs=(*first.needs, *needs),
        used=(*first.used, *used),
    )
