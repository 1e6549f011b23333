"""Every rule of the table has a text it fires on, one like it that it leaves alone, and a damage that it sees."""

import pytest

from pipeline.fields import field_named
from pipeline.rules import RULES, Case, ValidateSettings
from pipeline.rules.analysis import Analysis
from tests.pairs import GOOD
from tests.rule_examples import DAMAGED_ELSEWHERE, DAMAGES, EXAMPLES

WITH_FIND = [rule for rule in RULES if rule.find]


def fires(rule, field, source, text, terms=()):
    row, kind = next(each for each in RULES if each.name == rule), field_named(field)
    assert kind.kind in row.kinds, f"{rule} is not for {field}"
    assert kind.language in row.languages, f"{rule} is not for {field}"
    knobs = (ValidateSettings().knob(knob.key) for knob in row.knobs)
    return list(row.find(Analysis(Case("2606.00001", field, source, text, terms=terms)), *knobs))


@pytest.mark.parametrize("rule", [rule.name for rule in WITH_FIND])
def test_every_rule_has_an_example_and_a_damage(rule):
    """What a rule is for is shown beside it: rows in tests/rule_examples.py."""
    assert any(example.rule == rule for example in EXAMPLES)
    assert rule in DAMAGED_ELSEWHERE or any(damage.rule == rule for damage in DAMAGES)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.rule)
def test_a_rule_fires_on_the_wrong_text_and_not_on_the_right_one(example):
    """Both are about the same English."""
    assert fires(example.rule, example.field, example.source, example.wrong, example.terms)
    assert not fires(example.rule, example.field, example.source, example.right, example.terms)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.rule)
def test_a_rule_sees_the_damage_it_is_there_for(damage):
    """A good translation passes it; damaged one way it does not."""
    pair = next(pair for pair in GOOD if pair.field == damage.field and damage.of(pair.text) != pair.text)
    assert not fires(damage.rule, pair.field, pair.source, pair.text)
    assert fires(damage.rule, pair.field, pair.source, damage.of(pair.text))
