"""Stage validate: runs every rule (rules/) on every field of a paper, each against the texts it is made from, and adds
what the second reader claims."""

from collections.abc import Collection, Iterator

from pipeline.asking.claims import detail_of, is_major
from pipeline.fields import FIELDS, PAPER, REVIEW
from pipeline.records import Paper, PaperReview, Problem, Texts, worst_first
from pipeline.rules import rule_named
from pipeline.rules.judge import Judge


def validate_paper(
    paper: Paper,
    texts: Texts,
    judge: Judge,
    *,
    failed: Collection[str] = (),
    corrected: Collection[str] = (),
    review: PaperReview | None = None,
) -> list[Problem]:
    """The problems of a paper, worst first, and last what is only counted. `texts`: by field, corrections included;
    `failed`: fields whose missing text is explained in failures.jsonl; `corrected`: fields that a person wrote, which
    are not checked; `review`: what the second reader says about these texts."""
    problems: list[Problem] = []
    for field in FIELDS:
        text = texts.get(field.name)
        if field.name in corrected or (text is None and (field.optional or field.name in failed)):
            continue
        upstream = {part: texts.get(part) or "" for part in field.made_of if part not in PAPER}
        problems += judge.judged(judge.case_of(paper, field.name, text, upstream=upstream))
    return worst_first([*problems, *(_claimed(review, judge) if review else ())])


def _claimed(review: PaperReview, judge: Judge) -> Iterator[Problem]:
    """A problem for each field of which the second reader claims something major."""
    rule = rule_named(REVIEW)
    severity = judge.settings.severity.get(rule.name, rule.severity)
    if severity == "off":
        return
    for field in FIELDS:
        claims = [claim for claim in review.claims if claim.field == field.name and is_major(claim)]
        if claims:
            detail = "；".join(map(detail_of, claims))
            yield Problem(id=review.id, field=field.name, rule=rule.name, severity=severity, detail=detail)
