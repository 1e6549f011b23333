"""`wenzhai doctor`: one cheap probe of everything that a run depends on; a failed one says what to do."""

import asyncio
import os
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from pipeline.asking.answers import Answers
from pipeline.asking.context import context_of, reviewers_of
from pipeline.asking.receipts import Receipts
from pipeline.config import Config
from pipeline.errors import ModelError, SourceError, WenzhaiError
from pipeline.files import write_text
from pipeline.model.address import is_private
from pipeline.model.connection import connect
from pipeline.model.meter import Meter
from pipeline.model.providers import provider_of
from pipeline.model.retry import RetryPolicy
from pipeline.records import Message, Question
from pipeline.settings import ModelSettings
from pipeline.sources.connection import Connection
from pipeline.sources.source import Wanted
from pipeline.sources.table import SOURCES

ONE_FOR_ALL = RetryPolicy(in_a_row_at_first=1)
"""For the model: give up after one question without an answer."""
PATIENCE_SECONDS = 10.0
"""Time limit for the source; a run waits longer."""


class Finding(NamedTuple):
    what: str
    fine: bool
    told: str


def examine(config: Config) -> Iterator[Finding]:
    """One finding a probe, in the order in which a run would fail."""
    probes: dict[str, Callable[[Config], str]] = {
        "prompts": _prompts,
        "output": _output,
        "source": _source,
        "key": _key,
        "model": lambda config: _answers(config, config.model),
    }
    if config.review.model:
        probes["reviewer"] = _reviewer
    failed = set()
    for what, probe in probes.items():
        if what == "model" and "key" in failed:
            yield Finding(what, False, "not asked, because the key is missing")
            continue
        try:
            yield Finding(what, True, probe(config))
        except WenzhaiError as error:
            failed.add(what)
            yield Finding(what, False, str(error))


def _prompts(config: Config) -> str:
    context = context_of(config)
    marks = ", ".join(f"{task} {prompt.fingerprint}" for task, prompt in context.prompts.items())
    return f"{marks}; {len(context.glossary)} glossary rows"


def _output(config: Config) -> str:
    write_text(config.output / ".doctor", "")
    (config.output / ".doctor").unlink()
    with Answers(config.output / "answers.db") as answers:
        return f"{config.output} can be written; {answers.count():,} answers kept"


def _source(config: Config) -> str:
    patience = min(config.fetch.patience_seconds, PATIENCE_SECONDS)
    timeout = min(config.fetch.timeout_seconds, PATIENCE_SECONDS)
    settings = config.fetch.model_copy(update={"patience_seconds": patience, "timeout_seconds": timeout})
    categories = tuple(dict.fromkeys(name for digest in config.digests.values() for name in digest.categories))
    said: list[str] = []
    try:
        return SOURCES[settings.source].probe(Wanted(categories, settings), lambda: Connection(settings, said.append))
    except SourceError as error:
        longer = (
            f"; a run waits {config.fetch.patience_seconds:g} s" if patience < config.fetch.patience_seconds else ""
        )
        raise SourceError(f"{error}{longer}") from None


def _key(config: Config) -> str:
    return _key_of(config.model, "model")


def _reviewer(config: Config) -> str:
    readers = reviewers_of(config)
    if not readers:
        return "off: the embedded model cannot review"
    if readers[0] == config.model:
        return "the model itself; another one would see more"
    _key_of(readers[0], "review.model")
    return _answers(config, readers[0])


def _key_of(model: ModelSettings, key: str) -> str:
    if not provider_of(model).needs_key:
        return "none needed"
    name = model.api_key_env
    if os.environ.get(name):
        return f"{name} is set"
    if model.base_url and is_private(model.base_url):
        return f"{name} is not set; a server of your own needs none"
    raise ModelError(
        f"{name} is not set; write {name}=… into .env beside config.yaml, or name another in {key}.api_key_env"
    )


def _answers(config: Config, model: ModelSettings) -> str:
    # A system message, a tagged answer and no token limit, as in a run, so that an endpoint that rejects these fails here.
    messages = (
        Message(role="system", content="你是译者。只输出这个标签：\n<title_zh>标题译文</title_zh>"),
        Message(role="user", content="<title>Paper Boats</title>"),
    )
    question = Question(subject="doctor", messages=messages)
    meter = Meter()
    said: list[str] = []

    async def ask(receipts: Receipts) -> str:
        async with connect(model, say=said.append, meter=meter, policy=ONE_FOR_ALL, receipts=receipts) as asked:
            answer = await asked(question)
        if answer.call is not None:
            receipts.ended(answer.call, "probe", answer.usage, answer.raw)
        return answer.text

    with Answers(config.output / "answers.db") as answers:
        text = asyncio.run(ask(Receipts(answers, model)))
    text = re.sub(r"<[^<>]*>", "", text).strip()
    if not text:
        raise ModelError(f"{model.name} gives an empty answer; check model.name and model.extra_body")
    return f"{model.name} answered “{text[:20]}” for {meter.usage.prompt_tokens + meter.usage.completion_tokens} tokens"
