"""A day goes out once to each service, in messages it takes, and no address is ever seen."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.commands.send import ADDRESSES, messages_of, targets_of
from pipeline.errors import ConfigError
from tests import factories, invented

SECRET = "hunter2hunter2"


class Inbox:
    """What came to a webhook on loopback; `status` is what it answers."""

    def __init__(self):
        inbox = self
        self.bodies, self.status = [], 200

        class Hook(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                inbox.bodies.append(json.loads(body) if "json" in self.headers["content-type"] else body.decode())
                self.send_response(inbox.status)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
        self.url = f"json://me:{SECRET}@127.0.0.1:{self.server.server_port}/"


def _open_inbox():
    inbox = Inbox()
    thread = threading.Thread(target=inbox.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield inbox
    inbox.server.shutdown()
    inbox.server.server_close()
    thread.join()


inbox = pytest.fixture(_open_inbox, name="inbox")
other_inbox = pytest.fixture(_open_inbox, name="other_inbox")


@pytest.fixture
def desk(desk, monkeypatch):
    monkeypatch.delenv(ADDRESSES, raising=False)
    desk.wenzhai("run")
    return desk


def test_a_day_is_sent_once(desk, inbox, monkeypatch):
    """The ledger, then each paper with its link; again only when it is wished, and sent.json names the service."""
    monkeypatch.setenv(ADDRESSES, inbox.url)
    assert desk.wenzhai("send").status == 0
    (body,) = inbox.bodies
    assert body["title"] == "文摘 cs.CL 2026-06-30"
    assert body["message"].startswith("公告 3 = 收录 3")
    assert "3. 论文介绍" in body["message"] and "https://arxiv.org/abs/2607.00001" in body["message"]
    ran = desk.wenzhai("send")
    assert (ran.status, len(inbox.bodies)) == (0, 1)
    assert "json has it already" in ran.out
    assert desk.wenzhai("send", "--again").status == 0
    assert len(inbox.bodies) == 2
    assert list(json.loads((desk.day / "sent.json").read_text())["services"]) == ["json"]


def test_a_dry_run_shows_and_sends_nothing(desk, inbox):
    """And the day still counts as not sent."""
    ran = desk.wenzhai("send", "--dry-run", "--to", inbox.url)
    assert "── json: 文摘 cs.CL 2026-06-30" in ran.out and "公告 3 = " in ran.out
    assert inbox.bodies == []
    assert not (desk.day / "sent.json").exists()


def test_a_service_that_failed_is_tried_again(desk, inbox):
    """Status 1 and the service's name; who got it does not get it twice."""
    closed = f"xml://me:{SECRET}@127.0.0.1:9/"
    ran = desk.wenzhai("send", "--to", closed, "--to", inbox.url)
    assert ran.status == 1
    assert ran.err.startswith("wenzhai: xml: did not take the digest")
    assert len(inbox.bodies) == 1
    desk.wenzhai("send", "--to", inbox.url)
    assert len(inbox.bodies) == 1
    inbox.status = 500
    assert desk.wenzhai("send", "--again", "--to", inbox.url).status == 1


@pytest.mark.parametrize("status", [413, 429, 500])
def test_only_who_failed_is_sent_to_again(desk, inbox, other_inbox, monkeypatch, status):
    """It is named without its token; the next `send` to all of them asks the others nothing."""
    monkeypatch.setenv(ADDRESSES, f"{inbox.url}, {other_inbox.url.replace('json:', 'xml:')}")
    inbox.status = status
    ran = desk.wenzhai("send")
    assert (ran.status, len(inbox.bodies), len(other_inbox.bodies)) == (1, 1, 1)
    assert "json: did not take the digest" in ran.err
    assert "sent to xml" in ran.out and "sent to json" not in ran.out
    assert SECRET not in ran.out + ran.err
    assert list(json.loads((desk.day / "sent.json").read_text())["services"]) == ["xml"]
    inbox.status = 200
    ran = desk.wenzhai("send")
    assert (ran.status, len(inbox.bodies), len(other_inbox.bodies)) == (0, 2, 1)
    assert list(json.loads((desk.day / "sent.json").read_text())["services"]) == ["xml", "json"]


def test_no_address_is_seen(desk, inbox, monkeypatch, caplog):
    """Not in what is printed, logged or written, whether it is sent, refused, unknown or no address at all."""
    monkeypatch.setenv(ADDRESSES, inbox.url)
    rans = [desk.wenzhai("send", "--dry-run"), desk.wenzhai("send")]
    inbox.status = 403
    rans += [desk.wenzhai("send", "--again")]
    for wrong in (f"nosuch://{SECRET}", SECRET, f"wecombot://{SECRET}/%%"):
        rans.append(desk.wenzhai("send", "--again", "--to", wrong))
        assert rans[-1].status == 1
    files = [path.read_bytes() for path in desk.output.rglob("*") if path.is_file()]
    assert SECRET not in "".join(ran.out + ran.err for ran in rans) + caplog.text
    assert not [each for each in files if SECRET.encode() in each]


