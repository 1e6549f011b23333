"""Stage summarize: a paper's answers become its record."""

from pipeline.records import Summary
from pipeline.stages.summarize import summarize_paper
from tests.factories import paper

TEXTS = {"summary_zh": "细致地排序。", "summary_en": "It sorts with care."}


def test_one_liners_are_read_from_the_answers():
    """Of this paper and version; what was not answered is null."""
    asked = []

    def text_of(of, name):
        asked.append((of.id, name))
        return TEXTS[name]

    record = summarize_paper(paper(version=2), text_of=text_of, english=True)
    assert record == Summary(id="2606.00001", version=2, **TEXTS)
    assert asked == [("2606.00001", "summary_zh"), ("2606.00001", "summary_en")]
    nothing = summarize_paper(paper(), text_of=lambda *_: None, english=True)
    assert (nothing.summary_zh, nothing.summary_en) == (None, None)


def test_no_english_where_none_is_wanted():
    """summarize.english: false hides an older English one-liner too."""
    assert summarize_paper(paper(), text_of=lambda _, name: TEXTS[name], english=False).summary_en is None
