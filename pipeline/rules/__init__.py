"""Every check on a field: one table, one function a rule, one row a function.

Judges texts only; whoever asks again and whatever a digest shows of a faulty field is decided elsewhere. Severities are the
defaults of the contract, `validate.severity` in config.yaml changes them.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from pipeline.config import ValidateSettings
from pipeline.models import Problem, Severity
from pipeline.rules import chatter, completeness, language, leaks, numbers, terms, verbatim
from pipeline.rules.reading import Case, Reading, Told

__all__ = ["RULES", "Case", "Told", "find_problems"]


class Rule(NamedTuple):
    name: str
    severity: Severity
    find: Callable[[Reading, ValidateSettings], Iterator[str]]
    """Details of what is wrong, in Chinese; nothing when all is well."""
    final: bool = False
    """A field with this fault is no translation at all: comparing it with the source would only repeat the same thing."""


RULES = (
    Rule("no_answer", "reject", completeness.no_answer, final=True),
    Rule("empty", "reject", completeness.empty, final=True),
    Rule("boilerplate", "reject", leaks.boilerplate),
    Rule("placeholder", "reject", chatter.placeholder, final=True),
    Rule("refusal", "reject", chatter.refusal, final=True),
    Rule("untranslated", "reject", language.untranslated),
    Rule("mark", "reject", leaks.mark),
    Rule("duplicate", "reject", completeness.duplicate),
    Rule("truncated", "reject", completeness.truncated),
    Rule("formula", "reject", verbatim.formula),
    Rule("url", "reject", verbatim.url),
    Rule("number", "reject", numbers.number),
    Rule("wrong_script", "reject", language.wrong_script),
    Rule("omitted", "warn", completeness.omitted),
    Rule("note", "warn", chatter.note),
    Rule("term", "warn", terms.term),
    Rule("not_one_sentence", "warn", completeness.not_one_sentence),
    Rule("english_summary", "warn", language.english_summary),
    Rule("name", "warn", verbatim.name),
    Rule("mixed", "warn", language.mixed),
)


@lru_cache(maxsize=4096)
def find_problems(case: Case, settings: ValidateSettings) -> tuple[Problem, ...]:
    """All that is wrong with a field, worst first; one problem a rule.

    Remembered for a day of a thousand papers: a text is judged when it is answered, when it is written and by validate.
    """
    reading = Reading(case)
    problems = []
    for rule in RULES:
        severity = settings.severity.get(rule.name, rule.severity)
        if severity == "off":
            continue
        details = list(rule.find(reading, settings))
        if details:
            detail = "；".join(details[:4]) + (f"；等 {len(details)} 处" if len(details) > 4 else "")
            problems.append(Problem(id=case.id, field=case.field, rule=rule.name, severity=severity, detail=detail))
            if rule.final:
                break
    return tuple(sorted(problems, key=lambda problem: problem.severity != "reject"))
