"""What of a cluster needs no Ray: faults that travel, cores that are shared out, workers that come and go, and one clear line."""

import asyncio
import inspect
import pickle
import sys
from types import SimpleNamespace

import pytest

from pipeline.errors import ModelError, NoAnswer
from pipeline.model import cluster
from pipeline.model.cluster import Carrier, Cluster, cores_each
from pipeline.model.faults import CallFailed, Endpoint, Refused, TooFast
from pipeline.model.replies import Reply
from tests.factories import model
from tests.loopback import Endpoint as Served
from tests.loopback import Sent, question


@pytest.mark.parametrize(
    "fault",
    [
        CallFailed("broke", retry_after=2.0, hopeless="check it"),
        TooFast("slowly", {"Retry-After": "3"}, words="TPM limit reached", no_money="pay"),
        Refused(NoAnswer("not this one"), ModelError("not at all"), sure=True),
    ],
    ids=lambda fault: type(fault).__name__,
)
def test_a_fault_comes_from_another_process_as_it_was(fault):
    """With all it knows: waits, headers, what the user should do."""
    came = pickle.loads(pickle.dumps(fault))
    assert (type(came), str(came)) == (type(fault), str(fault))
    assert {name: str(value) for name, value in vars(came).items()} == {
        name: str(value) for name, value in vars(fault).items()
    }


@pytest.mark.parametrize(
    ("machines", "workers", "cores"), [([8, 8], 2, 8), ([8, 4], 2, 4), ([8, 4], 3, 4), ([2], 2, 1), ([16, 2], 4, 4)]
)
def test_workers_that_host_a_model_get_all_the_cores_there_are(machines, workers, cores):
    """As many as each can have on one machine."""
    assert cores_each([{"CPU": float(number)} for number in machines], workers) == cores


def test_more_workers_than_cores_are_refused():
    """They would wait for room forever."""
    with pytest.raises(ModelError, match="the cluster has 3; lower it"):
        cores_each([{"CPU": 2.0}, {"CPU": 1.0}, {"GPU": 1.0}], 4)


def test_without_ray_one_line_says_how_to_get_it(desk, monkeypatch):
    """Status 1, and nothing asked."""
    monkeypatch.setitem(sys.modules, "ray", None)
    desk.config["model"]["cluster"] = "auto"
    ran = desk.wenzhai("run")
    assert (ran.status, desk.asked()) == (1, [])
    assert "pip install 'wenzhai[cluster]'" in ran.err


# A stand-in for Ray, whose actors are objects of this process.


class RayError(Exception):
    pass


class RayActorError(RayError):
    pass


class RayTaskError(RayError):
    pass


class Actor:
    """A carrier that answers with its number; `does` says otherwise."""

    def __init__(self, ray):
        self.ray, self.number = ray, len(ray.actors)
        ray.actors.append(self)
        self.asked = []
        self.open = SimpleNamespace(remote=self._open)
        self.carry = SimpleNamespace(remote=self._carry)

    def _open(self, settings, base_url, key):
        self.ray.opened.append((base_url, key))
        return self._comes(self.ray.opens[min(self.number, len(self.ray.opens) - 1)])

    def _carry(self, asked):
        self.asked.append(asked.subject)
        return self._comes(self.ray.carries(self, asked))

    def _comes(self, what):
        if inspect.isawaitable(what):
            return what
        came = asyncio.get_running_loop().create_future()
        if isinstance(what, (RayError, OSError)):
            came.set_exception(what)
        else:
            came.set_result(what)
        return came


class Ray:
    """`opens`: what opening the n-th actor comes to, the last one for all that follow."""

    exceptions = SimpleNamespace(RayError=RayError, RayActorError=RayActorError, RayTaskError=RayTaskError)

    def __init__(self, *opens, nodes=()):
        self.opens = opens or (HERE,)
        self.listed = list(nodes)
        self.actors, self.opened, self.cancelled, self.options = [], [], [], {}
        self.is_shut = False
        self.carries = lambda actor, asked: Reply(str(actor.number), "stop", None, {})

    def remote(self, carrier):
        assert carrier is Carrier

        def options(**given):
            self.options = given
            return SimpleNamespace(remote=lambda: Actor(self))

        return SimpleNamespace(options=options)

    def nodes(self):
        if isinstance(self.listed, Exception):
            raise self.listed
        return self.listed

    def cancel(self, carried):
        self.cancelled.append(carried)

    def shutdown(self):
        self.is_shut = True


