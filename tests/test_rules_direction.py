"""The rule direction: rise and fall, more and less, who beats whom."""

import pytest

from pipeline.rules.analysis import Case
from pipeline.rules.direction import direction
from tests.pairs import GOOD, details_of


def found(source: str, text: str) -> str:
    return details_of(direction, Case("2606.00001", "abstract_zh", source, text))


PAIRS = [
    ("Our method reduces the training cost of the model.", "我们的方法{}了模型的训练成本。", "降低", "提高"),
    ("Larger models increase the accuracy of the system.", "更大的模型{}了系统的准确率。", "提高", "降低"),
    (
        "Our algorithm outperforms existing methods on the dataset.",
        "我们的算法在该数据集上{}现有方法。",
        "优于",
        "劣于",
    ),
    ("The graph has at least three nodes in each cluster.", "该图的每个簇中{}有三个节点。", "至少", "至多"),
    ("The model needs fewer samples for training.", "该模型需要{}的训练样本。", "更少", "更多"),
    (
        "AlphaNet needs less memory than BetaNet on images.",
        "在图像上，AlphaNet 比 BetaNet 需要{}的内存。",
        "更少",
        "更多",
    ),
    ("Compared with BetaNet, AlphaNet needs less memory.", "与 BetaNet 相比，AlphaNet 需要{}内存。", "更少", "更多"),
    ("The error of up to ten models decreases.", "多达十个模型的误差{}。", "降低", "提高"),
    ("The optimization shortens the training time of the network.", "该优化{}了网络的训练时间。", "缩短", "延长"),
    (
        "It improves accuracy by 7% on text and 15% on images.",
        "它将文本上的准确率提高 7%，图像上{} 15%。",
        "提高",
        "降低",
    ),
    (
        "It improves the accuracy of the model while reducing the cost of inference.",
        "它提高了模型的准确率，同时{}了推理成本。",
        "降低",
        "增加",
    ),
]


@pytest.mark.parametrize(("source", "text", "right", "wrong"), PAIRS)
def test_a_reversed_direction_is_found(source, text, right, wrong):
    """And the right one is let alone."""
    assert not found(source, text.format(right))
    detail = found(source, text.format(wrong))
    assert wrong in detail


def test_what_stands_around_the_english_word_is_quoted():
    """Or the whole sentence, where no word of it is sure to be the one."""
    source = "On every dataset of the users, our method reduces the cost of all models."
    detail = found(source, "在用户的每个数据集上，我们的方法提高了所有模型的成本。")
    assert "our method reduces the cost" in detail
    assert "On every" not in detail
    source = "On the dataset, the accuracy fell to 60."
    assert f"“{source}”" in found(source, "在该数据集上，准确率提高到 60。")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Gradient descent converges on the network.", "梯度下降在该网络上收敛。"),
        ("The accuracy fell from 80 to 60 on the dataset.", "在该数据集上，准确率从 80 下降到 60。"),
        ("The energy decays with time in the system.", "系统中的能量随时间减少。"),
        ("The model does worse on long text.", "该模型在长文本上表现下降。"),
        ("It mitigates the bias of the model.", "它减少了模型的偏差。"),
        ("No longer do models need higher-order features.", "模型不再需要高阶特征。"),
        ("It reduces the error by 31% on text and 26% on images.", "它将文本上的误差降低 31%，图像上的误差降低 26%。"),
        ("We study lower bounds for learning algorithms.", "我们研究学习算法的下界，提高了理解。"),
        ("No fewer than ten models of the dataset exceed the mean.", "数据集中不少于十个模型高于均值。"),
        ("With a risk of at least 1%, the excess error is bounded by 2.", "在不低于 1% 的风险下，超额误差不超过 2。"),
        ("Up to seven images, the accuracy exceeds 99%.", "不超过七张图像时，准确率在 99% 以上。"),
        ("The larger model is outperformed by the smaller one.", "较大的模型不如较小的模型。"),
        ("Noise hurts, but not by more than a constant.", "噪声有害，但不超过一个常数。"),
        (
            "AlphaNet needs less memory than BetaNet on the dataset.",
            "在该数据集上，BetaNet 比 AlphaNet 需要更多的内存。",
        ),
        ("Compared with BetaNet, AlphaNet needs less memory.", "与 AlphaNet 相比，BetaNet 需要更多内存。"),
        ("Younger users of the system performed better than older ones.", "该系统的老年用户不如年轻用户。"),
    ],
)
def test_what_the_english_explains_is_no_reversal(source, text):
    """A fall has many names in English that owe it to nobody, and terms mean no direction."""
    assert not found(source, text)


def test_swapped_sides_are_found():
    """A outperforms B is not B优于A; a passive or a mere mention is none."""
    source = "On the dataset, AlphaNet outperforms BetaNet in accuracy."
    assert found(source, "在该数据集上，BetaNet优于AlphaNet的准确率。")
    assert not found(source, "在该数据集上，AlphaNet的准确率优于BetaNet。")
    assert not found("BetaNet is outperformed by AlphaNet on the dataset.", "在该数据集上，AlphaNet优于BetaNet。")


def test_good_translations_pass():
    """Of every kind of field."""
    assert not any(details_of(direction, Case("2606.00001", pair.field, pair.source, pair.text)) for pair in GOOD)
