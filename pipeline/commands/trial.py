"""`wenzhai prompts try | compare`: what a few kept papers become under a prompt, before a whole day is paid for.

Touches no stage file. Answers are kept in answers.db under their usual keys, so a prompt that is adopted after a trial
costs nothing for the papers it was tried on.

A trial may go on beside a run: both write answers.db, a moment each. At worst its few papers are asked for twice, and
only under the very prompt that the run is asking with.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.asking.answers import Answers, StoredAnswer
from pipeline.asking.ask import Failures, ask_papers, connected
from pipeline.asking.budget import Budget
from pipeline.asking.context import RunContext, context_of, fields_of
from pipeline.asking.resolve import field_of, problems_of
from pipeline.config import Config
from pipeline.errors import QuestionFailed
from pipeline.ledger import texts_of
from pipeline.model import Meter
from pipeline.records import Paper, Problem, Summary, Translation
from pipeline.rules.analysis import han
from pipeline.run.day import Day
from pipeline.run.writing import records_of
from pipeline.watch import Watch


@dataclass(frozen=True)
class Written:
    """A field of a paper as it came out under one prompt."""

    paper: Paper
    field: str
    text: str | None
    problems: tuple[Problem, ...]
    used: tuple[StoredAnswer, ...]
    """The answers it took."""

    @property
    def tokens(self) -> int:
        return sum(row.prompt_tokens + row.completion_tokens for row in self.used)

    @property
    def cost(self) -> float:
        return sum(row.cost for row in self.used)

    @property
    def grade(self) -> Literal["fine", "flagged", "failed", "absent"]:
        """By its worst problem, as in the ledger; absent: neither a text nor a reason."""
        severities = {problem.severity for problem in self.problems}
        if "reject" in severities:
            return "failed"
        return "flagged" if severities else "fine" if self.text else "absent"

    @property
    def length(self) -> int:
        """Characters of Chinese, words of English."""
        return len((self.text or "").split()) if self.field == "summary_en" else han(self.text or "")


def write(config: Config, task: str, papers: Sequence[Paper], watch: Watch) -> list[Written]:
    """The task's fields of these papers under the config's prompt; what was answered before is not asked again.

    Raises ModelError, PromptError, FileError, AnswersError.
    """
    context, fields = context_of(config), fields_of(config, (task,))
    with Answers(config.output / "answers.db") as answers:
        lacking = [each for each in papers if any(field_of(each, name, context, answers.get).needs for name in fields)]
        if lacking:
            ask_for(lacking, fields, context, answers, watch)
        return [_written(paper, name, context, answers) for paper in papers for name in fields]


def standing(config: Config, task: str, pairs: Sequence[tuple[Day, Paper]]) -> list[Written]:
    """The same fields as the stage files of their days have them, with what these cost; asks nothing."""
    context, fields = context_of(config), fields_of(config, (task,))
    folders = {day.folder for day, _ in pairs}
    summaries = {folder: records_of(folder / "summaries.jsonl", Summary) for folder in folders}
    translations = {folder: records_of(folder / "translations.jsonl", Translation) for folder in folders}
    found = []
    with Answers(config.output / "answers.db") as answers:
        for day, paper in pairs:
            version = paper.id, paper.version
            texts = texts_of(summaries[day.folder].get(version), translations[day.folder].get(version), {})
            for name in fields:
                text, mark = texts[name], day.report.prompts.get(task)
                used = [row for row in answers.of_paper(paper.id, name) if row.prompt == mark]
                used = [row for row in used if row.version == paper.version]
                problems = problems_of(paper, name, text, context) if text else ()
                found.append(Written(paper, name, text, problems, tuple(used)))
    return found


def ask_for(
    papers: Sequence[Paper], fields: Sequence[str], context: RunContext, answers: Answers, watch: Watch
) -> dict[tuple[str, str], QuestionFailed]:
    """Asks for what a few papers lack, and says what failed. Raises ModelError, AnswersError."""
    failed: dict[tuple[str, str], QuestionFailed] = {}
    model = context.models[0]

    def cost() -> str:
        return f"{answers.spent:.4f} {model.price.currency}"

    async def ask_all() -> None:
        async with connected(context, Budget(model.max_cost), say=watch.say, meter=Meter()) as asks:
            with watch.progress("asking", lambda: len(papers), cost) as advance:

                def done(_: Paper, failures: Failures) -> None:
                    failed.update(failures)
                    for failure in failures.values():
                        watch.say(str(failure))
                    advance()

                await ask_papers(papers, fields, context, answers, asks, done)

    asyncio.run(ask_all())
    return failed


def _written(paper: Paper, name: str, context: RunContext, answers: Answers) -> Written:
    field = field_of(paper, name, context, answers.get)
    problems = (field.rejected_part,) if field.rejected_part else problems_of(paper, name, field.text, context)
    return Written(paper, name, field.text, problems, field.used)
