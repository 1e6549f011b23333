"""Drift: terms outside the glossary whose rendering varies over the kept answers."""

from itertools import cycle, islice

import pytest
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


@pytest.mark.parametrize(("one", "many"), [("gizmo", "gizmos"), ("policy", "policies"), ("tie", "ties")])
def test_a_plural_is_the_same_term(one, many):
    """Gizmo and gizmos count together."""
    pairs = answers(one, ["器件"] * 8) + answers(many, ["装置"] * 5)
    assert suggest(pairs) == (Suggestion(one, 13, (("器件", 8), ("装置", 5))),)


@pytest.mark.parametrize("word", ["of", "ai", "also", "does"])
def test_a_word_of_any_text_is_no_term(word):
    """Nor are two letters: they vary with the sentence."""
    assert suggest(answers(word, ["器件"] * 8 + ["装置"] * 5)) == ()


def test_a_word_that_stands_only_in_a_longer_term_is_part_of_it():
    """Its renderings are those of the whole."""
    assert suggest(answers("finite zebra", ["器件"] * 8 + ["装置"] * 5)) == (
        Suggestion("finite zebra", 13, (("器件", 8), ("装置", 5))),
    )


def test_a_term_owns_the_words_of_its_own_sentence():
    """Not those of a sentence that always stands beside it."""
    pairs = answers("gizmo", ["器件"] * 8 + ["装置"] * 5)
    beside = [(f"{source} The zither sings.", f"{text}古筝正在响。") for source, text in pairs if "gizmo" in source]
    assert suggest([*beside, *OTHERS * 20]) == (Suggestion("gizmo", 13, (("器件", 8), ("装置", 5))),)


def test_a_rare_term_is_not_reported():
    """Fewer papers than asked for say too little."""
    pairs = answers("gizmo", ["器件"] * 4 + ["装置"] * 4)
    assert suggest(pairs, min_papers=9) == ()
    assert suggest(pairs, min_papers=8) != ()


def test_two_parts_of_one_rendering_are_no_competitors():
    """What stands in the same sentences does not compete."""
    assert suggest(answers("gizmo", ["器件与装置"] * 13)) == ()


@pytest.mark.parametrize("rendering", ["的图", "图的"])
def test_a_particle_is_no_part_of_a_rendering(rendering):
    """Neither before nor after; one character alone is too little to tell."""
    assert suggest(answers("gizmo", [rendering] * 8 + ["装置"] * 5)) == ()


def test_a_rendering_is_a_whole_word():
    """What always has the same neighbour is a part of one; what ends every sentence is not."""
    assert suggest(answers("gizmo", ["对抗性"] * 8 + ["装置"] * 5)) == (
        Suggestion("gizmo", 13, (("对抗性", 8), ("装置", 5))),
    )
    ends = [
        ("Birds hear a gizmo.", "鸟儿听{}。"),
        ("Rivers need a gizmo.", "河流有{}。"),
        ("We like a gizmo.", "我们喜欢{}。"),
    ]
    pairs = [(source, text.format(zh)) for zh, times in (("器件", 5), ("装置", 4)) for source, text in ends * times]
    assert suggest([*pairs, *OTHERS * 20]) == (Suggestion("gizmo", 27, (("器件", 15), ("装置", 12))),)


ELSEWHERE = [
    ("Weather maps need rivers.", "天气需要环境与河流。"),
    ("The moon pulls the ocean.", "月亮牵引环境海洋。"),
    ("Birds sing before sunrise.", "鸟儿在环境日出前歌唱。"),
]


def test_a_word_of_other_sentences_is_no_rendering():
    """Though it often stands beside the term too, or the term stands nearly everywhere."""
    pairs = answers("gizmo", ["器件"] * 9 + ["环境"] * 8) + OTHERS * 40
    assert suggest(pairs) == (Suggestion("gizmo", 17, (("器件", 9), ("环境", 8))),)
    assert suggest(pairs + ELSEWHERE * 6) == ()
    renderings = ["器件"] * 40 + ["环境"] * 4
    everywhere = [
        (s.format(en="gizmo"), t.format(zh=zh)) for zh, (s, t) in zip(renderings, cycle(SENTENCES), strict=False)
    ]
    assert suggest(everywhere + ELSEWHERE * 2) == ()


def test_a_rendering_that_few_papers_have_is_not_told():
    """However often these say it."""
    often = " ".join(source.format(en="gizmo") for source, _ in SENTENCES)
    few = [(often, "".join(text.format(zh="部件") for _, text in SENTENCES))] * 2
    assert suggest(answers("gizmo", ["器件"] * 8 + ["装置"] * 5) + few) == (
        Suggestion("gizmo", 15, (("器件", 8), ("装置", 5))),
    )


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
