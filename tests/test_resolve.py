"""The walk over a segment's answers: asked, asked again with its faults, then the fallback; it always ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.asking.resolve import Candidate, field_of, resolve
from pipeline.asking.segments import segments_of
from pipeline.asking.states import Fields
from pipeline.text.terms import Term
from tests.factories import Stored, add_field, context, kept, model, only, paper, problem

CHECKS = only("empty", "boilerplate", "untranslated", "mixed")
GOOD = "细致排序"
WARN, WARN_TOO = "careful 的排序", "cautious 的排序"
BAD, BAD_TOO = "Sorting with care", "Sorting carefully all day"
BOTH = "译文：careful 的排序"
FAILS = object()
"""The question is asked in vain."""


def walk(replies, *models, field="title_zh", of=None):
    """Asks what resolve needs, as ask.py would, with these replies in turn: the questions asked, and how it ended."""
    todo = context(*models, checks=CHECKS)
    (segment,) = segments_of(of or paper(), field, todo)
    rows, failed, asked = Stored(), set(), []
    replies = iter(replies)
    while need := resolve(segment, todo, rows, failed).need:
        assert need.key not in rows
        assert need.key not in failed
        asked.append(need)
        reply = next(replies)
        if reply is FAILS:
            failed.add(need.key)
        else:
            rows[need.key] = kept(need.key, text=reply)
    return asked, resolve(segment, todo, rows, failed), (segment, todo, rows)


def steps(asked):
    return [(each.model.name, each.attempt) for each in asked]


def test_a_good_answer_ends_the_walk():
    """Nothing is asked twice without need."""
    asked, resolved, _ = walk([GOOD], model(repairs=2))
    assert steps(asked) == [("tiny", 0)]
    assert (resolved.best.text, resolved.best.problems, resolved.need) == (GOOD, (), None)


def test_a_faulty_answer_is_asked_again_with_its_faults():
    """The repair names what was wrong with the best answer so far."""
    asked, resolved, _ = walk([BAD, WARN, GOOD], model(repairs=2))
    assert steps(asked) == [("tiny", 0), ("tiny", 1), ("tiny", 2)]
    assert asked[0].faults == ()
    assert len(asked[1].faults) == 1
    assert BAD in asked[1].faults[0]
    assert "careful" in asked[2].faults[0]
    assert resolved.best.text == GOOD
    assert len(resolved.used) == 3


def test_at_most_so_many_repairs():
    """After the last one the least faulty answer stands, with its problems."""
    asked, resolved, _ = walk([BAD, WARN], model(repairs=1))
    assert steps(asked) == [("tiny", 0), ("tiny", 1)]
    assert resolved.best.text == WARN
    assert [each.rule for each in resolved.best.problems] == ["mixed"]
    assert resolved.need is None


def test_no_repairs_where_none_are_wanted():
    """repairs: 0 takes the first answer."""
    asked, resolved, _ = walk([BAD], model(repairs=0))
    assert (steps(asked), resolved.best.text) == ([("tiny", 0)], BAD)


def test_a_repair_no_better_than_what_it_should_mend_is_not_the_last():
    """A provider's next answer to the same words may well be another."""
    asked, resolved, _ = walk([WARN, BAD, GOOD], model(repairs=5))
    assert steps(asked) == [("tiny", 0), ("tiny", 1), ("tiny", 2)]
    assert asked[1].faults == asked[2].faults
    assert resolved.best.text == GOOD


def test_a_small_model_is_not_asked_the_very_same_question_again():
    """It would say the same: on to the fallback, or to the end."""
    asked, resolved, _ = walk([WARN, GOOD], model(provider="local", repairs=5), model(name="big"))
    assert steps(asked) == [("tiny", 0), ("big", 0)]
    assert resolved.best.text == GOOD


def test_a_small_model_gets_what_it_lost_as_a_mark():
    """Told its faults, it would repeat them as text."""
    lite = paper(abstract="With care SortLite sorts tables.")
    asked, _, _ = walk(
        ["它 carefully 排序表格。", "⟦1⟧细致地排序表格。"],
        model(provider="local", repairs=1),
        field="abstract_zh",
        of=lite,
    )
    assert steps(asked) == [("tiny", 0), ("tiny", 1)]
    assert [each.sent["text"] for each in asked] == [lite.abstract, lite.abstract.replace("SortLite", "⟦1⟧")]
    assert asked[1].faults == ()


