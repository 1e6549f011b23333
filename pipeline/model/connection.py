"""Opens a connection to a model."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from pipeline.model.calls import Calls, Receipts
from pipeline.model.deadline import Deadline
from pipeline.model.meter import Meter
from pipeline.model.providers import Open, in_flight, provider_of
from pipeline.model.rate_limiter import RateLimiter
from pipeline.model.retry import Retrier, RetryPolicy
from pipeline.model.slots import ConcurrencyLimit
from pipeline.model.throttled_log import ThrottledLog
from pipeline.records import Ask, Usage
from pipeline.settings import ModelSettings


@asynccontextmanager
async def connect(
    settings: ModelSettings,
    *,
    say: Callable[[str], None],
    meter: Meter,
    base_url: str | None = None,
    policy: RetryPolicy = RetryPolicy(),  # noqa: B008 - frozen
    receipts: Receipts | None = None,
    known: bool = False,
) -> AsyncIterator[Ask]:
    """Opens a connection to a model; `base_url` replaces the one in the settings.

    `say` gets log lines, `meter` counts requests and tokens, `receipts` record every call; `known`: the model has
    answered in an earlier run. Raises ModelError here or for any question, and QuestionFailed for a question. Use one
    event loop a process, because LangChain shares its OpenAI client between connections.
    """
    log = ThrottledLog(say)
    async with AsyncExitStack() as stack:
        stack.callback(log.flush)
        settings = settings.model_copy(update={"concurrency": in_flight(settings)})
        endpoint, send = await _opener(settings)(settings, base_url, stack)
        deadline = Deadline(policy.shortest_deadline, settings.timeout_seconds)
        await stack.enter_async_context(deadline.watched())
        calls = Calls(
            send,
            endpoint,
            policy=policy,
            limiter=RateLimiter(settings.requests_per_minute, settings.tokens_per_minute),
            slots=ConcurrencyLimit(in_flight(settings)),
            deadline=deadline,
            meter=meter,
            log=log,
            receipts=receipts,
        )

        def on_retry(line: str) -> None:
            meter.add(Usage(retries=1))
            log.add("retry", line)

        yield Retrier(calls.once, endpoint, policy, on_retry, known=known).ask


def _opener(settings: ModelSettings) -> Open:
    if settings.cluster is None:
        return provider_of(settings).open
    from pipeline.model.cluster import open_cluster  # late: few have one

    return open_cluster
