"""How to install what an optional part needs, from where this Wenzhai was installed itself.

It may have come from a checkout, a wheel in a folder or an index; pip recorded which (PEP 610).
"""

import importlib.metadata
import json
from urllib.parse import unquote, urlsplit


def how_to_install(extra: str) -> str:
    """The command, such as pip install -e '/home/me/wenzhai[send]'."""
    editable, place = _origin()
    return f"pip install {'-e ' if editable else ''}'{place}[{extra}]'"


def _origin() -> tuple[bool, str]:
    try:
        recorded = json.loads(importlib.metadata.distribution("wenzhai").read_text("direct_url.json") or "{}")
    except importlib.metadata.PackageNotFoundError:  # run from a checkout that nobody installed
        return True, "."
    url = recorded.get("url", "")
    place = unquote(urlsplit(url).path) if url.startswith("file:") else "wenzhai"
    return bool(recorded.get("dir_info", {}).get("editable")), place
