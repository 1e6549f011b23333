"""`wenzhai send`: a day's one-liners to chat services and mailboxes, once a day.

Whom to send to comes from the environment or the command line only: such an address holds a token, so none is shown, logged
or written; errors name the service, and sent.json knows an address by its hash. What is in the digest is assemble's, how a
message looks messages.py's, how a service is spoken to chats.py's.
"""

import datetime as dt
import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from pipeline.commands.chats import ADDRESSES, EXAMPLE, Target, plain_of, targets_of
from pipeline.commands.messages import mails_of, messages_of
from pipeline.config import Config
from pipeline.corrections import load_corrections
from pipeline.errors import ConfigError, FileError, SendError
from pipeline.files import clear_parts, locked, read_record, write_text
from pipeline.records import Digest, Record, RunRequest
from pipeline.render import for_reading
from pipeline.rules.judge import Judge
from pipeline.run.day import Day, find_days
from pipeline.run.series import page_of
from pipeline.run.writing import digest_of

_BETWEEN = re.compile(r"[\s,]+(?=[A-Za-z][\w.+-]*://)|[\s,]+$")
"""Separates addresses; a comma within an address separates the recipients of a mail and does not match."""
_ANY_CHAT = 20_000
"""Bytes of a message in a dry run without an address."""
_PATIENCE_SECONDS = 600
"""Another `send` to a slow service may take its time; what it delivers need not be delivered here."""


class Delivery(Record):
    """What one address has of a day."""

    service: str
    messages: tuple[str, ...] = ()
    """Hashes of those it took, in order."""
    whole: dt.datetime | None = None
    """When it had all."""


class Sent(NamedTuple):
    """A day to send."""

    day: Day
    digest: Digest
    title: str
    page: str
    """URL of the day's page; empty where it is not published."""


class Delivered(Record):
    """sent.json."""

    services: Mapping[str, dt.datetime] = {}
    """Of the first version: service → when all its addresses had the day."""
    addresses: Mapping[str, Delivery] = {}
    """Target.mark → what it has."""


def send(
    config: Config, request: RunRequest, addresses: Sequence[str], *, dry: bool, say: Callable[[str], None]
) -> None:
    """Sends the newest day of each digest, or the requested days; `say` gets a line for each result, or each message
    of a dry run.

    An address that has a day does not get it again, unless the request is for `again`; one that has a part of it gets the
    rest. Each message is remembered before the next one goes, and two `send`s at once wait for each other. Raises ConfigError,
    FileError, and SendError after all others were tried.
    """
    targets = targets_of(addresses or _BETWEEN.split(os.environ.get(ADDRESSES, "").strip()))
    if not targets and not dry:
        raise ConfigError(f"{ADDRESSES}: this environment variable says whom to send to and is not set; {EXAMPLE}")
    days = [_sent(day, config) for day in find_days(config, request)]
    if dry:
        for sent in days:
            _show(sent, targets, say)
        return
    try:
        with locked(config.output / ".send.lock", patience_seconds=_PATIENCE_SECONDS):
            clear_parts(config.output)
            failed = [each for sent in days for each in _send_day(sent, targets, request.again, say)]
    except TimeoutError:
        raise FileError(f"{config.output}: another `send` is at work there; let it finish, then send again") from None
    except OSError as error:
        raise FileError(f"{config.output}: cannot be written: {error.strerror}; set another `output`") from None
    if failed:
        raise SendError(
            f"{'; '.join(dict.fromkeys(failed))}; mend what they say, or the address in {ADDRESSES}, then send again: what was "
            "taken is not sent twice"
        )


def _send_day(sent: Sent, targets: Sequence[Target], again: bool, say: Callable[[str], None]) -> Iterator[str]:
    """Yields who failed, and why."""
    day, path = sent.day, sent.day.folder / "sent.json"
    for target in targets:
        delivered = read_record(path, Delivered) if path.exists() else Delivered()
        has = delivered.addresses.get(target.mark)
        is_whole = has.whole if has else target.service in delivered.services
        if is_whole and not again:
            say(f"{day.name}: {target.service} has it already; --again sends it once more")
            continue
        # What was broken off goes on where it stopped, `again` or not.
        known = has.messages if has and not has.whole else ()
        why = _deliver(sent, target, known, partial(_note, path, target))
        if why is None:
            say(f"{day.name}: sent to {target.service}")
        else:
            yield f"{target.service}: did not take the digest{why}"


def _deliver(
    sent: Sent, target: Target, known: Sequence[str], note: Callable[[Sequence[str], bool], None]
) -> str | None:
    """Sends what is not `known` and notes it; where it stopped and why, or None."""
    messages = _messages(sent, target)
    taken = [each for each in map(_hash, messages) if each in known]
    for number, message in enumerate(messages, start=1):
        if _hash(message) not in taken:
            why = target.deliver(*message)
            if why is not None:
                return (f" (message {number} of {len(messages)})" if len(messages) > 1 else "") + f": {why}"
            taken.append(_hash(message))
            note(taken, False)
    note(taken, True)
    return None


def _note(path: Path, target: Target, messages: Sequence[str], whole: bool) -> None:
    delivered = read_record(path, Delivered) if path.exists() else Delivered()
    when = dt.datetime.now(dt.UTC).replace(microsecond=0) if whole else None
    has = Delivery(service=target.service, messages=tuple(messages), whole=when)
    delivered = delivered.model_copy(update={"addresses": {**delivered.addresses, target.mark: has}})
    write_text(path, delivered.model_dump_json(indent=2, exclude_defaults=True) + "\n")


def _messages(sent: Sent, target: Target) -> list[tuple[str, str]]:
    """(title, text, or HTML for a mailbox)."""
    if target.is_mail:
        return mails_of(sent.title, sent.digest, sent.page)
    return messages_of(sent.title, sent.digest, target.plugin.body_maxlen, target.size, sent.page)


def _show(sent: Sent, targets: Sequence[Target], say: Callable[[str], None]) -> None:
    """What would be sent; without an address, a chat's message and a mail. A mail's HTML goes into a file for a browser."""
    shown = [(target.service, target.is_mail, _messages(sent, target)) for target in targets]
    shown = shown or [
        ("chat", False, messages_of(sent.title, sent.digest, _ANY_CHAT, len, sent.page)),
        ("mail", True, mails_of(sent.title, sent.digest, sent.page)),
    ]
    for service, is_mail, messages in shown:
        for title, text in messages:
            say(f"── {service}: {title}\n{plain_of(text) if is_mail else text}\n")
            if is_mail:
                path = Path(tempfile.mkdtemp(prefix="wenzhai-")) / "mail.html"
                write_text(path, f'<meta charset="utf-8">{text}')
                say(f"── {service}: its HTML part, for a browser: {path}\n")


def _hash(message: tuple[str, str]) -> str:
    return hashlib.sha256("\n".join(message).encode()).hexdigest()[:16]


def _sent(day: Day, config: Config) -> Sent:
    if day.report.outcome in ("stopped", "interrupted"):
        raise FileError(
            f"{day.folder}: its run was {day.report.outcome} before its end; run `wenzhai run` again, then send"
        )
    digest = for_reading(
        digest_of(day, load_corrections(config.output), Judge(config.rules)), typography=config.assemble.typography
    )
    site, page = config.assemble.site, page_of(day.folder)
    address = f"{site.rstrip('/')}/{quote(day.digest)}/{day.date}/{page}" if site and page else ""
    return Sent(day, digest, f"文摘 {digest.name} {digest.date}", address)
