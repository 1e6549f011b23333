"""The days that a command works on: fetched now, or found on the disk."""

import datetime as dt
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.config import Config
from pipeline.errors import ConfigError, FileError
from pipeline.fields import TASKS, lead
from pipeline.files import day_folder, days, iter_records, read_record, read_records, write_records, write_text
from pipeline.ledger import Version, by_version, exclusions
from pipeline.records import (
    Announcement,
    Failure,
    Paper,
    PaperReview,
    PaperTexts,
    Problem,
    RunReport,
    RunRequest,
    Texts,
    Usage,
)
from pipeline.settings import FetchSettings
from pipeline.sources.table import SOURCES
from pipeline.stages import REVIEWS, texts_file
from pipeline.stages.fetch import fetch_papers
from pipeline.text.source import source_of
from pipeline.text.wanted import NOTHING_WANTED, WantedIn
from pipeline.watch import Watch

if TYPE_CHECKING:
    from pipeline.sources.connection import Connection


@dataclass
class Day:
    """A day of a digest. Its papers are on the disk, and in memory only while they are used."""

    digest: str
    date: dt.date
    folder: Path
    announced: int
    """Number of papers; 0: there was no announcement, and there is no folder."""
    exclusions_of: Callable[[Sequence[Paper]], dict[str, str]]
    report: RunReport
    wanted_in: WantedIn = NOTHING_WANTED
    _saved: RunReport | None = None

    @property
    def name(self) -> str:
        return f"{self.digest} {self.date}"

    @cached_property
    def papers(self) -> list[Paper]:
        """In feed order."""
        return read_records(self.folder / "papers.jsonl", Paper) if self.announced else []

    @cached_property
    def excluded(self) -> dict[str, str]:
        """Paper id → reason."""
        return self.exclusions_of(self.papers)

    @property
    def wanted(self) -> list[Paper]:
        return [paper for paper in self.papers if paper.id not in self.excluded]

    def release(self) -> None:
        """Frees the memory of the papers; they are read again when needed."""
        self.__dict__.pop("papers", None)
        self.__dict__.pop("excluded", None)

    def update_report(self, **changes: object) -> None:
        self.report = self.report.model_copy(update=changes)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        started = time.monotonic()
        yield
        self.update_report(seconds={**self.report.seconds, stage: round(time.monotonic() - started, 3)})

    def save_report(self) -> None:
        """Writes run.json, unless it says so already."""
        if self.report != self._saved:
            write_text(self.folder / "run.json", self.report.model_dump_json(indent=2) + "\n")
            self._saved = self.report


def fetch_days(config: Config, request: RunRequest, watch: Watch) -> Iterator[Day]:
    """Fetches the announcements of the requested days and digests and writes them; a day without papers is not written.

    Raises SourceError, StaleFeed, FileError or ConfigError before anything of that day is written.
    """

    @cache
    def connect() -> "Connection":
        from pipeline.sources.connection import Connection  # late: a file of papers needs none

        return Connection(config.fetch, watch.say, copies=config.output / ".feeds")

    dates = _dates(config.fetch, request)
    announcements = {
        digest: fetch_papers(
            categories,
            config.fetch,
            days=dates,
            known_before=partial(_known_before, config.output, digest),
            connect=connect,
            say=watch.say,
        )
        for digest, categories in _digests(config, request).items()
    }
    for _ in range(len(dates) or 1):
        yield from _fetch_day(config, request, watch, announcements)


