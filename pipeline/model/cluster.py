"""A model on the workers of a Ray cluster that is there already; uses ray.

A worker is an actor that opens the provider as a single process would and carries one question after the other there
and back. Pace, timeouts, retries, answers and receipts stay in the driver, so a worker that dies is a call that failed:
it is counted, and tried again on another worker.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from pipeline.errors import ModelError, WenzhaiError
from pipeline.model.calls import Adapted, Send
from pipeline.model.faults import CallFailed, Endpoint, Fault
from pipeline.model.providers import in_flight, provider_of
from pipeline.model.replies import Reply
from pipeline.records import Question
from pipeline.settings import ModelSettings

if TYPE_CHECKING:
    from types import ModuleType

T = TypeVar("T")

OPEN_SECONDS = 180.0
"""To start a worker and open its model; the embedded one is joined from its slices once on each machine."""
LOOK_SECONDS = 5.0
"""Between two looks at the cluster's head."""
GONE_SECONDS = 15.0
"""A head that does not answer for so long is gone."""
REPLACE_SECONDS = 5.0
"""Before a dead worker is replaced; then as long again as it took in vain."""


async def open_cluster(settings: ModelSettings, base_url: str | None, stack: AsyncExitStack) -> tuple[Endpoint, Send]:
    """Opens the model of the settings on `workers` workers of the cluster (providers.Open). Raises ModelError."""
    cluster = Cluster(_connected(settings), settings, base_url)
    stack.push_async_callback(cluster.close)
    return await cluster.open(), cluster.send


@dataclass(eq=False)
class Worker:
    """A place for an actor."""

    actor: Any = None
    """None: it died, and another is on its way."""
    busy: int = 0
    """Questions it carries now."""


class Carrier:
    """What runs as an actor: a provider, opened there."""

    def __init__(self) -> None:
        self._stack = AsyncExitStack()

    async def open(self, settings: ModelSettings, base_url: str | None, key: str | None) -> "Endpoint | Exception":
        """The endpoint it opened. The key comes as an argument of a call and stays in this process's memory: what an
        actor is created with would be kept by the cluster's head."""
        if key:
            os.environ[settings.api_key_env] = key
        try:
            endpoint, self._send = await provider_of(settings).open(settings, base_url, self._stack)
        except WenzhaiError as error:
            return error
        return endpoint

    async def carry(self, question: Question) -> Reply | Exception:
        """The reply, or what the provider's Send raises: as a value, because Ray wraps what is raised."""
        try:
            reply = await self._send(question)
        except (Fault, Adapted, WenzhaiError) as fault:
            return fault
        return replace(reply, headers=dict(reply.headers))


