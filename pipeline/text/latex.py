r"""Converts text-LaTeX (\emph{x}, Erd\H{o}s) to plain text, through pylatexenc; formulas, URLs and code stay
unchanged."""

import functools
import logging
import re
from collections.abc import Callable
from typing import Any

from pipeline.text.spans import MARK, mask, restore

# What is hardly ever there stands first, because that is fast to search for; what must stand before it is looked at after.
_THOUSANDS = re.compile(r"(?:\{,\}(?<=\d...)|\\,(?<=\d..))(?=\d{3})")
_QUOTED = re.compile(r"``(?!`)((?:(?!``|'')[^\"])+)(?:''|\")")
_EM_DASH = re.compile(r"---(?<!----)(?!-)")
_EN_DASH = re.compile(r"--(?:(?<=[^\s(-]--)(?!-)|(?<=\s--)(?=\s))")
"""But not the -- of an option (`--seed`)."""
_TIE = re.compile(r"~(?<![\s(\[=<>~\\]~)(?<!^~)(?<!\b[A-Za-z]~(?=\d))(?<!\d~(?=\d))(?=[^\s~])")
"""But not "about": (~7%), r~0.49, 3~5."""
_SET = re.compile(r"(?<![\w\\}\]*])\{([^{}\\]*,[^{}\\]*)\}")
_KEPT = re.compile(
    r"\\(?:[A-Za-z]+\s*[^\s%_^&#~$`'\\-]?|.)"  # a macro and what may be its argument: not these
    r"|((?<=\s)[A-Za-z]+(?:(?:[,.]? |-)[A-Za-z0-9]+){2,}|[%_^&#~$`'-]+)",
    re.DOTALL,
)
"""What marks replace for pylatexenc: words in a row, because it goes letter by letter, and what it would not read as text."""
_DROPPED = "⟦0⟧"
"""A mark in the place of a citation, removed later."""
_CITATION = re.compile(
    rf"\s*[(\[](?:\s|[;,]|{_DROPPED})*{_DROPPED}\s*[)\]]|[\s;,]*{_DROPPED}(?=\s*[)\]])|\s*{_DROPPED}"
)
_SAME_TWICE = re.compile(r"(⟦([1-9]\d*)⟧) \(⟦([1-9]\d*)⟧\)")
"""A link whose text is its own URL."""
_CITING = (
    "cite citep citet citealp citealt citeauthor citeyear parencite textcite autocite ref eqref autoref cref Cref label"
)
_SWITCHES = (
    "em bf it rm sf tt sc sl bfseries itshape tiny scriptsize footnotesize small normalsize large Large LARGE huge Huge"
    " noindent centering xspace protect par"
)
"""Macros that change only the look of text."""
_SYMBOLS = {
    "LaTeX": "LaTeX",
    "TeX": "TeX",
    "textless": "<",
    "textgreater": ">",
    "textbar": "|",
    "degree": "°",
    "S": "§",
}
"""Macros for which pylatexenc has no text → their text."""


_MACROS = 2_000
"""A text of 1,920 characters cannot have more; pylatexenc takes a hundred thousandth of a second for each."""


@functools.lru_cache(maxsize=4096)
def plain(text: str) -> str:
    r"""The text with the TeX outside formulas, URLs and code converted: \emph{x} to x, Gr\"obner to Gröbner, --- to —,
    ~ to a space.

    Citations are removed; `\href{u}{t}` becomes "t (u)", a footnote is put in brackets, an unknown macro becomes its
    name. Text without TeX, or with TeX that cannot be parsed, is returned unchanged.
    """
    masked, spans = mask(text)
    readable = _THOUSANDS.sub(",", masked)
    readable = _QUOTED.sub(r"“\1”", readable)
    readable = _EN_DASH.sub("–", _EM_DASH.sub("—", readable))
    readable = _TIE.sub(" ", readable)
    if "\\" not in readable:
        return restore(readable, spans)
    if readable.count("\\") > _MACROS:
        return text
    kept = list(spans)

    def keep(place: re.Match[str]) -> str:
        if not place[1]:
            return place[0]
        kept.append(place[1])
        return f"⟦{len(kept)}⟧"

    # pylatexenc would read a bare % as a comment and _ as an error, so marks replace them, as they do formulas.
    converted = _converted(_KEPT.sub(keep, _SET.sub(r"\\{\1\\}", readable)))
    if converted is None:
        return text

    def once(link: re.Match[str]) -> str:
        return link[1] if kept[int(link[2]) - 1] == kept[int(link[3]) - 1] else link[0]

    return restore(_SAME_TWICE.sub(once, _CITATION.sub("", converted)), tuple(kept))


def _converted(latex: str) -> str | None:
    """Plain text, white space collapsed; None if pylatexenc fails or damages a mark."""
    from pylatexenc.latexwalker import LatexWalkerError

    try:
        converted = " ".join(_reader()(latex).split())
    except (LatexWalkerError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
        return None  # seen on 60,000 random texts, except ValueError, which a macro without its argument raises
    torn = re.sub(r"[^⟦⟧]", "", MARK.sub("", converted)) != re.sub(r"[^⟦⟧]", "", MARK.sub("", latex))
    return None if torn else converted


@functools.cache
def _reader() -> Callable[[str], str]:
    from pylatexenc import latex2text, latexwalker
    from pylatexenc.macrospec import MacroSpec

    # Otherwise it warns on stderr about each macro without its argument.
    logging.getLogger("pylatexenc").setLevel(logging.ERROR)

    def link(node: Any, l2tobj: Any) -> str:  # noqa: ANN401 - pylatexenc has no types
        address, shown = (l2tobj.nodelist_to_text([argument]) for argument in node.nodeargd.argnlist)
        return f"{shown} ({address})"

    def own_macro(node: Any, l2tobj: Any) -> str:  # noqa: ANN401
        if verbatim := getattr(node.nodeargd, "verbatim_text", None):
            return str(verbatim)
        arguments = [argument for argument in (node.nodeargd and node.nodeargd.argnlist) or () if argument]
        if arguments or node.parsing_state.s.startswith("{", node.pos + node.len):
            return str(l2tobj.nodelist_to_text(arguments))
        return f"{node.macroname}{node.macro_post_space}" or "\\"

    walker = latexwalker.get_default_latex_context_db()
    walker.add_context_category("ours", prepend=True, macros=[MacroSpec("href", "{{"), MacroSpec("footnote", "[{")])
    walker.add_context_category("cite", prepend=True, macros=[MacroSpec(name, "*[[{") for name in _CITING.split()])
    texts = latex2text.get_default_latex_context_db()
    Text = latex2text.MacroTextSpec
    macros = [Text("href", link), Text("url", "%s"), Text("footnote", " (%(2)s)")]
    macros += [Text(name, lambda _: _DROPPED) for name in _CITING.split()]
    macros += [Text(name, "") for name in _SWITCHES.split()]
    macros += [Text(name, text) for name, text in _SYMBOLS.items()]
    texts.add_context_category("ours", prepend=True, macros=macros)
    texts.set_unknown_macro_spec(Text("", own_macro))
    to_text = latex2text.LatexNodes2Text(latex_context=texts, math_mode="verbatim")

    def read(latex: str) -> str:
        nodes, _, _ = latexwalker.LatexWalker(latex, latex_context=walker, tolerant_parsing=False).get_latex_nodes()
        return str(to_text.nodelist_to_text(nodes))

    return read
