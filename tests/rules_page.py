"""docs/rules.md from the table of rules: `python -m tests.rules_page` writes it; a test holds the page to the table.

Examples are those of tests/rule_examples.py, precision what MEASURED says.
"""

from pathlib import Path
from typing import get_args

from pipeline.rules import RULES, Rule
from pipeline.rules.table import CATEGORIES, Category, Knob
from tests.rule_examples import EXAMPLES

PAGE = Path(__file__).parents[1] / "docs" / "rules.md"
TITLES = {
    category: f"{'Asking' if category == 'run' else category.capitalize()} ({label})"
    for category, label in CATEGORIES.items()
}
SEVERITIES = {
    "reject": "reject: the text is not shown",
    "warn": "warn: shown with ⚠",
    "count": "count: only in the statistics",
}
MEASURED = {
    "boilerplate": ("6/6", "0/0", "0/0"),
    "formula": ("1/1", "2/16", "1/18"),
    "mixed": ("21/22", "2/3", "0/1"),
    "name": ("5/5", "2/4", "1/23"),
    "not_one_sentence": ("9/10", "0/0", "0/0"),
    "note": ("26/26", "0/0", "0/18"),
    "number": ("17/18", "4/6", "2/47"),
    "omitted": ("4/4", "0/1", "0/2"),
    "placeholder": ("4/4", "0/0", "0/0"),
    "term": ("22/42", "1/29", "1/18"),
    "truncated": ("14/14", "0/0", "0/2"),
    "url": ("19/19", "0/0", "0/0"),
}
"""Rule → of the firings of an earlier version that a bilingual reader judged true, debatable and false, those left of all.
The true ones that `term` has no more are house style and counted."""
READ = dict.fromkeys(
    (
        *(
            "boilerplate",
            "placeholder",
            "refusal",
            "untranslated",
            "mark",
            "other_paper",
            "duplicate",
            "truncated",
            "overlong",
        ),
        *("formula", "formula_again", "url", "number", "number_moved", "unit", "wrong_script", "broken", "omitted"),
        *("added", "priority", "traditional", "foreign_script", "bracket", "doubled", "note", "mixed"),
    ),
    "none",
) | {
    "clause": "1, debatable",
    "direction": "1, wrong",
    "negation": "1, right",
    "markup": "3, all of them right",
    "name": "2, one of them debatable",
    "term": "1, right",
}
"""Rule → what it fires on of 312 faithful translations of whole papers (titles and abstracts), read one by one."""
HEAD = """# The rules

What the checks look for, made from the table of rules (`pipeline/rules/table.py`) by `python -m tests.rules_page`; do not
edit it by hand. `validate.severity` in the config raises, lowers or switches off a rule, `validate.<knob>` sets its limits.

How precision was measured: a bilingual reader judged 364 firings of an earlier version of the rules on 1,566 papers of six
public translation systems, English beside Chinese; "left" says how many of these still fire. "Faithful" are the titles and
abstracts of 312 papers by two systems that translate sentence by sentence; what fires on these was read one by one.
`make eval` prints such figures for a folder of your own.
"""


def page() -> str:
    parts = [HEAD]
    for category in get_args(Category):
        rules = [rule for rule in RULES if rule.category == category]
        if rules:
            parts.append(f"## {TITLES[category]}\n")
            parts += [_section(rule) for rule in rules]
    return "\n".join(parts)


def _section(rule: Rule) -> str:
    lines = [f"### `{rule.name}` {rule.label}\n", f"{rule.tells}\n", f"- {SEVERITIES[rule.severity]}"]
    if len(rule.kinds) < 3 or len(rule.languages) < 2:
        lines.append(f"- fields: {', '.join(rule.kinds)}; languages: {', '.join(rule.languages)}")
    if not rule.repaired:
        lines.append("- the model is not asked again because of it")
    lines += [f"- {_knob(knob)}" for knob in rule.knobs]
    for example in (
        each for each in EXAMPLES if each.rule == rule.name and each.wrong and len(each.wrong + each.right) < 160
    ):
        lines.append(f"- fires on: {_code(example.wrong or '')}, not on: {_code(example.right)}")
        break
    if rule.name in MEASURED:
        true, debatable, false = MEASURED[rule.name]
        lines.append(f"- of judged firings left: true {true}, debatable {debatable}, false {false}")
    if rule.name in READ:
        lines.append(f"- fires on faithful translations: {READ[rule.name]}")
    return "\n".join(lines) + "\n"


def _knob(knob: Knob) -> str:
    choices = f", one of {', '.join(knob.choices)}" if knob.choices else ""
    return f"`validate.{knob.key}` (default {knob.default}{choices}): {knob.tells}"


def _code(text: str) -> str:
    """As Markdown code; what nobody sees by its number."""
    shown = "".join(char if char.isprintable() and char != "\ufffd" else f"\\u{ord(char):04x}" for char in text)
    fence = "``" if "`" in shown else "`"
    return f"{fence} {shown} {fence}" if "`" in shown or not shown.strip() else f"{fence}{shown}{fence}"


def main() -> None:
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
