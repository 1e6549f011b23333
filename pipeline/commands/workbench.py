"""`wenzhai prompts check | show | styles`: checks prompt files, and shows the exact messages that would be sent.

Asks nothing; trial.py asks with a prompt.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, NamedTuple

from pipeline.asking.answers import Answers
from pipeline.asking.budget import cost_of
from pipeline.asking.context import RunContext, context_of, fields_of, prompt_of, reviewers_of
from pipeline.asking.estimate import estimate
from pipeline.asking.prompts import Prompt, load_prompt
from pipeline.asking.questions import group, question_of
from pipeline.asking.segments import foreseen, review_segment
from pipeline.asking.states import Fields
from pipeline.commands.exam import exam_pairs
from pipeline.config import Config
from pipeline.errors import ConfigError, FileError, PromptError
from pipeline.fields import PROMPTED, REVIEW, TASKS, fields_of_task, lead
from pipeline.files import PACKAGE, read_records, shipped
from pipeline.model.tokens import count_tokens
from pipeline.records import Paper, Question, RunRequest
from pipeline.rules import PromptText
from pipeline.rules.judge import Judge
from pipeline.run.day import Day, find_days, find_papers
from pipeline.text.han import han

SAMPLES = PACKAGE / "samples.jsonl"
"""Invented papers that ship with the package."""


class Finding(NamedTuple):
    grade: Literal["ok", "warn", "FAIL"]
    told: str


def with_prompt(config: Config, task: str, path: Path | None) -> Config:
    """The config with `<task>.prompt` set to this file, unless it is None. Raises ConfigError for a task without a
    prompt."""
    if task not in PROMPTED:
        raise ConfigError(f"{task}: has no prompt file; those with one are {', '.join(PROMPTED)}")
    if path is None:
        return config
    section = getattr(config, task)
    return config.model_copy(update={task: section.model_copy(update={"prompt": path.absolute()})})


def styles() -> Iterator[tuple[Path, str]]:
    """The shipped styles of summaries: file, and the first clause of its task."""
    for path in sorted((shipped("prompts") / "styles").glob("*.md")):
        task = load_prompt(path, max_chars="…").task
        yield path, task.partition("。")[0]


def check(config: Config) -> Iterator[Finding]:
    """Errors and warnings about the prompt files, and their tokens and cost; asks nothing."""
    sound = True
    for task in PROMPTED:
        path = getattr(config, task).prompt
        if task == REVIEW and not reviewers_of(config) and not path.exists():
            continue  # nobody will read it
        try:
            prompt = prompt_of(config, task)
        except PromptError as error:
            sound = False
            yield Finding("FAIL", str(error))
            continue
        told = _counted(prompt.examples, "example") + (
            f", {len(prompt.small)} more for a small model" if prompt.small else ""
        )
        tokens = count_tokens(_whole(prompt))
        yield Finding("ok", f"{task}: {path}: {told}, {tokens:,} tokens, fingerprint {prompt.fingerprint}")
        yield from (Finding("warn", f"{path}: {told}") for told in _faulty_examples(prompt, task, config))
    if config.summarize.max_chars > (most := config.rules.knob("not_one_sentence")):
        told = f"asks for up to {config.summarize.max_chars} characters, validate.not_one_sentence flags more than"
        yield Finding("warn", f"summarize.max_chars: {told} {most}; raise or lower one of them")
    if sound:
        yield _limits(config)


def _whole(prompt: Prompt) -> str:
    examples = ("\n".join([each.english, each.chinese, *(text for _, text in each.others)]) for each in prompt.examples)
    return "\n".join([prompt.text, *examples])


def _faulty_examples(prompt: Prompt, task: str, config: Config) -> Iterator[str]:
    """A warning for each rule that an example breaks, because a model imitates the examples."""
    judge = Judge(config.rules, prompts={field.name: PromptText(prompt.text) for field in fields_of_task(task)})
    for number, example in enumerate((*prompt.examples, *prompt.small), start=1):
        sentence = example.english.endswith(".")
        for field in fields_of_task(task):
            text = example.answer(field.name)
            if text is None or field.kind == ("title" if sentence else "abstract"):
                continue
            case = judge.case_of(sample(), field.name, text, sentence=example.english)
            for problem in judge.problems_of(case):
                yield f"example {number}: {field.name} {problem.rule}: {problem.detail}"
        if task == lead("one_liner").task and han(example.chinese) > config.summarize.max_chars:
            yield f"example {number}: has {han(example.chinese)} characters, asked for are {config.summarize.max_chars}"


def _limits(config: Config) -> Finding:
    """The tokens and cost of a sample paper, compared with the config's quota and max_cost."""
    context, fields = context_of(config), fields_of(config, TASKS)
    segments = group(
        [each for name in fields for each in foreseen(sample(), name, context)], bundle=context.models[0].bundle
    )
    if context.reviewers:
        segments.append([review_segment(sample(), name, "", context) for name in context.review.fields])
    answers = [estimate(asked) for asked in segments]
    tokens = sum(each.prompt_tokens + each.completion_tokens for each in answers)
    cost = sum(cost_of(each, asked[0].model) for each, asked in zip(answers, segments, strict=True))
    told = [
        f"a sample paper takes {_counted(segments, 'request')}, {tokens:,} tokens, {cost:.4f} {config.model.price.currency}"
    ]
    if quota := config.model.tokens_per_minute:
        told.append(f"tokens_per_minute {quota:,.0f} lets {quota / tokens:.0f} such papers through")
    if config.model.max_cost is not None and cost:
        told.append(f"max_cost {config.model.max_cost:g} pays for {config.model.max_cost / cost:,.0f}")
    return Finding("ok" if not quota or tokens <= quota else "warn", "; ".join(told))


