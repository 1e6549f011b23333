"""Rules about the language a field is in: untranslated, mixed, english_summary; what script it is in is characters.py's."""

import re
from collections.abc import Iterator
from functools import lru_cache

from pipeline.rules.analysis import Analysis, quoted
from pipeline.rules.words import COMMON
from pipeline.text.han import han, has_han

_LATIN_LETTERS = re.compile("[A-Za-z]+")
_LATIN_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
_WORD = re.compile(r"[A-Za-z][\w.'’-]*\w", re.ASCII)
_ENGLISH_RUN = re.compile(
    r"(?<![A-Za-z0-9'’&/-])[A-Za-z][A-Za-z0-9'’&/-]*+(?:[\s,;:.()\"“”‘`-]++[A-Za-z0-9][A-Za-z0-9'’&/%.-]*+)++"
)
_QUOTED = re.compile(
    r"“[^“”]{0,600}”|\"[^\"]{0,600}\"|「[^」]{0,600}」|《[^》]{0,600}》|``(?<!```)(?!`)[^`]{0,600}?''|（[^（）]{0,600}）|\([^()]{0,600}\)",
    re.DOTALL,
)
"""Their lengths are bounded to keep a text of nothing but opening quotes from costing seconds."""


_NAME = 3
"""Words that a name may have."""


@lru_cache(maxsize=64)
def _unquoted(prose: str) -> str:
    """A comma for what is quoted or stands in brackets."""
    return _QUOTED.sub("，", prose)


def untranslated(analysis: Analysis, least: float) -> Iterator[str]:
    """A field without Chinese where there is something to translate, or an English passage longer than a name."""
    prose = analysis.text_prose
    said = _unquoted(prose)
    chinese = han(said)
    if not has_han(prose) and not _is_all_names(analysis.source_prose):
        yield f"没有翻译成中文：{quoted(analysis.text)}"
    elif chinese and _share(chinese, said) < least and _translatable_words(said) > _NAME:
        yield f"大部分没有翻译成中文：{quoted(analysis.text)}"
    else:
        yield from (f"这一段没有翻译：{quoted(passage)}" for passage in _english_passages(prose))


def _share(chinese: int, text: str) -> float:
    """Of Chinese among the letters."""
    return chinese / (chinese + sum(map(len, _LATIN_LETTERS.findall(text))))


def _is_all_names(source: str) -> bool:
    """Nothing to translate: "LISA", "GPT-4o", "Mistral", "Qwen2.5-VL"."""
    words = len(source.split())
    return words <= 1 or (words <= _NAME and not _translatable_words(source))


def _translatable_words(text: str) -> int:
    """Words without a digit and without capitals inside: what is no name, or may be none in a title."""
    return sum(
        all(part.islower() or part.istitle() for part in re.split("['’-]+", word))
        for word in _WORD.findall(text)
        if not any(char.isdigit() for char in word)
    )


_PASSAGE, _ASIDE = 6, 12
"""English words in lower case that are more than a name, and more than a quotation."""


def _english_passages(prose: str) -> Iterator[str]:
    for run in _ENGLISH_RUN.findall(_unquoted(prose)):
        if _prose_words(run) >= _PASSAGE:
            yield run
    for aside in _QUOTED.findall(prose):
        if _prose_words(aside) >= _ASIDE and not has_han(aside):
            yield aside


def _prose_words(text: str) -> int:
    return sum(word.islower() for word in _LATIN_WORD.findall(text))


_ACCENTED = re.compile("[\u00c0-\u024f]")
_LOWER_RUN = re.compile(r"(?<![\w.@/\\-])[^\W\d_][^\W_]*(?:[ ][^\W\d_][^\W_]*)*(?![\w@/]|-\w|\.\w)", re.ASCII)
"""English words side by side; not parts of file names, addresses or hyphenated terms."""


_KEPT = frozenset({"sigmoid", "softmax", "tanh", "relu", "argmax", "argmin", "logit", "logits", "token", "prompt"})
"""Words that Chinese papers say in English, whatever their source says."""


def mixed(analysis: Analysis) -> Iterator[str]:
    """A common English word left in the Chinese, or a scrap of one: 拍卖eer."""
    if not has_han(analysis.text):
        return
    prose = _ACCENTED.sub("X", _unquoted(analysis.text_prose))
    runs = [run.split() for run in _LOWER_RUN.findall(prose) if run.islower()]  # with a capital it is a name
    words = dict.fromkeys(word for run in runs for word in run if len(word) > 2 and word.isalpha())
    if not words:  # mutant: only faster
        return
    known = {
        form
        for word in _LATIN_WORD.findall(analysis.source.lower())
        for form in (word, word.replace("-", ""), *word.split("-"))
    }
    left = [word for word in words if word in COMMON or not (word in _KEPT or _is_of(word, known))]
    phrases = [" ".join(run) for run in runs if len(run) >= 3 and not any(word in left for word in run)]
    if left or phrases:
        yield f"中文里夹着英文{'、'.join(quoted(each) for each in [*phrases, *left][:6])}"


def _is_of(word: str, known: set[str]) -> bool:
    """A word of the source, or the stem of one: sigmoid of sigmoidal."""
    if {word, word + "s", word.removesuffix("s")} & known:
        return True
    return len(word) > 4 and any(each.startswith(word) for each in known)


_CHINESE_NAME = 5
"""Characters that a Chinese name in an English text may have."""


def english_summary(analysis: Analysis) -> Iterator[str]:
    """The English one-liner is in Chinese."""
    if han(analysis.text_prose) > _CHINESE_NAME:
        yield f"英文一句话总结里有中文：{quoted(analysis.text)}"
