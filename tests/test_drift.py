"""Drift: terms outside the glossary whose rendering varies over the kept answers."""

from itertools import cycle, islice

from hypothesis import given
from hypothesis import strategies as st

from pipeline.asking.drift import Suggestion, sample, suggest
from pipeline.text.terms import Term

SENTENCES = [
    ("We train a {en} for parsing.", "我们训练{zh}来做解析。"),
    ("Each {en} reads a table.", "每个{zh}读取表格。"),
    ("Our {en} beats previous work on speech.", "在语音上，我们的{zh}胜过以往工作。"),
    ("A slow {en} wastes energy.", "缓慢的{zh}浪费能源。"),
]
OTHERS = [
    ("Weather maps need rivers.", "天气图需要河流。"),
    ("The moon pulls the ocean.", "月亮牵引海洋。"),
    ("Birds sing before sunrise.", "鸟儿在日出前歌唱。"),
]


def answers(english: str, renderings: list[str]) -> list[tuple[str, str]]:
    """A paper a rendering: a sentence with the term, one without; and papers that do not have the term at all."""
    pairs = list(islice(cycle(OTHERS), 60))
    for rendering, (source, text), (other, different) in zip(renderings, cycle(SENTENCES), cycle(OTHERS), strict=False):
        pairs.append((f"{source.format(en=english)} {other}", f"{text.format(zh=rendering)}{different}"))
    return pairs


def test_competing_renderings_are_found_with_their_counts():
    """The same term, two renderings in different papers."""
    assert suggest(answers("gizmo", ["器件"] * 8 + ["装置"] * 5)) == (
        Suggestion("gizmo", 13, (("器件", 8), ("装置", 5))),
    )


def test_a_steady_term_is_no_drift():
    """One rendering throughout: nothing to report."""
    assert suggest(answers("gizmo", ["器件"] * 13)) == ()


def test_a_term_of_the_glossary_is_left_to_its_rule():
    """What has a row is checked by the rule `term`, plural or not."""
    row = Term(english="gizmo", zh=("器件",))
    assert suggest(answers("gizmos", ["器件"] * 8 + ["装置"] * 5), (row,)) == ()


def test_a_plural_is_the_same_term():
    """Gizmo and gizmos count together."""
    pairs = answers("gizmo", ["器件"] * 8) + answers("gizmos", ["装置"] * 5)
    assert suggest(pairs) == (Suggestion("gizmo", 13, (("器件", 8), ("装置", 5))),)


def test_a_rare_term_is_not_reported():
    """Fewer papers than asked for say too little."""
    pairs = answers("gizmo", ["器件"] * 4 + ["装置"] * 4)
    assert suggest(pairs, min_papers=9) == ()
    assert suggest(pairs, min_papers=8) != ()


def test_two_parts_of_one_rendering_are_no_competitors():
    """What stands in the same sentences does not compete."""
    assert suggest(answers("gizmo", ["器件与装置"] * 13)) == ()


@given(st.lists(st.tuples(st.text(max_size=80), st.text(max_size=80)), max_size=12))
def test_any_answers_can_be_searched(pairs):
    """No text fails; what is reported has two renderings at least."""
    assert all(len(row.renderings) > 1 for row in suggest(list(islice(cycle(pairs), 24)) if pairs else []))


def test_of_many_papers_a_fixed_number_is_counted():
    """Whatever the order of days, the same ones; of a paper that comes again, the later text."""
    rows = [(f"2606.{number:05}", (f"text {number}", f"文 {number}")) for number in range(300)]
    kept, more = sample(rows, 40)
    assert more
    assert len(kept) == 40
    assert set(sample(rows[::-1], 40)[0]) == set(kept)
    assert {int(english.split()[1]) // 100 for english, _ in kept} == {0, 1, 2}
    again = [(paper, (english, "后来")) for paper, (english, _) in rows]
    assert {chinese for _, chinese in sample([*rows, *again], 40)[0]} == {"后来"}
    assert sample(rows[:40], 40) == ([texts for _, texts in rows[:40]], False)
