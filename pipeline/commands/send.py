"""`wenzhai send`: a day's one-liners to chat services and mailboxes, once a day.

Whom to send to comes from the environment or the command line only: such an address holds a token, so none is shown, logged
or written; errors name the service, and sent.json knows an address by its hash. What is in the digest is assemble's, how a
service is spoken to chats.py's.
"""

import datetime as dt
import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from pipeline.commands.chats import ADDRESSES, EXAMPLE, Target, targets_of
from pipeline.config import Config
from pipeline.corrections import load_corrections
from pipeline.errors import ConfigError, FileError, SendError
from pipeline.fields import lead
from pipeline.files import clear_parts, locked, read_record, write_text
from pipeline.ledger import ledger_line
from pipeline.records import Digest, Entry, Record, RunRequest
from pipeline.render import for_reading
from pipeline.rules import LABELS
from pipeline.rules.judge import Judge
from pipeline.run.day import Day, find_days
from pipeline.run.writing import digest_of
from pipeline.text.visible import visible

_BETWEEN = re.compile(r"[\s,]+(?=[A-Za-z][\w.+-]*://)|[\s,]+$")
"""Separates addresses; a comma within an address separates the recipients of a mail and does not match."""
_INERT = str.maketrans("@<>", "＠＜＞")
"""Makes mentions (@everyone, <!channel>) and links inert: full-width characters for @, < and >."""
_LINK = re.compile(r"\](?=\()")
"""Where a link's text ends for a service that reads Markdown."""
_ADDRESS = re.compile(r":(?=//)|(?<=www)\.", re.IGNORECASE)
"""By which a service knows an address and makes a link of it."""
_FRAME = 48
"""Bytes kept free for the count behind the title, and for what apprise puts between title and text."""
_PATIENCE_SECONDS = 600
"""Another `send` to a slow service may take its time; what it delivers need not be delivered here."""


class Delivery(Record):
    """What one address has of a day."""

    service: str
    messages: tuple[str, ...] = ()
    """Hashes of those it took, in order."""
    whole: dt.datetime | None = None
    """When it had all."""


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
    if not targets:
        raise ConfigError(f"{ADDRESSES}: this environment variable says whom to send to and is not set; {EXAMPLE}")
    days = [(day, _digest_of(day, config)) for day in find_days(config, request)]
    if dry:
        for _, digest in days:
            for target in targets:
                for title, text in _messages(digest, target):
                    say(f"── {target.service}: {title}\n{text}\n")
        return
    try:
        with locked(config.output / ".send.lock", patience_seconds=_PATIENCE_SECONDS):
            clear_parts(config.output)
            failed = [each for day, digest in days for each in _send_day(day, digest, targets, request.again, say)]
    except TimeoutError:
        raise FileError(f"{config.output}: another `send` is at work there; let it finish, then send again") from None
    except OSError as error:
        raise FileError(f"{config.output}: cannot be written: {error.strerror}; set another `output`") from None
    if failed:
        raise SendError(
            f"{'; '.join(dict.fromkeys(failed))}; mend what they say, or the address in {ADDRESSES}, then send again: what was "
            "taken is not sent twice"
        )


def _send_day(
    day: Day, digest: Digest, targets: Sequence[Target], again: bool, say: Callable[[str], None]
) -> Iterator[str]:
    """Yields who failed, and why."""
    path = day.folder / "sent.json"
    for target in targets:
        delivered = read_record(path, Delivered) if path.exists() else Delivered()
        has = delivered.addresses.get(target.mark)
        is_whole = has.whole if has else target.service in delivered.services
        if is_whole and not again:
            say(f"{day.name}: {target.service} has it already; --again sends it once more")
            continue
        # What was broken off goes on where it stopped, `again` or not.
        known = has.messages if has and not has.whole else ()
        why = _deliver(digest, target, known, partial(_note, path, target))
        if why is None:
            say(f"{day.name}: sent to {target.service}")
        else:
            yield f"{target.service}: did not take the digest{why}"


def _deliver(
    digest: Digest, target: Target, known: Sequence[str], note: Callable[[Sequence[str], bool], None]
) -> str | None:
    """Sends what is not `known` and notes it; where it stopped and why, or None."""
    messages = _messages(digest, target)
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


def _messages(digest: Digest, target: Target) -> list[tuple[str, str]]:
    return messages_of(f"文摘 {digest.name} {digest.date}", digest, target.plugin.body_maxlen, target.size)


def _hash(message: tuple[str, str]) -> str:
    return hashlib.sha256("\n".join(message).encode()).hexdigest()[:16]


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
    text = " ".join(visible(text).translate(_INERT).split())
    text = _ADDRESS.sub(lambda found: {":": "：", ".": "．"}[found[0]], _LINK.sub("］", text))
    rules = dict.fromkeys(LABELS.get(problem.rule, problem.rule) for problem in entry.problems if problem is not failed)
    tail = "".join(f" ⚠ {rule}" for rule in rules) + f"\n{entry.paper.url}"
    whole = f"{number}. {text}{tail}"
    while text and size(whole) > room:
        text = text[: len(text) * 9 // 10]
        whole = f"{number}. {text}…{tail}"
    return whole
