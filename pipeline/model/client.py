"""One HTTP exchange with any OpenAI-compatible endpoint. Home of openai.

Only carries: how fast is calls.py's, after how many tries retry.py's, what an error means faults.py's.
"""

import ipaddress
import itertools
import json
import math
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, NoReturn
from urllib.parse import urlsplit

import httpx2
import openai

from pipeline.errors import ModelError
from pipeline.model.calls import Send
from pipeline.model.faults import CallFailed, Endpoint, fault_of
from pipeline.model.replies import Reply, reply_of
from pipeline.records import Question
from pipeline.settings import ModelSettings

OPENAI_URL = "https://api.openai.com/v1"
CONNECT_SECONDS = 8.0
"""For TCP and TLS together; whoever needs longer is not there."""
CONNECTIONS_A_POOL = 16
"""Each call looks through all connections of its pool, and asks the system about the idle ones: a single pool of 1,000 takes
11 s of CPU for 958 calls (httpcore2 2.16), 60 pools of 16 a tenth of that."""
_NOBODY = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.ProxyError)
_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")


@asynccontextmanager
async def open_client(settings: ModelSettings, endpoint: Endpoint) -> AsyncIterator[Send]:
    """Yields what sends one question. Raises ModelError for a proxy that can't be used."""
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(client) for client in clients_of(settings, endpoint)]
        turns = itertools.cycle(clients)

        async def send(question: Question) -> Reply:
            try:
                response = await next(turns).post(
                    "/chat/completions", cast_to=httpx2.Response, body=body_of(settings, question)
                )
            except (openai.APIError, httpx2.HTTPError) as error:
                raise_fault(error, endpoint, question.subject)
            try:
                body = json.loads(response.content)
            except ValueError:
                raise CallFailed(
                    f"no JSON: {endpoint.clean(response.text)[:80]}",
                    hopeless="does model.base_url lack its /v1?" if "<" in response.text[:80] else None,
                ) from None
            if isinstance(body, dict) and not body.get("choices") and (body.get("error") or "code" in body):
                raise fault_of(200, body, response.headers, endpoint, question.subject)
            return reply_of(body, response.headers)

        yield send


def endpoint_of(settings: ModelSettings, base_url: str) -> Endpoint:
    """Checks the address and finds the key. Raises ModelError."""
    try:
        parts = urlsplit(base_url)
        fine = parts.scheme in ("http", "https") and parts.hostname and (parts.port or 1)
    except ValueError:
        fine = False
    if not fine:
        raise ModelError(f"model.base_url: {base_url}: not an address; it looks like https://api.deepseek.com")
    shown = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    key = os.environ.get(settings.api_key_env, "").strip()
    if not key and not is_loopback(base_url):
        raise ModelError(
            f"{settings.api_key_env}: this environment variable holds the key for {shown} and is not set; set it, "
            "or name another one in model.api_key_env"
        )
    if not (key.isascii() and key.isprintable()):
        raise ModelError(
            f"{settings.api_key_env}: this environment variable holds no key but other characters; copy it anew"
        )
    return Endpoint(settings.name, shown, settings.api_key_env, key or "none")


def is_loopback(base_url: str) -> bool:
    """Whether the endpoint runs on this machine (Ollama, vLLM, llama.cpp): it may want no key, and no proxy leads to it."""
    host = urlsplit(base_url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def raise_fault(error: Exception, endpoint: Endpoint, subject: str) -> NoReturn:
    """What an SDK's exception means, whichever SDK's: those with a status, and those without an answer."""
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        headers = getattr(getattr(error, "response", None), "headers", {})
        raise fault_of(status, getattr(error, "body", None) or str(error), headers, endpoint, subject) from None
    cause = error.__cause__ or error
    said = endpoint.clean(str(cause) or type(cause).__name__)
    if isinstance(cause, (httpx2.UnsupportedProtocol, httpx2.InvalidURL, httpx2.LocalProtocolError)):
        raise ModelError(
            f"model.base_url: {endpoint.address}: {said}; it looks like https://api.deepseek.com"
        ) from None
    if isinstance(cause, _NOBODY):
        raise CallFailed(f"cannot be reached ({said})", hopeless=_way_out(endpoint)) from None
    raise CallFailed(f"the connection broke ({said})") from None


def _way_out(endpoint: Endpoint) -> str:
    proxies = [name for name in _PROXIES if os.environ.get(name) or os.environ.get(name.lower())]
    through = f", and the proxy in {', '.join(proxies)}" if proxies and not is_loopback(endpoint.address) else ""
    return f"check model.base_url and the network{through}"


def clients_of(settings: ModelSettings, endpoint: Endpoint) -> list[openai.AsyncOpenAI]:
    """As many as it takes to keep pools small; they are still to be opened. Raises ModelError."""
    pools = math.ceil(settings.at_once / CONNECTIONS_A_POOL)
    try:
        certificates = httpx2.create_ssl_context()  # once: reading them takes longer than all the rest
        return [
            openai.AsyncOpenAI(
                api_key=endpoint.key,
                base_url=endpoint.address,
                # Deadlines are learned in calls.py and tries counted in retry.py: this client does neither.
                max_retries=0,
                timeout=httpx2.Timeout(None, connect=CONNECT_SECONDS),
                http_client=openai.DefaultAsyncHttpxClient(
                    verify=certificates,
                    limits=httpx2.Limits(),  # calls.py limits what is in flight
                    timeout=httpx2.Timeout(None, connect=CONNECT_SECONDS),
                    trust_env=not is_loopback(endpoint.address),
                ),
            )
            for _ in range(pools)
        ]
    except (ValueError, ImportError, httpx2.InvalidURL) as error:
        words = endpoint.clean(str(error))
        raise ModelError(
            f"{', '.join(_PROXIES)}: a proxy in the environment cannot be used ({words}); "
            "it looks like http://127.0.0.1:7890 or socks5://127.0.0.1:7890"
        ) from None


def body_of(settings: ModelSettings, question: Question) -> dict[str, Any]:
    """A chat completion's request."""
    body: dict[str, Any] = {
        "model": settings.name,
        "messages": [{"role": each.role, "content": each.content} for each in question.messages],
    }
    if settings.temperature is not None:
        body["temperature"] = settings.temperature
    if question.max_tokens is not None:
        body["max_tokens"] = question.max_tokens
    if question.grammar is not None:
        body["grammar"] = question.grammar
    return body | settings.extra_body
