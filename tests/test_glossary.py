"""The glossary: which rows a text has, what the question says of them, and how a bad file is refused."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.asking.glossary import Term, as_former_rows, as_rows, load_glossary, terms_in
from pipeline.errors import FileError

SHIPPED = Path(__file__).parents[1] / "prompts" / "glossary.yaml"
GLOSSARY = load_glossary(SHIPPED)


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "glossary.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def rows_of(tmp_path: Path, text: str) -> tuple[Term, ...]:
    return load_glossary(written(tmp_path, text))


def found(text: str, *categories: str, glossary: tuple[Term, ...] = GLOSSARY) -> list[str]:
    return [term.english for term in terms_in(text, categories or ("cs.CL",), glossary)]


def test_every_way_of_writing_a_row(tmp_path):
    """A rendering, `keep`, or a mapping; several spellings are parted by commas, one-element lists need no brackets."""
    rows = rows_of(
        tmp_path,
        """# a comment
corpus, corpora: 语料库
softmax: keep
inference: {zh: [推理, 推断], or: 推论, in: [cs.LG, stat]}
agent:
  zh: 智能体
  avoid: 代理
  not: [特工]
  unless: proxy
LLM: {zh: keep, or: 大语言模型}
""",
    )
    assert rows == (
        Term(english="corpus", spellings=("corpora",), zh=("语料库",)),
        Term(english="softmax", zh=("softmax",)),
        Term(english="inference", zh=("推理", "推断"), tolerated=("推论",), categories=("cs.LG", "stat")),
        Term(english="agent", zh=("智能体",), avoided=("代理",), forbidden=("特工",), unless=("proxy",)),
        Term(english="LLM", zh=("LLM",), tolerated=("大语言模型",)),
    )


def test_no_file_and_an_empty_file_have_no_rows(tmp_path):
    """`glossary: null` and a file of comments are both fine."""
    assert load_glossary(None) == ()
    assert rows_of(tmp_path, "# nothing yet\n") == ()


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("token: 词元\nagent: {zh: 智能体, nto: 代理}\n", 2, "unknown key nto, did you mean not?"),
        ("token: {zh: 词元, note: x, zh: 标记}\n", 1, "unknown key note"),
        ("a: 甲\ntoken: [词元，令牌]\n", 2, "zh has a ， in a text; write several as a list"),
        ("词元: token\n", 1, "the English stands first"),
        ("token: {zh: 词元, comment: x}\n", 1, "unknown key comment, known are zh, or, avoid, not, unless, in"),
        ("# 词表\ntoken：词元\n", 2, "has a full-width colon"),
        ("token: {zh: 词元, zh: 标记}\n", 1, "has zh twice"),
        ("token: 词元\n\nToken: 标记\n", 3, "stands in line 1 already"),
        ("corpus, corpora: 语料库\ncorpora: 语料\n", 2, "corpora stands in line 1 already"),
        ("token:\n", 1, "empty"),
        ('token: ""\n', 1, "empty"),
        ("token: {not: 令牌}\n", 1, "has no Chinese"),
        ("token: {zh: []}\n", 1, "has no Chinese"),
        ("token: 12\n", 1, "need quotes"),
        ("token: {zh: 词元, not: [yes]}\n", 1, "need quotes"),
        ("token: [词元, [令牌]]\n", 1, "a text or a list of texts"),
        ("1: 词元\n", 1, "the English must be a text"),
        ("token,: 词元\n", 1, "the English must be a text"),
    ],
)
def test_a_bad_row_is_named_with_its_line(tmp_path, text, line, words):
    """The error names the file, the line and the way out; an equal key does not silently win."""
    path = written(tmp_path, text)
    with pytest.raises(FileError) as error:
        load_glossary(path)
    assert str(error.value).startswith(f"{path}:{line}: ")
    assert words in str(error.value)


@pytest.mark.parametrize("text", ["token: {zh: 词元\n", "- token\n", "词元\n"])
def test_a_file_that_holds_no_rows_is_refused(tmp_path, text):
    """Broken YAML, a list and a bare text are errors that name the file."""
    with pytest.raises(FileError, match=r"glossary\.yaml:(1:|2:)? "):
        rows_of(tmp_path, text)


def test_a_missing_or_unreadable_file_says_the_way_out(tmp_path):
    """Not there, a folder, not UTF-8: one line each."""
    (tmp_path / "latin.yaml").write_bytes("é: x\n".encode("latin-1"))
    for path in (tmp_path / "none.yaml", tmp_path, tmp_path / "latin.yaml"):
        with pytest.raises(FileError, match="glossary: null"):
            load_glossary(path)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Agents, AGENT and an agent.", ["agent"]),
        ("We finetune, fine tune and fine-tuned them.", ["fine-tuning"]),
        ("Fine\u2011tuning helps.", ["fine-tuning"]),
        ("LLMs help; llms is no acronym.", ["large language model"]),
        ("Large Language\nModels and language models", ["large language model", "language model"]),
        ("large-language models only", ["large language model"]),
        ("policies on corpora", ["policy", "corpus"]),
        ("retrieval, then retrieval-augmented generation (RAG)", ["retrieval", "retrieval-augmented generation"]),
        ("token-level, multi-agent, multiagent", ["token", "multi-agent"]),
        ("reagents and tokenism, AgentBench, agent_id, ragged", []),
        (r"$\text{token}$, \(agent\), `prompt` and https://example.org/agent?token=1", []),
        ("$5 an agent, $6 a token", ["agent", "token"]),
    ],
)
def test_terms_in_a_text(text, terms):
    """Inflections, hyphens and case do not matter, acronyms' case does; the longest of nested counts; only prose."""
    assert found(text, "cs.LG", "cs.CL") == terms


