"""An answer as the rows that answers.db keeps: one a segment."""

from collections.abc import Sequence

from pipeline.asking.answers import StoredAnswer, now
from pipeline.asking.budget import cost_of
from pipeline.asking.glossary import as_rows
from pipeline.asking.questions import parse_answer
from pipeline.asking.schema import fingerprint
from pipeline.asking.segments import Segment
from pipeline.records import Answer


def rows_of(answer: Answer, segments: Sequence[Segment]) -> list[StoredAnswer]:
    """One row a segment. The call's tokens and cost are divided among the rows, so that the rows add up to the call."""
    texts = parse_answer(answer, segments)
    written = _shares(answer.completion_tokens, [len(text or "") for text in texts])
    read = _shares(answer.prompt_tokens, [1] * len(segments))
    cached = _shares(answer.cached_tokens, [1] * len(segments))
    cost = cost_of(answer, segments[0].model)
    asked_at = now()
    return [
        StoredAnswer(
            key=segment.key,
            paper=segment.paper.id,
            version=segment.paper.version,
            field=segment.kept_as,
            part=segment.part,
            prompt=segment.prompt.fingerprint,
            glossary=fingerprint(as_rows(segment.terms)),
            model=segment.model.name,
            attempt=segment.attempt,
            text=text,
            # The token limit cuts only the last field that the answer contains.
            cut=answer.cut and text is not None and all(later is None for later in texts[number + 1 :]),
            requests=int(number == 0),
            prompt_tokens=read[number],
            completion_tokens=written[number],
            cached_tokens=cached[number],
            cost=cost / len(segments),
            asked_at=asked_at,
            call=answer.call,
        )
        for number, (segment, text) in enumerate(zip(segments, texts, strict=True))
    ]


def _shares(total: int, weights: Sequence[int]) -> list[int]:
    """Whole numbers, in proportion to the weights, that add up to the total."""
    whole = sum(weights) or 1
    shares = [total * weight // whole for weight in weights]
    shares[-1] += total - sum(shares)
    return shares
