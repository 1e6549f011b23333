"""The ledger: one fate a paper, and numbers that add up."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ledger import by_version, count, exclusions, fate_of, field_texts, ledger_line, newest_first
from pipeline.records import NAMES, Counts
from pipeline.settings import FetchSettings
from tests.factories import paper, problem, summary, translation

FATES = st.sampled_from(["published", "flagged", "failed", "excluded"])


@given(st.lists(FATES))
def test_the_ledger_adds_up(fates):
    """Whatever becomes of the papers, the line states as many announced as there are, and the same on its right side."""
    counts = count(fates)
    announced, *parts = map(int, re.findall(r"\d+", ledger_line(counts)))
    assert announced == sum(parts) == len(fates)
    assert parts == [fates.count(fate) for fate in ("published", "flagged", "failed", "excluded")]


def test_the_line_reads_as_the_document_has_it():
    """The first line of # 统计, sign by sign."""
    counts = Counts(announced=137, published=130, flagged=4, failed=1, excluded=2)
    assert ledger_line(counts) == "公告 137 = 收录 130 + 标记 4 + 失败 1 + 排除 2"


def test_a_ledger_that_does_not_add_up_is_never_stated():
    """A count that lost a paper stops us rather than being printed."""
    with pytest.raises(AssertionError, match="does not add up"):
        ledger_line(Counts(announced=3, published=2))


@pytest.mark.parametrize(
    ("severities", "fate"),
    [([], "published"), (["warn"], "flagged"), (["warn", "reject"], "failed"), (["reject"], "failed")],
)
def test_a_paper_is_as_bad_as_its_worst_problem(severities, fate):
    """No problem: published; warnings only: flagged; anything rejected: failed."""
    assert fate_of(problem(severity=severity) for severity in severities) == fate


def test_exclusions_say_why():
    """The announce type comes first, then a keyword in title or abstract in any case, then the limit."""
    papers = [
        paper(id="2606.00001", announce_type="replace", title="Quantum sorting"),
        paper(id="2606.00002", title="QUANTUM sorting"),
        paper(id="2606.00003", abstract="A quantum one."),
        paper(id="2606.00004"),
        paper(id="2606.00005", announce_type="cross"),
        paper(id="2606.00006"),
    ]
    settings = FetchSettings(exclude=("biology", "Quantum"))
    assert exclusions(papers, settings) == {
        "2606.00001": "replace",
        "2606.00002": "关键词 Quantum",
        "2606.00003": "关键词 Quantum",
    }
    # Only wanted papers count for the limit.
    limited = exclusions(papers, settings, limit=2)
    assert limited["2606.00006"] == "limit 2"
    assert set(limited) == {"2606.00001", "2606.00002", "2606.00003", "2606.00006"}
    assert len(exclusions(papers, settings, limit=0)) == 6


def test_a_withdrawn_paper_is_called_that():
    """Most are announced as replacements, which would say less."""
    gone = paper(announce_type="replace", comment="Withdrawn")
    assert exclusions([gone], FetchSettings()) == {gone.id: "撤稿"}


def test_announce_types_are_the_configs():
    """Replacements are taken where they are asked for."""
    replaced = paper(announce_type="replace")
    assert exclusions([replaced, paper(id="2606.00002")], FetchSettings(announce_types=("replace",))) == {
        "2606.00002": "new"
    }


def test_newest_id_first_whatever_its_style():
    """Five and four digits, old-style ids of both centuries and several archives stand in one order."""
    newest = [
        "2606.10000",
        "2606.00002",
        "1501.00001",
        "1412.9999",
        "0704.0001",
        "hep-th/0703999",
        "hep-th/0703001",
        "math.AG/0703001",
        "quant-ph/0201082",
        "math/0001001",
        "math/9912999",
        "hep-th/9108001",
    ]
    shuffled = sorted(newest, key=lambda name: name[::-1])
    assert shuffled != newest
    assert [each.id for each in sorted((paper(id=name) for name in shuffled), key=newest_first)] == newest


def test_texts_stand_in_the_documents_order():
    """All fields by name, null where a record is missing."""
    assert list(field_texts(None, {}).items()) == [(name, None) for name in NAMES]
    records = by_version([summary(summary_zh="a", summary_en="b")], [translation(title_zh="c", abstract_zh="d")])
    texts = field_texts(records["2606.00001", 1], {})
    assert list(texts.items()) == [("title_zh", "c"), ("summary_zh", "a"), ("summary_en", "b"), ("abstract_zh", "d")]


def test_what_a_person_wrote_wins():
    """Over an answer, and where there is none; the order stays."""
    texts = field_texts({"summary_zh": "a"}, {"title_zh": "x", "summary_zh": "y"})
    assert list(texts.items()) == [("title_zh", "x"), ("summary_zh", "y"), ("summary_en", None), ("abstract_zh", None)]
