"""The records that all packages share: papers, questions and answers, problems, counts, a run's request and report.

Records are frozen and validated when they are created from input; inside the pipeline they are not validated again.
"""

import datetime as dt
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    field_validator,
    model_serializer,
    model_validator,
)
from pydantic_core import CoreSchema

from pipeline.fields import FIELDS

AnnounceType = Literal["new", "cross", "replace", "replace-cross"]
Severity = Literal["reject", "warn", "count"]
"""Of a rule. reject: the text is not shown; warn: it is shown and flagged; count: it only goes into the statistics."""
Fate = Literal["published", "flagged", "failed", "excluded"]
Outcome = Literal["complete", "partial", "no_announcement", "stale", "stopped", "interrupted"]
FIRST_DAY, LAST_DAY = dt.date(1991, 8, 14), dt.date(2999, 12, 31)
"""Earliest and latest date of a paper: arXiv's first day, and a day in the far future."""
NAMES = tuple(field.name for field in FIELDS)


def _known_field(name: str) -> str:
    if name not in NAMES:
        raise ValueError(f"{name} is none; the fields are {', '.join(NAMES)}")
    return name


FieldName = Annotated[str, AfterValidator(_known_field)]
Texts = Mapping[str, str | None]
"""Field name → text; null where there is none."""


class Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


_WITHDRAWN = re.compile(
    r"(?:^|[.!?:;]\s+|[(\[]\s*)(?:this|the|our) (?:\w+ )?(?:paper|article|submission|manuscript|preprint|work|version|draft)"
    r" (?:has been|have been|had been|is|is being|was) (?:\w+ )?(?:withdrawn|retracted)\b"
    r"|(?:^|[.!?:;]\s+)(?:(?:the|this|its|all) (?:\w+ )?(?:authors?|submitters?|administrators?) (?:has|have)|we have)"
    r" (?:\w+ )?(?:withdrawn|retracted) (?:this|our) (?:paper|article|submission|manuscript|preprint|work|version|draft)\b"
    r"|[(\[](?:withdrawn|retracted)[)\]]$"
    r"|^\W*(?:paper |article |submission |manuscript )?(?:has been )?(?:withdrawn|retracted)(?! from)\b"
    r"(?=\W*$|\W*[:;.,\])]|\s+(?:by|due|because|as|since|for|until|pending|at|in order)\b)",
    re.IGNORECASE,
)
"""How a paper says that it is withdrawn; https://info.arxiv.org/help/withdraw.html prescribes no wording."""


def _may_be_withdrawn(text: str) -> bool:
    """Whether it has a word without which _WITHDRAWN does not match; finding that out takes a hundredth of the time."""
    return "withdrawn" in text or "retracted" in text


MOST_AUTHORS, FIRST_AUTHORS = 30, 10
"""A list of more authors is shown by its first ones."""


EXAMPLES = {"id": "2403.17919", "url": "https://arxiv.org/abs/2403.17919"}
"""Of fields whose form is told best by one."""


class Paper(Record):
    """A paper as announced; a line of papers.jsonl."""

    id: str = Field(pattern=r"^([0-9]{4}\.[0-9]{4,5}|[a-z-]+(\.[A-Z]{2})?/[0-9]{7})$")
    """Without version: "2403.17919", old style "quant-ph/0201082"."""
    version: int = Field(ge=1, le=9999)
    title: str = Field(min_length=1)
    abstract: str = Field(min_length=1)
    """Whole, as arXiv has it: TeX kept, the feed's prefix stripped, white space collapsed. At most 1,920 characters
    (https://info.arxiv.org/help/prep)."""
    authors: tuple[str, ...]
    categories: tuple[str, ...] = Field(min_length=1)
    """Primary first."""
    announce_type: AnnounceType
    published: dt.date = Field(ge=FIRST_DAY, le=LAST_DAY)
    """The announcement's date, not today's."""
    url: str = Field(pattern=r"^https://arxiv\.org/abs/[A-Za-z0-9./-]+$")
    """Always https://arxiv.org/abs/<id>."""
    comment: str | None = None

    @field_validator("url")
    @classmethod
    def _is_the_ids(cls, url: str, info: ValidationInfo) -> str:
        own = f"https://arxiv.org/abs/{info.data.get('id')}"
        if "id" in info.data and url != own:
            raise ValueError(f"must be {own}")
        return url

    @property
    def byline(self) -> tuple[str, ...]:
        """The authors as they are shown: of a long list (some have 3,000), the first ones and the number of all."""
        if len(self.authors) <= MOST_AUTHORS:
            return self.authors
        return (*self.authors[:FIRST_AUTHORS], f"等 {len(self.authors):,} 人")

    @property
    def is_withdrawn(self) -> bool:
        """Whether its title, abstract or comment says that it is withdrawn."""
        texts = (self.title, self.abstract, self.comment or "")
        return any(_WITHDRAWN.search(text) for text in texts if _may_be_withdrawn(text.lower()))


