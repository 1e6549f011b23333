"""Prompt files: an edit that would break something is refused with its line, everything else is taken as written."""

import dataclasses

import pytest

from pipeline.asking.prompts import Example, Prompt, load_prompt, load_review_prompt
from pipeline.errors import PromptError
from pipeline.text.terms import Term

GOOD = """# 角色

你是编辑。

# 任务

用一句话概括，不超过 {{ max_chars }} 个字。

# 示例

英文：A set {x} of \\frac{1}{2} and $x_{i}$, {{ not_a_variable }} {% raw.
中文：集合 {x} 与 \\frac{1}{2} 及 $x_{i}$，{{ not_a_variable }} {% raw。

英文: Two
lines.
中文：两
行。
"""


@pytest.fixture
def load(tmp_path):
    def load(text, encoding="utf-8", **variables):
        path = tmp_path / "summarize.md"
        path.write_bytes(text.encode(encoding))
        return load_prompt(path, **variables)

    load.path = tmp_path / "summarize.md"
    return load


def test_a_prompt_is_read_and_filled_in(load):
    """Role, task with its variable, and examples; braces and TeX in examples stay as they are."""
    prompt = load(GOOD, max_chars=80)
    assert prompt.role == "你是编辑。"
    assert prompt.task == "用一句话概括，不超过 80 个字。"
    assert prompt.examples == (
        Example(
            "A set {x} of \\frac{1}{2} and $x_{i}$, {{ not_a_variable }} {% raw.",
            "集合 {x} 与 \\frac{1}{2} 及 $x_{i}$，{{ not_a_variable }} {% raw。",
        ),
        Example("Two\nlines.", "两\n行。"),
    )


def test_examples_for_a_small_model_are_shown_to_it_alone(load):
    """After those for every model, with the glossary's Chinese in their English; no other model's question knows them."""
    text = GOOD + "\n# 小模型示例\n\n英文：A token.\n中文：一个词元。\n"
    prompt = load(text, max_chars=80)
    assert prompt.whole == load(GOOD, max_chars=80).whole
    small = prompt.for_small((Term(english="token", zh=("词元",)),))
    assert small.examples == (*prompt.examples, Example("A 词元.", "一个词元。"))
    assert small.fingerprint != prompt.fingerprint


def test_what_a_small_model_was_shown_before_counts_if_it_was_something_else():
    """Examples that moved to those for a small model alone are the same question to it."""
    first, second = Example("We sort.", "我们排序。"), Example("It works.", "它有效。")
    before = Prompt("r", "t", (first, second))
    other = dataclasses.replace(before, task="u")
    now = Prompt("r", "t", (first,), small=(second,), former=(before, other))
    assert now.for_small(()) == dataclasses.replace(before, former=(other,))


@pytest.mark.parametrize("heading", ["# 示例", "# 小模型示例"])
def test_a_review_has_no_examples(tmp_path, heading):
    """They would reach nobody."""
    path = tmp_path / "review.md"
    path.write_text(f"# 角色\n甲\n# 任务\n乙\n{heading}\n", encoding="utf-8")
    assert load_review_prompt(path).task == "乙"
    path.write_text(f"# 角色\n甲\n# 任务\n乙\n{heading}\n英文：a\n中文：甲\n", encoding="utf-8")
    with pytest.raises(PromptError, match="a review has no “# 示例”"):
        load_review_prompt(path)


def test_a_mistake_in_an_example_for_a_small_model_is_named_too(load):
    """Whoever's model is asked: the file has one state, right or wrong."""
    with pytest.raises(PromptError, match=r":18: examples are pairs"):
        load(GOOD + "# 小模型示例\n英文：A token.\n", max_chars=80)


def test_tex_in_the_task_survives(load):
    """Single braces and backslashes are nobody's variables."""
    prompt = load("# 角色\n甲\n# 任务\n保留 $\\frac{1}{2}\\nu$ 与 {} 和 {a}。\n")
    assert prompt.task == "保留 $\\frac{1}{2}\\nu$ 与 {} 和 {a}。"
    assert prompt.examples == ()


