"""Stage validate: every rule over every field of a paper, whoever wrote the records.

What a rule is stands in rules/; this file only says which text is checked against which source.
"""

from collections.abc import Collection

from pipeline.fields import FIELDS, PAPER
from pipeline.records import Paper, Problem, Texts, worst_first
from pipeline.rules.judge import Judge


def validate_paper(
    paper: Paper, texts: Texts, judge: Judge, *, failed: Collection[str] = (), corrected: Collection[str] = ()
) -> list[Problem]:
    """The problems of a paper, worst first. `texts`: by field, a person's corrections among them; `failed`: the fields for
    which failures.jsonl says why there is no text; `corrected`: those that a person wrote, with which nothing is wrong."""
    problems: list[Problem] = []
    for field in FIELDS:
        text = texts.get(field.name)
        if field.name in corrected or (text is None and (field.optional or field.name in failed)):
            continue
        upstream = {part: texts.get(part) or "" for part in field.made_of if part not in PAPER}
        problems += judge.problems_of(judge.case_of(paper, field.name, text, upstream=upstream))
    return worst_first(problems)