def test_a_small_model_gets_a_term_that_stays_english_as_a_mark():
    """One that Chinese has a word for is left to it, and to one that is there the same question would be put again."""
    glossary = (Term(english="care", zh=("care",)), Term(english="sorts", zh=("排序",)))
    todo = context(model(provider="local", repairs=1), glossary=glossary, checks=CHECKS)
    (segment,) = segments_of(paper(abstract="With care it sorts."), "abstract_zh", todo)
    for text, marked in (("It does this quietly.", ("care",)), ("It does this with care.", None)):
        rows = Stored({segment.key: kept(segment.key, text=text)})
        need = resolve(segment, todo, rows).need
        assert (need and need.spans) == marked


def test_a_model_that_says_the_same_again_is_not_asked_once_more():
    """Its words would be paid for a third time."""
    asked, resolved, _ = walk([WARN, WARN], model(repairs=5))
    assert steps(asked) == [("tiny", 0), ("tiny", 1)]
    assert len(resolved.used) == 2


def test_a_repair_may_say_what_was_found_fault_with():
    """A fault quotes the answer before; a good answer with the same words is no echo of the prompt."""
    whole = "我们按照价格仔细地排序这些很长很长的列表。"
    checks = only("truncated", "placeholder")
    todo = context(model(repairs=1), checks=checks)
    (segment,) = segments_of(paper(abstract="We sort very long lists by price, with care."), "abstract_zh", todo)
    rows = Stored({segment.key: kept(segment.key, text=whole[:-1])})
    repair = resolve(segment, todo, rows).need
    assert whole[4:14] in repair.faults[0]
    rows[repair.key] = kept(repair.key, text=whole)
    assert resolve(segment, todo, rows).best.problems == ()


def test_a_complaint_that_comes_back_as_the_answer_is_a_fault():
    """A person's words belong to the question; named once, whatever else of the question the answer holds."""
    why = "请把这个标题译得更加自然通顺一些"
    todo = context(model(repairs=0), checks=only("placeholder"), redos={(paper().id, 1, "title_zh"): (why,)})
    (segment,) = segments_of(paper(), "title_zh", todo)
    for text, rules in ((GOOD, []), (f"{why}：{GOOD}", ["placeholder"]), (f"{why}：⟦1⟧{GOOD}", ["placeholder"])):
        rows = Stored({segment.key: kept(segment.key, text=text)})
        assert [each.rule for each in resolve(segment, todo, rows).best.problems] == rules


def test_what_fails_its_repairs_goes_to_the_fallback():
    """The other model is asked afresh, without faults, then with those of the best answer of all."""
    asked, resolved, _ = walk([BAD, BAD_TOO, BOTH, WARN, GOOD], model(repairs=1), model(name="big", repairs=2))
    assert steps(asked) == [("tiny", 0), ("tiny", 1), ("big", 0), ("big", 1), ("big", 2)]
    assert asked[2].faults == ()
    assert BAD in asked[3].faults[0]
    assert "careful" in asked[4].faults[0]
    assert resolved.best.text == GOOD
    assert len(resolved.used) == 5


def test_a_question_asked_in_vain_goes_to_the_fallback_at_once():
    """A refusal has no fault to name."""
    asked, resolved, _ = walk([FAILS, GOOD], model(repairs=2), model(name="big"))
    assert steps(asked) == [("tiny", 0), ("big", 0)]
    assert resolved.best.text == GOOD


def test_a_repair_asked_in_vain_leaves_the_first_answer():
    """What there is stays best."""
    asked, resolved, _ = walk([WARN, FAILS], model(repairs=2))
    assert steps(asked) == [("tiny", 0), ("tiny", 1)]
    assert resolved.best.text == WARN
    assert resolved.need is None


def test_asked_in_vain_everywhere_there_is_no_answer():
    """Best is None, and nothing more would help."""
    asked, resolved, _ = walk([FAILS, FAILS], model(), model(name="big"))
    assert steps(asked) == [("tiny", 0), ("big", 0)]
    assert (resolved.best, resolved.need, resolved.used) == (None, None, ())


@pytest.mark.parametrize(
    ("replies", "best"),
    [
        ([WARN, BAD], WARN),
        ([BAD, WARN], WARN),
        ([BOTH, BAD], BAD),
        ([BAD, BOTH], BAD),
        ([BAD, BAD_TOO], BAD),
        ([None, WARN], WARN),
        ([None, None], ""),
    ],
)
def test_the_answer_of_least_severity_stands(replies, best):
    """Fewer rejects first, then fewer warnings, of equals the earlier; an answer without the field is an empty one."""
    _, resolved, _ = walk(replies, model(repairs=1))
    assert resolved.best.text == best