HERE = Endpoint("m", "http://127.0.0.1:1/v1", "OPENAI_API_KEY", "none")


@pytest.fixture
def quick(monkeypatch):
    """What takes seconds takes hundredths."""
    for name in ("LOOK_SECONDS", "GONE_SECONDS", "REPLACE_SECONDS"):
        monkeypatch.setattr(cluster, name, 0.01)
    monkeypatch.setattr(cluster, "OPEN_SECONDS", 0.05)


def with_cluster(ray, do, **settings):
    """What `do(cluster)` returns, on an opened cluster of two workers."""

    async def run():
        opened = Cluster(ray, model(workers=2, **settings), "http://127.0.0.1:2/v1")
        try:
            async with asyncio.timeout(10):
                assert await opened.open() == HERE
                return await do(opened)
        finally:
            await opened.close()

    return asyncio.run(run())


async def have_come(ray, number):
    """Waits until so many actors have been opened and the cluster knows it: by turns of the loop, not by the clock."""
    while len(ray.opened) < number:
        await asyncio.sleep(0.001)
    for _ in range(20):
        await asyncio.sleep(0)


async def sent(opened, *subjects):
    return await asyncio.gather(*(opened.send(question(subject=each)) for each in subjects), return_exceptions=True)


def test_questions_go_to_the_least_busy_worker(monkeypatch):
    """Each worker opens the model with the key of this process, and all are left at the end."""
    monkeypatch.setenv("OPENAI_API_KEY", " sk-abc ")
    ray = Ray()
    replies = with_cluster(ray, lambda opened: sent(opened, "a", "b", "c", "d"))
    assert [each.text for each in replies] == ["0", "1", "0", "1"]
    assert ray.opened == [("http://127.0.0.1:2/v1", "sk-abc")] * 2
    assert ray.options["num_cpus"] == 0
    assert ray.is_shut
    monkeypatch.delenv("OPENAI_API_KEY")
    with_cluster(ray, sent)
    assert ray.opened[-1][1] is None


def test_a_worker_that_hosts_the_model_gets_cores_of_machines_that_are_up():
    """One that is down has none."""
    up, down = {"Alive": True, "Resources": {"CPU": 4.0}}, {"Alive": False, "Resources": {"CPU": 64.0}}
    ray = Ray(nodes=[up, down])
    with_cluster(ray, sent, provider="local")
    assert ray.options["num_cpus"] == 2


def test_what_a_worker_tells_is_raised_here():
    """As the model of a single process would."""
    ray = Ray()
    ray.carries = lambda actor, asked: {"slow": TooFast("slowly", {}), "fine": Reply("好", "stop", None, {})}[
        asked.subject
    ]

    async def do(opened):
        with pytest.raises(TooFast):
            await opened.send(question(subject="slow"))
        return await opened.send(question(subject="fine"))

    assert with_cluster(ray, do).text == "好"


def test_a_worker_that_dies_is_replaced(quick, monkeypatch):
    """What it carried has failed; the next questions go to the others, then to its successor."""
    monkeypatch.setattr(cluster, "OPEN_SECONDS", 10)
    may_come = asyncio.Event()

    async def successor():
        await may_come.wait()
        return HERE

    ray = Ray(HERE, HERE, successor())
    ray.carries = lambda actor, asked: RayActorError("died") if actor.number == 0 else Reply("好", "stop", None, {})

    async def do(opened):
        (failed,) = await sent(opened, "a")
        assert str(failed) == "a worker of the cluster died (RayActorError)"
        assert isinstance(failed, CallFailed)
        await sent(opened, "b", "c")
        assert [each.asked for each in ray.actors[:2]] == [["a"], ["b", "c"]]
        may_come.set()
        await have_come(ray, 3)
        await sent(opened, "d", "e")

    with_cluster(ray, do)
    assert [len(each.asked) for each in ray.actors] == [1, 3, 1]


