"""The exam of a second reader: its pairs, and how his answers to them are scored."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from pipeline.asking.claims import KINDS, Claim, Review, founded
from pipeline.asking.glossary import load_glossary
from pipeline.commands.exam import Fault, Pair, Tally, exam_pairs, exam_table, score, verdict
from pipeline.fields import PAPER
from pipeline.rules import ValidateSettings
from pipeline.rules.judge import Judge
from pipeline.text.source import part_of

PAIRS = exam_pairs()
FAITHFUL = [pair for pair in PAIRS if not pair.faults]
FAULTY = [pair for pair in PAIRS if pair.faults]
JUDGE = Judge(ValidateSettings(), load_glossary(Path(__file__).parents[1] / "prompts" / "glossary.yaml"))

PAIR = Pair(
    id="9912.00009",
    title="Sorting lists",
    abstract="We sort long lists only at night. It takes 3 hours. Nobody complained.",
    texts={
        "title_zh": "列表排序",
        "abstract_zh": "我们在夜间对长列表排序，耗时 3 小时。没有人抱怨。",
        "summary_zh": "夜间排序。",
    },
    faults=(Fault(field="abstract_zh", kind="omitted", source="only at night", text="在夜间", why="only is lost"),),
)
GOOD = PAIR.model_copy(update={"id": "9912.00010", "faults": ()})


def claim(**changes) -> Claim:
    fields = {
        "field": "abstract_zh",
        "kind": "meaning",
        "severity": "major",
        "source": "at night",
        "text": "夜间",
        "fix": "只在夜间",
    }
    return Claim(**fields | changes)


def marks(*claims: Claim, pair: Pair = PAIR) -> dict[str, Tally]:
    """What a review of one pair adds to the tallies."""
    result = score([pair], {pair.id: Review(claims=claims)})
    return {kind: tally for kind, tally in result.kinds.items() if tally != Tally()}


# ── the pairs ──


def test_half_of_the_pairs_have_a_fault_and_every_kind_is_there():
    """Twenty and twenty, in no order that tells them apart."""
    assert len(FAITHFUL) == len(FAULTY) == 20
    assert {fault.kind for pair in FAULTY for fault in pair.faults} == {*KINDS}
    assert {fault.field for pair in FAULTY for fault in pair.faults} == {"title_zh", "abstract_zh", "summary_zh"}
    assert len({pair.id for pair in PAIRS}) == len({pair.title for pair in PAIRS}) == 40
    assert 12 < sum(not pair.faults for pair in PAIRS[::2]) + sum(bool(pair.faults) for pair in PAIRS[1::2]) < 28


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.id)
def test_no_rule_sees_what_the_second_reader_is_there_for(pair):
    """Neither in a faithful translation, where it would be a false alarm, nor in one with a fault."""
    for field, text in pair.texts.items():
        if text is not None:
            assert JUDGE.problems_of(JUDGE.case_of(pair.paper, field, text)) == ()


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.id)
def test_a_pair_is_a_whole_paper_of_ordinary_length(pair):
    """60 to 130 words, with a title, an abstract and a one-liner in Chinese."""
    assert 60 <= len(pair.abstract.split()) <= 130
    assert all(pair.texts[field] for field in ("title_zh", "abstract_zh", "summary_zh"))
    assert {part: part_of(pair.paper, part) for part in PAPER} == {"title": pair.title, "abstract": pair.abstract}


@pytest.mark.parametrize("pair", FAULTY, ids=lambda pair: pair.id)
def test_whoever_claims_the_fault_is_right(pair):
    """Its quotes stand in the two texts, once, and a claim with them counts and is found."""
    (fault,) = pair.faults
    said = Claim(field=fault.field, kind=fault.kind, severity="major", source=fault.source, text=fault.text, fix="改正")
    assert founded([said], pair.sources, pair.texts) == ((said,), 0)
    assert pair.texts[fault.field].count(fault.text) == 1
    assert score([pair], {pair.id: Review(claims=(said,))}).total == Tally(faults=1, found=1)


# ── scoring ──


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"text": "我们在夜间对长列表排序"},
        {"kind": "omitted", "source": "only", "text": "", "fix": ""},
        {"source": "We sort long lists only", "text": "长列表"},
    ],
)
def test_a_fault_is_found_by_whoever_quotes_some_of_it(changes):
    """Its English or its Chinese, under any kind; it counts under its own."""
    assert marks(claim(**changes)) == {"omitted": Tally(faults=1, found=1)}


def test_claiming_a_fault_twice_finds_it_once():
    """And none of the claims is wrong."""
    assert marks(claim(), claim(text="在夜间")) == {"omitted": Tally(faults=1, found=1)}


def test_a_fault_called_minor_is_not_found():
    """It would have no effect; a major claim beside it does."""
    assert marks(claim(severity="minor")) == {"omitted": Tally(faults=1, as_minor=1)}
    assert marks(claim(severity="minor"), claim()) == {"omitted": Tally(faults=1, found=1)}


@pytest.mark.parametrize(
    ("changes", "kind", "tally"),
    [
        ({"source": "Nobody complained", "text": "没有人"}, "meaning", Tally(wrong=1)),
        ({"field": "summary_zh"}, "meaning", Tally(wrong=1)),
        ({"source": "It takes 3 hours", "text": "对长列表排序"}, "meaning", Tally(wrong=1)),
        ({"source": "Nobody", "text": "人抱怨", "kind": "term", "severity": "minor"}, "term", Tally(petty=1)),
        ({"source": "by day"}, "meaning", Tally(unfounded=1)),
        ({"kind": "style"}, "style", Tally(unfounded=1)),
    ],
)
def test_a_claim_about_something_else_counts_against_the_reader(changes, kind, tally):
    """Under the kind that he gave; the fault is missed."""
    assert marks(claim(**changes)) == {"omitted": Tally(faults=1, missed=1), kind: tally}


def test_a_faithful_pair_is_accused_by_major_claims_only():
    """Minor ones change nothing for readers."""
    major, minor = (
        Review(claims=(claim(), claim(source="3 hours", text="3 小时"))),
        Review(claims=(claim(severity="minor"),)),
    )
    result = score([GOOD], {GOOD.id: major})
    assert (result.accused, result.faithful, result.total.wrong) == (1, 1, 2)
    assert score([GOOD], {GOOD.id: minor}).accused == 0


def test_no_answer_misses_the_fault_and_is_counted():
    """Also one that is out of shape."""
    result = score([PAIR, GOOD], {GOOD.id: None})
    assert (result.pairs, result.unusable, result.total.missed) == (2, 2, 1)


def test_who_says_nothing_is_never_wrong():
    """And finds nothing."""
    result = score(PAIRS, {pair.id: Review(claims=()) for pair in PAIRS})
    assert result.total == Tally(faults=20, missed=20)
    assert (result.accused, result.faithful, result.unusable) == (0, 20, 0)
    assert verdict(result) == "0 of 20 faults found, 0 of 20 faithful papers accused"


def test_the_table_has_a_row_a_kind_and_a_sum():
    """With unknown kinds by the name the reader gave them."""
    result = score(
        [PAIR, GOOD], {PAIR.id: Review(claims=(claim(), claim(kind="style"))), GOOD.id: Review(claims=(claim(),))}
    )
    screen = io.StringIO()
    Console(file=screen, width=100).print(exam_table(result))
    lines = [line.split() for line in screen.getvalue().splitlines()]
    assert ["omitted", "1", "1", "·", "·", "·", "·", "·"] in lines
    assert ["style", "·", "·", "·", "·", "·", "·", "1"] in lines
    assert ["all", "1", "1", "·", "·", "1", "·", "1"] in lines
    assert verdict(result) == (
        "1 of 1 faults found, 1 of 1 faithful papers accused; 50% of what is claimed as major is right"
    )
