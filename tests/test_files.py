"""The disk: where days lie, writes that are whole or not at all, and lines that are named when they are broken."""

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE

import pytest

from pipeline import files
from pipeline.errors import FileError
from pipeline.files import clear_parts, day_folder, days, read_record, read_records, write_records, write_text
from pipeline.records import Paper, PaperTexts, RunReport
from tests.factories import paper, summary


def test_records_come_back_as_they_were_written(tmp_path):
    """Chinese, TeX, line separators and nulls survive; one line a record."""
    path = tmp_path / "deep" / "summaries.jsonl"
    records = [
        summary(summary_zh="用 $\\frac{1}{2}\\nu$ 排序\u2028。\n“好”"),
        summary(id="2606.00002", summary_zh=None),
    ]
    write_records(path, records)
    assert read_records(path, PaperTexts) == records
    assert path.read_bytes().count(b"\n") == 2
    assert "排序".encode() in path.read_bytes()


def test_blank_lines_are_no_records(tmp_path):
    """A hand that edits a file may leave blank lines."""
    path = tmp_path / "papers.jsonl"
    path.write_text(f"\n{paper().model_dump_json()}\n\n   \n")
    assert read_records(path, Paper) == [paper()]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"id": "260', "not a PaperTexts"),
        ("[]", "not a PaperTexts"),
        ('{"id": "2606.00001", "summary_zh": null}', "version: "),
        ('{"id": "2606.00001", "version": 1, "summary_zh": 3}', "texts.summary_zh: "),
        ('{"id": "x", "version": 1, "summary_zh": null, "summary_en": null, "sumary": 1}', "sumary: "),
        ('{"id": "x", "version": "one", "summary_zh": null, "summary_en": null}', "version: "),
    ],
)
def test_a_broken_line_is_named_with_its_number(tmp_path, line, said):
    """Half a line, a wrong type, a missing and an unknown field: file, line and field are told."""
    path = tmp_path / "summaries.jsonl"
    path.write_text(f"{summary().model_dump_json()}\n\n{line}\n")
    with pytest.raises(FileError) as error:
        read_records(path, PaperTexts)
    assert str(error.value).startswith(f"{path}:3: not a PaperTexts")
    assert said in str(error.value)


def test_a_missing_file_names_the_way_out(tmp_path):
    """Whoever runs a stage before the one it needs is told so."""
    with pytest.raises(FileError, match="the stage that writes it has not run for this day"):
        read_records(tmp_path / "papers.jsonl", Paper)


def test_what_cannot_be_read_is_one_error(tmp_path):
    """Bytes that are no text, and a folder in a file's place, are told as FileError."""
    path = tmp_path / "papers.jsonl"
    path.write_bytes(b"\xff\xfe\x00")
    for place in (path, tmp_path):
        with pytest.raises(FileError, match="cannot be read"):
            read_records(place, Paper)
        with pytest.raises(FileError, match="cannot be read"):
            read_record(place, RunReport)


def test_one_record_may_fill_a_file(tmp_path):
    """run.json is one object over many lines; what is no such object is named."""
    path = tmp_path / "run.json"
    path.write_text(RunReport(model="tiny").model_dump_json(indent=2))
    assert read_record(path, RunReport) == RunReport(model="tiny")
    path.write_text('{"outcome": "fine"}')
    with pytest.raises(FileError, match="outcome"):
        read_record(path, RunReport)


def test_a_write_replaces_the_whole_file(tmp_path):
    """Line ends are written as they are given, and a shorter text leaves nothing of a longer one."""
    path = tmp_path / "digest.md"
    write_text(path, "long long\n")
    write_text(path, "短\n")
    assert path.read_bytes() == "短\n".encode()
    assert [each.name for each in tmp_path.iterdir()] == ["digest.md"]


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_who_may_read_is_the_umasks_to_say(tmp_path, umask, mode):
    """As for any file somebody writes."""
    before = os.umask(umask)
    try:
        write_text(tmp_path / "digest.md", "text")
    finally:
        os.umask(before)
    assert (tmp_path / "digest.md").stat().st_mode & 0o777 == mode


def test_file_and_folder_are_synced(tmp_path, monkeypatch):
    """The text before it has its name, and the name itself."""
    synced = []
    monkeypatch.setattr(files.os, "fsync", lambda file: synced.append(Path(f"/proc/self/fd/{file}").resolve()))
    write_text(tmp_path / "digest.md", "text")
    assert [path.parent if path.suffix == ".part" else path for path in synced] == [tmp_path, tmp_path]
    assert synced[0].suffix == ".part"


