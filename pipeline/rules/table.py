"""The table of rules: every check on a field, one row each. Config keys, labels and the page of rules are made from it.

A new rule is a function that yields details, and its row here. Rows stand in the order in which they are tried.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal, NamedTuple

from pipeline.fields import Kind, Language
from pipeline.records import Problem, Severity
from pipeline.rules import (
    characters,
    chatter,
    claims,
    completeness,
    direction,
    language,
    leaks,
    moved,
    names,
    negation,
    numbers,
    slips,
    terms,
    units,
    verbatim,
)

Category = Literal["accuracy", "terminology", "completeness", "script", "format", "style", "run"]
"""MQM's names (https://themqm.org), and `run` for what happened while asking."""
CATEGORIES: dict[Category, str] = {
    "accuracy": "准确",
    "terminology": "术语",
    "completeness": "完整",
    "script": "文字",
    "format": "格式",
    "style": "行文",
    "run": "提问",
}
"""What readers call them, in the order in which marks are grouped."""


class Knob(NamedTuple):
    """A number or a choice that a rule takes from `validate:` in the config."""

    key: str
    default: float | int | str
    tells: str
    """What it means, with its unit."""
    least: float | None = None
    most: float | None = None
    choices: tuple[str, ...] = ()


class Rule(NamedTuple):
    name: str
    severity: Severity
    category: Category
    label: str
    """What readers call it."""
    tells: str
    """One sentence for readers: what it sees."""
    find: Callable[..., Iterator[str]] | None
    """(analysis, *knobs) → details of what is wrong, in Chinese; nothing when all is well. None: the run reports it itself."""
    kinds: tuple[Kind, ...] = ("title", "one_liner", "abstract")
    languages: tuple[Language, ...] = ("zh", "en")
    knobs: tuple[Knob, ...] = ()
    final: bool = False
    """A field with this fault is no translation at all: comparing it with the source would only repeat the same thing."""
    repaired: bool = True
    """The model is asked again because of it."""


