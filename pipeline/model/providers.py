"""The table of providers, one row each. `model.provider` names a row.

A new provider is a file with a function that opens it, and its row here.
"""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias, cast

from pipeline.settings import ModelSettings

if TYPE_CHECKING:
    from pipeline.model.calls import Send
    from pipeline.model.faults import Endpoint

Unit = Literal["abstract", "sentences"]
Open: TypeAlias = "Callable[[ModelSettings, str | None, AsyncExitStack], Awaitable[tuple[Endpoint, Send]]]"
"""(settings, base_url, stack) → (endpoint, function that sends a question). `base_url` replaces the one in the
settings; resources to close are pushed on the stack. Raises ModelError."""


class Provider(NamedTuple):
    name: str
    opens: str
    """module:function; a name, because openai and LangChain take up to a second to import."""
    in_flight: int
    """Calls in flight if model.concurrency is null."""
    unit: Unit
    """The unit of a question if model.unit is null; a small model translates single sentences better than whole
    abstracts."""
    grammar: bool
    """Whether it can constrain an answer by a GBNF grammar."""
    batches: bool
    """Whether it has OpenAI's batch interface."""
    needs_key: bool
    """Whether an address on the internet needs a key in model.api_key_env."""
    hosts: bool = False
    """Whether it runs the model itself, on the cores of this machine or of a cluster's worker."""
    reviews: bool = True
    """Whether it can be the second reader. The embedded model is no judge: it found nothing in three omitted passages
    and in 130 million → 130亿."""

    @property
    def open(self) -> Open:
        """Imports what the provider needs."""
        return cast("Open", resolve_name(self.opens))


PROVIDERS = (
    Provider(
        "local",
        "pipeline.model.local:open_local",
        in_flight=1,
        unit="sentences",
        grammar=True,
        batches=False,
        needs_key=False,
        hosts=True,
        reviews=False,
    ),
    Provider(
        "openai",
        "pipeline.model.client:open_openai",
        in_flight=64,
        unit="abstract",
        grammar=False,
        batches=True,
        needs_key=True,
    ),
    Provider(
        "langchain",
        "pipeline.model.langchain:open_langchain",
        in_flight=64,
        unit="abstract",
        grammar=False,
        batches=False,
        needs_key=True,
    ),
)


def provider_of(settings: ModelSettings) -> Provider:
    return next(row for row in PROVIDERS if row.name == settings.provider)


def in_flight(settings: ModelSettings) -> int:
    """How many calls may be in flight at once."""
    return settings.concurrency or provider_of(settings).in_flight


def unit_of(settings: ModelSettings) -> Unit:
    return settings.unit or provider_of(settings).unit
