"""`wenzhai send`: sends a day's one-liners to chat services and mailboxes, once a day, through apprise.

The addresses come only from the environment or the command line. They hold tokens, so none is shown, logged or written;
errors and sent.json name only the service.
"""

import datetime as dt
import logging
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.config import Config
from pipeline.corrections import load_corrections
from pipeline.errors import ConfigError, FileError, SendError
from pipeline.fields import lead
from pipeline.files import read_record, write_text
from pipeline.ledger import ledger_line
from pipeline.records import Digest, Entry, Record, RunRequest
from pipeline.render import for_reading
from pipeline.rules import LABELS
from pipeline.rules.judge import Judge
from pipeline.run.day import Day, find_days
from pipeline.run.writing import digest_of
from pipeline.text.visible import visible

if TYPE_CHECKING:
    from apprise import NotifyBase

ADDRESSES = "WENZHAI_SEND_TO"
"""The environment variable with apprise's addresses, separated by commas or spaces
(https://appriseit.com/services/)."""
_BETWEEN = re.compile(r"[\s,]+(?=[A-Za-z][\w.+-]*://)|[\s,]+$")
"""Separates addresses; a comma within an address separates the recipients of a mail and does not match."""
_INERT = str.maketrans("@<>", "＠＜＞")
"""Makes mentions (@everyone, <!channel>) and links inert: full-width characters for @, < and >."""
_LINK = re.compile(r"\](?=\()")
"""The end of a link's text in Markdown."""
_FRAME = 48
"""Bytes reserved for the count after the title, and for what apprise inserts between title and text."""
_INSTALL = "pip install 'wenzhai[send]'"


class Delivered(Record):
    """sent.json: service → when the day was last delivered to it."""

    services: Mapping[str, dt.datetime] = {}


@dataclass(frozen=True)
class Target:
    service: str
    """Its scheme, such as "feishu"."""
    plugin: "NotifyBase"

    def size(self, text: str) -> int:
        """Bytes of a text in the format of this service. Some limits count characters; bytes are never fewer."""
        from apprise import NotifyFormat
        from apprise.conversion import convert_between

        format_sent = self.plugin.resolve_format(NotifyFormat.TEXT)
        converted: str = convert_between(NotifyFormat.TEXT, format_sent, text)  # type: ignore[no-untyped-call]  # has no types
        return len(converted.encode())


def send(
    config: Config, request: RunRequest, addresses: Sequence[str], *, dry: bool, say: Callable[[str], None]
) -> None:
    """Sends the newest day of each digest, or the requested days; `say` gets a line for each result, or each message
    of a dry run.

    A service gets a day once, unless `request.again` is set or it failed before. Raises ConfigError, FileError, and
    SendError after all services were tried.
    """
    targets = targets_of(addresses or _BETWEEN.split(os.environ.get(ADDRESSES, "").strip()))
    if not targets:
        raise ConfigError(f"{ADDRESSES}: this environment variable says whom to send to and is not set; {_example()}")
    failed: list[str] = []
    for day in find_days(config, request):
        failed += _send_day(_digest_of(day, config), day, targets, request.again, dry, say)
    if failed:
        raise SendError(
            f"{', '.join(dict.fromkeys(failed))}: did not take the digest; check the address in {ADDRESSES} and the "
            "network, then send again: who has it does not get it twice"
        )


def targets_of(addresses: Iterable[str]) -> list[Target]:
    """Raises ConfigError for an address that apprise cannot use; the error gives only its position in the list."""
    try:
        from apprise import Apprise
    except ImportError:
        raise ConfigError(f"wenzhai send: apprise is not installed; {_INSTALL}") from None
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)  # its warnings quote addresses
    targets = []
    for number, address in enumerate(filter(None, addresses), start=1):
        plugin = Apprise.instantiate(address)
        if plugin is None:
            raise ConfigError(f"{ADDRESSES}: address {number} is none that apprise knows; {_example()}")
        targets.append(Target(address.partition("://")[0].lower(), plugin))
    return targets


