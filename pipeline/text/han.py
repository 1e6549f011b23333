"""What counts as a Chinese character, everywhere (CJK Unified Ideographs and their Extension A), and its simplified form."""

import re
from collections.abc import Mapping
from functools import lru_cache

HAN = r"\u3400-\u4dbf\u4e00-\u9fff"
"""To stand inside the brackets of a regular expression."""
_HAN = re.compile(f"[{HAN}]+")


def has_han(text: str) -> bool:
    return _HAN.search(text) is not None


def han(text: str) -> int:
    """Number of Chinese characters."""
    return sum(map(len, _HAN.findall(text)))


@lru_cache(maxsize=1)
def simplified_forms() -> Mapping[str, str]:
    """Traditional character → the simplified one, by OpenCC's table."""
    import opencc

    characters = [chr(code) for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))]
    simplified = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {a: b for a, b in zip(characters, simplified, strict=True) if a != b}
