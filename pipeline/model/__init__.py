"""Who answers, how fast, and after how many tries.

connect ─ retry    tries, and when the whole endpoint is given up        (tenacity)
          calls    places in flight, deadlines, 429s          ─ pace     when the next may go: pure
          client   one exchange, OpenAI's way                            (openai)
          langchain  one exchange, any provider LangChain knows          (langchain)
          faults   what an error means: pure                  ─ replies  what an answer holds: pure
          local    the embedded model, one more endpoint                 (xllamacpp)
          tokens   how many tokens a text is                             (tiktoken)
          news     what the person at work is told
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from pipeline.config import ModelSettings
from pipeline.model.calls import Calls, Tally
from pipeline.model.news import News
from pipeline.model.pace import Pace
from pipeline.model.retry import Patience, Tries
from pipeline.models import Ask

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
        # Late: openai takes half a second to import, LangChain more, and each is needed by some runs only.
        if settings.provider == "local" and base_url is None:
            from pipeline.model.local import serve

            base_url = stack.enter_context(serve(settings))
        base_url = base_url or settings.base_url
        if settings.provider == "langchain":
            from pipeline.model.langchain import langchain_endpoint, open_langchain

            endpoint = langchain_endpoint(settings, base_url)
            send = open_langchain(settings, endpoint, base_url)
        else:
            from pipeline.model.client import OPENAI_URL, endpoint_of, open_client

            endpoint = endpoint_of(settings, base_url or OPENAI_URL)
            send = await stack.enter_async_context(open_client(settings, endpoint))
        calls = Calls(
            send,
            endpoint,
            Pace(settings.requests_per_minute, settings.tokens_per_minute),
            in_flight=settings.concurrency,
            shortest_deadline=patience.shortest_deadline,
            deadline=settings.timeout_seconds,
            usage=usage,
            news=news,
        )

        def again(line: str) -> None:
            usage.retries += 1
            news.tell("retry", line)

        await stack.enter_async_context(calls.watched())
        yield Tries(calls.once, endpoint, patience, again).ask
