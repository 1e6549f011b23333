"""OpenAI's Batch API, which others offer too: many questions in one file, answered within a day at half the price.

https://platform.openai.com/docs/guides/batch. asking/batch_first.py chooses the questions and stores the answers.
"""

import asyncio
import hashlib
import json
import re
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import IO, Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

import httpx2
import openai

from pipeline.errors import ConfigError, ModelError, QuestionFailed
from pipeline.model.client import OPENAI_URL, clients_of, endpoint_of, raise_fault
from pipeline.model.faults import CallFailed, Endpoint
from pipeline.model.providers import PROVIDERS, provider_of
from pipeline.model.replies import answer_of, body_in, reply_of, text_in
from pipeline.model.request import body_of
from pipeline.model.retry import RetryPolicy, retry_call
from pipeline.records import Answer, Question, Usage
from pipeline.settings import ModelSettings

LINES = 5_000
"""Questions in a file: the limit of SiliconFlow; Zhipu, DashScope and OpenAI allow 50,000. At about 6 KB each, the
file is smaller than Zhipu's limit of 100 MB, the lowest of the four."""
FIRST_POLL_SECONDS = 2.0
"""A small batch may be done in a minute; a large one takes hours, so polls become rarer (POLL_GROWTH)."""
POLL_GROWTH = 1.5
LONGEST_POLL_SECONDS = 60.0
POLICY = RetryPolicy()
_OVER = {"completed", "failed", "expired", "cancelled"}
_FAULTS = (openai.APIError, httpx2.HTTPError)

T = TypeVar("T")


class Finished(NamedTuple):
    """How a batch ended."""

    status: str
    why: str
    """The provider's error message; empty without an error."""
    output: str | None
    """The file with the answers, if any; expired and cancelled batches may have one, too."""


@asynccontextmanager
async def open_batches(
    settings: ModelSettings, *, say: Callable[[str], None], policy: RetryPolicy = POLICY
) -> AsyncIterator["Batches"]:
    """Opens the batch interface of a model's endpoint. Raises ConfigError, ModelError."""
    if not provider_of(settings).batches:
        having = " or ".join(row.name for row in PROVIDERS if row.batches)
        raise ConfigError(f"model.batch: only provider {having} has batches, not {settings.provider}; set it to false")
    endpoint = endpoint_of(settings, settings.base_url or OPENAI_URL)
    async with clients_of(settings.model_copy(update={"concurrency": 1}), endpoint, bounded=False)[0] as client:
        yield Batches(client, settings, endpoint, say, policy)