class Cluster:
    """The workers of one model."""

    def __init__(self, ray: "ModuleType", settings: ModelSettings, base_url: str | None) -> None:
        self._ray = ray
        self._settings = settings
        self._base_url = base_url
        self._workers = [Worker() for _ in range(settings.workers)]
        self._cores = 0
        self._at_work: set[asyncio.Task[None]] = set()
        self._gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when the head is gone."""
        self._threads = ThreadPoolExecutor(max_workers=settings.workers + 2)
        """For what waits for the head. Nobody waits for them at the end: with a dead head it would be for a minute."""
        self._up = asyncio.Event()
        """Set when a worker has come up since the last one died."""

    async def open(self) -> Endpoint:
        """Starts the workers; returns the endpoint as the first of them sees it. Raises ModelError if none came up."""
        if provider_of(self._settings).hosts:
            self._cores = cores_each(
                [node["Resources"] for node in self._ray.nodes() if node["Alive"]], len(self._workers)
            )
        opened = await asyncio.gather(*map(self._start, self._workers), return_exceptions=True)
        endpoints = [each for each in opened if isinstance(each, Endpoint)]
        if not endpoints:
            assert isinstance(opened[0], BaseException)
            raise opened[0]
        self._begin(self._watch())
        for worker in self._workers:
            self._begin(self._replace(worker))
        return endpoints[0]

    async def send(self, question: Question) -> Reply:
        """To the least busy worker. Raises what a Send raises; ModelError once the head is gone."""
        while not (there := [each for each in self._workers if each.actor is not None]):
            await self._unless_gone(self._up.wait())
        worker = min(there, key=lambda each: each.busy)
        actor = worker.actor
        worker.busy += 1
        carried = actor.carry.remote(question)
        reply: Reply | Exception
        try:
            reply = await self._unless_gone(carried)
        except asyncio.CancelledError:
            self._ray.cancel(carried)
            raise
        except self._ray.exceptions.RayTaskError:
            raise  # a fault of ours in the carrier
        except self._ray.exceptions.RayActorError as error:
            self._lose(worker, actor)
            raise CallFailed(f"a worker of the cluster died ({type(error).__name__})") from None
        except self._ray.exceptions.RayError as error:
            raise CallFailed(f"the cluster broke off ({type(error).__name__})") from None
        finally:
            worker.busy -= 1
        if isinstance(reply, Exception):
            raise reply
        return reply

    async def close(self) -> None:
        """Leaves the cluster, which ends its workers."""
        for task in list(self._at_work):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await self._beside(self._ray.shutdown)

    async def _start(self, worker: Worker) -> Endpoint:
        """Starts an actor and opens the model there. Raises ModelError."""
        carrier = self._ray.remote(Carrier).options(
            num_cpus=self._cores,
            max_concurrency=in_flight(self._settings) + 1,
            scheduling_strategy="SPREAD",
        )
        key = os.environ.get(self._settings.api_key_env, "").strip() or None
        endpoint: Endpoint | Exception
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                actor = await self._unless_gone(self._beside(carrier.remote))
                endpoint = await self._unless_gone(actor.open.remote(self._settings, self._base_url, key))
        except TimeoutError:
            raise ModelError(
                f"model.workers: no worker came up within {OPEN_SECONDS:.0f} s; look with `ray status` whether the cluster has room"
            ) from None
        except self._ray.exceptions.RayError as error:
            raise ModelError(f"model.cluster: a worker cannot start: {_last_line(error)}; {_SAME}") from None
        if isinstance(endpoint, Exception):
            raise endpoint
        worker.actor = actor
        self._up.set()
        return endpoint

    def _lose(self, worker: Worker, actor: object) -> None:
        """A dead actor gets no more questions; another takes its place."""
        if worker.actor is actor:
            worker.actor = None
            self._up.clear()
            self._begin(self._replace(worker))

    async def _replace(self, worker: Worker) -> None:
        """Starts an actor in the place of a dead one."""
        clock = asyncio.get_running_loop().time
        pause = REPLACE_SECONDS
        while worker.actor is None:
            await asyncio.sleep(pause)
            began = clock()
            with suppress(ModelError):  # the others go on
                await self._start(worker)
            pause = REPLACE_SECONDS + clock() - began

    async def _watch(self) -> None:
        """Ray itself would wait for a dead head for a minute, and then end this process."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                async with asyncio.timeout(GONE_SECONDS):
                    await self._beside(self._ray.nodes)
            except (TimeoutError, self._ray.exceptions.RayError, ConnectionError, ValueError):
                self._gone.set_result(None)
                return

    async def _unless_gone(self, called: Awaitable[T]) -> T:
        """The result of something that needs the cluster. Raises ModelError if the head is gone."""
        result = asyncio.ensure_future(_awaited(called))
        try:
            both: set[asyncio.Future[Any]] = {result, self._gone}
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            result.cancel()
        if result.done() and not result.cancelled():
            return result.result()
        raise ModelError(f"model.cluster: the head of the cluster is gone; {_AGAIN}")

    async def _beside(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._at_work.add(task)
        task.add_done_callback(self._at_work.discard)


_AGAIN = "nothing kept is lost: start it, and run again"
_SAME = "the same wenzhai must be installed on every machine of the cluster"


def cores_each(nodes: list[Mapping[str, float]], workers: int) -> int:
    """The most cores that every one of so many workers can have, each on one machine. Raises ModelError."""
    cores = [int(node.get("CPU", 0)) for node in nodes]
    for each in range(max(cores, default=0), 0, -1):
        if sum(number // each for number in cores) >= workers:
            return each
    raise ModelError(
        f"model.workers: {workers} of them host a model and need a core each, the cluster has {sum(cores)}; lower it"
    )


def _connected(settings: ModelSettings) -> "ModuleType":
    """Ray, connected to the cluster. Raises ModelError."""
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # it warns of a change otherwise
    os.environ["RAY_ENABLE_AUTO_CONNECT"] = "0"  # a call without a cluster would start one on this machine
    try:
        import ray
    except ImportError:
        raise ModelError(
            "model.cluster: ray is not installed; pip install 'wenzhai[cluster]', or set it to null"
        ) from None
    try:
        ray.init(address=settings.cluster, log_to_driver=False, logging_level="ERROR", ignore_reinit_error=True)
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise ModelError(
            f"model.cluster: {settings.cluster}: no cluster can be reached there ({_last_line(error)}); start one with "
            "`ray start --head`, or set it to null"
        ) from None
    connected: ModuleType = ray
    return connected


async def _awaited(called: Awaitable[T]) -> T:
    return await called


def _last_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[-1][:200]