def test_one_reject_is_worse_than_any_number_of_warnings():
    """A text that cannot be shown is no choice while one that can be is there."""
    warnings, reject = Candidate("a", (problem(), problem(), problem())), Candidate("b", (problem(severity="reject"),))
    assert warnings.badness < reject.badness
    assert Candidate("c", (problem(),)).badness < warnings.badness


def test_an_answer_without_the_field_is_asked_again():
    """A missing tag is a fault like any other."""
    asked, resolved, _ = walk([None, GOOD], model(repairs=1))
    assert (steps(asked), resolved.best.text) == ([("tiny", 0), ("tiny", 1)], GOOD)
    assert asked[1].faults


def test_a_second_walk_needs_nothing_even_where_a_question_failed():
    """The next run reads the same answers and asks only what never had one; what was tried in vain before a later
    answer is not tried again."""
    _, first, (segment, todo, rows) = walk([WARN, FAILS, FAILS], model(repairs=1), model(name="big", repairs=0))
    again = resolve(segment, todo, rows)
    assert again.best == first.best
    assert steps([again.need]) == [("tiny", 1)]

    _, first, (segment, todo, rows) = walk([FAILS, GOOD], model(), model(name="big"))
    assert resolve(segment, todo, rows) == first

    _, first, (segment, todo, rows) = walk([FAILS, WARN, BAD], model(), model(name="big", repairs=1))
    assert resolve(segment, todo, rows) == first


@given(
    st.lists(st.sampled_from([GOOD, WARN, WARN_TOO, BAD, BAD_TOO, BOTH, "", None, FAILS]), min_size=9, max_size=9),
    st.lists(st.integers(0, 2), min_size=1, max_size=3),
)
def test_any_sequence_of_answers_ends(replies, repairs):
    """Within (repairs + 1) × models questions, none asked twice, and never with a worse answer than one that came."""
    models = [model(name=f"m{number}", repairs=count) for number, count in enumerate(repairs)]
    asked, resolved, (segment, todo, rows) = walk(replies, *models)
    assert len(asked) <= sum(count + 1 for count in repairs)
    assert len({each.key for each in asked}) == len(asked)
    came = replies[: len(asked)]
    assert (resolved.best is None) == all(reply is FAILS for reply in came)
    assert len(resolved.used) == len([reply for reply in came if reply is not FAILS])
    if GOOD in came:
        assert (resolved.best.text, came[-1]) == (GOOD, GOOD)
    elif {WARN, WARN_TOO} & set(came):
        assert resolved.best.text in (WARN, WARN_TOO)
    if FAILS not in came:
        assert resolve(segment, todo, rows) == resolved


def test_marks_are_put_back_before_the_text_is_judged():
    """The kept text holds marks, the best one the source's own formulas, byte for byte."""
    formula = "$\\frac{1}{2}\\nu\\beta\\theta$"
    _, resolved, _ = walk(["论⟦1⟧的排序"], of=paper(title=f"Sorting {formula}"))
    assert resolved.best.text == f"论{formula}的排序"


def test_a_field_is_its_sentences_in_order():
    """Joined without spaces; every answer on the way counts as paid for it."""
    todo = context(model(unit="sentences"), checks=CHECKS)
    first, second = segments_of(paper(), "abstract_zh", todo)
    texts = {first.key: "我们排序。", second.key: "它有效。"}
    rows = Stored({key: kept(key, text=text) for key, text in texts.items()})
    field = field_of(paper(), "abstract_zh", todo, rows)
    assert (field.text, field.needs) == ("我们排序。它有效。", ())
    assert [row.key for row in field.used] == [first.key, second.key]


def test_a_field_with_a_part_missing_has_no_text():
    """Half a translation is never shown as one; what is missing is named."""
    todo = context(model(unit="sentences"), checks=CHECKS)
    first, second = segments_of(paper(), "abstract_zh", todo)
    field = field_of(paper(), "abstract_zh", todo, Stored({first.key: kept(first.key, text="我们排序。")}))
    assert field.text is None
    assert field.needs == (second,)
    assert len(field.used) == 1


