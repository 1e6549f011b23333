"""What the stages write into the folder of a day, and how that is done beside the questions."""

import threading
from dataclasses import replace
from types import SimpleNamespace

import pytest

from pipeline.asking.prompts import Prompt
from pipeline.asking.resolve import FieldState
from pipeline.asking.review import ReviewState
from pipeline.asking.schema import fingerprint
from pipeline.config import Config
from pipeline.errors import Filtered
from pipeline.fields import REVIEW
from pipeline.files import read_records, write_records
from pipeline.records import Counts, PaperReview, PaperTexts, Problem, ReviewCounts, RunReport, RunRequest, Usage
from pipeline.rules import ValidateSettings, rule_named
from pipeline.run import writing
from pipeline.run.day import Day, read_failures
from pipeline.run.fingerprints import fingerprint_of
from pipeline.run.writing import Work, Writer, write_documents, write_problems, write_reviews, write_texts
from pipeline.settings import AssembleSettings
from pipeline.stages import REVIEWS, stage_named
from tests.factories import (
    DAY,
    SUMMARIZE,
    TRANSLATE,
    context,
    failure,
    kept,
    model,
    only,
    paper,
    problem,
    summary,
    translation,
)

SECONDS = 10


def day(name, error=None):
    """`begins` when it is written, which `may_end` lets go on; then it fails or is `written`."""
    return SimpleNamespace(
        name=name, error=error, begun=threading.Event(), may_end=threading.Event(), written=threading.Event()
    )


def write(day, failures):
    day.begun.set()
    assert day.may_end.wait(SECONDS)
    if day.error:
        raise day.error
    day.written.set()


def test_days_are_written_beside_and_in_turn():
    """Nobody waits for one to be written until the end."""
    one, two = day("one"), day("two")
    with Writer(write) as writer:
        writer.hand_over(one, {})
        writer.hand_over(two, {})
        assert one.begun.wait(SECONDS)
        assert not two.begun.is_set()
        one.may_end.set()
        two.may_end.set()
    assert one.written.is_set()
    assert two.written.is_set()


def test_a_day_that_cannot_be_written_is_told_with_the_next_one():
    """Else a run would go on for hours."""
    broken, after = day("broken", OSError("no room")), day("after")
    with Writer(write) as writer:
        writer.hand_over(broken, {})
        writer.hand_over(after, {})
        broken.may_end.set()
        assert after.begun.wait(SECONDS)
        after.may_end.set()
        with pytest.raises(OSError, match="no room"):
            writer.hand_over(day("third"), {})


def test_the_last_day_that_cannot_be_written_is_told_at_the_end():
    """There is no next one."""
    broken = day("broken", OSError("no room"))
    broken.may_end.set()
    with pytest.raises(OSError, match="no room"), Writer(write) as writer:
        writer.hand_over(broken, {})


def test_what_ends_a_run_ends_its_writing():
    """The day at work is finished, the others are not begun, and the cause is what is told."""
    one, two = day("one", OSError("no room")), day("two")

    def stopped():
        with Writer(write) as writer:
            writer.hand_over(one, {})
            writer.hand_over(two, {})
            assert one.begun.wait(SECONDS)
            threading.Timer(0.05, one.may_end.set).start()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert one.may_end.is_set()
    assert not two.begun.is_set()


# Stages


ONE, TWO = paper(), paper(id="2606.00002", title="Searching with care")


class Told:
    """What the stored answers say: (paper, field) → its state, and paper → its review."""

    def __init__(self, states=None, reviews=None):
        self.states, self.reviews = states or {}, reviews or {}

    def state(self, paper, name):
        return self.states.get((paper.id, name), FieldState(None))

    def review(self, paper):
        return self.reviews.get(paper.id, ReviewState())


@pytest.fixture
def written(tmp_path):
    """A day of two papers, the second of which is excluded in no test."""
    folder = tmp_path / "cs.CL" / DAY.isoformat()
    write_records(folder / "papers.jsonl", [ONE, TWO])
    return Day("cs.CL", DAY, folder, 2, lambda _: {}, RunReport())


def work(*stages, asked=(), told=None, failures=None, cores=None, **changes):
    config = Config(assemble=AssembleSettings(formats=("markdown",)), glossary=None)
    request = RunRequest(stages=stages)
    return Work(config, request, context(**changes), asked, told, failures or {}, cores)


