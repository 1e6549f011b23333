"""Texts with nothing in them that is not seen; what they look like is left to the formats."""

import re

_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufffe\uffff\ud800-\udfff]"
)
"""Controls that change how text reads without being seen, above all its direction, and what XML has no place for;
Persian's joiners are not among them."""


def visible(text: str) -> str:
    return _INVISIBLE.sub("�", text)
