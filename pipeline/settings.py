"""The sections of config.yaml: keys, defaults and units, every path relative to the file.

config.py checks the names of sources, providers, rules and formats against their tables. `validate:` is in
rules/settings.py. Secrets are not here: `model.api_key_env` names the environment variable that holds the key.
"""

import json
import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    ValidationInfo,
    field_validator,
    model_validator,
)

from pipeline.records import AnnounceType


def _beside_the_file(path: Path, info: ValidationInfo) -> Path:
    folder: Path = (info.context or {}).get("folder", Path())
    if "\0" in str(path) or any(len(os.fsencode(part)) > _LONGEST_NAME for part in path.parts):
        raise ValueError(f"no path: a name in it has a NUL, or more than {_LONGEST_NAME} bytes")
    if os.name == "posix" and re.match(r"[A-Za-z]:[\\/]", str(path)):
        raise ValueError(f"is a path of Windows; here it is one such as /mnt/c/papers (it is {path})")
    path = Path(re.sub(r"^\$(HOME|\{HOME\})(?=/|$)", "~", str(path)))
    try:
        return (folder / path.expanduser()).absolute()
    except RuntimeError:  # ~nobody
        raise ValueError(f"no such home folder: {path.parts[0]}") from None


_LONGEST_NAME = 255
"""Bytes: what filesystems take."""


Url = Annotated[str, Field(max_length=2_000)]
RelativePath = Annotated[Path, AfterValidator(_beside_the_file)]


_DAY = 86_400
"""Seconds; nobody waits longer, and clocks of the system know no arbitrary number."""
Wanted = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"\w")]


class Section(BaseModel):
    # Docstrings become the descriptions in the schema that `wenzhai init` writes.
    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_default=True, allow_inf_nan=False, use_attribute_docstrings=True
    )


class DigestSettings(Section):
    """A row of `digests:`."""

    categories: tuple[str, ...]
    """Of arXiv."""
    interests: tuple[Wanted, ...] = ()
    """Words, phrases and authors, Chinese or English: papers with one of them carry ★ and come first (text/wanted.py)."""
    mute: tuple[Wanted, ...] = ()
    """The same for papers to fold away at the end; a paper that has one of `interests` too is not."""


class FetchSettings(Section):
    source: str = "feed"
    """A row of sources/table.py."""
    announce_types: tuple[AnnounceType, ...] = ("new", "cross")
    feed_url: Url = "https://rss.arxiv.org/atom"
    api_url: Url = "https://export.arxiv.org/api/query"
    path: RelativePath | None = None
    """For source jsonl: a file of papers, one JSON object a line."""
    exclude: tuple[str, ...] = ()
    """A paper whose title or abstract contains one of these words, in any case, is excluded."""
    timeout_seconds: float = Field(30, gt=0, le=_DAY)
    """Timeout of one request, up to the last byte of its response."""
    patience_seconds: float = Field(120, ge=0, le=_DAY)
    """Limit for all tries of one request together, waits included."""


class Price(Section):
    """Money for a million tokens."""

    input: float = Field(0, ge=0)
    cached: float = Field(0, ge=0)
    output: float = Field(0, ge=0)
    currency: str = "CNY"


