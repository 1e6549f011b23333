"""From what an endpoint sent back to the answer: finish reasons, thinking, tokens. Pure.

Providers differ from one another in the corners; each row names whose corner it is.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.errors import Filtered, NoAnswer
from pipeline.model.faults import CallFailed
from pipeline.model.tally import Spent
from pipeline.model.tokens import guess_tokens
from pipeline.records import Answer, Question

_CUT = {"length", "max_tokens", "model_context_window_exceeded"}  # OpenAI, Anthropic through LangChain, Zhipu
_REFUSED = {"content_filter", "sensitive"}  # OpenAI and most, Zhipu
_BROKEN = {"network_error", "error", "insufficient_system_resource"}  # Zhipu, OpenRouter, DeepSeek
_THINKING = re.compile(
    r"\A\s*<think>.*?(</think>\s*|\Z)"
    # Where the chat template opens the block (DeepSeek-R1 in vLLM) only its end is sent, alone on a line.
    r"|\A(?:(?!<think>).)*?^</think>\s*$\s*",
    re.S | re.M,
)


@dataclass(frozen=True)
class Reply:
    """What one call brought back, whoever carried it."""

    text: str
    finish: str
    spent: Spent | None
    """None where the provider doesn't say: some gateways."""
    headers: Mapping[str, str]


def answer_of(reply: Reply, spent: Spent, subject: str) -> Answer:
    """The answer in a reply. Raises Filtered, NoAnswer, or CallFailed when the provider broke off."""
    if reply.finish in _REFUSED:
        raise Filtered(f"{subject}: the provider's content filter broke off the answer; model.fallback can answer it")
    if reply.finish in _BROKEN:
        raise CallFailed(f"the answer broke off ({reply.finish})")
    cut = reply.finish in _CUT
    text = _THINKING.sub("", reply.text)
    if cut and not text.strip():
        raise NoAnswer(
            f"{subject}: thinking used up the token limit before the answer began; "
            "switch it off in model.extra_body, such as {thinking: {type: disabled}} or {enable_thinking: false}"
        )
    return Answer(
        text=text,
        cut=cut,
        prompt_tokens=spent.prompt,
        completion_tokens=spent.completion,
        cached_tokens=min(spent.cached, spent.prompt),
    )


def spent_on(question: Question, reply: Reply) -> Spent:
    """What the provider counted, or a guess where it counts nothing."""
    return reply.spent or Spent(guess_prompt(question), guess_tokens(reply.text))


def guess_prompt(question: Question) -> int:
    """Tokens of a question, from its characters; 4 a message is what the chat formats add."""
    return sum(guess_tokens(message.content) + 4 for message in question.messages)


def reply_of(body: object, headers: Mapping[str, str]) -> Reply:
    """Reads a chat completion (https://platform.openai.com/docs/api-reference/chat). Raises CallFailed."""
    if not isinstance(body, Mapping):
        raise CallFailed(f"an answer that is no JSON object: {str(body)[:80]}")
    choices = body.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    message = first.get("message") if isinstance(first, Mapping) else None
    if not isinstance(first, Mapping) or not isinstance(message, Mapping):
        raise CallFailed(f"an answer without a choice: {str(dict(body))[:80]}")
    content = message.get("content") or message.get("refusal") or ""
    if isinstance(content, list):  # some gateways pass an upstream's parts on
        content = "".join(str(part.get("text") or "") for part in content if isinstance(part, Mapping))
    return Reply(str(content), str(first.get("finish_reason") or "stop"), _spent(body.get("usage")), headers)


def _spent(usage: object) -> Spent | None:
    if not isinstance(usage, Mapping) or "prompt_tokens" not in usage:
        return None
    details = usage.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, Mapping) else None  # OpenAI and most
    cached = cached or usage.get("prompt_cache_hit_tokens") or usage.get("cached_tokens")  # DeepSeek; Moonshot
    return Spent(_count(usage["prompt_tokens"]), _count(usage.get("completion_tokens")), _count(cached))


def _count(value: object) -> int:
    return max(0, int(value)) if isinstance(value, (int, float)) and math.isfinite(value) else 0
