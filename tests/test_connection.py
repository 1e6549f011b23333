"""The connection to arXiv: its turn, its patience, and what it lets through, against a server on loopback."""

import contextlib
import gzip
import itertools
import json
import re
import resource
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from pipeline.errors import SourceError
from pipeline.settings import FetchSettings
from pipeline.sources import atom
from pipeline.sources.connection import Connection
from pipeline.sources.response import CutShort

FEED = (Path(__file__).parent / "data" / "feed.atom.xml").read_text(encoding="utf-8")
ERROR = FEED[: FEED.index("  <entry>")].replace("<title>cs.CL updates on arXiv.org", "<title>Feed error for query: zz")
ERROR = ERROR.replace("cs.CL updates on the arXiv.org e-print archive.", "Bad archive 'zz'.") + "</feed>"


@pytest.fixture
def said() -> list[str]:
    return []


def connect(said: list[str], *, patience: float = 2, timeout: float = 1, **options) -> Connection:
    settings = FetchSettings(patience_seconds=patience, timeout_seconds=timeout)
    return Connection(settings, said.append, **{"interval_seconds": 0.02, **options})


@pytest.fixture
def raw() -> Iterator[list[bytes | None]]:
    """A server below HTTP: each connection gets the next bytes of the list, then it is reset; None never answers.

    An iterator sends its pieces and keeps the connection open.
    """
    script: list = []
    listener = socket.create_server(("127.0.0.1", 0))
    held = []

    def serve() -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            peer.recv(65536)
            answer = script.pop(0)
            if answer is None:
                held.append(peer)
                continue
            if not isinstance(answer, bytes):
                held.append(peer)
                threading.Thread(target=trickle, args=(peer, answer), daemon=True).start()
                continue
            peer.sendall(answer)
            if not answer:  # an abortive close: the peer sees a reset, not an end
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
            peer.close()

    def trickle(peer: socket.socket, pieces: Iterator[bytes]) -> None:
        with contextlib.suppress(OSError):  # the client has gone, or the test is over
            for piece in pieces:
                peer.sendall(piece)

    thread = threading.Thread(target=serve)
    thread.start()
    script.append(f"http://127.0.0.1:{listener.getsockname()[1]}/atom/cs.CL")
    yield script
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    for peer in held:
        peer.close()
    thread.join()


WHOLE = f"HTTP/1.1 200 OK\r\nContent-Length: {len(FEED.encode())}\r\nConnection: close\r\n\r\n{FEED}".encode()


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        (b"", "the connection failed"),
        (WHOLE[:-700], "the connection failed"),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + FEED.encode()[:-700], "breaks off"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "the answer is empty"),
        (b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "HTTP 503 Busy"),
        (None, "no whole answer within 0.2 s"),
    ],
    ids=["reset", "half by length", "half by content", "empty", "503", "hang"],
)
def test_what_passes_by_itself_is_asked_again(raw: list, said: list[str], fault: bytes | None, cause: str):
    """Each fault once, then the feed; the person watching reads the cause and the wait."""
    url = raw.pop()
    raw += [fault, WHOLE]
    assert connect(said, timeout=0.2).document(url, atom.parse) is not None
    assert len(said) == 1
    assert cause in said[0]
    assert "asking again in 0.0 s" in said[0]


def test_retry_after_is_obeyed(httpserver: HTTPServer, said: list[str]):
    """A request of a second is granted."""
    httpserver.expect_ordered_request("/a").respond_with_data("slow down", 429, {"Retry-After": "1"})
    httpserver.expect_ordered_request("/a").respond_with_data(FEED)
    started = time.monotonic()
    connect(said).get(httpserver.url_for("/a"), check=atom.parse)
    assert time.monotonic() - started >= 1
    assert "HTTP 429 TOO MANY REQUESTS; asking again in 1.0 s" in said[0]


def test_a_longer_wish_than_the_patience_stops_at_once(httpserver: HTTPServer, said: list[str]):
    """The error says how long arXiv wants to be left alone, and which key to turn."""
    httpserver.expect_request("/a").respond_with_data("", 429, {"Retry-After": "600"})
    with pytest.raises(SourceError, match=r"it wants 600 s of rest.*fetch\.patience_seconds \(2\)"):
        connect(said).get(httpserver.url_for("/a"), check=atom.parse)
    assert len(httpserver.log) == 1


