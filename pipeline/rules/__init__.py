"""Every check on a field: table.py has a row a rule, and one function each stands in the other files.

Judges texts only; whoever asks again and whatever a digest shows of a faulty field is decided elsewhere. Severities are the
defaults of the contract, `validate.severity` in config.yaml changes them. What stands where:

- completeness.py: is it all there, and no more · chatter.py, leaks.py: what is no part of a translation
- language.py, characters.py: the language and the script · slips.py: slips of the pen
- verbatim.py: formulas and addresses · names.py, terms.py, claims.py: words that must stay, or must be these
- numbers.py, restated.py, moved.py, units.py: numbers; how texts write them is quantities.py's
- direction.py, negation.py: sentences that say the opposite; changes.py: numbers of which the opposite is said
- analysis.py: what rules share about a case, sentences by alignment.py, which knows words from lexicon.py; words.py: English
  that is always translated · judge.py: the only way to a case · settings.py: `validate:` of the config
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from pipeline.fields import Field, field_named
from pipeline.records import Problem, worst_first
from pipeline.rules.analysis import Analysis, Case, PromptText
from pipeline.rules.settings import ValidateSettings
from pipeline.rules.table import LABELS, RULES, Rule, rule_named

__all__ = [
    "LABELS",
    "RULES",
    "Case",
    "PromptText",
    "Rule",
    "ValidateSettings",
    "all_found",
    "counted",
    "everything_found",
    "find_echo",
    "find_problems",
    "rule_named",
    "take_over",
]

_log = logging.getLogger(__name__)


def find_problems(case: Case, settings: ValidateSettings) -> tuple[Problem, ...]:
    """All that is wrong with a field, worst first; one problem a rule."""
    found = everything_found(case, settings)
    return tuple(worst_first([each for each in found if each.severity != "count"]))


def counted(case: Case, settings: ValidateSettings) -> tuple[Problem, ...]:
    """What is no fault and only goes into the statistics: rules of severity `count`."""
    return tuple(each for each in everything_found(case, settings) if each.severity == "count")


_elsewhere: dict[tuple[Case, ValidateSettings], tuple[Problem, ...]] = {}
"""What another process has found, until somebody here asks for it."""


def all_found(cases: Sequence[Case], settings: ValidateSettings) -> list[tuple[Problem, ...]]:
    """For another process, which so imports nothing but the rules."""
    return [everything_found(case, settings) for case in cases]


def take_over(case: Case, settings: ValidateSettings, found: tuple[Problem, ...]) -> None:
    """Remembers `everything_found` of another process, so that the case is not judged again here."""
    _elsewhere[case, settings] = found
    everything_found(case, settings)


@lru_cache(maxsize=4096)
def everything_found(case: Case, settings: ValidateSettings) -> tuple[Problem, ...]:
    """What every rule that is on says of a field, one problem a rule.

    Remembered for a day of a thousand papers: a text is judged once, whoever asks.
    """
    if (case, settings) in _elsewhere:
        return _elsewhere.pop((case, settings))
    analysis, field = Analysis(case), field_named(case.field)
    problems = []
    for rule in _rules_for(field):
        severity = settings.severity.get(rule.name, rule.severity)
        if severity == "off":
            continue
        found = _problem(rule, analysis, settings)
        if found:
            problems.append(found.model_copy(update={"severity": severity}) if found.rule == rule.name else found)
            if rule.final:
                break
    return tuple(problems)


@lru_cache(maxsize=64)
def _rules_for(field: Field) -> tuple[Rule, ...]:
    """Those of such a field, in their order."""
    return tuple(rule for rule in RULES if field.kind in rule.kinds and field.language in rule.languages)


def find_echo(case: Case, words: str, settings: ValidateSettings) -> Problem | None:
    """The words of a complaint about an earlier answer, repeated in this one: a fault that only the asking can see."""
    rule = rule_named("placeholder")
    severity = settings.severity.get(rule.name, rule.severity)
    found = _problem(rule, Analysis(replace(case, told=PromptText(words))), settings) if severity != "off" else None
    return found and found.model_copy(update={"severity": severity})


def _problem(rule: Rule, analysis: Analysis, settings: ValidateSettings) -> Problem | None:
    """What a rule has to say; a rule that raises is itself the problem, and costs no more than its own word."""
    if rule.find is None:
        return None
    case = analysis.case
    try:
        details = list(rule.find(analysis, *(settings.knob(knob.key) for knob in rule.knobs)))
    except Exception as error:  # noqa: BLE001 - a fault of ours in one rule must not stop a day: it is named and logged
        _log.exception("rule %s raised on %s %s", rule.name, case.id, case.field)
        raised = rule_named("rule_error")
        detail = f"检查“{rule.label}”时出错（{type(error).__name__}），这一项没有查"
        return Problem(id=case.id, field=case.field, rule=raised.name, severity=raised.severity, detail=detail)
    if not details:
        return None
    detail = "；".join(details[:4]) + (f"；等 {len(details)} 处" if len(details) > 4 else "")
    return Problem(id=case.id, field=case.field, rule=rule.name, severity=rule.severity, detail=detail)
