"""`validate:` in config.yaml, made from the table of rules: a key a knob, and `severity` for all of them."""

import difflib
from functools import cached_property
from typing import Any, Literal

from pydantic import Field, create_model, model_validator

from pipeline.records import Severity
from pipeline.rules.table import RULES, Knob
from pipeline.settings import Section

Setting = Literal[Severity, "off"]


class _Severities(Section):
    severity: dict[str, Setting] = {}  # noqa: RUF012 - pydantic copies it
    """Raises, lowers or switches off a rule: {omitted: reject, mixed: "off"}."""

    @cached_property
    def _hash(self) -> int:
        return hash(self.model_dump_json())  # a mapping has none of its own

    def __hash__(self) -> int:
        return self._hash

    def knob(self, key: str) -> Any:  # noqa: ANN401 - a number or a choice, as its row says
        return getattr(self, key)

    @model_validator(mode="after")
    def _rules_exist(self) -> "_Severities":
        known = [rule.name for rule in RULES]
        for name in self.severity:
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
                hint = f"did you mean {near[0]}?" if near else f"known are: {', '.join(known)}"
                raise ValueError(f"severity.{name}: unknown rule, {hint}")
        return self


def _field_of(knob: Knob) -> tuple[Any, Any]:
    kind: Any = Literal[knob.choices] if knob.choices else type(knob.default)
    return kind, Field(knob.default, ge=knob.least, le=knob.most, description=knob.tells)


_KEYS: Any = {knob.key: _field_of(knob) for rule in RULES for knob in rule.knobs}
ValidateSettings = create_model(
    "ValidateSettings",
    __base__=_Severities,
    __module__=__name__,
    **_KEYS,
)
