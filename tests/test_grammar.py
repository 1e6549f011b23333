"""What may stand in the Chinese of a small model, and what is put into its English beforehand."""

import pytest

from pipeline.text.grammar import leading_name, lost_words, names_in, sentence_grammar, title_grammar, title_names
from pipeline.text.substitute import substitute_terms
from pipeline.text.terms import Term


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Recent work tests LLMs on MATH-500.", ("LLM", "MATH-500")),
        ("However, promising methods exist.", ()),
        ("We use LLM-assisted search with GPT-4o-mini.", ("LLM", "GPT-4o-mini")),
        ("With GPT-4-based judges and non-LLM rules", ("GPT-4", "LLM")),
        ("We lower the Mean Squared Error (MSE) of Model B.", ("MSE", "Model", "B")),
        ("It is tuned on Reddit. The data are new.", ("Reddit",)),
        ("Here k-NN and word2vec need 12 GB.", ("k-NN", "word2vec", "GB")),
    ],
)
def test_names_are_what_chinese_keeps(text, names):
    """Capitals inside, digits with letters, and capitalised words in mid-sentence; never the sentence's first word."""
    assert names_in(text) == names


def test_a_title_keeps_the_words_its_abstract_has_as_names():
    """All words of a title have capitals, so capitals prove nothing there."""
    names = title_names("SeaBird: Filtering Whale Calls from Reddit", "We filter calls found on Reddit.")
    assert names == ("SeaBird", "Reddit")


@pytest.mark.parametrize(
    ("title", "name"), [("SeaBird: A Filter", "SeaBird"), ("From Calls to Songs: A Study", None), ("No Name", None)]
)
def test_a_title_may_begin_with_a_name(title, name):
    """One word before the colon."""
    assert leading_name(title) == name


def test_longer_names_come_first_and_quotes_are_escaped():
    """The grammar's text is what llama.cpp reads."""
    lines = sentence_grammar(["LLM", "LLM-7B"]).splitlines()
    assert lines[0] == "root ::= (name? other)+ name? [。？]"
    assert lines[2] == 'name ::= "LLM-7B" | "LLM"'
    assert sentence_grammar([]).startswith("root ::= other+ [。？]\n")
    assert title_grammar([], "SeaBird").startswith('root ::= "SeaBird：" other+\n')


def test_terms_with_one_rendering_are_put_in():
    """Plurals too; acronyms, parts of names and terms with several renderings stay."""
    terms = (
        Term(english="token", zh=("词元",)),
        Term(english="baseline", zh=("基线",)),
        Term(english="large language model", spellings=("LLM",), zh=("大语言模型",)),
        Term(english="prompt", zh=("提示", "提示词")),
        Term(english="Transformer", zh=("Transformer",)),
    )
    text = "Large language models (LLMs) need tokens, prompts, a Transformer and DC-Baseline."
    assert substitute_terms(text, terms) == "大语言模型 (LLM) need 词元, prompts, a Transformer and DC-Baseline."


@pytest.mark.parametrize(
    ("source", "text", "lost"),
    [
        ("We train FooNet on 500 texts.", "我们在 500 篇文本上训练 FooNet。", ()),
        ("We train FooNet on 500 texts.", "我们在五百篇文本上训练。", ("FooNet", "500")),
        ("LLMs in the US", "美国的大语言模型", ()),
        ("It is 3x faster.", "快三倍。", ()),
    ],
)
def test_words_that_a_translation_lost(source, text, lost):
    """Names and figures; an acronym may be said in Chinese, and a multiplier is a number's business."""
    assert lost_words(source, text, names_in(source)) == lost
