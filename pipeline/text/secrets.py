"""Finds API keys in text and masks them: those in this process's environment by their value, others by their format."""

import os
import re
from collections.abc import Iterator

_KEY = re.compile(
    # OpenAI, DeepSeek, Qwen, Kimi, SiliconFlow, OpenRouter (sk-), Groq, Hugging Face, xAI, NVIDIA, Perplexity, Replicate
    r"(?<![\w-])(?:sk|pk|ak|rk|gsk|hf|xai|nvapi|pplx|r8)[-_](?=[\w-]*\d)[\w-]{12,}"
    r"|\bAIza[\w-]{20,}"  # Google
    r"|\b[0-9a-f]{32}\.\w{16}\b"  # Zhipu
    r"|\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]+"  # MiniMax: a JSON web token
)
# A provider's message may contain the key cut or starred: "sk-abc***xyz", "Bearer abcd…". Plain words ("API key
# expired") have no digit or star.
_ECHOED = re.compile(
    r"\b(sk|ak|pk|gsk|hf|xai|nvapi|key|token|Bearer)[-_:= ]+(?=[\w.*…-]*[\d*…])[\w.*…-]{6,}", re.IGNORECASE
)
_PASSWORD = re.compile(r"(?<=://)(?!NAME:PASSWORD@)[^/\s@]+@")  # but for the example that messages show
_HOLD_ONE = ("KEY", "TOKEN", "SECRET")
"""In the names of environment variables that hold a key."""
_VALUE = re.compile(r"(?=\D*\d)[^\s/~]\S{15,}")
"""What such a variable holds if it is a key: no path, and no word such as "none" or "ollama"."""
_BARE = re.compile(r"[0-9a-f]{32,64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
"""Keys of Azure and Doubao look like hashes and UUIDs, so they are known only where nothing else stands, or by value."""


def is_key(text: str) -> bool:
    """Whether a text is a key, or holds one whose format or value shows that it is one."""
    return bool(_BARE.fullmatch(re.sub(r"^\s*Bearer\s", "", text).strip())) or holds_key(text)


def holds_key(text: str) -> bool:
    return bool(_KEY.search(text)) or any(value in text for value in _in_the_environment())


def masked(text: str) -> str:
    """The text with *** for keys, whole or as a provider abbreviates them, and for user and password in a URL."""
    for value in _in_the_environment():
        text = text.replace(value, "***")
    return _PASSWORD.sub("***@", _ECHOED.sub(r"\1-***", _KEY.sub("***", text)))


def _in_the_environment() -> Iterator[str]:
    """The keys that this process was given, longest first, because one may be the beginning of another."""
    names = [name for name in os.environ if any(word in name.upper() for word in _HOLD_ONE)]
    held = (os.environ[name].strip() for name in names)
    yield from sorted(filter(_VALUE.fullmatch, held), key=len, reverse=True)
