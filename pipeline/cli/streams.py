"""stdin, stdout and stderr as a command may meet them: closed, full, gone, or knowing ASCII alone.

What cannot be told is lost and nothing else: the exit status says what became of the digest.
"""

import io
import os
import sys
from typing import Any, TextIO


class _Forgiving(io.FileIO):
    """Takes what its file does not."""

    def write(self, data: Any, /) -> int:  # noqa: ANN401 - whatever FileIO takes
        try:
            return super().write(data) or 0
        except OSError:  # full, a reader that has left, a terminal that was closed
            return memoryview(data).nbytes


def settle_streams() -> None:
    """To be called before any file is opened: the first ones would else become stdout and stderr where these are closed."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest number that is free
    sys.stdout, sys.stderr = (_stream(number, found) for number, found in ((1, sys.stdout), (2, sys.stderr)))


def _stream(number: int, found: TextIO | None) -> io.TextIOWrapper:
    return io.TextIOWrapper(
        io.BufferedWriter(_Forgiving(number, "w", closefd=False)),
        encoding=getattr(found, "encoding", None) or "utf-8",
        errors="backslashreplace",
        line_buffering=True,
    )
