"""Removes what models and servers put around a text: end tokens, emphasis, quotes, escapes, labels; kept if the source
has them."""

import html
import re

_TOKEN = re.compile(
    r"<\|[\w ./-]{1,40}\|>|<｜[^｜<>]{1,40}｜>"  # ChatML, Llama 3, Phi, GLM; DeepSeek
    r"|</?s>|<(?:start|end)_of_turn>|\[/?INST\]"  # Llama 2, Mistral; Gemma
    r"|<br ?/?>"
    r"|<!\[CDATA\[|\]\]>"
)
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,6}|#x[0-9a-fA-F]{1,5});")
_STRAY = re.compile(r"(?<=[。！？；：，])(?:&(?:nbsp|amp|apos|#39);)+")
"""Entities that stand for nothing: after Chinese punctuation comes no &, no apostrophe and no space."""
_LABEL = re.compile(
    r"\*{0,2}(?:(?:中文|英文|论文|简体)?(?:标题|题目|摘要|一句话)?的?(?:译文|翻译|译名|标题|摘要|总结|概括)"
    r"|(?:English )?(?:Title|Abstract|Summary|Translation))\*{0,2}\s*[:：]\s*\*{0,2}\s*"
)
_HAS_LABEL = re.compile(r"[^:]{0,30}(?:title|abstract|summar|translat)[^:]{0,20}:", re.IGNORECASE)
_ESCAPED_LINE_END = re.compile(r"(?<=[。！？；：，])\\n(?![A-Za-z])")
_PAIRS = (("**", "**"), ("“", "”"), ('"', '"'), ("「", "」"), ("『", "』"), ("《", "》"), ("`", "`"))


def unwrapped(text: str, source: str) -> str:
    """The text without wrappings. `source`: the English it was made from; what occurs there is kept."""
    text = _TOKEN.sub(lambda token: token[0] if token[0] in source else "", text)
    if not _ENTITY.search(source):
        text = _STRAY.sub("", text)
        text = _ENTITY.sub(lambda entity: html.unescape(entity[0]).replace("\xa0", " "), text)
    text = _ESCAPED_LINE_END.sub("", text).strip()
    if not _HAS_LABEL.match(source):
        label = _LABEL.match(text)
        text = text[label.end() :] if label else text
    for opening, closing in _PAIRS:
        inner = text[len(opening) : -len(closing)]
        if (
            text.startswith(opening)
            and text.endswith(closing)
            and inner
            and opening not in inner
            and closing not in inner
        ):
            return text if _is_quoted(source, opening) else inner.strip()
    if text.count("**") == 1 and "**" not in source:
        text = text.removeprefix("**").removesuffix("**").strip()
    return text


def _is_quoted(source: str, opening: str) -> bool:
    """Whether the English begins with quotes or emphasis of the same kind, such as a title that is a quotation."""
    return source.lstrip()[:1] in {"**": ("*",), "`": ("`",)}.get(opening, ('"', "“", "'", "‘", "`"))
