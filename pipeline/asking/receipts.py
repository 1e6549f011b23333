"""Receipts: a row in answers.db for every call, written before the call is sent and completed when it ends.

A call ends as one of ENDS. The receipt of an answered call is completed in the transaction that stores the answer
(answers.py). A receipt contains the whole question as sent, and never the API key.
"""

import json
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.asking.answers import Answers, now
from pipeline.asking.budget import cost_of_usage
from pipeline.asking.schema import fingerprint
from pipeline.records import Question, Usage
from pipeline.settings import ModelSettings

ENDS = {
    "answered": "kept",
    "replaced": "answered, and asked anew later (--again)",
    "slowed": "asked to slow down (429), and sent again",
    "adapted": "refused as it was worded, and sent again in other words",
    "failed": "no answer: the connection or the provider failed",
    "refused": "refused: a content filter, a question too long, thinking without end",
    "stopped": "the provider refused the key, the model or the account",
    "hung": "given up: no answer within the deadline",
    "cancelled": "given up: the run was interrupted or stopped",
    "probe": "asked by wenzhai doctor",
    "missing": "in a batch that ended without an answer to it",
}
"""How a call ended → explanation for people."""


class Call(NamedTuple):
    """A row of the table."""

    id: int
    paper: str
    subject: str
    model: str
    batch: str | None
    sent_at: str
    ended_at: str | None
    ended: str | None
    usage: Usage
    request: str
    """The request, as JSON."""
    reply: str | None
    """The response, unchanged."""


class Account(NamedTuple):
    """All calls by outcome: kept, waiting, or lost for a named reason."""

    calls: int
    kept: int
    """Calls with an answer in the table."""
    waiting: int
    """Calls in a batch that is not finished."""
    lost: dict[str, tuple[int, float]]
    """Reason → number of calls, and their cost."""
    cost: float
    """Of all calls."""
    kept_cost: float
    without: int
    """Answers stored before receipts existed."""

    @property
    def adds_up(self) -> bool:
        return self.calls == self.kept + self.waiting + sum(number for number, _ in self.lost.values())


class Receipts:
    """The receipts of the calls to one model."""

    def __init__(self, answers: Answers, settings: ModelSettings) -> None:
        self._answers = answers
        self._settings = settings
        self._known: set[str] = set()

    def sent(self, question: Question, batch: str | None = None) -> int:
        """Writes the receipt of a call that is about to be sent; returns its number. Raises AnswersError."""
        fixed, rest = self._parts(question)
        name = fingerprint(fixed, 16)
        row = (question.paper, question.subject, self._settings.name, name, zlib.compress(rest.encode()), batch, now())
        with self._answers.writing(durable=False) as db:
            if name not in self._known:
                db.execute("INSERT OR IGNORE INTO fixed_parts VALUES (?, ?)", (name, fixed))
            number = db.execute(
                "INSERT INTO calls (paper, subject, model, fixed, question, batch, sent_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                row,
            ).lastrowid
        self._known.add(name)
        assert number is not None  # SQLite gives every row one
        return number

    def ended(self, call: int, how: str, usage: Usage | None = None, reply: str | None = None) -> None:
        """Completes the receipt of a call that ended without an answer. Raises AnswersError."""
        used = usage or Usage()
        with self._answers.writing(durable=False) as db:
            db.execute(
                "UPDATE calls SET ended_at = ?, ended = ?, reply = ?, prompt_tokens = ?, completion_tokens = ?,"
                " cached_tokens = ?, cost = ? WHERE id = ?",
                (
                    now(),
                    how,
                    None if reply is None else zlib.compress(reply.encode()),
                    used.prompt_tokens,
                    used.completion_tokens,
                    used.cached_tokens,
                    cost_of_usage(used, self._settings),
                    call,
                ),
            )

    def _parts(self, question: Question) -> tuple[str, str]:
        """The part of a request that other requests share, and the rest, each as JSON."""
        *before, last = question.messages
        fixed = {
            "model": self._settings.name,
            "temperature": self._settings.temperature,
            "extra_body": self._settings.extra_body,
            "messages": [each.model_dump() for each in before],
        }
        rest = {"messages": [last.model_dump()], "max_tokens": question.max_tokens, "grammar": question.grammar}
        return _json(fixed), _json({key: value for key, value in rest.items() if value is not None})


def calls_of(answers: Answers, paper: str) -> Iterator[Call]:
    """The calls about a paper, oldest first. Raises AnswersError."""
    query = (
        "SELECT id, paper, subject, model, batch, sent_at, ended_at, ended, prompt_tokens, completion_tokens,"
        " cached_tokens, cost, body, question, reply FROM calls JOIN fixed_parts ON fingerprint = fixed"
        " WHERE paper = ? ORDER BY id"
    )
    for row in answers.read(query, paper):
        fixed, rest = json.loads(row[12]), json.loads(zlib.decompress(row[13]))
        whole = {**fixed, **rest, "messages": [*fixed["messages"], *rest["messages"]]}
        usage = Usage(requests=1, prompt_tokens=row[8], completion_tokens=row[9], cached_tokens=row[10], cost=row[11])
        reply = None if row[14] is None else zlib.decompress(row[14]).decode()
        yield Call._make((*row[:8], usage, _json(whole), reply))


def account(answers: Answers) -> Account:
    """Every call ever sent, by outcome. Raises AnswersError."""
    kept, kept_cost = next(
        answers.read(
            "SELECT count(*), total(cost) FROM calls WHERE id IN (SELECT call FROM answers WHERE call IS NOT NULL)"
        )
    )
    (waiting,) = next(
        answers.read("SELECT count(*) FROM calls WHERE ended IS NULL AND id IN (SELECT call FROM batched)")
    )
    lost: dict[str, tuple[int, float]] = {}
    rows = answers.read(
        "SELECT ended, count(*), total(cost) FROM calls WHERE id NOT IN (SELECT call FROM answers WHERE call IS NOT NULL)"
        " AND NOT (ended IS NULL AND id IN (SELECT call FROM batched WHERE call IS NOT NULL)) GROUP BY ended"
    )
    for ended, number, cost in rows:
        if ended == "answered":
            became = "answered, and its answer is gone from the table"
        else:
            became = ENDS.get(ended, ended) if ended else "sent, and nobody knows its end: the process was killed"
        lost[became] = (number, cost)
    calls, cost = next(answers.read("SELECT count(*), total(cost) FROM calls"))
    (without,) = next(answers.read("SELECT count(*) FROM answers WHERE call IS NULL"))
    return Account(calls, kept, waiting, lost, cost, kept_cost, without)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
