"""`wenzhai status`: the digests and days on the disk, with their counts."""

from rich import box
from rich.table import Table

from pipeline.config import Config
from pipeline.files import day_folder, days, read_record
from pipeline.records import RunReport
from pipeline.run.day import digests_there


def status_table(config: Config) -> Table:
    """One row a day, newest first; with what the second reader disputes, if any day was reviewed. Raises FileError."""
    reports = {
        (digest, date): read_record(path, RunReport) if path.exists() else None
        for digest in digests_there(config)
        for date in reversed(days(config.output, digest))
        for path in (day_folder(config.output, digest, date) / "run.json",)
    }
    is_reviewed = any(report.reviewed for report in reports.values() if report)
    titles = ["公告", "收录", "标记", "失败", "排除", *(["存疑"] if is_reviewed else []), "cost"]
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("digest", overflow="fold")
    for title in ("day", "outcome"):
        table.add_column(title, no_wrap=True)
    for title in titles:
        table.add_column(title, justify="right", no_wrap=True)
    for (digest, date), report in reports.items():
        if report is None:
            table.add_row(digest, str(date), "no run.json", *[""] * len(titles))
            continue
        counts = report.counts
        numbers = [counts.announced, counts.published, counts.flagged, counts.failed, counts.excluded]
        cells = [str(number) for number in numbers]
        if is_reviewed:
            cells.append(str(report.reviewed.disputed) if report.reviewed else "·")
        cost = sum(usage.cost for usage in report.bought.values())
        table.add_row(digest, str(date), report.outcome, *cells, f"{cost:.4f} {report.currency}")
    return table
