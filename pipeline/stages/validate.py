"""Stage validate: runs every rule (rules/) on every field of a paper, each against the texts it is made from."""

from collections.abc import Collection

from pipeline.fields import FIELDS, PAPER
from pipeline.records import Paper, Problem, Texts, worst_first
from pipeline.rules.judge import Judge


def validate_paper(
    paper: Paper, texts: Texts, judge: Judge, *, failed: Collection[str] = (), corrected: Collection[str] = ()
) -> list[Problem]:
    """The problems of a paper, worst first, and last what is only counted. `texts`: by field, corrections included; `failed`: fields whose missing
    text is explained in failures.jsonl; `corrected`: fields that a person wrote, which are not checked."""
    problems: list[Problem] = []
    for field in FIELDS:
        text = texts.get(field.name)
        if field.name in corrected or (text is None and (field.optional or field.name in failed)):
            continue
        upstream = {part: texts.get(part) or "" for part in field.made_of if part not in PAPER}
        problems += judge.judged(judge.case_of(paper, field.name, text, upstream=upstream))
    return worst_first(problems)
