"""The table of providers, one row each. `model.provider` names a row.

A new provider is a file with a function that opens it, and its row here.
"""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Literal, NamedTuple

from pipeline.model.calls import Send
from pipeline.model.faults import Endpoint
from pipeline.settings import ModelSettings

Unit = Literal["abstract", "sentences"]
Open = Callable[[ModelSettings, str | None, AsyncExitStack], Awaitable[tuple[Endpoint, Send]]]
"""(settings, base_url, stack) → (endpoint, function that sends a question). `base_url` replaces the one in the
settings; resources to close are pushed on the stack. Raises ModelError."""


async def _openai(settings: ModelSettings, base_url: str | None, stack: AsyncExitStack) -> tuple[Endpoint, Send]:
    from pipeline.model.client import open_openai  # late: openai takes half a second to import

    return await open_openai(settings, base_url, stack)


async def _local(settings: ModelSettings, base_url: str | None, stack: AsyncExitStack) -> tuple[Endpoint, Send]:
    from pipeline.model.local import open_local

    return await open_local(settings, base_url, stack)


async def _langchain(settings: ModelSettings, base_url: str | None, stack: AsyncExitStack) -> tuple[Endpoint, Send]:
    from pipeline.model.langchain import open_langchain  # late: langchain takes a second

    return await open_langchain(settings, base_url, stack)


class Provider(NamedTuple):
    name: str
    open: Open
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


PROVIDERS = (
    Provider(
        "local",
        _local,
        in_flight=1,
        unit="sentences",
        grammar=True,
        batches=False,
        needs_key=False,
        hosts=True,
        reviews=False,
    ),
    Provider("openai", _openai, in_flight=64, unit="abstract", grammar=False, batches=True, needs_key=True),
    Provider("langchain", _langchain, in_flight=64, unit="abstract", grammar=False, batches=False, needs_key=True),
)


def provider_of(settings: ModelSettings) -> Provider:
    return next(row for row in PROVIDERS if row.name == settings.provider)


def in_flight(settings: ModelSettings) -> int:
    """How many calls may be in flight at once."""
    return settings.concurrency or provider_of(settings).in_flight


def unit_of(settings: ModelSettings) -> Unit:
    return settings.unit or provider_of(settings).unit
