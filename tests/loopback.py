"""A chat endpoint on loopback that answers as a test tells it, over real sockets."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from pipeline.model.connection import connect
from pipeline.model.meter import Meter
from pipeline.model.retry import RetryPolicy
from pipeline.records import Answer, Message, Question
from pipeline.settings import ModelSettings

QUICK = RetryPolicy(first_wait=0.01, longest_wait=0.02, shortest_deadline=0.3)


def completion(content: object = "好", finish: str | None = "stop", **message: object) -> dict[str, Any]:
    return {
        "choices": [{"message": {"role": "assistant", "content": content, **message}, "finish_reason": finish}],
        "usage": {"prompt_tokens": 20, "completion_tokens": 5},
    }


@dataclass
class Sent:
    """What the endpoint does with one request: answers, or with `act` something ruder."""

    body: object = field(default_factory=completion)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    act: str = ""
    """half (of the body), reset (the connection), hang."""
    after: float = 0
    """Seconds."""


@dataclass
class Seen:
    path: str
    headers: dict[str, str]
    body: dict[str, Any]


class Endpoint:
    """`script` says what to do with the n-th request; its last row stands for all that follow."""

    def __init__(self, *script: Sent, answer: Callable[[Seen, int], Sent] | None = None) -> None:
        self.script = script
        self.answer = answer
        self.seen: list[Seen] = []
        self.in_flight = 0
        self.peak = 0

    @asynccontextmanager
    async def open(self):
        self.tasks: set[asyncio.Task] = set()
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        finally:
            server.close()
            for task in self.tasks:
                task.cancel()
            await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _connected(self, reader, writer):
        task = asyncio.current_task()
        self.tasks.add(task)
        try:
            while await self._exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self.tasks.discard(task)
            writer.close()

    async def _exchange(self, reader, writer) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        raw = await reader.readexactly(int(headers.get("content-length", 0)))
        body = json.loads(raw or b"{}") if "multipart" not in headers.get("content-type", "") else {"file": raw}
        seen = Seen(head[0].split(" ")[1], headers, body)
        number = len(self.seen)
        self.seen.append(seen)
        self.in_flight += 1
        self.peak = max(self.peak, self.in_flight)
        try:
            sent = self.answer(seen, number) if self.answer else self.script[min(number, len(self.script) - 1)]
            await asyncio.sleep(sent.after)
            if sent.act == "hang":
                await asyncio.sleep(60)
        finally:
            self.in_flight -= 1
        if sent.act == "reset":
            writer.transport.abort()
            return False
        content = sent.body if isinstance(sent.body, bytes) else json.dumps(sent.body).encode()
        kind = "application/json" if not isinstance(sent.body, bytes) else "text/html"
        lines = [f"HTTP/1.1 {sent.status} X", f"content-type: {kind}", f"content-length: {len(content)}"]
        lines += [f"{name}: {value}" for name, value in sent.headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        if sent.act == "half":
            writer.write(content[: len(content) // 2])
            return False
        writer.write(content)
        await writer.drain()
        return True


def question(text: str = "Hello", subject: str = "2403.17919 translate", **more: object) -> Question:
    return Question(
        subject=subject,
        messages=(Message(role="system", content="翻译"), Message(role="user", content=text)),
        **more,
    )


@dataclass
class Came:
    """What asking came to: an answer or an error each, in order."""

    results: list[Any]
    meter: Meter
    said: list[str]
    raw: list[str | None] = field(default_factory=list)
    """The whole of each answer, as it came."""

    @property
    def usage(self) -> Any:
        return self.meter.usage

    @property
    def result(self) -> Any:
        return self.results[0]


def ask(
    endpoint: Endpoint, *questions: Question, policy: RetryPolicy = QUICK, path: str = "/v1", **settings: object
) -> Came:
    """Asks all questions at once (one, when none is given) over one connection."""

    async def run() -> Came:
        came = Came([], Meter(), [])
        async with endpoint.open() as base_url:
            model = ModelSettings(
                **{"provider": "openai", "name": "m", "base_url": base_url.removesuffix("/v1") + path, **settings}
            )
            async with connect(model, say=came.said.append, meter=came.meter, policy=policy) as put:
                asked: list[Awaitable] = [put(each) for each in questions or (question(),)]
                results = await asyncio.gather(*asked, return_exceptions=True)
        came.raw = [getattr(each, "raw", None) for each in results]
        came.results = [each.model_copy(update={"raw": None}) if isinstance(each, Answer) else each for each in results]
        return came

    return asyncio.run(run())