def test_subheadings_belong_to_their_section(load):
    """Only a single # divides a prompt file."""
    assert load("# 角色\n甲\n# 任务\n## 要求\n- 乙\n").task == "## 要求\n- 乙"


def test_a_file_saved_on_windows_is_read(load):
    """A byte order mark and \\r\\n are no part of the text."""
    assert load(GOOD.replace("\n", "\r\n"), encoding="utf-8-sig", max_chars=80) == load(GOOD, max_chars=80)


@pytest.mark.parametrize(
    ("change", "line", "said"),
    [
        (("max_chars", "max_char"), 7, "unknown variable {{ max_char }}, known are: max_chars"),
        (("{{ max_chars }}", "{{ max_chars.typo }}"), 7, "only plain variables"),
        (("{{ max_chars }}", "{{ max_chars | nosuch }}"), 7, "only plain variables"),
        (("{{ max_chars }}", "{{#max_chars}} {{/max_chars}}"), 7, "only plain variables"),
        (("{{ max_chars }}", "{{{max_chars}}}"), 7, "only plain variables"),
        (("{{ max_chars }}", "{{ max_chars"), 7, "variables are written {{ name }}"),
        (("{{ max_chars }}", "{% if x"), 7, "variables are written {{ name }}"),
        (("你是编辑。", "你是 {{ who }}。"), 3, "unknown variable {{ who }}"),
        (("# 任务", "# 要求"), 5, "unknown heading “# 要求”, known are # 角色、# 任务、# 示例、# 小模型示例"),
        (("# 任务", "# 任物"), 5, "unknown heading “# 任物”, did you mean “# 任务”?"),
        (("# 示例", "## 示例：\n英文总节：A"), 10, "unknown label “英文总节：”, did you mean “英文总结：”?"),
        (("# 示例", "# 角色"), 9, "heading “# 角色” stands twice"),
        (("# 角色", "你好\n# 角色"), 1, "text before the first heading"),
        (("中文：集合", "译文：集合"), 9, "examples are pairs"),
        (("中文：两", "英文：两"), 9, "examples are pairs"),
        (("中文：两\n行。", "中文："), 9, "examples are pairs"),
        (("英文：A", "例子\n英文：A"), 9, "examples are pairs"),
        (("英文：A", "中文：A"), 9, "examples are pairs"),
        (("中文：两\n行。", "中文：两\n中文：行。"), 9, "examples are pairs"),
        (("中文：两\n行。", "中文：两\n英文总结：Two.\n英文总结：Lines."), 9, "examples are pairs"),
    ],
)
def test_a_mistake_is_named_with_its_line(load, change, line, said):
    """Variables, headings and examples: file, line, what is wrong."""
    broken = GOOD.replace(*change)
    assert broken != GOOD
    with pytest.raises(PromptError) as error:
        load(broken, max_chars=80)
    assert str(error.value).startswith(f"{load.path}:{line}: ")
    assert said in str(error.value)


def test_a_variable_left_unused_is_a_mistake(load):
    """The check would hold answers to a limit the model never heard of."""
    with pytest.raises(PromptError, match=r"does not use \{\{ max_chars \}\}"):
        load(GOOD.replace("{{ max_chars }}", "80"), max_chars=80)


@pytest.mark.parametrize("typed", ["{max_chars}", "$max_chars", "｛｛ max_chars ｝｝"])
def test_other_braces_are_named_with_their_line(load, typed):
    """They would be sent as they stand."""
    with pytest.raises(PromptError, match=r"write \{\{ max_chars \}\}, with two ordinary braces") as error:
        load(GOOD.replace("{{ max_chars }}", typed), max_chars=80)
    line = GOOD[: GOOD.index("{{ max_chars")].count("\n") + 1
    assert str(error.value).startswith(f"{load.path}:{line}: ")


def test_a_variable_in_an_example_is_not_used_there(load):
    """Examples are shown as they are, so a variable only there reaches nobody."""
    with pytest.raises(PromptError, match="does not use"):
        load("# 角色\n甲\n# 任务\n乙\n# 示例\n英文：{{ max_chars }}\n中文：丙\n", max_chars=80)


