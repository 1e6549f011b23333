"""The promise: whatever a model answers, no rejected text is shown as a translation, and every paper has one fate."""

import asyncio
import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline.asking.answers import Answers
from pipeline.asking.ask import ask_papers, asking_for
from pipeline.asking.context import context_of, fields_of
from pipeline.asking.states import Fields
from pipeline.config import Config
from pipeline.errors import Filtered, NoAnswer, OverBudget
from pipeline.files import day_folder, read_record, read_records, write_records
from pipeline.model.replies import Reply, answer_of
from pipeline.records import Failure, Problem, RunReport, RunRequest, Usage
from pipeline.run import run
from pipeline.stages import texts_file
from pipeline.stages.texts import texts_of_paper
from pipeline.watch import Watch
from tests import invented
from tests.factories import DAY

STAGES = ("summarize", "translate")
PAPERS = [
    invented.paper(1),
    invented.paper(2, announce_type="cross"),
    invented.paper(3, announce_type="replace"),
    invented.paper(4, title="A <b>Bold</b> | Title] with ![marks](https://example.org) of 10%", abstract="It works."),
]
FAILURES = {"no answer": NoAnswer, "filtered": Filtered, "budget": OverBudget}
WRAPPED = {"thinks first": "<think>Hm, 我想想。</think>\n{}", "only thinks": "<think>{}", "cut": "{}"}
PLAIN = ["good", *invented.FAULTS, *FAILURES, *WRAPPED]


def speaks_of(does: str):
    return invented.FAULTS.get(does, invented.good)


class Model:
    """Does one thing after the other with the questions it gets, and then begins again; "says …" says just that."""

    def __init__(self, script: list[str]) -> None:
        self.script = script
        self.asked = 0

    async def __call__(self, question):
        does = self.script[self.asked % len(self.script)]
        self.asked += 1
        await asyncio.sleep(0)
        asked = invented.read([(each.role, each.content) for each in question.messages])
        if does in FAILURES:
            raise FAILURES[does](f"{question.subject}: {does}")
        said = does.removeprefix("says ")
        if said != does:
            text = invented.tagged(dict.fromkeys(asked.fields, said)) or said
        else:
            text = WRAPPED.get(does, "{}").format(speaks_of(does)(asked))
        finish = "length" if does in ("cut", "only thinks") else "stop"
        return answer_of(
            Reply(text, finish, None, {}), Usage(prompt_tokens=100, completion_tokens=40), question.subject
        )


def digest_of(script: list[str], folder: Path, papers=PAPERS, **model: object) -> str:
    """Everything between the source and the reader; only the HTTP is left out."""
    settings = {"provider": "openai", "name": "m", "concurrency": 2} | model
    config = Config.model_validate({"model": settings, "glossary": None}, context={"folder": folder})
    config = config.model_copy(update=PROMPTS)
    context, fields = context_of(config), fields_of(config, STAGES)
    day = day_folder(config.output, "cs.CL", DAY)
    write_records(day / "papers.jsonl", papers)
    wanted = [paper for paper in papers if paper.announce_type != "replace"]
    with Answers(config.output / "answers.db") as answers:
        asks = [Model(script) for _ in context.models]
        failures = {}
        asyncio.run(
            ask_papers(
                wanted,
                asking_for(fields, context, answers),
                context,
                answers,
                asks,
                lambda paper, why: failures.update(why),
            )
        )
        texts = Fields(context, answers)

        def text_of(paper, name):
            return texts.state(paper, name).text

        for task in STAGES:
            records = [texts_of_paper(each, task, asked=fields, text_of=text_of) for each in wanted]
            write_records(day / texts_file(task), records)
    missing = {(each.id, name) for each in wanted for name in fields if text_of(each, name) is None}
    reasons = [
        Failure(id=paper, field=field, rule=why.rule, detail=str(why))
        for (paper, field), why in failures.items()
        if (paper, field) in missing
    ]
    write_records(day / "failures.jsonl", reasons)
    run(config, RunRequest(stages=("validate", "assemble")), Watch())
    return (day / "digest.md").read_text(encoding="utf-8")


PROMPTS = {name: getattr(Config(), name) for name in STAGES}
"""The ones that ship: their paths start at the folder the tests run in."""