def translated(day):
    return {each.id: dict(each.texts) for each in read_records(day.folder / "translations.jsonl", PaperTexts)}


ASKED = ("title_zh", "summary_zh", "abstract_zh", REVIEW)
TRANSLATE_STAGE, REVIEW_STAGE = stage_named("translate"), stage_named("review")


def test_a_stage_writes_the_texts_of_its_own_fields(written):
    """The stored answer; where there is none, what an earlier run left there; nothing that is not asked for."""
    write_records(
        written.folder / "translations.jsonl",
        [translation(title_zh="旧题", abstract_zh="旧文。"), translation(id=TWO.id, version=9)],
    )
    told = Told({(ONE.id, "title_zh"): FieldState("新题"), (ONE.id, "summary_zh"): FieldState("概括。")})
    write_texts(work(asked=ASKED, told=told), written, TRANSLATE_STAGE)
    assert translated(written) == {
        ONE.id: {"title_zh": "新题", "abstract_zh": "旧文。"},
        TWO.id: {"title_zh": None, "abstract_zh": None},
    }
    write_texts(work(asked=("abstract_zh",), told=told), written, TRANSLATE_STAGE)
    assert translated(written)[ONE.id] == {"title_zh": None, "abstract_zh": "旧文。"}


def reasons(day):
    return [(each.id, each.field, each.rule, each.detail) for each in read_failures(day.folder)]


def test_why_a_text_is_missing_is_written_with_it(written):
    """What this run met, or what the parts were rejected for, or what is known from before; the rows of others stay."""
    told = Told(
        {
            (ONE.id, "title_zh"): FieldState(None, rejected_part=problem(rule="mixed", detail="夹有英文")),
            (ONE.id, "abstract_zh"): FieldState(None, rejected_part=problem()),
            (TWO.id, "title_zh"): FieldState("有了"),
        }
    )
    write_records(
        written.folder / "failures.jsonl",
        [
            failure(id=TWO.id, field="summary_zh"),
            failure(id=TWO.id, field="title_zh", detail="gone"),
            failure(id=TWO.id, field="abstract_zh", detail="known"),
        ],
    )
    failures = {(ONE.id, "abstract_zh"): Filtered("refused")}
    write_texts(work(asked=ASKED, told=told, failures=failures), written, TRANSLATE_STAGE)
    assert reasons(written) == [
        (TWO.id, "summary_zh", "no_answer", "hung"),
        (ONE.id, "title_zh", "mixed", "夹有英文"),
        (ONE.id, "abstract_zh", "filtered", "refused"),
        (TWO.id, "abstract_zh", "no_answer", "known"),
    ]


def test_without_reasons_there_is_no_file_of_them(written):
    """Also where texts are missing: they were not asked yet."""
    write_texts(work(asked=ASKED, told=Told()), written, TRANSLATE_STAGE)
    assert not (written.folder / "failures.jsonl").exists()


def test_a_stage_notes_what_its_texts_cost_and_were_asked_with(written):
    """The wordings that were used, the newest first; the present one where none was."""
    former = Prompt(role="旧", task="译。", examples=())
    prompts = {"summarize": SUMMARIZE, "translate": replace(TRANSLATE, former=(former,))}
    asking = {"asked": ("title_zh",), "prompts": prompts}
    write_texts(work(told=Told(), **asking), written, TRANSLATE_STAGE)
    assert written.report.prompts == {"translate": TRANSLATE.fingerprint}
    used = (kept(prompt=former.fingerprint), kept(prompt=TRANSLATE.fingerprint))
    told = Told(
        {(ONE.id, "title_zh"): FieldState("题", used=used), (TWO.id, "title_zh"): FieldState("题", used=used[:1])}
    )
    written.update_report(prompts={"summarize": "a"})
    write_texts(work(told=told, **asking), written, TRANSLATE_STAGE)
    assert written.report.prompts == {
        "summarize": "a",
        "translate": f"{TRANSLATE.fingerprint}+{former.fingerprint}",
    }
    assert written.report.bought["translate"].requests == 3


