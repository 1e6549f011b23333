"""The embedded model's weights: found, joined once, checked, and refused with a way out."""

import asyncio
import errno
import hashlib
import multiprocessing
import os
import sys
from contextlib import AsyncExitStack, contextmanager
from types import SimpleNamespace

import pytest

from pipeline.errors import ModelError
from pipeline.model import local
from pipeline.settings import ModelSettings

PIECES = (b"GGUF" + bytes(range(200)), b"second slice", b"third")
WHOLE = b"".join(PIECES)
WEIGHTS = local.Weights(
    file="tiny.gguf",
    size=len(WHOLE),
    sha256=hashlib.sha256(WHOLE).hexdigest(),
    publisher="Somebody/Tiny-GGUF",
    slices=("tinyslice-part1", "tinyslice-part2", "tinyslice-part3"),
)


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Three distributions with one slice each, laid out as pip does; importing one of them fails."""
    site = tmp_path / "site"
    for number, segment in enumerate(PIECES, start=1):
        data = site / f"tinyslice_part{number}" / "data"
        data.mkdir(parents=True)
        (data.parent / "__init__.py").write_text("raise AssertionError('imported')")
        (data / f"part{number:02}.bin").write_bytes(segment)
        info = site / f"tinyslice_part{number}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: tinyslice-part{number}\nVersion: 1.0\n")
        (info / "RECORD").write_text(
            f"tinyslice_part{number}/__init__.py,,\ntinyslice_part{number}/data/part{number:02}.bin,,\n"
        )
    monkeypatch.syspath_prepend(str(site))
    return site


def test_slices_are_joined_in_order_and_nothing_else_is_left(installed, tmp_path):
    """The file is the slices in the order of the table, and no part file stays behind."""
    folder = tmp_path / "deep" / "cache"
    whole = local.joined(WEIGHTS, folder)
    assert whole.read_bytes() == WHOLE
    assert [path.name for path in folder.iterdir() if path.suffix not in {".lock", ".checked"}] == [whole.name]


def test_a_joined_file_needs_no_slices(installed, tmp_path, monkeypatch):
    """Later starts look at name, size and time only, so the packages may be gone."""
    whole = local.joined(WEIGHTS, tmp_path / "cache")
    monkeypatch.setattr(sys, "path", [path for path in sys.path if path != str(installed)])
    assert local.joined(WEIGHTS, tmp_path / "cache") == whole


def test_a_file_cut_short_is_joined_again(installed, tmp_path):
    """A file of the right name and the wrong size is not trusted."""
    whole = local.joined(WEIGHTS, tmp_path / "cache")
    whole.write_bytes(WHOLE[:10])
    assert local.joined(WEIGHTS, tmp_path / "cache").read_bytes() == WHOLE


def test_a_file_that_was_touched_is_read_through(installed, tmp_path, monkeypatch):
    """Of the same size and other bytes it is joined again; with its own bytes it stays, and is not read again next time."""
    whole = local.joined(WEIGHTS, tmp_path / "cache")
    whole.write_bytes(WHOLE[::-1])
    assert local.joined(WEIGHTS, tmp_path / "cache").read_bytes() == WHOLE
    os.utime(whole, (1, 1))
    inode = whole.stat().st_ino
    assert local.joined(WEIGHTS, tmp_path / "cache").stat().st_ino == inode
    monkeypatch.setattr(local.hashlib, "file_digest", None)
    assert local.joined(WEIGHTS, tmp_path / "cache") == whole


@pytest.mark.parametrize("content", [b"third but longer", b"THIRD"], ids=["size", "hash"])
def test_slices_that_make_another_file_are_refused(installed, tmp_path, content):
    """Wrong bytes never reach the final name, and the error says what was found and the ways out."""
    (installed / "tinyslice_part3" / "data" / "part03.bin").write_bytes(content)
    with pytest.raises(ModelError, match=r"tiny\.gguf: the installed slices make .* sha256 .*model\.path"):
        local.joined(WEIGHTS, tmp_path / "cache")
    assert [path.name for path in (tmp_path / "cache").iterdir() if path.suffix not in {".lock", ".checked"}] == []


def test_missing_weights_name_the_three_ways(tmp_path):
    """The extra, a file of one's own, and the publisher's file with its hash."""
    with pytest.raises(ModelError) as caught:
        local.joined(WEIGHTS._replace(slices=("tinyslice-part99",)), tmp_path)
    message = str(caught.value)
    for way in ("tinyslice-part99", "[local]'", "model.path", "Somebody/Tiny-GGUF", WEIGHTS.sha256):
        assert way in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("names", "held"),
    [
        (("data/part03.bin", "data/README.md", "tests/odd.bin"), None),
        (("data/part03.bin", "data/part04.bin"), 2),
        (("data/README.md", "tests/part03.bin"), 0),
        ((), 0),
    ],
)
def test_a_distribution_holds_one_slice(installed, tmp_path, names, held):
    """In its folder for data, whatever else it has."""
    record = installed / "tinyslice_part3-1.0.dist-info" / "RECORD"
    record.write_text("".join(f"tinyslice_part3/{name},,\n" for name in names))
    if held is None:
        assert local.joined(WEIGHTS, tmp_path / "cache").read_bytes() == WHOLE
        return
    with pytest.raises(ModelError, match=f"tinyslice-part3 holds {held} slices instead of one"):
        local.joined(WEIGHTS, tmp_path / "cache")


def test_a_distribution_without_a_list_of_its_files_holds_none(installed, tmp_path):
    """As some package managers leave it."""
    (installed / "tinyslice_part3-1.0.dist-info" / "RECORD").unlink()
    with pytest.raises(ModelError, match="tinyslice-part3 holds 0 slices instead of one"):
        local.joined(WEIGHTS, tmp_path / "cache")


def test_a_folder_in_the_place_of_the_file_is_no_file(installed, tmp_path):
    """It is told as what it is."""
    folder = tmp_path / "cache"
    (folder / f"{WEIGHTS.sha256[:12]}-{WEIGHTS.file}").mkdir(parents=True)
    with pytest.raises(ModelError, match="cannot be kept there"):
        local.joined(WEIGHTS, folder)


def test_a_full_disk_is_one_line_and_leaves_no_part(installed, tmp_path, monkeypatch):
    """The error names the folder and the way out."""

    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ModelError, match=r"No space left.*XDG_CACHE_HOME"):
        local.joined(WEIGHTS, tmp_path / "cache")
    assert not list((tmp_path / "cache").glob("*.part"))


def _joined_elsewhere(site, folder):
    sys.path.insert(0, str(site))
    sys.exit(0 if local.joined(WEIGHTS, folder).read_bytes() == WHOLE else 1)


@pytest.mark.slow
def test_processes_that_start_at_once_all_get_the_whole_file(installed, tmp_path):
    """One joins, the others wait; nobody sees a part."""
    spawn = multiprocessing.get_context("spawn")
    crowd = [spawn.Process(target=_joined_elsewhere, args=(installed, tmp_path / "cache")) for _ in range(3)]
    for process in crowd:
        process.start()
    for process in crowd:
        process.join(30)
    assert [process.exitcode for process in crowd] == [0, 0, 0]


def test_a_file_that_another_process_has_made_meanwhile_is_taken(installed, tmp_path, monkeypatch):
    """Who waited for the lock joins nothing."""
    made = []

    @contextmanager
    def locked(path, *, patience_seconds):
        whole = path.with_name(path.name.removesuffix(".lock"))
        whole.write_bytes(WHOLE)
        made.append(whole.stat().st_ino)
        yield

    monkeypatch.setattr(local, "locked", locked)
    assert [local.joined(WEIGHTS, tmp_path / "cache").stat().st_ino] == made


def test_the_cache_follows_xdg(monkeypatch, tmp_path):
    """XDG_CACHE_HOME when it is set, ~/.cache otherwise."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert local.cache_folder() == tmp_path / "wenzhai"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert local.cache_folder() == tmp_path / ".cache" / "wenzhai"