def shown_of(digest: str) -> dict[str, dict[str, str]]:
    """Paper id → field → what a reader takes for its Chinese; what is marked as failed is left out."""
    shown: dict[str, dict[str, str]] = {}
    details = digest.partition("\n# 详细\n")[2].partition("\n# 统计\n")[0]
    for block in re.split(r"^\[\^\d+\]: ", details, flags=re.MULTILINE)[1:]:
        title, _, link, summary, *english, abstract, _ = block.strip().split("\n\n    ")
        texts = {"title_zh": title, "summary_zh": summary, "abstract_zh": abstract}
        texts |= {"summary_en": english[0]} if english else {}
        shown[link.rpartition("/")[2].rstrip(")")] = {
            name: re.sub(r"\\([<\]\[!|])", r"\1", text.partition("⚠ ")[0].strip())
            for name, text in texts.items()
            if "⚠ 失败：" not in text
        }
    return shown


def defects(paper, field: str, text: str) -> list[str]:
    """What a reader would call a defect; written without the rules, which are what is tested."""
    found = [
        word
        for word in ("⟦", "⟧", "<think>", "</think>", "_zh>", "抱歉", "译文：", "這", "同样的话反复")
        if word in text
    ]
    if not text:
        found.append("blank")
    if field != "summary_en" and not re.search("[\u3400-\u9fff]", text):
        found.append("not Chinese")
    if field == "abstract_zh" and "SortLite" in paper.abstract:
        must = [*re.findall(r"\$[^$]+\$|https://\S+", paper.abstract), *re.findall(r"\d+\.\d+", paper.abstract)]
        found += [f"lost {each}" for each in must if each not in text]
        if not text.endswith("。"):
            found.append("breaks off")
    return found


def hold(script: list[str], announced=PAPERS, **model: object) -> None:
    """The promise, for one way in which the model can behave."""
    with tempfile.TemporaryDirectory() as folder:
        digest = digest_of(script, Path(folder), announced, **model)
        day = day_folder(Path(folder, "outputs"), "cs.CL", DAY)
        report = read_record(day / "run.json", RunReport)
        problems = read_records(day / "problems.jsonl", Problem)
        failures = read_records(day / "failures.jsonl", Failure)
    papers = {paper.id: paper for paper in announced}
    shown = shown_of(digest)
    found = {
        (id_, name): defects(papers[id_], name, each) for id_, texts in shown.items() for name, each in texts.items()
    }
    assert not {place: (why, shown[place[0]][place[1]]) for place, why in found.items() if why}
    rejected = {(each.id, each.field) for each in problems if each.severity == "reject"}
    rejected |= {(each.id, each.field) for each in failures}
    assert not [(id_, name) for id_, texts in shown.items() for name in texts if (id_, name) in rejected]
    fates = re.findall(r"^- (\S+)：", digest.partition("\n# 统计\n")[2], flags=re.MULTILINE)
    counts = report.counts
    assert counts.announced == len(announced) == counts.published + counts.flagged + counts.failed + counts.excluded
    assert len(fates) == len(set(fates)) == counts.flagged + counts.failed + counts.excluded
    assert sorted([*shown, *(p.id for p in announced if p.announce_type == "replace")]) == sorted(papers)
    failed = {id_ for id_, _ in rejected}
    assert counts.failed == len(failed) and failed <= set(fates)
    line = f"公告 {len(announced)} = 收录 {counts.published} + 标记 {counts.flagged} + 失败 {counts.failed} + 排除 {counts.excluded}"
    assert f"\n# 统计\n\n{line}\n" in digest
    assert "⟦" not in re.sub(r"（.*", "", digest)


quick = settings(max_examples=settings().max_examples // 4, deadline=None, suppress_health_check=list(HealthCheck))
anything = st.sampled_from(PLAIN) | st.text(max_size=60).map("says {}".format)
models = st.fixed_dictionaries(
    {"bundle": st.booleans(), "repairs": st.integers(0, 2), "unit": st.sampled_from(["abstract", "sentences"])},
    optional={"fallback": st.just({"provider": "openai", "name": "other", "repairs": 1})},
)


@quick
@given(script=st.lists(anything, min_size=1, max_size=12), model=models)
@example(script=["no answer"], model={})
@example(script=["good"], model={})
def test_whatever_the_model_answers(script, model):
    """Random faults, in any order, whether whole abstracts or sentences are asked, with and without a fallback."""
    hold(script, **model)


@pytest.mark.parametrize("does", PLAIN)
def test_every_fault_alone(does):
    """A model that has one fault and keeps it."""
    hold([does], PAPERS[:1], repairs=1)


def test_a_model_that_listens():
    """A fault that goes away when it is named is gone from the digest."""
    with tempfile.TemporaryDirectory() as folder:
        digest = digest_of(["english", "good"], Path(folder), concurrency=1, bundle=True)
    assert "公告 4 = 收录 3 + 标记 0 + 失败 0 + 排除 1" in digest
