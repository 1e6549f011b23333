"""Which sentences have a translation."""

import math
from itertools import permutations

import pytest

from pipeline.rules import alignment
from pipeline.rules.alignment import align, share_of_length
from pipeline.text.sentences import split_chinese, split_english
from tests.pairs import ABSTRACT

ENGLISH, CHINESE = split_english(ABSTRACT.source), split_chinese(ABSTRACT.text)


def test_a_whole_translation_misses_nothing():
    """As many sentences, and long enough."""
    assert align(ENGLISH, CHINESE).missing == frozenset()


def test_a_sentence_left_out_is_found_where_it_was():
    """Each in turn, but for the short last one."""
    for index in range(1, len(CHINESE) - 1):
        found = align(ENGLISH, CHINESE[:index] + CHINESE[index + 1 :])
        assert found.missing == {index}, index
        assert not found.trailing


def test_sentences_missing_at_the_end_are_trailing():
    """They tell a text that stops from one with a gap."""
    assert align(ENGLISH, CHINESE[:3]).trailing == {3, 4, 5}


def test_what_is_hardly_there_before_the_missing_end_is_trailing_too():
    """In the middle it is thin. Of sentences that became one short one, the first has begun."""
    short = "SortLite：8.4%、3.1%、2.5、GPT-4o。"
    for end, trailing in ([], {3, 4, 5}), (CHINESE[4:], set()):
        found = align(ENGLISH, [*CHINESE[:2], short, *end])
        assert (found.thin, found.trailing) == ((2,), trailing)
    assert align(ENGLISH, [*CHINESE[:2], "我们提出 SortLite。"]).trailing == {2, 3, 4, 5}
    gap = align(ENGLISH, [*CHINESE[:2], "代码在。"])
    assert (gap.thin, gap.missing, gap.trailing) == ((5,), {2, 3, 4}, set())


def test_how_brief_a_translator_is_shows_in_what_is_there():
    """The sentences that were lost do not count."""
    usual = align(ENGLISH[:3], CHINESE[:3]).usual_ratio
    assert usual > 1
    assert align(ENGLISH, CHINESE[:3]).usual_ratio == usual
    assert align(ENGLISH, []).usual_ratio == 1


def test_sentences_may_be_joined_or_parted():
    """What two sentences say may be one in Chinese, and the other way round."""
    joined = [*CHINESE[:2], CHINESE[2].rstrip("。") + "，" + CHINESE[3], *CHINESE[4:]]
    assert align(ENGLISH, joined).missing == frozenset()
    parted = [*CHINESE[:2], *(part + "。" for part in CHINESE[2].rstrip("。").split("，")), *CHINESE[3:]]
    assert align(ENGLISH, parted).missing == frozenset()


def test_nothing_to_match_is_no_loss():
    """An empty side is another rule's."""
    assert align([], CHINESE).missing == frozenset()
    assert align(ENGLISH, []).missing == frozenset()


def test_the_length_does_not_count_what_stays_english():
    """Names kept in Latin letters are as long as in the source, a translation is about 0.28 of it."""
    assert 0.85 < share_of_length(ABSTRACT.source, ABSTRACT.text) < 1.2
    assert 0.9 < share_of_length("GPT-4o-mini-2024", "GPT-4o-mini-2024") < 1.1


def test_sentences_joined_by_a_seam_are_all_there():
    """Chinese joins a list of sentences with ； and ：, as many as there are seams."""
    source = [
        "We train the model in three stages.",
        "First, we collect the data.",
        "Second, we learn a policy for each task.",
    ]
    joined = ["我们分三个阶段训练模型：首先，收集数据；其次，为每个任务学习策略。"]
    found = align([*ENGLISH, *source], [*CHINESE, *joined])
    assert not found.missing
    assert found.steps[-1].chinese == (len(CHINESE), len(CHINESE) + 1)


def test_a_seam_tells_which_sentences_were_joined():
    """With a comma in its place, other neighbours would be taken for joined."""
    source = [*ENGLISH[:3], "Farmers plant the rice early.", "Their wives sell vegetables.", *ENGLISH[3:]]
    found = align(source, [*CHINESE[:3], "农民早早种稻；妻子卖菜。", *CHINESE[3:]])
    assert ((3, 5), (3, 4)) in found.steps
    assert ((3, 5), (3, 4)) not in align(source, [*CHINESE[:3], "农民早早种稻，妻子卖菜。", *CHINESE[3:]]).steps


