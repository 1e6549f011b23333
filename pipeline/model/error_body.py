"""Reads the body of an error response: its codes, its message, how long to wait; in any of the formats in use. Pure."""

import json
import re
import time
from collections.abc import Iterator, Mapping

from pipeline.retry_after import DURATION, duration_seconds, retry_after_seconds

_NESTED = 5
"""Levels of nesting of an error, at most: a gateway's, its upstream's, and three more."""
_SHOWN_CHARS = 300
"""Characters of a body in no known format that are shown."""
_ENVELOPES = (
    *("error", "errors", "innererror", "fault"),  # OpenAI and most, Cloudflare, Azure, Apigee
    *("baseresp", "response", "responsemetadata", "header"),  # MiniMax, Tencent, Volcengine, Xunfei
    *("detail", "promptfeedback"),  # FastAPI, Gemini
)
"""Fields that hold an error. All names here are lower case without "_", because writers differ in that: `errMsg`."""
_CODES = ("code", "type", "status", "errorcode", "errcode", "blockreason")
_MESSAGES = (
    *("message", "detail", "msg", "statusmsg", "errormsg", "errmsg", "errormessage", "errordescription"),
    *("faultstring", "title"),
)
_WAITS = (("retryafter", 1), ("retryafterms", 1000), ("estimatedtime", 1))
"""Fields with a number of seconds or milliseconds; the last one is Hugging Face's, for loading a model."""


def error_in(body: Mapping[object, object]) -> Mapping[object, object] | None:
    """The error in a body with status 200; None if it is an answer. Gateways add a code and a message to answers, too.

    OpenRouter sends an error beside a choice or inside it if the upstream fails halfway.
    """
    choices = body.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else choices
    if isinstance(first, Mapping) and first:
        broken = str(first.get("finish_reason")).lower() == "error" or not first.get("message")
        said = first.get("error") or body.get("error")
        return {"error": said} if broken and said else None
    if isinstance(body.get("message"), Mapping):  # Ollama's own API: an answer without choices
        return None
    fields = _fields(body)
    said = _read(body)[1] or any(
        fields.get(name) for name in ("error", "code", "errorcode", "errcode", "promptfeedback")
    )
    return body if said and not choices else None


def words_of(body: object) -> tuple[set[str], str]:
    """The codes in an error's body, lower case, and its message.

    {"error": {"message", "type", "code"}}, the same without "error" (SiliconFlow, vLLM), {"error": "words"} (Ollama),
    {"detail": "words"} (FastAPI), {"base_resp": {"status_code", "status_msg"}} (MiniMax), [{"error": …}] (Gemini),
    {"Response": {"Error": {"Code", "Message"}}} (Tencent), JSON in a string, or text.
    """
    codes, words = _read(body)
    return codes, words or (_glimpse(body) if not codes else "")


def _read(body: object) -> tuple[set[str], str]:
    """What `words_of` returns, with no words for a body in no known format."""
    codes: set[str] = set()
    words, upstream = "", ""
    for level in _levels(body):
        if not isinstance(level, Mapping):
            said = level if isinstance(level, str) else ""
            words = f"{said}: {words}" if said and words and words not in said else said or words
            continue
        fields = _fields(level)
        metadata = fields.get("metadata")
        if isinstance(metadata, Mapping) and isinstance(metadata.get("raw"), str):  # OpenRouter: the upstream's answer
            its_codes, upstream = words_of(parsed(metadata["raw"]))
            codes |= its_codes
        for name in _CODES:
            if isinstance(fields.get(name), (str, int)) and fields[name]:
                codes.add(str(fields[name]).lower())
        if isinstance(fields.get("statuscode"), int):
            codes.add(f"minimax:{fields['statuscode']}")
        if isinstance(level.get("__type"), str):  # Bedrock
            codes.add(level["__type"].lower())
        codes |= set(_details(fields.get("details")))
        named = (fields.get(name) for name in _MESSAGES)
        words = next((each for each in named if each and isinstance(each, str)), words)
        if isinstance(place := fields.get("loc"), list):  # FastAPI: the field that a message is about
            words = f"{words} ({'.'.join(str(name) for name in place)})"
    return codes, f"{words}: {upstream}" if upstream else words


