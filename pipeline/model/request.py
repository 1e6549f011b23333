"""The body of a request, adapted to what an endpoint refuses. Pure.

The first request follows OpenAI's API (https://platform.openai.com/docs/api-reference/chat). If an endpoint refuses
the system role, temperature or max_tokens, or only streams, its error matches a row of LESSONS, which changes later
requests.
"""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from pipeline.model.tokens import guess_tokens
from pipeline.records import Question
from pipeline.settings import ModelSettings

Body = dict[str, Any]
_log = logging.getLogger(__name__)
_LIMITS = {"max_tokens", "max_completion_tokens"}
ROOM_FACTOR, ROOM_FLOOR = 2, 500
"""Tokens that are asked for where none is the server's own small limit: a multiple of the question's, plus a constant. A
Chinese translation has 1.17 times the tokens of its English (measured)."""


def body_of(settings: ModelSettings, question: Question) -> Body:
    """The body of a chat completion request."""
    body: Body = {
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


def _has_system(body: Body) -> bool:
    return any(each["role"] == "system" for each in body["messages"])


def _without_system(body: Body) -> Body:
    """The body with the system message put in front of the first user message."""
    said = [each["content"] for each in body["messages"] if each["role"] == "system"]
    others = [each for each in body["messages"] if each["role"] != "system"]
    first = others[0] | {"content": "\n\n".join([*said, others[0]["content"]])}
    return body | {"messages": [first, *others[1:]]}


def _without(*names: str) -> Callable[[Body], Body]:
    return lambda body: {name: value for name, value in body.items() if name not in names}


def _streamed(body: Body) -> Body:
    return body | {"stream": True, "stream_options": {"include_usage": True}}


def _renamed(body: Body) -> Body:
    return _without("max_tokens")(body) | {"max_completion_tokens": body["max_tokens"]}


class Lesson(NamedTuple):
    tells: str
    """For the log."""
    words: str
    """Regular expression, case-insensitive, for the refusal's message."""
    concerns: Callable[[Body], bool]
    """Whether the lesson applies to the refused body."""
    change: Callable[[Body], Body]


_NO = r"unsupported|not (be )?support|n't support|only support|not (allowed|permitted|enabled)|unknown|unrecognized|invalid|deprecated|不支持"

LESSONS = (
    Lesson(
        "it only streams: answers are read as a stream",
        r"(only|must|required|need|enable|set|\buse).{0,40}\bstream|\bstream.{0,40}(only|must|required|turn|true)"
        r"|non-?stream.{0,40}(not|disabled|unsupported)|not support http call|(仅|只).{0,8}流式",
        lambda body: not body.get("stream"),
        _streamed,
    ),
    Lesson(
        "it takes no stream: none is sent",
        rf"\bstream\b.{{0,40}}({_NO})|({_NO}).{{0,40}}\bstream\b",
        lambda body: body.get("stream") is False,
        _without("stream"),
    ),
    Lesson(
        "it takes no stream_options: tokens are guessed",
        r"stream_options",
        lambda body: "stream_options" in body,
        _without("stream_options"),
    ),
    Lesson(
        "it takes no system role: its words go into the user's message",
        rf"system.?(role|message|prompt|instruction)s?.{{0,40}}({_NO})|({_NO}).{{0,40}}(role.{{0,12}})?\bsystem\b"
        r"|developer instruction is not enabled|roles must alternate|role.{0,30}system"
        r"|\brole.{0,30}(must be|should be|只能).{0,12}user|(must|should) be.{0,12}user.{0,40}\brole\b",
        _has_system,
        _without_system,
    ),
    Lesson(
        "it takes no max_tokens: the limit is sent as max_completion_tokens",
        rf"max_tokens.{{0,60}}({_NO})|({_NO}).{{0,40}}max_tokens|max_completion_tokens",
        lambda body: "max_tokens" in body,
        _renamed,
    ),
    Lesson(
        "it takes no temperature of 0: 0.01 is sent",
        r"temperature.{0,60}(\(0|> ?0|greater than 0|larger than 0|positive|大于 ?0)",
        lambda body: body.get("temperature") == 0,
        lambda body: body | {"temperature": 0.01},
    ),
    Lesson(
        "it takes no temperature: none is sent",
        rf"temperature.{{0,80}}({_NO}|range|must|should|only)|({_NO}).{{0,40}}temperature",
        lambda body: "temperature" in body,
        _without("temperature"),
    ),
)
"""Tried in this order; a lesson applies if both its words and the refused body match."""
_SYSTEM = next(row for row in LESSONS if row.change is _without_system)


@dataclass
class Request:
    """Builds the requests for one endpoint from the settings and the lessons learned in this run."""

    settings: ModelSettings
    learned: tuple[Lesson, ...] = ()
    answered: bool = False
    _failed_at: float | None = None
    """Time of the first failure without a message."""
    _guessed: bool = False
    _ends_early: bool = False
    """Whether it has a limit of its own for answers without max_tokens: 256 tokens at Cloudflare, 16 in some servers."""

    def body(self, question: Question) -> Body:
        body: Body = {"stream": False} | body_of(self.settings, question)
        if self._ends_early and not body.keys() & _LIMITS:
            body["max_tokens"] = ROOM_FACTOR * guess_tokens(question.messages[-1].content) + ROOM_FLOOR
        for lesson in self.learned:
            if lesson.concerns(body):
                body = lesson.change(body)
        return body

    def was_cut(self, sent: Body, question: Question, text: str) -> None:
        """An answer was cut; if it is shorter than its question, no model in a loop made it, and later requests state a
        limit."""
        if not sent.keys() & _LIMITS and len(text) < len(question.messages[-1].content) and not self._ends_early:
            self._ends_early = True
            _log.info("%s ends answers early: max_tokens is sent", self.settings.name)

    def learn(self, refused: Body, words: str) -> str | None:
        """Learns from a refusal; returns a line for the log, empty if it was known already, None if there is nothing
        to learn."""
        for lesson in LESSONS:
            if lesson.concerns(refused) and re.search(lesson.words, words, re.IGNORECASE | re.DOTALL):
                if lesson in self.learned:
                    return ""
                self.learned += (lesson,)
                return lesson.tells
        return None

    def guess(self, failed: Body, sent_at: float, now: float) -> str | None:
        """After two statuses 500 without a message, before any answer: tries without a system role, on which some
        servers (sglang) fail like this. If it still fails, the system role is used again.
        """
        if self.answered or not _has_system(failed):
            if self._guessed and not self.answered:
                self.learned = tuple(lesson for lesson in self.learned if lesson is not _SYSTEM)
            return None
        if self._failed_at is None:
            self._failed_at = now
        if self._guessed or sent_at <= self._failed_at:
            return None
        self._guessed = True
        self.learned += (_SYSTEM,)
        return _SYSTEM.tells