def messages_of(title: str, digest: Digest, room: int, size: Callable[[str], int]) -> list[tuple[str, str]]:
    """(title, text) of each message: the ledger, then the papers. No message is larger than `room`; no paper is
    split."""
    room -= size(title) + _FRAME
    shown = [entry for entry in digest.entries if entry.fate != "excluded"]
    texts = [ledger_line(digest.counts)]
    for number, entry in enumerate(shown, start=1):
        block = _block(number, entry, room, size)
        joined = f"{texts[-1]}\n\n{block}"
        if size(joined) <= room:
            texts[-1] = joined
        else:
            texts.append(block)
    if len(texts) == 1:
        return [(title, texts[0])]
    return [(f"{title} ({number}/{len(texts)})", text) for number, text in enumerate(texts, start=1)]


def _send_day(
    digest: Digest, day: Day, targets: Sequence[Target], again: bool, dry: bool, say: Callable[[str], None]
) -> Iterator[str]:
    """Yields the services that failed."""
    path = day.folder / "sent.json"
    delivered = read_record(path, Delivered) if path.exists() else Delivered()
    for service in dict.fromkeys(target.service for target in targets):
        if service in delivered.services and not (again or dry):
            say(f"{day.name}: {service} has it already; --again sends it once more")
            continue
        sent = [_send(digest, target, dry, say) for target in targets if target.service == service]
        if dry:
            continue
        if all(sent):
            services = {**delivered.services, service: dt.datetime.now(dt.UTC).replace(microsecond=0)}
            delivered = Delivered(services=services)
            write_text(path, delivered.model_dump_json(indent=2) + "\n")
            say(f"{day.name}: sent to {service}")
        else:
            yield service


def _send(digest: Digest, target: Target, dry: bool, say: Callable[[str], None]) -> bool:
    from apprise import Apprise, NotifyFormat

    messages = messages_of(f"文摘 {digest.name} {digest.date}", digest, target.plugin.body_maxlen, target.size)
    if dry:
        for title, text in messages:
            say(f"── {target.service}: {title}\n{text}\n")
        return True
    service = Apprise()
    service.add(target.plugin)
    return all(service.notify(body=text, title=title, body_format=NotifyFormat.TEXT) for title, text in messages)


def _digest_of(day: Day, config: Config) -> Digest:
    if day.report.outcome in ("stopped", "interrupted"):
        raise FileError(
            f"{day.folder}: its run was {day.report.outcome} before its end; run `wenzhai run` again, then send"
        )
    return for_reading(
        digest_of(day, load_corrections(config.output), Judge(config.rules)), typography=config.assemble.typography
    )


def _block(number: int, entry: Entry, room: int, size: Callable[[str], int]) -> str:
    """A paper: its one-liner, warnings and link; the one-liner is cut if the block would exceed `room`."""
    one_liner = lead("one_liner").name
    failed = entry.rejected(one_liner)
    text = (
        f"⚠ 失败：{LABELS.get(failed.rule, failed.rule)} {entry.paper.title}"
        if failed
        else entry.text(one_liner) or entry.paper.title
    )
    text = _LINK.sub("］", " ".join(visible(text).translate(_INERT).split()))
    rules = dict.fromkeys(LABELS.get(problem.rule, problem.rule) for problem in entry.problems if problem is not failed)
    tail = "".join(f" ⚠ {rule}" for rule in rules) + f"\n{entry.paper.url}"
    whole = f"{number}. {text}{tail}"
    while text and size(whole) > room:
        text = text[: len(text) * 9 // 10]
        whole = f"{number}. {text}…{tail}"
    return whole


def _example() -> str:
    return "it looks like feishu://TOKEN, wecombot://KEY or mailto://NAME:PASSWORD@HOST, commas between several"