def plain(words: str) -> str:
    """Text as it is; an HTML page as its title, else without its tags."""
    if not re.match(r"\s*<", words):
        return words
    title = re.search(r"<title>(.{1,200}?)</title>", words[:5_000], re.IGNORECASE | re.DOTALL)
    return title[1] if title else re.sub(r"<[^<>]{0,200}>", " ", words[:5_000])


def seconds_to_wait(headers: Mapping[str, str], words: str = "", body: object = None) -> float | None:
    """Retry-After in seconds: milliseconds, seconds or a date in a header; else a time in the words or in the body."""
    for name, unit in (("retry-after-ms", 1000), ("x-ms-retry-after-ms", 1000), ("retry-after", 1)):
        told = retry_after_seconds(headers.get(name, ""))
        if told is not None:
            return told / unit
    if stated := _STATED.search(words):
        return duration_seconds(stated["time"] or stated["zh"])
    return _wait_in(body)


_STATED = re.compile(
    # "Please try again in 7m12.5s" (Groq), "try again after 1 seconds" (Moonshot), "retry in 3.4s" (Gemini), "wait
    # 43020 seconds" (GitHub).
    rf"(?:(?:again|retry) (?:in|after)|please wait|retry[_-]after\W{{1,3}}) ?(?P<time>{DURATION})"
    r"|(?P<zh>\d{1,5}(?:\.\d{1,3})? ?(?:毫秒|秒|分钟|小时))(?:之?后|钟后)",
    re.IGNORECASE,
)


def _wait_in(body: object) -> float | None:
    """Google: details[].retryDelay, "3s"; OpenRouter: metadata.headers.X-RateLimit-Reset, in milliseconds since 1970."""
    for level in _levels(body):
        fields = _fields(level) if isinstance(level, Mapping) else {}
        for name, unit in _WAITS:
            told = retry_after_seconds(str(fields.get(name, "")))
            if told is not None:
                return told / unit
        details = fields.get("details")
        for detail in details if isinstance(details, list) else ():
            if isinstance(detail, Mapping) and isinstance(detail.get("retryDelay"), str):
                return retry_after_seconds(detail["retryDelay"])
        metadata = fields.get("metadata")
        stated = metadata.get("headers") if isinstance(metadata, Mapping) else None
        reset = stated.get("X-RateLimit-Reset") if isinstance(stated, Mapping) else None
        if re.fullmatch(r"\d{13}", str(reset)):
            return max(0.0, int(str(reset)) / 1000 - time.time())
    return None


def _fields(level: Mapping[object, object]) -> dict[str, object]:
    return {str(name).lower().replace("_", ""): value for name, value in level.items()}


def _levels(body: object) -> Iterator[object]:
    """The body and its nested errors, outermost first; the innermost is nearest to the cause."""
    for _ in range(_NESTED):
        if isinstance(body, list):
            body = body[0] if body else None
        body = parsed(body)
        yield body
        if not isinstance(body, Mapping):
            return
        fields = _fields(body)
        inner = next((fields[name] for name in _ENVELOPES if fields.get(name)), None)
        if inner is None or inner is True:
            return
        body = inner


def parsed(said: object) -> object:
    """What a gateway passes on as a string may be its upstream's JSON."""
    if isinstance(said, str) and said.lstrip().startswith(("{", "[")):
        try:
            return json.loads(said)
        except (ValueError, RecursionError):
            return said
    return said


def _details(details: object) -> Iterator[str]:
    """Google's ErrorInfo and QuotaFailure (https://cloud.google.com/apis/design/errors)."""
    for detail in details if isinstance(details, list) else ():
        if isinstance(detail, Mapping):
            if isinstance(detail.get("reason"), str):
                yield detail["reason"].lower()
            violations = detail.get("violations")
            for violation in violations if isinstance(violations, list) else ():
                if isinstance(violation, Mapping) and isinstance(violation.get("quotaId"), str):
                    yield violation["quotaId"].lower()


def _glimpse(body: object) -> str:
    try:
        return str(body or "")[:_SHOWN_CHARS]
    except RecursionError:
        return "JSON nested too deep"