def test_two_questions_that_a_worker_takes_with_it_are_one_death(quick):
    """It is replaced once."""
    ray = Ray()
    ray.carries = lambda actor, asked: RayActorError("died") if actor.number < 2 else Reply("好", "stop", None, {})

    async def do(opened):
        failed = await sent(opened, "a", "b", "c", "d")
        assert [type(each) for each in failed] == [CallFailed] * 4
        (waited,) = await sent(opened, "e")  # until there is a worker again
        await have_come(ray, 4)
        return waited

    assert with_cluster(ray, do).text == "好"
    assert len(ray.actors) == 4


def test_other_errors_of_the_cluster_are_calls_that_failed():
    """But for a fault in our own code there, which is one here."""
    ray = Ray()
    ray.carries = lambda actor, asked: {"lost": RayError("lost"), "bug": RayTaskError("bug")}[asked.subject]
    lost, bug = with_cluster(ray, lambda opened: sent(opened, "lost", "bug"))
    assert isinstance(lost, CallFailed)
    assert "broke off (RayError)" in str(lost)
    assert isinstance(bug, RayTaskError)
    assert len(ray.actors) == 2


def test_a_question_that_is_given_up_here_is_given_up_there():
    """A timeout, or Ctrl-C."""
    ray = Ray()
    ray.carries = lambda actor, asked: asyncio.get_running_loop().create_future()

    async def do(opened):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await opened.send(question())

    with_cluster(ray, do)
    assert len(ray.cancelled) == 1


@pytest.mark.parametrize("fault", [ConnectionError("gone"), RayError("gone"), ValueError("gone")])
def test_without_the_head_nothing_is_waited_for(quick, fault):
    """Neither an answer nor a worker: it would be for a minute."""
    ray = Ray()
    ray.carries = lambda actor, asked: asyncio.get_running_loop().create_future()

    async def do(opened):
        ray.listed = fault
        return await sent(opened, "a")

    (gone,) = with_cluster(ray, do)
    assert isinstance(gone, ModelError)
    assert "the head of the cluster is gone" in str(gone)


def test_a_worker_that_does_not_come_up_is_tried_again(quick):
    """The others begin without it."""
    ray = Ray(ModelError("no room"), HERE)

    async def do(opened):
        await sent(opened, "a", "b")
        await have_come(ray, 3)
        await sent(opened, "c", "d")

    with_cluster(ray, do)
    assert [len(each.asked) for each in ray.actors] == [0, 3, 1]


@pytest.mark.parametrize(
    ("opens", "said"),
    [
        (ModelError("no key"), "no key"),
        (
            RayError("Traceback\n  ...\nNo module named wenzhai\n"),
            "a worker cannot start: No module named wenzhai; the",
        ),
        (RayError(""), "a worker cannot start: RayError; the"),
        (lambda: asyncio.get_running_loop().create_future(), "no worker came up within"),
    ],
    ids=["model", "ray", "no words", "never"],
)
def test_a_cluster_on_which_no_worker_comes_up_is_told(quick, opens, said):
    """In the words of the first one."""

    async def run():
        ray = Ray(opens() if callable(opens) else opens)
        opened = Cluster(ray, model(workers=1), None)
        with pytest.raises(ModelError) as failed:
            async with asyncio.timeout(10):
                await opened.open()
        await opened.close()
        return str(failed.value)

    assert said in asyncio.run(run())


# What runs on a worker


def test_a_carrier_opens_the_model_and_brings_what_it_says(monkeypatch):
    """With the key that came with the call; what is raised comes back as a value."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    served = Served(Sent(headers={"x-request-id": "7"}), Sent({"error": {"message": "slow down"}}, 429))

    async def run():
        async with served.open() as base_url:
            carrier = Carrier()
            opened = await carrier.open(model(), base_url, "sk-abc")
            return opened, await carrier.carry(question()), await carrier.carry(question())

    opened, reply, fault = asyncio.run(run())
    assert opened.address.startswith("http://127.0.0.1")
    assert served.seen[0].headers["authorization"] == "Bearer sk-abc"
    assert (reply.text, type(reply.headers), reply.headers["x-request-id"]) == ("好", dict, "7")
    assert isinstance(fault, TooFast)


def test_a_carrier_that_cannot_open_the_model_says_why(monkeypatch):
    """Without a key it uses that of its machine, if there is one."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    refused = asyncio.run(Carrier().open(model(), "https://api.example.com/v1", None))
    assert isinstance(refused, ModelError)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-own")
    assert asyncio.run(Carrier().open(model(), "https://api.example.com/v1", None)).key == "sk-own"