def test_patience_ends(raw: list, said: list[str]):
    """All tries together last no longer than the patience, the last one's timeout included."""
    url = raw.pop()
    raw += [None] * 20
    started = time.monotonic()
    with pytest.raises(SourceError, match="no whole answer within"):
        connect(said, patience=0.7, timeout=0.25).get(url, check=atom.parse)
    assert 0.4 < time.monotonic() - started < 0.9


@pytest.mark.parametrize(
    ("status", "body", "named"),
    [
        (200, "<html><body>Down for\nmaintenance</body></html>", "no feed ('Down for maintenance')"),
        (200, "<!DOCTYPE html><html><br><p>Sorry", "no feed ('Sorry')"),
        (200, "The service has moved.", "no feed ('The service has moved.')"),
        (200, ERROR, "an error: Feed error for query: zz: Bad archive 'zz'; check the categories"),
        (400, ERROR, "HTTP 400: arXiv answers with an error: Feed error for query: zz: Bad archive 'zz'"),
        (403, "", "HTTP 403 FORBIDDEN"),
        (304, "", "HTTP 304"),
        (200, FEED.replace("?>", "?><!DOCTYPE feed [<!ENTITY e SYSTEM 'file:///etc/hostname'>]>", 1), "no feed"),
    ],
)
def test_what_does_not_pass_stops_at_once(httpserver: HTTPServer, said: list[str], status: int, body: str, named: str):
    """A page, an error feed, a refusal: one request, and the cause is in the error."""
    httpserver.expect_request("/a").respond_with_data(body, status)
    with pytest.raises(SourceError) as error:
        connect(said).get(httpserver.url_for("/a"), check=atom.parse)
    assert named in str(error.value)
    assert "\n" not in str(error.value)
    assert len(httpserver.log) == 1


def test_requests_keep_their_distance(httpserver: HTTPServer, said: list[str]):
    """Between any two requests lies the interval, retries included, and every wait is told."""
    times: list[float] = []

    def note(request: Request) -> Response:
        times.append(time.monotonic())
        return Response(FEED if len(times) != 2 else "", 200 if len(times) != 2 else 503)

    httpserver.expect_request("/a").respond_with_handler(note)
    connection = connect(said, interval_seconds=0.2)
    for _ in range(3):
        connection.get(httpserver.url_for("/a"), check=atom.parse)
    assert len(times) == 4
    assert min(later - earlier for earlier, later in itertools.pairwise(times)) >= 0.2
    assert len(said) == 3


def test_a_document_is_asked_for_once(httpserver: HTTPServer, said: list[str]):
    """Two digests of one category cost one request, which says who we are."""
    httpserver.expect_request("/a").respond_with_data(FEED)
    connection = connect(said)
    assert connection.document(httpserver.url_for("/a"), atom.parse) is connection.document(
        httpserver.url_for("/a"), atom.parse
    )
    assert len(httpserver.log) == 1
    assert "wenzhai" in httpserver.log[0][0].headers["User-Agent"]


def test_an_unchanged_feed_is_not_sent_again(httpserver: HTTPServer, said: list[str], tmp_path: Path):
    """The next process offers the ETag of its copy and takes 304 for an answer; without copies it never does."""

    def etagged(request: Request) -> Response:
        unchanged = request.headers.get("If-None-Match") == '"one"'
        return Response("" if unchanged else FEED, 304 if unchanged else 200, {"ETag": '"one"'})

    httpserver.expect_request("/a").respond_with_handler(etagged)
    url = httpserver.url_for("/a")
    titles = [len(connect(said, copies=folder).document(url, atom.parse)) for folder in (tmp_path, tmp_path, None)]
    assert [response.status_code for _, response in httpserver.log] == [200, 304, 200]
    assert len(set(titles)) == 1


@pytest.mark.parametrize("url", ["rss.arxiv.org/atom/cs.CL", "ftp://rss.arxiv.org/atom/cs.CL", "http://[::1"])
def test_an_address_that_is_none_names_its_keys(said: list[str], url: str):
    """A misspelt address is no matter of patience."""
    with pytest.raises(SourceError, match=r"check fetch\.feed_url"):
        connect(said).get(url, check=atom.parse)
    assert said == []


def test_a_socks_proxy_is_used(said: list[str], monkeypatch: pytest.MonkeyPatch):
    """Its name comes from the environment; a proxy that is not there is a cause like any other."""
    monkeypatch.setenv("ALL_PROXY", "socks5h://127.0.0.1:9")
    with pytest.raises(SourceError, match="Connection refused"):
        connect(said, patience=0).get("http://arxiv.invalid/atom/cs.CL", check=atom.parse)


