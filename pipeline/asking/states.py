"""The fields of a paper as they stand, and what to ask next: resolve.py's answer and review.py's together."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from pipeline.asking.context import RunContext
from pipeline.asking.resolve import FieldState, Lookup, field_of
from pipeline.asking.review import ReviewState, review_of
from pipeline.asking.segments import Segment
from pipeline.fields import REVIEW
from pipeline.records import Paper


class Fields:
    """The states of the fields of papers as they stand after the review; each is computed once."""

    def __init__(self, context: RunContext, lookup: Lookup) -> None:
        self._context = context
        self._lookup = lookup
        self._states: dict[tuple[str, int, str], FieldState] = {}
        self._reviews: dict[tuple[str, int], ReviewState] = {}

    def state(self, paper: Paper, name: str) -> FieldState:
        key = (paper.id, paper.version, name)
        if key not in self._states:
            written = field_of(paper, name, self._context, self._lookup)
            self._states[key] = _after(written, self.review(paper).changed.get(name))
        return self._states[key]

    def review(self, paper: Paper) -> ReviewState:
        key = (paper.id, paper.version)
        if key not in self._reviews:
            self._reviews[key] = review_of(paper, self._context, self._lookup)
        return self._reviews[key]

    def needs(self, paper: Paper, names: Iterable[str]) -> list[Segment]:
        """What is still to be asked for these fields, and for the review if REVIEW is among the names."""
        return [
            need
            for name in names
            for need in (self.review(paper).needs if name == REVIEW else self.state(paper, name).needs)
        ]


def needs_of(
    paper: Paper, names: Iterable[str], context: RunContext, lookup: Lookup, failed: Collection[str] = ()
) -> list[Segment]:
    """What to ask next for these fields, and for the review if REVIEW is among the names."""
    needs: list[Segment] = []
    for name in names:
        if name == REVIEW:
            needs += review_of(paper, context, lookup, failed).needs
        else:
            needs += field_of(paper, name, context, lookup, failed).needs
    return needs


def _after(written: FieldState, changed: FieldState | None) -> FieldState:
    """A field after the review; what was paid because of the review stays with the review."""
    if changed is None:
        return written
    return replace(written, text=changed.text, upstream=changed.upstream)
