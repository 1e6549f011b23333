"""corrections.yaml, in the output folder: texts that a person wrote. They replace any answer, in every later run too.

    - {id: "2403.17919", field: title_zh, text: 更好的标题}

A corrected field is not asked for and not checked.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from pydantic import Field, TypeAdapter, ValidationError, field_validator

from pipeline.errors import FileError
from pipeline.records import FieldName, Record
from pipeline.written import Unreadable, keyless, line_of, slip_in, text_of, yaml_in

_WORDS = {
    "string_type": "must be text; put quotes round it",
    "list_type": "must hold a list",
    "missing": "is missing",
    "extra_forbidden": "unknown key",
}
"""What pydantic calls a fault → what the user is told."""
Corrections = Mapping[str, Mapping[str, str]]
"""Paper id → field → text."""


_ID = re.compile(r"(?:https?://(?:\w+\.)?arxiv\.org/(?:abs|pdf)/|arXiv:)?(\S+?)(?:v\d+)?(?:\.pdf)?", re.IGNORECASE)


class Correction(Record):
    id: str = Field(min_length=1)
    """Without version: a correction holds for all of them. In the file it may have one, or be an address."""
    field: FieldName
    text: str = Field(min_length=1)

    @field_validator("id")
    @classmethod
    def _is_bare(cls, typed: str) -> str:
        bare = _ID.fullmatch(typed.strip())
        return bare[1] if bare else typed


def load_corrections(output: Path) -> Corrections:
    """Of all digests below `output`; none without a file. Raises FileError."""
    path = output / "corrections.yaml"
    try:
        text = keyless(text_of(path))
        rows = yaml_in(text) or []
        corrections = TypeAdapter(list[Correction]).validate_python(rows)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise FileError(f"{path}: cannot be read: {error}") from None
    except ValidationError as error:
        if slip := slip_in(text):
            raise FileError(slip.at(path)) from None
        row = error.errors()[0]
        line = line_of(text, row["loc"]) or line_of(text, row["loc"][:1])
        place = f"{path}:{line}" if line else f"{path}"
        wrong = ": ".join(
            [*(part for part in row["loc"] if isinstance(part, str)), _WORDS.get(row["type"], row["msg"])]
        )
        raise FileError(f'{place}: {wrong}; a row is - {{id: "2403.17919", field: title_zh, text: …}}') from None
    except Unreadable as error:
        raise FileError(error.at(path)) from None
    found: dict[str, dict[str, str]] = {}
    for each in corrections:
        found.setdefault(each.id, {})[each.field] = each.text
    return found