def slowly(*pieces: bytes, seconds: float = 0.05) -> Iterator[bytes]:
    for piece in pieces:
        for byte in piece:
            time.sleep(seconds)
            yield bytes([byte])


HEADERS = b"HTTP/1.1 200 OK\r\nContent-Type: application/atom+xml\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        lambda: itertools.chain([HEADERS + b"\r\n"], slowly(FEED.encode())),
        lambda: slowly(HEADERS),
        lambda: itertools.chain([HEADERS + b"Transfer-Encoding: chunked\r\n\r\n"], slowly(b"5\r\nabcde\r\n" * 99)),
    ],
    ids=["body", "headers", "chunks"],
)
def test_the_timeout_is_of_the_whole_exchange(raw: list, said: list[str], answer):
    """A server that sends a byte now and then is not waited for any longer, and both keys are named."""
    url = raw.pop()
    raw += [answer() for _ in range(5)]
    started = time.monotonic()
    with pytest.raises(
        SourceError, match=r"no whole answer within 0\.\d s .*raise fetch\.timeout_seconds \(0\.3\) and"
    ):
        connect(said, patience=0.5, timeout=0.3).get(url, check=atom.parse)
    assert time.monotonic() - started < 1.5


def test_an_endless_answer_ends(raw: list, said: list[str]):
    """At the limit, by name, and it is not asked for again."""
    url = raw.pop()
    raw.append(itertools.chain([HEADERS + b"\r\n<feed>"], itertools.repeat(b"<entry/>" * 8192)))
    with pytest.raises(SourceError, match=r"the answer is larger than 16 MB, .* check the address"):
        connect(said, timeout=20).get(url, check=atom.parse)
    assert said == []


@pytest.mark.parametrize("layers", [1, 2])
def test_a_bomb_is_not_unpacked(httpserver: HTTPServer, said: list[str], layers: int):
    """A quarter of a megabyte of gzip that holds a quarter of a gigabyte is refused by its size, or by a packing that was not asked for."""
    bomb = gzip.compress(b"<a/>" * 2**20) * 64  # a member for each four megabytes
    for _ in range(layers - 1):
        bomb = gzip.compress(bomb)
    packing = ", ".join(["gzip"] * layers)
    httpserver.expect_request("/a").respond_with_data(bomb, headers={"Content-Encoding": packing})
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(
        SourceError, match="larger than 16 MB unpacked from" if layers == 1 else "packed as 'gzip, gzip'"
    ):
        connect(said, timeout=20).get(httpserver.url_for("/a"), check=atom.parse)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kB


def test_the_body_of_a_redirect_is_not_read(httpserver: HTTPServer, said: list[str]):
    """It may be as large as it likes; the place it leads to is asked with the same limits."""
    httpserver.expect_request("/a").respond_with_data(b"x" * (2**24 + 1), 302, {"Location": "/b"})
    httpserver.expect_request("/b").respond_with_data(FEED)
    assert connect(said, timeout=20).document(httpserver.url_for("/a"), atom.parse) is not None
    httpserver.expect_request("/round").respond_with_data("", 302, {"Location": "/round"})
    with pytest.raises(SourceError, match="leads to another address more than 5 times"):
        connect(said).get(httpserver.url_for("/round"), check=atom.parse)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (gzip.compress(FEED.encode()), {"Content-Encoding": "gzip"}),
        (gzip.compress(FEED[:999].encode()) + gzip.compress(FEED[999:].encode()), {"Content-Encoding": "x-gzip"}),
        (zlib.compress(FEED.encode()), {"Content-Encoding": "deflate"}),
        (gzip.compress(FEED.encode()), {}),
    ],
    ids=["gzip", "two members", "deflate", "unsaid"],
)
def test_packed_answers_are_unpacked(httpserver: HTTPServer, said: list[str], body: bytes, headers: dict[str, str]):
    """Whole, in the usual ways, and gzip also where a proxy has lost the header that says so."""
    httpserver.expect_request("/a").respond_with_data(body, headers=headers)
    assert connect(said).get(httpserver.url_for("/a"), check=atom.parse).body == FEED.encode()


