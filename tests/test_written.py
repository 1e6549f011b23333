"""Files that people write: any encoding, and slips of the keyboard with their line."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.written import Unreadable, line_of, slip_in, text_of, yaml_in

CONFIG = "digests:\n  cs.CL: [cs.CL]   # 计算语言学的论文\nmodel:\n  name: x   # 模型的名字\n"
TRADITIONAL = "digests:\n  cs.CL: [cs.CL]   # 計算語言學的論文\nmodel:\n  name: x   # 模型的名字\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (CONFIG, "utf-8"),
        (CONFIG, "utf-8-sig"),
        (CONFIG, "utf-16"),
        (CONFIG, "utf-16-le"),
        (CONFIG, "utf-16-be"),
        (CONFIG, "utf-32"),
        (CONFIG, "gbk"),
        (CONFIG, "gb18030"),
        (TRADITIONAL, "big5"),
    ],
)
def test_a_file_is_read_in_the_encoding_it_was_saved_in(tmp_path, text, encoding):
    """With or without a byte order mark, and with the line ends of Windows."""
    path = tmp_path / "config.yaml"
    path.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    assert text_of(path) == text


def test_one_broken_character_is_named_with_its_line(tmp_path):
    """It is no other encoding: a guess would turn the whole file into nonsense."""
    path = tmp_path / "config.yaml"
    path.write_bytes(CONFIG.encode().replace("模".encode(), b"\xe6\xa8", 1))
    with pytest.raises(Unreadable) as raised:
        text_of(path)
    assert raised.value.at("config.yaml").startswith("config.yaml:4: has broken characters")


@settings(max_examples=25)
@given(st.binary(max_size=60))
def test_any_bytes_are_a_text_or_one_error(tmp_path_factory, content):
    """Never another exception."""
    path = tmp_path_factory.mktemp("any") / "file"
    path.write_bytes(content)
    with suppress(Unreadable):
        assert isinstance(text_of(path), str)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("model:\n  provider：openai\n  name: x\n", "2: has a full-width colon; write `provider: `"),
        ("model:\n  - {name： x}\n", "2: has a full-width colon; write `name: `"),
        ("a: 1\nfetch:\n  source:feed\n", "3: has no space after the colon; write `source: `"),
        ("model:\n\tname: x\n", "2: begins with a tab"),
        ("model:\n　name: x\n", "2: begins with a full-width space"),
        ("digests:\n  a: [cs.CL，cs.AI]\n", "2: has a full-width comma"),
        ("digests:\n  a: ［cs.CL］\n", "2: has full-width brackets"),
        ("a: 1\nb: 2\na: 3\n", "3: a stands in line 1 already; keep one of the two"),
        ("a: {x: 1, x: 2}\n", "1: x stands in line 1 already"),
        ("token:\t词元\n", "1: has a tab"),
        ("token = 词元\nagent: 智能体\n", "1: has no colon; write `token: `"),
        ("token -> 词元\n", "1: has no colon; write `token: `"),
        ("| token | 词元 |\n", "1: is a row of a Markdown table"),
        ("a: 1 ＃ one\n", "1: has a full-width ＃"),
        ("a: 4# four\n", "1: has no space before the #"),
        ("a:　x\nb: y\n", "1: has a full-width space after the colon"),
        ('- {id: "1"，field: x}\n', "1: has a full-width comma"),
        ('a: "x\nb: 1\nc: 2\n', "1: not YAML: a quotation mark is opened here"),
        ("a: [x\nb: 1\n", "1: not YAML: a bracket is opened here and not closed in line 2"),
        ("a:\n  b: 1\n   c: 2\n", "3: not YAML: does not begin below the line before it"),
        ("a: 1\nb: it: is\n", "2: not YAML: mapping values are not allowed here; put quotes round that text"),
    ],
)
def test_a_slip_is_named_with_its_own_line(text, said):
    """Not with the line where YAML noticed it, and with what to type."""
    try:
        yaml_in(text)
        found = slip_in(text)
    except Unreadable as error:
        found = error
    assert found.at("c").startswith(f"c:{said}")


@pytest.mark.parametrize(
    "text",
    [
        "base_url: http://127.0.0.1:8000/v1\n",
        "# 注意：这里\n",
        '{"a":1, "b":[2,3]}\n',
        "text: 结论：更好，更快\n",
        "exclude: ['甲，乙']\n",
    ],
)
def test_what_is_right_is_no_slip(text):
    """Addresses, comments, JSON, and Chinese punctuation in a value."""
    assert yaml_in(text) or text.startswith("#")
    assert slip_in(text) is None


def test_a_key_has_a_line():
    """In maps and lists; what is not in the text has none."""
    text = "a:\n  - x\n  - b: 1\n    c: 2\n"
    assert [line_of(text, place) for place in ([], ["a"], ["a", 1, "c"], ["a", 2], ["a", "c"])] == [
        None,
        1,
        4,
        None,
        None,
    ]


def test_a_stray_nul_is_named(tmp_path):
    """One of them does not make the file UTF-16."""
    path = tmp_path / "config.yaml"
    path.write_bytes(CONFIG.encode() * 9 + b"x\0\n")
    with pytest.raises(Unreadable, match=r"holds U\+0000") as raised:
        text_of(path)
    assert raised.value.line == 37


def test_an_error_shows_no_key():
    """Somebody may have typed it into the broken line."""
    with pytest.raises(Unreadable) as raised:
        yaml_in("sk-0123456789abcdef0123456789: 1\nsk-0123456789abcdef0123456789: 2\n")
    assert "0123456789" not in str(raised.value)