def test_without_a_reader_a_day_is_as_if_it_had_never_had_one(written):
    """No file, and no cost of it."""
    (written.folder / REVIEWS).touch()
    usage = {"translate": Usage(requests=1), REVIEW: Usage(requests=2)}
    prompts = {"translate": "a", REVIEW: "b"}
    written.update_report(bought=usage, prompts=prompts, reviewer="m", reviewed=ReviewCounts(clear=1))
    write_reviews(work(told=Told()), written, REVIEW_STAGE)
    assert not (written.folder / REVIEWS).exists()
    report = written.report
    assert (report.bought, report.prompts) == ({"translate": Usage(requests=1)}, {"translate": "a"})
    assert (report.reviewer, report.reviewed) == (None, None)


PROMPTS = {"summarize": SUMMARIZE, "translate": TRANSLATE, REVIEW: SUMMARIZE}


def reviewing(*stages, **more):
    return work(*stages, prompts=PROMPTS, reviewers=(model(name="reader"),), **more)


def reviewed_texts(day, *stages, told, edited=False):
    """The translations of a day after its review."""
    path = day.folder / "translations.jsonl"
    old = translation(title_zh="旧题", abstract_zh=None)
    write_records(path, [old, translation(id=TWO.id, version=9, title_zh="另一版")])
    day.update_report(files={} if edited else {path.name: fingerprint_of(path)})
    write_reviews(reviewing(*stages, told=told), day, REVIEW_STAGE)
    assert edited or day.report.files[path.name] in (fingerprint_of(path), "") or stages
    return translated(day)


def test_what_the_writer_mends_goes_into_the_texts_that_are_there(written):
    """One that was not there before does not come by that; the file of a stage of this run has it already."""
    told = Told(
        {(ONE.id, "title_zh"): FieldState("新题"), (ONE.id, "abstract_zh"): FieldState("新文。")},
        {ONE.id: ReviewState("mended", used=(kept(field=REVIEW, model="other"),))},
    )
    texts = {"title_zh": "另一版", "abstract_zh": "我们排序。"}
    assert reviewed_texts(written, told=told) == {
        ONE.id: {"title_zh": "新题", "abstract_zh": None},
        TWO.id: texts,
    }
    assert written.report.files["translations.jsonl"] == fingerprint_of(written.folder / "translations.jsonl")
    assert not (written.folder / "summaries.jsonl").exists()
    assert reviewed_texts(written, "translate", told=told)[ONE.id]["title_zh"] == "旧题"
    assert reviewed_texts(written, told=told, edited=True)[ONE.id]["title_zh"] == "旧题"
    assert reviewed_texts(written, told=Told())[ONE.id]["title_zh"] == "旧题"
    states = [(each.id, each.state, each.model) for each in read_records(written.folder / REVIEWS, PaperReview)]
    assert states == [(ONE.id, "none", "reader"), (TWO.id, "none", "reader")]
    assert written.report.reviewer == "reader"


def with_texts(day, *, failures=(), reviews=None, **one):
    write_records(day.folder / "summaries.jsonl", [summary(), summary(id=TWO.id)])
    write_records(day.folder / "translations.jsonl", [translation(**one), translation(id=TWO.id)])
    if failures:
        write_records(day.folder / "failures.jsonl", failures)
    if reviews is not None:
        write_records(day.folder / REVIEWS, reviews)


def problems(day):
    return [(each.id, each.field, each.rule) for each in read_records(day.folder / "problems.jsonl", Problem)]


def test_the_problems_of_a_day_decide_the_fates_of_its_papers(written):
    """A text that is missing by name fails its paper without being a problem; an entry that is no paper has failed, too."""
    failed = (failure(field="abstract_zh"), failure(id=TWO.id, field="title_zh"), failure(id="entry 3", field=""))
    with_texts(written, title_zh="careful 排序", abstract_zh=None, failures=failed)
    write_problems(work(checks=only("mixed", "no_answer")), written, stage_named("validate"))
    assert problems(written) == [(ONE.id, "title_zh", "mixed")]
    assert written.report.counts == Counts(announced=3, published=1, failed=2)
    assert written.report.counted == {}
    assert written.report.reviewed is None
    written.exclusions_of = lambda papers: {TWO.id: "撤稿"}
    written.release()
    write_problems(work(checks=only("mixed", "no_answer")), written, stage_named("validate"))
    assert written.report.counts == Counts(announced=3, excluded=1, failed=2)


