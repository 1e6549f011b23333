"""The rule name: names lost, invented, damaged or exchanged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.analysis import Case
from pipeline.rules.names import name
from pipeline.text.terms import Term
from tests.pairs import ABSTRACT, GOOD, details_of

LORA = Term(english="low-rank adaptation", spellings=("LoRA",), zh=("低秩适配",))
FOUNDATION = Term(english="foundation model", zh=("基础模型",))


def found(rule, source: str, text: str, field: str = "abstract_zh", terms: tuple[Term, ...] = ()) -> str:
    return details_of(rule, Case("2606.00001", field, source, text, terms=terms))


@pytest.mark.parametrize("right", ["SortLite", "GPT-4o"])
def test_a_name_translated_or_lost_is_found(right):
    """Models, data sets and programs keep theirs."""
    assert right in found(name, ABSTRACT.source, ABSTRACT.text.replace(right, "该模型"))


def test_a_name_the_source_does_not_have_is_found():
    """GPT-4 is not GPT-4o."""
    assert "GPT-5" in found(name, ABSTRACT.source, ABSTRACT.text.replace("GPT-4o", "GPT-4o 和 GPT-5"))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("LLMs and NLP", "大语言模型与自然语言处理"),
        ("IoT with good QoS", "服务质量良好的物联网"),
        ("ReAct-style agents", "ReAct 风格的智能体"),
        ("Phase-2 trials of VASPs", "VASP 的二期试验"),
        ("GPT 4 and Llama-3", "GPT-4 与 Llama 3"),
        ("mmWave at 3 dB", "3 分贝的毫米波"),
        ("Sub-10-nm lines in Week-2", "第二周的亚 10 纳米线条"),
        ("An M7.8 earthquake", "一次 7.8 级地震"),
        ("SARS-CoV-2 in Q3", "第三季度的新冠病毒"),
    ],
)
def test_what_chinese_says_in_its_own_words(source, text):
    """Acronyms, units and counted things."""
    assert not found(name, source, text, "title_zh")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("UNified MOdels for Tables (UNIMOT)", "用于表格的统一模型（UNIMOT）"),
        ("GRASP: GRanularity-Aware Search", "GRASP：粒度感知搜索"),
        ("LiDAR maps for WeChat", "用于微信的激光雷达地图"),
        ("AutoML at MediaTek", "联发科的自动机器学习"),
        ("Sorting tables", "表格排序（cs.DS）"),
        ("GenAI in FinTech", "金融科技中的生成式人工智能"),
        ("A BasedWorld of tables", "表格的世界"),
        ("Prompts for SpeechLLMs", "语音LLM的提示"),
        ("A Pi-0-1-hard problem", "一个 Π⁰₁ 困难问题"),
        ("Deep Operator Networks (DeepONets)", "深度算子网络"),
        ("retrieval-augmented generation of text", "文本的 RAG"),
        ("mixtures of experts", "MoE 模型"),
        ("Gaussian and Lagrangian flows", "Gauss 与 Lagrange 流"),
        ("three-dimensional identifiers", "3D ID"),
        ("the Lojasiewicz inequality", "Łojasiewicz 不等式"),
        ("transformers", "Transformer"),
        ("Large AutoML", "大规模ML"),
        ("Sorting by Rows (QuiTa)", "按行排序"),
        ("On QuortLLMs", "论夸特LLM"),
        ("A trial by AstraZeneca", "阿斯利康的试验"),
        ("MUlti Tables (MUT)", "多表格（MUT）"),
        ("UNified-Kets MOdels (UNIMOT)", "统一模型（UNIMOT）"),
        ("root mean square of the error", "RMSE"),
        ("Flows", "flowing 流"),
        ("A chip at 5 gigahertz", "5 GHz 的芯片"),
        ("Wireless nets", "Wi-Fi 网络"),
        ("React pages", "React-like 页面"),
        ("the Poincare map", "Poincaré 映射"),
        ("Sort Lite sorts", "SortLite 排序"),
        ("GPT-3.5 and 4, Llama 3.1 (8B, 70B)", "GPT-4、GPT-3.5 与 Llama-3.1-70B"),
    ],
)
def test_what_is_no_name_or_has_a_chinese_one(source, text):
    """Capitals that spell an acronym, established Chinese, glued words, abbreviations of the source's words."""
    assert not found(name, source, text, "title_zh")


@pytest.mark.parametrize(
    ("source", "text", "lost"),
    [
        ("QuortLLM: Talking", "夸特LLM：对话", "QuortLLM"),
        ("A trial by AstraZeneca", "一项试验", "AstraZeneca"),
        ("UNiform tables of the UN", "联合国的均匀表格", "UNiform"),
        ("SEgment2 of the SEGNET", "用SEGNET分段", "SEgment2"),
        ("RowBERTScore and BERTScore", "两种得分", "BERTScore"),
        ("SortLite with LoRA", "低秩适配", "SortLite"),
    ],
)
def test_what_explains_another_name_does_not_explain_this_one(source, text, lost):
    """At the head of a title a name is whole; two letters spell nothing, nor a name's own letters in a longer name."""
    assert f"“{lost}”" in found(name, source, text, "title_zh", (LORA,))


