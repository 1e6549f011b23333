"""HTTP to arXiv through requests: rate limit, retries, timeouts and size limits.

arXiv's terms (https://info.arxiv.org/help/api/tou.html) allow one request every three seconds over one connection, so
all digests of a run share one Connection.
"""

import contextlib
import hashlib
import re
import threading
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar, cast
from urllib.parse import urljoin

import requests
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_before_delay, wait_exponential_jitter
from urllib3.exceptions import HTTPError, ReadTimeoutError

from pipeline import files
from pipeline.errors import FileError, SourceError
from pipeline.records import Record
from pipeline.retry_after import retry_after_seconds
from pipeline.settings import FetchSettings
from pipeline.sources.response import Check, CutShort, Response, excerpt, shown

T = TypeVar("T")
Say = Callable[[str], None]
"""Gets one line for each wait or problem, to be shown to the user."""
USER_AGENT = "wenzhai (Chinese digests of arXiv announcements)"
BODY_BYTES = 16 * 2**20
"""Size limit of a body, compressed and decompressed. arXiv's largest, a feed of 2,000 papers, is 5 MB."""
CHUNK_BYTES = 2**16
REDIRECTS = 5
PACKED = {"gzip", "x-gzip", "deflate"}
"""Values of Content-Encoding that are decompressed. Only gzip is requested."""
GZIP = b"\x1f\x8b"
"""First bytes of gzip data, in case the header is missing."""


class _Passing(Exception):
    """A temporary failure, to be retried; `after_seconds` is the server's Retry-After, if any."""

    def __init__(
        self, cause: str, after_seconds: float | None = None, *, late: bool = False, unreached: bool = False
    ) -> None:
        super().__init__(cause)
        self.after_seconds = after_seconds
        self.late = late
        """Whether it exceeded fetch.timeout_seconds."""
        self.unreached = unreached
        """Whether there was no connection, or it broke."""


class _Copy(Record):
    """A cached response and its ETag."""

    etag: str
    body: str
    """The bytes, decoded as Latin-1."""


