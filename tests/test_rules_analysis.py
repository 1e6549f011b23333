"""What the rules are told about a case."""

from pipeline.rules.analysis import Analysis, Case, Side, quoted
from tests.pairs import ABSTRACT


def read(source: str, text: str = "好。", field: str = "abstract_zh") -> Analysis:
    return Analysis(Case("2606.00001", field, source, text))


def test_the_feeds_words_are_no_part_of_the_source():
    """In front of an abstract, behind a title, and between the two of a one-liner."""
    prefix = "arXiv:2608.20331v1 Announce Type: new  Abstract: "
    assert read(prefix + "We sort.").source == "We sort."
    assert read("Sorting. (arXiv:2310.09192v1 [cs.LG] UPDATED)").source == "Sorting."
    assert read(f"Sorting\n{prefix}We sort.", field="summary_zh").source == "Sorting\nWe sort."
    assert read("We read arXiv:2608.20331v1.").source == "We read arXiv:2608.20331v1."


def test_prose_is_blank_where_spans_and_marks_stand():
    """Offsets stay, so that a place in the prose is the same place in the text."""
    analysis = read("Let $n$ be ⟦1⟧ big.", "令 $n$ 为大。")
    assert analysis.source_prose == "Let     be     big."
    assert analysis.text_prose == "令     为大。"


def test_a_source_is_cut_where_it_ends_in_a_word():
    """A URL, a formula and a closed quotation end one properly."""
    assert read("We sort. The key is").source_is_cut
    for ending in ("We sort.", "Code: https://example.org/x", "It is $n^2$", 'We say "yes."'):
        assert not read(ending).source_is_cut


def test_what_survives_is_told_by_the_sentence():
    """A place in a sentence that nobody translated has not survived."""
    index = ABSTRACT.text.index("在七个")
    analysis = read(
        ABSTRACT.source, ABSTRACT.text[:index] + "三分之二的提升来自更好的索引。代码见 https://example.org/sortlite。"
    )
    assert not analysis.survives(ABSTRACT.source.index("8.4%"))
    assert analysis.survives(ABSTRACT.source.index("12 GB"))
    assert "8.4%" not in analysis.plain_translated.text
    assert "12 GB" in analysis.plain_translated.text


def test_what_a_text_breaks_off_in_has_not_survived():
    """Nor has what would come after."""
    analysis = read(ABSTRACT.source, ABSTRACT.text[: ABSTRACT.text.index("速度是")])
    survived = [analysis.survives(ABSTRACT.source.index(words)) for words in ("SortLite", "8.4%", "Two thirds")]
    assert survived == [True, False, False]
    whole = read(ABSTRACT.source, ABSTRACT.text)
    assert whole.survives(len(ABSTRACT.source) - 1)
    assert whole.plain_translated == whole.plain_source


def test_a_one_liner_loses_nothing():
    """It may leave out what it likes."""
    source = f"Sorting\n{ABSTRACT.source}"
    assert read(source, "用很少的内存对表格排序。", "summary_zh").survives(source.index("8.4%"))


def test_the_stump_of_a_cut_source_is_no_loss():
    """Any other sentence of some length is one."""
    analysis = read(ABSTRACT.source[: ABSTRACT.source.index(" come from")], ABSTRACT.text[:20])
    assert [analysis.is_lost(index) for index in range(5)] == [True, True, True, True, False]


def test_a_quotation_fits_on_a_line():
    """Details are read in a table."""
    assert quoted("a\nb") == "“a b”"
    assert quoted("很" * 40) == "“" + "很" * 40 + "”"
    assert quoted("很" * 41) == "“" + "很" * 40 + "…”"


def test_pairs_are_sentences_that_render_each_other():
    """Of an abstract sentence by sentence, of a title the whole, of a one-liner none, nor of what says something else."""
    pairs = read(ABSTRACT.source, ABSTRACT.text).pairs
    assert any(pair.english.startswith("We present SortLite") and pair.chinese.startswith("我们提出") for pair in pairs)
    title = ("Is Sorting Solved? No!", "排序问题解决了吗？没有！")
    assert read(*title, "title_zh").pairs == (title,)
    assert read(f"Sorting\n{ABSTRACT.source}", ABSTRACT.text, "summary_zh").pairs == ()
    assert read("Learning the structure of graphs", "植物的根系", "title_zh").pairs == ()


def test_two_sides_are_written_alike():
    """Spaces and digits of any kind are those of a keyboard; a new line stays one."""
    assert Side.of("10\u202f000\u00a0rows\n５％").text == "10 000 rows\n5%"
