"""Processes beside this one: they share its work and end when it ends, even when it is killed."""

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import connection, get_context, parent_process

from pipeline.garbage import collect_seldom


def spare_cores() -> int:
    """How many processes can run beside this one."""
    return (os.cpu_count() or 1) - 1


def pool(processes: int | None = None, begin: Callable[..., None] | None = None, *given: object) -> ProcessPoolExecutor:
    """Processes, None: one a core; each calls `begin(*given)` first, and `given` is pickled once for each.

    Spawned, because a fork would copy this process's event loop, threads and open database.
    """
    return ProcessPoolExecutor(processes, get_context("spawn"), _begin, (begin, given))


def _begin(begin: Callable[..., None] | None, given: tuple[object, ...]) -> None:
    collect_seldom()
    # Ctrl-C reaches all processes of a terminal; the first one ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if begin:
        begin(*given)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
