"""The rules truncated, omitted, clause, added, other_paper, duplicate and not_one_sentence."""

import pytest

from pipeline.rules import ValidateSettings
from pipeline.rules.analysis import Analysis, Case
from pipeline.rules.completeness import added, clause, duplicate, not_one_sentence, omitted, other_paper, truncated
from pipeline.text.sentences import split_chinese, split_english
from tests.pairs import ABSTRACT, GOOD, details_of
from tests.rule_examples import OTHER_PAPER

SENTENCES = split_chinese(ABSTRACT.text)


def found(rule, text: str, source: str = ABSTRACT.source, field: str = "abstract_zh", settings=None, **case) -> str:
    return details_of(rule, Case("2606.00001", field, source, text, **case), settings)


@pytest.mark.parametrize("end", range(20, len(ABSTRACT.text) - 40, 9))
def test_a_text_that_stops_is_found_wherever_it_stops(end):
    """In a sentence, and between two."""
    assert found(truncated, ABSTRACT.text[:end])


@pytest.mark.parametrize("ending", ["，", "：", "……", "...", "（包括表格和）。", "，以及", "，”"])
def test_an_ending_that_is_none_is_found(ending):
    """In a title and a one-liner too."""
    assert found(truncated, "用很少的内存排序" + ending, "Sorting in little memory", "title_zh")


def test_the_providers_length_limit_is_a_cut():
    """Whatever the text looks like."""
    assert found(truncated, ABSTRACT.text, cut=True)


def test_a_text_may_end_as_its_source_does():
    """In a URL, a formula, a quotation or a colon."""
    assert not found(truncated, "代码：https://example.org/x", "Code: https://example.org/x")
    assert not found(truncated, "它是 $n^2$", "It is $n^2$")
    assert not found(truncated, "我们证明如下两点：", "We prove two things:", part=True)


def test_the_stump_of_a_cut_source_is_found_in_its_translation():
    """Old outputs were made of abstracts cut at 1,000 characters; a fragment that was closed is none."""
    source = "We sort large tables. The cost depends on th"
    assert found(truncated, "我们对大型表格排序。成本取决于th。", source)
    assert found(truncated, "我们对大型表格排序。成本取决于", source)
    assert found(truncated, "我们对大型表格排序。成本取决于th等。", source)
    assert not found(truncated, "我们对大型表格排序。", source)
    assert not found(truncated, "我们对 n 行排序。成本取决于 n。", "We sort n rows. The cost depends on n")
    assert not found(truncated, "我们对大型表格排序。需要 12。", "We sort large tables. It takes 12")


@pytest.mark.parametrize("index", range(1, len(SENTENCES) - 1))
def test_a_sentence_left_out_is_found(index):
    """It is omitted, and the text not truncated."""
    text = "".join(SENTENCES[:index] + SENTENCES[index + 1 :])
    assert found(omitted, text)
    assert not found(truncated, text)


def test_a_part_of_an_abstract_is_no_whole():
    """A sentence asked on its own has no other sentences to lose, nor a paper to be mistaken for."""
    assert not found(omitted, SENTENCES[0] + SENTENCES[2], part=True)
    assert not found(truncated, SENTENCES[0], part=True)
    assert not found(
        clause, TEXT[0] + "在三个公开基准上的实验表明，同时保持较低的内存使用。" + TEXT[3], SOURCE, part=True
    )
    assert not found(added, "作者还介绍了卫星图像在气候变化中的作用。" + "".join(TEXT), SOURCE, part=True)
    assert not found(other_paper, ABSTRACT.text, SOURCE, part=True)


def test_what_is_missing_is_counted():
    """By the place, or by the sentence at the end."""
    assert "处" not in found(omitted, "".join(SENTENCES[:1] + SENTENCES[2:]))
    assert "等 2 处" in found(omitted, "".join([SENTENCES[0], SENTENCES[2], *SENTENCES[4:]]))
    assert "最后 3 句" in found(truncated, "".join(SENTENCES[:3]))


def test_a_translation_far_too_short_has_lost_something():
    """As many sentences, but each a half; how short is too short is a setting. What is lost at the end is truncated."""
    text = (
        "表格排序很常见。现有工具需 12 GB 内存处理 500 万行。SortLite 以 $O(\\log n)$ 空间存表。"
        "七个集合错误率从 8.4% 降到 3.1%。提升来自索引。代码见 https://example.org/sortlite。"
    )
    assert "过短" in found(omitted, text)
    share = Analysis(Case("2606.00001", "abstract_zh", ABSTRACT.source, text)).alignment.share
    assert not found(omitted, text, settings=ValidateSettings(omitted=share))
    assert not found(omitted, "".join(split_chinese(text)[:-1]))
    assert not found(omitted, "".join(split_chinese(text)[:2]), " ".join(split_english(ABSTRACT.source)[:2]))


@pytest.mark.parametrize("index", range(len(SENTENCES) - 1))
def test_a_sentence_said_twice_is_found(index):
    """Loops begin so."""
    assert found(duplicate, ABSTRACT.text + SENTENCES[index])


