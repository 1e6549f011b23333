"""Chat services and mailboxes as apprise speaks to them: addresses as people paste them, and what the services answer.

Many answer HTTP 200 and say in the body that they refused, which apprise does not always read: so the body of every answer
is read here. An address holds a token: nothing of it is in what is told.
"""

import hashlib
import json
import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.errors import ConfigError
from pipeline.extras import how_to_install
from pipeline.text.secrets import masked
from pipeline.text.visible import visible

if TYPE_CHECKING:
    import requests
    from apprise import NotifyBase

ADDRESSES = "WENZHAI_SEND_TO"
"""The environment variable with apprise's addresses, commas or spaces between them (https://appriseit.com/services/)."""
EXAMPLE = (
    "it looks like feishu://TOKEN, wecombot://KEY, mailto://NAME:PASSWORD@HOST, or like the address that Feishu, DingTalk, "
    "WeCom, Slack or Discord shows for a webhook; commas between several"
)
_PASTED = (
    (r"https://open\.feishu\.cn/open-apis/bot/v2/hook/([\w-]+)/?", r"feishu://\1"),
    (r"https://open\.larksuite\.com/open-apis/bot/v2/hook/([\w-]+)/?", r"lark://\1"),
    (r"https://oapi\.dingtalk\.com/robot/send\?access_token=(\w+)", r"dingtalk://\1"),
    (r"https://oapi\.dingtalk\.com/robot/send\?access_token=(\w+)&secret=(\w+)", r"dingtalk://\2@\1"),
    (r"https://sctapi\.ftqq\.com/(\w+)\.send", r"schan://\1"),
    (r"https://api\.telegram\.org/bot([\w:-]+)/sendMessage\?chat_id=(-?\w+)", r"tgram://\1/\2"),
)
"""A webhook's own address → apprise's; those of WeCom, Slack, Discord and others apprise knows itself."""
_CODES = {
    **dict.fromkeys(("feishu", "lark", "dingtalk", "wecombot", "wechat", "schan", "pushdeer", "pushdeers"), (0,)),
    **dict.fromkeys(("kook", "onebot", "onebots", "qq"), (0,)),
    **dict.fromkeys(("pushplus", "wecom", "bark", "barks", "spugpush", "pushme", "wpush"), (0, 200)),
    **dict.fromkeys(("json", "jsons", "xml", "xmls", "form", "forms"), (0, 200)),
    "wxpusher": (1000,),
}
"""Service → the codes by which it says that it took a message. Of others, errcode alone is known to mean a refusal."""
_ANSWERS = frozenset(
    (
        "feishu",
        "lark",
        "dingtalk",
        "wecombot",
        "wecom",
        "schan",
        "pushdeer",
        "pushdeers",
        "pushplus",
        "bark",
        "barks",
        "tgram",
    )
)
"""Services whose every answer says whether they took the message; one that does not comes from somebody else, such as a
proxy or the page of a network to log in to."""
_MAIL = frozenset(
    ("mailto", "mailtos", "azure", "brevo", "mailgun", "o365", "resend", "sendgrid", "ses", "smtp2go", "sparkpost")
)
"""Services that deliver to mailboxes."""
_CODE_NAMES = ("errcode", "code", "StatusCode", "retcode")
_YES_NAMES = ("ok", "success")
_WORDS_NAMES = (
    "errmsg",
    "msg",
    "message",
    "description",
    "StatusMessage",
    "error",
    "errorDescription",
    "error_description",
    "errors",
    "content",
    "reason",
    "info",
)
_SHOWN_CHARS = 200
_SECRET_CHARS = 4
"""A shorter piece of an address is no secret."""


@dataclass(frozen=True)
class Target:
    service: str
    """Its scheme, such as "feishu"."""
    plugin: "NotifyBase"
    address: str

    @property
    def mark(self) -> str:
        """The address as sent.json knows it. That file may be published, and an address may hold a person's password: so the
        hash is one that takes long to guess."""
        return hashlib.pbkdf2_hmac("sha256", self.address.encode(), b"wenzhai sent.json", 200_000).hex()[:24]

    @property
    def is_mail(self) -> bool:
        """Whether it takes HTML as a mailbox does, beside a plain part; `?format=text` in its address says that it shall not."""
        from apprise import NotifyFormat

        return self.service in _MAIL and self.plugin.resolve_format(NotifyFormat.HTML) == NotifyFormat.HTML

    def size(self, text: str) -> int:
        """Bytes of a text as this service gets it. Some limits count bytes and some characters: bytes are never too few."""
        from apprise import NotifyFormat
        from apprise.conversion import convert_between

        format_sent = self.plugin.resolve_format(NotifyFormat.TEXT)
        converted: str = convert_between(NotifyFormat.TEXT, format_sent, text)  # type: ignore[no-untyped-call]  # has no types
        return len(converted.encode())

    def deliver(self, title: str, text: str) -> str | None:
        """Sends a message, HTML to a mailbox; why it was not taken, in the service's own words, or None where it was."""
        from apprise import Apprise, NotifyFormat

        service = Apprise()
        service.add(self.plugin)
        body_format = NotifyFormat.HTML if self.is_mail else NotifyFormat.TEXT
        with _listening() as heard:
            taken = service.notify(body=text, title=title, body_format=body_format)
        refusals = [words for answer in heard if (words := _refusal(answer, self.service))]
        # Where apprise is content, it has done something about an answer that was no 200.
        if taken and not any(_is_ok(answer) and _refusal(answer, self.service) for answer in heard):
            return None
        last = heard[-1] if heard else None
        said = f"HTTP {last.status_code} {last.text}" if last is not None and not isinstance(last, Exception) else ""
        return self._without_secrets(refusals[-1] if refusals else said or "it gave no reason")

    def _without_secrets(self, words: str) -> str:
        for piece in sorted(set(re.split(r"[^\w-]+|_", self.address)), key=len, reverse=True):
            if len(piece) >= _SECRET_CHARS and piece != self.service:
                words = words.replace(piece, "***")
        return visible(masked(" ".join(words.split())))[:_SHOWN_CHARS]