def test_a_field_made_from_another_waits_for_its_last_word(monkeypatch):
    """While that one has no text, is to be repaired, or nobody may see it; then it is made from the text that stands."""
    add_field(monkeypatch)
    todo, rows = context(model(repairs=1), checks=CHECKS), Stored()

    def state(name="gist_zh"):
        return field_of(paper(), name, todo, rows)

    def is_waiting():
        return (state().text, state().waits_for, state().needs) == (None, ("abstract_zh",), ())

    assert is_waiting()
    (need,) = state("abstract_zh").needs
    rows[need.key] = kept(need.key, text=WARN)
    assert is_waiting() and state("abstract_zh").needs
    todo = context(model(repairs=0), checks=CHECKS)
    assert (state().waits_for, state().upstream, state().needs[0].source) == ((), {"abstract_zh": WARN}, WARN)
    rows[need.key] = kept(need.key, text=BAD)
    assert is_waiting() and not state("abstract_zh").needs
    rows[need.key] = kept(need.key, text=GOOD)
    assert state().upstream == {"abstract_zh": GOOD}
    todo = context(checks=CHECKS, corrections={paper().id: {"abstract_zh": "手写。"}})
    assert state().upstream == {"abstract_zh": "手写。"}


def test_a_text_that_is_rejected_as_a_whole_is_left_to_validate():
    """It has its text, so that a reader of the report sees what was wrong."""
    todo = context(model(repairs=0), checks=CHECKS)
    (segment,) = segments_of(paper(), "title_zh", todo)
    state = field_of(paper(), "title_zh", todo, Stored({segment.key: kept(segment.key, text=BAD)}))
    assert (state.text, state.rejected_part) == (BAD, None)


def test_a_field_is_put_together_once():
    """Checks are not run again for each reader of one day."""
    todo = context(checks=CHECKS)
    (segment,) = segments_of(paper(), "title_zh", todo)
    rows, looked = Stored(), []

    class Watched(Stored):
        def get(self, key):
            looked.append(key)
            return rows.get(key)

    texts = Fields(todo, Watched())
    assert texts.state(paper(), "title_zh").needs == (segment,)
    rows[segment.key] = kept(segment.key, text=GOOD)
    before = len(looked)
    assert texts.state(paper(), "title_zh").text is None
    assert len(looked) == before
    assert texts.state(paper(version=2), "title_zh").text == GOOD


@pytest.mark.parametrize("unit", ["abstract", "sentences"])
def test_notation_goes_into_the_question_as_text(unit):
    """A model can write 8 倍; an answer of the first version, in which a mark stood for the sign, is found and put back."""
    of = paper(abstract=r"It is 8$\times$ faster than $f(x)$. It works.")
    todo = context(model(unit=unit), checks=CHECKS)
    (segment, *_) = segments_of(of, "abstract_zh", todo)
    sent = segment.sent["text" if unit == "sentences" else "abstract"]
    assert sent.startswith("It is 8× faster than ⟦1⟧.")
    *_, former = segment.former_keys
    rest = {each.key: kept(each.key, text="它有效。") for each in segments_of(of, "abstract_zh", todo)[1:]}
    old = {former: kept(former, text="它比⟦2⟧快 8⟦1⟧。")}
    assert field_of(of, "abstract_zh", todo, Stored(rest | old)).text.startswith(r"它比$f(x)$快 8$\times$。")
    new = {segment.key: kept(segment.key, text="它比⟦1⟧快 8 倍。")}
    assert field_of(of, "abstract_zh", todo, Stored(rest | old | new)).text.startswith("它比$f(x)$快 8 倍。")


def test_a_paper_without_notation_has_nothing_of_the_first_version_to_carry():
    """Its question is what it was, word for word."""
    (segment,) = segments_of(paper(), "abstract_zh", context())
    assert segment.first is None
    assert segment.spans_of("any") == segment.spans


def test_an_answer_without_the_tag_is_called_that():
    """In the repair and where the text would stand; the answer may have been long."""
    (segment,) = segments_of(paper(), "title_zh", context(checks=CHECKS))
    rows = Stored({segment.key: kept(segment.key, text=None)})
    state = field_of(paper(), "title_zh", context(checks=CHECKS), rows)
    assert state.text is None
    assert state.rejected_part.detail == "回答里没有 <title_zh> 标签"
    assert state.needs[0].faults == ("回答里没有 <title_zh> 标签",)
