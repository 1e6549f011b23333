"""Wenzhai against what one would write without it, on a server of our own that limits like a provider: `make bench`.

Papers are invented.py's, HTTP is loopback.py's. Every contestant asks his own usual question about the same papers, is
allowed as many at once, and works in a process of its own, whose CPU and peak memory are counted from start to end, imports included. Exit status 0
whatever the figures are: this measures, tests judge.
"""

import asyncio
import importlib.metadata
import math
import multiprocessing
import os
import platform
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.config import Config, parse_config
from pipeline.files import shipped, write_records
from pipeline.records import NAMES, Paper, Question, RunReport, RunRequest
from pipeline.settings import AssembleSettings
from tests import invented
from tests.factories import DAY
from tests.invented import Asked
from tests.loopback import Sent, completion
from tests.model_server import serving

PAPERS = 1000
CHECKED = 10_000
"""Papers that are validated and rendered."""
AT_ONCE = 64
REQUESTS_PER_MINUTE = 3000
TOKENS_PER_MINUTE = 6_000_000
BURST_SECONDS = 5
"""Of quota that the server has in stock when a contestant starts."""
USUAL_QUOTA = 300_000
"""Tokens a minute of a usual account, at which the tokens of a paper decide how many papers get through."""
LATENCY_SECONDS = 0.7
"""Median of an answer; one in twenty takes more than twice that. So AT_ONCE could do 1.6 times the quota."""
Chat = list[dict[str, str]]


class Bucket:
    """So many units a minute, and a few seconds' worth in stock."""

    def __init__(self, per_minute: float) -> None:
        self.rate = per_minute / 60
        self.stock = self.burst = self.rate * BURST_SECONDS
        self.at: float | None = None

    def lacks(self, units: float, now: float) -> float:
        """Seconds until so much is there; 0: it is."""
        self.stock = min(self.burst, self.stock + self.rate * (now - (now if self.at is None else self.at)))
        self.at = now
        return max(0.0, (units - self.stock) / self.rate)


@dataclass
class Limited:
    """Answers well, after a while; beyond the quota 429 at once, with whole seconds of Retry-After."""

    requests: Bucket = field(default_factory=lambda: Bucket(REQUESTS_PER_MINUTE))
    tokens: Bucket = field(default_factory=lambda: Bucket(TOKENS_PER_MINUTE))
    chance: random.Random = field(default_factory=lambda: random.Random(0))
    answered: int = 0
    refused: int = 0
    used: float = 0
    content: float = 0
    """Tokens of the papers' own titles and abstracts, and of the answers."""
    latency: float = 0

    def __call__(self, asked: Asked, _: int) -> Sent:
        now = time.monotonic()
        text = invented.good(asked)
        prompt, written = len(asked.instructions + asked.title + asked.text) // 2, len(text) // 2
        lacking = max(self.requests.lacks(1, now), self.tokens.lacks(prompt + written, now))
        if lacking > 0:
            self.refused += 1
            headers = {"retry-after": str(math.ceil(lacking))}
            return Sent({"error": {"message": "too many requests"}}, status=429, headers=headers)
        self.requests.stock -= 1
        self.tokens.stock -= prompt + written
        after = self.chance.lognormvariate(math.log(LATENCY_SECONDS), 0.45)
        self.answered, self.used, self.latency = self.answered + 1, self.used + prompt + written, self.latency + after
        self.content += len(asked.title + asked.text) // 2 + written
        usage = {"prompt_tokens": prompt, "completion_tokens": written}
        return Sent(completion(text) | {"usage": usage}, after=after)

    @property
    def possible(self) -> float:
        """Seconds in which nobody could have got so many answers faster."""
        flowed = [
            (units - bucket.burst) / bucket.rate
            for bucket, units in ((self.requests, self.answered), (self.tokens, self.used))
        ]
        return max(0.0, *flowed) + self.latency / self.answered


@dataclass
class Came:
    """What a contestant came to."""

    seconds: float
    """Of wall, from the first question to the last answer."""
    lost: int
    cpu: float
    peak: float
    """MB."""


def papers(count: int) -> list[Paper]:
    return [invented.paper(number, published=DAY) for number in range(1, count + 1)]