def test_a_clause_may_stand_twice_but_not_three_times():
    """A short one, or one of Latin letters, as often as it likes."""
    clause_ = "我们对大型表格排序"
    twice = f"{clause_}，这很快。{clause_}，这很省。"
    assert not found(duplicate, twice)
    assert clause_ in found(duplicate, f"{twice}{clause_}，这很稳。")
    assert not found(duplicate, "这很快，甲。这很快，乙。这很快，丙。")
    assert not found(duplicate, "see Table 1 of 甲，甲。see Table 1 of 甲，乙。see Table 1 of 甲，丙。")


def test_a_phrase_over_and_over_is_found():
    """But a row of names or digits is none, and a source may repeat itself."""
    assert found(duplicate, ABSTRACT.text + "排序排序排序排序排序")
    assert "——" not in found(duplicate, "我们——————————排序。")
    assert not found(duplicate, "模型输出 yes yes yes yes 后停止。", "The model says yes yes yes yes and stops.")
    assert not found(duplicate, "序列 0000000000 很长。", "The sequence 0000000000 is long.")
    assert not found(duplicate, "我们喜欢排序大型的表格。我们喜欢排序大型的表格。", "We like to sort. We like to sort.")
    assert not any(found(duplicate, pair.text, pair.source, pair.field) for pair in GOOD)


def test_a_one_liner_has_two_sentences_at_most():
    """In either language."""
    assert not found(not_one_sentence, "我们排序。它很快。", field="summary_zh")
    assert found(not_one_sentence, "我们排序。它很快。它很小。", field="summary_zh")
    assert not found(not_one_sentence, "We sort, e.g. tables. It is fast.", field="summary_en")
    assert found(not_one_sentence, "We sort. It is fast. It is small.", field="summary_en")


def test_a_one_liner_has_a_limit_of_its_own():
    """validate.not_one_sentence counts characters, validate.not_one_sentence_en words; so many are allowed."""
    text = "我们提出一种方法，" * 10 + "。"
    assert not found(not_one_sentence, text, field="summary_zh", settings=ValidateSettings(not_one_sentence=80))
    assert found(not_one_sentence, text, field="summary_zh", settings=ValidateSettings(not_one_sentence=79))
    text, settings = "We sort all the tables of the world in no time.", ValidateSettings(not_one_sentence_en=10)
    assert found(not_one_sentence, text, field="summary_en", settings=settings)
    assert not found(not_one_sentence, text.replace("all ", ""), field="summary_en", settings=settings)


SOURCE = (
    "Large language models are widely used for code generation in industry. We propose a framework that combines retrieval with "
    "reinforcement learning, adapts to new tasks, and reduces the cost of training. Experiments on three public benchmarks show "
    "that our framework improves accuracy over strong baselines while keeping memory usage low. Further analysis reveals that "
    "the quality of feedback determines the convergence of the policy."
)
TEXT = (
    "大型语言模型在工业界广泛用于代码生成。",
    "我们提出一个框架，将检索与强化学习相结合，适应新任务，并降低训练成本。",
    "在三个公开基准上的实验表明，我们的框架相比强基线提高了准确率，同时保持较低的内存使用。",
    "进一步分析表明，反馈的质量决定了策略的收敛。",
)


@pytest.mark.parametrize(
    ("index", "shorter"),
    [
        (1, "我们提出一个框架，并降低训练成本。"),
        (2, "在三个公开基准上的实验表明，同时保持较低的内存使用。"),
        (3, "进一步分析表明，反馈的质量。"),
    ],
)
def test_a_part_of_a_sentence_left_out_is_found(index, shorter):
    """In the middle and at the end, where a cut was closed with a full stop; the detail quotes both sides."""
    assert not found(clause, "".join(TEXT), SOURCE)
    text = "".join([*TEXT[:index], shorter, *TEXT[index + 1 :]])
    details = found(clause, text, SOURCE) + found(omitted, text, SOURCE) + found(truncated, text, SOURCE)
    assert details
    assert not found(added, text, SOURCE)


def test_a_part_left_out_is_told_once():
    """A sentence that is gone or hardly there is omitted, unless its own numbers stand in the text. Of another paper's
    translation no sentence is compared."""
    gone, hardly = "".join([TEXT[0], *TEXT[2:]]), "".join([TEXT[0], "我们提出一个框架，25 种。", *TEXT[2:]])
    assert not found(clause, gone, SOURCE)
    assert not found(clause, hardly, SOURCE)
    assert found(clause, hardly, SOURCE.replace("combines retrieval", "combines 25 kinds of retrieval"))
    assert not found(clause, OTHER_PAPER, SOURCE)
    assert not found(added, OTHER_PAPER, SOURCE.split(" Further", 1)[0])


def test_the_end_of_a_cut_text_is_not_blamed_twice():
    """Where source or text break off in their last sentence, what that one lacks is no part left out."""
    shorter = "".join([*TEXT[:3], "进一步分析表明，反馈的质量。"])
    assert found(clause, shorter, SOURCE)
    assert not found(clause, shorter, SOURCE.removesuffix("icy."))
    assert not found(clause, shorter.replace("质量。", "质量，"), SOURCE)
    inside = "".join([*TEXT[:2], "在三个公开基准上的实验表明，同时保持较低的内存使用。", TEXT[3]])
    assert found(clause, inside.removesuffix("。"), SOURCE)


