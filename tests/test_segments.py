"""Pieces: what is asked on its own, and the key that says when an answer may be used again."""

import dataclasses

import pytest

from pipeline.asking.prompts import Example, Prompt
from pipeline.asking.segments import foreseen, review_segment, segments_of, with_marks
from pipeline.records import Claim
from pipeline.text.terms import Term
from tests.factories import TRANSLATE, add_field, context, model, paper

SORT = Term(english="sort", zh=("排序",))


def key_of(field="title_zh", *, of=None, settings=None, **changes) -> str:
    (segment,) = segments_of(of or paper(), field, context(model(**(settings or {})), **changes))
    return segment.key


@pytest.mark.parametrize(
    "changes",
    [
        {"field": "abstract_zh"},
        {"of": paper(title="Sorting without care")},
        {"of": paper(abstract="We sort lists. It fails.")},
        {"prompts": {"translate": dataclasses.replace(TRANSLATE, role="你是诗人。")}},
        {"prompts": {"translate": dataclasses.replace(TRANSLATE, task="意译。")}},
        {"prompts": {"translate": dataclasses.replace(TRANSLATE, examples=())}},
        {"prompts": {"translate": dataclasses.replace(TRANSLATE, examples=(Example("We sort.", "我们来排序。"),))}},
        {"glossary": (SORT,)},
        {"settings": {"name": "other"}},
        {"settings": {"temperature": 0.7}},
        {"settings": {"temperature": None}},
        {"settings": {"extra_body": {"thinking": False}}},
        {"settings": {"unit": "sentences"}},
        {"settings": {"path": "a/small.gguf"}},
    ],
    ids=str,
)
def test_the_key_changes_with_what_shapes_the_answer(changes):
    """Field, paper, prompt, glossary rows, model, temperature, provider switches and unit each make another question."""
    assert key_of(**changes) != key_of()


@pytest.mark.parametrize(
    "changes",
    [
        {"settings": {"bundle": False}},
        {"settings": {"base_url": "http://127.0.0.1:9/v1"}},
        {"settings": {"api_key_env": "OTHER_KEY"}},
        {"settings": {"provider": "langchain"}},
        {"settings": {"concurrency": 1, "requests_per_minute": 5, "tokens_per_minute": 6, "timeout_seconds": 7}},
        {"settings": {"price": {"input": 1}, "max_cost": 3}},
        {"settings": {"repairs": 5, "batch": True, "fallback": {"name": "other"}}},
        {"of": paper(authors=("Someone Else",), announce_type="cross", comment="5 pages", version=2)},
        {"glossary": (Term(english="graph", zh=("图",)),)},
        {"prompts": {"translate": TRANSLATE, "summarize": Prompt("a", "b", ())}},
    ],
    ids=str,
)
def test_the_key_is_the_same_for_all_else(changes):
    """Bundling, address, key, pacing, price, other tasks and what the question doesn't show cost no second answer."""
    assert key_of(**changes) == key_of()


def test_a_repair_has_a_key_by_its_place():
    """A second repair is another question; a rule that learns to name its fault in other words asks for nothing again."""
    (segment,) = segments_of(paper(), "title_zh", context())
    again = dataclasses.replace(segment, attempt=1, faults=("有错",))
    assert dataclasses.replace(again, faults=("别的错",)).key == again.key
    assert len({each.key for each in (segment, again, dataclasses.replace(again, attempt=2))}) == 3


def test_a_model_file_is_known_by_its_name():
    """Moved to another folder, it says the same."""
    here, there, other = (key_of(settings={"path": path}) for path in ("a/small.gguf", "b/small.gguf", "b/big.gguf"))
    assert here == there != other


def test_the_key_does_not_hang_on_the_order_of_switches():
    """extra_body is a mapping; YAML may list it any way."""
    one, other = {"a": 1, "b": 2}, {"b": 2, "a": 1}
    assert key_of(settings={"extra_body": one}) == key_of(settings={"extra_body": other})


@pytest.mark.parametrize("field", ["title_zh", "abstract_zh", "summary_zh", "summary_en"])
def test_a_large_model_is_shown_the_whole_paper_for_every_field(field):
    """Title and abstract are sent whatever is asked for, so that fields can share one question."""
    (segment,) = segments_of(paper(), field, context())
    assert segment.sent == {"title": "Sorting with care", "abstract": "We sort lists. It works."}
    assert segment.part is None
    assert segment.task == ("summarize" if field.startswith("summary") else "translate")


