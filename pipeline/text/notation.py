r"""Formulas as plain Unicode: converts mere notation (`$\times$`, `$15{,}000$`, `$87\%$`), and gives canonical forms
to compare.

spans.py finds formulas; latex.py converts TeX outside formulas.
"""

import re
import unicodedata
from functools import lru_cache

from pipeline.text.spans import find_spans

_SYMBOLS = {
    "%": "%", "&": "&", "#": "#", "_": "_",
    "times": "×", "div": "÷", "cdot": "·", "pm": "±", "mp": "∓", "ast": "*", "circ": "∘", "star": "⋆", "bullet": "•",
    "to": "→", "rightarrow": "→", "longrightarrow": "→", "leftarrow": "←", "gets": "←", "leftrightarrow": "↔",
    "Rightarrow": "⇒", "implies": "⇒", "Leftrightarrow": "⇔", "iff": "⇔", "uparrow": "↑", "downarrow": "↓", "mapsto": "↦",
    "leq": "≤", "le": "≤", "leqslant": "≤", "geq": "≥", "ge": "≥", "geqslant": "≥", "ll": "≪", "gg": "≫", "lt": "<", "gt": ">",
    "neq": "≠", "ne": "≠", "approx": "≈", "simeq": "≈", "sim": "~", "thicksim": "~", "equiv": "≡", "cong": "≅", "propto": "∝",
    "lesssim": "≲", "gtrsim": "≳", "in": "∈", "notin": "∉", "subset": "⊂", "subseteq": "⊆", "cup": "∪", "cap": "∩",
    "setminus": "∖", "emptyset": "∅", "varnothing": "∅", "infty": "∞", "partial": "∂", "nabla": "∇", "sqrt": "√", "sum": "∑",
    "prod": "∏", "int": "∫", "forall": "∀", "exists": "∃", "neg": "¬", "lnot": "¬", "land": "∧", "wedge": "∧", "lor": "∨",
    "vee": "∨", "oplus": "⊕", "otimes": "⊗", "perp": "⊥", "bot": "⊥", "top": "⊤", "langle": "⟨", "rangle": "⟩",
    "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "ell": "ℓ", "hbar": "ℏ", "aleph": "ℵ", "Re": "ℜ", "Im": "ℑ",
    "mid": "|", "vert": "|", "lvert": "|", "rvert": "|", "|": "‖", "Vert": "‖", "lVert": "‖", "rVert": "‖", "parallel": "∥",
    "colon": ":", "prime": "′", "dagger": "†", "checkmark": "✓", "degree": "°", "lbrace": "\1", "rbrace": "\2", "{": "\1", "}": "\2",
    "ldots": "…", "dots": "…", "cdots": "…", "dotsc": "…", "dotsb": "…", "vdots": "…", "ddots": "…",
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "vartheta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π",
    "varpi": "π", "rho": "ρ", "varrho": "ρ", "sigma": "σ", "varsigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "φ",
    "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ",
    "Pi": "Π", "Sigma": "Σ", "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip
"""Of a macro's name; lbrace and rbrace under characters of their own, for braces only group."""
_VARIANTS = str.maketrans({"∼": "~", "∗": "*", "−": "-", "–": "-", "Ω": "Ω", "µ": "μ", "ϵ": "ε", "ϕ": "φ", "ϑ": "θ", "ϱ": "ρ", "ς": "σ", "⋅": "·",
                           "∙": "·", "‐": "-", "\u2011": "-", "⩽": "≤", "⩾": "≥", "≃": "≈", "⟶": "→", "∥": "‖", "∣": "|", "'": "′", "’": "′", "△": "Δ", "∆": "Δ"})  # fmt: skip
"""Variant character → the form used for comparison."""
_LOOKS = re.compile(
    r"\\(?:left|right|[bB]igg?[lrm]?|displaystyle|textstyle|limits|nolimits|quad|qquad|thinspace|nonumber|middle|math(?:rm|bf|bb|cal|sf|tt"
    r"|it|scr|frak|bm|normal|op|bin|rel|strut)|text(?:rm|bf|it|tt|sf|sc|up|normal)?|emph|operatorname\*?|boldsymbol|pmb|bm|rm|bf|it|cal|mbox|hbox"
    r"|ensuremath|phantom)(?![A-Za-z])|\\[!,;:> ]"
)
"""Macros that change only the look of a formula."""
_SPACES = re.compile(r"\\[,;:> ]|\\q?quad(?![A-Za-z])|[\s~]")
_ACCENTS = {"tilde": "\u0303", "widetilde": "\u0303", "hat": "\u0302", "widehat": "\u0302", "bar": "\u0304", "overline": "\u0304",
            "dot": "\u0307", "ddot": "\u0308", "vec": "\u20d7", "check": "\u030c", "acute": "\u0301", "grave": "\u0300", "breve": "\u0306"}  # fmt: skip
_ACCENT = re.compile(rf"\\({'|'.join(_ACCENTS)})(?![A-Za-z])\s*(\\[A-Za-z]+|[^\\{{}}\s])")
_MACRO = re.compile(r"\\([A-Za-z]+|[^A-Za-z])")
_ONE = re.compile(r"\{\s*(\\[A-Za-z]+|[^\\{}\s])\s*\}")
"""A group of one character or macro."""
_FRACTION = re.compile(r"\\[dt]?frac\s*\{((?:[^{}]|\{[^{}]*\})*)\}\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\{[^{}]*\}")
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ", "0123456789+-=()ni", strict=True))
_LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎", "0123456789+-=()", strict=True))
_SCRIPTS = re.compile(f"([{''.join(_RAISED)}]+)|([{''.join(_LOWERED)}]+)")
_TO_RAISED = str.maketrans({plain: raised for raised, plain in _RAISED.items()})
_TO_LOWERED = str.maketrans({plain: lowered for lowered, plain in _LOWERED.items()})

_WORDS = re.compile(r"\\(?:text(?:it|bf|tt|sc|sf|rm|up)?|emph)\s*\{([^\\{}$^_]*)\}")
_WORD = re.compile(r"[A-Za-z]{2}|\d")
_NUMBER_IN_STYLE = re.compile(r"\\(?:math|text)(?:bf|rm|it|sf|tt)\s*\{([\d.,%+\-]*)\}|\{([\d.]+)\}")
_ORDINAL = re.compile(
    r"(?<=\d)\s*\^\s*(?:\{\s*(?:\\(?:text|mathrm|textrm|rm)\s*\{?\s*)?|\\(?:text|mathrm|textrm)\s*\{\s*)(st|nd|rd|th)\s*\}+"
)
_UNIT = re.compile(
    r"(?<=\d)(?:\\[,;:> ]|[~\s])*\\(?:mathrm|text|textrm|rm|mbox)\s*\{[\s~]*(x|%|k|K|M|B|T|[munpμ]?s|min|h|[KMGTP]i?B|[kMG]?Hz|[kMG]?W|[kMGT]?eV"
    r"|[mcknμ]?m|[mk]?g|dB|[mM]?px|[kMG]?bps|fps|FPS|m?V)\s*\}"
)
_GROUPED_SIGN = re.compile(r"\{\s*(\\[A-Za-z]+)\s*\}")
"""{\\sim}5, so that no space is set."""
_DEGREES = re.compile(r"\s*\^\s*(?:\{\s*\\circ\s*\}|\\circ(?![A-Za-z]))")
_SCRIPT_ALONE = re.compile(r"(?:\{\})?([\^_])\s*(?:\{\s*([-+]?\d+)\s*\}|(\d))")
_ASCII_WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_ONLY_NOTATION = re.compile(
    r"=|\*|\^\*|'|\(\d+\)|(?:[\d\s.,:+\-±×÷·/%°~≈<>≤≥≪≫≲≳→←↔⇒↑↓…✓]|(?<=\d)(?:st|nd|rd|th)(?![A-Za-z])|\x03[A-Za-z%μ]+)+"
)


@lru_cache(maxsize=256)
def as_text(text: str) -> str:
    r"""The text with mere notation as plain Unicode: `8$\times$` is 8×, `$15{,}000$` 15,000, `\%` %, `$\to$` →, CO$_2$
    CO₂.

    Formulas with a variable or a structure (`$n$`, `$10^{-3}$`, `$x=1$`), URLs and code stay
    unchanged. Pure and idempotent.
    """
    if "$" not in text and "\\" not in text:
        return text
    parts, kept, position = [], [], 0
    for span in find_spans(text):
        plain = _notation(_inside(span.text)) if span.kind == "formula" else None
        parts += [_percent(text[position : span.start]), span.text if plain is None else plain]
        if plain is None:
            kept.append(span.text)
        position = span.end
    result = "".join([*parts, _percent(text[position:])])
    # A dollar sign that is left may now open a formula by accident; then the text stays unchanged.
    return result if [span.text for span in find_spans(result)] == kept else text


def _percent(text: str) -> str:
    return re.sub(r"(?<!\\)\\%", "%", text)


def _inside(formula: str) -> str:
    r"""Without its delimiters: $…$, $$…$$, \(…\), \[…\]."""
    if formula.startswith("\\begin"):
        return formula
    width = 2 if formula.startswith(("$$", "\\")) else 1
    return formula[width:-width]


def _notation(content: str) -> str | None:
    """The plain text of a formula that is mere notation; None for a real formula."""
    words = _WORDS.fullmatch(content.strip())
    if words and _WORD.search(words[1]):
        return " ".join(words[1].split())
    script = _SCRIPT_ALONE.fullmatch(content.strip())
    if script:
        return (script[2] or script[3]).translate(_TO_RAISED if script[1] == "^" else _TO_LOWERED)
    plain = _DEGREES.sub("°", _ORDINAL.sub(r"\1", _UNIT.sub("\3\\1", content)))
    plain = _NUMBER_IN_STYLE.sub(lambda match: match[1] or match[2] or "", plain)
    plain = re.sub(r"(?<=\d)(?:\{,\}|\\,)(?=\d{3}(?!\d))", ",", plain).replace("{,}", ",").replace("\\!", "")
    plain = _SPACES.sub(" ", _GROUPED_SIGN.sub(r"\1 ", plain))
    plain = _MACRO.sub(lambda match: _SYMBOLS.get(match[1], match[0]), plain).replace("−", "-").strip()
    if not _ONLY_NOTATION.fullmatch(plain):
        return None
    plain = re.sub(r" ?\x03", " ", re.sub(r"\s+", " ", plain))
    return re.sub(r"(?<=[~≈<>≤≥±+]) (?=[\d.])| (?=[%°×])", "", plain).removeprefix("^").strip()


@lru_cache(maxsize=1024)
def canonical(formula: str) -> str:
    r"""The canonical form of a formula: `\(\alpha_{1} \leq 2\)`, `$α_1≤2$` and `α₁ ≤ 2` have the same.

    Fonts, spaces, delimiters, groups of one character and a full stop at the end are dropped; scripts stay (x^2 is not x_2, nor x^{10} x^1 0).
    """
    content = formula
    if formula.startswith(("$", "\\(", "\\[")) and len(formula) > 2:
        content = _inside(formula)
    content = _characters(content)
    written: list[str] = []
    opened: list[tuple[int, bool]] = []
    before = ""
    for char in "".join(content.split()):
        if char == "{":
            opened.append((len(written), before != "" and before in "^_"))
        elif char == "}":
            start, is_script = opened.pop() if opened else (0, False)
            if is_script and len(written) - start > 1:
                written[start - 1] += "{"
                written.append("}")
        else:
            written.append(char)
        before = char
    return "".join(written).replace("^′", "′").rstrip(".,;。、") or formula


@lru_cache(maxsize=256)
def loosely(text: str) -> str:
    """A formula, or a text with formulas, without braces and delimiters: x₁ and $x_{1}$ become x_1. White space is one
    space."""
    return " ".join(re.sub(r"[{}$\\\x01\x02&]", "", _characters(text)).split())


def times_said(formula: str, text: str) -> int:
    """How often a formula occurs in `text`, a result of `loosely`; white space is ignored. x2 counts as x^2, x_2 does
    not.

    A variable does not match a letter inside a word; a Greek letter may be spelt out.
    """
    said = "".join(loosely(formula).split())
    spelt = "".join(map(_spelt, said))
    return _times_standing(said, text) or (_times_standing(spelt, text) if spelt != said else 0)


def _times_standing(said: str, text: str) -> int:
    if not said:
        return 0
    pattern = " ?".join(map(re.escape, said))
    pattern = pattern[:2] + pattern[2:].replace(r"\^", r"\^?").replace("_", "_?")
    if said[0] in _ASCII_WORD:  # the K of 10.5K stands for itself, the 5 of 15 does not
        pattern = rf"(?<![A-Za-z]){pattern}" if said[0].isalpha() else rf"(?<![A-Za-z0-9.]){pattern}"
    if said[-1] in _ASCII_WORD:
        pattern = rf"{pattern}(?![A-Za-z0-9^_])"
    return len(re.findall(pattern, text))


def _spelt(char: str) -> str:
    return unicodedata.name(char).rpartition(" ")[2].lower() if "α" <= char <= "ω" else char


def _characters(text: str) -> str:
    """Macros as characters, compatibility characters (ℝ, ，) as plain ones, ² as ^{2}."""
    if "\\" in text:
        text = _FRACTION.sub(r"{\1}/{\2}", _ENVIRONMENT.sub("", text))
        text = _ONE.sub(r" \1 ", _ONE.sub(r" \1 ", _LOOKS.sub(" ", text)))
        text = _ACCENT.sub(lambda match: f"{match[2]}{_ACCENTS[match[1]]}", text)
        text = _MACRO.sub(lambda match: _SYMBOLS.get(match[1], match[1]), text)
    text = _SCRIPTS.sub(_script, text.translate(_VARIANTS))
    return unicodedata.normalize("NFKD", text).translate(_VARIANTS)


def _script(match: re.Match[str]) -> str:
    if match[1]:
        return f"^{{{''.join(_RAISED[char] for char in match[1])}}}"
    return f"_{{{''.join(_LOWERED[char] for char in match[2])}}}"