@pytest.mark.parametrize("text", ["", "# 角色\n甲\n", "# 角色\n\n# 任务\n乙\n", "# 角色\n甲\n# 任务\n  \n# 示例\n"])
def test_role_and_task_are_needed(load, text):
    """A section that is missing or empty is named."""
    with pytest.raises(PromptError, match=r"“# (角色|任务)” is missing or empty"):
        load(text)


def test_a_file_that_is_not_there_is_one_error(tmp_path):
    """Missing, and in no encoding."""
    with pytest.raises(PromptError, match="not found; `wenzhai init`"):
        load_prompt(tmp_path / "nowhere.md")
    (tmp_path / "odd.md").write_bytes(b"# \x81\xff\xff\n")
    with pytest.raises(PromptError, match="cannot be read"):
        load_prompt(tmp_path / "odd.md")


@pytest.mark.parametrize(
    "change",
    [
        ("# 任务", "#任务"),
        ("# 任务", "## 任务"),
        ("# 任务", "＃ 任务"),
        ("# 任务", "#　任务"),
        ("# 任务", "# 任务："),
        ("# 任务", "# 【任务】"),
        ("# 任务", "# 任 务"),
        ("# 任务", "# 任務"),
        ("中文：集合", "**中文**：集合"),
        ("中文：集合", "中文 : 集合"),
        ("# 角色", "\n  \n# 角色"),
    ],
)
def test_headings_and_labels_are_known_however_they_are_typed(load, change):
    """They mean the same, so they give the same prompt."""
    typed = GOOD.replace(*change)
    assert typed != GOOD
    assert load(typed, max_chars=80) == load(GOOD, max_chars=80)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "gb18030", "big5"])
def test_a_prompt_is_read_in_any_encoding(load, encoding):
    """And is the same prompt."""
    text = GOOD if encoding != "big5" else "# 角色\n\n你是機器學習領域的專業譯者。\n\n# 任務\n\n給同行寫一句話總結。\n"
    rest = {"max_chars": 80} if text == GOOD else {}
    assert load(text, encoding=encoding, **rest) == load(text, **rest)


def test_the_fingerprint_is_of_all_that_is_said(load):
    """It changes with role, task, examples and the value of a variable, and with nothing else."""
    prompt = load(GOOD, max_chars=80)
    others = [
        load(GOOD, max_chars=90),
        *(dataclasses.replace(prompt, **change) for change in ({"role": "x"}, {"task": "x"}, {"examples": ()})),
    ]
    assert len({prompt.fingerprint, *(each.fingerprint for each in others)}) == 5
    assert load(GOOD.replace("# 角色\n\n", "# 角色\n\n\n"), max_chars=80).fingerprint == prompt.fingerprint


def test_worked_examples_are_no_instructions(load):
    """An answer may say what an example says: only role and task count as echoes."""
    text = load(GOOD, max_chars=80).text
    assert "你是编辑。" in text
    assert "不超过 80 个字" in text
    assert "集合" not in text


def test_the_shipped_prompts_can_be_used():
    """As a run reads them."""
    from pipeline.files import shipped

    assert load_prompt(shipped("prompts") / "summarize.md", max_chars=80).role
    assert load_prompt(shipped("prompts") / "translate.md").task


@pytest.mark.parametrize("key", ["sk-0123456789abcdef0123456789", "0123456789abcdef0123456789abcdef"])
def test_a_key_in_a_prompt_is_refused_without_being_shown(load, key, monkeypatch):
    """It would be sent, kept in answers.db and shown; one that looks like a hash is known from the environment."""
    monkeypatch.setenv("OPENAI_API_KEY", key)
    with pytest.raises(PromptError) as error:
        load(GOOD.replace("你是编辑。", f"钥匙是 {key}。"), max_chars=80)
    assert str(error.value).startswith(f"{load.path}:3: holds a provider's key (not shown)")
    assert "0123456789" not in str(error.value)


def test_a_comment_reaches_nobody(load):
    """{# … #} is for the next reader of the file; braces in it are no variables."""
    prompt = load("# 角色\n甲{# {{ who }}\n#}\n# 任务\n乙\n")
    assert (prompt.role, prompt.task) == ("甲", "乙")
