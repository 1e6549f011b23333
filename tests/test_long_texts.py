"""No text takes long: 20,000 characters of any one or two symbols through every public function of text/ and rules/.

What a model repeats over and over, or an author writes to make others wait, is read in time that grows with its length.
With --thorough every symbol is tried alone and in pairs, half an hour of CPU; else what is known to be hard.
"""

import importlib
import inspect
import pkgutil
import random
import time
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from types import ModuleType

import pytest

import pipeline.rules
import pipeline.text
from pipeline.records import Paper, Problem
from pipeline.rules import RULES, Case, PromptText, ValidateSettings
from pipeline.rules.analysis import Analysis
from pipeline.rules.quantities import Quantity
from pipeline.rules.terms import Rendering
from pipeline.text.terms import Term
from tests import factories
from tests.pairs import GOOD, Pair

pytestmark = pytest.mark.slow

LENGTH, SECONDS = 20_000, 0.2
PAIRS = {pair.field: pair for pair in reversed(GOOD)}
TERMS = (Term(english="agent", zh=("智能体",), avoided=("代理",)), Term(english="a", zh=("的",), forbidden=("了",)))
SYMBOLS = [
    *"aAzI019 \n\t.,;:!?-_/\\|'\"`~^*+=<>()[]{}@#$%&",
    *"的了一百千万亿零点不高低更和，。、；：！？…—·（）《》“”‘’「」⟦⟧【】％℃１Ａ",
    *"é²½₂α∑×−→\u00a0\u200b\u00ad\u202e\u0301\u3000😀가あи",
]
HARD = (
    "A", "AB-", "!", "US$", " ", "_{US$", "了", "x_{", "\\", "x1", "`", "5k", "$", "1/2", "1,000", "10%", "⟦1⟧$$", "⟦1⟧", "$a$ ", "[[1]]", "가不", "**", "e.g. ",
    "$1$ ", '."', "{a}", "。”", r"\(", "（。", r"\frac{", "百分之", r"\tilde", "http://", "(.", "no ", ".)", "不是", "...", "than ", "<a>", "“", "</a>", "A I ", "&#x",
    "(", "比 ", "。", "not a ", "的的", "a b. ", "更高", "arXiv:",
    "中。", "啊，", "1至", "一分之", "1% ", "more ", "A1. ", "万1",
)  # fmt: skip


def made(name: str, hint: object, text: str) -> object:
    """An argument that is all of this text, as far as its type goes. A function of a new type needs a row here."""
    if name in NAMED:
        return NAMED[name]
    return {
        str: lambda: text,
        int: lambda: 1,
        bool: lambda: False,
        str | None: lambda: text,
        list[str]: lambda: text.split(),
        set[float]: lambda: set(map(float, range(len(text)))),
        tuple[str, ...]: lambda: tuple(text.split()),
        Iterable[str]: lambda: text.split(),
        Mapping[str, str]: dict,
        Paper: lambda: factories.paper(title=text.strip() or "-", abstract=text.strip() or "-"),
        tuple[Term, ...]: lambda: TERMS,
        Iterable[Case]: lambda: [Case("2606.00001", "abstract_zh", text, text, terms=TERMS)],
        Iterable[Problem]: lambda: [factories.problem(detail=text)],
        tuple[Rendering, ...]: lambda: (Rendering(TERMS[0], 1, 0, ((text, 1),)),),
        Quantity: lambda: Quantity(text, frozenset((1.0,)), 0, len(text)),
    }[hint]()


