"""The table of sources: a new one is a file with three functions, and its row here."""

from pipeline.sources import api, feed, jsonl
from pipeline.sources.source import Source

SOURCES = {
    row.name: row
    for row in (
        Source("feed", feed.read, feed.days, feed.probe),
        Source("api", api.read, api.days, api.probe),
        Source(
            "jsonl", jsonl.read, jsonl.days, jsonl.probe, needs={"path": "the file of papers to read"}, is_remote=False
        ),
    )
}
