"""Characters that do not belong in simplified Chinese: wrong_script, traditional, foreign_script, broken."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from pipeline.rules.analysis import Analysis, quoted
from pipeline.text.han import han, simplified_forms


def wrong_script(analysis: Analysis, share: float) -> Iterator[str]:
    """A text in traditional characters."""
    found = _traditional(analysis.text, analysis.source)
    if _is_wrong_script(analysis, found, share):
        yield f"出现繁体字：{quoted(''.join(dict.fromkeys(found)))}"


def traditional(analysis: Analysis, share: float) -> Iterator[str]:
    """A few traditional characters in a simplified text."""
    found = _traditional(analysis.text, analysis.source)
    if found and not _is_wrong_script(analysis, found, share):
        yield f"夹着繁体字：{quoted(''.join(dict.fromkeys(found)))}"


def _is_wrong_script(analysis: Analysis, found: tuple[str, ...], share: float) -> bool:
    return len(found) >= 2 and len(found) >= share * han(analysis.text)


@lru_cache(maxsize=16)  # two rules ask in turn
def _traditional(text: str, source: str) -> tuple[str, ...]:
    return tuple(char for char in _traditional_characters().findall(text) if char not in source)


@lru_cache(maxsize=1)
def _traditional_characters() -> re.Pattern[str]:
    """By OpenCC's table those that have a simplified form, but for those that simplified text has uses of its own for:
    they are in GB 2312 (覆, 著, 乾, 藉) or were let in again by the Table of General Standard Characters of 2013 (昇)."""
    characters = (each for each in simplified_forms() if not _in_gb2312(each) and each not in _LET_IN_AGAIN)
    return re.compile(f"[{''.join(characters)}]")


_LET_IN_AGAIN = "昇甦堃喆邨仝龢犇迺祇夥麽瞭徵晳"


def _in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


_FOREIGN = re.compile(
    r"[\u3041-\u3096\u30a1-\u30fa\u31f0-\u31ff\uff66-\uff9d"  # kana; ・ and ー also set off Chinese words
    r"\u1100-\u11ff\u3130-\u318f\uac00-\ud7af"  # Hangul
    r"\u0400-\u052f\u0530-\u058f\u0590-\u05ff\u0600-\u06ff\u0700-\u07bf\u0900-\u0dff\u0e00-\u0eff\u0f00-\u0fff"
    r"\u1000-\u10ff\u1200-\u137f\u1780-\u17ff]+"  # Cyrillic, Armenian, Hebrew, Arabic, the scripts of India, Thai, …
)


def foreign_script(analysis: Analysis) -> Iterator[str]:
    """Letters of a script that is neither Chinese, Latin nor Greek."""
    runs = _FOREIGN.findall(analysis.text_prose)
    if found := [run for run in runs if not any(char in analysis.source for char in run)]:
        names = dict.fromkeys(_script_of(run[0]) for run in found)
        yield f"混入了{'、'.join(names)}：{'、'.join(quoted(run) for run in dict.fromkeys(found))}"


def _script_of(character: str) -> str:
    word = unicodedata.name(character, "").split(" ")[0].removeprefix("HALFWIDTH")
    return _SCRIPTS.get(word, "其他文字")


_SCRIPTS = {"HIRAGANA": "假名", "KATAKANA": "假名", "HANGUL": "谚文", "CYRILLIC": "西里尔字母", "ARABIC": "阿拉伯字母"}

_UNSEEN = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff"
_PRIVATE = r"\ue000-\uf8ff\U000f0000-\U0010ffff"
_BROKEN = re.compile(
    r"(?P<replaced>\ufffd+|\u951f\u65a4\u62f7|(?:\u951f\u65a4|\u65a4\u62f7)|\u70eb{3,}|\u5c6f{3,}"  # 锟斤拷, 烫烫烫, 屯屯屯
    r"|\u00ef\u00bf\u00bd|\u00e2\u20ac.?|[\u00c2\u00c3][\u0080-\u00bf]|(?:[\u00e4-\u00e9][\u0080-\u00bf]{2})+)"  # UTF-8 read as Latin-1
    rf"|(?P<unseen>[{_UNSEEN}])|(?P<private>[{_PRIVATE}])"
)
_SUSPECT = re.compile(rf"[\ufffd\u951f\u65a4\u70eb\u5c6f\u00ef\u00e2\u00c2\u00c3\u00e4-\u00e9{_UNSEEN}{_PRIVATE}]")
"""What all that is broken begins with, much faster to search for."""


def broken(analysis: Analysis) -> Iterator[str]:
    """Characters that some step on the way has destroyed, or that nobody sees."""
    if not _SUSPECT.search(analysis.text):  # mutant: only faster
        return
    for found in _BROKEN.finditer(analysis.text):
        if found[0] in analysis.source:
            continue
        before = analysis.text[max(0, found.start() - 6) : found.start()]
        place = f"在{quoted(before)}之后" if before.strip() else "在开头"
        if found["replaced"]:
            yield f"{place}有乱码{quoted(found[0])}"
        else:
            what = "看不见的字符" if found["unseen"] else "私用区的字符"
            yield f"{place}有{what} U+{ord(found[0]):04X}"
