"""Who answers, how fast, and after how many tries.

connect    an open connection, put together from the rest
retry      tries, and when the whole endpoint is given up             home of tenacity
calls      one call: its place, its turn, its deadline; 429s
pace       when the next may go: pure
places     how many may be in flight
deadline   how long one may take
client     one exchange with any OpenAI-compatible endpoint           home of openai
batch      many questions as one file, at half the price              home of openai too
langchain  one exchange with any provider LangChain knows             home of langchain
faults     what an error means: pure
replies    what an answer holds: pure
tokens     how many tokens a text is                                  home of tiktoken
tally      what a run has used so far
news       what the person at work hears of it
local      the embedded model, one more endpoint                      home of xllamacpp
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from pipeline.model.calls import Calls, Send
from pipeline.model.deadline import Deadline
from pipeline.model.faults import Endpoint
from pipeline.model.news import News
from pipeline.model.pace import Pace
from pipeline.model.places import Places
from pipeline.model.retry import Patience, Tries
from pipeline.model.tally import Tally
from pipeline.records import Ask
from pipeline.settings import ModelSettings

__all__ = ["Patience", "Tally", "connect"]


@asynccontextmanager
async def connect(
    settings: ModelSettings,
    *,
    say: Callable[[str], None],
    usage: Tally,
    base_url: str | None = None,
    patience: Patience = Patience(),  # noqa: B008 - frozen
) -> AsyncIterator[Ask]:
    """An open connection to the model of these settings; `base_url` stands in for the one in them.

    `say` hears of retries and waits, `usage` counts along. Raises ModelError here or from any question, and from a question
    QuestionFailed. One event loop a process: LangChain's OpenAI client is shared between connections.
    """
    news = News(say)
    async with AsyncExitStack() as stack:
        stack.callback(news.close)
        endpoint, send = await _open(settings, base_url, stack)
        deadline = Deadline(patience.shortest_deadline, settings.timeout_seconds)
        await stack.enter_async_context(deadline.watched())
        calls = Calls(
            send,
            endpoint,
            pace=Pace(settings.requests_per_minute, settings.tokens_per_minute),
            places=Places(settings.at_once),
            deadline=deadline,
            usage=usage,
            news=news,
        )

        def again(line: str) -> None:
            usage.retries += 1
            news.tell("retry", line)

        yield Tries(calls.once, endpoint, patience, again).ask


async def _open(settings: ModelSettings, base_url: str | None, stack: AsyncExitStack) -> tuple[Endpoint, Send]:
    # Late: openai takes half a second to import, LangChain more, and each is needed by some runs only.
    if settings.provider == "langchain":
        from pipeline.model.langchain import langchain_endpoint, open_langchain

        base_url = base_url or settings.base_url
        endpoint = langchain_endpoint(settings, base_url)
        return endpoint, open_langchain(settings, endpoint, base_url)
    from pipeline.model.client import OPENAI_URL, endpoint_of, open_client

    if settings.provider == "local" and base_url is None:
        from pipeline.model.local import serve

        base_url = stack.enter_context(serve(settings))
    endpoint = endpoint_of(settings, base_url or settings.base_url or OPENAI_URL)
    return endpoint, await stack.enter_async_context(open_client(settings, endpoint))
