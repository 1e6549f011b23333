"""Receipts: every call leaves a row in answers.db before it is sent, and is completed when it ends.

A call ends as one of ENDS; one that answered is completed in the transaction that keeps its answer (answers.py). What is
sent to a provider is in its receipt word for word, but for the key.
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
"""How a call ended → what became of it."""


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
    """What was sent, as JSON."""
    reply: str | None
    """What came back, as it came."""


class Account(NamedTuple):
    """What became of all calls: each is kept, or lost under a name."""

    calls: int
    kept: int
    """Named by an answer that is there."""
    waiting: int
    """In a batch that is still under way."""
    lost: dict[str, tuple[int, float]]
    """What became of them → how many, and what they cost."""
    cost: float
    """Of all calls."""
    kept_cost: float
    without: int
    """Answers from before there were receipts."""

    @property
    def adds_up(self) -> bool:
        return self.calls == self.kept + self.waiting + sum(number for number, _ in self.lost.values())


class Receipts:
    """Of the calls to one model."""

    def __init__(self, answers: Answers, settings: ModelSettings) -> None:
        self._answers = answers
        self._settings = settings
        self._known: set[str] = set()

    def sent(self, question: Question, batch: str | None = None) -> int:
        """A call is about to leave; returns its number. Raises AnswersError."""
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
        """A call came to an end that is no answer. Raises AnswersError."""
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
        """What a question shares with others, and the rest of it, as JSON."""
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
    """What became of every call there ever was. Raises AnswersError."""
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