class ModelSettings(Section):
    provider: str = "local"
    """A row of model.providers.PROVIDERS."""
    name: str = "qwen2.5-coder-1.5b-instruct"
    base_url: Url | None = None
    api_key_env: str = "OPENAI_API_KEY"
    extra_body: dict[str, Any] = {}
    temperature: float | None = Field(0, ge=0)
    """null: not sent, because some models refuse it."""
    concurrency: int | None = Field(None, ge=1, le=100_000)
    """Calls in flight; null: the default in the provider's row."""
    requests_per_minute: float | None = Field(None, ge=0.01)
    tokens_per_minute: float | None = Field(None, ge=1)
    timeout_seconds: float = Field(120, gt=0, le=_DAY)
    repairs: int = Field(2, ge=0, le=100)
    """How often a field that fails its checks is asked again."""
    path: RelativePath | None = None
    """For provider local: a GGUF file of your own."""
    unit: Literal["abstract", "sentences"] | None = None
    bundle: bool = True
    price: Price = Price()
    max_cost: float | None = Field(None, ge=0)
    batch: bool = False
    cluster: str | None = Field(None, pattern=r"^(auto|[^\s:/]+:\d+)$")
    """A Ray cluster that carries the questions: auto, or host:port of its head; null: this process does."""
    workers: int = Field(2, ge=1)
    """Actors on the cluster, a model each."""
    fallback: "ModelSettings | None" = None

    @field_validator("api_key_env")
    @classmethod
    def _is_a_name(cls, name: str) -> str:
        name = re.sub(r"^\$(\{?)([A-Z_][A-Z0-9_]*)\}?$", r"\2", name.strip())
        random = len(name) >= 24 and any(each.isdigit() for each in name) and not name.isupper()
        if random or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            raise ValueError(
                "must be the name of an environment variable, such as DEEPSEEK_API_KEY, and what stands there is none "
                "(not shown: it may be the key itself)"
            )
        return name

    @field_validator("extra_body")
    @classmethod
    def _is_json(cls, body: dict[str, Any]) -> dict[str, Any]:
        try:
            json.dumps(body, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise ValueError(f"cannot be sent as JSON ({error}); put quotes round a date") from None
        return body

    @model_validator(mode="after")
    def _fallback_is_another(self) -> "ModelSettings":
        if self.fallback and _asks_alike(self) == _asks_alike(self.fallback):
            raise ValueError("fallback: is the same model asked the same way; give it another name, or leave it out")
        return self


def _asks_alike(model: ModelSettings) -> tuple[object, ...]:
    """What shapes a model's answers; the address is not part of it."""
    return model.name, model.temperature, model.extra_body, model.path


class SummarizeSettings(Section):
    prompt: RelativePath = Path("prompts/summarize.md")
    english: bool = True
    """Also ask for a one-liner in English."""
    max_chars: int = Field(80, ge=10, le=10_000)
    """The length the prompt asks for; the longest that passes the checks is `validate.not_one_sentence`."""


class TranslateSettings(Section):
    prompt: RelativePath = Path("prompts/translate.md")


A_SECTION = "a model section"
"""What pydantic calls the place of an error in it; no key of the config."""


Reader = Annotated[
    Annotated[Literal["same"], Tag("same")] | Annotated[ModelSettings, Tag(A_SECTION)],
    # Tells pydantic which of the two is meant, so that an error is about that one only.
    Discriminator(lambda value: "same" if value == "same" else A_SECTION),
]


class ReviewSettings(Section):
    model: Reader | None = None
    """The second reader: a model section, best of another model than the writer's; `same`: the writer itself; null: none."""
    prompt: RelativePath = Path("prompts/review.md")
    fields: tuple[str, ...] = Field(("title_zh", "abstract_zh", "summary_zh"), min_length=1)
    """The fields to review."""
    share: float = Field(1.0, ge=0, le=1)
    """Share of the papers to review, chosen by a hash of the id, so that a rerun chooses the same ones."""
    max_claims: int = Field(8, ge=1)
    """Most claims that count of one answer, major ones first."""


class AssembleSettings(Section):
    typography: bool = True
    """Whether digest.html, index.html, feed.xml and sent messages are typeset: space between Han and Latin, full-width
    punctuation, “ ”. Stage files, digest.md, digest.json and digest.bib keep the model's text unchanged."""
    formats: tuple[str, ...] = Field(("markdown", "html", "json", "archive", "feed", "search"), min_length=1)
    """Each a row of render.FORMATS (a file for each day), render.SERIES (one file for all days) or render.SITE (for all
    digests). `run` prints the path of the first file of a day."""
    site: str | None = None
    """URL at which `output` is published; feed.xml then contains its own address."""

    @field_validator("site")
    @classmethod
    def _is_an_address(cls, site: str | None) -> str | None:
        if site is not None and not re.fullmatch(r"https?://[^\s/]+(/\S*)?", site):
            raise ValueError(f"must be an address, such as https://me.github.io/papers/ (it is {site})")
        return site

    @model_validator(mode="after")
    def _days_come_as_data(self) -> "AssembleSettings":
        for name in ("archive", "feed", "search", "notes"):
            if name in self.formats and "json" not in self.formats:
                raise ValueError(f"formats: {name} is made from the days' digest.json: add json, or leave {name} out")
        if "search" in self.formats and "archive" not in self.formats:
            raise ValueError("formats: search is done in the archive's index.html: add archive, or leave search out")
        return self
