"""The rule `term`, and how a digest renders each term."""

import pytest

from pipeline.rules import ValidateSettings, counted, find_problems
from pipeline.rules.analysis import Analysis, Case
from pipeline.rules.terms import consistency, consistency_line, house_style, term
from pipeline.text.terms import Term, occurring
from tests.pairs import ABSTRACT

AGENT = Term(english="agent", zh=("智能体",), forbidden=("代理",), unless=("proxy", "proxies"))
SURROGATE = Term(english="surrogate", zh=("代理模型",), tolerated=("替代",))
MULTI = Term(english="multi-agent", zh=("多智能体",), forbidden=("多代理",))
LLM = Term(english="large language model", spellings=("LLM",), zh=("大语言模型",), forbidden=("大型语言模型",))
TRANSFORMER = Term(english="Transformer", zh=("Transformer",), forbidden=("变压器",))
TOKENIZER = Term(english="tokenizer", zh=("分词器",), forbidden=("令牌", "令牌化器"))
VLM = Term(english="vision-language model", zh=("视觉语言模型",), forbidden=("VL 模型",))
ROWS = (AGENT, SURROGATE, MULTI, LLM, TRANSFORMER, TOKENIZER, VLM)


def case(source: str, text: str | None, field: str = "title_zh") -> Case:
    return Case(id="2401.00001", field=field, source=source, text=text, terms=occurring(source, ROWS))


def details(source: str, text: str, field: str = "title_zh", strictness: str = "required") -> list[str]:
    return list(term(Analysis(case(source, text, field)), strictness))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Agents that learn", "会学习的智能体"),
        ("LLM agents", "LLM 智能体"),
        ("Large language models (LLMs)", "LLM 综述"),
        ("A Transformer for speech", "一种用于语音的 transformer"),
        ("A surrogate for agents", "智能体的代理模型"),
        ("Agents and their proxies", "智能体及其代理"),
        ("Vision-language models", "视觉-语言模型"),
        ("Vision-language models", "视觉 语言模型"),
        ("No terms here", "代理与变压器"),
        ("Learning with $agent$", "学习"),
    ],
)
def test_accepted_renderings(source, text):
    """Wanted and tolerated renderings, acronyms, kept English, and forbidden words that stand for something else."""
    assert details(source, text) == []


@pytest.mark.parametrize(
    ("source", "text", "detail"),
    [
        ("Agents that learn", "会学习的代理", "agent 译作“代理”，应为“智能体”"),
        ("Agents help agents", "智能体帮助代理", "agent 译作“代理”，应为“智能体”"),
        ("Agents that learn", "会学习的主体", "agent 应为“智能体”"),
        ("Agents that learn", "会学习的 agent", "agent 应为“智能体”"),
        ("A Transformer", "一种变压器", "Transformer 译作“变压器”，应保留英文"),
        ("LLMs", "大型语言模型（LLM）", "large language model 译作“大型语言模型”，应为“大语言模型”"),
        ("Tokenizers", "令牌化器", "tokenizer 译作“令牌化器”，应为“分词器”"),
        ("Agents, one by proxy", "代表人", "agent 应为“智能体”"),
        ("Vision-language models", "VL模型", "vision-language model 译作“VL 模型”，应为“视觉语言模型”"),
    ],
)
def test_drift(source, text, detail):
    """A forbidden rendering even beside the wanted one, or none that is accepted; one fault is told once."""
    assert details(source, text) == [detail]


def test_a_longer_term_answers_for_its_own_rendering():
    """多代理 is the fault of multi-agent alone, also where agent occurs elsewhere in the paper."""
    source = "Multi-agent systems need an agent"
    assert details(source, "多代理系统需要智能体") == ["multi-agent 译作“多代理”，应为“多智能体”"]


def test_a_one_liner_need_not_mention_every_term():
    """In a summary only forbidden renderings count."""
    source = "Agents\nAgents use large language models."
    assert details(source, "提出一种新方法。", "summary_zh") == []
    assert details(source, "提出一种代理。", "summary_zh") == ["agent 译作“代理”，应为“智能体”"]


