"""config.yaml: one section a stage, every key known, every path relative to the file.

Home of PyYAML. Secrets are not here: `model.api_key_env` names the environment variable that holds the key.
"""

import difflib
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, model_validator

from pipeline.errors import ConfigError
from pipeline.models import AnnounceType, Severity


def _beside_the_file(path: Path, info: ValidationInfo) -> Path:
    folder: Path = (info.context or {}).get("folder", Path())
    return (folder / path.expanduser()).absolute()


RelativePath = Annotated[Path, AfterValidator(_beside_the_file)]


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


class FetchSettings(Section):
    source: Literal["feed", "api", "jsonl"] = "feed"
    announce_types: tuple[AnnounceType, ...] = ("new", "cross")
    feed_url: str = "https://rss.arxiv.org/atom"
    api_url: str = "https://export.arxiv.org/api/query"
    path: RelativePath | None = None
    """For source jsonl: a file of papers, one JSON object a line."""
    exclude: tuple[str, ...] = ()
    """A paper whose title or abstract holds one of these words, in any case, is left out by name."""
    timeout_seconds: float = Field(30, gt=0)
    """For one request."""
    patience_seconds: float = Field(120, ge=0)
    """For all tries of one request together, waits included."""

    @model_validator(mode="after")
    def _jsonl_needs_a_path(self) -> "FetchSettings":
        if self.source == "jsonl" and self.path is None:
            raise ValueError("source: jsonl needs fetch.path, the file of papers to read")
        return self


class Price(Section):
    """Money for a million tokens."""

    input: float = Field(0, ge=0)
    cached: float = Field(0, ge=0)
    output: float = Field(0, ge=0)
    currency: str = "CNY"


class ModelSettings(Section):
    provider: Literal["local", "openai", "langchain"] = "local"
    name: str = "qwen2.5-coder-1.5b-instruct"
    base_url: str | None = None
    api_key_env: str = "OPENAI_API_KEY"
    extra_body: dict[str, Any] = {}
    temperature: float | None = Field(0, ge=0)
    """null sends none: some models refuse it."""
    concurrency: int | None = Field(None, ge=1)
    """Calls in flight; null: 64, and one for the embedded model, which would only queue the others."""
    requests_per_minute: float | None = Field(None, gt=0)
    tokens_per_minute: float | None = Field(None, gt=0)
    timeout_seconds: float = Field(120, gt=0)
    repairs: int = Field(2, ge=0)
    """How often a field that fails its checks is asked again."""
    path: RelativePath | None = None
    """For provider local: a GGUF file of your own."""
    unit: Literal["abstract", "sentences"] | None = None
    bundle: bool = True
    price: Price = Price()
    max_cost: float | None = Field(None, ge=0)
    batch: bool = False
    fallback: "ModelSettings | None" = None

    @model_validator(mode="after")
    def _fallback_is_another(self) -> "ModelSettings":
        if self.fallback and _asks_alike(self) == _asks_alike(self.fallback):
            raise ValueError("fallback: is the same model asked the same way; give it another name, or leave it out")
        return self

    @property
    def at_once(self) -> int:
        return self.concurrency or (1 if self.provider == "local" else 64)

    @property
    def by_sentences(self) -> bool:
        """A small model translates one sentence at a time well and a whole abstract badly."""
        return (self.unit or ("sentences" if self.provider == "local" else "abstract")) == "sentences"


def _asks_alike(model: ModelSettings) -> tuple[object, ...]:
    """What tells two models' answers apart; the address does not."""
    return model.name, model.temperature, model.extra_body, model.path


class SummarizeSettings(Section):
    prompt: RelativePath = Path("prompts/summarize.md")
    english: bool = True
    """Also ask for a one-liner in English."""
    max_chars: int = Field(80, ge=10)
    """What the prompt asks for; how much more is still let through is `validate.not_one_sentence`."""


class TranslateSettings(Section):
    prompt: RelativePath = Path("prompts/translate.md")


RULES = {
    "empty": "空白", "no_answer": "没有回答", "filtered": "被服务商拦下", "budget": "预算用尽", "untranslated": "未译",
    "boilerplate": "混入套话", "placeholder": "占位语", "truncated": "不完整", "number": "数字", "formula": "公式", "url": "网址",
    "mark": "残留记号", "refusal": "拒答", "duplicate": "重复", "wrong_script": "繁体", "mixed": "夹杂英文", "omitted": "漏译",
    "name": "名称", "term": "术语", "not_one_sentence": "过长", "note": "译者的话", "english_summary": "英文一句话",
}  # fmt: skip
"""Names, and what they are called where a reader meets them; what each checks is the table in pipeline/rules."""


class ValidateSettings(Section):
    severity: dict[str, Severity | Literal["off"]] = {}
    """Raises or lowers a rule: {omitted: reject, mixed: "off"}."""
    untranslated: float = Field(0.2, ge=0, le=1)
    """Share of Chinese among the letters below which a whole field counts as not translated."""
    wrong_script: float = Field(0.02, ge=0, le=1)
    """Share of traditional characters among the Chinese ones from which a field is in the wrong script."""
    placeholder: int = Field(12, ge=6)
    """So many characters in a row of the prompt's own text are an echo of it."""
    omitted: float = Field(0.8, ge=0, le=1)
    """Share of the expected length below which a translation has left something out."""
    not_one_sentence: int = Field(150, ge=20)
    """Chinese characters a one-liner may have."""
    not_one_sentence_en: int = Field(90, ge=10)
    """Words an English one-liner may have."""
    term: Literal["forbidden", "required"] = "forbidden"
    """required: a glossary term with none of its renderings is a problem too, and not only a forbidden one. A good
    translation may well paraphrase a term, so by default that is merely counted in 统计."""

    def __hash__(self) -> int:
        return hash(self.model_dump_json())  # a mapping has none of its own

    @model_validator(mode="after")
    def _rules_exist(self) -> "ValidateSettings":
        for name in self.severity:
            if name not in RULES:
                near = difflib.get_close_matches(name, RULES, n=1, cutoff=0.5)
                hint = f"did you mean {near[0]}?" if near else f"known are: {', '.join(RULES)}"
                raise ValueError(f"severity.{name}: unknown rule, {hint}")
        return self


