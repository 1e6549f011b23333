"""For each rule a wrong text, a right one much like it, and a damage to a good translation that the rule is there for.

All of our own writing. A new rule has a row in both tables; tests/test_rule_examples.py fails without, and docs/rules.md
(tests/rules_page.py) shows the first example.
"""

from collections.abc import Callable
from typing import NamedTuple

from pipeline.text.terms import Term
from tests.pairs import ABSTRACT, GOOD

TITLE = next(pair for pair in GOOD if pair.field == "title_zh")
ONE_LINER = next(pair for pair in GOOD if pair.field == "summary_zh")
ENGLISH = next(pair for pair in GOOD if pair.field == "summary_en")
TRANSFORMER = Term(english="Transformer", zh=("Transformer",), forbidden=("变压器",))
AGENT = Term(english="agent", zh=("智能体",), avoided=("代理",))
OTHER_PAPER = (
    "植物的根系在干旱中如何吸收水分，至今仍有争议。我们在温室里种植了玉米，用相机拍摄叶片的颜色，并测量土壤的湿度。根越深的植株，"
    "叶片越绿。这一结果有助于农民选择种子，也为保护湿地提供了依据。"
)
ADDED = ABSTRACT.text.replace("我们提出", "这一方法在医疗和金融领域也有广阔的应用价值。我们提出", 1)


class Example(NamedTuple):
    rule: str
    source: str
    wrong: str | None
    right: str
    field: str = "abstract_zh"
    terms: tuple[Term, ...] = ()


class Damage(NamedTuple):
    rule: str
    of: Callable[[str], str | None]
    """A good translation → one with the fault. It damages the first one of the field that it changes at all."""
    field: str = "abstract_zh"


def put(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new, 1)


def swap(one: str, other: str) -> Callable[[str], str]:
    return lambda text: other.join(part.replace(other, one) for part in text.split(one))


EXAMPLES = (
    Example("no_answer", "Sorting", None, "排序", "title_zh"),
    Example("empty", "Sorting", " ", "排序", "title_zh"),
    Example("boilerplate", "We sort.", "摘要：我们排序。", "我们研究摘要：它很短。"),
    Example("placeholder", "We sort.", "好的，以下是译文：我们排序。", "好的排序方法如下：我们排序。"),
    Example("refusal", "We sort.", "抱歉，我无法翻译这段内容。", "我们无法翻译这段内容的模型。"),
    Example(
        "untranslated",
        "We sort tables. It is much faster than all of the tools that people use today.",
        "我们对表格排序。It is much faster than all of the tools that people use today.",
        "我们对表格排序。它比人们今天用的所有工具都快得多（SortLite）。",
    ),
    Example("mark", "Let $n$ be odd.", "设 ⟦1⟧ 为奇数。", "设 $n$ 为奇数。"),
    Example(
        "duplicate",
        "We sort tables quickly. It needs little memory on a laptop.",
        "我们快速地对表格进行排序。我们快速地对表格进行排序。",
        "我们快速地对表格进行排序。它在笔记本电脑上只需很少的内存。",
    ),
    Example(
        "truncated",
        "We sort tables quickly. It needs little memory on a laptop.",
        "我们快速地对表格排序。它在笔记本电脑上，",
        "我们快速地对表格排序。它在笔记本电脑上只需很少的内存。",
    ),
    Example("formula", "Let $n$ be odd.", "设 $m$ 为奇数。", "设 $n$ 为奇数。"),
    Example("url", "See https://example.org/a.", "见 https://example.org/b。", "见 https://example.org/a。"),
    Example("number", "It takes 12 GB.", "需要 21 GB。", "需要 12 GB。"),
    Example("wrong_script", "We study old books.", "我們研究舊書。", "我们研究旧书。"),
    Example("broken", "We sort tables.", "我们对表\ufffd排序。", "我们对表格排序。"),
    Example(
        "omitted",
        ABSTRACT.source,
        ABSTRACT.text.replace("我们提出 SortLite，它以 $O(\\log n)$ 的空间保存一个有 $n$ 行的表格。", ""),
        ABSTRACT.text,
    ),
    Example(
        "traditional",
        "We study old books of the north.",
        "我们研究北方的舊书，" + "它们很有意思，" * 20,
        "我们研究北方的旧书，由李昇所写。",
    ),
    Example("foreign_script", "We sort tables.", "我们はこ对表格排序。", "我们对 α 表格排序。"),
    Example("markup", "We present SortLite.", "我们提出 **SortLite**。", "我们提出 SortLite，与 A* 类似。"),
    Example("bracket", "We sort (fast) tables.", "我们对（快速的表格排序。", "我们 1）对（快速的）表格排序。"),
    Example(
        "doubled", "We study the speed of sorting.", "我们研究排序的的速度。", "为了了解排序，我们的的确确研究了它。"
    ),
    Example("note", "We sort tables.", "我们对表格排序（注：原文截断）。", "我们对表格排序（含上下文）。"),
    Example(
        "term", "A Transformer for speech", "用于语音的变压器", "用于语音的 Transformer", "title_zh", (TRANSFORMER,)
    ),
    Example("house_style", "Agents that learn", "会学习的代理", "会学习的智能体", "title_zh", (AGENT,)),
    Example(
        "not_one_sentence", ONE_LINER.source, "提出一种方法。它很快。它很小。", "提出一种又快又小的方法。", "summary_zh"
    ),
    Example("english_summary", "Sorting", "用很少的内存对表格排序。", "We sort tables.", "summary_en"),
    Example("name", "SortLite: Sorting Tables", "轻排：对表格排序", "SortLite：对表格排序", "title_zh"),
    Example("mixed", "We present a promising method.", "我们提出一种 promising 的方法。", "我们提出一种有前景的方法。"),
    Example("other_paper", ABSTRACT.source, OTHER_PAPER, ABSTRACT.text),
    Example("overlong", "Sorting", f"排序。{ABSTRACT.text * 2}", "对表格进行排序的方法", "title_zh"),
    Example(
        "formula_again",
        "Let $n$ be odd. Then $n$ divides 15.",
        "设 $n$ 为奇数，则它整除 15。",
        "设 $n$ 为奇数，则 $n$ 整除 15。",
    ),
    Example(
        "rounded_number",
        "Sorting Tables\nSortLite sorts 110,472 rows.",
        "SortLite 能对 13 万行排序。",
        "SortLite 能对 11 万行排序。",
        "summary_zh",
    ),
    Example(
        "number_moved",
        "Our method reaches 84% on the first set. On the second one the accuracy is 91%.",
        "我们的方法在第一个数据集上达到 91%。在第二个数据集上，准确率为 84%。",
        "在第一个数据集上，我们的方法达到 84%。在第二个数据集上，准确率为 91%。",
    ),
    Example("unit", "A query takes 5 ms.", "一次查询需要 5 秒。", "一次查询需要 5 毫秒。"),
    Example(
        "clause",
        f"{ABSTRACT.source} It also runs offline on old laptops and keeps the data of hospitals private.",
        f"{ABSTRACT.text}它还能在旧笔记本电脑上运行。",
        f"{ABSTRACT.text}它还能在旧笔记本电脑上离线运行，并保护医院的数据隐私。",
    ),
    Example("added", ABSTRACT.source, ADDED, ABSTRACT.text),
    Example(
        "direction",
        "Longer training reduces the error on both data sets.",
        "更长时间的训练提高了两个数据集上的误差。",
        "训练时间越长，两个数据集上的误差就越小，即更长的训练降低了误差。",
    ),
    Example(
        "negation",
        "The models cannot recover from such errors.",
        "模型能够从这类错误中恢复。",
        "模型从这类错误中恢复不了。",
    ),
    Example("priority", "A benchmark for sorting", "首个排序基准", "排序基准", "title_zh"),
)

