"""What is a Chinese character."""

from pipeline.text.han import han, has_han


def test_chinese_characters_are_counted():
    """Rare ones of Extension A too; kana, full-width letters and Chinese punctuation are none."""
    assert han("用 SortLite 排序，㐀") == 4
    assert has_han("a㐀")
    assert not has_han("カナ，ＡＢ〇")
    assert not has_han("")
