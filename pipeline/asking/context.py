"""Everything but the paper that shapes what is asked and how its answer is judged, read from the config once a run."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from pipeline.asking.glossary import load_glossary
from pipeline.asking.prompts import Prompt, load_prompt
from pipeline.asking.redos import Redos, load_redos, reasons_of
from pipeline.config import Config
from pipeline.model.providers import unit_of
from pipeline.rules import PromptText, ValidateSettings
from pipeline.settings import ModelSettings
from pipeline.text.terms import Term

TASK_OF = {"summary_zh": "summarize", "summary_en": "summarize", "title_zh": "translate", "abstract_zh": "translate"}
"""Which stage has a field written."""


@dataclass(frozen=True, eq=False)  # one a run; told apart as the object it is, a key of caches
class RunContext:
    prompts: Mapping[str, Prompt]
    """By task."""
    glossary: tuple[Term, ...]
    models: tuple[ModelSettings, ...]
    """The model, then its fallback, and that one's."""
    checks: ValidateSettings
    redos: Redos = field(default_factory=dict)

    def told(self, field: str) -> PromptText:
        prompt = self.prompts[TASK_OF[field]]
        answers = ((x.english, x.summary_en if field == "summary_en" else x.chinese) for x in prompt.examples)
        return PromptText(prompt.text, tuple((english, answer) for english, answer in answers if answer))

    @property
    def by_sentences(self) -> bool:
        return unit_of(self.models[0]) == "sentences"


def context_of(config: Config) -> RunContext:
    """The prompts, glossary, models and checks of a config, and what was redone under it. Raises PromptError, FileError."""
    models = [config.model]
    while models[-1].fallback:
        models.append(models[-1].fallback)
    glossary = load_glossary(config.glossary)
    prompts = {task: prompt_of(config, task) for task in dict.fromkeys(TASK_OF.values())}
    if unit_of(config.model) == "sentences":
        prompts = {task: prompt.substitute_terms(glossary) for task, prompt in prompts.items()}
    redos = reasons_of(load_redos(config.output))
    return RunContext(prompts=prompts, glossary=glossary, models=tuple(models), checks=config.rules, redos=redos)


def prompt_of(config: Config, task: str) -> Prompt:
    """The prompt file of a task, filled in. Raises PromptError."""
    if task == "summarize":
        return load_prompt(config.summarize.prompt, max_chars=config.summarize.max_chars)
    return load_prompt(config.translate.prompt)


def fields_of(config: Config, stages: Collection[str]) -> tuple[str, ...]:
    """What a model must write for these stages."""
    wanted = [name for name, task in TASK_OF.items() if task in stages]
    return tuple(name for name in wanted if name != "summary_en" or config.summarize.english)
