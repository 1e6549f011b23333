"""Everyday words that pair English and Chinese sentences."""

from pipeline.rules.lexicon import chinese_stems, english_stems


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