class FailedEntry(Record):
    """An entry of an announcement that cannot be read as a paper; it counts as announced and failed."""

    id: str
    """The arXiv id without version if it can be read; else the position, such as "entry 17 of cs.CL"."""
    detail: str
    """In Chinese, for readers."""


class Announcement(Record):
    """What a source returned for one digest and one day; with neither papers nor failures, arXiv announced nothing."""

    date: dt.date
    papers: tuple[Paper, ...]
    failures: tuple[FailedEntry, ...] = ()
    """Entries that cannot be read as papers; their ids differ from those of `papers`."""
    source: str
    """Name for run.json, such as "feed cs.CL"."""


class WithTexts(Record):
    """A record with texts by field. In files, each text is a key beside the record's other keys, named after its
    field."""

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, data: Any) -> Any:  # noqa: ANN401 - whatever a file holds
        if not isinstance(data, dict):
            return data
        texts = {name: data[name] for name in NAMES if name in data}
        rest = {key: value for key, value in data.items() if key not in texts}
        return {**rest, "texts": {**rest.get("texts", {}), **texts}} if texts else rest

    @model_serializer(mode="wrap")
    def _spread(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        spread: dict[str, Any] = {}
        for key, value in handler(self).items():
            spread |= value if key == "texts" else {key: value}
        return spread

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """The schema of the written form: the texts beside the other keys."""
        inner: Any = core
        while inner["type"] != "model":
            inner = inner["schema"]
        plain = {key: value for key, value in inner.items() if key != "serialization"}
        schema = handler.resolve_ref_schema(handler(plain))
        spread: dict[str, Any] = {}
        for key, value in schema["properties"].items():
            title = {name: name.replace("_", " ").title() for name in NAMES}
            text = {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}
            spread |= {name: {**text, "title": title[name]} for name in NAMES} if key == "texts" else {key: value}
        schema["properties"] = spread
        return schema


class PaperTexts(WithTexts):
    """What was written for a version of a paper; a line of summaries.jsonl or translations.jsonl.

    A text is null when it was not asked for or not answered.
    """

    id: str
    version: int
    texts: Texts = {}


class Failure(Record):
    """Why a text is missing, or why an entry is not a paper (then `field` is empty); a line of failures.jsonl."""

    id: str
    field: str
    rule: str
    detail: str


class Claim(Record):
    """One error that the second reader claims. Its parts come from the model and are unchecked."""

    field: str
    kind: str
    """One of asking.claims.KINDS, if the claim counts."""
    severity: str
    """One of asking.claims.SEVERITIES, if the claim counts."""
    source: str
    """The quoted English; empty for none."""
    text: str
    """The quoted Chinese; empty for none."""
    fix: str
    """The Chinese proposed instead of `text`."""


ReviewResult = Literal["clear", "mended", "disputed", "none"]
"""clear: no major claim counts; mended: a new text without one; disputed: still claimed; none: not reviewed."""


class PaperReview(Record):
    """What the second reader says about a paper; a line of reviews.jsonl."""

    id: str
    version: int
    model: str
    state: ReviewResult
    texts: Mapping[str, str] = {}
    """Field → fingerprint of its text that was reviewed."""
    claims: tuple[Claim, ...] = ()
    """Those that count, major ones first."""
    unfounded: int = 0
    """Claims that do not count: a quote is not literal, or nothing is said."""


class ReviewCounts(Record):
    """The account of the second reader: every paper that is neither excluded nor failed is in exactly one of the four."""

    clear: int = 0
    mended: int = 0
    disputed: int = 0
    none: int = 0
    unfounded: int = 0
    """Claims that do not count, of all papers."""


class Problem(Record):
    """What is wrong with one field of one paper; a line of problems.jsonl."""

    id: str
    field: str
    rule: str
    severity: Severity
    """reject: the text is not shown; warn: shown with ⚠."""
    detail: str
    """In Chinese, quoting the passage at fault; for readers, and for the model when it is asked again."""


_ORDER: tuple[Severity, ...] = ("reject", "warn", "count")


def worst_first(problems: Iterable[Problem]) -> list[Problem]:
    """Problems that reject a text, then those that only flag it, then what is only counted."""
    return sorted(problems, key=lambda problem: _ORDER.index(problem.severity))


class Message(Record):
    role: Literal["system", "user", "assistant"]
    content: str


class Question(Record):
    """What is sent in one call to a model, except what the connection adds (name, temperature, extra_body)."""

    subject: str
    """For logs and errors: "2403.17919 summarize+translate"."""
    paper: str = ""
    """The id of its paper."""
    messages: tuple[Message, ...]
    max_tokens: int | None = None
    """Limit of the answer; None: the provider's default."""
    grammar: str | None = None
    """GBNF grammar that constrains the answer during generation; only llama.cpp accepts one."""


class Answer(Record):
    """A model's answer, without a leading <think> block."""

    text: str
    cut: bool = False
    """The provider stopped at its length limit (finish_reason "length")."""
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0
    """Part of prompt_tokens that was billed as a cache hit."""
    batch: bool = False
    """Whether it came in a batch, at a reduced price."""
    call: int | None = None
    """The number of its receipt."""
    raw: str | None = None
    """The response unchanged; for the receipt."""

    @property
    def usage(self) -> "Usage":
        """Its token counts, without requests, retries and cost."""
        return Usage(
            prompt_tokens=self.prompt_tokens,
            completion_tokens=self.completion_tokens,
            cached_tokens=self.cached_tokens,
        )


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
    """Requests, tokens and retries, and their cost in the config's currency."""

    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    retries: int = 0
    cost: float = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(**{name: getattr(self, name) + getattr(other, name) for name in Usage.model_fields})


class RunReport(Record):
    """run.json: how the files of a day were made."""

    counts: Counts = Counts()
    usage: Usage = Usage()
    """Of this run only, all its days together; zero in a second run that asks nothing."""
    bought: dict[str, Usage] = {}
    """Task → what the answers in the digest cost, in whichever run they were bought; the documents state this."""
    seconds: dict[str, float] = {}
    model: str | None = None
    reviewer: str | None = Field(None, exclude_if=lambda name: name is None)
    """The model that reviewed; null: there was no review."""
    reviewed: ReviewCounts | None = Field(None, exclude_if=lambda counts: counts is None)
    currency: str = "CNY"
    prompts: dict[str, str] = {}
    """Task → fingerprint of its rendered prompt."""
    counted: dict[str, int] = {}
    """Rule → papers with what is no fault and only counted, such as house style."""
    source: str | None = None
    limit: int | None = None
    """`--limit`: only the first so many papers in feed order were wanted."""
    started: dt.datetime | None = None
    outcome: Outcome = "partial"
    shaped_by: dict[str, str] = {}
    """What shaped the day (config, prompts, glossary, corrections, redos, code) → fingerprint (run/fingerprints.py)."""
    files: dict[str, str] = {}
    """Stage file or document → fingerprint of what was written."""
    unchanged: str | None = None
    """Hash of everything that shaped the day and of all its files (run/fingerprints.py); null while questions are
    open."""


class Entry(WithTexts):
    """An announced paper, its fate and its texts."""

    paper: Paper
    fate: Fate
    reason: str = ""
    """Why it was excluded."""
    texts: Texts = Field(default_factory=lambda: dict.fromkeys(NAMES))
    problems: tuple[Problem, ...] = ()
    """Worst first."""
    corrected: tuple[str, ...] = ()
    """Fields whose text a person wrote."""
    interests: tuple[str, ...] = ()
    """Those of the digest's `interests` that it has."""
    muted: tuple[str, ...] = ()
    """Those of the digest's `mute` that it has, unless it has an interest."""
    review: PaperReview | None = Field(None, exclude_if=lambda review: review is None)
    """What the second reader says about the texts as they stand."""

    def text(self, field: str) -> str | None:
        return self.texts.get(field)

    def rejected(self, field: str) -> Problem | None:
        """The problem because of which a field is not shown, if any."""
        return next((each for each in self.problems if each.field == field and each.severity == "reject"), None)


class Digest(Record):
    """A day of a digest, ready to be rendered."""

    name: str
    date: dt.date
    entries: tuple[Entry, ...]
    """All announced papers, newest id first."""
    unread: tuple[Failure, ...] = ()
    """Entries of the announcement that could not be read as papers; they count as announced and failed."""
    counts: Counts
    reviewed: ReviewCounts | None = None
    """None: there was no review."""
    report: RunReport
    """Model, prompts and cost of the texts."""
    terms: str = ""
    """How consistently the glossary's terms are rendered, and what is only counted, in one line."""


class RunRequest(Record):
    """What the command line asks for: which stages, of which digests and days."""

    stages: tuple[str, ...]
    digests: tuple[str, ...] = ()
    """Empty: all of the config."""
    dates: tuple[dt.date, dt.date] | None = None
    """First and last day, the same for a single one; None: today's announcement, or the newest day on the disk."""
    limit: int | None = None
    """Only the first so many papers that are not excluded, in feed order."""
    again: bool = False
    """Ignore stored answers and ask again."""