def plain_of(html: str) -> str:
    """The plain part that apprise puts beside the HTML of a mail."""
    from apprise import NotifyFormat
    from apprise.conversion import convert_between

    text: str = convert_between(NotifyFormat.HTML, NotifyFormat.TEXT, html)  # type: ignore[no-untyped-call]  # has no types
    return text


def targets_of(addresses: Iterable[str]) -> list[Target]:
    """Each address once. Raises ConfigError for one that apprise cannot use, by its place and service alone."""
    try:
        from apprise import Apprise
    except ImportError:
        raise ConfigError(f"wenzhai send: apprise is not installed; {how_to_install('send')}") from None
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)  # its warnings quote addresses
    targets = []
    for number, address in enumerate(dict.fromkeys(filter(None, addresses)), start=1):
        known = _known(address)
        plugin = Apprise.instantiate(known)
        if plugin is None:
            raise ConfigError(f"{ADDRESSES}: address {number} is none that apprise knows; {EXAMPLE}")
        scheme = known.partition("://")[0].lower()
        targets.append(Target(_scheme_of(plugin) if scheme in ("http", "https") else scheme, plugin, known))
    return targets


def _known(address: str) -> str:
    for pattern, known in _PASTED:
        if found := re.fullmatch(pattern, address):
            return found.expand(known)
    return address


def _scheme_of(plugin: "NotifyBase") -> str:
    schemes = plugin.secure_protocol or plugin.protocol or "chat"
    return schemes if isinstance(schemes, str) else schemes[0]


@contextmanager
def _listening() -> "Iterator[list[requests.Response | Exception]]":
    """What comes back over HTTP meanwhile. apprise keeps it to itself, and offers no way to hear it."""
    import requests

    heard: list[requests.Response | Exception] = []
    send = requests.Session.send

    def send_and_hear(
        self: requests.Session, request: requests.PreparedRequest, **options: object
    ) -> requests.Response:
        try:
            answer = send(self, request, **options)  # type: ignore[arg-type]
        except requests.RequestException as error:
            heard.append(error)
            raise
        heard.append(answer)
        return answer

    requests.Session.send = send_and_hear  # type: ignore[method-assign]
    try:
        yield heard
    finally:
        requests.Session.send = send  # type: ignore[method-assign]


def _is_ok(answer: "requests.Response | Exception") -> bool:
    return not isinstance(answer, Exception) and answer.ok


def _refusal(answer: "requests.Response | Exception", service: str) -> str | None:
    """Why a message was refused, or None where the answer says nothing of the kind."""
    if isinstance(answer, Exception):
        return f"no answer ({type(answer).__name__})"
    try:
        found = json.loads(answer.content)
    except (ValueError, RecursionError):
        found = None
    body = found if isinstance(found, dict) else {}
    code = _code_of(body)
    is_its_own = code is not None or any(name in body for name in _YES_NAMES) or service not in _ANSWERS
    if answer.ok and is_its_own and not _says_no(body, code, service):
        return None
    words = [*_words(body)] or [answer.text]
    status = [] if answer.ok and is_its_own else [f"HTTP {answer.status_code}"]
    return " ".join([*status, *([] if code is None else [str(code)]), *words])


def _code_of(body: dict[str, Any]) -> int | None:
    for name in _CODE_NAMES:
        found = body.get(name)
        if isinstance(found, int | str) and re.fullmatch(r"-?\d{1,9}", str(found)):
            return int(found)
    return None


def _says_no(body: dict[str, Any], code: int | None, service: str) -> bool:
    if any(body.get(name) is False for name in _YES_NAMES) or body.get("result") == "error":
        return True
    taken = _CODES.get(service, (0,) if "errcode" in body else None)
    return code is not None and taken is not None and code not in taken


def _words(body: dict[str, Any]) -> Iterator[str]:
    for name in _WORDS_NAMES:
        if isinstance(found := body.get(name), str):
            yield found
        elif isinstance(found, dict):
            yield from _words(found)
        elif isinstance(found, list):
            yield from (each for each in found if isinstance(each, str))
