"""docs/rules.md is what the table of rules says."""

from pipeline.rules import RULES
from tests.rules_page import MEASURED, PAGE, READ, page


def test_the_page_equals_the_table():
    """A rule changed without `python -m tests.rules_page` fails here."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_rule_is_on_the_page():
    """With its label, its sentence and its knobs; figures are only of rules that there are."""
    names = {rule.name for rule in RULES}
    assert {*MEASURED, *READ} <= names
    for rule in RULES:
        assert f"### `{rule.name}` {rule.label}\n\n{rule.tells}\n" in page()
        assert all(f"`validate.{knob.key}` (default {knob.default}" in page() for knob in rule.knobs)