def test_a_row_holds_for_its_categories(tmp_path):
    """A category or its whole archive; a row that does not hold hides no shorter one."""
    rows = rows_of(tmp_path, "agent: {zh: 智能体, in: cs}\nagent model: {zh: 主体模型, in: [econ.TH]}\nmodel: 模型\n")
    assert found("an agent model", "cs.CL", glossary=rows) == ["agent", "model"]
    assert found("an agent model", "econ.TH", glossary=rows) == ["agent model"]
    assert found("an agent model", "csx.CL", glossary=rows) == ["model"]


def test_rows_for_the_question():
    """One short line a term in the order given: what is wanted and nothing else; what is unwanted stands in old keys."""
    rows = (
        Term(english="agent", zh=("智能体",), avoided=("代理",), forbidden=("特工",), tolerated=("主体",)),
        Term(english="Transformer", zh=("Transformer",)),
        Term(english="few-shot", zh=("少样本",), avoided=("少次",), forbidden=("少射", "少次")),
        Term(english="inference", zh=("推理", "推断")),
    )
    assert as_rows(rows) == "agent → 智能体\nTransformer → 保留英文\nfew-shot → 少样本\ninference → 推理 或 推断"
    assert as_former_rows(rows) == (
        "agent → 智能体（不用：代理、特工）\nTransformer → 保留英文\nfew-shot → 少样本（不用：少射、少次）\ninference → 推理 或 推断"
    )
    assert as_rows(()) == ""


@given(st.lists(st.sampled_from([term.english for term in GLOSSARY]), unique=True, max_size=6))
def test_every_term_is_found_where_it_stands(names):
    """Terms parted by full stops are all found, in order, in a paper of all categories."""
    categories = ("cs.CL", "cs.LG", "cs.AI", "cs.CV", "cs.RO", "cs.SE", "stat.ML")
    assert found(". ".join(names), *categories) == names


@given(st.text(max_size=200))
def test_any_text_can_be_searched(text):
    """No text fails, and every row found is one of the glossary, once."""
    terms = terms_in(text, ("cs.CL",), GLOSSARY)
    assert len(set(terms)) == len(terms) <= len(GLOSSARY)


def test_the_shipped_glossary_is_consistent():
    """Over two hundred rows; none wanted and unwanted at once; `unless` holds beginnings of lower-case words."""
    assert len(GLOSSARY) > 200
    for term in GLOSSARY:
        assert not {*term.avoided, *term.forbidden} & {*term.zh, *term.tolerated}, term.english
        assert all(stem.isalpha() and stem.islower() for stem in term.unless), term.english


def test_a_day_is_searched_in_no_time():
    """200 abstracts of 1,500 characters against the shipped glossary in well under four seconds."""
    text = "We study large language model agents with retrieval and several novel training objectives. " * 17
    started = time.perf_counter()
    for number in range(200):
        terms_in(f"{number} {text}", ("cs.CL",), GLOSSARY)
    assert time.perf_counter() - started < 4