def _fetch_day(
    config: Config, request: RunRequest, watch: Watch, announcements: Mapping[str, Iterator[Announcement]]
) -> Iterator[Day]:
    """Takes the next announcement of each digest."""
    fetched: list[tuple[str, Announcement, float]] = []
    # Fetch all digests before writing any, so that an error leaves no day with only some of its digests.
    for digest, each in announcements.items():
        started = time.monotonic()
        announcement = next(each)
        fetched.append((digest, announcement, time.monotonic() - started))
    for digest, announcement, seconds in fetched:
        folder = day_folder(config.output, digest, announcement.date)
        papers = _joined(announcement.papers, folder, watch) if announcement.papers else []
        day = _day(config, request, digest, announcement.date, len(papers))
        if papers:
            write_records(folder / "papers.jsonl", papers)
            watch.say(f"{day.name}: {len(papers)} papers announced")
            _write_unread(folder, announcement, papers)
        day.update_report(source=announcement.source, limit=request.limit, seconds={"fetch": round(seconds, 3)})
        yield day


def _write_unread(folder: Path, announcement: Announcement, papers: Sequence[Paper]) -> None:
    """Writes the entries that could not be read as papers to failures.jsonl; they count as announced and failed."""
    known = {paper.id for paper in papers}
    earlier = read_failures(folder)
    asked = [each for each in earlier if each.field]
    unread = [
        Failure(id=each.id, field="", rule="no_paper", detail=each.detail)
        for each in announcement.failures
        if each.id not in known
    ]
    if [*unread, *asked] != earlier:
        write_records(folder / "failures.jsonl", [*unread, *asked])


def texts_in(path: Path) -> dict[Version, Texts]:
    """A stage file by paper and version; empty if it does not exist. Raises FileError."""
    return by_version(read_records(path, PaperTexts)) if path.exists() else {}


def read_texts(folder: Path) -> dict[Version, Texts]:
    """The texts of all stages. Raises FileError where a stage has not run."""
    return by_version(*(read_records(folder / texts_file(task), PaperTexts) for task in TASKS))


def read_reviews(folder: Path) -> dict[Version, PaperReview] | None:
    """What the second reader says; None without its file. Raises FileError."""
    path = folder / REVIEWS
    return {(each.id, each.version): each for each in read_records(path, PaperReview)} if path.exists() else None


def read_failures(folder: Path) -> list[Failure]:
    """failures.jsonl: why texts are missing, and which entries could not be read. Raises FileError."""
    path = folder / "failures.jsonl"
    if path.exists():
        return read_records(path, Failure)
    # The first version wrote the reasons into problems.jsonl.
    problems = read_records(folder / "problems.jsonl", Problem) if (folder / "problems.jsonl").exists() else []
    return [
        Failure(id=each.id, field=each.field, rule=each.rule, detail=each.detail)
        for each in problems
        if each.severity == "reject"
    ]


def find_days(config: Config, request: RunRequest) -> Iterator[Day]:
    """The newest day of each digest, or the requested days. Raises FileError, ConfigError."""
    for digest in _digests(config, request):
        there = days(config.output, digest)
        if not there:
            raise FileError(f"{config.output / digest}: holds no day yet; run `wenzhai fetch` first")
        first, last = request.dates or (there[-1], there[-1])
        chosen = [date for date in there if first <= date <= last]
        if not chosen:
            wished = first if first == last else f"day from {first} to {last}"
            raise FileError(f"{config.output / digest}: holds no {wished}; its days are {there[0]} to {there[-1]}")
        for date in chosen:
            papers = iter_records(day_folder(config.output, digest, date) / "papers.jsonl", Paper)
            yield _day(config, request, digest, date, sum(1 for _ in papers))


def digests_there(config: Config) -> list[str]:
    """The digests of the config, then those on the disk that the config no longer has."""
    there = [folder.name for folder in sorted(config.output.glob("*")) if folder.is_dir() and folder.name[0] != "."]
    return list(dict.fromkeys([*config.digests, *there]))


