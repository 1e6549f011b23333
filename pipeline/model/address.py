"""Parses and checks base_url. Pure."""

import ipaddress
import re
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from pipeline.errors import ModelError


class Address(NamedTuple):
    url: str
    """Without query and password; /chat/completions is added for a request."""
    query: tuple[tuple[str, str], ...]
    """Sent with every call, such as Azure's ("api-version", "…"); may hold a key, so it is never shown."""


def address_of(base_url: str) -> Address:
    """Parses a base_url, without white space and a trailing /chat/completions. Raises ModelError."""
    try:
        parts = urlsplit("".join(base_url.split()))
        fine = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        fine = False
    if not fine:
        shown = re.sub(r"(?<=//)[^/@]*@|\?.*", "", base_url)
        raise ModelError(f"model.base_url: {shown}: not an address; it looks like https://api.deepseek.com")
    host = parts.netloc.rpartition("@")[2]
    path = re.sub(r"/chat/completions/?$", "", parts.path)
    url = parts._replace(netloc=host, path=path, query="", fragment="").geturl()
    return Address(url, tuple(parse_qsl(parts.query, keep_blank_values=True)))


def is_loopback(base_url: str) -> bool:
    """Whether it is on this machine, so that no proxy is used."""
    host = urlsplit(base_url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def is_private(base_url: str) -> bool:
    """Whether it is on this machine or network (Ollama, vLLM, llama.cpp; Docker's names have no dot), where a key may
    not be needed."""
    host = (urlsplit(base_url).hostname or "").rstrip(".")
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_private
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".local", ".lan", ".internal", ".home.arpa"))