DAMAGES = (
    Damage("no_answer", lambda text: None),
    Damage("empty", lambda text: "\n"),
    Damage("boilerplate", lambda text: f"arXiv:2606.00001v1 公告类型：新 摘要：{text}"),
    Damage("placeholder", lambda text: f"<abstract_zh>{text}"),
    Damage("refusal", lambda text: "作为一个 AI 语言模型，我无法提供翻译。"),
    Damage("untranslated", lambda text: ABSTRACT.source),
    Damage("mark", put("$n$", "⟦2⟧")),
    Damage("duplicate", lambda text: text + text.split("。")[1] + "。"),
    Damage("truncated", lambda text: text[:-60]),
    Damage("formula", put("$n$", "$k$")),
    Damage("url", put("/sortlite", "/sort")),
    Damage("number", put("8.4%", "8.5%")),
    Damage("wrong_script", lambda text: text.translate(str.maketrans("对实务们现数级习进", "對實務們現數級習進"))),
    Damage("broken", put("常见", "常\u200b见")),
    Damage("omitted", put("三分之二的提升来自更好的索引。", "")),
    Damage("traditional", put("现有", "現有")),
    Damage("foreign_script", put("是实践", "は实践")),
    Damage("markup", put("大型表格", "**大型表格**")),
    Damage("bracket", put("SortLite", "（SortLite")),
    Damage("doubled", put("中常见的", "中常见的的")),
    Damage("note", lambda text: f"{text}（译者注：代码链接未核对）"),
    Damage("not_one_sentence", lambda text: text * 3, "summary_zh"),
    Damage("english_summary", lambda text: ONE_LINER.text, "summary_en"),
    Damage("name", put("SortLite", "SortLit")),
    Damage("mixed", put("更好的索引", "better index")),
    Damage("other_paper", lambda text: OTHER_PAPER),
    Damage("overlong", lambda text: "".join(f"第 {number} 次：{text}" for number in range(12))),
    Damage("formula_again", put("$G$ 至多", "它至多")),
    Damage("rounded_number", put("3.1%", "3.9%"), "summary_zh"),
    Damage("number_moved", swap("12 GB", "8.4%")),
    Damage("unit", put("12 GB", "12 MB")),
    Damage("clause", put("排序是实践中常见的任务", "排序")),
    Damage("added", lambda text: ADDED),
    Damage("direction", put("超过了大多数", "低于大多数")),
    Damage("negation", put("是实践中常见的任务", "不是实践中常见的任务")),
    Damage("priority", put("我们提出 SortLite", "我们首次提出 SortLite")),
)
DAMAGED_ELSEWHERE = {"term", "house_style"}
"""Their damage is their example: they need a term that the good pairs do not have."""
