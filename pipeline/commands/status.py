"""`wenzhai status`: the digests and days on the disk, with their counts."""

from rich import box
from rich.table import Table

from pipeline.config import Config
from pipeline.files import day_folder, days, read_record
from pipeline.records import RunReport


def status_table(config: Config) -> Table:
    """One row a day, newest first. Raises FileError."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("digest", overflow="fold")
    for title in ("day", "outcome"):
        table.add_column(title, no_wrap=True)
    for title in ("公告", "收录", "标记", "失败", "排除", "存疑", "cost"):
        table.add_column(title, justify="right", no_wrap=True)
    for digest in _digests(config):
        for date in reversed(days(config.output, digest)):
            path = day_folder(config.output, digest, date) / "run.json"
            if not path.exists():
                table.add_row(digest, str(date), "no run.json", *[""] * 7)
                continue
            report = read_record(path, RunReport)
            counts = report.counts
            numbers = (counts.announced, counts.published, counts.flagged, counts.failed, counts.excluded)
            cost = sum(usage.cost for usage in report.bought.values())
            disputed = str(report.reviewed.disputed) if report.reviewed else "·"  # no review
            table.add_row(
                digest, str(date), report.outcome, *map(str, numbers), disputed, f"{cost:.4f} {report.currency}"
            )
    return table


def _digests(config: Config) -> list[str]:
    """The digests of the config, then those on the disk that the config no longer has."""
    there = [folder.name for folder in sorted(config.output.glob("*")) if folder.is_dir() and folder.name[0] != "."]
    return list(dict.fromkeys([*config.digests, *there]))
