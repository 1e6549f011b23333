"""Reads `.env` beside config.yaml: keys of providers and addresses of chats, as if they had been exported."""

import io
import os
from pathlib import Path

from pipeline.errors import ConfigError
from pipeline.written import Unreadable, text_of

NAME = ".env"


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
    from dotenv import dotenv_values  # late: most commands have no such file

    for name, value in dotenv_values(stream=io.StringIO(text), interpolate=False).items():
        if value and not os.environ.get(name):
            os.environ[name] = value


def readable_by_others(folder: Path) -> bool:
    """Whether other users of this machine may read the .env of the folder."""
    path = folder / NAME
    return os.name == "posix" and path.exists() and bool(path.stat().st_mode & 0o077)