NAMED = {
    "field": "abstract_zh",
    "part": "abstract",
    "names": ("AB", "a1"),
    "fields": ("title_zh",),
    "last_is_cut": True,
    "name": "number",
    "numeral": "九万" * (LENGTH // 2),
}
"""Arguments that a type does not tell."""


def calls() -> Iterator[tuple[str, Callable[[str], object]]]:
    """Name → a call with nothing but this text, for each public function of both packages, and for the rules of each
    field: it is this text, or its source is, or both are."""
    for module in (*modules(pipeline.text), *modules(pipeline.rules)):
        for name, function in vars(module).items():
            plain = inspect.unwrap(function)
            if name.startswith("_") or not inspect.isfunction(plain) or plain.__module__ != module.__name__:
                continue
            hints = {each: hint for each, hint in typing.get_type_hints(plain).items() if each != "return"}
            if Analysis not in hints.values() and ValidateSettings not in hints.values():
                yield f"{module.__name__}.{name}", partial(call, plain, hints)
    for pair in PAIRS.values():
        for side in ("text", "source", "both"):
            yield f"rules of {pair.field}, {side}", partial(judge, pair, side)


def modules(package: ModuleType) -> Iterator[ModuleType]:
    for each in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(each.name)


def call(function: Callable[..., object], hints: Mapping[str, object], text: str) -> None:
    found = function(**{name: made(name, hint, text) for name, hint in hints.items()})
    if isinstance(found, Iterator):
        list(found)


def judge(pair: Pair, side: str, text: str) -> None:
    """All rules, whatever another one has found."""
    case = Case(
        "2606.00001",
        pair.field,
        pair.source if side == "text" else text,
        pair.text if side == "source" else text,
        terms=TERMS,
        told=PromptText("只写译文，不要解释。", (("A cat sat.", "一只猫坐着。"),)),
    )
    analysis, knobs = Analysis(case), ValidateSettings()
    for rule in RULES:
        if rule.find and analysis.field.kind in rule.kinds and analysis.field.language in rule.languages:
            list(rule.find(analysis, *(knobs.knob(knob.key) for knob in rule.knobs)))


def slow(name: str, run: Callable[[str], object], unit: str) -> str | None:
    """What is to be said of a call that takes too long. A tenth of the text takes a hundredth of the time at the worst, so
    most calls need no more than that to be seen as quick."""
    if cpu_seconds(run, unit, LENGTH // 10, 1) < SECONDS / 100:
        return None
    seconds = cpu_seconds(run, unit, LENGTH, 3)
    return f"{name} of {unit!r}: {seconds:.2f} s" if seconds > SECONDS else None


def cpu_seconds(run: Callable[[str], object], unit: str, length: int, times: int) -> float:
    """The least of a few, each of another text, since texts are remembered."""
    counts = []
    for again in range(times):
        text = " " * again + unit * (length // len(unit))
        started = time.process_time()
        run(text)
        counts.append(time.process_time() - started)
        if counts[-1] < (SECONDS / 100 if length < LENGTH else SECONDS):
            break
    return min(counts)


CALLS = dict(calls())


QUICK = {name for name in CALLS if not name.startswith("rules of")} | {
    "rules of abstract_zh, text",
    "rules of title_zh, both",
}


@pytest.mark.parametrize("unit", HARD[::3])
def test_no_text_takes_long(unit):
    """Of what was slow once, and is much like it."""
    assert not list(filter(None, (slow(name, CALLS[name], unit) for name in sorted(QUICK))))


@pytest.mark.thorough
@pytest.mark.parametrize("unit", [*SYMBOLS, *HARD])
def test_no_symbol_takes_long(unit):
    """In every field, on every side."""
    assert not list(filter(None, (slow(name, run, unit) for name, run in CALLS.items())))


@pytest.mark.thorough
@pytest.mark.parametrize("first", SYMBOLS)
def test_no_pair_takes_long(first):
    """Twenty of each symbol's, others for each."""
    others = random.Random(first).sample([each for each in SYMBOLS if each != first], 20)
    units = [first + second for second in others]
    assert not list(filter(None, (slow(name, run, unit) for unit in units for name, run in CALLS.items())))


def test_every_function_is_there():
    """Also a new one."""
    assert {"pipeline.text.sentences.split_english", "pipeline.rules.units.measured_in"} <= CALLS.keys()
