"""Sets up logging: a log file with what is needed to find the cause of a problem.

    <output>/wenzhai.log    every call, wait, retry and stage of the last runs, with tracebacks; a megabyte, then .1, .2, .3

Log lines reach the terminal only with --verbose. No key and no whole text is logged; an error quotes a few words.
"""

import datetime as dt
import json
import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

NAME = "wenzhai.log"
BYTES, FILES = 1_000_000, 3
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class _File(RotatingFileHandler):
    def handleError(self, record: logging.LogRecord) -> None:
        """Ignores errors: a log that cannot be written (full disk, no permission) must not stop a run."""


class _JsonLines(logging.Formatter):
    """One JSON object a line, for what collects logs: time (UTC), level, logger, message, and the traceback of an error."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


FORMATS = {"text": logging.Formatter(_FORMAT), "json": _JsonLines()}


def log_to(output: Path, *, verbose: bool, style: str = "text") -> None:
    """Sends log lines to the log of this output folder and, with `verbose`, to stderr; `style` is a key of FORMATS."""
    root = logging.getLogger("pipeline")
    root.setLevel(logging.DEBUG)
    root.propagate = False
    for handler in list(root.handlers):
        root.removeHandler(handler)
        handler.close()
    handlers: list[logging.Handler] = []
    if output.is_dir() or not output.exists():
        handlers.append(_File(output / NAME, maxBytes=BYTES, backupCount=FILES, encoding="utf-8", delay=True))
    if verbose:
        handlers.append(logging.StreamHandler())
    for handler in handlers:
        handler.setFormatter(FORMATS[style])
        root.addHandler(handler)
