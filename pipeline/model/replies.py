"""Parses responses: JSON or streams, finish reasons, thinking, tokens. Pure.

Tolerant, because providers differ in details; comments name the provider of each detail. The rules check the text.
"""

import json
import math
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from pipeline.errors import Filtered, NoAnswer
from pipeline.model.error_body import parsed, plain
from pipeline.model.faults import CallFailed
from pipeline.model.tokens import guess_tokens
from pipeline.records import Answer, Question, Usage
from pipeline.text.visible import cleaned

CUT = {"length", "max_tokens", "model_context_window_exceeded"}  # OpenAI, Anthropic through LangChain, Zhipu
_REFUSED = {
    *("content_filter", "sensitive", "refusal"),  # OpenAI and most, Zhipu, Anthropic
    *("safety", "recitation", "prohibited_content", "blocklist", "spii"),  # Gemini
}
_BROKEN = {"network_error", "error", "insufficient_system_resource", "abort"}  # Zhipu, OpenRouter, DeepSeek, vLLM
_THOUGHTS = ("think", "thinking", "seed:think")
# If the chat template opens the block (DeepSeek-R1 in vLLM), only its end is sent, on its own line.
_THOUGHT_ENDS = re.compile(r"^</think>[ \t]*(\n\s*|\Z)", re.M)
_NO_MODEL = "check model.base_url and model.name: what is there answers, but not as a model does"
SWITCH_OFF = "switch thinking off in model.extra_body, such as {thinking: {type: disabled}} or {enable_thinking: false}"
MOST_TOKENS = 100_000_000
"""Larger token counts are ignored as invalid; the longest contexts hold ten million."""
ANSWER_FACTOR, ANSWER_FLOOR = 4, 2_000
"""Limit of an answer in characters: a multiple of the question's text, plus a constant. A translation has a third of
the characters of the English, and one-liners are short, so a longer answer is a loop."""
LONGEST_ANSWER = 50_000
"""Limit in characters if the question is not known."""


@dataclass(frozen=True)
class Reply:
    """The parsed response of a call, from any provider."""

    text: str
    finish: str
    usage: Usage | None
    """Token counts; None if the provider gives none, or invalid ones."""
    headers: Mapping[str, str]
    raw: str = ""
    """The response body, unchanged."""


def answer_of(reply: Reply, usage: Usage, subject: str, longest: int = LONGEST_ANSWER) -> Answer:
    """The answer in a reply, at most `longest` characters of it. Raises Filtered, NoAnswer, or CallFailed if it broke
    off."""
    finish = reply.finish.lower()
    if finish in _REFUSED or finish.startswith("content_filter"):
        raise Filtered(f"{subject}: the provider's content filter broke off the answer; model.fallback can answer it")
    if finish in _BROKEN:
        raise CallFailed(f"the answer broke off ({reply.finish})")
    cut = finish in CUT
    text = _without_thinking(reply.text, cut=cut)
    if cut and not text.strip():
        raise NoAnswer(f"{subject}: thinking used up the token limit before the answer began; {SWITCH_OFF}")
    return Answer(
        text=cleaned(text[:longest]),
        cut=cut or len(text) > longest,
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        cached_tokens=min(usage.cached_tokens, usage.prompt_tokens),
    )


def usage_of(question: Question, reply: Reply) -> Usage:
    """The tokens that the provider counted, or a guess if it gives none."""
    return reply.usage or Usage(
        prompt_tokens=guess_prompt(question), completion_tokens=guess_tokens(reply.text[:LONGEST_ANSWER])
    )


def guess_prompt(question: Question) -> int:
    """Tokens of a question, from its characters; and 4 for each message, which chat formats add."""
    return sum(guess_tokens(message.content) + 4 for message in question.messages)


def longest_answer(question: Question) -> int:
    """Characters that an answer to this question can have."""
    return ANSWER_FACTOR * len(question.messages[-1].content) + ANSWER_FLOOR


def text_in(content: bytes, charset: str | None) -> str:
    """A body as text: UTF-8 if it is that, else as its header says."""
    with suppress(UnicodeDecodeError):
        return content.decode("utf-8")
    with suppress(LookupError, ValueError):  # no charset that Python knows
        return content.decode(charset or "utf-8", "replace")
    return content.decode("utf-8", "replace")


def body_in(text: str) -> object:
    """The JSON in a body, or the chat completion that a stream of events adds up to. Raises CallFailed.

    Some gateways stream without being asked, or send "data: [DONE]" after a complete answer.
    """
    text = _COMMENTS.sub("", text.lstrip("\ufeff \t\r\n"))
    try:
        if text.startswith(("data:", "event:", "id:", "retry:")):
            return _joined(text)
        start = _BEFORE.match(text)
        body, end = _JSON.raw_decode(text, start.end() if start else 0)
        if isinstance(body, Mapping) and "delta" in _first(body.get("choices")) and text[end:].lstrip().startswith("{"):
            return _joined(text)  # a stream of JSON Lines
        return _unwrapped(parsed(body))
    except RecursionError:
        raise CallFailed("JSON nested too deep") from None
    except ValueError:
        if not text:
            raise CallFailed("an empty body", hopeless=_NO_MODEL) from None
        page = "<" in text[:80]
        way_out = "does model.base_url lack its /v1, or does a proxy or a login stand in between?" if page else None
        said = " ".join(plain(text)[:80].split())
        raise CallFailed(f"{'a web page' if page else 'no JSON'}: {said}", hopeless=way_out) from None


