"""What only a comparison of papers shows: one Chinese text for two sources, one source with two Chinese titles.

Within a day the first is a mark, of rule same_text. Of many days `wenzhai validate` prints both: they mark nothing, because
a day must not depend on days after it, and nobody knows which of two titles is the better one.
"""

from collections.abc import Iterable, Iterator

from pipeline.fields import FIELDS, lead
from pipeline.records import Paper, Problem, Texts
from pipeline.rules.settings import ValidateSettings
from pipeline.rules.table import rule_named

_FIELDS = tuple(field for field in FIELDS if field.language == "zh" and field.kind != "title")
_LEAST = 12
"""Characters; what is shorter may well be said of two papers."""
_TITLE = lead("title")


class Across:
    """The papers seen so far, in whatever order they come; texts are kept as hashes, so that years of them fit into memory."""

    def __init__(self) -> None:
        self._texts: dict[int, tuple[str, int]] = {}
        self._titles: dict[int, tuple[str, str]] = {}

    def same_texts(self, where: str, paper: Paper, texts: Texts) -> Iterator[tuple[str, str]]:
        """(field, where it was seen before) for each text that another paper has, too."""
        source = _hash_of(f"{paper.title} {paper.abstract}")
        for field in _FIELDS:
            text = texts.get(field.name) or ""
            before, other = self._texts.setdefault(hash((field.name, text)), (where, source))
            if len(text) >= _LEAST and other != source:
                yield field.name, before

    def other_title(self, where: str, paper: Paper, texts: Texts) -> tuple[str, str] | None:
        """(where it was seen before, its Chinese title there) if a paper of the same title is called otherwise in Chinese."""
        title = texts.get(_TITLE.name)
        if not title:
            return None
        before, other = self._titles.setdefault(_hash_of(paper.title), (where, title))
        return (before, other) if other != title else None


def same_text(papers: Iterable[tuple[Paper, Texts]], settings: ValidateSettings) -> dict[str, list[Problem]]:
    """Paper id → its problems: texts that stand word for word for another of these papers, too."""
    rule, across = rule_named("same_text"), Across()
    severity = settings.severity.get(rule.name, rule.severity)
    if severity in ("off", "count"):
        return {}
    found: dict[str, dict[str, str]] = {}
    for paper, texts in papers:
        for field, other in across.same_texts(paper.id, paper, texts):
            found.setdefault(paper.id, {})[field] = other
            found.setdefault(other, {}).setdefault(field, paper.id)
    return {
        id: [
            Problem(id=id, field=field, rule=rule.name, severity=severity, detail=f"与 {other} 的一字不差，原文却不同")
            for field, other in fields.items()
        ]
        for id, fields in found.items()
    }


def _hash_of(source: str) -> int:
    return hash(" ".join(source.casefold().split()))
