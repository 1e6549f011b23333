"""The rules untranslated, mixed and english_summary."""

import pytest

from pipeline.rules import ValidateSettings
from pipeline.rules.analysis import Case
from pipeline.rules.language import english_summary, mixed, untranslated
from tests.pairs import ABSTRACT, GOOD, details_of

CHINESE = [pair for pair in GOOD if pair.field != "summary_en"]


def found(rule, source: str, text: str, field: str = "abstract_zh", **settings) -> str:
    return details_of(rule, Case("2606.00001", field, source, text), ValidateSettings(**settings))


@pytest.mark.parametrize(
    "pair", [pair for pair in CHINESE if pair.source != pair.text], ids=lambda pair: pair.source[:20]
)
def test_a_field_left_in_english_is_found(pair):
    """Whole."""
    assert found(untranslated, pair.source, pair.source, pair.field)


def test_a_title_of_three_words_is_a_name_only_if_none_is_an_ordinary_word():
    """A capital in front makes no name in a title."""
    assert found(untranslated, "Sorting Large Tables", "Sorting Large Tables", "title_zh")
    assert not found(untranslated, "BERT, GPT-4, T5", "BERT, GPT-4, T5", "title_zh")


def test_an_english_sentence_among_the_chinese_is_found():
    """Longer than a name."""
    sentence = "Existing tools need 12 GB of memory for 5 million rows, which is more than most laptops have."
    start, end = ABSTRACT.text.index("现有"), ABSTRACT.text.index("我们提出")
    detail = found(untranslated, ABSTRACT.source, ABSTRACT.text[:start] + sentence + ABSTRACT.text[end:])
    assert "Existing tools" in detail


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("LISA", "LISA"),
        ("Mistral", "Mistral"),
        ("Qwen2.5-VL", "Qwen2.5-VL"),
        ("We ask to think step by step.", "我们要求“let us think step by step and then answer”。"),
        ("LoRA (low-rank adaptation of large models)", "LoRA（low-rank adaptation of large models）方法"),
        ("BERT, GPT-4, LLaMA", "BERT, GPT-4, LLaMA"),
        ("Sorting", "“排序”"),
        ("BERT, GPT-4, Llama-3 and T5 on GLUE", "BERT, GPT-4, Llama-3, T5 在 GLUE 上的表现"),
    ],
)
def test_names_and_quotations_may_stay_english(source, text):
    """So may the title of a book and what stands in brackets behind a term."""
    assert not found(untranslated, source, text, "title_zh")


def test_an_aside_as_long_as_a_sentence_is_found():
    """In brackets or quoted, unless it is told there as well."""
    aside = "which reads all of the rows that the table has got and then sorts them"
    assert aside[:20] in found(untranslated, f"We sort ({aside}).", f"我们对大型表格快速地进行排序（{aside}）。")
    assert not found(
        untranslated, f"We sort ({aside}).", f"我们对大型表格快速地进行排序（{aside}，即读取表格的所有行）。"
    )


def test_a_common_word_left_standing_is_found():
    """And so is a scrap of a word that the source does not have."""
    source = "We present a promising method for auctioneers and tokens."
    assert "promising" in found(mixed, source, "我们提出一种promising方法，用于拍卖人和 token。")
    assert "eer" in found(mixed, source, "我们提出一种有前景的方法，用于拍卖eer。")


def test_the_stem_of_a_word_of_the_source_may_stay():
    """A name is made of it; another word that begins alike is none of the source's, nor is a scrap of four letters."""
    source = "We study zymogenic cells."
    assert not found(mixed, source, "我们研究 zymogen 细胞。")
    assert "zymotic" in found(mixed, source, "我们研究 zymotic 细胞。")
    assert "zymo" in found(mixed, source, "我们研究 zymo 细胞。")
    assert not found(mixed, source, "我们研究 zymog 细胞。")
    assert not found(mixed, "We study zymos.", "我们研究 zymo 细胞。")


def test_what_is_no_word_left_standing():
    """Two letters, letters with digits; and a text without any Chinese is untranslated."""
    assert not found(mixed, "We sort.", "我们比较快排 vs 归并，用 x264 与 w2vec。")
    assert not found(mixed, "We sort.", "a promising method")


def test_words_of_the_field_may_stay():
    """Nobody translates dropout; what is quoted, code or part of a name is no word of the text."""
    source = "We tune dropout and the prompt of scikit-learn with `method` and say 'method'."
    assert not found(mixed, source, "我们用 `method` 调整 scikit-learn 的 dropout 与 prompt，并说“method”。")


def test_the_share_that_is_too_much_is_a_setting():
    """validate.untranslated."""
    mostly = "方法 of Deep Learning with Noisy Labels"
    assert found(untranslated, "Methods of Deep Learning with Noisy Labels", mostly, "title_zh")
    assert not found(
        untranslated, "Methods of Deep Learning with Noisy Labels", mostly, "title_zh", untranslated=2 / 31
    )


def test_a_phrase_of_common_terms_left_in_english_is_found():
    """Three words side by side, each of which might stand alone."""
    source = "We study prompt tuning agents and a sigmoidal curve."
    assert "prompt tuning agents" in found(mixed, source, "我们研究 prompt tuning agents 与曲线。")
    assert not found(mixed, source, "我们研究 prompt 与 sigmoid 曲线，以及智能体（prompt tuning agents）。")


def test_an_english_one_liner_in_chinese_is_found():
    """A Chinese name in it is not."""
    assert found(english_summary, "Sorting", "用很少的内存对表格排序。", "summary_en")
    assert not found(english_summary, "Sorting", "We sort the novel 红楼梦.", "summary_en")
