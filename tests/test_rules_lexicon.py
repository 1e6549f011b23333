"""Everyday words that pair English and Chinese sentences."""

from pipeline.rules.lexicon import english_stems, longest_untold, told_in


def test_a_sentence_and_its_translation_share_cues():
    """In any form of the word."""
    english = english_stems("However, our algorithms were evaluated on three datasets.")
    assert english >= {"however", "algorithm", "evaluat", "dataset"}
    (told,) = told_in(["然而，我们的算法在三个数据集上得到了评估。"], english)
    assert told >= {"however", "algorithm", "evaluat", "dataset"}


def test_other_sentences_share_none():
    """Otherwise they would pair anything."""
    brains, graphs = english_stems("Brains remember melodies."), english_stems("We learn graphs.")
    assert told_in(["我们提出一种排序方法。", "我们学习图。"], brains | graphs) == [frozenset(), graphs]


def test_words_left_out_together_are_told_from_words_left_out_one_by_one():
    """A clause that is lost takes its neighbours with it."""
    english = "Our algorithm learns the structure of graphs from noisy data."
    assert longest_untold(english, "我们的算法从噪声数据中学习图的结构。") == 0
    assert longest_untold(english, "我们的算法学习。") >= 3
