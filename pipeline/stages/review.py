"""Stage review: what the second reader says about a paper, from the stored answers (asking/review.py replays them)."""

from pipeline.asking.review import ReviewState
from pipeline.asking.schema import fingerprint
from pipeline.fields import REVIEW
from pipeline.records import Paper, PaperReview


def review_of_paper(paper: Paper, state: ReviewState, reader: str) -> PaperReview:
    """`reader`: the model to name if none has answered."""
    answered = [row.model for row in state.used if row.field == REVIEW]
    return PaperReview(
        id=paper.id,
        version=paper.version,
        model=answered[-1] if answered else reader,
        state=state.state,
        texts={name: fingerprint(text) for name, text in state.texts.items()},
        claims=state.claims,
        unfounded=state.unfounded,
    )
