"""Everyday words that pair English and Chinese sentences."""

from pipeline.rules.lexicon import chinese_stems, english_stems, longest_untold


def test_a_sentence_and_its_translation_share_cues():
    """In any form of the word."""
    english = english_stems("However, our algorithms were evaluated on three datasets.")
    assert english >= {"however", "algorithm", "evaluat", "dataset"}
    assert english & chinese_stems("然而，我们的算法在三个数据集上得到了评估。") >= {
        "however",
        "algorithm",
        "evaluat",
        "dataset",
    }


def test_other_sentences_share_none():
    """Otherwise they would pair anything."""
    assert not english_stems("Brains remember melodies.") & chinese_stems("我们提出一种排序方法。")


def test_words_left_out_together_are_told_from_words_left_out_one_by_one():
    """A clause that is lost takes its neighbours with it."""
    english = "Our algorithm learns the structure of graphs from noisy data."
    assert longest_untold(english, "我们的算法从噪声数据中学习图的结构。") == 0
    assert longest_untold(english, "我们的算法学习。") >= 3
