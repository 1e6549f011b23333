"""A process that is killed at any step leaves what the next one completes: nothing lost, at most the calls in flight repeated,
no temporary file.

It is killed in the middle of a write and before any other step: a sync, a rename, a commit, a request. Before the
step that follows is after that step.

With --thorough at all 271 steps, in a minute and a half of CPU; else at one of each kind.
"""

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from pipeline.model import batch_api
from tests import invented
from tests.batch_server import BatchServer
from tests.factories import DAY
from tests.test_redo import NEW
from tests.test_send import _open_inbox

pytestmark = pytest.mark.slow

WORKSHOP = r"""
import contextlib, gc, io, itertools, json, os, sqlite3, sys
import apprise, httpx2, openai, requests, tenacity
import pipeline.commands.redo, pipeline.commands.send, pipeline.config, pipeline.run.writing
import pipeline.model.batch_api, pipeline.model.client, pipeline.sources.table, pipeline.asking.prompts, pipeline.watch
from pipeline.render import feed, html
from pipeline.cli import app, main

apprise.Apprise.instantiate("json://localhost")
pipeline.model.batch_api.FIRST_POLL_SECONDS = 0.01
steps = itertools.count()
kill, journal = None, None


def step(name, half=lambda: None):
    os.write(journal, (name.replace("\n", " ") + "\n").encode())
    if next(steps) == kill:
        half()
        os._exit(9)


def before(module, name, does=lambda *_: True):
    real = getattr(module, name)

    def hooked(*values, **options):
        if does(*values):
            step(f"{name} {values[0]}" if isinstance(values[0], (str, os.PathLike)) else name)
        return real(*values, **options)

    setattr(module, name, hooked)


def open_(path, mode="r", *rest, real=io.open, **options):
    if not set(mode) & set("wax"):
        return real(path, mode, *rest, **options)
    step(f"open {path}")
    file = real(path, mode, *rest, **options)
    write = file.write

    def hooked(text):
        step(f"write {path}", half=lambda: (write(text[: len(text) // 2]), file.flush()))
        return write(text)

    file.write = hooked
    return file


class Db(sqlite3.Connection):
    def execute(self, query, *values):
        if query.startswith("PRAGMA synchronous"):
            query = "PRAGMA synchronous = OFF"
        # In a transaction nothing is written before its commit.
        if query.split()[0] not in ("SELECT", "PRAGMA", "BEGIN") and not self.in_transaction:
            step(" ".join(query.split()[:3]))
        return super().execute(query, *values)

    def __exit__(self, *error):
        step("commit")
        return super().__exit__(*error)


def hook():
    os.fsync = lambda _: None  # a kill is no power cut: what was written is there
    before(os, "fsync")
    before(os, "replace")
    before(os, "unlink", lambda path, **_: os.path.exists(path))
    before(os, "mkdir", lambda path, *_: not os.path.exists(path))
    io.open = open_
    connect = sqlite3.connect
    sqlite3.connect = lambda *values, **options: connect(*values, factory=Db, **options)
    ask, post = httpx2.AsyncClient.send, requests.Session.send

    async def asked(self, request, **options):
        step(f"request {request.method} {request.url.path}")
        return await ask(self, request, **options)

    def posted(self, request, **options):
        step("request of a webhook")
        return post(self, request, **options)

    httpx2.AsyncClient.send, requests.Session.send = asked, posted


for line in sys.stdin:
    gc.freeze()  # else every child would copy all there is, only to count it
    job = json.loads(line)
    if job["here"]:  # so that what is made ready once is there for all
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            app(job["words"], standalone_mode=False)
        print(0, flush=True)
        continue
    child = os.fork()
    if not child:
        kill, journal = job["kill"], os.open(job["journal"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        told = os.open(job["told"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(told, 1), os.dup2(told, 2)
        if job["hook"]:
            hook()
        sys.argv = ["wenzhai", *job["words"]]
        main()
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""Has imported everything once, and forks for each command it is told: a command costs a tenth of a process of its own."""


@pytest.fixture(scope="module")
def workshop(server):
    with subprocess.Popen(
        [sys.executable, "-c", WORKSHOP],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PATH": "/usr/bin:/bin", "OPENAI_API_KEY": "0f1e2d3c4b5a", "NO_COLOR": "1"},
    ) as process:
        yield process
        process.stdin.close()


class Bench:
    """A desk whose commands can be killed at a step, and taken back."""

    def __init__(self, desk, workshop, folder, *, thorough):
        self.desk, self.workshop, self.thorough = desk, workshop, thorough
        self.start, self.journal, self.told = (folder / name for name in ("start", "journal", "told"))
        desk.announce(invented.paper(1), invented.paper(2))
        desk.config["model"]["concurrency"] = 1  # so the steps come in the same order
        desk.config["assemble"] = {"formats": ["markdown"]}
        desk.save_config()

    def wenzhai(self, *words, kill=None, hook=True, here=False):
        """Its exit status; 9 where it was killed."""
        job = {
            "words": ["--config", str(self.desk.folder / "config.yaml"), *words],
            "kill": kill,
            "hook": hook,
            "here": here,
            "journal": str(self.journal),
            "told": str(self.told),
        }
        self.workshop.stdin.write(json.dumps(job) + "\n")
        self.workshop.stdin.flush()
        return int(self.workshop.stdout.readline())

    def keep(self):
        """What `take_back` goes back to."""
        self.desk.output.mkdir(exist_ok=True)
        shutil.copytree(self.desk.output, self.start)

    def take_back(self):
        shutil.rmtree(self.desk.output, ignore_errors=True)
        if any(self.start.iterdir()):
            shutil.copytree(self.start, self.desk.output)
        self.desk.provider.forget()

    def steps(self, *words):
        """Those of the command, and what its day's digest is then."""
        self.take_back()
        assert self.wenzhai(*words) == 0, self.told.read_text()
        return self.journal.read_text().splitlines(), self.desk.digest

    def check(self):
        """Nothing is torn, and nothing is left."""
        files = [path.name for path in self.desk.output.rglob("*") if path.is_file()]
        assert not [name for name in files if name.endswith((".part", "-journal"))]
        with closing(sqlite3.connect(self.desk.output / "answers.db")) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.fixture