def test_what_is_only_counted_is_no_problem(written):
    """It is counted once a paper."""
    with_texts(written, title_zh="careful 排序", abstract_zh="careful 排序。")
    checks = ValidateSettings(severity={**only("mixed").severity, "mixed": "count"})
    write_problems(work(checks=checks), written, stage_named("validate"))
    assert problems(written) == []
    assert written.report.counted == {"mixed": 1}
    assert written.report.counts == Counts(announced=2, published=2)


def test_the_same_text_of_two_papers_is_a_problem_of_both(written):
    """Found by looking at the whole day."""
    with_texts(written)
    texts = {"abstract_zh": "我们对列表排序，每一步都很细致。" * 9}
    write_records(written.folder / "translations.jsonl", [translation(**texts), translation(id=TWO.id, **texts)])
    write_problems(work(checks=only("same_text")), written, stage_named("validate"))
    assert problems(written) == [(each.id, "abstract_zh", "same_text") for each in (ONE, TWO)]


def test_a_review_counts_if_it_is_of_the_texts_as_they_stand(written):
    """And a correction by a person is not judged."""
    texts = {"title_zh": fingerprint("细致排序")}
    of_one = PaperReview(id=ONE.id, version=1, model="m", state="clear", texts=texts)
    with_texts(written, reviews=[of_one])
    write_problems(work(), written, stage_named("validate"))
    assert written.report.reviewed == ReviewCounts(clear=1, none=1)
    with_texts(written, reviews=[])
    corrected = {TWO.id: {"title_zh": "careful 排序"}}
    write_problems(work(checks=only("mixed"), corrections=corrected), written, stage_named("validate"))
    assert written.report.reviewed == ReviewCounts(none=2)
    assert problems(written) == []


def test_reasons_of_the_first_version_are_kept_where_a_text_is_still_missing(written):
    """They stood in problems.jsonl, which is written anew."""
    with_texts(written, title_zh=None)
    rows = [problem(rule="no_answer", severity="reject"), problem(field="abstract_zh", severity="reject")]
    write_records(written.folder / "problems.jsonl", rows)
    write_problems(work(), written, stage_named("validate"))
    assert [(each.id, each.field) for each in read_failures(written.folder)] == [(ONE.id, "title_zh")]
    (written.folder / "failures.jsonl").unlink()
    write_problems(work(), written, stage_named("validate"))
    assert not (written.folder / "failures.jsonl").exists()


@pytest.mark.parametrize(("many", "elsewhere"), [(2, True), (3, False)])
def test_a_large_day_is_checked_on_all_cores(written, monkeypatch, many, elsewhere):
    """Where there are some."""
    given = []

    class Cores:
        def map(self, do, rows, *, size):
            given.extend(rows)
            return (do(alone, row) for row in rows)

    monkeypatch.setattr(writing, "MANY", many)
    with_texts(written, title_zh="careful 排序")
    alone = work(checks=only("mixed"))
    write_problems(replace(alone, cores=Cores()), written, stage_named("validate"))
    assert problems(written) == [(ONE.id, "title_zh", "mixed")]
    assert bool(given) == elsewhere
    write_problems(alone, written, stage_named("validate"))


# Documents


@pytest.mark.parametrize("reviews", [None, []])
def test_a_paper_that_cannot_be_rendered_fails_alone(written, monkeypatch, reviews):
    """It is shown by its id, and the day is complete but for it."""
    with_texts(written, reviews=reviews)
    write_problems(work(), written, stage_named("validate"))
    write_documents(work(), written, stage_named("assemble"))
    assert (written.report.outcome, written.report.counts) == ("complete", Counts(announced=2, published=2))
    documents_of = writing.documents_of

    def broken(digest, settings):
        if bool(digest.reviewed) == (reviews is not None) and TWO.title in (
            each.paper.title for each in digest.entries
        ):
            raise ZeroDivisionError
        return documents_of(digest, settings)

    monkeypatch.setattr(writing, "documents_of", broken)
    write_documents(work(), written, stage_named("assemble"))
    assert (written.report.outcome, written.report.counts) == ("partial", Counts(announced=2, published=1, failed=1))
    digest = (written.folder / "digest.md").read_text(encoding="utf-8")
    assert ONE.title in digest
    assert TWO.title not in digest
    assert f"{TWO.id}" in digest
    assert rule_named("render_error").tells in digest
    assert "summary_en" not in digest
    assert written.report.reviewed == (None if reviews is None else ReviewCounts(none=1))
