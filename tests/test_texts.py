"""Stages summarize and translate: a paper's answers become its record."""

from pipeline.stages.texts import texts_of_paper
from tests.factories import paper, summary, translation

TEXTS = {"summary_zh": "细致地排序。", "summary_en": "It sorts with care."}


def test_the_fields_of_a_task_are_read_from_the_answers():
    """Of this paper and version; what was not answered is null."""
    looked = []

    def text_of(of, name):
        looked.append((of.id, of.version, name))
        return TEXTS[name]

    record = texts_of_paper(paper(version=2), "summarize", asked=TEXTS, text_of=text_of)
    assert record == summary(version=2, **TEXTS)
    assert looked == [("2606.00001", 2, "summary_zh"), ("2606.00001", 2, "summary_en")]
    nothing = texts_of_paper(paper(), "translate", asked=("title_zh", "abstract_zh"), text_of=lambda *_: None)
    assert nothing == translation(title_zh=None, abstract_zh=None)


def test_a_field_nobody_asks_for_is_null():
    """summarize.english: false hides an older English one-liner too."""
    record = texts_of_paper(paper(), "summarize", asked=("summary_zh",), text_of=lambda _, name: TEXTS[name])
    assert record.texts == {"summary_zh": "细致地排序。", "summary_en": None}


def test_a_record_is_written_flat():
    """Under the names of its fields, as users' files have always had it; and it reads what it writes."""
    line = '{"id":"2606.00001","version":1,"summary_zh":"细致地排序。","summary_en":null}'
    assert summary().model_dump_json() == line
    assert type(summary()).model_validate_json(line) == summary()