def _unwrapped(body: object) -> object:
    """The chat completion in a gateway's envelope: {"code": 0, "data": {"choices": …}}, or a list of one."""
    inside = body[:1] if isinstance(body, list) else ()
    if isinstance(body, Mapping) and not body.get("choices"):
        inside = [parsed(body.get(name)) for name in ("data", "result", "response", "output")]
    return next((each for each in inside if isinstance(each, Mapping) and each.get("choices")), body)


def reply_of(body: object, headers: Mapping[str, str]) -> Reply:
    """Reads a chat completion (https://platform.openai.com/docs/api-reference/chat). Raises CallFailed."""
    if not isinstance(body, Mapping):
        raise CallFailed("an answer that is no JSON object", hopeless=_NO_MODEL)
    native = body if isinstance(body.get("message"), Mapping) else None  # Ollama's own API has no choices
    first = _first(body.get("choices") or native)
    message = first.get("message") or first.get("delta") or first.get("text")  # text: as the completions of old
    if isinstance(message, str):
        message = {"content": message}
    if not isinstance(message, Mapping):
        raise CallFailed("an answer without a choice", hopeless=_NO_MODEL)
    text = _text(message.get("content"))
    finish = _text(first.get("finish_reason") or first.get("done_reason")) or "stop"
    thought = "" if text else _text(message.get("reasoning_content") or message.get("reasoning"))
    if "</" in thought and finish not in CUT:
        text = thought  # vLLM with a reasoning parser, for a model without reasoning
    if not text and message.get("refusal"):
        finish = "refusal"
    return Reply(text, finish, usage_in(body.get("usage")), headers)


def usage_in(usage: object) -> Usage | None:
    """The tokens in a `usage`, by OpenAI's names or LangChain's; None where they are missing or no sane counts."""
    if not isinstance(usage, Mapping):
        return None
    prompt = _count(usage.get("prompt_tokens", usage.get("input_tokens")))
    completion = _count(usage.get("completion_tokens", usage.get("output_tokens")))
    if not prompt or completion is None:
        return None
    details = usage.get("prompt_tokens_details")
    stated = details.get("cached_tokens") if isinstance(details, Mapping) else None  # OpenAI and most
    stated = stated or usage.get("prompt_cache_hit_tokens") or usage.get("cached_tokens")  # DeepSeek; Moonshot
    return Usage(prompt_tokens=prompt, completion_tokens=completion, cached_tokens=min(_count(stated) or 0, prompt))


def _count(value: object) -> int | None:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= MOST_TOKENS:
        return None
    return int(value)


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) < 20 else math.inf


_COMMENTS = re.compile(r"\A(?::[^\n]*\n\s*)+")
"""Before an answer that takes long, to keep the connection."""
_BEFORE = re.compile(r"\A[^{}\[\]<>\"]{1,40}(?=\{)")
"""A fence, or "while(1);"."""
_JSON = json.JSONDecoder(parse_int=_integer, strict=False)


def _first(choices: object) -> Mapping[str, object]:
    if isinstance(choices, Mapping):  # a single choice, or a mapping of number to choice
        choices = [choices] if choices.keys() & {"message", "delta", "text"} else list(choices.values())
    each = [one for one in choices if isinstance(one, Mapping)] if isinstance(choices, list) else []
    return next((one for one in each if one.get("message") or one.get("delta")), each[0] if each else {})


def _text(content: object) -> str:
    """The text of a content: a string or, from some gateways, a list of parts; parts with thinking have no text and
    are skipped."""
    if isinstance(content, list):
        return "".join(map(_text, content))
    if isinstance(content, Mapping):
        return _text(content.get("text"))
    return content if isinstance(content, str) else ""


def _joined(stream: str) -> object:
    """The chat completion, or the error, in a stream (https://platform.openai.com/docs/api-reference/chat-streaming)."""
    texts: list[str] = []
    whole: Mapping[str, object] = {}
    refusal, finish, usage, done = "", "", None, False
    for line in stream.split("\n"):
        event = line[5:].strip() if line.startswith("data:") else line.strip() if line.startswith("{") else ""
        if event == "[DONE]":
            done = True
        chunk = _JSON.raw_decode(event)[0] if event and not done else None
        if not isinstance(chunk, Mapping):
            continue
        if chunk.get("error"):
            return chunk
        first = _first(chunk.get("choices"))
        delta, message = first.get("delta"), first.get("message")
        if isinstance(delta, Mapping):
            texts.append(_text(delta.get("content")))
            refusal += _text(delta.get("refusal"))
        whole = message if isinstance(message, Mapping) else whole
        finish = _text(first.get("finish_reason")) or finish
        usage = chunk.get("usage") or usage
    if not done and not finish:
        raise CallFailed("the stream broke off")
    message = {"content": "".join(texts) or whole.get("content"), "refusal": refusal}
    return {"choices": [{"message": message, "finish_reason": finish}], "usage": usage}


def _without_thinking(text: str, *, cut: bool) -> str:
    text = text.strip()
    for name in _THOUGHTS:
        if text.startswith(f"<{name}>"):
            thought, closed, answer = text.partition(f"</{name}>")
            # If thinking is not closed and the answer not cut, the text is kept if it contains the answer's tags.
            return (
                answer.lstrip() if closed or cut or "</" not in thought else thought.removeprefix(f"<{name}>").lstrip()
            )
    if text.endswith("</think>"):
        text = text[: max(0, text.rfind("<think>"))].rstrip()
    end = _THOUGHT_ENDS.search(text)
    return text[end.end() :] if end and "<think>" not in text[: end.start()] else text
