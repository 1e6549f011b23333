"""The rules placeholder, refusal and note."""

import pytest

from pipeline.rules.analysis import Case, PromptText
from pipeline.rules.chatter import note, placeholder, refusal
from tests.pairs import ABSTRACT, GOOD, details_of

PROMPT = "你是一名严谨的译者。请把论文的标题和摘要翻译成流畅的简体中文，不要遗漏任何数字。"


def found(rule, source: str, text: str, field: str = "abstract_zh") -> str:
    return details_of(rule, Case("2606.00001", field, source, text, told=PromptText(PROMPT)))


@pytest.mark.parametrize(
    "text",
    [
        "这里是翻译好的论文标题",
        "此处为中文标题",
        "论文标题的中文翻译",
        "（此处填写中文标题）",
        "用中文总结出的一句话要点：",
        "请在此处填写翻译",
        "翻译后的题目放在这里",
        "这是该论文的中文摘要",
        "待翻译",
        "N/A",
        "Summary generation failed",
    ],
)
def test_words_about_an_answer_are_no_answer(text):
    """However they are put: once the words about answers are taken away, nothing is left."""
    assert found(placeholder, "Sorting Tables", text, "title_zh")


@pytest.mark.parametrize(
    "preface",
    [
        "以下是译文：\n",
        "好的，以下是该摘要的中文翻译：\n\n",
        "当然！这是翻译：",
        "根据您的要求，翻译如下：",
        "Sure, here is the translation:\n",
        "我将为您翻译这段摘要：",
        "请注意，以下是翻译结果。",
        "<abstract_zh>",
        "```\n",
        "abstract_zh: ",
        '{"abstract_zh": "',
    ],
)
def test_words_before_the_answer_are_found(preface):
    """And so are the tags and keys of the answer's shape."""
    assert found(placeholder, ABSTRACT.source, preface + ABSTRACT.text)


@pytest.mark.parametrize("trailer", ["</abstract_zh>", "<|im_end|>", "\n```"])
def test_the_shape_of_the_answer_behind_it_is_found(trailer):
    """Models close what they did not open."""
    assert found(placeholder, ABSTRACT.source, ABSTRACT.text + trailer)


def test_the_title_inside_a_title_is_found():
    """The English, then a label, then the Chinese."""
    assert found(placeholder, "Sorting Tables", "Sorting Tables 的中文标题：表格排序", "title_zh")


def test_a_label_inside_counts_near_the_beginning():
    """Further on in an abstract it may be the paper's; a title is looked at whole."""
    near, far = (f"{'我们对大型的表格排序，' * times}SortLite 的中文译文：排序。" for times in (1, 9))
    assert found(placeholder, "We sort.", near)
    assert not found(placeholder, "We sort.", far)
    assert found(placeholder, "We sort.", far, "title_zh")


def test_a_dozen_characters_of_the_prompt_are_an_echo():
    """Punctuation apart; fewer are chance."""
    assert found(placeholder, ABSTRACT.source, ABSTRACT.text + "请把论文的标题和摘要翻译成流畅的简体中文。")
    assert not found(placeholder, ABSTRACT.source, ABSTRACT.text + "一名严谨的译者。")


@pytest.mark.parametrize(("words", "is_echo"), [("Reply in JSON, please", False), ("OUTPUT按原文顺序写", True)])
def test_an_echo_is_half_chinese(words, is_echo):
    """English words may be the paper's."""
    case = Case("2606.00001", "abstract_zh", ABSTRACT.source, f"{ABSTRACT.text}{words}。", told=PromptText(words))
    assert bool(details_of(placeholder, case)) is is_echo


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("A Survey of Abstract Translation", "摘要翻译综述"),
        ("The first system", "这是首个面向低资源语言的翻译系统。"),
        ("This work proposes new titles.", "这项工作提出新的标题，并加以研究。"),
        ("Our findings are: it works.", "我们的研究结果：它有效。"),
        ("Prompts such as <title> matter", "<title> 之类的提示很重要"),
        ("We study the song Here is", "Here is，一首歌"),
        ("Now we sort.", "现在，我们排序。"),
        ("Translation, a survey", "译文：综述"),
    ],
)
def test_papers_about_translations_have_these_words_too(source, text):
    """One word that is not about the answer is enough, and what the source has is its own."""
    assert not found(placeholder, source, text)


