"""A day goes out once to each service, in messages it takes, and no address is ever seen."""

import email
import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import lxml.html
import pytest
from apprise import Apprise
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.commands.chats import ADDRESSES, plain_of, targets_of
from pipeline.commands.messages import mails_of, messages_of
from pipeline.errors import ConfigError
from tests import factories, invented

SECRET = "hunter2hunter2"


def delivered(desk):
    """The services that have the day."""
    addresses = json.loads((desk.day / "sent.json").read_text())["addresses"]
    return [each["service"] for each in addresses.values() if "whole" in each]


class Inbox:
    """What came to a webhook on loopback; `status` and `answer` are what it says, `fails` the number of one it refuses once."""

    def __init__(self):
        inbox = self
        self.bodies, self.status, self.answer, self.fails, self.waits = [], 200, b"", 0, 0.0

        class Hook(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                inbox.bodies.append(json.loads(body) if "json" in self.headers["content-type"] else body.decode())
                time.sleep(inbox.waits)
                self.send_response(502 if len(inbox.bodies) == inbox.fails else inbox.status)
                self.end_headers()
                self.wfile.write(inbox.answer)

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
    assert (
        "\n\n3. SortLite-1 " in body["message"]
        and "\n论文介绍 SortLite-1 " in body["message"]
        and "https://arxiv.org/abs/2607.00001" in body["message"]
    )
    ran = desk.wenzhai("send")
    assert (ran.status, len(inbox.bodies)) == (0, 1)
    assert "json has it already" in ran.out
    assert desk.wenzhai("send", "--again").status == 0
    assert len(inbox.bodies) == 2
    assert delivered(desk) == ["json"]


def test_a_dry_run_shows_and_sends_nothing(desk, inbox):
    """And the day still counts as not sent."""
    ran = desk.wenzhai("send", "--dry-run", "--to", inbox.url)
    assert "── json: 文摘 cs.CL 2026-06-30" in ran.out and "公告 3 = " in ran.out
    assert inbox.bodies == []
    assert not (desk.day / "sent.json").exists()


def test_a_dry_run_needs_no_address(desk):
    """It shows what a chat and a mailbox would get, and where the mail's HTML can be looked at."""
    desk.config["assemble"] = {"site": "https://example.org/d"}
    desk.wenzhai("run")
    ran = desk.wenzhai("send", "--dry-run")
    assert ran.status == 0
    chat, mail = ran.out.split("── mail: 文摘 cs.CL 2026-06-30\n")
    assert chat.startswith("── chat: 文摘 cs.CL 2026-06-30\n公告 3 = ")
    page = "https://example.org/d/cs.CL/2026-06-30/digest.html"
    assert page in chat and page in mail
    assert "https://arxiv.org/abs/2607.00001" in mail
    [path] = re.findall(r"for a browser: (.*)", mail)
    tree = lxml.html.document_fromstring(Path(path).read_text(encoding="utf-8"))
    assert f"{page}#2607.00003" in tree.xpath("//a/@href")
    Path(path).unlink()
    Path(path).parent.rmdir()


def in_order():
    """A paper of each kind, as a day has them."""
    names = {"authors": tuple(f"Name {letter}" for letter in "ABCDEFG")}
    return factories.digest(
        factories.entry(paper=factories.paper(id="2606.00003"), muted=("综述",), title_zh="综述一篇"),
        factories.entry(paper=factories.paper(id="2606.00002"), title_zh="其他"),
        factories.entry(paper=factories.paper(**names), interests=("agent",), title_zh="我的"),
    )


def test_mine_first_in_a_chat():
    """★ with the reason; a muted paper is only named, at the end."""
    ((_, text),) = messages_of("文摘", in_order(), 4000, len, "https://example.org/page")
    head, mine, other, muted = text.split("\n\n")
    assert head.endswith("\nhttps://example.org/page")
    assert mine == "1. ★ agent · 我的\n细致地排序。\nhttps://arxiv.org/abs/2606.00001"
    assert other.startswith("2. 其他\n")
    assert muted == "屏蔽的 1 篇：2606.00003"


def test_mail():
    """Titles that lead to the page, ★ first, a few authors, the English title; a muted paper at the end; and a plain part."""
    ((_, html),) = mails_of("文摘", in_order(), "https://example.org/page")
    tree = lxml.html.document_fromstring(html)
    assert [each.text_content() for each in tree.xpath("//p/a[@style]/..")] == ["1. ★ 我的", "2. 其他"]
    assert tree.xpath("//p/a[@style]/@href")[0] == "https://example.org/page#2606.00001"
    said = plain_of(html).splitlines()
    for line in ("Name A, Name B, Name C, Name D, Name E et al.", "Sorting with care", "屏蔽的 1 篇"):
        assert line in said
    assert "★ agent · https://arxiv.org/abs/2606.00001" in said
    assert said[-1] == "https://arxiv.org/abs/2606.00003 综述一篇"


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "[B](http://evil.example) www.evil.example", '"><img src=x>']
)
def test_a_mail_stays_a_mail(text):
    """Nothing of a paper or a model becomes an element or a link."""
    one = factories.paper(title=text, authors=(text,))
    entry = factories.entry(paper=one, title_zh=text, summary_zh=text, interests=(text,))
    tree = lxml.html.document_fromstring(mails_of("文摘", factories.digest(entry))[0][1])
    assert not tree.xpath("//script | //img | //*[@src]")
    assert set(tree.xpath("//@href")) == {one.url}
    assert not re.search(r"www\.|://evil", tree.text_content())


