"""`wenzhai status`: the digests and days on the disk, with their counts."""

from rich import box
from rich.table import Table

from pipeline.config import Config
from pipeline.files import day_folder, days, read_record
from pipeline.records import RunReport
from pipeline.run.day import digests_there


def status_table(config: Config) -> Table:
    """One row a day, newest first. Raises FileError."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("digest", overflow="fold")
    for title in ("day", "outcome"):
        table.add_column(title, no_wrap=True)
    for title in ("公告", "收录", "标记", "失败", "排除", "cost"):
        table.add_column(title, justify="right", no_wrap=True)
    for digest in digests_there(config):
        for date in reversed(days(config.output, digest)):
            path = day_folder(config.output, digest, date) / "run.json"
            if not path.exists():
                table.add_row(digest, str(date), "no run.json", *[""] * 6)
                continue
            report = read_record(path, RunReport)
            counts = report.counts
            numbers = (counts.announced, counts.published, counts.flagged, counts.failed, counts.excluded)
            cost = sum(usage.cost for usage in report.bought.values())
            table.add_row(digest, str(date), report.outcome, *map(str, numbers), f"{cost:.4f} {report.currency}")
    return table
