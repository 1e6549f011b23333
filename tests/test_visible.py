"""What nobody sees is taken out of what comes in, and nothing else is."""

import json
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.text.visible import cleaned

ANYTHING = st.text(st.characters(exclude_categories=[]), max_size=40)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("智能\u200b体\ufeff", "智能体"),
        ("ab\u00adc", "abc"),
        ("好\U000e0041\U000e007f", "好"),
        ("好\u3164\u115f\uffa0", "好"),
        ("\u202e好\u2066", "好"),
        ("好\x00\x1b\x7f\x9b", "好"),
        ("好\ud800。", "好。"),
        ("一\r\n二\r三\u2028四\u2029五\x85六", "一\n二\n三\n四\n五\n六"),
        ("一\t二\n", "一\t二\n"),
    ],
)
def test_what_has_no_meaning_in_chinese_is_taken_out(text, clean):
    """Zero-width, soft hyphen, tags, fillers, direction marks, controls, lone surrogates; tab and newline stay."""
    assert cleaned(text) == clean


def test_a_character_cut_in_two_is_one_again():
    """Streams cut between the two escapes of a character beyond the first 65,536."""
    halves = json.dumps("𝒪")[1:-1]
    assert cleaned(json.loads(f'"{halves[:6]}"') + json.loads(f'"{halves[6:]}"')) == "𝒪"


@pytest.mark.parametrize("text", ["3\u00a0万 $x^2$ “引文”——…… ①½ é", "𝛼-helix", "한글 ひらがな", "\ufffd", "a b"])
def test_what_is_seen_stays(text):
    """Spaces of any width, symbols, other scripts, and the sign for a broken character, which the rules look for."""
    assert cleaned(text) == text


@given(ANYTHING)
@example("\ud83d\ud83d\ude00")
def test_a_clean_text_can_be_kept_and_cleaning_it_again_changes_nothing(text):
    """It is UTF-8, holds no control but tab and newline, and keeps each letter, number, sign and space in order."""
    clean = cleaned(text)
    clean.encode()
    assert cleaned(clean) == clean
    assert not [each for each in clean if unicodedata.category(each) in ("Cc", "Cs") and each not in "\t\n"]

    def seen(words):
        return [
            each for each in words if unicodedata.category(each)[0] in "LNPS" and each not in "\u115f\u1160\u3164\uffa0"
        ]

    joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    assert seen(clean) == seen(joined)