def test_a_seam_joins_sentences_into_one_only():
    """Two for two are no list, however their lengths are shared out."""
    source = ["Farmers of those hills grow the rice on terraces.", "Wives of those farmers bake bread and sew shirts."]
    found = align(source, ["山里的农民在梯田上种稻，他们的妻子烤面包缝衬衫。", "真；妙。"])
    assert found.steps == (((0, 1), (0, 1)), ((1, 2), (1, 2)))


def test_the_stump_of_a_cut_source_is_cheap_to_lose():
    """It is missing; a whole sentence would be taken for joined to its neighbour."""
    stump = [*ENGLISH[:4], "Two thirds of the ga"]
    assert align(stump, CHINESE[:4], last_is_cut=True).missing == {4}
    assert not align(stump, CHINESE[:4]).missing


def test_every_sentence_stands_in_one_step():
    """In order, whatever was lost or added."""
    for text in (CHINESE, CHINESE[2:], [*CHINESE[:3], "用户对此非常满意并愿意付费。", *CHINESE[3:]]):
        steps = align(ENGLISH, text).steps
        assert [place for step in steps for place in range(*step.english)] == list(range(len(ENGLISH)))
        assert [place for step in steps for place in range(*step.chinese)] == list(range(len(text)))


def test_confident_pairs_are_of_the_same_sentence():
    """Also where a sentence before them is lost."""
    for first in range(3):
        found = align(ENGLISH, CHINESE[first:])
        pairs = {here: there for (here, after), (there, _) in found.confident if after == here + 1}
        assert len(pairs) >= len(CHINESE) - first - 1
        assert all(there == here - first for here, there in pairs.items())


def test_what_is_no_translation_of_an_abstract_is_not_aligned():
    """So many sentences against so few would cost seconds; how long the text is can still be told."""
    found = align(["We sort."] * 99, ["我们进行排序。"])
    assert found.steps == ()
    assert 0 < found.share < 0.1


def test_of_two_sentences_alike_it_is_always_the_same_one_that_is_lost():
    """Nothing tells them apart, and a digest that is made again must not change."""
    assert align([ENGLISH[0]] * 2, CHINESE[:1]).missing == {0}


CATS = ("Kittens purr softly.", "小猫轻声叫唤。")


@pytest.mark.parametrize(
    ("english", "chinese", "certain"),
    [
        (["We present SortLite today."], ["我们在这里向各位提出 SortLite。"], 1),  # by a name, twice as long
        (["Zebras learn happily.", CATS[0]], ["斑马学习得快乐。", CATS[1]], 2),  # by a word and the length
        (["Zebras learn happily.", CATS[0]], ["斑马快乐学习，努力。", CATS[1]], 0),  # too long
        (["Zebras nap happily."], ["斑马睡得香。"], 1),  # by the length, between two ends
        (["Zebras nap happily."], ["斑马睡得很香，还做着美梦。"], 0),
        (["Zebras nap happily.", CATS[0]], ["斑马睡得香。", CATS[1]], 0),  # neither has a neighbour that is certain
    ],
)
def test_a_pair_is_certain_by_its_words_or_its_length_and_neighbours(english, chinese, certain):
    """The ends of a text are neighbours too."""
    found = align(english, chinese)
    assert len(found.steps) == len(english)
    assert len(found.confident) == certain


def test_sentences_joined_are_certain_if_both_share_words_with_the_one():
    """One that shares none may be a lost one's neighbour."""
    joined = CHINESE[2].rstrip("。") + "；" + CHINESE[3]
    assert ((2, 4), (2, 3)) in align(ENGLISH, [*CHINESE[:2], joined, *CHINESE[4:]]).confident
    found = align([*ENGLISH[:3], "Zebras nap.", *ENGLISH[3:]], CHINESE)
    assert not found.missing
    assert len(found.confident) == len(CHINESE) - 1


def test_what_is_given_up_early_would_not_have_won(monkeypatch: pytest.MonkeyPatch):
    """As many sentences on both sides, some joined, parted, lost or in another order: a limit only saves time."""
    joined = [f"{CHINESE[0].rstrip('。')}，{CHINESE[1]}", *CHINESE[2:], CHINESE[0]]
    texts = [joined, *([*order, *CHINESE[4:]] for order in permutations(CHINESE[:4]))]
    limited = [align(ENGLISH, text).steps for text in texts]
    monkeypatch.setattr(alignment, "_ROUNDING", math.inf)
    assert [align(ENGLISH, text).steps for text in texts] == limited
    assert len(set(limited)) > 5