@pytest.mark.parametrize("body", [gzip.compress(FEED.encode())[:-100], b"no gzip"])
def test_a_broken_packing_is_asked_for_again(httpserver: HTTPServer, said: list[str], body: bytes):
    """It breaks off, or is none; the next answer may be whole."""
    httpserver.expect_ordered_request("/a").respond_with_data(body, headers={"Content-Encoding": "gzip"})
    httpserver.expect_ordered_request("/a").respond_with_data(FEED)
    connect(said).get(httpserver.url_for("/a"), check=atom.parse)
    assert "cannot be unpacked" in said[0]


@pytest.mark.parametrize("after", ["9" * 5000, "-1", "nan", "soon", "Thu, 01 Jan 99999 00:00:00 GMT"])
def test_a_retry_after_that_is_no_time(httpserver: HTTPServer, said: list[str], after: str):
    """It is passed over."""
    httpserver.expect_ordered_request("/a").respond_with_data("", 503, {"Retry-After": after})
    httpserver.expect_ordered_request("/a").respond_with_data(FEED)
    connect(said).get(httpserver.url_for("/a"), check=atom.parse)


def read_json(body: bytes, where: str) -> object:
    """A check of another format."""
    try:
        return json.loads(body)
    except ValueError as error:
        raise CutShort(str(error)) from None


def test_any_format_can_be_asked_for(httpserver: HTTPServer, said: list[str]):
    """What is whole and what is cut short is for the source to say."""
    httpserver.expect_ordered_request("/a").respond_with_data('{"papers": [')
    httpserver.expect_ordered_request("/a").respond_with_data('{"papers": []}')
    assert connect(said).document(httpserver.url_for("/a"), read_json) == {"papers": []}
    assert len(said) == 1


@pytest.mark.parametrize("damage", ["", "{", '{"etag": "x", "body": "<fee"}', '{"etag": "a\\nb", "body": ""}', "é€"])
def test_a_damaged_copy_is_fetched_anew(httpserver: HTTPServer, said: list[str], tmp_path: Path, damage: str):
    """It only saves a download, so it stops nothing."""
    httpserver.expect_request("/a").respond_with_data(FEED.replace("Bö", "B€"), headers={"ETag": '"one"'})
    url = httpserver.url_for("/a")
    connect(said, copies=tmp_path).document(url, atom.parse)
    [copy] = tmp_path.iterdir()
    copy.write_text(damage, encoding="utf-8")
    assert connect(said, copies=tmp_path).document(url, atom.parse) is not None
    assert "If-None-Match" not in httpserver.log[1][0].headers
    assert "is damaged, so it is fetched anew" in said[-1]


def test_a_copy_keeps_every_encoding(httpserver: HTTPServer, said: list[str], tmp_path: Path):
    """What came as Latin-1 is the same from the copy."""
    latin = FEED.replace("UTF-8", "ISO-8859-1").encode("latin-1")

    def etagged(request: Request) -> Response:
        unchanged = request.headers.get("If-None-Match") == '"one"'
        return Response(b"" if unchanged else latin, 304 if unchanged else 200, {"ETag": '"one"'})

    httpserver.expect_request("/a").respond_with_handler(etagged)
    for _ in range(2):
        feed = connect(said, copies=tmp_path).document(httpserver.url_for("/a"), atom.parse)
        assert "Bö Two" in atom.text(atom.entries(feed)[0], "creator")
    assert [response.status_code for _, response in httpserver.log] == [200, 304]


@pytest.mark.parametrize(
    "address",
    [
        "http://adelheid:PASSWORD@127.0.0.1:9/atom/cs.CL",
        "http://adelheid:PASS/WORD@127.0.0.1:9/atom",
        "http://adelheid:PASS WORD@[::1/atom",
        "http://:PASSWORD@127.0.0.1:9/atom?key=PASSWORD",
        "ftp://adelheid:PASSWORD@127.0.0.1/atom",
    ],
)
def test_a_password_in_an_address_is_not_shown(said: list[str], tmp_path: Path, address: str):
    """Neither in errors, nor in what is told while waiting, nor in the names of files."""
    connection = connect(said, patience=0.1, copies=tmp_path)
    with pytest.raises(SourceError) as error:
        connection.document(address, atom.parse)
    told = " ".join([str(error.value), *said, *map(str, tmp_path.iterdir())])
    assert not re.search("PASS|WORD|adelheid", told)
    assert "127.0.0.1" in told or "::1" in told