def test_a_short_sentence_left_out_is_not_worth_a_word():
    """Nor is one whose numbers stand in the text: it was joined to a neighbour."""
    first, rest = SOURCE.split(" We propose", 1)
    assert not found(omitted, "".join(TEXT), f"{first} This is slow. We propose{rest}")
    longer = "This takes time that nobody has got in the afternoon."
    assert found(omitted, "".join(TEXT), f"{first} {longer} We propose{rest}")


def test_a_sentence_put_briefly_has_lost_nothing():
    """All its words are told; nor has one that is put freely, in as many words as it takes."""
    brief = "三个公开基准上的实验：框架准确率优于强基线，内存低。"
    assert not found(clause, "".join([*TEXT[:2], brief, TEXT[3]]), SOURCE)
    free = "再看下去就能明白，反应的好坏左右着策略会不会稳定下来。"
    assert not found(clause, "".join([*TEXT[:3], free]), SOURCE)


@pytest.mark.parametrize("index", range(5))
@pytest.mark.parametrize("invented", ["医院的患者对治疗表示满意。", "作者还介绍了卫星图像在气候变化中的作用。"])
def test_a_sentence_without_a_source_is_found(index, invented):
    """Wherever it stands; the detail quotes it."""
    detail = found(added, "".join([*TEXT[:index], invented, *TEXT[index:]]), SOURCE)
    assert invented in detail
    assert not found(added, "".join(TEXT), SOURCE)


def test_a_sentence_in_two_is_not_added():
    """Chinese likes short sentences. One that tells what the other has not told is not added, whatever its length."""
    for mark, wordy in (("，适应", ""), ("，并降低", "，而且还能够非常轻松地做到这样一点")):
        parted = TEXT[1].replace(mark, f"{wordy}。它{mark[1:]}")
        assert not found(added, "".join([TEXT[0], parted, *TEXT[2:]]), SOURCE)


@pytest.mark.parametrize(
    ("second", "is_added"),
    [
        ("我们称之为这样那样的系统。", True),
        ("我们称之为 Zork9 的系统。", False),
        ("效果好。", False),
    ],
)
def test_a_short_sentence_or_one_with_a_name_of_the_source_is_not_added(second, is_added):
    """Exclamations are cheap, and a name says what the sentence renders."""
    source = SOURCE.replace("We propose a framework", "We propose Zork9, a framework")
    assert bool(found(added, "".join([*TEXT[:2], second, *TEXT[2:]]), source)) == is_added


def test_a_sentence_is_added_although_a_word_of_the_source_stands_in_it():
    """One is chance, and what was told before is no news."""
    brief = TEXT[1].replace("训练成本", "花销")
    assert "头疼" in found(added, "".join([TEXT[0], brief, "成本问题总是让人头疼。", *TEXT[2:]]), SOURCE)
    assert "头疼" in found(added, "".join([*TEXT[:2], "训练成本总是让人头疼。", *TEXT[2:]]), SOURCE)


def test_the_translation_of_another_paper_is_found():
    """By names or numbers of its own, where hardly a word of the source is told; none of a paper's own is."""
    assert found(other_paper, ABSTRACT.text, SOURCE)
    assert found(other_paper, "我们提出 Zanzibar-7。" + "".join(TEXT), ABSTRACT.source)
    assert not found(
        other_paper, "".join(TEXT) + "SortLite 用 12 GB、$O(\\log n)$ 和 8.4%、3.1%、2.5 倍。", ABSTRACT.source
    )
    assert not found(other_paper, "".join(TEXT), ABSTRACT.source)  # some words in common, and nothing of its own
    assert not found(other_paper, f"{OTHER_PAPER}SortLite 用 12 GB、8.4% 和 3.1%，如 Zork9。", ABSTRACT.source)
    assert not found(other_paper, "".join(TEXT), SOURCE)
    assert not found(other_paper, TEXT[0], SOURCE)  # a stub is truncated
    assert not found(other_paper, "待补。", SOURCE)
    assert not any(found(other_paper, pair.text, pair.source, pair.field) for pair in GOOD)


def test_an_address_cut_short_is_an_unfinished_end():
    """Its beginning alone leads nowhere; another address does, if to another place."""
    source = SOURCE + " Code is at https://example.org/framework."
    assert not found(truncated, "".join(TEXT) + "代码见 https://example.org/framework", source)
    assert found(truncated, "".join(TEXT) + "代码见 https://example.org/fra", source)
    assert not found(truncated, "".join(TEXT) + "代码见 https://example.com/other", source)


def test_a_name_at_the_end_of_a_source_without_a_full_stop_is_no_stump():
    """The Chinese goes on behind it."""
    assert not found(truncated, "我们对大型表格排序。由 Miller 制作。", "We sort large tables. Made by Miller")
