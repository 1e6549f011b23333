"""A model provider on loopback, in a thread of its own so that whole runs can ask it; it answers invented.py's way.

How HTTP is spoken is loopback.py's.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests import invented
from tests.invented import Asked
from tests.loopback import Endpoint, Seen, Sent, completion

Behaves = Callable[[Asked, int], str | Sent]
"""What to do with the n-th question (from 0): a text to answer, or something else altogether."""

LIMITED = Sent({"error": {"message": "too many requests"}}, status=429, headers={"retry-after": "0.2"})
BROKEN = Sent({"error": {"message": "internal"}}, status=500)
RESET = Sent(act="reset")
WRONG_KEY = Sent({"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}}, status=401)
PAGE = Sent(b"<html><body>Sign in to the network</body></html>")
FILTERED = Sent({"error": {"message": "Content Exists Risk", "code": "invalid_request_error"}}, status=400)
HANGS = Sent(act="hang")


class Provider:
    """`behaves` may be changed between runs; `asked` are all questions so far."""

    def __init__(self, base_url: str = "") -> None:
        self.base_url = base_url
        self.behaves: Behaves = lambda asked, number: invented.good(asked)
        self.asked: list[Asked] = []
        self.seen: list[Seen] = []
        self.elsewhere: Callable[[Seen], Sent] = lambda seen: Sent({"error": {"message": "no such route"}}, status=404)
        """What is asked at any other address than that of questions."""

    def answer(self, seen: Seen, _: int) -> Sent:
        if not seen.path.endswith("/chat/completions"):
            return self.elsewhere(seen)
        asked = invented.read([(each["role"], each["content"]) for each in seen.body["messages"]])
        number = len(self.asked)
        self.asked.append(asked)
        self.seen.append(seen)
        does = self.behaves(asked, number)
        return does if isinstance(does, Sent) else Sent(completion(does))

    def forget(self) -> None:
        """Counts from 0 again."""
        self.asked.clear()
        self.seen.clear()


@contextmanager
def serving() -> Iterator[Provider]:
    """A provider that listens while this lasts."""
    provider = Provider()
    listening = threading.Event()
    loop = asyncio.new_event_loop()
    over = asyncio.Event()

    async def serve() -> None:
        async with Endpoint(answer=provider.answer).open() as provider.base_url:
            listening.set()
            await over.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    listening.wait()
    try:
        yield provider
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        loop.close()
