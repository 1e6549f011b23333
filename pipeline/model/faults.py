"""Turns an error response into an exception: for one question, for a temporary failure, or for an unusable endpoint.
Pure.

It uses the provider's message (fault_table.py) and the status. If they do not show whether the error concerns one
question or the endpoint, it is Refused; retry.py, which knows whether other questions were answered, decides.

    Filtered, NoAnswer    only this question; the others continue
    TooFast               temporary: wait for the quota and send it again; does not count as a try
    CallFailed            temporary: retry a few times
    Refused               only this question if others are answered, else permanent
    ModelError            permanent: stop the run
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.errors import Filtered, ModelError, NoAnswer, WenzhaiError
from pipeline.model.error_body import plain, seconds_to_wait, words_of
from pipeline.model.fault_table import ROWS, Meaning
from pipeline.text.secrets import masked

NO_KEY = "none"
"""Stands for a key where none is set."""
_TRY_AGAIN = {408, 409, 423, 424, 425, 460, 499}
"""460, 499: a load balancer or nginx in between says that its client went away."""
_OF_A_PAGE = {400, 403, 405, 406, *range(414, 422), *range(430, 500)} - _TRY_AGAIN - {451}
"""Statuses that mean a firewall if they come with a page: a provider refuses in JSON."""
_BY_STATUS: dict[int, Meaning | None] = {
    **{400: None, 401: "key", 403: "access", 404: "model", 407: "firewall", 410: "model", 413: "too_long", 422: None},
    **{420: "rate", 429: "rate", 430: "rate", 451: "filtered", 498: "key", 501: "path", 511: "firewall"},
}
"""Where the words tell nothing. Other 4xx: "path"; 5xx: "busy"."""
_LOADING_SECONDS = 3.0
"""Between two requests to a server that loads its model."""
_SHOWN_CHARS = 300
"""Characters of a provider's message that are shown, because some send a whole page."""
_READ_CHARS = 1_000
"""Characters of a provider's message that are searched; the rest may quote the paper."""


class Fault(Exception):
    """What a call came to instead of a reply. It travels between processes as it is, whatever its `__init__` takes."""

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (type(self), self.args, self.__dict__)


def _again(kind: type[Fault], given: tuple[object, ...], state: dict[str, object]) -> Fault:
    fault = kind.__new__(kind, *given)
    fault.__dict__.update(state)
    return fault


class CallFailed(Fault):
    """A call failed, but a retry may succeed."""

    def __init__(self, why: str, *, retry_after: float | None = None, hopeless: str | None = None) -> None:
        super().__init__(why)
        self.retry_after = retry_after
        self.hopeless = hopeless
        """What the user should check if this endpoint has never answered: it may not exist, or not be a model."""


class TooFast(Fault):
    """Status 429 or similar: the question came too early."""

    def __init__(
        self,
        why: str,
        headers: Mapping[str, str],
        *,
        words: str = "",
        retry_after: float | None = None,
        no_money: str | None = None,
    ) -> None:
        """`words`: the provider's message with its error codes."""
        super().__init__(why)
        self.headers = dict(headers)  # of any SDK, so that it can be pickled
        self.retry_after = retry_after
        self.no_money = no_money
        """The error to raise if this continues for long, for messages that can also mean an account without money."""
        # "too many concurrent requests", "max organization concurrency: 3": Moonshot; "并发数过高": Zhipu.
        self.of_slots = bool(re.search(r"concurren|并发", words, re.I))
        # "tokens per min (TPM)": OpenAI, Groq; "TPM limit reached": SiliconFlow. Else it is requests.
        self.of_tokens = bool(re.search(r"\btpm\b|tokens? per|token.?limit", words, re.I))


class Refused(Fault):
    """A refusal that concerns only this question if others are answered, else the endpoint."""

    def __init__(
        self, own: NoAnswer, for_good: ModelError, *, sure: bool, of_account: bool = False, of_form: bool = False
    ) -> None:
        super().__init__(str(for_good))
        self.own = own
        self.for_good = for_good
        self.sure = sure
        """Whether the message is known, so that one refusal is enough if nothing was answered yet."""
        self.of_account = of_account
        """Whether it concerns the key or the money, of which a gateway may have several."""
        self.of_form = of_form
        """Whether it concerns what was sent, so that another server of a gateway would refuse it, too."""


@dataclass(frozen=True)
class Endpoint:
    """An endpoint; names it in errors, and removes its key from messages."""

    model: str
    address: str
    key_env: str
    key: str = field(repr=False)
    query: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Query of the URL; may contain a key, too."""

    @property
    def named(self) -> str:
        return f"model {self.model} at {self.address}"

    def without_key(self, words: str) -> str:
        """The text without the key, whole or as a provider abbreviates it ("sk-abc***xyz")."""
        if len(self.key) > 4:  # not for NO_KEY
            words = words.replace(self.key, "***")
        for _, value in self.query:
            words = words.replace(value, "***") if len(value) > 12 else words
        if len(self.key) > 12:
            words = re.sub(re.escape(self.key[:8]) + r"[\w.*…-]*", "***", words)
        return words

    def redact(self, words: str) -> str:
        """One line for messages, without the key and without a proxy's password."""
        return " ".join(masked(self.without_key(words)).split())[:_SHOWN_CHARS]


