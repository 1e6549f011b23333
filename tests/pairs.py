"""English and good Chinese of it, made up for these tests: what no rule may object to, and what tests then spoil."""

from collections.abc import Callable
from typing import NamedTuple

from pipeline.fields import field_named
from pipeline.rules import RULES, Case, ValidateSettings
from pipeline.rules.analysis import Analysis


class Pair(NamedTuple):
    field: str
    source: str
    text: str


ABSTRACT = Pair(
    "abstract_zh",
    "Sorting large tables is a frequent task in practice. Existing tools need 12 GB of memory for 5 million rows, which is "
    "more than most laptops have. We present SortLite, which keeps a table of $n$ rows in $O(\\log n)$ space. On seven public "
    "collections it reduces the error from 8.4% to 3.1% and is 2.5x faster than GPT-4o. Two thirds of the gain come from a "
    "better index. The code is at https://example.org/sortlite.",
    "对大型表格排序是实践中常见的任务。现有工具处理 500 万行需要 12 GB 内存，超过了大多数笔记本电脑的容量。我们提出 SortLite，"
    "它以 $O(\\log n)$ 的空间保存一个有 $n$ 行的表格。在七个公开数据集上，它把错误率从 8.4% 降到 3.1%，速度是 GPT-4o 的 2.5 倍。"
    "三分之二的提升来自更好的索引。代码见 https://example.org/sortlite。",
)
GOOD = (
    ABSTRACT,
    Pair(
        "abstract_zh",
        "Background: Half of all patients stop treatment within a decade. Methods: Between January 2015 and 2019 we followed "
        "1,204 patients in three hospitals. Results: Only 10,000 steps a day were needed to halve the risk (p < 0.001). "
        "Conclusion: Walking helps.",
        "背景：半数患者在十年内停止治疗。方法：2015 年 1 月至 2019 年，我们在三家医院随访了 1204 名患者。结果：每天只需 1 万步，"
        "就能使风险减半（p < 0.001）。结论：步行有益。",
    ),
    Pair(
        "abstract_zh",
        'Language models refuse harmful requests with phrases such as "I\'m sorry, but I cannot help". We study when they do so '
        "without need. A model with 1.5B parameters trained on 2 trillion tokens refuses one third of harmless questions, while "
        "models of the 1990s refused none. We release RefuseBench, a benchmark of 40k prompts in 6 languages.",
        "语言模型会用“I'm sorry, but I cannot help”之类的话拒绝有害请求。我们研究它们何时在没有必要时也这样做。一个在 2 万亿 token 上"
        "训练的 15 亿参数模型拒绝了三分之一的无害问题，而 20 世纪 90 年代的模型一个也不拒绝。我们发布了 RefuseBench，"
        "这是一个包含 6 种语言、4 万条提示的基准。",
    ),
    Pair(
        "abstract_zh",
        "Let $G$ be a finite group. We prove that $G$ acts on at most \\(k^2\\) points, a 1000$\\times$ better bound than that of "
        "Miller et al. (2021). Our proof of the first case is short.",
        "设 $G$ 为有限群。我们证明 $G$ 至多作用于 \\(k^2\\) 个点，这个界比 Miller 等人的好 1000 倍。第一种情形的证明很短。",
    ),
    Pair("title_zh", "SortLite: Sorting Tables in Little Memory", "SortLite：用很少的内存对表格排序"),
    Pair("title_zh", "Qwen-VL", "Qwen-VL"),
    Pair("title_zh", "A Survey of Machine Translation", "机器翻译综述"),
    Pair("title_zh", "Refusals: Why Models Say Sorry", "拒绝：模型为何道歉"),
    Pair("title_zh", "Is Text Summarization Solved?", "文本摘要问题解决了吗？"),
    Pair(
        "summary_zh",
        f"Sorting with SortLite\n{ABSTRACT.source}",
        "提出 SortLite，用很少的内存对表格排序，把错误率降到 3.1%。",
    ),
    Pair(
        "summary_en",
        f"Sorting with SortLite\n{ABSTRACT.source}",
        "SortLite sorts tables in little memory and reduces the error to 3.1%.",
    ),
)


def details_of(find: Callable, case: Case, settings: ValidateSettings | None = None) -> str:
    """What a rule says of a case, with its knobs as the settings have them."""
    rule, field = next(rule for rule in RULES if rule.find is find), field_named(case.field)
    if field.kind not in rule.kinds or field.language not in rule.languages:
        return ""
    return "".join(find(Analysis(case), *((settings or ValidateSettings()).knob(knob.key) for knob in rule.knobs)))