def test_a_small_model_is_asked_sentence_by_sentence():
    """The abstract in its sentences, numbered from 0; the title alone; one-liners from the whole paper."""
    small = context(model(unit="sentences"))
    sentences = segments_of(paper(), "abstract_zh", small)
    assert [(each.part, each.sent) for each in sentences] == [
        (0, {"text": "We sort lists."}),
        (1, {"text": "It works."}),
    ]
    assert [each.source for each in sentences] == ["We sort lists.", "It works."]
    (title,) = segments_of(paper(), "title_zh", small)
    assert (title.part, title.sent) == (None, {"text": "Sorting with care"})
    (one_liner,) = segments_of(paper(), "summary_zh", small)
    assert set(one_liner.sent) == {"title", "abstract"}


def test_the_same_sentence_is_asked_once_wherever_it_stands():
    """A stock sentence of two papers, or twice in one, has one key."""
    small = context(model(unit="sentences"))
    here = segments_of(paper(abstract="It works. We sort lists. It works."), "abstract_zh", small)
    there = segments_of(paper(id="2606.00002", abstract="It works."), "abstract_zh", small)
    assert here[0].key == here[2].key == there[0].key != here[1].key


def test_formulas_and_addresses_are_sent_as_marks_counted_through_the_question():
    """Marks of title and abstract never mean two things, and stand for the source's own text."""
    formula, other = "$\\frac{1}{2}\\nu\\beta\\theta$", "$\\theta_{1}$"
    of = paper(title=f"On {formula}", abstract=f"We use {other} and {formula}. See https://example.org/a_b.")
    (segment,) = segments_of(of, "abstract_zh", context())
    assert segment.sent == {"title": "On ⟦1⟧", "abstract": "We use ⟦2⟧ and ⟦3⟧. See ⟦4⟧."}
    assert segment.spans == (formula, other, formula, "https://example.org/a_b")
    assert formula in segment.source


def test_glossary_rows_are_those_the_question_shows():
    """Of the paper's categories and texts; a sentence has the rows of its own words only."""
    lists = Term(english="list", zh=("列表",))
    elsewhere = Term(english="care", zh=("谨慎",), categories=("math",))
    rows = {"glossary": (SORT, lists, elsewhere)}
    assert segments_of(paper(), "title_zh", context(**rows))[0].terms == (SORT, lists)
    first, second = segments_of(paper(), "abstract_zh", context(model(unit="sentences"), **rows))
    assert (first.terms, second.terms) == ((SORT, lists), ())


def test_an_examples_english_one_liner_shapes_the_answer():
    """It is sent, so an edit of it makes another key and another fingerprint."""
    one, other = (
        Prompt("r", "t", (Example("We sort.", "提出排序。", (("summary_en", english),)),))
        for english in ("It sorts.", "We sort.")
    )
    first, second = (
        segments_of(paper(), "summary_en", context(prompts={"summarize": prompt, "translate": TRANSLATE}))[0]
        for prompt in (one, other)
    )
    assert first.key != second.key
    assert one.fingerprint != other.fingerprint


def test_answers_of_earlier_recipes_are_found():
    """Under the very keys that earlier versions gave them: written down here, as they wrote them."""
    rows = (Term(english="sort", zh=("排序",), forbidden=("整理",)),)
    (first,) = segments_of(paper(), "abstract_zh", context(glossary=rows))
    assert list(first.former_keys) == [
        "2-0fa7ab915bf05d6fe76f57d33078c46d",
        "cda29153aa2963e9f8b38aed0786fb850b633bffeda41011c6071f36b32a1c17",
    ]
    assert list(dataclasses.replace(first, attempt=1).former_keys) == [
        "2-0b75e0653b481e7b6c8c8e3845faef86",
        "2606.00001/1/abstract_zh//e9c9c6226e03/d4db3b2c93fe/tiny/1",
    ]


def test_a_sentence_too_is_found_under_its_former_keys():
    """A repair by its place in the paper; that of a redo had none."""
    _, second = segments_of(paper(), "abstract_zh", context(model(unit="sentences")))
    assert second.key == "3-eb4d9d8fc263d6664d1d3e495affcca7"
    assert list(second.former_keys) == [
        "2-eb4d9d8fc263d6664d1d3e495affcca7",
        "f127e009215ff6bc97665d006615f83c44daedc0f6fe28957886b2d00a87e885",
    ]
    again = dataclasses.replace(second, attempt=1)
    assert list(again.former_keys) == [
        "2-5cc1bacf3e836a09793cce0ce7574178",
        "2606.00001/1/abstract_zh/1/e9c9c6226e03//tiny/1",
    ]
    assert len(dataclasses.replace(again, redos=("太生硬",)).former_keys) == 1


