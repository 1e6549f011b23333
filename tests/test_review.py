"""The second reader: what is asked, what becomes of a claim, and what readers are told about it."""

import json

import pytest

from pipeline.asking.claims import standing
from pipeline.asking.review import ReviewState, foreseen_reviews, is_sampled, review_of
from pipeline.asking.schema import fingerprint
from pipeline.asking.segments import review_segment
from pipeline.asking.states import Fields, needs_of
from pipeline.config import parse_config
from pipeline.errors import ConfigError
from pipeline.ledger import review_counts, review_line
from pipeline.records import Claim, Counts, PaperReview, ReviewCounts
from pipeline.settings import ReviewSettings
from tests import invented
from tests.factories import Stored, add_field, context, kept, model, only, paper
from tests.model_server import FILTERED, WRONG_KEY

ADDED = "该结论已写入行业标准"
FIX = "换掉这几个字"
REVIEWED = ("title_zh", "summary_zh", "abstract_zh")


@pytest.fixture
def desk(desk):
    desk.config["review"] = {"model": {**desk.config["model"], "name": "reader", "price": {"input": 10}}}
    return desk


def claim(field="abstract_zh", text=ADDED, severity="major", source="", kind="added"):
    return (
        f"<claim><field>{field}</field><kind>{kind}</kind><severity>{severity}</severity><source>{source}</source>"
        f"<text>{text}</text><fix>{FIX}</fix></claim>"
    )


def adds(asked):
    """A good answer whose abstract claims something more."""
    return invented.good(asked).replace("</abstract_zh>", f"{ADDED}。</abstract_zh>")


def sees(asked):
    """A review that finds what `adds` has added."""
    return "\n".join(claim(name) for name, text in asked.shown.items() if ADDED in text) or "<none/>"


def model_of(writes=invented.good, reviews=sees, looks_again=invented.good):
    """What the writer says first, what the reader says, and what the writer says to a claim."""

    def behaves(asked, number):
        if asked.fields == ("review",):
            return reviews(asked)
        return looks_again(asked) if asked.doubts else writes(asked)

    return behaves