def config_for(folder: Path, base_url: str) -> Config:
    """The shipped prompts and glossary, and the server instead of a provider."""
    model = {"provider": "openai", "name": "m", "base_url": base_url, "concurrency": AT_ONCE}
    data = {"output": str(folder / "outputs"), "fetch": {"source": "jsonl", "path": str(folder / "papers.jsonl")}}
    return parse_config(data | {"model": model}, folder=shipped("prompts").parent)


def questions() -> list[Chat]:
    """What Wenzhai asks first about each paper: one question for all its fields."""
    from pipeline.asking.context import context_of, fields_of
    from pipeline.asking.questions import question_of
    from pipeline.asking.segments import segments_of

    config = config_for(Path(), "http://127.0.0.1/v1")
    context, fields = context_of(config), fields_of(config, ("summarize", "translate"))
    asked = (question_of([p for name in fields for p in segments_of(each, name, context)]) for each in papers(PAPERS))
    return [[message.model_dump() for message in question.messages] for question in asked]


def plain_questions() -> list[Chat]:
    """What one would ask without Wenzhai, for the same texts: one sentence and the answer's shape."""
    shape = "\n".join(f"<{name}>…</{name}>" for name in NAMES)
    system = f"把论文的标题和摘要译成简体中文，再用一句中文、一句英文各作总结，只按这个格式回答：\n{shape}"
    return [
        [
            {"role": "system", "content": system},
            {"role": "user", "content": f"<title>{each.title}</title>\n<abstract>{each.abstract}</abstract>"},
        ]
        for each in papers(PAPERS)
    ]


def whole_run(base_url: str, _: list[Chat]) -> Came:
    """`wenzhai run`: questions put together, answers kept and checked, documents written."""
    from pipeline.cli.options import ALL_STAGES
    from pipeline.run import run
    from pipeline.watch import Watch

    with tempfile.TemporaryDirectory() as folder:
        write_records(Path(folder) / "papers.jsonl", papers(PAPERS))
        started = time.monotonic()
        (result,) = run(config_for(Path(folder), base_url), RunRequest(stages=ALL_STAGES), Watch())
        return came(started, result.counts.failed)


def asking(base_url: str, chats: list[Chat]) -> Came:
    """Wenzhai's way to a model and nothing else."""
    from pipeline.model.connection import connect
    from pipeline.model.meter import Meter

    asked = [Question.model_validate({"subject": "bench", "messages": chat}) for chat in chats]

    async def all_of_them() -> Came:
        started = time.monotonic()
        async with connect(config_for(Path(), base_url).model, say=lambda line: None, meter=Meter()) as ask:
            answers = await asyncio.gather(*map(ask, asked), return_exceptions=True)
        return came(started, lost(answers))

    return asyncio.run(all_of_them())


def bare_loop(base_url: str, chats: list[Chat]) -> Came:
    """AsyncOpenAI under a semaphore; what is refused is lost."""
    from openai import AsyncOpenAI, OpenAIError

    async def all_of_them() -> Came:
        room = asyncio.Semaphore(AT_ONCE)

        async def ask(chat: Any) -> str | OpenAIError:
            async with room:
                try:
                    answer = await client.chat.completions.create(model="m", messages=chat, temperature=0)
                except OpenAIError as error:
                    return error
                return answer.choices[0].message.content or ""

        async with AsyncOpenAI(base_url=base_url, api_key="none", max_retries=0) as client:
            started = time.monotonic()
            answers = await asyncio.gather(*map(ask, chats))
        return came(started, lost(answers))

    return asyncio.run(all_of_them())


def langchain(base_url: str, chats: list[Chat]) -> Came:
    """ChatOpenAI.abatch with its own two retries."""
    from langchain_openai import ChatOpenAI

    async def all_of_them() -> Came:
        model = ChatOpenAI(model="m", base_url=base_url, api_key="none", temperature=0)
        started = time.monotonic()
        answers = await model.abatch(chats, {"max_concurrency": AT_ONCE}, return_exceptions=True)
        return came(started, lost(answers))

    return asyncio.run(all_of_them())


def lost(answers: Sequence[object]) -> int:
    return sum(isinstance(each, Exception) for each in answers)


def came(started: float, lost: int) -> Came:
    seconds = time.monotonic() - started
    used, beside = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    unit = 1 if sys.platform == "darwin" else 1024
    cpu = sum(each.ru_utime + each.ru_stime for each in (used, beside))
    return Came(seconds, lost, cpu, used.ru_maxrss * unit / 1e6)


