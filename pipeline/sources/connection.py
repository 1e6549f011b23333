"""One polite connection to arXiv: when it may be asked, what is asked again, and what stops the run at once.

Home of requests, and of the only retries on this side. What the answers mean is left to feed.py and api.py.
arXiv's terms (https://info.arxiv.org/help/api/tou.html): one request every three seconds over one connection, so a
process makes one Connection and hands it to every digest.
"""

import contextlib
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import requests
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_before_delay, wait_exponential_jitter
from urllib3.exceptions import InvalidHeader
from urllib3.util import Retry

from pipeline import files
from pipeline.errors import SourceError
from pipeline.records import Record
from pipeline.settings import FetchSettings
from pipeline.sources import atom

Say = Callable[[str], None]
"""Tells the person watching, one line each, of every wait: what, why, how long."""
USER_AGENT = "wenzhai (Chinese digests of arXiv announcements)"


class _Passing(Exception):
    """A fault that passes by itself; `after_seconds` is the server's Retry-After, where it gives one."""

    def __init__(self, cause: str, after_seconds: float | None = None) -> None:
        super().__init__(cause)
        self.after_seconds = after_seconds


class _Copy(Record):
    """A feed as it came last, and the name arXiv gave to that state of it."""

    etag: str
    body: str


class Connection:
    """Asks arXiv in turn, asks again for what passes by itself, and lets only Atom feeds through.

    Proxies (HTTP and SOCKS) come from the environment, as always with requests.
    """

    def __init__(
        self, settings: FetchSettings, say: Say, *, interval_seconds: float = 3.0, copies: Path | None = None
    ) -> None:
        """`copies`: a folder for the last feed of each address; with it an unchanged feed is not sent again (ETag)."""
        self.say = say
        self._settings = settings
        self._interval_seconds = interval_seconds
        self._copies = copies
        self._documents: dict[str, atom.Element] = {}
        self._free_at = 0.0
        self._one_at_a_time = threading.RLock()
        self._session = requests.Session()
        self._session.headers["User-Agent"] = USER_AGENT

    def document(self, url: str) -> atom.Element:
        """The `feed` element at `url`; however many digests want it, it is asked for once. Raises SourceError."""
        with self._one_at_a_time:
            if url not in self._documents:
                self._documents[url] = atom.parse(self._current(url), url)
            return self._documents[url]

    def get(self, url: str, *, etag: str | None = None) -> requests.Response:
        """A whole Atom feed (200), or 304 where `etag` still holds. Raises SourceError."""
        timeout, patience = self._settings.timeout_seconds, self._settings.patience_seconds
        where, _, _ = url.partition("?")
        with self._one_at_a_time:
            self._wait_turn(where)
            started = time.monotonic()
            tries = Retrying(
                retry=retry_if_exception_type(_Passing),
                wait=self._seconds_to_wait,
                stop=stop_before_delay(patience),
                before_sleep=lambda state: self.say(
                    f"{where}: {_fault(state)}; asking again in {state.upcoming_sleep:.1f} s"
                ),
                reraise=True,
            )
            try:
                for attempt in tries:
                    with attempt:
                        # The first try has its whole timeout, the others end with the patience.
                        left = started + max(patience, timeout) - time.monotonic()
                        response = self._ask(url, where, etag, min(timeout, max(left, 0.1)))
            except _Passing as fault:
                count, seconds = tries.statistics["attempt_number"], time.monotonic() - started
                rest = f", it wants {fault.after_seconds:.0f} s of rest" if fault.after_seconds else ""
                raise SourceError(
                    f"{where}: {fault} (tries: {count} in {seconds:.0f} s{rest}): "
                    f"try again later, or raise fetch.patience_seconds ({patience:g})"
                ) from None
            return response

    def _ask(self, url: str, where: str, etag: str | None, timeout: float) -> requests.Response:
        try:
            response = self._session.get(url, headers={"If-None-Match": etag} if etag else None, timeout=timeout)
        except requests.Timeout:
            raise _Passing(f"no answer within {timeout:.1f} s") from None
        except (
            requests.ConnectionError,
            requests.exceptions.ChunkedEncodingError,
            requests.exceptions.ContentDecodingError,
        ) as error:
            raise _Passing(f"the connection failed ({_root(error)})") from None
        except requests.RequestException as error:
            raise SourceError(f"{where}: {error}: check fetch.feed_url, fetch.api_url and the proxy settings") from None
        finally:
            self._free_at = time.monotonic() + self._interval_seconds
        if not (etag and response.status_code == requests.codes.not_modified):
            _judge(response, where)
        return response

    def _wait_turn(self, where: str) -> None:
        seconds = self._free_at - time.monotonic()
        if seconds > 0:
            self.say(f"{where}: waiting {seconds:.1f} s (arXiv allows a request every {self._interval_seconds:g} s)")
            time.sleep(seconds)

    def _seconds_to_wait(self, state: RetryCallState) -> float:
        """Retry-After where there is one, else 3, 6, 12 … 60 s with jitter; never less than arXiv's interval."""
        least = self._interval_seconds
        fault = _fault(state)
        if isinstance(fault, _Passing) and fault.after_seconds is not None:
            return max(fault.after_seconds, least)
        return wait_exponential_jitter(multiplier=least, max=20 * least, jitter=least / 3)(state)

    def _current(self, url: str) -> bytes:
        """The feed at `url`, from the kept copy where arXiv says that it still holds.

        arXiv is always asked, never the copy's age: a stale feed is put right in the middle of its max-age.
        """
        if self._copies is None:
            return self.get(url).content
        path = self._copies / f"{quote(url, safe='')}.json"
        copy = files.read_record(path, _Copy) if path.exists() else None
        response = self.get(url, etag=copy.etag if copy else None)
        if copy and response.status_code == requests.codes.not_modified:
            return copy.body.encode()
        if etag := response.headers.get("ETag"):
            files.write_records(path, [_Copy(etag=etag, body=response.content.decode())])
        return response.content


def _judge(response: requests.Response, where: str) -> None:
    """Raises _Passing for what passes by itself, SourceError for what does not."""
    status = response.status_code
    # 406 is how the API says "too many" too, in 2026.
    if status in {requests.codes.not_acceptable, requests.codes.too_many_requests} or status >= 500:
        raise _Passing(f"HTTP {status} {response.reason}", _retry_after(response))
    if status == requests.codes.ok:
        try:
            atom.parse(response.content, where)
        except atom.CutShort as error:
            raise _Passing(str(error)) from None
    else:
        # An error feed says more than its status does.
        with contextlib.suppress(atom.CutShort):
            atom.parse(response.content, f"{where}: HTTP {status}")
        raise SourceError(
            f"{where}: HTTP {status} {response.reason}: check the address and the categories of `digests`"
        )


def _retry_after(response: requests.Response) -> float | None:
    """Seconds, whether the header gives seconds or a date."""
    try:
        return Retry().parse_retry_after(response.headers["Retry-After"])
    except (KeyError, InvalidHeader):
        return None


def _root(error: BaseException) -> str:
    """The innermost cause: requests wraps "Connection refused" in three lines of its own."""
    while inner := error.__cause__ or error.__context__:
        error = inner
    return str(error) or type(error).__name__


def _fault(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None