WRONG_SCRIPT = Knob(
    "wrong_script",
    0.02,
    "share of traditional characters among the Chinese ones from which a field is in the wrong script; below it they are only marked",
    0,
    1,
)
RULES = (
    Rule("no_answer", "reject", "run", "没有回答", "模型没有给出这一项。", completeness.no_answer, final=True),
    Rule("no_paper", "reject", "run", "不是论文", "公告里的这一条读不出论文。", None),
    Rule("filtered", "reject", "run", "被服务商拦下", "服务商的内容过滤拒绝了这一篇。", None),
    Rule("budget", "reject", "run", "预算用尽", "再问就会超出 model.max_cost。", None),
    Rule(
        "rule_error",
        "warn",
        "run",
        "检查出错",
        "某一项检查自己出了错，这一项没有查。",
        None,
        repaired=False,
    ),
    Rule("render_error", "reject", "run", "无法写出", "写文档时程序出错，这一篇写不出来。", None, repaired=False),
    Rule(
        "same_text",
        "warn",
        "accuracy",
        "两篇同文",
        "当天另一篇论文的译文或总结与它一字不差，原文却不同。",
        None,
        repaired=False,
    ),
    Rule("empty", "reject", "completeness", "空白", "没有内容。", completeness.empty, final=True),
    Rule(
        "boilerplate",
        "reject",
        "format",
        "混入套话",
        "公告的前缀或“摘要：”之类的标签混进了译文。",
        leaks.boilerplate,
    ),
    Rule(
        "placeholder",
        "reject",
        "format",
        "占位语",
        "写的是关于回答的话、答案的标签或提示词，而不是译文。",
        chatter.placeholder,
        knobs=(Knob("placeholder", 12, "so many characters in a row of the prompt's own text are an echo of it", 6),),
        final=True,
    ),
    Rule("refusal", "reject", "format", "拒答", "模型拒绝回答，或谈论自己。", chatter.refusal, final=True),
    Rule(
        "untranslated",
        "reject",
        "completeness",
        "未译",
        "整项或一段留在英文里。",
        language.untranslated,
        languages=("zh",),
        knobs=(
            Knob(
                "untranslated",
                0.2,
                "share of Chinese among the letters below which a whole field counts as not translated",
                0,
                1,
            ),
        ),
    ),
    Rule("mark", "reject", "format", "残留记号", "残留了公式的占位记号。", leaks.mark),
    Rule(
        "other_paper",
        "reject",
        "accuracy",
        "另一篇的译文",
        "译文与原文几乎没有共同的词，像是另一篇论文的。",
        completeness.other_paper,
        kinds=("abstract",),
        languages=("zh",),
        final=True,
    ),
    Rule("duplicate", "reject", "style", "重复", "同一句或同一短语反复出现。", completeness.duplicate),
    Rule("truncated", "reject", "completeness", "不完整", "在句中断掉，或缺少最后几句。", completeness.truncated),
    Rule(
        "overlong",
        "reject",
        "completeness",
        "远超原文",
        "译文比英文原文长出一倍以上，不可能是它的翻译。",
        completeness.overlong,
        final=True,
    ),
    Rule("formula", "reject", "accuracy", "公式", "公式丢失、改变，或原文没有。", verbatim.formula),
    Rule(
        "formula_again",
        "warn",
        "accuracy",
        "公式少一处",
        "原文说了几次的公式，译文说得少了。",
        verbatim.formula_again,
        kinds=("title", "abstract"),
    ),
    Rule("url", "reject", "accuracy", "网址", "网址丢失、改变，或原文没有。", verbatim.url),
    Rule(
        "number",
        "reject",
        "accuracy",
        "数字",
        "数字丢失、改变，或原文没有。",
        numbers.number,
        kinds=("title", "abstract"),
    ),
    Rule(
        "rounded_number",
        "warn",
        "accuracy",
        "约数",
        "一句话里的数字原文没有，也不是原文数字的约数。",
        numbers.rounded_number,
        kinds=("one_liner",),
    ),
    Rule(
        "number_moved",
        "warn",
        "accuracy",
        "数字换位",
        "两个数字互换了位置，各自出现在对方的句子里。",
        moved.number_moved,
        kinds=("abstract",),
        languages=("zh",),
    ),
    Rule("unit", "warn", "accuracy", "单位", "数字的单位变了或丢了。", units.unit, languages=("zh",)),
    Rule(
        "wrong_script",
        "reject",
        "script",
        "繁体",
        "用繁体字写成。",
        characters.wrong_script,
        knobs=(WRONG_SCRIPT,),
    ),
    Rule("broken", "reject", "script", "乱码", "有乱码、控制字符或看不见的字符。", characters.broken),
    Rule(
        "omitted",
        "warn",
        "completeness",
        "漏译",
        "缺少原文的一句或一部分。",
        completeness.omitted,
        kinds=("abstract",),
        knobs=(
            Knob(
                "omitted",
                0.8,
                "share of the expected length below which a translation has left something out",
                0,
                1,
            ),
        ),
    ),
    Rule(
        "clause",
        "warn",
        "completeness",
        "漏译半句",
        "一句比原文短，原文的一些词没有对应。",
        completeness.clause,
        kinds=("abstract",),
        languages=("zh",),
    ),
    Rule(
        "added",
        "warn",
        "completeness",
        "多出的句子",
        "原文没有的一句。",
        completeness.added,
        kinds=("abstract",),
        languages=("zh",),
    ),
    Rule(
        "direction",
        "warn",
        "accuracy",
        "方向相反",
        "升降、多少、优劣与原文相反，或比较的双方互换。",
        direction.direction,
        kinds=("title", "abstract"),
        languages=("zh",),
    ),
    Rule(
        "negation",
        "warn",
        "accuracy",
        "否定",
        "原文的否定没有译出，或多了一个否定。",
        negation.negation,
        kinds=("title", "abstract"),
        languages=("zh",),
    ),
    Rule(
        "priority",
        "warn",
        "accuracy",
        "原文未称首次",
        "译文称“首次”“首个”“率先”，原文没有这样说。",
        claims.priority,
        languages=("zh",),
    ),
    Rule(
        "traditional",
        "warn",
        "script",
        "夹杂繁体",
        "简体中文里夹着个别繁体字。",
        characters.traditional,
        languages=("zh",),
        knobs=(WRONG_SCRIPT,),
    ),
    Rule(
        "foreign_script",
        "warn",
        "script",
        "其他文字",
        "混入了原文没有的假名、谚文、西里尔字母等。",
        characters.foreign_script,
    ),
    Rule("markup", "warn", "format", "多余标记", "多了原文没有的 Markdown 或 HTML 标记。", slips.markup),
    Rule("bracket", "warn", "format", "括号", "括号或引号缺了一半。", slips.bracket),
    Rule("doubled", "warn", "style", "叠字", "同一个词或标点连写了两遍。", slips.doubled, languages=("zh",)),
    Rule("note", "warn", "format", "译者的话", "混入了译者的说明。", chatter.note),
    Rule(
        "term",
        "warn",
        "terminology",
        "术语",
        "术语译成了另一个意思，如 Transformer 译作变压器。",
        terms.term,
        knobs=(
            Knob(
                "term",
                "forbidden",
                "required: a glossary term with none of its renderings is a problem too; by default that is only counted in 统计",
                choices=("forbidden", "required"),
            ),
        ),
    ),
    Rule(
        "house_style",
        "count",
        "terminology",
        "用词",
        "译名没有错，但术语表用的是另一个；只计入统计。",
        terms.house_style,
        repaired=False,
    ),
    Rule(
        "not_one_sentence",
        "warn",
        "style",
        "过长",
        "一句话总结超过两句，或太长。",
        completeness.not_one_sentence,
        kinds=("one_liner",),
        knobs=(
            Knob("not_one_sentence", 150, "Chinese characters a one-liner may have", 20),
            Knob("not_one_sentence_en", 90, "words an English one-liner may have", 10),
        ),
    ),
    Rule(
        "english_summary",
        "warn",
        "script",
        "英文一句话",
        "英文一句话里有中文。",
        language.english_summary,
        languages=("en",),
    ),
    Rule(
        "name",
        "warn",
        "accuracy",
        "名称",
        "模型、数据集等名称丢失、改变，或原文没有。",
        names.name,
        kinds=("title", "abstract"),
    ),
    Rule(
        "mixed",
        "warn",
        "style",
        "夹杂英文",
        "中文里夹着普通的英文单词。",
        language.mixed,
        languages=("zh",),
    ),
)
LABELS = {rule.name: rule.label for rule in RULES}


def rule_named(name: str) -> Rule:
    """Raises KeyError."""
    return next(rule for rule in RULES if rule.name == name)


def by_category(problems: Iterable[Problem]) -> list[tuple[str, list[tuple[str, int]]]]:
    """(label of a category, its (label of a rule, number of papers), most papers first), without empty ones. A rule that the
    table does not have, of another version or a person's, is 其他."""
    papers = Counter(rule for _, rule in {(each.id, each.rule) for each in problems})
    rows: dict[str, list[tuple[str, int]]] = {label: [] for label in (*CATEGORIES.values(), "其他")}
    category_of = {rule.name: CATEGORIES[rule.category] for rule in RULES}
    for name, number in sorted(papers.items(), key=lambda row: (-row[1], row[0])):
        rows[category_of.get(name, "其他")].append((LABELS.get(name, name), number))
    return [(label, found) for label, found in rows.items() if found]


def knobs() -> dict[str, Any]:
    """Every knob's default by key, in the order of the rules."""
    return {knob.key: knob.default for rule in RULES for knob in rule.knobs}
