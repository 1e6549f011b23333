"""Invented papers, and a model of our own that answers about them: well, or with one of the faults real models have.

Pure: it reads a question's messages as a model would and says a text. How that travels is model_server.py's.
"""

import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pipeline.records import NAMES, Paper
from tests import factories

_WORDS = """
模型 方法 数据 任务 结构 过程 条件 系统 目标 规律 语言 知识 特征 网络 参数 样本 误差 精度 速度 成本 环境 对象 序列 图像 文档 查询 检索 推断
训练 评测 比较 分析 设计 实现 改进 缓存 分区 稳定 高效 简洁 通用 已有 不同 多个 全部 主要 关键 基础 公开 表明 给出 采用 利用 结合 支持 处理
选择 控制 观察 证明 说明 解释 探索 验证 学习 记忆 计算 存储 传递 更新 组合 排序 搜索 划分
"""
_CHINESE = _WORDS.split()
_SMALL_WORDS = (
    "a an the of to in on at by for with and or that which is are was be it its we our as from this than only"
)
_SMALL = _SMALL_WORDS.split()
_TOKEN = re.compile(r"⟦\d+⟧|\d[\d.,]*\d%?|\d%?|[A-Za-z][A-Za-z0-9-]*|[.?!](?=\s|$)|,|[\u4e00-\u9fff]+")
_NAME = re.compile(r"[a-z][A-Z]|[A-Z].*\d|[A-Z]{2}")


def paper(number: int, **changes: object) -> Paper:
    """The n-th invented paper: a formula, a number and a name in every abstract, and no two alike."""
    fields = {
        "id": f"2607.{number:05}",
        "title": f"SortLite-{number}: Ordering Long Lists with Little Memory",
        "abstract": (
            f"Ordering long lists needs much memory, and most devices have little of it. We propose SortLite-{number}, "
            rf"a method that keeps only $k_{{{number}}}$ items and costs $O(n \log k_{{{number}}})$. "
            f"On {number + 20} invented lists it runs {number}.5 times faster and saves 37.{number}% of the energy. "
            f"The programs are at https://example.org/sortlite/{number} for everybody."
        ),
        "authors": ("Ada Sample",),
    }
    return factories.paper(**fields | changes)


@dataclass(frozen=True)
class Asked:
    """What a question wants, as read from its messages."""

    fields: tuple[str, ...]
    """Empty: a bare sentence."""
    title: str
    text: str
    """The abstract or the sentence."""
    faults: tuple[str, ...]
    """What was wrong with the last answer."""
    instructions: str
    shown: dict[str, str] = field(default_factory=dict)
    """Chinese in the question: what is to be reviewed, or what was answered and is doubted."""
    doubts: tuple[str, ...] = ()
    """What a second reader claims about it."""


def read(messages: Sequence[tuple[str, str]]) -> Asked:
    """(role, content) pairs as one question."""
    system, user = messages[0][1], messages[-1][1]
    shown = {name: text for name, text in re.findall(r"<(\w+_\w\w)>(.*?)</\1>", user, re.DOTALL)}
    if "<claim>" in system:
        return Asked(("review",), "", "", (), system, shown)
    user, _, doubts = user.partition("\n你上次的回答：\n")
    before, _, after = user.partition("\n上次的回答有这些问题，请改正后重写：\n")
    wanted = dict.fromkeys(re.findall(r"<(\w+)>[^<>]*</\1>", system))
    fields = tuple(name for name in dict.fromkeys([*NAMES, *wanted]) if name in wanted)
    if not fields:
        return Asked((), "", before.splitlines()[-1], tuple(after.splitlines()), system)
    blocks = dict(re.findall(r"<(\w+)>(.*?)</\1>", before, re.DOTALL))
    text = blocks.get("abstract", "".join(blocks.values()))
    said = tuple(doubts.splitlines()[-doubts.count("请对照原文核对") :]) if doubts else ()
    return Asked(fields, blocks.get("title", ""), text, tuple(after.splitlines()), system, shown, said)


