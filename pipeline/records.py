"""The words everybody uses: what arXiv says, what a model says, and what is wrong with it.

Records are frozen and checked where they come in; inside the pipeline nobody checks them again.
"""

import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

AnnounceType = Literal["new", "cross", "replace", "replace-cross"]
Severity = Literal["reject", "warn", "count"]
"""Of a rule. A text with a reject is not shown, with a warn it is marked; what is counted only goes into the statistics."""
Fate = Literal["published", "flagged", "failed", "excluded"]
Outcome = Literal["complete", "partial", "no_announcement", "stale", "stopped", "interrupted"]
FIELDS = ("title_zh", "summary_zh", "summary_en", "abstract_zh")
"""What a model writes for a paper, in the order of the document."""


class Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Paper(Record):
    """A paper as announced; a line of papers.jsonl."""

    id: str = Field(pattern=r"^(\d{4}\.\d{4,5}|[a-z-]+(\.[A-Z]{2})?/\d{7})$")
    """Without version: "2403.17919", old style "quant-ph/0201082"."""
    version: int = Field(ge=1)
    title: str = Field(min_length=1)
    abstract: str = Field(min_length=1)
    """Whole, as arXiv has it: TeX kept, the feed's prefix stripped, white space collapsed. At most 1,920 characters
    (https://info.arxiv.org/help/prep)."""
    authors: tuple[str, ...]
    categories: tuple[str, ...] = Field(min_length=1)
    """Primary first."""
    announce_type: AnnounceType
    published: dt.date
    """The announcement's own date, never the clock's."""
    url: str = Field(pattern=r"^https://arxiv\.org/abs/")
    comment: str | None = None


class Announcement(Record):
    """What a source gave for one digest and one day; no papers means that arXiv announced nothing."""

    date: dt.date
    papers: tuple[Paper, ...]
    source: str
    """For run.json, such as "feed cs.CL"."""


class Summary(Record):
    """A line of summaries.jsonl; a field is null when it was not asked for or not answered."""

    id: str
    version: int
    summary_zh: str | None
    summary_en: str | None


class Translation(Record):
    """A line of translations.jsonl; a field is null when it was not answered."""

    id: str
    version: int
    title_zh: str | None
    abstract_zh: str | None


class Problem(Record):
    """What is wrong with one field of one paper; a line of problems.jsonl."""

    id: str
    field: str
    rule: str
    severity: Severity
    """reject: the text is not shown; warn: shown with ⚠."""
    detail: str
    """In Chinese, the offending place quoted: readers see it, and the model when it is asked again."""


class Message(Record):
    role: Literal["system", "user", "assistant"]
    content: str


class Question(Record):
    """One call to a model: all that is sent of it, but for what the connection adds (name, temperature, extra_body)."""

    subject: str
    """For people: "2403.17919 summarize+translate"."""
    messages: tuple[Message, ...]
    max_tokens: int | None = None
    """For the answer; None leaves it to the provider."""
    grammar: str | None = None
    """GBNF that the answer is held to while it is written; only llama.cpp takes one."""


class Answer(Record):
    """What came back, with a leading <think> block taken off."""

    text: str
    cut: bool = False
    """The provider stopped at its length limit (finish_reason "length")."""
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0
    """Part of prompt_tokens that was billed as a cache hit."""
    batch: bool = False
    """It came in a batch, and so at a part of the price."""


Ask = Callable[[Question], Awaitable[Answer]]
"""Raises ModelError (stop the run) or QuestionFailed (this question only)."""


class Counts(Record):
    """The ledger: every announced paper is in exactly one of the other four."""

    announced: int = 0
    published: int = 0
    flagged: int = 0
    failed: int = 0
    excluded: int = 0


class Usage(Record):
    """What a model was asked, and the money for it in the config's currency."""

    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    retries: int = 0
    cost: float = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(**{name: getattr(self, name) + getattr(other, name) for name in Usage.model_fields})


class RunReport(Record):
    """run.json: how the folder came to be."""

    counts: Counts = Counts()
    usage: Usage = Usage()
    """Of this run alone, all its days together; a second run that asks nothing has zeros."""
    bought: dict[str, Usage] = {}
    """By task, what the digest's answers cost when they were bought, whichever run that was; the document states this."""
    seconds: dict[str, float] = {}
    model: str | None = None
    currency: str = "CNY"
    prompts: dict[str, str] = {}
    """Task → fingerprint of its rendered prompt."""
    source: str | None = None
    limit: int | None = None
    """Only the first so many papers in feed order were wanted."""
    started: dt.datetime | None = None
    outcome: Outcome = "partial"
    unchanged: str | None = None
    """Hash of all that shaped the day and came of it (run/unchanged.py); null while something is still to be asked."""


class Entry(Record):
    """An announced paper and what became of it."""

    paper: Paper
    fate: Fate
    reason: str = ""
    """Why it was excluded."""
    title_zh: str | None = None
    summary_zh: str | None = None
    summary_en: str | None = None
    abstract_zh: str | None = None
    problems: tuple[Problem, ...] = ()
    """Worst first."""
    corrected: tuple[str, ...] = ()
    """Fields whose text a person wrote."""

    def rejected(self, field: str) -> Problem | None:
        """The problem for which a field is not shown."""
        return next((each for each in self.problems if each.field == field and each.severity == "reject"), None)


class Digest(Record):
    """A day of a digest, ready to be rendered."""

    name: str
    date: dt.date
    entries: tuple[Entry, ...]
    """All announced papers, newest id first."""
    counts: Counts
    report: RunReport
    """Where the texts come from: model, prompts, what they cost."""
    terms: str = ""
    """How consistently the glossary's terms are rendered, in one line."""


class RunRequest(Record):
    """What was typed: which stages, over which days."""

    stages: tuple[str, ...]
    digests: tuple[str, ...] = ()
    """Empty: all of the config."""
    dates: tuple[dt.date, dt.date] | None = None
    """First and last day, the same for a single one; None: today's announcement, or the newest day on the disk."""
    limit: int | None = None
    """Only the first so many wanted papers, in feed order."""
    again: bool = False
    """Ask anew, whatever is kept."""