def _counted(things: Sequence[object], name: str) -> str:
    return f"{len(things)} {name}" if len(things) == 1 else f"{len(things)} {name}s"


def chosen(config: Config, request: RunRequest, ids: Sequence[str], papers: int) -> list[tuple[Day, Paper]]:
    """The papers with these ids; without ids, the first `papers` papers of the newest or the requested day."""
    if ids:
        newest = {paper.id: (day, paper) for day, paper in find_papers(config, request, ids)}
        return list(newest.values())
    pairs = {paper.id: (day, paper) for day in find_days(config, request) for paper in day.wanted}
    return list(pairs.values())[:papers]


def sample() -> Paper:
    return read_records(SAMPLES, Paper)[0]


def questions(config: Config, task: str, paper: Paper) -> list[Question]:
    """The questions for a task of a paper, as if it had never been asked for."""
    context = context_of(config)
    if task == REVIEW:
        reader = context.reviewers or (config.model,)
        context = replace(context, reviewers=reader, prompts={**context.prompts, REVIEW: prompt_of(config, REVIEW)})
        paper, texts = _to_review(config, paper, context)
        return [question_of([review_segment(paper, name, text, context) for name, text in texts.items()])]
    segments = [segment for name in fields_of(config, (task,)) for segment in foreseen(paper, name, context)]
    return [question_of(asked) for asked in group(segments, bundle=context.models[0].bundle)]


def _to_review(config: Config, paper: Paper, context: RunContext) -> tuple[Paper, dict[str, str]]:
    """The paper and its texts to review; instead of the sample, which has none, the first pair of the exam."""
    if paper == sample():
        pair = exam_pairs()[0]
        return pair.paper, {name: text for name, text in pair.texts.items() if text}
    with Answers(config.output / "answers.db") as answers:
        fields = Fields(context, answers)
        texts = {name: fields.state(paper, name).text for name in context.review.fields}
    if not any(texts.values()):
        raise FileError(f"{paper.id}: has no texts to review yet; run `wenzhai run` first")
    return paper, {name: text for name, text in texts.items() if text}