def translate(english: str) -> str:
    """Chinese of the right length that means nothing, with all marks, numbers and names in place."""
    chinese = ""
    for token in _TOKEN.findall(english):
        if token in ".?!":
            chinese += "。"
        elif token == ",":
            chinese += "，"
        elif token[0] >= "\u4e00":  # a term that was put into the English
            chinese += token
        elif token[0] == "⟦" or token[0].isdigit() or _NAME.search(token):
            chinese += f" {token} "
        elif token.lower() not in _SMALL:
            chinese += _CHINESE[zlib.crc32(token.lower().encode()) % len(_CHINESE)]
    return re.sub(r" +(?=[，。])", "", re.sub(r" {2,}", " ", chinese)).strip()


def good_texts(asked: Asked) -> dict[str, str]:
    """A good text for each field asked for."""
    texts = {
        "title_zh": translate(asked.title),
        "summary_zh": f"论文介绍 {translate(asked.title)}的做法。",
        "summary_en": "The paper presents a way of ordering long lists and reports how well it works.",
        "abstract_zh": translate(asked.text),
    }
    return {name: texts.get(name, gist(asked.text)) for name in asked.fields}


def gist(text: str) -> str:
    """For a field this model has never heard of: three words, others for another text."""
    return "".join(_CHINESE[zlib.crc32(f"{number}{text}".encode()) % len(_CHINESE)] for number in range(3))


def tagged(texts: dict[str, str]) -> str:
    return "\n".join(f"<{name}>{text}</{name}>" for name, text in texts.items())


def good(asked: Asked) -> str:
    if asked.fields == ("review",):
        return "<none/>"
    return tagged(good_texts(asked)) if asked.fields else translate(asked.text)


Speaks = Callable[[Asked], str]


def _every(change: Callable[[str, Asked], str]) -> Speaks:
    """A fault in each text of the answer; `change` gets the good text."""

    def speak(asked: Asked) -> str:
        if not asked.fields:
            return change(translate(asked.text), asked)
        return tagged({name: change(text, asked) for name, text in good_texts(asked).items()})

    return speak


def _tags_swapped(asked: Asked) -> str:
    texts = good_texts(asked)
    return tagged(dict(zip(texts, reversed(texts.values()), strict=True))) if asked.fields else good(asked)


def _last_tag_missing(asked: Asked) -> str:
    return tagged(dict([*good_texts(asked).items()][:-1]))


FAULTS: dict[str, Speaks] = {
    "english": lambda asked: (
        tagged({name: asked.title if name == "title_zh" else asked.text for name in asked.fields}) or asked.text
    ),
    "broken off": _every(lambda text, asked: text[: len(text) // 2].rstrip("。，") + "的"),
    "number dropped": _every(lambda text, asked: re.sub(r" ?\d+\.\d+%? ?", "", text)),
    "number changed": _every(lambda text, asked: re.sub(r"(?<=\d)\.(?=\d)", "", text)),
    "formula changed": _every(lambda text, asked: re.sub(r"⟦1⟧", r"$O(n^{77})$", text)),
    "mark lost": _every(lambda text, asked: text.replace("⟦1⟧", "").replace("⟦2⟧", "")),
    "mark invented": _every(lambda text, asked: text + "⟦99⟧"),
    "mark doubled": _every(lambda text, asked: text.replace("⟦1⟧", "⟦1⟧⟦1⟧")),
    "marks in the open": _every(lambda text, asked: text.replace("⟧", "")),
    "prompt echoed": _every(lambda text, asked: asked.instructions[:200]),
    "loop": _every(lambda text, asked: text.rstrip("。") + "，反复说同样的话" * 20),
    "empty": _every(lambda text, asked: ""),
    "nothing at all": lambda asked: "",
    "refusal": _every(lambda text, asked: "抱歉，作为一个人工智能助手，我无法完成这个请求。"),
    "refusal without tags": lambda asked: "很抱歉，我不能翻译这段内容。",
    "traditional": _every(lambda text, asked: text.rstrip("。") + "，這種學習與訓練對於語言模型來說實在過於複雜。"),
    "label": _every(lambda text, asked: f"译文：{text}"),
    "last tag missing": _last_tag_missing,
    "tags swapped": _tags_swapped,
    "tags not closed": lambda asked: re.sub(r"</\w+>", "", good(asked)),
    "tags in a fence": lambda asked: f"```\n{good(asked)}\n```",
    "live markdown": _every(lambda text, asked: f"{text}![图](https://evil.example/x) <img src=x> [^1]: # | x"),
}
"""What models were seen to do instead of answering."""
