"""HTTP to any OpenAI-compatible endpoint, through the openai package: sends one request, returns one reply.

calls.py does rate limits and timeouts, retry.py retries, faults.py reads errors, request.py builds the body.
"""

import itertools
import json
import math
import os
import ssl
import time
import zlib
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from typing import NoReturn

import httpx2
import openai

from pipeline.errors import ModelError, NoAnswer
from pipeline.model.address import address_of, is_loopback, is_private
from pipeline.model.calls import Adapted, Send
from pipeline.model.error_body import error_in, words_of
from pipeline.model.faults import NO_KEY, CallFailed, Endpoint, fault_of
from pipeline.model.replies import CUT, Reply, body_in, reply_of, text_in
from pipeline.model.request import Body, Request
from pipeline.records import Question
from pipeline.settings import ModelSettings

OPENAI_URL = "https://api.openai.com/v1"
CONNECT_SECONDS = 8.0
"""Connect timeout (TCP + TLS)."""
CONNECTIONS_A_POOL = 16
"""Connections in one pool. Each call scans its pool and polls the idle connections: one pool of 1,000 takes 11 s of
CPU for 958 calls (httpcore2 2.16), 60 pools of 16 a tenth of that."""
LARGEST_BODY = 16_000_000
"""Limit of a decompressed response in bytes; a stream of the longest answers, thinking included, has a few million."""
MOST_REDIRECTS = 1
"""Such as to https; the default of 20 turns a loop into hundreds of requests."""
HttpClient = openai.DefaultAsyncHttpxClient
_NOBODY = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.ProxyError)
_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
_HOW_ASKED = {400, 404, 422, 501}
"""Statuses that may be about the form of the request."""


async def open_openai(settings: ModelSettings, base_url: str | None, stack: AsyncExitStack) -> tuple[Endpoint, Send]:
    """Opens provider openai (providers.Open). Raises ModelError."""
    endpoint = endpoint_of(settings, base_url or settings.base_url or OPENAI_URL)
    return endpoint, await stack.enter_async_context(open_client(settings, endpoint))


@asynccontextmanager
async def open_client(settings: ModelSettings, endpoint: Endpoint) -> AsyncIterator[Send]:
    """Yields the function that sends one question. Raises ModelError for a proxy that cannot be used."""
    request = Request(settings)
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(client) for client in clients_of(settings, endpoint)]
        turns = itertools.cycle(clients)

        async def send(question: Question) -> Reply:
            body, sent_at = request.body(question), time.monotonic()
            try:
                response = await next(turns).post("/chat/completions", cast_to=httpx2.Response, body=body)
            except (openai.APIError, httpx2.HTTPError) as error:
                adapt(error, request, body, sent_at, endpoint)
                raise_fault(error, endpoint, question.subject)
            text = text_in(response.content, response.charset_encoding)
            answer = body_in(text)
            if isinstance(answer, Mapping) and (said := error_in(answer)):
                adapt_to(words_of(said)[1], request, body, endpoint)
                raise fault_of(200, said, response.headers, endpoint, question.subject)
            reply = reply_of(answer, response.headers)
            request.answered = True
            if reply.finish in CUT:
                request.was_cut(body, question, reply.text)
            return replace(reply, raw=text)

        yield send


def adapt(error: Exception, request: Request, body: Body, sent_at: float, endpoint: Endpoint) -> None:
    """Raises Adapted if an exception of an SDK shows how to change the request."""
    status = getattr(error, "status_code", None)
    words = words_of(_said(error))[1] if getattr(error, "body", None) else ""
    if status in _HOW_ASKED:
        adapt_to(words, request, body, endpoint)
    elif status == 500 and (not words or words.strip().lower() == "internal server error"):
        _adapted(request.guess(body, sent_at, time.monotonic()), endpoint)


def adapt_to(words: str, request: Request, body: Body, endpoint: Endpoint) -> None:
    """The same for the message of a refusal."""
    _adapted(request.learn(body, words), endpoint)


def _adapted(line: str | None, endpoint: Endpoint) -> None:
    if line is not None:
        raise Adapted(f"{endpoint.named}: {line}" if line else "") from None


def endpoint_of(settings: ModelSettings, base_url: str) -> Endpoint:
    """Checks the address and finds the key. Raises ModelError."""
    address = address_of(base_url)
    name = settings.api_key_env
    key = os.environ.get(name, "").strip()
    if not key and not is_private(address.url):
        raise ModelError(
            f"{name}: this environment variable holds the key for {address.url} and is not set; "
            f"write {name}=… into .env beside config.yaml, or name another one in model.api_key_env"
        )
    if not (key.isascii() and key.isprintable()):
        raise ModelError(f"{name}: this environment variable holds no key but other characters; copy it anew")
    return Endpoint(settings.name, address.url, name, key or NO_KEY, address.query)


class _Bounded(httpx2.AsyncByteStream):
    """A response body with a size limit; decompressed here, so that the limit also holds for the decompressed body."""

    def __init__(self, stream: httpx2.AsyncByteStream, codings: str) -> None:
        self._stream = stream
        self._codings = codings

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = LARGEST_BODY
        unpack = None
        async for part in self._stream:
            if left == LARGEST_BODY:
                unpack = _unpacker(part, self._codings)
            try:
                plain = unpack.decompress(part, left + 1) if unpack else part
            except zlib.error as error:
                raise httpx2.DecodingError(str(error)) from None
            left -= len(plain)
            if left < 0:
                raise _TooLarge(f"more than {LARGEST_BODY / 1e6:.0f} MB")
            yield plain

    async def aclose(self) -> None:
        await self._stream.aclose()


