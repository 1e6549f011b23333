"""The rule negation."""

import pytest

from pipeline.rules.analysis import Case
from pipeline.rules.negation import negation
from tests.pairs import GOOD, details_of


def found(source: str, text: str) -> str:
    return details_of(negation, Case("2606.00001", "abstract_zh", source, text))


@pytest.mark.parametrize(
    ("source", "right", "wrong"),
    [
        ("The model cannot learn from the dataset.", "该模型无法从数据集中学习。", "该模型能够从数据集中学习。"),
        (
            "Our method works without labels in the dataset.",
            "我们的方法无需数据集中的标签。",
            "我们的方法使用数据集中的标签。",
        ),
        ("The algorithm does not converge on this graph.", "该算法在此图上不收敛。", "该算法在此图上收敛。"),
        ("Existing models lack knowledge of physics.", "现有模型缺乏物理知识。", "现有模型具备物理知识。"),
        ("The model does not learn from unseen data.", "该模型不从未见数据中学习。", "该模型从未见数据中学习。"),
        ("The model cannot say whether it learns.", "该模型无法说明它是否学习。", "该模型能够说明它是否学习。"),
        ("The model does not learn but avoids errors.", "该模型并不学习，而是避免错误。", "该模型学习，而是避免错误。"),
        ("With images, no learning of the model occurs.", "对于图像，模型没有学习。", "对于图像，模型有学习。"),
        ("The model is no worse than the baseline.", "该模型与基线持平。", "该模型比基线差。"),
        ("The error does not vanish in the test.", "在测试中误差不会消失。", "在测试中误差才消失。"),
        ("The system is never tested on real data.", "该系统从未在真实数据上测试。", "该系统已经在真实数据上测试。"),
    ],
)
def test_a_lost_negation_is_found(source, right, wrong):
    """And the right one is let alone."""
    assert not found(source, right)
    assert found(source, wrong)


def test_an_added_negation_is_found():
    """Nothing in the English denies anything."""
    source = "The model learns from the dataset of images."
    assert found(source, "该模型不能从图像数据集中学习。")
    assert not found(source, "该模型从图像数据集中学习。")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Not only the model but also the dataset is public.", "模型和数据集都是公开的。"),
        ("The models are unable to generalize to images.", "这些模型难以泛化到图像。"),
        ("The agent is rarely aware of the task.", "智能体很少没有意识到任务。"),
        ("It is hard for the model to learn the task.", "该模型无法轻易学习该任务。"),
        ("Neither the model nor the dataset is public.", "模型和数据集均未公开。"),
        ("The model keeps learning from the dataset.", "模型从数据集中学习，并不断学习。"),
        ("The model uses the image rather than the text.", "该模型使用图像，而不是文本。"),
        ("The model is no better than the baseline.", "该模型与基线相当。"),
        ("The model uses no more than ten images.", "该模型最多使用十张图像。"),
        ("We cannot rule out this error of the model.", "模型的这种错误仍有可能。"),
        ("The error does not vanish until the third test.", "直到第三次测试，误差才消失。"),
        ("The test of the model passes without images.", "去掉图像，该模型仍通过测试。"),
        ("The loss of the network is not convex.", "网络的损失函数非凸。"),
        ("Such errors of the model are not uncommon.", "模型的这类错误很常见。"),
        ("The model needs no labels, no images and no tuning.", "该模型无需标签、图像和调整。"),
        ("Whether or not the model converges, we test it.", "我们测试该模型能否收敛。"),
        ("Users prefer the model over the baseline.", "用户更喜欢该模型，而不是基线。"),
    ],
)
def test_what_denies_in_another_way_is_none(source, text):
    """Denial has many forms in both languages."""
    assert not found(source, text)


def test_good_translations_pass():
    """Of every kind of field."""
    assert not any(details_of(negation, Case("2606.00001", pair.field, pair.source, pair.text)) for pair in GOOD)