def test_a_digest_counts_papers_by_rendering():
    """Drifted terms first; a paper counts once however often it says the word; a field without text has nothing."""
    renderings = consistency(
        [
            case("Agents", "智能体与智能体"),
            case("Agents", "智能体和代理"),
            case("Agents and LLMs", "代理与代理，大语言模型"),
            case("LLMs", "大语言模型"),
            case("LLMs", "LLM"),
            case("Agents", None),
        ]
    )
    assert [(row.term.english, row.accepted, row.unwanted) for row in renderings] == [
        ("agent", 2, (("代理", 2),)),
        ("large language model", 3, ()),
    ]
    assert consistency_line(renderings) == "术语：agent 智能体 2/3（代理 ×2）；large language model 大语言模型 3/3"
    assert consistency_line(renderings, limit=1) == "术语：agent 智能体 2/3（代理 ×2）"
    assert consistency_line(()) == ""


def test_by_default_only_a_forbidden_rendering_is_a_problem():
    """A term that a good translation paraphrases is counted in the statistics and flags no paper."""
    assert details("Agents that learn", "会学习的主体", strictness="forbidden") == []
    assert details("Agents that learn", "会学习的代理", strictness="forbidden") == ["agent 译作“代理”，应为“智能体”"]


def test_what_is_avoided_is_counted_and_marks_nothing():
    """House style is no fault of the text: statistics know of it, readers and the model do not; the config may say otherwise."""
    llm = Term(english="large language model", zh=("大语言模型",), avoided=("大型语言模型",), forbidden=("法学硕士",))
    titled = Case("2401.00001", "title_zh", "Large language models", "大型语言模型", terms=(llm,))
    assert find_problems(titled, ValidateSettings()) == ()
    (style,) = counted(titled, ValidateSettings())
    assert (style.rule, style.detail) == ("house_style", "large language model 译作“大型语言模型”，应为“大语言模型”")
    assert consistency([titled])[0].unwanted == (("大型语言模型", 1),)
    (marked,) = find_problems(titled, ValidateSettings(severity={"house_style": "warn"}))
    assert (marked.rule, marked.severity) == ("house_style", "warn")
    wrong = Case("2401.00001", "title_zh", "Large language models", "法学硕士", terms=(llm,))
    assert [problem.rule for problem in find_problems(wrong, ValidateSettings())] == ["term"]


def test_a_rendering_listed_as_both_is_avoided_only():
    """`not` then only gives its place in the question."""
    both = Term(english="agent", zh=("智能体",), avoided=("代理",), forbidden=("特工", "代理"))
    titled = Case("2401.00001", "title_zh", "Agents", "代理", terms=(both,))
    assert not list(term(Analysis(titled), "forbidden"))
    assert list(house_style(Analysis(titled)))


SPY = Term(english="agent", zh=("智能体",), forbidden=("特工",))
NESTED = Term(english="embedding", zh=("嵌入",), forbidden=("嵌套",))


@pytest.mark.parametrize(
    ("row", "source", "text"),
    [
        (SPY, "Agents use special tools", "主体使用独特工具"),
        (SPY, "Agents work", "模特工作"),
        (Term(english="quantization", zh=("量化",), forbidden=("数量化",)), "Integer quantization", "整数量化"),
        (
            Term(english="reinforcement learning", zh=("强化学习",), forbidden=("增强学习",)),
            "Reinforcement learning improves learned skills",
            "增强学习到的技能",
        ),
        (NESTED, "Embeddings of hierarchical types", "嵌套类型的嵌入"),
    ],
)
def test_what_only_looks_like_a_rendering(row, source, text):
    """Another word reaches over its border, or the term is rendered well as often as the source says it."""
    assert not list(term(Analysis(Case("2401.00001", "title_zh", source, text, terms=(row,))), "forbidden"))


def test_a_term_of_a_sentence_left_out_is_not_missed_as_well():
    """The sentence is, by another rule; and the term, where only its word is not there."""
    laptop = Term(english="laptop", zh=("笔记本电脑",))
    assert laptop.zh[0] in ABSTRACT.text
    wrong = ABSTRACT.text.replace("笔记本电脑", "机器")
    start, end = wrong.index("现有工具"), wrong.index("我们提出")
    for text, is_missed in ((wrong, True), (wrong[:start] + wrong[end:], False)):
        judged = Case("2401.00001", "abstract_zh", ABSTRACT.source, text, terms=(laptop,))
        assert bool(list(term(Analysis(judged), "required"))) is is_missed


def test_a_variant_beside_too_few_good_renderings_is_a_fault():
    """An agent too many is called a spy; across a word's border in one place, on its own in another."""
    for source, text in [
        ("Agents help agents", "智能体帮助特工"),
        ("Agents use tools", "独特工具由特工使用"),
        ("Agents", "特工（agent）"),
    ]:
        assert list(term(Analysis(Case("2401.00001", "title_zh", source, text, terms=(SPY,))), "forbidden"))