def reviews_of(desk):
    lines = (desk.day / "reviews.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def account(desk):
    counts = desk.report["reviewed"]
    return tuple(counts[name] for name in ("clear", "mended", "disputed", "none"))


def statistics(desk):
    return desk.digest.partition("# 统计")[2]


# ── a day ──


def test_without_a_second_reader_nothing_of_it_is_seen(desk):
    """No question, no file, no line and no key; nor with the embedded model, which is no judge."""
    del desk.config["review"]
    assert desk.wenzhai("run").status == 0
    assert desk.asked() == [REVIEWED] * 3
    before = {path.name: path.read_bytes() for path in desk.day.iterdir() if path.name != "run.json"}
    assert "reviews.jsonl" not in before
    assert not any(b"review" in text or "复核".encode() in text for text in before.values())
    desk.config["review"] = {"model": {"provider": "local"}}
    assert desk.wenzhai("run").status == 0
    assert desk.asked() == []
    assert {path.name: path.read_bytes() for path in desk.day.iterdir() if path.name != "run.json"} == before
    assert "there is no second reader" in desk.wenzhai("review").err


def test_a_paper_is_reviewed_once_after_its_fields(desk):
    """In one question, by the model of the review; a second run asks nothing, and `plan` knew both."""
    assert "review" in desk.wenzhai("plan").out
    ran = desk.wenzhai("run")
    assert ran.status == 0
    assert [seen.body["model"] for seen in desk.provider.seen].count("reader") == 3
    asked = desk.asked()
    assert sorted(asked) == [("review",)] * 3 + [REVIEWED] * 3
    assert "复核 3 = 无异议 3 + 已改 0 + 存疑 0 + 未复核 0" in statistics(desk)
    assert "复核 3 = 无异议 3" in ran.out
    assert desk.report["reviewer"] == "reader"
    assert desk.report["bought"]["review"]["requests"] == 3
    assert f"复核模型 reader；提示词 review `{desk.report['prompts']['review']}`；请求 3 次" in statistics(desk)
    assert [each["state"] for each in reviews_of(desk)] == ["clear"] * 3
    before = desk.digest
    assert desk.wenzhai("run").status == 0
    assert (desk.asked(), desk.digest) == ([], before)
    assert desk.wenzhai("plan").out.strip() == "nothing to ask"


def test_what_is_claimed_is_mended_by_the_writer(desk):
    """Told its own words, both quotes and the kind, and never the proposal; only what changed is reviewed again."""
    looked = []

    def looks_again(asked):
        looked.append(asked)
        return invented.good(asked)

    desk.provider.behaves = model_of(writes=adds, looks_again=looks_again)
    assert desk.wenzhai("run").status == 0
    assert account(desk) == (0, 3, 0, 0)
    assert ADDED not in desk.digest
    assert ADDED not in (desk.day / "translations.jsonl").read_text(encoding="utf-8")
    asked = desk.asked()
    assert len(asked) == 12
    assert asked.count(("abstract_zh",)) == 3
    assert [len(each.shown) for each in looked] == [1] * 3
    assert all(ADDED in each.shown["abstract_zh"] and "⟦1⟧" in each.shown["abstract_zh"] for each in looked)
    (doubt,) = looked[0].doubts
    assert ADDED in doubt and "原文没有这个意思" in doubt and FIX not in doubt
    assert desk.report["bought"]["review"]["requests"] == 9
    assert desk.wenzhai("run").status == 0
    assert desk.asked() == []


def test_what_the_writer_stands_by_is_shown_with_both_quotes_and_the_proposal(desk):
    """It is not reviewed again, and nothing is hidden; on the page, in digest.md, in `show` and `status`."""
    source = "most devices have little of it"
    desk.provider.behaves = model_of(
        writes=adds, reviews=lambda asked: claim(source=source, kind="meaning"), looks_again=adds
    )
    ran = desk.wenzhai("run", "--limit", "1")
    assert ran.status == 3
    assert desk.asked() == [REVIEWED, ("review",), ("abstract_zh",)]
    assert account(desk) == (0, 0, 1, 0)
    detail = f"意思与原文不同：译文“{ADDED}”，原文“{source}”；建议：“{FIX}”"
    assert f"{ADDED}。 ⚠ review（{detail}）" in desk.digest
    page = (desk.day / "digest.html").read_text(encoding="utf-8")
    assert detail in page and "复核" in page and "存疑 1" in page
    assert detail in desk.wenzhai("show", "2607.00001").out
    assert "存疑" in desk.wenzhai("status").out
    data = json.loads((desk.day / "digest.json").read_text(encoding="utf-8"))
    assert (data["schema"], data["reviewed"]["disputed"]) == (3, 1)
    assert data["entries"][-1]["review"]["claims"][0]["fix"] == FIX
    assert ADDED in data["entries"][-1]["abstract_zh"]


@pytest.mark.parametrize(
    "looks_again",
    [
        lambda asked: adds(asked).replace("</abstract_zh>", "又说一次。</abstract_zh>"),
        lambda asked: invented.FAULTS["number dropped"](asked),
        lambda asked: "",
        lambda asked: FILTERED,
    ],
    ids=["claimed again", "more problems", "nothing", "no answer"],
)
def test_a_new_text_that_is_no_better_does_not_count(desk, looks_again):
    """The old one stays with its claim."""
    desk.provider.behaves = model_of(writes=adds, looks_again=looks_again)
    assert desk.wenzhai("run", "--limit", "1").status == 3
    assert account(desk) == (0, 0, 1, 0)
    assert f"{ADDED}。 ⚠ review" in desk.digest
    assert "又说一次" not in desk.digest
    assert desk.asked().count(("abstract_zh",)) == 1  # one look is all


def test_minor_claims_are_kept_and_not_shown(desk):
    """In reviews.jsonl and digest.json."""
    desk.provider.behaves = model_of(writes=adds, reviews=lambda asked: claim(severity="minor"))
    assert desk.wenzhai("run", "--limit", "1").status == 0
    assert account(desk) == (1, 0, 0, 0)
    assert FIX not in desk.digest
    assert FIX in (desk.day / "digest.json").read_text(encoding="utf-8")


def test_false_quotes_are_dropped_and_counted(desk):
    """They change nothing."""
    desk.provider.behaves = model_of(reviews=lambda asked: claim(text="没有写过的话") + claim("title_en"))
    assert desk.wenzhai("run").status == 0
    assert account(desk) == (3, 0, 0, 0)
    assert "引文不实的意见 6 条" in statistics(desk)


@pytest.mark.parametrize(
    ("says", "questions"),
    [("译文很好。", 2), ("<claim><kind>meaning", 2), ("", 2), (FILTERED, 1)],
    ids=["other words", "broken", "nothing", "filtered"],
)
def test_a_review_that_cannot_be_used_is_no_failure(desk, says, questions):
    """Out of shape it is asked for once more; then the paper is 未复核, and published."""
    desk.provider.behaves = model_of(reviews=lambda asked: says)
    assert desk.wenzhai("run", "--limit", "1").status == 0
    assert account(desk) == (0, 0, 0, 1)
    assert desk.asked().count(("review",)) == questions


def test_a_reader_that_cannot_be_asked_costs_no_paper(desk):
    """It is said once; every paper is published without a review, and the next run asks for the reviews alone."""
    desk.provider.behaves = model_of(reviews=lambda asked: WRONG_KEY)
    ran = desk.wenzhai("run")
    assert ran.status == 0
    assert ran.err.count("papers stay without a review") == 1
    assert account(desk) == (0, 0, 0, 3)
    desk.asked()
    desk.provider.behaves = model_of()
    assert desk.wenzhai("run").status == 0
    assert (desk.asked(), account(desk)) == ([("review",)] * 3, (3, 0, 0, 0))


def test_no_money_left_is_no_failure(desk):
    """What the writer needs is one account with what the reader costs."""
    desk.config["model"] |= {"price": {"output": 1}, "max_cost": 0.0101}
    desk.config["review"]["model"]["price"] = {"input": 1000}
    assert desk.wenzhai("run", "--limit", "1").status == 0
    assert account(desk) == (0, 0, 0, 1)


# ── what is asked anew ──


def test_an_edit_asks_for_what_it_changes(desk):
    """Of the review's prompt and its model: reviews; of another prompt: its fields, and the reviews of what became
    another text. `plan` says so."""
    desk.wenzhai("run", "--limit", "1")
    desk.asked()
    desk.edit_prompt("review")
    plan = desk.wenzhai("plan", "--limit", "1").out
    assert "prompt edited" in plan and "translate" not in plan
    desk.wenzhai("run", "--limit", "1")
    assert desk.asked() == [("review",)]
    desk.config["review"]["model"]["name"] = "other"
    assert "model changed" in desk.wenzhai("plan", "--limit", "1").out
    desk.wenzhai("run", "--limit", "1")
    assert desk.asked() == [("review",)]
    shown = []
    desk.provider.behaves = model_of(
        writes=lambda asked: invented.good(asked).replace("</abstract_zh>", "新。</abstract_zh>"),
        reviews=lambda asked: shown.append(tuple(asked.shown)) or "<none/>",
    )
    desk.edit_prompt("translate")
    plan = desk.wenzhai("plan", "--limit", "1").out
    assert "text changed" in plan and "prompt edited" in plan and "summarize" not in plan
    desk.wenzhai("run", "--limit", "1")
    assert desk.asked() == [("title_zh", "abstract_zh"), ("review",)]
    assert shown == [("abstract_zh",)]  # the title came out the same


def test_a_text_by_hand_is_not_reviewed(desk):
    """A correction ends a dispute without a question; an edited file is 未复核."""
    desk.provider.behaves = model_of(writes=adds, looks_again=adds)
    desk.wenzhai("run", "--limit", "1")
    desk.asked()
    (desk.output / "corrections.yaml").write_text("- {id: '2607.00001', field: abstract_zh, text: 手写的摘要。}\n")
    assert desk.wenzhai("run", "--limit", "1").status == 0
    assert (desk.asked(), account(desk)) == ([], (1, 0, 0, 0))
    (desk.output / "corrections.yaml").unlink()
    file = desk.day / "translations.jsonl"
    file.write_text(file.read_text(encoding="utf-8").replace(ADDED, "该结论另有出处"), encoding="utf-8")
    desk.wenzhai("run", "--from", "validate")
    assert account(desk) == (0, 0, 0, 1)


def test_a_redo_is_reviewed(desk):
    """Only the new text; what is claimed about it is mended as in a run."""
    desk.wenzhai("run")
    desk.asked()
    desk.provider.behaves = model_of(writes=adds)
    assert desk.wenzhai("redo", "2607.00001", "--field", "abstract_zh").status == 0
    # What it says at a second look is the text of before, whose review is kept.
    assert desk.asked() == [("abstract_zh",), ("review",), ("abstract_zh",)]
    assert account(desk) == (2, 1, 0, 0)
    assert ADDED not in desk.digest


def test_the_stage_alone_reviews_what_is_there(desk):
    """It writes what was mended into the text files, and asks again with --again; without texts there is nothing to do."""
    desk.provider.behaves = model_of(writes=adds)
    for stage in ("fetch", "summarize", "translate"):
        assert desk.wenzhai(stage).status == 0
    assert ADDED in (desk.day / "translations.jsonl").read_text(encoding="utf-8")
    desk.asked()
    assert desk.wenzhai("review").status == 0
    assert sorted(desk.asked()) == [("abstract_zh",)] * 3 + [("review",)] * 6
    assert ADDED not in (desk.day / "translations.jsonl").read_text(encoding="utf-8")
    assert desk.wenzhai("run", "--from", "validate").status == 0
    assert account(desk) == (0, 3, 0, 0)
    desk.asked()
    assert desk.wenzhai("review", "--again").status == 0
    assert set(desk.asked()) == {("review",)}
    elsewhere = desk.wenzhai("review", "--again", "--from-date", "2026-01-01", "--to-date", "2026-01-31")
    assert "holds no day from 2026-01-01 to 2026-01-31" in elsewhere.err
    assert desk.wenzhai("review", "--again", "--from-date", "2026-06-01", "--to-date", "2026-07-31").status == 0
    assert set(desk.asked()) == {("review",)}


def test_a_day_whose_review_is_switched_off_is_as_if_it_had_none(desk):
    """What was mended is as it was written; switched on again, everything is there without a question."""
    desk.provider.behaves = model_of(writes=adds)
    desk.wenzhai("run", "--limit", "1")
    with_review = desk.digest
    desk.asked()
    section = desk.config.pop("review")
    assert desk.wenzhai("run", "--limit", "1").status == 0
    assert not (desk.day / "reviews.jsonl").exists()
    assert ADDED in desk.digest and "复核" not in desk.digest and "reviewer" not in desk.report
    desk.config["review"] = section
    assert desk.wenzhai("run", "--limit", "1").status == 0
    assert (desk.asked(), desk.digest) == ([], with_review)


def test_a_share_of_the_papers(desk):
    """Always the same ones; the others are 未复核."""
    chosen = {number: is_sampled(invented.paper(number), 0.5) for number in (1, 2, 3)}
    desk.config["review"]["share"] = 0.5
    assert desk.wenzhai("run").status == 0
    assert desk.asked().count(("review",)) == sum(chosen.values())
    assert account(desk) == (sum(chosen.values()), 0, 0, 3 - sum(chosen.values()))
    assert 400 < sum(is_sampled(paper(id=f"2606.{number:05}"), 0.5) for number in range(1000)) < 600
    assert is_sampled(paper(), 1) and not is_sampled(paper(), 0)


def test_reviews_go_in_a_batch_too(desk, monkeypatch):
    """After the texts, at half the price."""
    from pipeline.model import batch_api
    from tests.batch_server import BatchServer

    monkeypatch.setattr(batch_api, "FIRST_POLL_SECONDS", 0.02)
    desk.provider.elsewhere = batches = BatchServer()
    desk.config["model"] |= {"batch": True}
    desk.config["review"] = {"model": "same"}
    assert desk.wenzhai("run").status == 0
    assert (desk.asked(), [len(lines) for lines in batches.files.values()]) == ([], [3, 3])
    assert account(desk) == (3, 0, 0, 0)


def test_a_reader_whose_batches_are_refused_is_asked_online(desk):
    """The run goes on."""
    desk.provider.elsewhere = lambda seen: WRONG_KEY
    desk.config["review"]["model"]["batch"] = True
    ran = desk.wenzhai("run")
    assert (ran.status, account(desk)) == (0, (3, 0, 0, 0)), ran.err
    assert "reviews are asked online" in ran.err


def test_prompts_are_checked_shown_and_tried(desk):
    """Like those of the writer."""
    assert "review:" in desk.wenzhai("prompts", "check").out
    assert "<claim>" in desk.wenzhai("prompts", "show", "review").out
    desk.provider.behaves = model_of(writes=adds, looks_again=adds)
    desk.wenzhai("run", "--limit", "1")
    assert ADDED in desk.wenzhai("prompts", "show", "review", "--paper", "2607.00001").out
    desk.edit_prompt("review")
    tried = desk.wenzhai("prompts", "try", "review", "--papers", "1").out
    assert tried.count(f"译文“{ADDED}”") == 2
    assert "1 条" in tried
    (desk.folder / "prompts" / "review.md").write_text("# 角色\n\n甲\n\n# 任务\n\n乙\n\n# 示例\n\n英文：a\n中文：甲\n")
    assert "a review has no “# 示例”" in desk.wenzhai("prompts", "check").out


def test_doctor_asks_the_reader(desk):
    """Its key and its endpoint."""
    assert "reader answered" in desk.wenzhai("doctor").out
    desk.provider.behaves = lambda asked, number: WRONG_KEY
    assert "FAIL reviewer" in desk.wenzhai("doctor").out


def test_the_exam_is_asked_like_papers_and_paid_for_once(desk):
    """40 questions; a reader that says nothing finds nothing."""
    out = desk.wenzhai("review", "--exam").out
    assert "0 of 20 faults found, 0 of 20 faithful papers accused" in out
    assert "40 requests" in out
    assert desk.asked() == [("review",)] * 40
    assert desk.wenzhai("review", "--exam").status == 0
    assert desk.asked() == []


def test_labels_of_ones_own_are_an_exam_too(desk):
    """Whatever is claimed about a labelled field is about its defect."""
    made = {
        "id": "2607.00001",
        "title": "Sorting",
        "abstract": "We sort.",
        "title_zh": "排序",
        "abstract_zh": "我们不排序。",
    }
    (desk.folder / "outputs.jsonl").write_text(json.dumps(made), encoding="utf-8")
    label = {"id": "2607.00001", "defects": [{"field": "abstract_zh", "code": "negation", "evidence": "不"}]}
    (desk.folder / "defects.jsonl").write_text(json.dumps(label), encoding="utf-8")
    desk.provider.behaves = model_of(reviews=lambda asked: claim(text="不排序", source="We sort", kind="meaning"))
    out = desk.wenzhai("review", "--labels", str(desk.folder)).out
    assert "1 of 1 faults found" in out and "negation" in out
    assert "not there" in desk.wenzhai("review", "--labels", str(desk.folder / "nowhere")).err


# ── by itself ──


def reading(*models, fields=("title_zh", "abstract_zh"), **changes):
    """A run with a second reader of these fields."""
    review = ReviewSettings(fields=fields, **{name: changes.pop(name) for name in ("share",) if name in changes})
    todo = context(*models, **{"reviewers": (model(name="reader"),), "review": review} | changes)
    todo.prompts["review"] = todo.prompts["translate"]
    return todo


def say(answers, needs, *texts):
    """These questions are answered so."""
    for need, text in zip(needs, texts, strict=True):
        answers[need.key] = kept(
            need.key, text=text, field=need.kept_as, asked_at=f"2026-06-30T00:00:{len(answers):02}"
        )


def until_settled(needs):
    """What is to be asked, again and again while there is anything."""
    for _ in range(9):
        if not (found := needs()):
            return
        yield found
    pytest.fail("it is asked without end")


def written(todo, **texts):
    """The stored answers of these fields, each asked until it is settled."""
    answers = Stored()
    for name, text in texts.items():
        for needs in until_settled(lambda name=name: needs_of(paper(), [name], todo, answers)):
            say(answers, needs, *(text if isinstance(text, tuple) else [text] * len(needs)))
    return answers


def shown(needs):
    """What is asked: the field, and its text if it is a review."""
    return [(each.field, each.reviewed) for each in needs]


TITLE, ABSTRACT = "细致排序", "我们排序。它无效。"
WRONG = claim(text="它无效", source="It works", kind="meaning")


def test_sentences_are_looked_at_one_by_one():
    """Only the one that a claim quotes is asked again, be it only in English."""
    todo = reading(model(unit="sentences"), fields=("abstract_zh",))
    answers = written(todo, abstract_zh=("我们排序。", "它无效。"))
    (need,) = review_of(paper(), todo, answers).needs
    assert need.key == review_segment(paper(), "abstract_zh", ABSTRACT, todo).key
    say(answers, [need], claim(text="", source="It works", kind="omitted"))
    assert [each.part for each in review_of(paper(), todo, answers).needs] == [1]
    say(answers, [need], WRONG + claim(text="我们排序", source="We sort", kind="meaning"))
    looks = review_of(paper(), todo, answers).needs
    say(answers, looks[:1], "我们整理。")
    assert ([each.part for each in looks], review_of(paper(), todo, answers).needs) == ([0, 1], looks[1:])
    del answers[looks[0].key]
    say(answers, [need], WRONG)
    state = review_of(paper(), todo, answers)
    assert (state.state, [each.part for each in state.needs]) == ("disputed", [1])
    say(answers, state.needs, "它有效。")
    (again,) = review_of(paper(), todo, answers).needs
    say(answers, [again], "<none/>")
    state = review_of(paper(), todo, answers)
    assert (state.state, state.changed["abstract_zh"].text, state.needs) == ("mended", "我们排序。它有效。", ())


@pytest.mark.parametrize("settings", [{"repairs": 0}, {"provider": "local", "unit": "abstract"}])
def test_a_writer_that_is_never_asked_again_is_not_asked_about_claims(settings):
    """repairs: 0, and a small model, which copies what it is told."""
    todo = reading(model(**settings), fields=("title_zh",))
    answers = written(todo, title_zh=TITLE)
    say(
        answers,
        review_of(paper(), todo, answers).needs,
        claim("title_zh", text="细致", source="with care", kind="term"),
    )
    state = review_of(paper(), todo, answers)
    assert (state.state, state.needs) == ("disputed", ())


def test_a_review_waits_for_texts_that_are_still_asked_for():
    """One that is not there yet, and one that is to be repaired."""
    todo = reading(model(repairs=1), checks=only("mixed"))
    answers = written(todo, title_zh=TITLE)
    assert review_of(paper(), todo, answers) == ReviewState()
    say(answers, needs_of(paper(), ["abstract_zh"], todo, answers), "careful 的排序。")
    assert needs_of(paper(), ["abstract_zh"], todo, answers)
    assert review_of(paper(), todo, answers) == ReviewState()
    say(answers, needs_of(paper(), ["abstract_zh"], todo, answers), "cautious 的排序。")
    needs = review_of(paper(), todo, answers).needs
    assert shown(needs) == [("title_zh", TITLE), ("abstract_zh", "careful 的排序。")]
    assert needs_of(paper(), ["review"], todo, answers) == [*needs]


def test_a_paper_that_lacks_a_text_for_good_is_not_reviewed():
    """Because the question failed, or because nobody may see the answer; one that may be missing is not waited for."""
    todo = reading(model(repairs=0), fields=("title_zh", "summary_en"), checks=only("untranslated"))
    asked = {name: needs_of(paper(), [name], todo, Stored())[0].key for name in ("title_zh", "summary_en")}
    for name, text, needs in (
        ("summary_en", "It sorts.", []),
        ("title_zh", TITLE, [("title_zh", TITLE)]),
    ):
        answers, failed = written(todo, **{name: text}), {*asked.values()} - {asked[name]}
        assert shown(review_of(paper(), todo, answers, failed).needs) == needs
    assert review_of(paper(), todo, Stored(), {*asked.values()}) == ReviewState()
    answers = written(todo, title_zh="Sorting with care", summary_en="It sorts.")
    assert review_of(paper(), todo, answers) == ReviewState()
    todo = reading(fields=("summary_en",))
    assert review_of(paper(), todo, Stored(), {*asked.values()}) == ReviewState()


def test_a_field_waits_for_what_it_is_made_from(monkeypatch):
    """Though it may be missing, it is reviewed with the others once it can be asked."""
    add_field(monkeypatch, optional=True)
    todo = reading(fields=("title_zh", "gist_zh"))
    answers = written(todo, title_zh=TITLE)
    assert review_of(paper(), todo, answers) == ReviewState()
    answers |= written(todo, abstract_zh=ABSTRACT)
    assert review_of(paper(), todo, answers) == ReviewState()
    say(answers, needs_of(paper(), ["gist_zh"], todo, answers), "有效。")
    assert shown(review_of(paper(), todo, answers).needs) == [("title_zh", TITLE), ("gist_zh", "有效。")]


def test_only_papers_of_the_share_are_reviewed_and_only_what_no_person_wrote():
    """What is not reviewed is not named, and what a person wrote has no reviewed text."""
    answers = written(reading(), title_zh=TITLE, abstract_zh=ABSTRACT)
    assert review_of(paper(), reading(share=0.0), answers) == ReviewState()
    assert review_of(paper(), reading(reviewers=()), answers) == ReviewState()
    todo = reading(corrections={paper().id: {"title_zh": "手写"}})
    state = review_of(paper(), todo, answers)
    assert shown(state.needs) == [("abstract_zh", ABSTRACT)]
    assert state.texts == {"abstract_zh": ABSTRACT, "title_zh": ""}


def test_a_review_that_failed_or_says_nothing_is_none():
    """One that failed is not asked again in this run."""
    todo = reading(fields=("title_zh",))
    answers = written(todo, title_zh=TITLE)
    (need,) = review_of(paper(), todo, answers).needs
    state = review_of(paper(), todo, answers, {need.key})
    assert (state.state, state.needs) == ("none", ())
    say(answers, [need], "<none/>")
    assert review_of(paper(), todo, answers).state == "clear"
    say(answers, [need], "")
    say(answers, review_of(paper(), todo, answers).needs, "")
    state = review_of(paper(), todo, answers)
    assert (state.state, state.needs) == ("none", ())


def test_all_fields_are_reviewed_before_any_is_looked_at():
    """One question of the writer holds all that is claimed."""
    todo = reading()
    answers = written(todo, title_zh=TITLE, abstract_zh=ABSTRACT)
    title, abstract = review_of(paper(), todo, answers).needs
    say(answers, [title], claim("title_zh", text="细致", source="with care", kind="term"))
    assert review_of(paper(), todo, answers).needs == (abstract,)
    say(answers, [abstract], WRONG)
    looks = review_of(paper(), todo, answers).needs
    assert [each.field for each in looks] == ["title_zh", "abstract_zh"]
    say(answers, looks, "仔细排序", "我们排序。它有效。")
    again = review_of(paper(), todo, answers).needs
    say(answers, again, claim("title_zh", text="仔细", source="with care", kind="term"), "<none/>")
    state = review_of(paper(), todo, answers)
    assert (state.state, {*state.changed}) == ("disputed", {"abstract_zh"})  # each text by itself


# ── what becomes of a look ──


def looked(todo, old, new, *, said=WRONG, again="<none/>"):
    """The state after a review, a look at what it says, and a review of what came of it; and all answers."""
    answers = written(todo, abstract_zh=old)
    say(answers, review_of(paper(), todo, answers).needs, said)
    say(answers, review_of(paper(), todo, answers).needs, new)
    for needs in until_settled(lambda: review_of(paper(), todo, answers).needs):
        say(answers, needs, *[again] * len(needs))
    return review_of(paper(), todo, answers), answers


def test_a_new_text_counts_once_it_is_reviewed():
    """And every answer on the way was paid for because of the review."""
    todo = reading(fields=("abstract_zh",))
    state, answers = looked(todo, ABSTRACT, "我们排序。它有效。")
    assert (state.state, state.texts) == ("mended", {"abstract_zh": "我们排序。它有效。"})
    assert [row.key for row in state.used] == [*answers][1:]
    fields = Fields(todo, answers)
    assert fields.state(paper(), "abstract_zh").text == "我们排序。它有效。"
    assert fields.review(paper()) is fields.review(paper())  # found once


def test_what_the_second_review_says_of_a_new_text_is_kept():
    """Minor claims and how many were unfounded; the first one spoke of another text."""
    minor = claim(text="它有效", source="It works", kind="grammar", severity="minor")
    todo = reading(fields=("abstract_zh",))
    said = WRONG + claim(text="从没说过") + claim(text="我们排序", source="We sort", kind="grammar", severity="minor")
    state, _ = looked(todo, ABSTRACT, "我们排序。它有效。", said=said, again=minor + claim(text="也没说过"))
    assert (state.state, [each.text for each in state.claims], state.unfounded) == ("mended", ["它有效"], 2)


@pytest.mark.parametrize("again", ["", WRONG.replace("无效", "有效")], ids=["no review", "claimed again"])
def test_a_new_text_without_a_good_review_does_not_count(again):
    """The old one stays, with its claim."""
    state, answers = looked(reading(fields=("abstract_zh",)), ABSTRACT, "我们排序。它有效。", again=again)
    assert (state.state, state.texts, len(state.claims)) == ("disputed", {"abstract_zh": ABSTRACT}, 1)
    assert [row.key for row in state.used] == [*answers][1:]


def test_what_the_writer_leaves_as_it_was_is_not_reviewed_again():
    """Neither the same words nor none."""
    for new in (ABSTRACT, ""):
        state, answers = looked(reading(fields=("abstract_zh",)), ABSTRACT, new)
        assert (state.state, state.texts) == ("disputed", {"abstract_zh": ABSTRACT})
        assert [row.key for row in state.used] == [*answers][1:]


def test_a_new_text_may_have_as_many_problems_and_none_that_rejects():
    """One for one; a reject is worse than any warning."""
    todo = reading(model(repairs=1), fields=("abstract_zh",), checks=only("mixed", "untranslated"))
    said = claim(text="careful", source="We sort", kind="meaning")
    for new, state in (("cautious 的排序。", "mended"), ("We sort lists all day.", "disputed")):
        assert looked(todo, "careful 的排序。", new, said=said)[0].state == state
    assert looked(todo, ABSTRACT, "careful 的排序。")[0].state == "disputed"


def test_a_look_that_failed_leaves_the_text():
    """It is not asked again in this run."""
    todo = reading(fields=("abstract_zh",))
    answers = written(todo, abstract_zh=ABSTRACT)
    say(answers, review_of(paper(), todo, answers).needs, WRONG)
    (look,) = review_of(paper(), todo, answers).needs
    state = review_of(paper(), todo, answers, {look.key})
    assert (state.state, state.needs) == ("disputed", ())


@pytest.fixture
def gist(monkeypatch):
    """A day with a field made from the translation, both reviewed; the translation is claimed to be wrong, and mended."""
    add_field(monkeypatch)
    todo = reading(model(repairs=1), fields=("abstract_zh", "gist_zh"), checks=only("empty"))
    answers = written(todo, abstract_zh=ABSTRACT, gist_zh="无效。")
    say(
        answers,
        review_of(paper(), todo, answers).needs,
        WRONG,
        claim("gist_zh", text="无效", source="它无效", kind="grammar"),
    )
    (look,) = review_of(paper(), todo, answers).needs  # the gist is made anew of the new text, not looked at
    assert look.field == "abstract_zh"
    say(answers, [look], "我们排序。它有效。")
    return todo, answers


def test_what_is_made_from_a_new_text_is_made_anew(gist):
    """And reviewed with it."""
    todo, answers = gist
    (need,) = review_of(paper(), todo, answers).needs
    assert (need.field, need.upstream) == ("gist_zh", {"abstract_zh": "我们排序。它有效。"})
    say(answers, [need], "有效。")
    needs = review_of(paper(), todo, answers).needs
    assert shown(needs) == [("abstract_zh", "我们排序。它有效。"), ("gist_zh", "有效。")]
    say(answers, needs, "<none/>", "<none/>")
    state = review_of(paper(), todo, answers)
    assert (state.state, state.texts) == ("mended", {"abstract_zh": "我们排序。它有效。", "gist_zh": "有效。"})
    assert {row.key for row in state.used} == {*answers} - {*[*answers][:2]}


@pytest.mark.parametrize(
    "reviews",
    [
        ("<none/>", ""),
        ("", "<none/>"),
        (WRONG.replace("无效", "有效"), "<none/>"),
    ],
)
def test_of_texts_that_were_made_together_all_count_or_none(gist, reviews):
    """One without a review, or the first one claimed to be wrong again, leaves all as they were."""
    todo, answers = gist
    say(answers, review_of(paper(), todo, answers).needs, "有效。")
    says = dict(zip(("abstract_zh", "gist_zh"), reviews, strict=True))
    for needs in until_settled(lambda: review_of(paper(), todo, answers).needs):
        say(answers, needs, *(says[each.field] for each in needs))
    state = review_of(paper(), todo, answers)
    assert (state.state, state.texts) == ("disputed", {"abstract_zh": ABSTRACT, "gist_zh": "无效。"})


def test_what_cannot_be_made_anew_leaves_all_as_it_was(gist):
    """What nobody may see is no text, and neither is the one that it was made from."""
    todo, answers = gist
    for needs in until_settled(lambda: review_of(paper(), todo, answers).needs):
        say(answers, needs, "")
    state = review_of(paper(), todo, answers)
    assert (state.state, state.needs, state.texts["abstract_zh"]) == ("disputed", (), ABSTRACT)


def test_a_field_that_is_not_reviewed_is_made_anew_all_the_same(monkeypatch):
    """It would speak of the old text; one that nobody asks for, or that a person wrote, is not."""
    add_field(monkeypatch)
    for corrections in ({}, {paper().id: {"gist_zh": "手写。"}}):
        todo = reading(fields=("abstract_zh",), corrections=corrections)
        for texts, anew in (({}, False), ({"gist_zh": "无效。"}, not corrections)):
            answers = written(todo, abstract_zh=ABSTRACT, **texts)
            say(answers, review_of(paper(), todo, answers).needs, WRONG)
            say(answers, review_of(paper(), todo, answers).needs, "我们排序。它有效。")
            if anew:
                (need,) = review_of(paper(), todo, answers).needs
                assert (need.field, need.reviewed) == ("gist_zh", None)
                say(answers, [need], "有效。")
            (need,) = review_of(paper(), todo, answers).needs
            assert (need.field, need.reviewed) == ("abstract_zh", "我们排序。它有效。")
            say(answers, [need], "<none/>")
            assert {*review_of(paper(), todo, answers).changed} == {"abstract_zh", *(["gist_zh"] if anew else [])}


# ── what is foreseen ──


def test_what_a_review_will_ask_is_foreseen(monkeypatch):
    """About texts that are there and texts that come; of one that is made from others, without these."""
    add_field(monkeypatch)
    todo = reading(fields=("title_zh", "abstract_zh", "gist_zh"))
    answers = written(todo, title_zh=TITLE)
    foreseen = foreseen_reviews(paper(), {"abstract_zh", "gist_zh"}, todo, answers)
    assert shown(foreseen) == [("title_zh", TITLE), ("abstract_zh", ""), ("gist_zh", "")]
    whole = {"title": paper().title, "abstract": paper().abstract}
    assert [each.sent for each in foreseen] == [whole, whole, whole | {"abstract_zh": ""}]
    say(answers, foreseen[:1], "<none/>")
    assert shown(foreseen_reviews(paper(), {"abstract_zh", "gist_zh"}, todo, answers))[0] == ("abstract_zh", "")


def test_what_is_not_reviewed_is_not_foreseen():
    """No reader, another paper of the share, a text that is rejected or was written by hand."""
    coming = {"abstract_zh"}
    assert foreseen_reviews(paper(), coming, reading(reviewers=()), Stored()) == ()
    assert foreseen_reviews(paper(), coming, reading(share=0.0), Stored()) == ()
    todo = reading(model(repairs=0), checks=only("untranslated"))
    answers = written(todo, title_zh="Sorting with care")
    assert shown(foreseen_reviews(paper(), coming, todo, answers)) == [("abstract_zh", "")]
    todo = reading(corrections={paper().id: {"title_zh": "手写"}})
    assert shown(foreseen_reviews(paper(), coming, todo, written(todo, title_zh=TITLE))) == [("abstract_zh", "")]


def test_where_no_text_comes_the_next_question_is_foreseen():
    """A first review, or a look at what it claims; a text that comes and is not reviewed changes nothing."""
    todo = reading()
    answers = written(todo, title_zh=TITLE, abstract_zh=ABSTRACT)
    for coming in (set(), {"summary_zh"}):
        assert shown(foreseen_reviews(paper(), coming, todo, answers)) == [
            ("title_zh", TITLE),
            ("abstract_zh", ABSTRACT),
        ]
    say(answers, review_of(paper(), todo, answers).needs, "<none/>", WRONG)
    for coming in (set(), {"summary_zh"}):
        (look,) = foreseen_reviews(paper(), coming, todo, answers)
        assert (look.reviewed, look.earlier) == (None, ABSTRACT)


def test_what_a_review_says_of_other_texts():
    """Nothing of a text that has changed, nor of one that a person wrote."""
    said = Claim(field="title_zh", kind="term", severity="major", source="care", text="细致", fix="")
    texts = {"title_zh": "细致排序", "summary_zh": "细致地排序。"}
    review = PaperReview(
        id="2606.00001",
        version=1,
        model="m",
        state="disputed",
        texts={name: fingerprint(text) for name, text in texts.items()},
        claims=(said,),
    )
    assert standing(review, texts) == review
    changed = standing(review, {**texts, "title_zh": "仔细排序"})
    assert (changed.state, changed.claims) == ("none", ())
    assert standing(review, {**texts, "summary_zh": "别的。"}).state == "disputed"
    assert standing(review, texts, corrected=("title_zh",)).state == "clear"


def test_the_account_adds_up_or_is_a_bug():
    """Papers that failed or are excluded are not in it."""
    fates = [("published", None), ("flagged", None), ("failed", None), ("excluded", None)]
    counts = Counts(announced=4, published=1, flagged=1, failed=1, excluded=1)
    assert review_line(review_counts(fates), counts) == "复核 2 = 无异议 0 + 已改 0 + 存疑 0 + 未复核 2"
    with pytest.raises(AssertionError, match="does not add up"):
        review_line(ReviewCounts(clear=1), counts)


@pytest.mark.parametrize(
    ("section", "says"),
    [
        ({"fields": ["title_cn"]}, "review.fields: title_cn: unknown, did you mean title_zh?"),
        ({"model": {"provider": "openia"}}, "review.model.provider: openia: unknown, did you mean openai?"),
        ({"model": {"provider": "openai", "price": {"currency": "USD"}}}, "must be model's, CNY"),
        ({"model": {"provider": "openai", "max_cost": 1}}, "set model.max_cost"),
        ({"model": {"temprature": 1}}, "^config: review.model.temprature: unknown key, did you mean temperature?$"),
        ({"model": {"price": {"input": -1}}}, "^config: review.model.price.input: must be 0 or more"),
        ({"model": "other"}, "^config: review.model: must be a section"),
    ],
)
def test_a_section_that_cannot_work_is_refused(tmp_path, section, says):
    """With the way out."""
    with pytest.raises(ConfigError, match=says.replace("?", r"\?")):
        parse_config({"review": section}, folder=tmp_path)


def test_no_setting_lets_a_claim_hide_a_text(tmp_path):
    """It may be switched off, not raised."""
    with pytest.raises(ConfigError, match="hides no text"):
        parse_config({"validate": {"severity": {"review": "reject"}}}, folder=tmp_path)


def test_what_a_reader_writes_is_nothing_but_text(desk):
    """In digest.md and on the page: no link, no image, no tag."""
    evil = "![图](https://evil.example/x) <img src=x>[^1]"
    desk.provider.behaves = model_of(writes=adds, reviews=lambda asked: claim().replace(FIX, evil), looks_again=adds)
    assert desk.wenzhai("run", "--limit", "1").status == 3
    assert "evil.example" in desk.digest
    assert "](https://evil" not in desk.digest and "<img" not in desk.digest and "[^1]）" not in desk.digest
    assert "<img src=x" not in (desk.day / "digest.html").read_text(encoding="utf-8")
