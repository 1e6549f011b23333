"""Who answers, how fast, and after how many tries.

connect        an open connection, put together from the rest
providers      the table of ways to a model
retry          retries, and when the whole endpoint is given up            home of tenacity
calls          one call: its slot, its turn, its timeout; 429s
rate_limiter   when the next may go: pure
slots          how many may be in flight
deadline       how long one may take
client         one exchange with any OpenAI-compatible endpoint            home of openai
request        the request, and what refusals teach about it: pure
address        base_url as people type it: pure
batch_api      many questions as one file, at half the price               home of openai too
langchain      one exchange with any provider LangChain knows              home of langchain
local          the embedded model, one more endpoint                       home of xllamacpp
faults         what an error means, by fault_table: pure
replies        what an answer holds: pure
tokens         how many tokens a text is                                   home of tiktoken
meter          what a run has used so far
throttled_log  retries and waits, told in few lines
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from pipeline.model.calls import Calls, Receipts
from pipeline.model.deadline import Deadline
from pipeline.model.meter import Meter
from pipeline.model.providers import in_flight, provider_of
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
) -> AsyncIterator[Ask]:
    """An open connection to the model of these settings; `base_url` stands in for the one in them.

    `say` gets the log's lines, `meter` counts along, `receipts` keep every call. Raises ModelError here or from any question, and from a question
    QuestionFailed. One event loop a process: LangChain's OpenAI client is shared between connections.
    """
    log = ThrottledLog(say)
    async with AsyncExitStack() as stack:
        stack.callback(log.flush)
        settings = settings.model_copy(update={"concurrency": in_flight(settings)})
        endpoint, send = await provider_of(settings).open(settings, base_url, stack)
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

        yield Retrier(calls.once, endpoint, policy, on_retry).ask