class Batches:
    """The batch interface of one endpoint."""

    def __init__(
        self,
        client: openai.AsyncOpenAI,
        settings: ModelSettings,
        endpoint: Endpoint,
        say: Callable[[str], None],
        policy: RetryPolicy,
    ) -> None:
        self._client = client.with_options(timeout=settings.timeout_seconds)
        self._settings = settings
        self._endpoint = endpoint
        self._say = say
        self._policy = policy
        self.address = endpoint.address
        version = re.search(r"/(v\d+)/?$", urlsplit(endpoint.address).path)
        self._url = f"/{version[1] if version else 'v1'}/chat/completions"  # Zhipu's is v4

    def id_of(self, question: Question) -> str:
        """custom_id of a question: a hash of its request, the same in every run."""
        return hashlib.sha256(_compact(body_of(self._settings, question)).encode()).hexdigest()[:32]

    def line_of(self, name: str, question: Question) -> bytes:
        """A line of the file; `name` is its custom_id."""
        body = body_of(self._settings, question)
        line = {"custom_id": name, "method": "POST", "url": self._url, "body": body}
        return _compact(line).encode() + b"\n"

    async def upload(self, lines: Iterable[bytes]) -> str:
        """Sends a file of at most LINES lines; returns its id. Raises ModelError."""
        with tempfile.TemporaryFile() as file:
            file.writelines(lines)

            async def create() -> str:
                file.seek(0)
                sent = await self._client.files.create(file=("questions.jsonl", file), purpose="batch")
                # SiliconFlow wraps the id: {"code": 20000, "data": {"id": …}}.
                return str(sent.id or (sent.model_extra or {}).get("data", {}).get("id"))

            return await self._offered(create)

    async def start(self, file: str) -> str:
        """Starts the batch of an uploaded file, unless it was started before; returns its id. Raises ModelError."""

        async def create() -> str:
            known = await self._started(file)
            if known:
                return known
            batch = await self._client.batches.create(
                input_file_id=file,
                endpoint=self._url,  # type: ignore[arg-type]  # OpenAI's own paths only
                completion_window="24h",
            )
            return batch.id

        return await self._offered(create)

    async def wait(self, batch: str, tell: Callable[[str], None]) -> Finished:
        """Polls until the batch has ended; calls `tell` with its progress. Raises ModelError."""
        pause, last = FIRST_POLL_SECONDS, ""
        while True:
            try:
                state = await self._retried(lambda: self._client.batches.retrieve(batch))
            except _Gone:
                return Finished("unknown to the provider", "", None)
            if state.status in _OVER:
                errors = (state.errors.data if state.errors else None) or []
                why = self._endpoint.redact("; ".join(str(each.message) for each in errors[:3]))
                return Finished(state.status, why, state.output_file_id)
            counts = state.request_counts
            progress = (
                f"{state.status}, {counts.completed}/{counts.total}" if counts and counts.total else str(state.status)
            )
            if progress != last:
                last = progress
                tell(progress)
            await asyncio.sleep(pause)
            pause = min(pause * POLL_GROWTH, LONGEST_POLL_SECONDS)

    async def answers(self, output: str) -> AsyncIterator[tuple[str, Answer]]:
        """(custom_id, answer) of the questions that succeeded, one at a time. Raises ModelError."""
        with tempfile.TemporaryFile() as file:
            try:
                await self._retried(lambda: self._download(output, file))
            except _Gone:
                return
            file.seek(0)
            for line in file:
                if read := answer_in(line):
                    yield read

    async def _started(self, file: str) -> str | None:
        try:
            latest = await self._client.batches.list(limit=100)
        except _FAULTS:
            return None  # not every provider lists batches; then it may be started twice
        return next((each.id for each in latest.data if each.input_file_id == file and each.status != "failed"), None)

    async def _download(self, output: str, file: IO[bytes]) -> None:
        file.seek(0)
        file.truncate()
        if output.startswith("https://"):  # SiliconFlow: another host, so the key is not sent
            async with httpx2.AsyncClient() as anybody, anybody.stream("GET", output) as response:
                response.raise_for_status()
                async for part in response.aiter_bytes():
                    file.write(part)
            return
        async with self._client.files.with_streaming_response.content(output) as content:
            async for part in content.iter_bytes():
                file.write(part)

    async def _offered(self, call: Callable[[], Awaitable[T]]) -> T:
        try:
            return await self._retried(call)
        except _Gone:
            raise ModelError(
                f"model.batch: {self.address} has no batches (status 404); set it to false, or name another endpoint"
            ) from None

    async def _retried(self, call: Callable[[], Awaitable[T]]) -> T:
        async def once() -> T:
            try:
                return await call()
            except _FAULTS as error:
                if getattr(error, "status_code", None) == 404:
                    raise _Gone from None
                raise_fault(error, self._endpoint, "batch")

        return await retry_call(once, self._endpoint, self._policy, lambda line: self._say(f"batch: {line}"))


class _Gone(Exception):
    """Status 404."""


def answer_in(line: bytes) -> tuple[str, Answer] | None:
    """(custom_id, answer) of a line of the output; None if the question failed."""
    try:
        row: Any = body_in(text_in(line, None))
        name, response = row["custom_id"], row["response"]
        if response["status_code"] != 200:
            return None
        reply = reply_of(response["body"], {})
        answer = answer_of(reply, reply.usage or Usage(), name)
    except (ValueError, KeyError, TypeError, CallFailed, QuestionFailed):
        return None
    return str(name), answer.model_copy(update={"batch": True})


def _compact(value: Mapping[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
