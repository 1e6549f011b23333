"""Sends questions to a model: providers, rate limits, timeouts, retries, errors.

connect        (below) opens a connection to a model, made from the modules here
providers      the table of providers
retry          retries, and when to give up the endpoint                   uses tenacity
own_faults     whether a failure is a question's own; pure
start          the first questions: few at once until one is answered
calls          one call: concurrency slot, rate limit, timeout, 429s
rate_limiter   when the next request may be sent; pure
quota          one limit, configured or learned: buckets and windows; pure
slots          how many calls may be in flight
deadline       the timeout of a call, learned from latencies
client         HTTP to any OpenAI-compatible endpoint                      uses openai
request        the request body, adapted to what an endpoint refuses; pure
address        parses and checks base_url; pure
batch_api      many questions as one file, at half the price               uses openai
langchain      any provider that LangChain supports                        uses langchain
local          the embedded model as one more endpoint                     uses xllamacpp
cluster        any of these on the workers of a Ray cluster                uses ray
faults         what an error means, with fault_table (one row a wording); pure
replies        parses responses; pure
tokens         counts or guesses the tokens of a text                      uses tiktoken
meter          requests and tokens of a run so far
throttled_log  log lines about retries and waits, at most one in ten seconds
"""

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

__all__ = ["Meter", "RetryPolicy", "connect"]


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