def test_a_path_that_is_no_gguf_is_refused_before_llama_cpp_sees_it(tmp_path):
    """Both a missing file and a file of another kind name model.path."""
    for path, why in ((tmp_path / "gone.gguf", "No such file"), (tmp_path / "page.gguf", "not a GGUF file")):
        if path.name == "page.gguf":
            path.write_text("<html>")
        with pytest.raises(ModelError, match=rf"model\.path: .*{why}"), local.serve(ModelSettings(path=path)):
            pass


def test_a_gguf_that_llama_cpp_cannot_load_is_one_line(tmp_path, capfd):
    """llama.cpp's own words stay off stderr."""
    pytest.importorskip("xllamacpp")
    path = tmp_path / "cut.gguf"
    path.write_bytes(b"GGUF\x03\x00\x00\x00")
    with pytest.raises(ModelError, match=r"llama\.cpp cannot load it"), local.serve(ModelSettings(path=path)):
        pass
    assert capfd.readouterr().err == ""


@pytest.fixture
def llama_cpp(tmp_path, monkeypatch):
    """The settings of a model that a stand-in for llama.cpp serves; `started` are the parameters of each server."""

    def serving(params):
        started.append(params)
        return SimpleNamespace(listening_address="http://127.0.0.1:1")

    def params():
        return SimpleNamespace(model=SimpleNamespace(), cpuparams=SimpleNamespace(), cpuparams_batch=SimpleNamespace())

    started = []
    monkeypatch.setitem(sys.modules, "xllamacpp", SimpleNamespace(CommonParams=params, Server=serving))
    path = tmp_path / "own.gguf"
    path.write_bytes(b"GGUF")
    return SimpleNamespace(settings=ModelSettings(path=path, name="own"), started=started)


