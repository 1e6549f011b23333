"""`wenzhai prompts try | compare`: what a few kept papers become under a prompt, before a whole day is paid for.

Touches no stage file. Answers are kept in answers.db under their usual keys, so a prompt that is adopted after a trial
costs nothing for the papers it was tried on.

A trial may go on beside a run: both write answers.db, a moment each. At worst its few papers are asked for twice, and
only under the very prompt that the run is asking with.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from pipeline.asking.answers import Answers, Kept
from pipeline.asking.ask import Failures, ask_papers, connected
from pipeline.asking.brief import Brief, brief_of, fields_of
from pipeline.asking.budget import Budget
from pipeline.asking.settle import field_of
from pipeline.config import Config
from pipeline.errors import QuestionFailed
from pipeline.files import read_records
from pipeline.ledger import texts_of
from pipeline.model import Tally
from pipeline.models import Paper, Problem, Summary, Translation
from pipeline.rules import Case, find_problems
from pipeline.rules.reading import han
from pipeline.run.day import Day
from pipeline.text.source import source_of
from pipeline.text.terms import terms_in
from pipeline.watch import Watch

R = TypeVar("R", Summary, Translation)


@dataclass(frozen=True)
class Written:
    """A field of a paper as it came out under one prompt."""

    paper: Paper
    field: str
    text: str | None
    problems: tuple[Problem, ...]
    used: tuple[Kept, ...]
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
    brief, fields = brief_of(config), fields_of(config, (task,))
    with Answers(config.output / "answers.db") as answers:
        lacking = [each for each in papers if any(field_of(each, name, brief, answers.get).needs for name in fields)]
        if lacking:
            ask_for(lacking, fields, brief, answers, watch)
        return [_written(paper, name, brief, answers) for paper in papers for name in fields]


def standing(config: Config, task: str, pairs: Sequence[tuple[Day, Paper]]) -> list[Written]:
    """The same fields as the stage files of their days have them, with what these cost; asks nothing."""
    brief, fields = brief_of(config), fields_of(config, (task,))
    found = []
    with Answers(config.output / "answers.db") as answers:
        for day, paper in pairs:
            texts = _kept_texts(day, paper)
            for name in fields:
                text, mark = texts[name], day.report.prompts.get(task)
                used = [row for row in answers.of_paper(paper.id, name) if row.prompt == mark]
                used = [row for row in used if row.version == paper.version]
                problems = _problems(paper, name, text, brief) if text else ()
                found.append(Written(paper, name, text, problems, tuple(used)))
    return found


def ask_for(
    papers: Sequence[Paper], fields: Sequence[str], brief: Brief, answers: Answers, watch: Watch
) -> dict[tuple[str, str], QuestionFailed]:
    """Asks for what a few papers lack, and says what failed. Raises ModelError, AnswersError."""
    failed: dict[tuple[str, str], QuestionFailed] = {}
    model = brief.models[0]

    def cost() -> str:
        return f"{answers.spent:.4f} {model.price.currency}"

    async def ask_all() -> None:
        async with connected(brief, Budget(model.max_cost), say=watch.say, usage=Tally()) as asks:
            with watch.progress("asking", lambda: len(papers), cost) as advance:

                def done(_: Paper, failures: Failures) -> None:
                    failed.update(failures)
                    for failure in failures.values():
                        watch.say(str(failure))
                    advance()

                await ask_papers(papers, fields, brief, answers, asks, done)

    asyncio.run(ask_all())
    return failed


def _written(paper: Paper, name: str, brief: Brief, answers: Answers) -> Written:
    field = field_of(paper, name, brief, answers.get)
    problems = (field.withheld,) if field.withheld else _problems(paper, name, field.text, brief)
    return Written(paper, name, field.text, problems, field.used)


def _problems(paper: Paper, name: str, text: str | None, brief: Brief) -> tuple[Problem, ...]:
    source = source_of(paper, name)
    case = Case(
        id=paper.id,
        field=name,
        source=source,
        text=text,
        told=brief.told(name),
        terms=terms_in(source, paper.categories, brief.glossary),
    )
    return find_problems(case, brief.checks)


def _kept_texts(day: Day, paper: Paper) -> dict[str, str | None]:
    summaries, translations = day.folder / "summaries.jsonl", day.folder / "translations.jsonl"
    version = (paper.id, paper.version)
    summary = [each for each in _if_there(summaries, Summary) if (each.id, each.version) == version]
    translation = [each for each in _if_there(translations, Translation) if (each.id, each.version) == version]
    return texts_of(summary[0] if summary else None, translation[0] if translation else None, {})


def _if_there(path: Path, kind: type[R]) -> list[R]:
    return read_records(path, kind) if path.exists() else []
