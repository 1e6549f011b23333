"""corrections.yaml, in the output folder: texts that a person wrote. They replace any answer, in every later run too.

    - {id: "2403.17919", field: title_zh, text: 更好的标题}

A corrected field is not asked for and not checked.
"""

from collections.abc import Mapping
from pathlib import Path

from pydantic import Field, TypeAdapter, ValidationError

from pipeline.errors import FileError
from pipeline.records import FieldName, Record
from pipeline.written import Unreadable, keyless, slip_in, text_of, yaml_in

Corrections = Mapping[str, Mapping[str, str]]
"""Paper id → field → text."""


class Correction(Record):
    id: str
    field: FieldName
    text: str = Field(min_length=1)


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
        place = ", ".join(f"row {part + 1}" if isinstance(part, int) else part for part in row["loc"])
        example = '- {id: "2403.17919", field: title_zh, text: …}'
        raise FileError(f"{path}: {place}: {row['msg']}; a row is {example}") from None
    except Unreadable as error:
        raise FileError(error.at(path)) from None
    found: dict[str, dict[str, str]] = {}
    for each in corrections:
        found.setdefault(each.id, {})[each.field] = each.text
    return found
