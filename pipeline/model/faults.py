"""What went wrong with one call, and so what to do: wait, try again, give up this question, or stop the run.

Pure: it reads a status and a provider's own words (https://github.com/openai/openai-openapi, and where each vendor differs
from it, below). Whoever called decides how long to wait and how often to try again.
"""

import email.utils
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.errors import Filtered, ModelError, NoAnswer, WenzhaiError

_SPENT_CODES = {
    "insufficient_quota",  # OpenAI
    "exceeded_current_quota_error",  # Moonshot
    "arrearage",  # DashScope
    *("1113", "1304", "1308", "1309", "1310"),  # Zhipu: arrears, calls a day, 5-hour, package and weekly limits
}
_SPENT = re.compile(r"insufficient.{0,9}(balance|credit|quota)|arrear|overdue|余额不足|欠费", re.I)
_FILTER_CODES = {
    "content_filter",  # OpenAI, Azure, Moonshot
    "content_policy_violation",  # OpenAI
    "data_inspection_failed",  # DashScope
    "datainspectionfailed",
    "1301",  # Zhipu
}
_FILTER = re.compile(
    r"content exists risk"  # DeepSeek
    r"|sensitivecontentdetected"  # Volcengine: Input-, InputText-, Output-
    r"|responsibleaipolicyviolation"  # Azure
    r"|considered high risk"  # Moonshot
    r"|requires moderation|flagged"  # OpenRouter, a 403
    r"|data_?inspection_?failed|内容可能包含不安全",
    re.I,
)
_TOO_LONG_CODES = {"context_length_exceeded", "exceed_context_size_error"}  # OpenAI and vLLM, llama.cpp
_TOO_LONG = re.compile(r"context (length|size|window)|range of input length|prompt is too long", re.I)
_TRY_AGAIN = {408, 409, 425}
_ECHOED_KEY = re.compile(r"\b(sk|ak|key|Bearer)[-_ ][\w.*…-]{6,}", re.I)
_PASSWORD = re.compile(r"(?<=://)[^/\s@]+@")
_WORDS = 300
"""Characters of a provider's words that are shown: some send a whole page."""


class CallFailed(Exception):
    """One call came to nothing, and the next may not."""

    def __init__(self, why: str, *, retry_after: float | None = None, hopeless: str | None = None) -> None:
        super().__init__(why)
        self.retry_after = retry_after
        self.hopeless = hopeless
        """What to look at if this endpoint has never answered yet: nobody is there, or it is no model at all."""


class TooFast(Exception):
    """Status 429: nothing is wrong with the question, it only came too early."""

    def __init__(self, why: str, headers: Mapping[str, str]) -> None:
        super().__init__(why)
        self.headers = headers
        self.retry_after = seconds_to_wait(headers)
        # "too many concurrent requests", "max organization concurrency: 3": Moonshot; "并发数过高": Zhipu.
        self.of_places = bool(re.search(r"concurren|并发", why, re.I))
        # "tokens per min (TPM)": OpenAI, Groq; "TPM limit reached": SiliconFlow. Else it is requests.
        self.of_tokens = bool(re.search(r"\btpm\b|tokens? per|token.?limit", why, re.I))


@dataclass(frozen=True)
class Endpoint:
    """Where the questions go, as errors name it; knows the key so as never to show it."""

    model: str
    address: str
    key_env: str
    key: str = field(repr=False)

    def clean(self, words: str) -> str:
        """One line without the key, whole or as a provider echoes it ("sk-abc***xyz"), and without a proxy's password."""
        if len(self.key) > 4:  # "none", for servers that want no key, is a word
            words = words.replace(self.key, "***")
        words = _PASSWORD.sub("***@", _ECHOED_KEY.sub(r"\1-***", words))
        return " ".join(words.split())[:_WORDS]


def words_of(body: object) -> tuple[set[str], str]:
    """The codes in an error's body, lower case, and its message, in any of the shapes in use.

    {"error": {"message", "type", "code"}}, the same without "error" (SiliconFlow, vLLM), {"error": "words"} (Ollama),
    {"detail": "words"} (gateways made with FastAPI), or text.
    """
    if not isinstance(body, Mapping):
        return set(), str(body or "")
    inner = body.get("error")
    if isinstance(inner, Mapping):
        return words_of(inner)
    if isinstance(inner, str):
        return set(), inner
    deeper = body.get("innererror")  # Azure
    rows = (body, deeper) if isinstance(deeper, Mapping) else (body,)
    codes = {str(row[key]).lower() for row in rows for key in ("code", "type") if row.get(key)}
    words = body.get("message") or body.get("detail") or body.get("msg") or body
    return codes, str(words)


def fault_of(
    status: int, body: object, headers: Mapping[str, str], endpoint: Endpoint, subject: str
) -> CallFailed | TooFast | WenzhaiError:
    """The error to raise for an answer that is none; `status` is 200 where the error came as a body alone."""
    codes, words = words_of(body)
    everything = f"{' '.join(sorted(codes))} {words}"
    said = endpoint.clean(words) or "nothing"
    where = f"model {endpoint.model} at {endpoint.address}"
    if status == 200:  # OpenRouter sends the upstream's status as the code
        status = next((int(code) for code in codes if re.fullmatch(r"[45]\d\d", code)), 200)
    if status == 402 or codes & _SPENT_CODES or _SPENT.search(words):
        return ModelError(f"{where}: the quota is spent or unpaid ({said}); top up the account, then run again")
    if codes & _FILTER_CODES or _FILTER.search(everything):
        return Filtered(f"{subject}: refused by the provider's content filter ({said}); model.fallback can answer it")
    if codes & _TOO_LONG_CODES or (status in (400, 413) and _TOO_LONG.search(words)):
        return NoAnswer(
            f"{subject}: longer than the model's context ({said}); a model with a longer context can read it"
        )
    if status == 429 or any("rate_limit" in code for code in codes):
        return TooFast(everything, headers)
    if status == 200 or status >= 500 or status in _TRY_AGAIN:
        return CallFailed(f"status {status}: {said}", retry_after=seconds_to_wait(headers))
    if status in (401, 403):
        return ModelError(
            f"{where}: refuses the key ({status}: {said}); check the variable {endpoint.key_env} (model.api_key_env)"
        )
    if status == 404:
        return ModelError(
            f"{where}: not found ({said}); check model.name, and that model.base_url ends before /chat/completions"
        )
    return ModelError(f"{where}: refuses the question ({status}: {said}); check model.temperature and model.extra_body")


def seconds_to_wait(headers: Mapping[str, str]) -> float | None:
    """Retry-After in seconds, from either header in use: milliseconds, seconds, or a date."""
    for name, unit in (("retry-after-ms", 1000), ("retry-after", 1)):
        value = headers.get(name, "")
        if re.fullmatch(r"\d+(\.\d+)?", value.strip()):
            return float(value) / unit
    date = email.utils.parsedate_tz(headers.get("retry-after", ""))
    return max(0.0, email.utils.mktime_tz(date) - time.time()) if date else None
