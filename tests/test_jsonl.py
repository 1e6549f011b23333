"""A file of papers as an announcement."""

import datetime as dt
import json
from pathlib import Path

import pytest

from pipeline import files
from pipeline.errors import FileError
from pipeline.settings import FetchSettings
from pipeline.sources import jsonl
from pipeline.sources.source import Wanted


def read_jsonl(path: Path, day: dt.date | None):
    settings = FetchSettings(source="jsonl", path=path)
    (announced,) = jsonl.read(
        Wanted((), settings, (day,) if day else ()), connect=lambda: pytest.fail("a file needs no connection")
    )
    return announced


MONDAY, TUESDAY = dt.date(2026, 3, 9), dt.date(2026, 3, 10)


def line(number: int, published: dt.date = MONDAY, **changes: object) -> str:
    paper_id = f"2603.{number:05}"
    paper = {
        "id": paper_id, "version": 1, "title": "T", "abstract": "A", "authors": ["B"], "categories": ["cs.CL"],
        "announce_type": "new", "published": published.isoformat(), "url": f"https://arxiv.org/abs/{paper_id}",
    }  # fmt: skip
    return json.dumps(paper | changes)


def write(folder: Path, *lines: str) -> Path:
    path = folder / "papers.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_the_only_day_is_the_day(tmp_path: Path):
    """In the order of the file, blank lines aside."""
    announced = read_jsonl(write(tmp_path, line(2), "", line(1)), None)
    assert announced.date == MONDAY
    assert [paper.id for paper in announced.papers] == ["2603.00002", "2603.00001"]
    assert announced.source == "jsonl papers.jsonl"


def test_a_day_is_chosen_among_several(tmp_path: Path):
    """The same paper may come back on another day."""
    path = write(tmp_path, line(1), line(2, TUESDAY), line(1, TUESDAY, version=2))
    assert [(paper.id, paper.version) for paper in read_jsonl(path, TUESDAY).papers] == [
        ("2603.00002", 1),
        ("2603.00001", 2),
    ]


@pytest.mark.parametrize(
    ("lines", "day", "named"),
    [
        ((line(1), line(2, TUESDAY)), None, "holds 2 days, 2026-03-09 to 2026-03-10; choose one with --date"),
        ((line(1),), TUESDAY, "no paper of 2026-03-10, only of 2026-03-09"),
        ((), None, "holds no papers"),
        ((line(1), line(1)), None, "2603.00001 stands 2 times"),
        ((line(1), "{"), None, "line 2"),
        ((line(1), line(2, abstract="")), None, "line 2: not a Paper .abstract: "),
        ((line(1), line(2, extra=1)), None, "line 2: not a Paper .extra: "),
        ((line(1, published=dt.date(9999, 12, 31)),), None, "line 1: not a Paper .published: "),
        ((line(1, version=2**63),), None, "line 1: not a Paper .version: "),
        (
            (line(1, url="https://arxiv.org/abs/2603.00001)![x](http://e.x"),),
            None,
            r"line 1: not a Paper .url: ",
        ),
        ((line(1, url="https://arxiv.org/abs/2603.00002"),), None, r"must be https://arxiv\.org/abs/2603\.00001 *"),
        ((line(1, id="２６０３.00001"),), None, "line 1: not a Paper .id: "),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, lines: tuple[str, ...], day: dt.date | None, named: str):
    """The file, the line, the field, and the way out."""
    path = write(tmp_path, *lines)
    with pytest.raises(FileError, match=named) as error:
        read_jsonl(path, day)
    assert str(error.value).startswith(str(path))


def test_a_missing_file_names_the_key(tmp_path: Path):
    """fetch.path is what to mend."""
    with pytest.raises(FileError, match=r"fetch\.path"):
        read_jsonl(tmp_path / "none.jsonl", None)


def test_a_byte_order_mark_is_read(tmp_path: Path):
    """As editors on Windows write it."""
    path = tmp_path / "papers.jsonl"
    path.write_text(line(1), encoding="utf-8-sig")
    assert len(read_jsonl(path, None).papers) == 1


def test_a_file_is_read_through_once_for_all_days_and_digests(tmp_path: Path, monkeypatch):
    """And again when it has changed."""
    through = []
    real = files.placed_records
    monkeypatch.setattr(files, "placed_records", lambda *given: through.append(given) or real(*given))
    path = write(tmp_path, line(1), line(2, TUESDAY), line(3))
    settings = FetchSettings(source="jsonl", path=path)
    for day in [*jsonl.days(settings, MONDAY, TUESDAY)] * 3:
        assert all(paper.published == day for paper in read_jsonl(path, day).papers)
    assert len(through) == 1
    write(tmp_path, line(1), line(2, TUESDAY), line(3), line(4))
    assert len(read_jsonl(path, MONDAY).papers) == 3
    assert len(through) == 2


def test_the_days_between_two_dates(tmp_path: Path):
    """Both included, oldest first; none is no error."""
    settings = FetchSettings(
        source="jsonl", path=write(tmp_path, line(1, TUESDAY), line(2), line(3, dt.date(2026, 4, 1)))
    )
    assert jsonl.days(settings, MONDAY, TUESDAY) == [MONDAY, TUESDAY]
    assert jsonl.days(settings, dt.date.min, dt.date(2026, 3, 1)) == []


def test_the_probe_counts(tmp_path: Path):
    """Papers and days, of which there may be many."""
    path = write(tmp_path, line(1, TUESDAY), line(2))
    assert jsonl.probe(Wanted((), FetchSettings(path=path)), None) == f"{path}: 2 papers of 2026-03-09, 2026-03-10"
    path = write(tmp_path, *(line(number, MONDAY + dt.timedelta(days=number)) for number in range(11)))
    assert jsonl.probe(Wanted((), FetchSettings(path=path)), None).endswith(
        ": 11 papers of 11 days, 2026-03-09 to 2026-03-19"
    )
