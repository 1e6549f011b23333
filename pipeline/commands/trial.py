"""`wenzhai prompts try | compare`: asks for a few stored papers with another prompt, before a whole day is paid for.

Changes no stage file. Answers are stored in answers.db under their usual keys, so a prompt that is adopted after a
trial costs nothing for the papers of the trial.

A trial can run beside a run. At worst its papers are asked twice, if the run asks for them with the same prompt.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pipeline.asking.answers import Answers, StoredAnswer
from pipeline.asking.ask import Failures, ask_all
from pipeline.asking.claims import detail_of
from pipeline.asking.context import NO_READER, RunContext, asked_by, context_of, fields_of
from pipeline.asking.resolve import problems_of
from pipeline.asking.review import ReviewState
from pipeline.asking.states import Fields
from pipeline.config import Config
from pipeline.errors import ConfigError, QuestionFailed
from pipeline.fields import REVIEW, field_named
from pipeline.ledger import field_texts
from pipeline.model.meter import Meter
from pipeline.records import Claim, Paper, Problem
from pipeline.run.day import Day, read_reviews, texts_in
from pipeline.stages import texts_file
from pipeline.text.han import han
from pipeline.watch import Watch


@dataclass(frozen=True)
class Written:
    """A field of a paper, written with one prompt."""

    paper: Paper
    field: str
    text: str | None
    problems: tuple[Problem, ...]
    used: tuple[StoredAnswer, ...]
    """The answers paid for it."""
    claims: int = 0
    """Of a review: how many it has."""

    @property
    def tokens(self) -> int:
        return sum(row.prompt_tokens + row.completion_tokens for row in self.used)

    @property
    def cost(self) -> float:
        return sum(row.cost for row in self.used)

    @property
    def grade(self) -> Literal["fine", "flagged", "failed", "absent"]:
        """By its worst problem, as in the ledger; absent: neither text nor problem."""
        severities = {problem.severity for problem in self.problems}
        if "reject" in severities:
            return "failed"
        return "flagged" if severities else "fine" if self.text else "absent"

    @property
    def length(self) -> int:
        """In Chinese characters, or English words; of a review the number of claims."""
        if self.field == REVIEW:
            return self.claims
        return len((self.text or "").split()) if field_named(self.field).language == "en" else han(self.text or "")


def write(config: Config, task: str, papers: Sequence[Paper], watch: Watch) -> list[Written]:
    """The task's fields of these papers, with the config's prompt; stored answers are used.

    Raises ModelError, PromptError, FileError, AnswersError.
    """
    context, names = context_of(config), asked_by(config, (task,))
    if task == REVIEW and not names:
        raise ConfigError(NO_READER)
    with Answers(config.output / "answers.db") as answers:
        ask_for(papers, names, context, answers, watch)
        if task == REVIEW:
            fields = Fields(context, answers)
            return [_reviewed(paper, fields.review(paper)) for paper in papers]
        return [_written(paper, name, context, answers) for paper in papers for name in names]


def _reviewed(paper: Paper, state: ReviewState) -> Written:
    text = None if state.state == "none" else _said(state.claims)
    return Written(paper, REVIEW, text, (), state.used, len(state.claims))


def _said(claims: Sequence[Claim]) -> str:
    """The claims of a review, one a line."""
    return "\n".join(f"{each.severity} {each.field}（{detail_of(each)}）" for each in claims) or "没有意见"


def standing(config: Config, task: str, pairs: Sequence[tuple[Day, Paper]]) -> list[Written]:
    """The same fields, or the same reviews, from the stage files of their days, with the answers paid for them; asks
    nothing."""
    if task == REVIEW:
        return [_standing_review(config, day, paper) for day, paper in pairs]
    context, names = context_of(config), fields_of(config, (task,))
    files = {day.folder: texts_in(day.folder / texts_file(task)) for day, _ in pairs}
    found = []
    with Answers(config.output / "answers.db") as answers:
        for day, paper in pairs:
            texts = field_texts(files[day.folder].get((paper.id, paper.version)), {})
            for name in names:
                text, fingerprints = texts[name], day.report.prompts.get(task, "").split("+")
                used = [row for row in answers.of_paper(paper.id, name) if row.prompt in fingerprints]
                used = [row for row in used if row.version == paper.version]
                upstream = Fields(context, answers).state(paper, name).upstream
                problems = problems_of(paper, name, text, context, upstream) if text else ()
                found.append(Written(paper, name, text, problems, tuple(used)))
    return found


def _standing_review(config: Config, day: Day, paper: Paper) -> Written:
    review = (read_reviews(day.folder) or {}).get((paper.id, paper.version))
    if review is None or review.state == "none":
        return Written(paper, REVIEW, None, (), ())
    with Answers(config.output / "answers.db") as answers:
        used = [row for row in answers.of_paper(paper.id, REVIEW) if row.prompt == day.report.prompts.get(REVIEW)]
    return Written(paper, REVIEW, _said(review.claims), (), tuple(used), len(review.claims))


def ask_for(
    papers: Sequence[Paper], fields: Sequence[str], context: RunContext, answers: Answers, watch: Watch
) -> dict[tuple[str, str], QuestionFailed]:
    """Asks for the missing fields of a few papers, online; returns and prints what failed. Raises ModelError,
    AnswersError."""
    lacking = [paper for paper in papers if Fields(context, answers).lacks(paper, fields)]
    if not lacking:
        return {}
    failed: dict[tuple[str, str], QuestionFailed] = {}
    currency = context.models[0].price.currency
    with watch.progress("asking", lambda: len(lacking), lambda: f"{answers.spent:.4f} {currency}") as advance:

        def done(_: Paper, failures: Failures) -> None:
            failed.update(failures)
            for failure in failures.values():
                watch.say(str(failure))
            advance()

        models, reviewers = (
            tuple(each.model_copy(update={"batch": False}) for each in models)
            for models in (context.models, context.reviewers)
        )
        online = replace(context, models=models, reviewers=reviewers)
        ask_all(lacking, fields, online, answers, done, say=watch.say, meter=Meter())
    return failed


def _written(paper: Paper, name: str, context: RunContext, answers: Answers) -> Written:
    state = Fields(context, answers).state(paper, name)
    part = state.rejected_part
    problems = (part,) if part else problems_of(paper, name, state.text, context, state.upstream)
    return Written(paper, name, state.text, problems, state.used)
