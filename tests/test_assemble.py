"""Stage assemble: every announced paper stands in the digest exactly once, with its fate."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.ledger import by_version
from pipeline.records import RunReport
from pipeline.rules import ValidateSettings
from pipeline.rules.judge import Judge
from pipeline.stages.assemble import assemble_digest
from pipeline.text.source import part_of
from pipeline.text.terms import Term
from pipeline.text.wanted import WantedIn
from tests.factories import DAY, failure, paper, problem, summary, translation


def assembled(papers, summaries=(), translations=(), problems=(), failures=(), *, glossary=(), **changes):
    judge = Judge(ValidateSettings(), glossary)
    settings = {"excluded": {}, "report": RunReport(), "corrections": {}, "judge": judge} | changes
    return assemble_digest("cs.CL", DAY, papers, by_version(summaries, translations), problems, failures, **settings)


def fates(digest):
    return {entry.paper.id: entry.fate for entry in digest.entries}


IDS = [f"2606.0000{number}" for number in range(1, 6)]
SOME = st.sets(st.sampled_from(IDS))


@given(st.permutations(IDS), SOME, SOME, SOME, SOME, SOME)
def test_every_announced_paper_is_in_it_exactly_once(order, excluded, summarized, translated, rejected, warned):
    """Whatever records and problems there are, all papers stand newest first and the ledger counts each once."""
    digest = assembled(
        [paper(id=name) for name in order],
        [summary(id=name) for name in summarized],
        [translation(id=name) for name in translated],
        [problem(id=name, severity="reject", rule="number") for name in rejected]
        + [problem(id=name, field="abstract_zh") for name in warned],
        excluded=dict.fromkeys(excluded, "replace"),
    )
    assert [entry.paper.id for entry in digest.entries] == sorted(IDS, reverse=True)
    counts = digest.counts
    assert counts.announced == len(IDS) == counts.published + counts.flagged + counts.failed + counts.excluded
    for name, fate in fates(digest).items():
        whole = name in summarized and name in translated
        if name in excluded:
            assert fate == "excluded"
        elif not whole or name in rejected:
            assert fate == "failed"
        else:
            assert fate == ("flagged" if name in warned else "published")


def test_texts_and_problems_go_to_their_paper():
    """By id, problems worst first."""
    warning, reject = problem(id=IDS[1]), problem(id=IDS[1], field="abstract_zh", rule="number", severity="reject")
    digest = assembled(
        [paper(id=IDS[0]), paper(id=IDS[1])],
        [summary(id=IDS[1], summary_zh="二。", summary_en="Two."), summary(id=IDS[0], summary_zh="一。")],
        [translation(id=IDS[0], title_zh="甲"), translation(id=IDS[1], title_zh="乙", abstract_zh="丙")],
        [warning, reject],
    )
    second, first = digest.entries
    assert (first.text("title_zh"), first.text("summary_zh"), first.text("summary_en"), first.fate) == (
        "甲",
        "一。",
        None,
        "published",
    )
    assert (
        second.text("title_zh"),
        second.text("summary_zh"),
        second.text("summary_en"),
        second.text("abstract_zh"),
    ) == ("乙", "二。", "Two.", "丙")
    assert second.problems == (reject, warning)
    assert first.problems == ()


def test_an_excluded_paper_has_its_reason_and_nothing_else():
    """Its texts of another run, and their problems, are not shown."""
    (entry,) = assembled([paper()], [summary()], [translation()], [problem()], excluded={IDS[0]: "关键词 x"}).entries
    assert (entry.fate, entry.reason, entry.text("title_zh"), entry.problems) == ("excluded", "关键词 x", None, ())


def test_a_record_gone_missing_is_never_published_as_a_blank():
    """Deleted after validate ran: the paper fails, and each missing field is named; a known reason stands alone."""
    known = failure(field="title_zh", rule="filtered")
    (entry,) = assembled([paper()], failures=[known]).entries
    assert entry.fate == "failed"
    assert [(each.field, each.rule) for each in entry.problems] == [
        ("title_zh", "filtered"),
        ("summary_zh", "no_answer"),
        ("abstract_zh", "no_answer"),
    ]


def test_an_empty_text_is_as_good_as_none():
    """An empty title is not published."""
    (entry,) = assembled([paper()], [summary()], [translation(title_zh="")]).entries
    assert [(each.field, each.rule) for each in entry.problems] == [("title_zh", "no_answer")]


def test_a_mark_on_a_missing_text_does_not_hide_why_it_is_missing():
    """A warning is no reason to take a blank for a text."""
    mark = problem(field="title_zh", severity="warn")
    (entry,) = assembled([paper()], [summary()], [translation(title_zh=None)], [mark]).entries
    assert ("title_zh", "no_answer") in {(each.field, each.rule) for each in entry.problems}
    assert entry.fate == "failed"


def test_the_texts_of_another_version_are_not_this_papers():
    """A replacement that was not translated yet must not show the older abstract."""
    (entry,) = assembled([paper(version=2)], [summary()], [translation()]).entries
    assert (entry.text("title_zh"), entry.text("summary_zh"), entry.fate) == (None, None, "failed")


def test_a_correction_wins_and_has_no_problems():
    """What a person wrote replaces the text and its faults, and is marked as theirs."""
    faults = [problem(severity="reject"), problem(field="abstract_zh")]
    (entry,) = assembled(
        [paper()], [summary()], [translation()], faults, corrections={IDS[0]: {"title_zh": "更好"}}
    ).entries
    assert (entry.text("title_zh"), entry.corrected, entry.fate) == ("更好", ("title_zh",), "flagged")
    assert [each.field for each in entry.problems] == ["abstract_zh"]


def test_the_terms_are_counted_in_abstracts_that_are_shown():
    """A rejected abstract's renderings are nobody's."""
    term = Term(english="list", zh=("列表",))
    papers = [paper(id=name) for name in IDS[:3]]
    texts = [translation(id=name, abstract_zh="我们对列表排序。") for name in IDS[:3]]
    rejected = [problem(id=IDS[2], field="abstract_zh", severity="reject")]
    digest = assembled(papers, [], texts, rejected, glossary=(term,))
    assert digest.terms == "术语：list 列表 2/2"
    assert assembled(papers, [], texts, rejected).terms == ""


def test_what_is_only_counted_is_in_the_statistics():
    """By label and papers, beside the terms."""
    term = Term(english="list", zh=("列表",))
    texts = [translation(abstract_zh="我们对列表排序。")]
    report = RunReport(counted={"doubled": 2, "house_style": 1})
    digest = assembled([paper()], [], texts, glossary=(term,), report=report)
    assert digest.terms == "术语：list 列表 1/1；计数：叠字 2 篇、用词 1 篇"


def test_a_text_that_came_since_is_not_failed():
    """A reason in failures.jsonl counts only as long as there is no text."""
    (entry,) = assembled([paper()], [summary()], [translation()], failures=[failure(field="title_zh")]).entries
    assert (entry.fate, entry.problems) == ("published", ())


def test_an_entry_that_is_no_paper_is_announced_and_failed():
    """The ledger counts it, and the digest knows its place in the feed."""
    odd = failure(id="entry 2 of cs.CL", field="", rule="no_paper", detail="no title")
    digest = assembled([paper()], [summary()], [translation()], failures=[odd])
    assert (digest.counts.announced, digest.counts.published, digest.counts.failed) == (2, 1, 1)
    assert digest.unread == (odd,)


def test_nobody_sees_what_is_invisible():
    """A paper's tags, soft hyphens, fillers and marks of direction are in none of its documents, and in no question."""
    odd = paper(title="Sort\u00ading \U000e0041w\u202eith care", abstract="We\u3164 sort.", authors=("A\u200bda",))
    (entry,) = assembled([odd]).entries
    assert entry.paper == paper(title="Sorting with care", abstract="We sort.", authors=("Ada",))
    assert (part_of(odd, "title"), part_of(odd, "abstract")) == ("Sorting with care", "We sort.")


def test_interests_and_mute():
    """Of a paper's own words, its authors and the texts that are shown, not of one that was rejected."""
    wanted_in = WantedIn(("Lovelace", "排序"), ("lists",))
    papers = [paper(), paper(id="2606.00002", authors=("Kurt Gödel",))]
    translations = [translation(id="2606.00002", title_zh="细致排序", abstract_zh="")]
    rejected = [problem(id="2606.00002", severity="reject")]
    one, other = assembled(papers, [], translations, rejected, wanted_in=wanted_in).entries[::-1]
    assert (one.interests, one.muted) == (("Lovelace",), ())
    assert (other.interests, other.muted) == ((), ("lists",))