class AssembleSettings(Section):
    typography: bool = True
    """Space between Han and Latin, full-width punctuation and “ ” where it is read: digest.html, index.html, feed.xml and
    what is sent. Stage files, digest.md, digest.json and digest.bib have the texts as they were answered."""
    formats: tuple[Literal["markdown", "html", "json", "bibtex", "archive", "feed"], ...] = Field(
        ("markdown", "html", "json", "archive", "feed"), min_length=1
    )
    """Each a row of render.FORMATS (a day's) or render.SERIES (of all days); a command names the first of a day's."""
    site: str | None = Field(None, pattern=r"^https?://[^\s/]+(/\S*)?$")
    """Address under which `output` is published; feed.xml then says where it is found itself."""

    @model_validator(mode="after")
    def _days_come_as_data(self) -> "AssembleSettings":
        for name in ("archive", "feed"):
            if name in self.formats and "json" not in self.formats:
                raise ValueError(f"formats: {name} is made from the days' digest.json: add json, or leave {name} out")
        return self


class Config(Section):
    digests: dict[Annotated[str, Field(pattern=r"^\w[\w.+-]*$")], tuple[str, ...]] = {"cs.CL": ("cs.CL",)}
    """Name of the digest, also its folder: arXiv categories."""
    output: RelativePath = Path("outputs")
    fetch: FetchSettings = FetchSettings()
    model: ModelSettings = ModelSettings()
    summarize: SummarizeSettings = SummarizeSettings()
    translate: TranslateSettings = TranslateSettings()
    glossary: RelativePath | None = Path("prompts/glossary.yaml")
    rules: ValidateSettings = Field(ValidateSettings(), alias="validate")
    """`validate:` in the file; pydantic keeps that name for itself."""
    assemble: AssembleSettings = AssembleSettings()


def load_config(path: Path, changes: tuple[str, ...] = ()) -> Config:
    """Reads a config file and lays `KEY=VALUE` changes over it; a value is YAML. Raises ConfigError."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except FileNotFoundError:
        raise ConfigError(f"{path}: not found; go to the folder that holds it, or give --config FILE") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from None
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: not YAML: {' '.join(str(error).split())}") from None
    if not isinstance(data, dict):
        raise ConfigError(f"{path}: must hold keys such as `digests:`, not {type(data).__name__}")
    for change in changes:
        _lay_over(data, change)
    return parse_config(data, folder=path.absolute().parent, name=path.name)


def parse_config(data: dict[str, Any], *, folder: Path, name: str = "config") -> Config:
    """Checks plain data against the known keys; relative paths start at `folder`. Raises ConfigError."""
    # A section left out, or with all its keys commented out, has paths of its own, and these start at `folder` too.
    whole = data | {key: {} for key in _sections(Config) if data.get(key) is None}
    try:
        return Config.model_validate(whole, context={"folder": folder})
    except ValidationError as error:
        raise ConfigError("\n".join(_complaint(name, dict(row)) for row in error.errors())) from None


def _lay_over(data: dict[str, Any], change: str) -> None:
    key, equals, value = change.partition("=")
    if not equals or not key:
        raise ConfigError(f"--set {change}: must be KEY=VALUE, such as model.name=deepseek-chat")
    *sections, last = key.split(".")
    for section in sections:
        if data.get(section) is None:
            data[section] = {}
        data = data[section]
        if not isinstance(data, dict):
            raise ConfigError(f"--set {key}: {section} is not a section of the config")
    try:
        data[last] = yaml.safe_load(value)
    except yaml.YAMLError:
        raise ConfigError(f"--set {key}: the value is not YAML: {value}") from None


def _complaint(name: str, row: dict[str, Any]) -> str:
    place = ".".join(str(part) for part in row["loc"])
    if row["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(row["loc"][-1]), _known_keys(row["loc"][:-1]), n=1, cutoff=0.5)
        known = ", ".join(_known_keys(row["loc"][:-1]))
        return f"{name}: {place}: unknown key, " + (f"did you mean {near[0]}?" if near else f"known are: {known}")
    if row["type"] == "value_error":
        return f"{name}: {place}: {row['ctx']['error']}"
    return f"{name}: {place}: {row['msg'][0].lower()}{row['msg'][1:]} (it is {row['input']!r})"


def _known_keys(path: tuple[str | int, ...]) -> list[str]:
    section: type[Section] = Config
    for part in path:
        section = _sections(section).get(str(part), section)
    return [field.alias or key for key, field in section.model_fields.items()]


def _sections(section: type[Section]) -> dict[str, type[Section]]:
    """The keys of a section that are sections themselves."""
    found = {}
    for key, field in section.model_fields.items():
        for kind in (field.annotation, *get_args(field.annotation)):
            if isinstance(kind, type) and issubclass(kind, Section):
                found[field.alias or key] = kind
    return found