def test_what_a_kill_left_is_cleared(tmp_path):
    """Half-written files of processes that are gone, at any depth of an output folder; never one that is being written."""
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    (tmp_path / "cs.CL" / "2026-06-30").mkdir(parents=True)
    left = [tmp_path / "cs.CL" / "2026-06-30", tmp_path / "cs.CL", tmp_path]
    for folder in left:
        (folder / f".digest.md.{dead.pid}.part").touch()
    at_work = tmp_path / f".digest.md.{os.getppid()}.part"
    at_work.touch()
    (tmp_path / f".digest.md.{os.getpid()}.part").touch()
    (tmp_path / "mine.part").touch()
    clear_parts(tmp_path)
    assert {path.name for path in tmp_path.rglob("*.part")} == {at_work.name, "mine.part"}


NO_FLOCK = """
import errno, fcntl, os, sys
from pathlib import Path
def flock(*_):
    raise OSError(getattr(errno, sys.argv[1]), "no locks available")
fcntl.flock = flock
from pipeline.files import locked
with locked(Path(sys.argv[2])):
    print("held", flush=True)
    if sys.argv[3] == "kill":
        os._exit(9)
    try:
        sys.stdin.read()
    except KeyboardInterrupt:
        pass
"""


@pytest.mark.parametrize("answer", ["ENOSYS", "ENOLCK", "EOPNOTSUPP"])
def test_a_lock_without_flock(tmp_path, answer):
    """Two processes exclude each other, one that was killed holds nothing, and nobody is told of filelock's ways."""

    def process(way):
        command = [sys.executable, "-c", NO_FLOCK, answer, str(tmp_path / ".lock"), way]
        return subprocess.Popen(command, stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True)

    first = process("wait")
    assert first.stdout.readline() == "held\n"
    with process("wait") as second:
        assert "Timeout" in second.communicate()[1]
    assert first.communicate() == ("", "")
    for way in ("kill", "wait"):
        assert process(way).communicate() == ("held\n", "")


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, failing):
    """A full disk is one error; the old text is whole and no part file is left."""
    path = tmp_path / "digest.md"
    write_text(path, "old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os if failing == "fsync" else files.Path, failing, full)
    with pytest.raises(FileError) as error:
        write_text(path, "new")
    assert str(error.value).startswith(f"{path}: cannot be written: No space left on device")
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["digest.md"]


def test_a_write_that_is_interrupted_leaves_no_part(tmp_path, monkeypatch):
    """Ctrl-C in the middle of a write is let through, and nothing half written stays."""
    path = tmp_path / "digest.md"
    write_text(path, "old")

    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(files.os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_text(path, "new")
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["digest.md"]


def test_no_reader_meets_half_a_file(tmp_path, monkeypatch):
    """Until the new text is on the disk whole, the path holds the old one."""
    path = tmp_path / "digest.md"
    write_text(path, "old")
    seen = []
    monkeypatch.setattr(files.os, "fsync", lambda _: seen.append(path.read_text()))
    write_text(path, "new")
    assert seen[0] == "old"


def test_a_folder_that_cannot_be_made_is_one_error(tmp_path):
    """A file where a folder should be is no traceback."""
    (tmp_path / "outputs").write_text("a file")
    with pytest.raises(FileError, match="cannot be written"):
        write_text(tmp_path / "outputs" / "cs.CL" / "digest.md", "text")


def test_days_are_the_folders_with_papers_oldest_first(tmp_path):
    """Other folders, dates that are none, and days without papers are passed over."""
    for name in ("2026-06-30", "2025-12-31", "2026-06-29"):
        write_records(day_folder(tmp_path, "cs.CL", dt.date.fromisoformat(name)) / "papers.jsonl", [paper()])
    for name in ("2026-13-01", "notes-on-it", "2026-07-01"):
        (tmp_path / "cs.CL" / name).mkdir()
    (tmp_path / "cs.CL" / "2026-13-01" / "papers.jsonl").write_text("")
    assert [day.isoformat() for day in days(tmp_path, "cs.CL")] == ["2025-12-31", "2026-06-29", "2026-06-30"]
    assert days(tmp_path, "cs.LG") == []


def test_a_day_lies_under_its_digest(tmp_path):
    """<output>/<digest>/<date>."""
    assert day_folder(tmp_path, "cs.CL", dt.date(2026, 6, 3)) == tmp_path / "cs.CL" / "2026-06-03"


def test_what_ships_is_found_in_a_checkout():
    """The prompts a new user starts from are beside the package."""
    assert (files.shipped("prompts") / "translate.md").is_file()


def test_the_sample_papers_are_papers():
    """`wenzhai demo` reads them on every machine."""
    samples = files.Path(files.__file__).with_name("samples.jsonl")
    assert len(read_records(samples, Paper)) == 3
