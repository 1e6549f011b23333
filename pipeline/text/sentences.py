"""Where sentences end, in English abstracts and in Chinese translations."""

import re


def split_english(text: str) -> list[str]:
    return re.split(r"(?<=[.!?])\s+(?=[A-Z0-9⟦$])", text.strip())


def split_chinese(text: str) -> list[str]:
    return [s.strip() for s in re.findall(r"[^。！？]+[。！？]*[”’」』）]*", text) if s.strip()]
