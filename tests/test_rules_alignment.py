"""Which sentences have a translation."""

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