class Connection:
    """Sends one request at a time, retries temporary failures, and returns only complete responses.

    Proxies (HTTP and SOCKS) come from the environment, as always with requests.
    """

    def __init__(
        self, settings: FetchSettings, say: Say, *, interval_seconds: float = 3.0, copies: Path | None = None
    ) -> None:
        """`copies`: a folder for the last response of each URL; with it, an unchanged one is not downloaded again
        (ETag)."""
        self.say = say
        self._settings = settings
        self._interval_seconds = interval_seconds
        self._copies = copies
        self._documents: dict[str, object] = {}
        self._free_at = 0.0
        self._one_at_a_time = threading.RLock()
        self._session = _new_session()

    def document(self, url: str, parse: Callable[[bytes, str], T]) -> T:
        """The response, parsed by `parse` (a Check); each URL is requested only once.

        Raises SourceError.
        """
        with self._one_at_a_time:
            if url not in self._documents:
                self._documents[url] = parse(self._current(url, parse), shown(url))
            return cast(T, self._documents[url])

    def get(self, url: str, *, check: Check, etag: str | None = None) -> Response:
        """A response that passes `check` (status 200), or status 304 if `etag` is still valid. Raises SourceError."""
        timeout, patience = self._settings.timeout_seconds, self._settings.patience_seconds
        where = shown(url)
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
                        # The first try has the full timeout; retries end when the patience is used up.
                        left = started + max(patience, timeout) - time.monotonic()
                        response = self._ask(url, where, etag, min(timeout, max(left, 0.1)))
                        if not (etag and response.status == requests.codes.not_modified):
                            _judge(response, where, check)
            except _Passing as fault:
                count, seconds = tries.statistics["attempt_number"], time.monotonic() - started
                rest = f", it wants {fault.after_seconds:.0f} s of rest" if fault.after_seconds else ""
                slower = f"fetch.timeout_seconds ({timeout:g}) and " if fault.late else ""
                way_out = f"raise {slower}fetch.patience_seconds ({patience:g})"
                if fault.unreached:
                    way_out = "check the network and the proxy (HTTPS_PROXY)"
                raise SourceError(
                    f"{where}: {fault} (tries: {count} in {seconds:.0f} s{rest}): try again later, or {way_out}"
                ) from None
            return response

    def _ask(self, url: str, where: str, etag: str | None, timeout: float) -> Response:
        """One exchange of at most `timeout` seconds from the name's resolution to the last byte."""
        # In a thread, because a socket's timeout restarts with every byte received.
        thread = ThreadPoolExecutor(1)
        try:
            return thread.submit(_exchange, self._session, url, where, etag, timeout).result(timeout)
        except (requests.Timeout, ReadTimeoutError, TimeoutError):
            self._session = _new_session()  # the thread still uses the old one
            raise _Passing(f"no whole answer within {timeout:.1f} s", late=True) from None
        except (requests.ConnectionError, HTTPError) as error:
            raise _Passing(f"the connection failed ({_masked(_root(error))})", unreached=True) from None
        except zlib.error as error:
            raise _Passing(f"the answer cannot be unpacked ({error})") from None
        except (requests.RequestException, ValueError) as error:  # ValueError: a redirect to an invalid URL
            # The message may quote any part of the URL, so also a part of a password.
            cause = type(error).__name__ if "@" in url else _masked(str(error))
            raise SourceError(f"{where}: {cause}: check fetch.feed_url, fetch.api_url and the proxy settings") from None
        finally:
            thread.shutdown(wait=False)
            self._free_at = time.monotonic() + self._interval_seconds

    def _wait_turn(self, where: str) -> None:
        seconds = self._free_at - time.monotonic()
        if seconds > 0:
            self.say(f"{where}: waiting {seconds:.1f} s (arXiv allows a request every {self._interval_seconds:g} s)")
            time.sleep(seconds)

    def _seconds_to_wait(self, state: RetryCallState) -> float:
        """Retry-After if given, else 3, 6, 12 … 60 s with jitter; at least arXiv's interval."""
        least = self._interval_seconds
        fault = _fault(state)
        if isinstance(fault, _Passing) and fault.after_seconds is not None:
            return max(fault.after_seconds, least)
        return wait_exponential_jitter(multiplier=least, max=20 * least, jitter=least / 3)(state)

    def _current(self, url: str, check: Check) -> bytes:
        """The body at `url`; from the cached copy if arXiv answers that it is still valid.

        The age of the copy is ignored, because arXiv corrects a stale feed within its max-age.
        """
        if self._copies is None:
            return self.get(url, check=check).body
        path = self._copies / f"{hashlib.sha256(shown(url).encode()).hexdigest()[:32]}.json"
        copy = self._kept(path, shown(url), check)
        response = self.get(url, check=check, etag=copy.etag if copy else None)
        if copy and response.status == requests.codes.not_modified:
            return copy.body.encode("latin-1")
        etag = response.headers.get("ETag")
        if etag and _is_plain(etag):
            files.write_records(path, [_Copy(etag=etag, body=response.body.decode("latin-1"))])
        return response.body

    def _kept(self, path: Path, where: str, check: Check) -> _Copy | None:
        """The cached copy; None if there is none or it is damaged."""
        if not path.exists():
            return None
        try:
            copy = files.read_record(path, _Copy)
            check(copy.body.encode("latin-1"), where)
        except (FileError, SourceError, CutShort, UnicodeEncodeError):
            copy = None
        if copy is None or not _is_plain(copy.etag):
            self.say(f"{path}: the copy of {where} is damaged, so it is fetched anew")
            return None
        return copy


def _new_session() -> requests.Session:
    session = requests.Session()
    session.headers.update({"User-Agent": USER_AGENT, "Accept-Encoding": "gzip"})
    return session


