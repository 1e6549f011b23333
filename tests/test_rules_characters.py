"""The rules wrong_script, traditional, foreign_script and broken."""

import opencc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules import ValidateSettings
from pipeline.rules.analysis import Case
from pipeline.rules.characters import broken, foreign_script, traditional, wrong_script
from tests.pairs import ABSTRACT, GOOD, details_of

CHINESE = [pair for pair in GOOD if pair.field != "summary_en"]


def found(rule, source: str, text: str, field: str = "abstract_zh", **settings) -> str:
    return details_of(rule, Case("2606.00001", field, source, text), ValidateSettings(**settings))


@pytest.mark.parametrize(
    "pair", [pair for pair in CHINESE if pair.source != pair.text], ids=lambda pair: pair.text[:12]
)
def test_traditional_characters_are_found(pair):
    """Converted by the library that finds them."""
    assert found(wrong_script, pair.source, opencc.OpenCC("s2t").convert(pair.text), pair.field)
    for rule in (wrong_script, traditional, foreign_script, broken):
        assert not found(rule, pair.source, pair.text, pair.field)


def test_traditional_characters_of_the_source_may_be_quoted():
    """A paper about characters quotes them."""
    assert not found(wrong_script, "We study 漢 and 語.", "我们研究“漢”和“語”。")


def test_the_share_that_is_too_much_is_a_setting():
    """validate.wrong_script; a share below it is only marked, and one fault is told once."""
    text = "我们研究漢語的书写与阅读，以及它们之间的关系。"
    assert found(wrong_script, "We study Chinese.", text)
    assert not found(traditional, "We study Chinese.", text)
    assert not found(wrong_script, "We study Chinese.", text, wrong_script=0.5)
    assert found(wrong_script, "We study Chinese.", "漢語之美", wrong_script=0.5)
    assert "漢語" in found(traditional, "We study Chinese.", text, wrong_script=0.5)


def test_one_traditional_character_is_marked():
    """From the first on."""
    assert "現" in found(traditional, ABSTRACT.source, ABSTRACT.text.replace("现有", "現有"))


@pytest.mark.parametrize("text", ["毕昇的活字", "细胞覆盖率", "著名学者", "乾坤", "慰藉", "特徵", "瞭望塔"])
def test_characters_that_simplified_chinese_has_too(text):
    """Though a converter has a simpler form for them."""
    assert not found(traditional, "A paper", text, "title_zh")
    assert not found(wrong_script, "A paper", text, "title_zh")


@pytest.mark.parametrize(
    ("text", "script"), [("我们は排序", "假名"), ("我们 한글 排序", "谚文"), ("我们 мир 排序", "西里尔字母")]
)
def test_letters_of_another_script_are_found(text, script):
    """Unless the source has them; Greek is everybody's."""
    assert script in found(foreign_script, "We sort.", text)
    assert not found(foreign_script, f"We sort {text}.", text)
    assert not found(foreign_script, "We sort.", "我们对 αβ 排序，卡尔・马克思")


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        *((seen, f"有乱码“{seen}”") for seen in ("\ufffd", "锟斤拷", "烫烫烫", "ï¿½")),
        *((unseen, f"有看不见的字符 U+{ord(unseen):04X}") for unseen in "\u200b\x08\u202e\ufeff"),
        ("\ue123", "有私用区的字符 U+E123"),
    ],
)
def test_what_some_step_has_destroyed_is_found(damage, told):
    """Where it stands is said, and what nobody sees by its number; what the source has is its own."""
    assert (
        found(broken, ABSTRACT.source, ABSTRACT.text.replace("常见", f"常{damage}见")) == f"在“序是实践中常”之后{told}"
    )
    assert found(broken, "We sort.", f"我{damage}们排序。") == f"在“我”之后{told}"
    assert found(broken, "We sort.", f"\n {damage}我们排序。").startswith(f"在开头{told}")
    assert not found(broken, f"We {damage} sort.", f"我们排序{damage}。")


def test_a_tab_a_line_break_and_an_accent_are_whole():
    """White space and the letters of other languages."""
    assert not found(broken, "A paper", "第一行\n第二行\t，naïve 的 Gröbner 基，Ã 与 Å")


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=40))
def test_whatever_is_simplified_is_left_alone(text):
    """What the converter would not change is no traditional character."""
    if opencc.OpenCC("t2s").convert(text) == text:
        assert not found(traditional, "A paper", text)
