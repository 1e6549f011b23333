"""The body of a request, and what an endpoint's refusals teach about it. Pure.

It begins as OpenAI documents it (https://platform.openai.com/docs/api-reference/chat). An endpoint that takes no system role,
temperature or max_tokens, or only streams, says so when it is asked the first time; a row of LESSONS each.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from pipeline.records import Question
from pipeline.settings import ModelSettings

Body = dict[str, Any]


def body_of(settings: ModelSettings, question: Question) -> Body:
    """A chat completion's request."""
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
    """What the system would have said stands before the user's first message."""
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
    """Of the refusal: a regular expression, in any case."""
    concerns: Callable[[Body], bool]
    """Whether the body that was refused has what the words speak of."""
    change: Callable[[Body], Body]


_NO = r"unsupported|not (be )?support|n't support|only support|not (allowed|permitted|enabled)|unknown|unrecognized|invalid|deprecated|不支持"

LESSONS = (
    Lesson(
        "it only streams: answers are read as a stream",
        r"(only|must|required|need|enable|set).{0,40}stream|stream.{0,40}(only|must|required|turn|true)|(仅|只)支持流式",
        lambda body: not body.get("stream"),
        _streamed,
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
        r"|developer instruction is not enabled|roles must alternate|role.{0,30}system",
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
"""In this order: what a refusal is about is told by its words and by what was sent."""
_SYSTEM = next(row for row in LESSONS if row.change is _without_system)


@dataclass
class Request:
    """How one endpoint is asked: as the settings say, changed by what it has taught in this run."""

    settings: ModelSettings
    learned: tuple[Lesson, ...] = ()
    answered: bool = False
    _failed_at: float | None = None
    """First failure without a word."""
    _guessed: bool = False

    def body(self, question: Question) -> Body:
        body: Body = {"stream": False} | body_of(self.settings, question)
        for lesson in self.learned:
            if lesson.concerns(body):
                body = lesson.change(body)
        return body

    def learn(self, refused: Body, words: str) -> str | None:
        """What a refusal teaches, as a line for the log, empty where it is known by now; None: nothing."""
        for lesson in LESSONS:
            if lesson.concerns(refused) and re.search(lesson.words, words, re.IGNORECASE | re.DOTALL):
                if lesson in self.learned:
                    return ""
                self.learned += (lesson,)
                return lesson.tells
        return None

    def guess(self, failed: Body, sent_at: float, now: float) -> str | None:
        """After a second status 500 without a word, before any answer: some servers (sglang) fail so on a system role.

        Where it fails without one too, that was not it.
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