def find_papers(config: Config, request: RunRequest, ids: Sequence[str]) -> list[tuple[Day, Paper]]:
    """The papers with these ids, each with the newest day that contains it in each digest; among the requested days,
    or all.

    Raises FileError if no day contains one of them, ConfigError.
    """
    every = request.dates or (dt.date.min, dt.date.max)
    found: dict[tuple[str, str], tuple[Day, Paper]] = {}
    for day in find_days(config, request.model_copy(update={"dates": every})):  # oldest first
        found.update({(paper.id, day.digest): (day, paper) for paper in day.wanted if paper.id in ids})
        day.release()
    for each in ids:
        if not any(paper == each for paper, _ in found):
            raise FileError(
                f"{each}: is in no day there is, or excluded; look with `wenzhai status`, or fetch it first"
            )
    return sorted(found.values(), key=lambda pair: ids.index(pair[1].id))


def translated_abstracts(config: Config) -> Iterator[tuple[str, tuple[str, str]]]:
    """Paper id → its abstract in English and Chinese, of every day on the disk, oldest first; a paper of several days comes
    several times."""
    field = lead("abstract")
    for digest in config.digests:
        for date in days(config.output, digest):
            folder = day_folder(config.output, digest, date)
            path = folder / texts_file(field.task)
            chinese = (
                {each.id: each.texts.get(field.name) for each in read_records(path, PaperTexts)}
                if path.exists()
                else {}
            )
            for paper in iter_records(folder / "papers.jsonl", Paper):
                if text := chinese.get(paper.id):
                    yield paper.id, (source_of(paper, field.name), text)


def _digests(config: Config, request: RunRequest) -> dict[str, tuple[str, ...]]:
    """Name → categories."""
    chosen = {}
    for digest in request.digests or config.digests:
        # An old folder can be validated and assembled after its digest was removed from the config.
        if digest not in config.digests and ("fetch" in request.stages or not days(config.output, digest)):
            raise ConfigError(f"digest {digest}: unknown, the config has {', '.join(config.digests)}")
        chosen[digest] = config.digests[digest].categories if digest in config.digests else ()
    return chosen


def _dates(settings: FetchSettings, request: RunRequest) -> Sequence[dt.date]:
    """The days to request from the source; empty: the day that the source has."""
    if request.dates is None:
        return []
    first, last = request.dates
    if first == last:
        return [first]
    return SOURCES[settings.source].days(settings, first, last) or [
        first
    ]  # the source then says why there is no announcement


def _day(config: Config, request: RunRequest, digest: str, date: dt.date, announced: int) -> Day:
    folder = day_folder(config.output, digest, date)
    report = read_record(folder / "run.json", RunReport) if (folder / "run.json").exists() else RunReport()
    limit = request.limit if request.limit is not None or "fetch" in request.stages else report.limit
    report = report.model_copy(
        update={"started": dt.datetime.now(dt.UTC), "usage": Usage(), "currency": config.model.price.currency}
    )
    settings = config.digests.get(digest)
    wanted_in = WantedIn(settings.interests, settings.mute) if settings else NOTHING_WANTED
    return Day(
        digest, date, folder, announced, partial(exclusions, settings=config.fetch, limit=limit), report, wanted_in
    )


def _joined(announced: Sequence[Paper], folder: Path, watch: Watch) -> list[Paper]:
    """The announced papers, and those that an earlier run of the same day saw but the source no longer lists."""
    path = folder / "papers.jsonl"
    earlier = read_records(path, Paper) if path.exists() else []
    ids = {paper.id for paper in announced}
    gone = [paper for paper in earlier if paper.id not in ids]
    if gone:
        watch.say(f"{path}: keeps {len(gone)} papers that the source no longer lists")
    return [*announced, *gone]


def _known_before(output: Path, digest: str, date: dt.date) -> set[tuple[str, int]]:
    """(id, version) of the papers in the ten days on the disk before `date`; arXiv never pauses for longer."""
    earlier = [day for day in days(output, digest) if day < date][-10:]
    return {
        (paper.id, paper.version)
        for day in earlier
        for paper in iter_records(day_folder(output, digest, day) / "papers.jsonl", Paper)
    }