def test_what_the_glossary_renders_is_not_lost():
    """An abbreviation may go where its long form stands in Chinese; glued words are a term too."""
    assert not found(name, "We use LoRA and QLoRA.", "我们使用低秩适配及其量化形式。", terms=(LORA,))
    assert not found(name, "A FoundationModel", "一种基础模型", terms=(FOUNDATION,))
    assert not found(name, "Low-rank adaptations", "LoRAs", "title_zh", terms=(LORA,))
    assert found(name, "We use SortLite here.", "我们在此使用它。", terms=(LORA,))


@pytest.mark.parametrize("text", ["我们提出Zephyr-X3模型", "我们提出 Zephyr 模型", "模型ZX3很快", "（ZXQ）模型"])
def test_an_invented_name_is_found_with_or_without_a_space(text):
    """Han is no letter: what stands beside a Latin word does not hide it."""
    assert found(name, "We present a fast model.", text)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("A linguistic test", "Lin 的语言测试"),
        ("Gaussian flows", "Kaufmann 流"),
        ("Flows", "gpt-9 的流"),
        ("Flows", "Q9 流"),
        ("Flows", "Höldex 流"),
    ],
)
def test_an_invented_name_is_not_explained_by_any_word(source, text):
    """A word made from a name holds the name, and more than two letters of it; a digit makes a name of small letters."""
    assert found(name, source, text, "title_zh")


@given(st.integers(1, 8), st.sampled_from(["DecPOMDP", "SortLite", "Qwen2VL", "BERTScore"]))
def test_a_letter_lost_in_a_name_is_found(place, right):
    """Any but the first: it becomes a name that the source does not have."""
    wrong = right[:place] + right[place + 1 :]
    if wrong not in (right, ""):
        source = f"We compare {right} with others in a long test."
        assert not found(name, source, f"我们在长测试中将{right}与其他方法比较。")
        if place < len(right):
            assert found(name, source, f"我们在长测试中将{wrong}与其他方法比较。")


def test_a_name_in_another_ones_place_is_found():
    """On sentences that render each other; the sentence is quoted."""
    source = (
        "We sort large tables of many rows with SortLite on old laptops. The older FastIndex needs far more memory for "
        "the same tables and rows. Users of SortLite and FastIndex report few errors in daily practice."
    )
    right = (
        "我们用SortLite在旧笔记本电脑上对多行的大型表格排序。较早的FastIndex处理同样的表格和行需要多得多的内存。"
        "SortLite和FastIndex的用户在日常实践中报告的错误很少。"
    )
    assert not found(name, source, right)
    detail = found(name, source, right.replace("较早的FastIndex", "较早的SortLite"))
    assert "“FastIndex”处写成了“SortLite”" in detail


def test_a_name_said_once_more_or_put_in_words_is_no_exchange():
    """Chinese says a name instead of "it", or the other way round; an abbreviation may be in words beside it."""
    source = (
        "We sort large tables of many rows with SortLite on old laptops. It is slower than a sort of the same rows in "
        "memory. The older FastIndex needs far more memory for the same tables and rows."
    )
    text = (
        "我们用SortLite在旧笔记本电脑上对多行的大型表格排序。SortLite比在内存中对同样的行排序更慢。"
        "这种较早的索引处理同样的表格和行需要多得多的内存。"
    )
    assert "处写成了" not in found(name, source, text)
    source = source.replace("The older FastIndex", "Its older LoRA")
    text = text.replace("SortLite比", "它比").replace("这种较早的索引", "SortLite较早的低秩适配")
    assert not found(name, source, text, terms=(LORA,))


def test_a_name_may_keep_an_english_ending():
    """ReAct-like 智能体 for ReAct agents, where another name is said less often."""
    source = (
        "We study ReAct agents on large tables with rows. The CodeRow agents, or CodeRow, sort the tables of images."
    )
    text = "我们在有很多行的大型表格上研究 ReAct-like 智能体。CodeRow 智能体对图像的表格排序。"
    assert not found(name, source, text)


def test_a_name_made_from_another_one_does_not_hide_its_loss():
    """The RAG of FastRAG is not HippoRAG's; neither does a part behind a hyphen hide an exchange."""
    source = "We sort tables with FastRAG-based rows. Users of HippoRAG and of an LLM-based index sort images."
    right = "我们用基于 FastRAG 的行对表格排序。HippoRAG 和基于 LLM 的索引的用户对图像排序。"
    assert not found(name, source, right)
    assert "HippoRAG" in found(name, source, right.replace("HippoRAG", "FastRAG"))
    assert "FastRAG" in found(name, source, right.replace("FastRAG", "HippoRAG"))


def test_of_several_names_the_changed_one_is_shown():
    """Not the first of the sentence."""
    source = (
        "We sort large tables of many rows with SortLite, and small ones with RowSort, on old laptops. "
        "Users of SortLite and FastIndex report few errors in daily practice."
    )
    right = "我们在旧笔记本电脑上用SortLite对多行的大型表格排序，用RowSort对小表格排序。SortLite和FastIndex的用户在日常实践中报告的错误很少。"
    assert not found(name, source, right)
    assert "“FastIndex”处写成了“RowSort”" in found(name, source, right.replace("和FastIndex", "和RowSort"))


@pytest.mark.parametrize("pair", [pair for pair in GOOD if pair.field != "summary_en"], ids=lambda pair: pair.text[:12])
def test_good_translations_have_their_names(pair):
    """All of them."""
    assert not found(name, pair.source, pair.text, pair.field)