def test_a_mailbox_gets_both_parts(desk, monkeypatch):
    """Over SMTP: HTML and plain text as alternatives; `format=text` in the address asks for text alone."""
    taken = []

    class Smtp:
        def __init__(self, *_, **__):
            self.esmtp_features = {}

        def sendmail(self, sender, to, body):
            taken.append(email.message_from_string(body))

        def __getattr__(self, name):
            return lambda *_, **__: None

    monkeypatch.setattr("smtplib.SMTP", Smtp)
    for address in (
        "mailto://user:pass@example.org?to=you@example.org",
        "mailto://user:pass@example.org?to=you@example.org&format=text",
    ):
        assert desk.wenzhai("send", "--to", address).status == 0
    kinds = [[part.get_content_type() for part in each.walk()] for each in taken]
    assert kinds == [["multipart/alternative", "text/plain", "text/html"], ["text/plain"]]


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
    assert delivered(desk) == ["xml"]
    inbox.status = 200
    ran = desk.wenzhai("send")
    assert (ran.status, len(inbox.bodies), len(other_inbox.bodies)) == (0, 2, 1)
    assert delivered(desk) == ["xml", "json"]


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
    assert ran.status == 1 and ADDRESSES in ran.err and "mailto://NAME:PASSWORD@HOST" in ran.err


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
    assert "1. 细致排序\n⚠ 失败：空白\n" in text
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


def long_day(desk):
    """A config and a day of several messages for a service whose messages are short."""
    desk.announce(*map(invented.paper, range(1, 9)))
    desk.wenzhai("run")


def test_delivery_goes_on_where_it_stopped(desk, inbox, monkeypatch):
    """After message 2 failed, message 1 is not sent again, and what the error says is true; --again sends all."""
    monkeypatch.setattr("apprise.plugins.custom_json.NotifyJSON.body_maxlen", 600)
    long_day(desk)
    inbox.fails = 2
    ran = desk.wenzhai("send", "--to", inbox.url)
    assert ran.status == 1 and "(message 2 of " in ran.err and "not sent twice" in ran.err
    assert delivered(desk) == []
    assert desk.wenzhai("send", "--to", inbox.url).status == 0
    titles = [body["title"].rpartition("(")[2] for body in inbox.bodies]
    total = int(titles[0].partition("/")[2].rstrip(")"))
    assert titles == [f"{number}/{total})" for number in (1, 2, *range(2, total + 1))]
    desk.wenzhai("send", "--to", inbox.url, "--again")
    assert len(inbox.bodies) == 2 * total + 1


def test_two_groups_of_one_service(desk, inbox, other_inbox):
    """Each has a delivery of its own: the healthy one gets the day once, and one that is added later gets it too."""
    other_inbox.status = 500
    both = ("--to", inbox.url, "--to", other_inbox.url)
    for _ in range(3):
        assert desk.wenzhai("send", *both).status == 1
    assert (len(inbox.bodies), len(other_inbox.bodies)) == (1, 3)
    other_inbox.status = 200
    assert desk.wenzhai("send", *both).status == 0
    assert (len(inbox.bodies), len(other_inbox.bodies)) == (1, 4)


@pytest.mark.slow
def test_two_sends_at_once_deliver_once(desk, inbox):
    """The second waits for the first, and finds nothing to do."""
    inbox.waits = 1.0
    processes = [desk.start("send", "--to", inbox.url) for _ in range(2)]
    said = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said
    assert len(inbox.bodies) == 1
    assert sorted("has it already" in out for out, _ in said) == [False, True]


def test_what_the_first_version_noted(desk, inbox):
    """A service that had the day has it still; one address more of another service is a new one."""
    (desk.day / "sent.json").write_text('{"services": {"json": "2026-06-30T05:00:00Z"}}')
    assert "json has it already" in desk.wenzhai("send", "--to", inbox.url).out
    assert inbox.bodies == []
    assert desk.wenzhai("send", "--to", inbox.url.replace("json:", "xml:")).status == 0
    assert delivered(desk) == ["xml"]
    assert "json has it already" in desk.wenzhai("send", "--to", inbox.url).out


