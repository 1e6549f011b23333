"""Stage validate: every rule over every field of a paper, whoever wrote the records.

What a rule is stands in rules/; this file only says which text is checked against which English.
"""

from collections.abc import Mapping, Sequence

from pipeline.ledger import texts_of
from pipeline.records import Paper, Problem, Summary, Translation
from pipeline.rules import Case, PromptText, ValidateSettings, find_problems
from pipeline.text.source import source_of
from pipeline.text.terms import Term, terms_in

NO_ANSWER_RULES = frozenset({"no_answer", "filtered", "budget"})
"""Rules of questions without an answer."""


def validate_paper(
    paper: Paper,
    summary: Summary | None,
    translation: Translation | None,
    *,
    settings: ValidateSettings,
    glossary: tuple[Term, ...] = (),
    told: Mapping[str, PromptText] | None = None,
    known: Sequence[Problem] = (),
    corrected: Mapping[str, str] | None = None,
) -> list[Problem]:
    """The problems of a paper, worst first. `told`: what the prompts say, by field, to find it again;
    `known` are earlier problems of this paper, of which those that say why a text is missing stay; `corrected` are the
    texts a person wrote, by field: nothing is wrong with these."""
    corrected = corrected or {}
    problems: list[Problem] = []
    # Of title and abstract together: the rule looks itself which of them are its field's.
    terms = terms_in(source_of(paper, "summary_zh"), paper.categories, glossary)
    for field, text in texts_of(summary, translation, corrected).items():
        if field in corrected:
            continue
        reasons = [each for each in known if each.field == field and each.severity == "reject"]
        if text is None and reasons:  # why a text is missing only the asking knows
            problems += reasons
        elif text is not None or field != "summary_en":  # null: no English one-liner was asked for
            source = source_of(paper, field)
            case = Case(
                id=paper.id,
                field=field,
                source=source,
                text=text,
                told=(told or {}).get(field, PromptText()),
                terms=terms,
            )
            problems += find_problems(case, settings)
    return sorted(problems, key=lambda problem: problem.severity != "reject")
