"""Finds API keys in text by their format, and masks them."""

import re

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
_PASSWORD = re.compile(r"(?<=://)[^/\s@]+@")


_BARE = re.compile(r"[0-9a-f]{32,64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
"""Keys of Azure and Doubao look like hashes and UUIDs, so they are known only where nothing else stands."""


def is_key(text: str) -> bool:
    """Whether a text is a key, or holds one whose format shows that it is one."""
    return bool(_BARE.fullmatch(re.sub(r"^\s*Bearer\s", "", text).strip()) or _KEY.search(text))


def holds_key(text: str) -> bool:
    return bool(_KEY.search(text))


def masked(text: str) -> str:
    """The text with *** for keys, whole or as a provider abbreviates them, and for user and password in a URL."""
    return _PASSWORD.sub("***@", _ECHOED.sub(r"\1-***", _KEY.sub("***", text)))