@pytest.mark.parametrize(
    ("service", "answer", "told"),
    [
        ("feishu", {"code": 19024, "msg": "Key Words Not Found", "data": {}}, "19024 Key Words Not Found"),
        ("dingtalk", {"errcode": 310000, "errmsg": "关键词不匹配"}, "310000 关键词不匹配"),
        ("wecombot", {"errcode": 93000, "errmsg": "invalid webhook url"}, "93000 invalid webhook url"),
        ("schan", {"code": 40001, "message": "[AUTH]bad sendkey"}, "40001 [AUTH]bad sendkey"),
        ("pushplus", {"code": 903, "msg": "无效的用户令牌"}, "903 无效的用户令牌"),
        ("pushdeer", {"code": 80501, "error": "pushkey invalid"}, "80501 pushkey invalid"),
        ("tgram", {"ok": False, "error_code": 400, "description": "chat not found"}, "chat not found"),
        ("slack", {"ok": False, "error": "channel_not_found"}, "channel_not_found"),
        ("unknown", {"errcode": "7", "errmsg": "no"}, "7 no"),
        ("feishu", {"code": 0, "msg": "success"}, None),
        ("feishu", {"StatusCode": 0, "StatusMessage": "success"}, None),
        ("dingtalk", {"errcode": 0, "errmsg": "ok"}, None),
        ("pushplus", {"code": 200, "msg": "ok"}, None),
        ("wxpusher", {"code": 1000, "msg": "ok", "success": True}, None),
        ("unknown", {"code": 7, "message": "queued"}, None),
        ("slack", "ok", None),
        ("discord", "", None),
        ("discord", [1], None),
        ("feishu", [1], "HTTP 200 [1]"),
        ("wecombot", "<html>log in</html>", "HTTP 200 <html>log in</html>"),
        ("dingtalk", {"status": 1111, "punish": "deny"}, 'HTTP 200 {"status": 1111, "punish": "deny"}'),
        ("zulip", {"result": "error", "msg": "Unknown stream"}, "Unknown stream"),
    ],
)
def test_what_a_service_says_in_an_answer_of_200(desk, inbox, monkeypatch, service, answer, told):
    """A refusal is told in the service's own words and not remembered as sent; thanks are thanks."""
    inbox.answer = answer.encode() if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False).encode()
    monkeypatch.setattr("pipeline.commands.chats._known", lambda address: address.replace("json:", f"{service}:"))
    monkeypatch.setattr("apprise.Apprise.instantiate", lambda _, make=Apprise.instantiate: make(inbox.url))
    ran = desk.wenzhai("send", "--to", inbox.url)
    assert len(inbox.bodies) == 1
    assert delivered(desk) == [service] if told is None else not (desk.day / "sent.json").exists()
    assert (ran.status, told is None or f"{service}: did not take the digest: {told};" in ran.err) == (bool(told), True)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ('{"errors": ["message limit reached"]}', "HTTP 400 message limit reached"),
        ('{"content": ["Must be 2000 or fewer in length."]}', "HTTP 400 Must be 2000 or fewer in length."),
        ('{"odd": 1}', 'HTTP 400 {"odd": 1}'),
    ],
)
def test_a_reason_is_told_wherever_it_stands(desk, inbox, answer, told):
    """In a list too, and of words that nobody knows the whole answer."""
    inbox.status, inbox.answer = 400, answer.encode()
    assert f"json: did not take the digest: {told};" in desk.wenzhai("send", "--to", inbox.url).err


def test_a_refusal_shows_no_token(desk, inbox):
    """Also where the service repeats it."""
    inbox.status, inbox.answer = 403, f'{{"message": "{SECRET} at /hook is not known"}}'.encode()
    ran = desk.wenzhai("send", "--to", inbox.url)
    assert "json: did not take the digest: HTTP 403 *** at /hook is not known;" in ran.err


@pytest.mark.parametrize(
    ("pasted", "service"),
    [
        ("https://open.feishu.cn/open-apis/bot/v2/hook/0b1c2d3e-aaaa-bbbb-cccc-0123456789ab", "feishu"),
        ("https://open.larksuite.com/open-apis/bot/v2/hook/0b1c2d3e-aaaa-bbbb-cccc-0123456789ab", "lark"),
        ("https://oapi.dingtalk.com/robot/send?access_token=" + "0a1b" * 16, "dingtalk"),
        ("https://oapi.dingtalk.com/robot/send?access_token=" + "0a1b" * 16 + "&secret=SEC" + "0a1b" * 16, "dingtalk"),
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=b2c12345-1234-1234-1234-1234567890ab", "wecombot"),
        ("https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", "slack"),
        ("https://discord.com/api/webhooks/4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", "discord"),
        ("https://sctapi.ftqq.com/SCT123456abcdef.send", "schan"),
        (
            "https://api.telegram.org/bot123456789:abcdefghijklmnopqrstuvwxyz-1234567890/sendMessage?chat_id=-12345",
            "tgram",
        ),
    ],
)
def test_an_address_as_a_service_shows_it(pasted, service):
    """Is the service's, and may be among others."""
    assert [target.service for target in targets_of([pasted, SERVICES["mailto"]])] == [service, "mailto"]


def test_a_text_is_no_address():
    """What a model or a title was made to say is no link in a chat either; the paper's own address is."""
    text = "看 http://evil.example 与 www.evil.example"
    ((_, sent),) = messages_of("文摘", factories.digest(factories.entry(summary_zh=text)), 4000, len)
    assert "看 http：//evil.example 与 www．evil.example\nhttps://arxiv.org/abs/2606.00001" in sent
