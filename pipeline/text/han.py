"""What counts as a Chinese character, everywhere: CJK Unified Ideographs and their Extension A."""

import re

HAN = r"\u3400-\u4dbf\u4e00-\u9fff"
"""To stand inside the brackets of a regular expression."""
_HAN = re.compile(f"[{HAN}]")


def has_han(text: str) -> bool:
    return _HAN.search(text) is not None


def han(text: str) -> int:
    """Number of Chinese characters."""
    return len(_HAN.findall(text))