@pytest.mark.parametrize(
    "text",
    [
        "抱歉，我无法翻译这段内容。",
        "很抱歉，我不能协助完成这个请求。",
        "作为一个AI语言模型，我无法访问该论文。",
        "您好，这个问题我暂时无法回答。",
        "由于内容政策限制，不能翻译该内容。",
        "该内容违反了使用政策，无法翻译。",
        "请您提供论文原文，我将为您翻译。",
        "I'm sorry, but I can't assist with that.",
        "I cannot translate this text.",
        "As an AI language model, I am unable to do so.",
        "This request violates our content policy.",
    ],
)
def test_a_refusal_is_found(text):
    """By its first words."""
    assert found(refusal, ABSTRACT.source, text)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("We cannot provide proofs.", "我们无法提供证明。"),
        ("As AI models spread, we study them.", "作为人工智能模型，ChatGPT 正在普及。"),
        ('Models say "I am sorry, I cannot help".', "模型会说“抱歉，我无法帮助”。"),
        ("I cannot translate: a study", "我无法翻译：一项研究"),
    ],
)
def test_papers_about_refusals_are_none(source, text):
    """They say we, quote, or open so themselves."""
    assert not found(refusal, source, text)


@pytest.mark.parametrize(
    "remark",
    [
        "（译注：以上为机器翻译。）",
        "（译者注：此处指排序）",
        "（原文截断）",
        "\n\n注：术语保留英文。",
        "（以上为机器翻译，仅供参考）",
        "[原文到此结束]",
        "（未完待续）",
        "【翻译说明：从略】",
        "(Note: translated by AI)",
        "\n\n备注：已润色。",
    ],
)
def test_a_translators_remark_is_found(remark):
    """In brackets or on a line of its own."""
    assert found(note, ABSTRACT.source, ABSTRACT.text + remark)


@pytest.mark.parametrize(
    "text",
    [
        "我们对表格排序（如模型上下文协议）。",
        "我们对表格排序（此处为 0.45）。",
        "我们对文本自动生成的摘要排序。",
        "（此处称为快排）",
    ],
)
def test_what_only_looks_like_a_remark(text):
    """下文 in 上下文, a "(here: …)" of the paper, 文本|自动生成."""
    assert not found(note, ABSTRACT.source, text)


@pytest.mark.parametrize("text", ["SURE-Ridge，一种回归方法", "Okapi：一个检索系统", "SURE，一种方法"])
def test_a_name_that_begins_like_a_chat(text):
    """Sure is one thing, SURE another."""
    assert not found(placeholder, f"{text[:4]}", text, "title_zh")
    assert found(placeholder, "Sorting", f"Sure, {text}", "title_zh")


def test_a_paper_may_have_notes_of_its_own():
    """Where the source has one, so has the translation."""
    assert not found(note, "We sort. Note: tables only.", "我们排序。注：仅限表格。")
    assert not any(found(note, pair.source, pair.text, pair.field) for pair in GOOD)


EXAMPLE = (
    "Should a Kitchen Assistant Ask? We compare assistants that ask back with those that guess.",
    "①对比了反问与直接猜测的做菜助手；②粗略估计用户的水平，即可决定何时反问；③在多个基准上优于现有方法。",
)
ENGLISH_EXAMPLE = (
    EXAMPLE[0],
    "Assistants that ask back are compared with those that guess; they win on every single benchmark.",
)


def copied(
    text: str, example: tuple[str, str] = EXAMPLE, source: str = ABSTRACT.source, field: str = "summary_zh"
) -> str:
    case = Case("2606.00001", field, source, text, told=PromptText(PROMPT, (example,)))
    return details_of(placeholder, case)


def test_an_example_passed_off_as_the_paper_is_found():
    """A small model tells of the paper what the prompt's worked example says of another."""
    assert "做菜助手" in copied(
        "①提出排序方法；②对比了反问与直接猜测的做菜助手；③粗略估计用户的水平，即可决定何时反问。"
    )
    said = "We sort tables, and they win on every single benchmark."
    assert "every single" in copied(said, ENGLISH_EXAMPLE, field="summary_en")


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("提出按价格和时间排序长列表的方法Sorter，在三个数据集上只用一半内存，在多个基准上优于现有方法。", {}),
        ("对比了反问与直接猜测的做菜助手，粗略估计用户的水平，即可决定何时反问。", {"source": EXAMPLE[0]}),
        ("对比了反问与直接猜测的做菜助手，粗略估计用户的水平，即可决定何时反问。", {"field": "abstract_zh"}),
    ],
)
def test_what_an_example_may_share_with_an_answer(text, other):
    """One phrase all papers use; the very paper the example is made of; in a translation anything."""
    assert copied(text, **other) == ""