def check_and_render(count: int) -> tuple[dict[str, float], Came]:
    """Seconds of each step for so many papers with good texts."""
    from pipeline.asking.context import context_of
    from pipeline.render import FORMATS, documents_of
    from pipeline.stages.assemble import assemble_digest
    from pipeline.stages.validate import validate_paper
    from pipeline.text.spans import mask, restore

    context = context_of(config_for(Path(), "http://127.0.0.1/v1"))
    announced, written = papers(count), {}
    for paper in announced:
        abstract = mask(paper.abstract)
        texts = invented.good_texts(Asked(NAMES, paper.title, abstract.text, (), ""))
        texts["abstract_zh"] = restore(texts["abstract_zh"], abstract.spans)
        written[paper.id, paper.version] = texts
    times = [time.monotonic()]
    problems = [
        problem
        for paper in announced
        for problem in validate_paper(paper, written[paper.id, paper.version], context.judge)
    ]
    times.append(time.monotonic())
    digest = assemble_digest(
        *("bench", DAY, announced, written, problems, ()),
        excluded={},
        report=RunReport(),
        corrections={},
        judge=context.judge,
    )
    times.append(time.monotonic())
    settings = AssembleSettings(formats=tuple(FORMATS))
    times.extend(time.monotonic() for _ in documents_of(digest, settings))
    steps = ("validate", "assemble", *(file for file, _ in FORMATS.values()))
    seconds = {step: times[place + 1] - times[place] for place, step in enumerate(steps)}
    return seconds, came(times[0], digest.counts.failed)


CONTESTANTS: tuple[tuple[str, Callable[[str, list[Chat]], Came], Callable[[], list[Chat]]], ...] = (
    ("`wenzhai run`, whole: checked, kept, written", whole_run, questions),
    ("Wenzhai, the asking alone", asking, questions),
    ("AsyncOpenAI in a bare loop, no retries", bare_loop, plain_questions),
    ("LangChain `abatch`, its own 2 retries", langchain, plain_questions),
)


def alone(work: Callable[..., Any], *given: object) -> Any:
    """Does it in a new process: peak memory knows no way down."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
        return process.submit(work, *given).result()


def main() -> None:
    busy = f"load {os.getloadavg()[0]:.1f} before the start"
    say(f"Measured {time.strftime('%Y-%m-%d', time.gmtime())} on {machine()}, {busy}.")
    say(
        f"{PAPERS:,} invented papers, each contestant's own question for each, {AT_ONCE} at once; the server answers after {LATENCY_SECONDS} s "
        f"(median) and lets {REQUESTS_PER_MINUTE:,} requests and {TOKENS_PER_MINUTE:,} tokens a minute through.\n"
    )
    quota = f"papers a minute at {USUAL_QUOTA:,} tokens"
    say(f"| | papers lost | seconds | lower bound | above it | 429s | CPU s | peak MB | tokens ÷ content | {quota} |")
    say("|---|---|---|---|---|---|---|---|---|---|")
    for name, contestant, asks in CONTESTANTS:
        limited = Limited()
        with serving() as provider:
            provider.behaves = limited
            result = alone(contestant, provider.base_url, alone(asks))
        over = f"{result.seconds / limited.possible - 1:.0%}"
        say(
            f"| {name} | {result.lost} | {result.seconds:.1f} | {limited.possible:.1f} | {over} | {limited.refused} "
            f"| {result.cpu:.1f} | {result.peak:.0f} | {limited.used / limited.content:.2f} "
            f"| {USUAL_QUOTA * limited.answered / limited.used:.0f} |"
        )
    seconds, result = alone(check_and_render, CHECKED)
    steps = ", ".join(f"{step} {each:.1f} s" for step, each in seconds.items())
    say(f"\n{CHECKED:,} papers without a model: {steps}; {result.cpu:.0f} s of CPU in all, peak {result.peak:.0f} MB.")


def machine() -> str:
    model = platform.processor() or platform.machine()
    described = Path("/proc/cpuinfo")
    if described.exists():
        lines = described.read_text(encoding="utf-8").splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), model)
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("openai", "langchain-openai"))
    return f"{os.cpu_count()} cores of {model}, {platform.system()}, Python {platform.python_version()}, {versions}"


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
