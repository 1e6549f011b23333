"""Any provider that LangChain supports; imported only for `provider: langchain`.

`model.name` is an argument of init_chat_model, such as "anthropic:claude-…" (https://docs.langchain.com,
init_chat_model). Rate limits, timeouts, retries, error handling and adapted requests are the same as for other
endpoints; LangChain's own retries are off. Responses are limited in size where the provider's package uses openai's
client (OpenAI, Azure, DeepSeek, xAI, …); the others offer no way to limit them.
"""

import os
import ssl
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pipeline.errors import ModelError
from pipeline.extras import how_to_install
from pipeline.model.address import is_private
from pipeline.model.calls import Send
from pipeline.model.client import HttpClient, adapt, adapt_to, http_client, raise_fault
from pipeline.model.error_body import words_of
from pipeline.model.faults import NO_KEY, CallFailed, Endpoint, fault_of
from pipeline.model.replies import CUT, Reply, usage_in
from pipeline.model.request import Body, Request
from pipeline.records import Message, Question
from pipeline.settings import ModelSettings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage

_LIMITS = ("max_tokens", "max_completion_tokens")
_NOTHING = Question(subject="", messages=(Message(role="user", content=""),))


async def open_langchain(settings: ModelSettings, base_url: str | None, stack: AsyncExitStack) -> tuple[Endpoint, Send]:
    """Opens provider langchain (providers.Open). Raises ModelError if a package or a key is missing."""
    base_url = base_url or settings.base_url
    endpoint = endpoint_of(settings, base_url)
    return endpoint, await sender(settings, endpoint, base_url, stack)


def endpoint_of(settings: ModelSettings, base_url: str | None) -> Endpoint:
    """Without a key in `api_key_env` the provider's package looks for its own variable (ANTHROPIC_API_KEY, …)."""
    key = os.environ.get(settings.api_key_env, "").strip()
    address = urlsplit(base_url)._replace(query="").geturl() if base_url else "its provider's address"
    if not key and base_url and is_private(base_url):
        key = NO_KEY
    return Endpoint(settings.name, address, settings.api_key_env, key)


async def sender(settings: ModelSettings, endpoint: Endpoint, base_url: str | None, stack: AsyncExitStack) -> Send:
    """The function that sends one question. Raises ModelError if a package or a key is missing."""
    request = Request(settings)
    bounded = await stack.enter_async_context(http_client(endpoint, ssl.create_default_context()))
    models: dict[object, BaseChatModel] = {}

    def model_for(body: Body) -> "BaseChatModel":
        """Temperature and streaming belong to a LangChain model, so a lesson about them opens another one."""
        chosen = {"temperature": body.get("temperature"), "streaming": body.get("stream") or None}
        form = tuple(chosen.values())
        if form not in models:
            models[form] = _open(settings, endpoint, base_url, chosen, bounded)
        return models[form]

    model_for(request.body(_NOTHING))

    async def send(question: Question) -> Reply:
        body, sent_at = request.body(question), time.monotonic()
        turns = [(each["role"], each["content"]) for each in body["messages"]]
        limit: dict[str, Any] = {name: body[name] for name in _LIMITS if name in body}
        try:
            message = await model_for(body).ainvoke(turns, **limit)
        except (
            ValueError,
            TypeError,
            LookupError,
        ) as error:  # HTML, no choices, an error with status 200 (its only argument)
            if isinstance(said := next(iter(error.args), None), Mapping):
                adapt_to(words_of(said)[1], request, body, endpoint)
                raise fault_of(200, said, {}, endpoint, question.subject) from None
            raise CallFailed(f"no answer in it: {endpoint.redact(str(error))}") from None
        except Exception as error:
            # Each provider's SDK has its own errors. Those with a status or from the network are handled; others are
            # bugs.
            if not (hasattr(error, "status_code") or error.__cause__ or isinstance(error, OSError)):
                raise
            adapt(error, request, body, sent_at, endpoint)
            raise_fault(error, endpoint, question.subject)
        request.answered = True
        reply = _reply(message)
        if reply.finish in CUT:
            request.was_cut(body, question, reply.text)
        return reply

    return send


def _open(
    settings: ModelSettings,
    endpoint: Endpoint,
    base_url: str | None,
    form: Mapping[str, object],
    bounded: HttpClient,
) -> "BaseChatModel":
    try:
        from langchain.chat_models import init_chat_model
    except ImportError:
        raise ModelError(f"model.provider langchain: not installed; {how_to_install('langchain')}") from None
    chosen = {
        **form,
        "extra_body": settings.extra_body or None,
        "base_url": base_url,
        "api_key": endpoint.key or None,
    }
    options: dict[str, Any] = {name: value for name, value in chosen.items() if value is not None}
    try:
        model: BaseChatModel = init_chat_model(settings.name, max_retries=0, timeout=None, **options)
        if "http_async_client" in type(model).model_fields:  # those that use openai's client
            model = init_chat_model(settings.name, max_retries=0, timeout=None, http_async_client=bounded, **options)
    except Exception as error:  # noqa: BLE001 - each provider's package has its own errors for missing keys and options
        raise ModelError(
            f"model.name {settings.name}: LangChain cannot open it ({endpoint.redact(str(error))}); "
            f"check the name (provider:model), {settings.api_key_env} and model.extra_body"
        ) from None
    return model


def _reply(message: "AIMessage") -> Reply:
    about: Mapping[str, Any] = message.response_metadata
    used: Any = dict(message.usage_metadata or {})
    cached = (used.get("input_token_details") or {}).get("cache_read")
    cached = cached or (about.get("token_usage") or {}).get("prompt_cache_hit_tokens")  # DeepSeek
    finish = about.get("finish_reason") or about.get("stop_reason") or about.get("done_reason") or "stop"
    usage = usage_in(used | {"cached_tokens": cached})
    return Reply(str(message.text), str(finish), usage, about.get("headers") or {}, raw=message.model_dump_json())
