"""The fields of a paper as they stand, and what to ask next: resolve.py's answer and review.py's together."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from pipeline.asking.context import RunContext
from pipeline.asking.resolve import FieldState, StoredAnswers, field_of
from pipeline.asking.review import ReviewState, review_of
from pipeline.asking.segments import Segment
from pipeline.fields import REVIEW
from pipeline.records import Paper


class Fields:
    """The states of the fields of papers as they stand after the review; each is computed once."""

    def __init__(self, context: RunContext, answers: StoredAnswers, failed: Collection[str] = ()) -> None:
        """`failed`: keys whose question failed in this run."""
        self._context = context
        self._answers = answers
        self._failed = failed
        self._written: dict[tuple[str, int, str], FieldState] = {}
        self._reviews: dict[tuple[str, int], ReviewState] = {}

    def state(self, paper: Paper, name: str) -> FieldState:
        """A field after the review; what was paid because of the review stays with the review."""
        written, changed = self._before_review(paper, name), self.review(paper).changed.get(name)
        return replace(written, text=changed.text, upstream=changed.upstream) if changed else written

    def review(self, paper: Paper) -> ReviewState:
        key = (paper.id, paper.version)
        if key not in self._reviews:
            self._reviews[key] = review_of(paper, self._context, self._answers, self._failed)
        return self._reviews[key]

    def needs(self, paper: Paper, names: Iterable[str]) -> list[Segment]:
        """What is still to be asked for these fields, and for the review if REVIEW is among the names."""
        return [need for name in names for need in self._needs(paper, name)]

    def lacks(self, paper: Paper, names: Iterable[str]) -> bool:
        """Whether anything is still to be asked for them."""
        return any(self._needs(paper, name) for name in names)

    def _needs(self, paper: Paper, name: str) -> tuple[Segment, ...]:
        return self.review(paper).needs if name == REVIEW else self._before_review(paper, name).needs

    def _before_review(self, paper: Paper, name: str) -> FieldState:
        key = (paper.id, paper.version, name)
        if key not in self._written:
            self._written[key] = field_of(paper, name, self._context, self._answers, self._failed)
        return self._written[key]


def needs_of(
    paper: Paper, names: Iterable[str], context: RunContext, answers: StoredAnswers, failed: Collection[str] = ()
) -> list[Segment]:
    """What to ask next about a paper: Fields.needs of the answers as they are now."""
    return Fields(context, answers, failed).needs(paper, names)