def fault_of(
    status: int, body: object, headers: Mapping[str, str], endpoint: Endpoint, subject: str
) -> CallFailed | TooFast | Refused | WenzhaiError:
    """The exception for an error response; `status` is 200 if only the body is an error."""
    codes, words = words_of(body)
    if status == 200:  # OpenRouter sends the upstream's status as the code
        status = next((int(code) for code in codes if re.fullmatch(r"[45]\d\d", code)), 200)
    searched = " ".join([*(f"code={code}" for code in sorted(codes)), words])[:_READ_CHARS]
    meaning, known = meaning_of(status, searched)
    said = endpoint.redact(plain(words)) or "nothing"
    if meaning == "filtered":
        return Filtered(f"{subject}: refused by the provider's content filter ({said}); model.fallback can answer it")
    if meaning == "too_long":
        longer = "a model with a longer context, or a plan with more tokens a minute, can read it"
        return NoAnswer(f"{subject}: longer than the model reads ({said}); {longer}")
    wait = seconds_to_wait(headers, words, body)
    if passing := _passing(meaning, status, said, headers, searched, wait, endpoint):
        return passing
    if meaning == "later":
        back = f", in {wait / 3600:.1f} hours" if wait and wait > 600 else ""
        return ModelError(f"{endpoint.named}: the quota of the day or week is used up ({said}); run again later{back}")
    for_good = ModelError(_for_good(meaning, status, said, endpoint))
    own = NoAnswer(f"{subject}: refused by the provider ({status}: {said}); model.fallback can answer it")
    return Refused(
        own,
        for_good,
        sure=known or status == 401,
        of_account=status == 401 or meaning == "money",
        of_form=meaning in (None, "settings"),
    )


def _passing(
    meaning: Meaning | None,
    status: int,
    said: str,
    headers: Mapping[str, str],
    searched: str,
    wait: float | None,
    endpoint: Endpoint,
) -> CallFailed | TooFast | None:
    """The exception for an error that passes; None for others."""
    if meaning == "rate":
        return TooFast(said, headers, words=searched, retry_after=wait)
    if meaning == "loading":
        return TooFast(said, headers, words=searched, retry_after=wait or _LOADING_SECONDS)
    if meaning == "quota":
        no_money = _for_good("money", status, said, endpoint)
        return TooFast(said, headers, words=searched, retry_after=wait, no_money=no_money)
    if meaning == "busy":
        return CallFailed(f"status {status}: {said}", retry_after=wait)
    if meaning == "channel":
        return CallFailed(f"status {status}: {said}", retry_after=wait, hopeless=_WAY_OUT["channel"])
    return None


def meaning_of(status: int, searched: str) -> tuple[Meaning | None, bool]:
    """What the error means, and whether it is known for sure; else the status tells, or nothing does (None)."""
    if status == 402:
        return "money", True
    for row in ROWS:
        if (not row.statuses or status in row.statuses) and re.search(row.words, searched, re.IGNORECASE):
            return row.meaning, True
    if status in _OF_A_PAGE and re.search(r"<(!doctype|html)", searched, re.IGNORECASE):
        return "firewall", True
    if status in _BY_STATUS:
        return _BY_STATUS[status], False
    if 300 <= status < 500 and status not in _TRY_AGAIN:
        return "path", False
    return "busy", True


_WAY_OUT: dict[Meaning | None, str] = {
    "money": "the quota is spent or unpaid ({said}); top up the account, then run again",
    "key": "refuses the key ({status}: {said}); check the variable {key_env} (model.api_key_env)",
    "no_key": "wants a key ({status}: {said}), and {key_env} is not set; write {key_env}=… into .env beside config.yaml",
    "access": "refuses access ({status}: {said}); check the key in {key_env}, and the account's money and plan",
    "region": "does not serve this region ({status}: {said}); use a proxy (HTTPS_PROXY), or another provider",
    "firewall": "a firewall answers instead of the provider ({status}: {said}); check model.base_url and the proxy",
    "channel": "check model.name, and that the gateway has a channel, or the server room, for it",
    "path": "no model answers at this address ({status}: {said}); check model.base_url{version}",
    "model": "not found, or not open to this account ({status}: {said}); check model.name and the account's plan{path}",
    "settings": "refuses a setting ({status}: {said}); check model.temperature and model.extra_body",
    None: "refuses the question ({status}: {said}); check model.temperature and model.extra_body",
}


def _for_good(meaning: Meaning | None, status: int, said: str, endpoint: Endpoint) -> str:
    if meaning in ("key", "access") and endpoint.key == NO_KEY:
        meaning = "no_key"
    version = "" if re.search(r"/v\d", endpoint.address) else f": does it lack its /v1 ({endpoint.address}/v1)?"
    path = f", and model.base_url{version}" if status == 404 else ""
    way_out = _WAY_OUT[meaning].format(status=status, said=said, key_env=endpoint.key_env, path=path, version=version)
    return f"{endpoint.named}: {way_out}"
