"""The rule number_moved."""

import pytest

from pipeline.rules.analysis import Case
from pipeline.rules.moved import number_moved
from tests.pairs import details_of


def moved(source: str, text: str) -> str:
    return details_of(number_moved, Case("2606.00001", "abstract_zh", source, text))


MOVED = (
    "Sorting takes 14 hours on the large table. Printing the same table needs 35 sheets of paper. "
    "We cut the cost of both from 8.4% to 3.1%."
)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("对大型表格排序需要 14 小时。打印同一表格需要 35 张纸。我们把两者的成本从 8.4% 降到 3.1%。", False),
        ("对大型表格排序需要 35 小时。打印同一表格需要 14 张纸。我们把两者的成本从 8.4% 降到 3.1%。", True),
        ("对大型表格排序需要 8.4 小时。打印同一表格需要 35 张纸。我们把两者的成本从 14% 降到 3.1%。", True),
    ],
)
def test_numbers_that_changed_places_are_found(text, fault):
    """Each stands in the sentence of the other."""
    assert bool(moved(MOVED, text)) is fault


def test_numbers_of_a_list_keep_their_order():
    """What is said earlier in Chinese moves its numbers as a whole."""
    source = "The error falls to 12.5, 17.3 and 19.8 on three tables with only 64 rows."
    assert not moved(source, "仅用 64 行，误差就在三个表格上降到 12.5、17.3 和 19.8。")
    assert moved(source, "仅用 64 行，误差就在三个表格上降到 17.3、12.5 和 19.8。")


def test_numbers_with_enough_others_between_are_found_within_a_sentence():
    """No turn of phrase exchanges two and leaves three between them as they are."""
    source = "Of 64 rows we keep 12, 17, 23 and 35 in the table."
    assert moved(source, "在 35 行中，我们在表格中保留 12、17、23 和 64 行。")
    assert not moved(source, "我们在表格中保留 64 行中的 12、17、23 和 35 行。")
    assert not moved("We keep 12 of 17 rows for 35 tables.", "对 35 个表格，我们保留 17 行中的 12 行。")


def test_units_that_changed_numbers_are_found():
    """The number that lost its unit, and the one that has it now."""
    source = "A model of 33 parts needs 590 GB for 20 ms."
    assert moved(source, "一个含 590% 部件的模型需要 33 GB，耗时 20 毫秒。")
    assert not moved(source, "一个含 33 个部件的模型需要 590 GB，耗时 20 毫秒。")


TWO = (
    "Our method reaches an accuracy of 84% on the first dataset of images. "
    "On the second dataset of graphs the accuracy of the model is 91%."
)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (
            MOVED.replace("paper.", "paper and 61 pens.").replace("from 8.4% ", ""),
            "我们把两者的成本降到 3.1%。打印同一表格需要 61 支笔和 35 张纸。对大型表格排序需要 14 小时。",
        ),
        (
            "Printing of all those big pages with black ink took 35 sheets. Sorting took 14 hours. Reading took 14 hours.",
            "排序花了 14 小时，阅读也花了 14 小时。打印花了 35 张。",
        ),
        (
            "GPT-4 solves the first task of the table. Qwen-3 solves the other task of the table.",
            "Qwen-3 解决另一项任务。GPT-4 解决第一项。",
        ),
        (
            TWO.replace("images", "7 images"),
            "我们的方法在第一个图像数据集上达到 84% 和 91% 的准确率。在第二个图数据集上，模型的准确率为 84%。",
        ),
        (
            TWO.replace("91%", "91% in 84 days"),
            "我们的方法在第一个图像数据集上达到 91% 的准确率。在第二个图数据集上，7 层的模型在 84 天内准确率高。",
        ),
        (TWO, "我们的方法在第一个图像数据集上达到 77% 的准确率。在第二个图数据集上，模型的准确率为 84%。"),
    ],
    ids=["all in another order", "one stands twice", "names", "one more", "one less", "one for a third"],
)
def test_what_else_may_become_of_two_numbers(source, text):
    """Whole sentences in another order, or a number too many or too few, is no exchange."""
    assert not moved(source, text)