def test_the_first_version_had_marks_for_notation():
    """Its key was of what it sent."""
    (segment,) = segments_of(paper(abstract=r"It is 8$\times$ faster."), "abstract_zh", context())
    sent, spans = segment.first
    assert (sent["abstract"], spans) == ("It is 8⟦1⟧ faster.", (r"$\times$",))
    as_sent = dataclasses.replace(segment, sent=sent, first=None)
    assert segment.former_keys[-1] == as_sent.former_keys[-1] != segment.former_keys[0]


def test_sentences_that_the_first_version_parted_elsewhere_are_asked_as_they_are_now():
    """Nothing of theirs can be found."""
    of = paper(abstract="We sort lists$.$ It works.")
    sentences = segments_of(of, "abstract_zh", context(model(unit="sentences")))
    assert [(each.source, each.first) for each in sentences] == [("We sort lists.", None), ("It works.", None)]


def test_a_review_is_kept_as_one_of_its_paper():
    """Whatever field it is about; a look at what it claims is paid for because of it, and kept as its field."""
    todo = context(reviewers=(model(name="reader"),))
    todo.prompts["review"] = TRANSLATE
    (asked,) = segments_of(paper(), "title_zh", todo)
    assert (asked.task, asked.kept_as, asked.cause) == ("translate", "title_zh", "title_zh")
    said = Claim(field="title_zh", kind="term", severity="major", source="care", text="细致", fix="")
    look = dataclasses.replace(asked, earlier="细致排序", doubts=(said,))
    assert (look.task, look.kept_as, look.cause, look.former_keys) == ("translate", "title_zh", "review", ())
    review = review_segment(paper(), "title_zh", "细致排序", todo)
    assert (review.task, review.kept_as, review.cause, review.former_keys) == ("review", "review", "review", ())


def test_marks_for_words_are_for_single_sentences():
    """Without a word, or in the question for a whole paper, nothing changes."""
    (sentence, *_) = segments_of(paper(), "abstract_zh", context(model(unit="sentences")))
    (whole,) = segments_of(paper(), "abstract_zh", context())
    assert with_marks(sentence, ()) is sentence
    assert with_marks(whole, ("sort",)) is whole
    marked = with_marks(sentence, ("list",))
    assert (marked.sent, marked.spans) == ({"text": "We sort ⟦1⟧."}, ("list",))


def test_a_field_made_from_another_is_asked_with_its_text_alone(monkeypatch):
    """Before there is one, the paper's own texts tell its size."""
    name = add_field(monkeypatch)
    (asked,) = segments_of(paper(), name, context(), {"abstract_zh": "我们排序。"})
    assert (asked.source, asked.sent) == ("我们排序。", {"abstract_zh": "我们排序。"})
    assert asked.upstream == {"abstract_zh": "我们排序。"}
    add_field(monkeypatch, name="slogan_zh", made_of=("title_zh",))
    assert [foreseen(paper(), each, context())[0].source for each in (name, "slogan_zh")] == [
        paper().abstract,
        paper().title,
    ]


def test_an_answer_may_hold_the_names_of_its_own_source(monkeypatch):
    """Those of its sentence; of a field that is made from others, of their texts; else of the paper."""
    name, local = add_field(monkeypatch), context(model(provider="local", unit=None))
    of = paper(title="Sorting with FooNet", abstract="We use BarNet and FooNet. It beats BazNet.")
    first, second = segments_of(of, "abstract_zh", local)
    assert (first.allowed_latin, second.allowed_latin) == (("BarNet", "FooNet"), ("BazNet",))
    assert segments_of(of, "title_zh", local)[0].allowed_latin == ("FooNet",)
    assert set(segments_of(of, "summary_zh", local)[0].allowed_latin) == {"FooNet", "BarNet", "BazNet"}
    assert segments_of(of, name, local, {"abstract_zh": "用 BarNet。"})[0].allowed_latin == ("BarNet",)
    assert segments_of(of, "title_zh", context())[0].allowed_latin is None


def test_answers_to_an_earlier_wording_are_found():
    """Under the key they have, whichever version asked."""
    reworded = {"translate": dataclasses.replace(TRANSLATE, task="译成中文。", former=(TRANSLATE,))}
    (before,) = segments_of(paper(), "title_zh", context())
    (after,) = segments_of(paper(), "title_zh", context(prompts=reworded))
    assert after.key != before.key
    assert {before.key, *before.former_keys} <= set(after.former_keys)
