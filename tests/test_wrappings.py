"""What is left round a text is taken off, and nothing of the text."""

import pytest

from pipeline.text.wrappings import unwrapped


@pytest.mark.parametrize(
    "wrapped",
    [
        "译文。</s>",
        "译文。<end_of_turn>",
        "译文。<|im_end|>",
        "<|begin_of_box|>译文。<|end_of_box|>",
        "译文。<｜end▁of▁sentence｜>",
        "[INST]译文。[/INST]",
        "**译文。**",
        "**译文。",
        "“译文。”",
        '"译文。"',
        "《译文。》",
        "`译文。`",
        "译文。<br/>",
        "译文。\\n",
        "译文。&nbsp;",
        "译文。&nbsp;&amp;&#39;",
        "摘要译文：译文。",
        "标题：译文。",
        "**Translation:** 译文。",
    ],
)
def test_what_stands_round_a_text_is_taken_off(wrapped):
    """End tokens of every family, emphasis, quotes, line ends and entities."""
    assert unwrapped(wrapped, "The translation.") == "译文。"


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("“思考”与“行动”", '"Thinking" and "Acting"'),
        ("“你好”", '"Hello"'),
        ("用 <|im_end|> 结束", "Ending with <|im_end|>"),
        ("转义 &amp; 的写法", "How to write &amp; in HTML"),
        ("《红楼梦》研究", "A Study of the Dream of the Red Chamber"),
        ("系数。\\nu 是参数", "The coefficient $\\nu$"),
        ("a **b** 与 **c**", "b and c"),
        ("翻译：再论对齐", "Translation: Alignment Revisited"),
    ],
)
def test_what_belongs_to_a_text_stays(text, source):
    """Quotes that don't embrace the whole, and whatever the English has too."""
    assert unwrapped(text, source) == text


def test_an_entity_is_read():
    """Some gateways escape the answer for a page."""
    assert unwrapped("准确率 &lt; 5&#37; &amp; 更快", "accuracy < 5% and faster") == "准确率 < 5% & 更快"
