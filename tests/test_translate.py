"""Stage translate: a paper's answers become its record."""

from pipeline.records import Translation
from pipeline.stages.translate import translate_paper
from tests.factories import paper


def test_title_and_abstract_are_read_from_the_answers():
    """Each field is its own answer's text, null where there is none."""
    texts = {"title_zh": "细致排序", "abstract_zh": None}
    record = translate_paper(paper(version=2), text_of=lambda _, name: texts[name])
    assert record == Translation(id="2606.00001", version=2, title_zh="细致排序", abstract_zh=None)
