"""Everything that shapes questions and checks, except the paper; read once for each run."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from pipeline.asking.glossary import load_glossary
from pipeline.asking.prompts import Prompt, load_prompt, load_review_prompt
from pipeline.asking.redos import Redos, load_redos, reasons_of
from pipeline.config import Config
from pipeline.corrections import Corrections, load_corrections
from pipeline.fields import FIELDS, REVIEW, TASKS, fields_of_task
from pipeline.files import PACKAGE, shipped
from pipeline.model.providers import provider_of, unit_of
from pipeline.rules import PromptText, ValidateSettings
from pipeline.rules.judge import Judge
from pipeline.settings import ModelSettings, ReviewSettings
from pipeline.text.terms import Term

NO_READER = (
    "review.model: there is no second reader; name one, best another model than the writer's (docs/review.md); "
    "the embedded model cannot review"
)
_FORMER = PACKAGE / "asking" / "former"
"""The prompt files that the first version shipped, with examples for every model."""


@dataclass(frozen=True, eq=False)  # one for each run; compared by identity, because it is a key of caches
class RunContext:
    prompts: Mapping[str, Prompt]
    """By task, and the reviewer's."""
    glossary: tuple[Term, ...]
    models: tuple[ModelSettings, ...]
    """The model, then its fallback, then the fallback of that, and so on."""
    checks: ValidateSettings
    redos: Redos = field(default_factory=dict)
    corrections: Corrections = field(default_factory=dict)
    """Texts that a person wrote; a field made from a corrected field uses the corrected text."""
    reviewers: tuple[ModelSettings, ...] = ()
    """The second reader, then its fallbacks; empty: there is no review."""
    review: ReviewSettings = field(default_factory=ReviewSettings)

    @cached_property
    def judge(self) -> Judge:
        prompts = {each.name: _prompt_text(self.prompts[each.task], each.name) for each in FIELDS}
        return Judge(self.checks, self.glossary, prompts)

    @property
    def every_model(self) -> tuple[ModelSettings, ...]:
        """Each once, the writer first."""
        return (*self.models, *(each for each in self.reviewers if each not in self.models))

    @property
    def by_sentences(self) -> bool:
        return unit_of(self.models[0]) == "sentences"


def context_of(config: Config) -> RunContext:
    """Reads the prompts, the glossary, the redos and the corrections that a config names. Raises PromptError,
    FileError."""
    glossary = load_glossary(config.glossary)
    reviewers = reviewers_of(config)
    asking = (*TASKS, REVIEW) if reviewers else TASKS
    return RunContext(
        prompts={task: prompt_of(config, task, glossary) for task in asking},
        glossary=glossary,
        models=_with_fallbacks(config.model),
        checks=config.rules,
        redos=reasons_of(load_redos(config.output)),
        corrections=load_corrections(config.output),
        reviewers=reviewers,
        review=config.review,
    )


def reviewers_of(config: Config) -> tuple[ModelSettings, ...]:
    """The models that review, in their order; none without `review.model`, or if it is a model that is no judge."""
    reader = config.model if config.review.model == "same" else config.review.model
    return _with_fallbacks(reader) if reader and provider_of(reader).reviews else ()


def _with_fallbacks(model: ModelSettings) -> tuple[ModelSettings, ...]:
    return (model, *(_with_fallbacks(model.fallback) if model.fallback else ()))


def prompt_of(config: Config, task: str, glossary: tuple[Term, ...] = ()) -> Prompt:
    """The prompt file of a task as the config's model is shown it; its variables are the other keys of the task's
    section. Raises PromptError."""
    section = getattr(config, task)
    if task == REVIEW:
        return load_review_prompt(section.prompt)
    switches = {each.switch for each in fields_of_task(task)}
    variables = {key: getattr(section, key) for key in type(section).model_fields if key not in {"prompt", *switches}}
    prompt, former = load_prompt(section.prompt, **variables), _FORMER / f"{task}.md"
    if prompt == load_prompt(shipped("prompts") / f"{task}.md", **variables):
        # Whoever uses the shipped file as it is has not asked for other texts when we reword it.
        prompt = replace(prompt, former=(load_prompt(former, **variables),))
    return prompt.for_small(glossary) if unit_of(config.model) == "sentences" else prompt


def fields_of(config: Config, stages: Collection[str]) -> tuple[str, ...]:
    """The names of the fields that these stages ask for."""
    wanted = [each for task in TASKS if task in stages for each in fields_of_task(task)]
    return tuple(each.name for each in wanted if not each.switch or getattr(getattr(config, each.task), each.switch))


def asked_by(config: Config, stages: Collection[str]) -> tuple[str, ...]:
    """What these stages ask for: names of fields, and REVIEW."""
    return fields_of(config, stages) + ((REVIEW,) if REVIEW in stages and reviewers_of(config) else ())


def _prompt_text(prompt: Prompt, field: str) -> PromptText:
    answers = ((each.english, each.answer(field)) for each in prompt.examples)
    return PromptText(prompt.text, tuple((english, answer) for english, answer in answers if answer))