def _exchange(session: requests.Session, url: str, where: str, etag: str | None, timeout: float) -> Response:
    """One request. Redirects are followed here, because requests would read their bodies without a size limit."""
    ends = time.monotonic() + timeout
    headers = {"If-None-Match": etag} if etag else None
    for _ in range(1 + REDIRECTS):
        with session.get(url, headers=headers, timeout=timeout, stream=True, allow_redirects=False) as answer:
            target = session.get_redirect_target(answer)
            if target is None:
                body = b"" if _passes(answer.status_code) else _body(answer, where, ends)
                return Response(answer.status_code, answer.reason or "", answer.headers, body)
        url = urljoin(url, target)
    raise SourceError(f"{where}: leads to another address more than {REDIRECTS} times: check the address")


def _body(answer: requests.Response, where: str, ends: float) -> bytes:
    """The complete body, decompressed while it is read, so that never more than BODY_BYTES are in memory."""
    encoding = answer.headers.get("Content-Encoding", "identity").strip().lower() or "identity"
    if encoding not in PACKED | {"identity"}:
        raise SourceError(f"{where}: comes packed as {excerpt(encoding)!r}, and gzip was asked for: check the address")
    body, sent, unpacker, packed = bytearray(), 0, _unpacker(), encoding in PACKED
    while piece := answer.raw.read1(CHUNK_BYTES, decode_content=False):
        packed = packed or (not sent and piece.startswith(GZIP))
        sent += len(piece)
        if not packed:
            body += piece
        while packed and piece and len(body) <= BODY_BYTES:
            if unpacker.eof:  # gzip may come in several members
                unpacker = _unpacker()
            body += unpacker.decompress(piece, BODY_BYTES + 1 - len(body))
            piece = unpacker.unused_data
        if max(sent, len(body)) > BODY_BYTES:
            unpacked = "" if sent > BODY_BYTES else f" unpacked from {sent:,} bytes"
            raise SourceError(
                f"{where}: the answer is larger than {BODY_BYTES // 2**20} MB{unpacked}, "
                "and arXiv's largest is a third of that: check the address and the proxy settings"
            )
        if time.monotonic() > ends:
            raise requests.Timeout
    if packed and sent and not unpacker.eof:
        raise zlib.error("it breaks off")
    return bytes(body)


def _unpacker() -> "zlib._Decompress":
    return zlib.decompressobj(32 + zlib.MAX_WBITS)  # gzip or zlib, by its header


def _passes(status: int) -> bool:
    """Whether a retry may help. In 2026 the API also answers 406 to too many requests."""
    return status in {requests.codes.not_acceptable, requests.codes.too_many_requests} or status >= 500


def _judge(response: Response, where: str, check: Check) -> None:
    """Raises _Passing for a temporary failure, SourceError for any other."""
    said = excerpt(f"HTTP {response.status} {response.reason}")
    if _passes(response.status):
        raise _Passing(said, retry_after_seconds(response.headers.get("Retry-After", "")))
    if response.status == requests.codes.ok:
        try:
            check(response.body, where)
        except CutShort as error:
            raise _Passing(str(error)) from None
    else:
        # An error feed explains more than its status.
        with contextlib.suppress(CutShort):
            check(response.body, f"{where}: HTTP {response.status}")
        raise SourceError(f"{where}: {said}: check the address and the categories of `digests`")


def _is_plain(etag: str) -> bool:
    """Whether it can be sent back in a header."""
    return etag.isascii() and etag.isprintable()


def _masked(message: str) -> str:
    """A library's message on one line, without user and password in URLs."""
    return excerpt(re.sub(r"//[^\s'\"]*@", "//***@", message))


def _root(error: BaseException) -> str:
    """The innermost cause: requests wraps "Connection refused" in three lines of its own."""
    while inner := error.__cause__ or error.__context__:
        error = inner
    return str(error) or type(error).__name__


def _fault(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None