def bench(desk, workshop, tmp_path_factory, pytestconfig):
    return Bench(desk, workshop, tmp_path_factory.mktemp("bench"), thorough=pytestconfig.getoption("thorough"))


inbox = pytest.fixture(_open_inbox, name="inbox")


def chosen(steps, *, thorough):
    """All of them, or of each kind the one in the middle."""
    kinds = {}
    for number, step in enumerate(steps):
        kinds.setdefault(number if thorough else step.split()[0], []).append(number)
    return sorted(numbers[len(numbers) // 2] for numbers in kinds.values())


def each_step(bench, command, then, look):
    """Kills `command` at its steps, types `then` and looks; a failure names the step."""
    bench.keep()
    bench.take_back()
    if command[0] != "send":  # apprise keeps threads, which no fork takes along
        bench.wenzhai(*command, here=True)
    steps, digest = bench.steps(*command)
    whole = len(bench.desk.provider.asked)
    wrong = []
    numbers = chosen(steps, thorough=bench.thorough)
    for number in numbers:
        bench.take_back()
        place = f"step {number} of {len(steps)}, {steps[number]}"
        killed = bench.wenzhai(*command, kill=number)
        status = bench.wenzhai(*then, hook=False)
        try:
            assert (killed, status) == (9, 0), bench.told.read_text()[-500:]
            bench.check()
            look(digest, whole)
        except AssertionError as error:
            wrong.append(f"{place}: {str(error)[:400]}")
    assert not wrong, f"{len(wrong)} of {len(numbers)} steps\n" + "\n".join(wrong)
    return steps


def test_run(bench):
    """A paper is asked again at most once, and the digest is the same, with all that is made of all days."""
    bench.desk.config["assemble"] = {"formats": ["markdown", "json", "archive", "feed"]}
    bench.desk.save_config()

    def look(digest, whole):
        assert bench.desk.digest == digest
        assert len(bench.desk.provider.asked) <= whole + 1

    steps = each_step(bench, ("run",), ("run",), look)
    kinds = {step.split()[0] for step in steps}
    assert {"open", "write", "fsync", "replace", "commit", "request"} <= kinds


def test_backfill(bench):
    """The same over two days."""
    days = (DAY.replace(day=29), DAY)
    bench.desk.announce(*(invented.paper(number, published=day) for number, day in enumerate(days, start=1)))
    command = ("run", "--from-date", days[0].isoformat(), "--to-date", days[1].isoformat())

    def look(digest, whole):
        assert bench.desk.digest == digest
        assert len(list(bench.desk.output.glob("cs.CL/*/digest.md"))) == 2
        assert len(bench.desk.provider.asked) <= whole + 1

    each_step(bench, command, command, look)


def test_batch(bench, server, monkeypatch):
    """A batch is sent again only where it was being sent."""
    monkeypatch.setattr(batch_api, "FIRST_POLL_SECONDS", 0.01)
    bench.desk.config["model"] |= {"batch": True, "price": {"input": 1, "output": 1}}
    bench.desk.save_config()
    take_back = bench.take_back

    def anew():
        take_back()
        server.elsewhere = BatchServer()

    monkeypatch.setattr(bench, "take_back", anew)

    def look(digest, whole):
        assert bench.desk.digest == digest
        assert len(bench.desk.provider.asked) == 0
        assert len(server.elsewhere.batches) == 1

    each_step(bench, ("run",), ("run",), look)


def test_redo(bench, server):
    """It is done by the next run, or was never asked for."""
    assert bench.wenzhai("run", hook=False) == 0
    before = bench.desk.digest
    server.behaves = lambda asked, number: invented.tagged({"title_zh": NEW})

    def look(digest, whole):
        wished = (bench.desk.output / "redos.jsonl").exists()
        assert bench.desk.digest == (digest if wished else before)
        assert len(bench.desk.provider.asked) <= whole + 1

    each_step(bench, ("redo", "2607.00002", "--field", "title_zh", "--why", "更短"), ("run",), look)


def test_send(bench, inbox, monkeypatch):
    """Each message comes, and at most the one in flight twice."""
    assert bench.wenzhai("run", hook=False) == 0
    take_back = bench.take_back

    def anew():
        take_back()
        inbox.bodies.clear()

    monkeypatch.setattr(bench, "take_back", anew)

    def look(digest, whole):
        assert len(inbox.bodies) in (1, 2)

    steps = each_step(bench, ("send", "--to", inbox.url), ("send", "--to", inbox.url), look)
    assert "request of a webhook" in steps
