"""The table of fields: what a model writes for a paper, in the order of the document. One row a field.

The question's tags, the stage files, checks, documents, `redo` and corrections are all made from a field's row. To add
a field, add a row here and a paragraph to the prompt file of its task.
"""

from collections.abc import Iterable
from typing import Literal, NamedTuple

Kind = Literal["title", "one_liner", "abstract"]
Language = Literal["zh", "en"]
TASKS = ("summarize", "translate")
"""The stages whose fields a model writes, in the order in which one question asks for them; each has a prompt file."""
REVIEW = "review"
"""The stage in which a second model reviews the fields. It writes no field, but has a prompt file and is asked and
paid for like a task."""
PROMPTED = (*TASKS, REVIEW)
"""What has a prompt file, a section in config.yaml and questions."""
PAPER = ("title", "abstract")
"""The paper's own texts, from which a field can be made; a field can also be made from other fields."""


class Field(NamedTuple):
    name: str
    """Its key in records, in files and in the tags of an answer."""
    task: str
    """The stage that asks for it."""
    kind: Kind
    """title: a phrase; one_liner: one sentence; abstract: the whole text, sentence by sentence."""
    language: Language
    made_of: tuple[str, ...]
    """What it is made from and checked against: texts of the paper (PAPER), or other fields. A field made from other
    fields is asked once these have their texts, and again when the texts change."""
    wanted: str
    """The placeholder between its tags in a question."""
    label: str
    """Its name for readers."""
    optional: bool = False
    """Whether its text may be missing without being a problem."""
    switch: str | None = None
    """The key in its task's config section that switches it on; None: always on."""


FIELDS = (
    Field("title_zh", "translate", "title", "zh", ("title",), wanted="标题译文", label="标题"),
    Field("summary_zh", "summarize", "one_liner", "zh", ("title", "abstract"), wanted="总结", label="一句话"),
    Field(
        "summary_en",
        "summarize",
        "one_liner",
        "en",
        ("title", "abstract"),
        wanted="英文总结",
        label="英文一句话",
        optional=True,
        switch="english",
    ),
    Field("abstract_zh", "translate", "abstract", "zh", ("abstract",), wanted="摘要译文", label="译文"),
)


FIELD_LABELS = {field.name: field.label for field in FIELDS}


def field_named(name: str) -> Field:
    """Raises KeyError."""
    return _BY_NAME[name]


def fields_of_task(task: str) -> tuple[Field, ...]:
    return tuple(field for field in FIELDS if field.task == task)


def lead(kind: Kind) -> Field:
    """The main field of a kind, around which documents are built: the Chinese title, one-liner or translation."""
    return next(field for field in FIELDS if field.kind == kind and field.language == "zh")


def made_from(names: Iterable[str]) -> tuple[Field, ...]:
    """The fields that are made from one of these, directly or through another field."""
    found = set(names)
    for field in in_order():
        if found & set(field.made_of):
            found.add(field.name)
    return tuple(field for field in in_order() if field.name in found and field.name not in names)


def in_order() -> tuple[Field, ...]:
    """All fields, each after the fields that it is made from."""
    ordered: list[Field] = []
    left = list(FIELDS)
    while left:
        known = {*PAPER, *(field.name for field in ordered)}
        ready = [field for field in left if set(field.made_of) <= known]
        ordered += ready
        left = [field for field in left if field not in ready]
    return tuple(ordered)


_BY_NAME = {field.name: field for field in FIELDS}