@pytest.mark.parametrize("verbose", [True, False])
def test_llama_cpp_is_quiet_unless_it_is_asked(llama_cpp, verbose):
    """It answers by the name and from the file of the settings."""
    with local.serve(llama_cpp.settings, verbose=verbose) as base_url:
        assert base_url == "http://127.0.0.1:1/v1"
    (params,) = llama_cpp.started
    assert (params.model.path, params.model_alias) == (str(llama_cpp.settings.path), {"own"})
    assert (params.verbosity > 0) == verbose


@pytest.mark.parametrize(("running", "address", "started"), [(None, ":1/v1", 1), ("http://127.0.0.1:2/v1", ":2/v1", 0)])
def test_a_model_that_runs_already_is_used(llama_cpp, running, address, started):
    """Else one is started."""

    async def run():
        async with AsyncExitStack() as stack:
            endpoint, _ = await local.open_local(llama_cpp.settings, running, stack)
            return endpoint

    assert asyncio.run(run()).address.endswith(address)
    assert len(llama_cpp.started) == started


def test_without_llama_cpp_one_line_says_how_to_get_it(tmp_path, monkeypatch):
    """Or what else to use."""
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    path = tmp_path / "own.gguf"
    path.write_bytes(b"GGUF")
    with (
        pytest.raises(ModelError, match=r"xllamacpp: not installed.*model\.provider: openai"),
        local.serve(ModelSettings(path=path)),
    ):
        pass


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="only Linux says which cores are ours")
def test_threads_are_as_many_as_the_cores_that_are_ours(monkeypatch):
    """A container may have fewer than the machine; whoever starts us may say it."""
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 5, 6})
    assert local._threads() == 3
    for told, threads in (("1", 1), ("0", 3), ("all", 3)):
        monkeypatch.setenv("OMP_NUM_THREADS", told)
        assert local._threads() == threads
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 7)
    assert local._threads() == 7