def test_addresses_are_parted_by_commas_or_spaces(desk, inbox, monkeypatch):
    """A comma within an address is its own."""
    monkeypatch.setenv(ADDRESSES, f"{inbox.url}?to=a,b ,\n{inbox.url}two,")
    assert desk.wenzhai("send").status == 0
    assert len(inbox.bodies) == 2


def test_nobody_to_send_to(desk):
    """The way out is the environment variable."""
    ran = desk.wenzhai("send")
    assert ran.status == 1 and ADDRESSES in ran.err


def test_what_was_stopped_is_not_sent(desk, inbox):
    """The day would count as sent, and its better half would never be."""
    path = desk.day / "run.json"
    path.write_text(path.read_text().replace('"complete"', '"interrupted"'))
    ran = desk.wenzhai("send", "--to", inbox.url)
    assert (ran.status, inbox.bodies) == (1, [])
    assert "run again" in ran.err or "run` again" in ran.err


def test_a_text_calls_nobody():
    """Whatever a model or a title was made to say."""
    entry = factories.entry(summary_zh="@everyone <!channel> 看\n这里")
    ((_, text),) = messages_of("文摘", factories.digest(entry), 4000, lambda text: len(text))
    assert "＠everyone ＜!channel＞ 看 这里\nhttps://" in text


@pytest.mark.parametrize("text", ["A [B](http://evil.example) C", "a](http://evil.example)", "]( "])
def test_a_text_makes_no_link(text):
    """Not even where a service reads Markdown."""
    ((_, sent),) = messages_of("文摘", factories.digest(factories.entry(summary_zh=text)), 4000, len)
    assert "](" not in sent


def test_a_text_turns_nothing_round():
    """Marks of direction are seen, and do not work."""
    ((_, sent),) = messages_of("文摘", factories.digest(factories.entry(summary_zh="看\u202e这里")), 4000, len)
    assert "看�这里" in sent


def test_a_failed_paper_is_there():
    """With its own title and what failed; an excluded one is not."""
    failed = factories.entry(
        fate="failed", problems=(factories.problem(field="summary_zh", rule="empty", severity="reject"),)
    )
    excluded = factories.entry(fate="excluded", paper=factories.paper(id="2606.00002"))
    ((_, text),) = messages_of("文摘", factories.digest(failed, excluded), 4000, len)
    assert "1. ⚠ 失败：空白 Sorting with care\n" in text
    assert "2606.00002" not in text


SERVICES = {
    "wecombot": "wecombot://b2c12345-1234-1234-1234-1234567890ab",
    "feishu": "feishu://tokentokentoken123",
    "tgram": "tgram://123456789:abcdefghijklmnopqrstuvwxyz-1234567890/12345",
    "discord": "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
    "mailto": "mailto://user:pass@example.org",
}


@pytest.mark.parametrize("service", SERVICES)
@settings(max_examples=15, deadline=None)
@given(texts=st.lists(st.text("论文 a<&_*.⚠", min_size=1, max_size=900), min_size=1, max_size=12))
def test_messages_fit_the_service(service, texts):
    """In bytes and as the service gets them; each paper stands whole in one message, all of them in order."""
    (target,) = targets_of([SERVICES[service]])
    entries = [
        factories.entry(paper=factories.paper(id=f"2606.{number:05}"), summary_zh=text)
        for number, text in enumerate(texts, start=1)
    ]
    room = target.plugin.body_maxlen
    messages = messages_of("文摘 cs.CL 2026-06-30", factories.digest(*entries), room, target.size)
    assert max(target.size(f"{title}\n{text}") for title, text in messages) <= room
    blocks = [block for _, text in messages for block in text.split("\n\n")][1:]
    assert [block.partition(". ")[0] for block in blocks] == [str(place + 1) for place in range(len(texts))]
    assert all(block.splitlines()[-1] == entry.paper.url for block, entry in zip(blocks, entries, strict=True))


def test_the_room_is_that_of_the_service():
    """WeCom's bot takes 2,048 bytes, so a day of 40 papers takes several messages."""
    (target,) = targets_of([SERVICES["wecombot"]])
    assert target.plugin.body_maxlen == 2048
    entries = [factories.entry(paper=invented.paper(number)) for number in range(40)]
    assert len(messages_of("文摘", factories.digest(*entries), 2048, target.size)) > 1


def test_an_address_unknown_to_apprise():
    """Is named by its place."""
    with pytest.raises(ConfigError, match="address 2"):
        targets_of([SERVICES["feishu"], "nosuch://x"])
