"""Reads `.env` beside config.yaml: keys of providers and addresses of chats, as if they had been exported."""

import io
import os
import re
from pathlib import Path

from pipeline.errors import ConfigError
from pipeline.text.visible import cleaned
from pipeline.written import Unreadable, text_of

NAME = ".env"
_SLIP = re.compile(
    r"^[ \t]*(?:(?:set[ \t]+|\$env:)([A-Za-z_]\w*)[ \t]*=|([A-Za-z_]\w*)[ \t]*[:：＝](?!//))[ \t]*", re.MULTILINE
)
"""How a line begins that has a colon or a full-width sign for its =, or was copied from a shell of Windows."""


def read_keys(folder: Path) -> None:
    """Puts the lines NAME=VALUE of a folder's .env into the environment, where a variable that is set already stays.

    Values are taken as they stand: a $ in a key is no variable. Raises ConfigError.
    """
    path = folder / NAME
    try:
        text = text_of(path)
    except FileNotFoundError:
        return
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from None
    except Unreadable as error:
        raise ConfigError(error.at(path)) from None
    from dotenv.parser import parse_stream  # late: most commands have no such file

    for line in parse_stream(io.StringIO(_SLIP.sub(r"\1\2=", text))):
        if line.error or (line.key and line.value is None):
            raise ConfigError(
                f"{path}:{line.original.line}: is not NAME=VALUE (not shown: it may be a key); write it so, or # before it"
            )
        if line.key and (value := cleaned(line.value or "").strip().strip("“”‘’")) and not os.environ.get(line.key):
            os.environ[line.key] = value


def readable_by_others(folder: Path) -> bool:
    """Whether other users of this machine may read the .env of the folder."""
    path = folder / NAME
    return os.name == "posix" and path.exists() and bool(path.stat().st_mode & 0o077)