class _TooLarge(httpx2.DecodingError):
    pass


def _unpacker(start: bytes, codings: str) -> "zlib._Decompress | None":
    """For a body that starts like this. Proxies unpack it and leave the header, or pack it and send none."""
    if start.startswith(b"\x1f\x8b") and "," not in codings:
        return zlib.decompressobj(wbits=31)
    if codings == "deflate" and start[:1] not in _PLAIN_STARTS:
        return zlib.decompressobj(wbits=15 if start.startswith(b"\x78") else -15)  # some send it without zlib's header
    return None


_PLAIN_STARTS = (b"", b"{", b"[", b"<", b" ", b"\n", b"\r", b":", b"d")
"""Of JSON, pages and streams."""


async def _bound(response: httpx2.Response) -> None:
    codings = response.headers.get("content-encoding", "").strip().lower()
    if codings in ("gzip", "x-gzip", "deflate"):
        del response.headers["content-encoding"]
    assert isinstance(response.stream, httpx2.AsyncByteStream)
    response.stream = _Bounded(response.stream, codings)


def raise_fault(error: Exception, endpoint: Endpoint, subject: str) -> NoReturn:
    """Raises our error for an exception of any SDK, with or without an HTTP status."""
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        headers = getattr(getattr(error, "response", None), "headers", {})
        raise fault_of(status, _said(error), headers, endpoint, subject) from None
    cause = next((each for each in _causes(error) if isinstance(each, httpx2.HTTPError)), error.__cause__ or error)
    if isinstance(cause, _TooLarge):
        raise NoAnswer(f"{subject}: an answer of {cause}, which is thrown away") from None
    said = endpoint.redact(str(cause) or type(cause).__name__)
    if isinstance(cause, (httpx2.UnsupportedProtocol, httpx2.InvalidURL, httpx2.LocalProtocolError)):
        raise ModelError(
            f"model.base_url: {endpoint.address}: {said}; it looks like https://api.deepseek.com"
        ) from None
    if isinstance(cause, httpx2.TooManyRedirects):
        raise fault_of(308, said, {}, endpoint, subject) from None
    if isinstance(cause, _NOBODY):
        raise CallFailed(f"cannot be reached ({said})", hopeless=_way_out(endpoint)) from None
    raise CallFailed(f"the connection broke ({said})") from None


def _said(error: BaseException) -> object:
    """The body of an error response, whole: of {"error": true, "message": "…"} the openai package keeps only `true`."""
    response = getattr(error, "response", None)
    with suppress(ValueError, RecursionError):
        if isinstance(response, httpx2.Response):
            return json.loads(response.content)
    body = getattr(error, "body", None)
    return body if body or isinstance(response, httpx2.Response) else str(error)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An exception, what caused it, and so on; LangChain wraps the SDK's, which wraps that of HTTP."""
    while error:
        yield error
        error = error.__cause__


def _way_out(endpoint: Endpoint) -> str:
    proxies = [name for name in _PROXIES if os.environ.get(name) or os.environ.get(name.lower())]
    through = f", and the proxy in {', '.join(proxies)}" if proxies and not is_loopback(endpoint.address) else ""
    return f"check model.base_url and the network{through}"


def http_client(endpoint: Endpoint, certificates: ssl.SSLContext, *, bounded: bool = True) -> HttpClient:
    """An unopened pool of connections; `bounded`: a response has at most LARGEST_BODY bytes."""
    return HttpClient(
        verify=certificates,
        headers={"Accept-Encoding": "gzip, deflate"},
        event_hooks={"response": [_bound] if bounded else []},
        limits=httpx2.Limits(),  # calls.py limits what is in flight
        max_redirects=MOST_REDIRECTS,
        timeout=httpx2.Timeout(None, connect=CONNECT_SECONDS),
        trust_env=not is_loopback(endpoint.address),
    )


def clients_of(settings: ModelSettings, endpoint: Endpoint, *, bounded: bool = True) -> list[openai.AsyncOpenAI]:
    """Enough unopened clients to keep each pool small. Without `bounded`, a body may have any size.

    Raises ModelError.
    """
    pools = math.ceil((settings.concurrency or 1) / CONNECTIONS_A_POOL)
    try:
        certificates = httpx2.create_ssl_context()  # only once, because reading them is slow
        return [
            openai.AsyncOpenAI(
                api_key=endpoint.key,
                base_url=endpoint.address,
                default_query=dict(endpoint.query),
                # calls.py does timeouts and retry.py does retries, so both are off here.
                max_retries=0,
                timeout=httpx2.Timeout(None, connect=CONNECT_SECONDS),
                http_client=http_client(endpoint, certificates, bounded=bounded),
            )
            for _ in range(pools)
        ]
    except (ValueError, ImportError, httpx2.InvalidURL) as error:
        words = endpoint.redact(str(error))
        raise ModelError(
            f"{', '.join(_PROXIES)}: a proxy in the environment cannot be used ({words}); "
            "it looks like http://127.0.0.1:7890 or socks5://127.0.0.1:7890"
        ) from None
