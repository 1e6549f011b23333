"""A random sample of changed conditions in the package, and whether a test fails for each: `python -m tests.mutants`.

Mutants are comparisons, `and`, `or`, `not` and what `if`, `while` and comprehensions ask for. Each is put into a copy of the
checkout in a temporary folder, and the tests that concern its module run there until one fails. Tuning constants are not
mutated: `>` becomes `<=`, and `>=` only where neither side is one. Exit status 0 whatever survives: this measures, tests judge.

Not mutated: what only types or a log see, asserts, the default in `value or default`, conditions inside f-strings (Python 3.11 does not know their place), and
lines that end in `# mutant: only faster`, where both branches give the same result and nothing else can be seen.
"""

import argparse
import ast
import importlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, NoReturn

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("rules", "asking", "run", "model")
AT_ONCE = 2
TIMEOUT_SECONDS = 60
"""For one test; an endless loop is a killed mutant."""
FASTER = "# mutant: only faster"

LIBRARIES = ("hypothesis", "httpx2", "langchain_openai", "openai", "pytest_httpserver", "xdist")
"""Imported once; others come with the package."""

ROOM_TESTS = {
    "rules": ("rules*", "rule_examples", "validate", "odd_answers", "findings"),
    "asking": (
        *("answers", "questions", "resolve", "segments", "redo", "receipts", "batch", "prompts", "glossary", "budget"),
        *(
            "drift",
            "schema",
            "ask",
            "rows",
            "saving",
            "beside",
            "review",
            "status",
            "show",
            "verify",
            "odd_answers",
            "run",
            "tables",
        ),
        *("context", "estimate"),
    ),
    "run": ("run", "series", "backfill", "redo", "verify", "status", "validate", "assemble", "odd_answers", "promise"),
    "model": ("replies", "client", "rate_limiter", "slots", "batch", "config", "ask", "odd_answers", "run"),
}
"""Tests tried after those of the module."""
MIRRORS = {
    "rules/judge.py": ("validate",),
    "rules/settings.py": ("config", "rules"),
    "asking/batch_first.py": ("batch",),
    "asking/redos.py": ("redo",),
    "model/batch_api.py": ("batch",),
    "model/calls.py": ("calls", "client"),
    "model/connection.py": ("client", "start"),
    "model/faults.py": ("replies", "client"),
    "model/providers.py": ("config",),
    "model/request.py": ("request", "client"),
    "model/retry.py": ("retry", "client", "odd_answers"),
    "run/__init__.py": ("run",),
    "run/day.py": ("day", "run"),
    "run/processing.py": ("run", "backfill"),
    "run/queue.py": ("queue", "backfill"),
    "run/writing.py": ("writing", "run", "review"),
}
"""Where a module's tests are not called after it."""

_OTHER = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}


class Mutant(NamedTuple):
    """`start` and `end`: bytes of the file that `new` takes the place of."""

    path: str
    line: int
    start: int
    end: int
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {' '.join(self.old.split())}  →  {self.new}"


def mutants_of(path: str, code: str) -> Iterator[Mutant]:
    """Every mutant of a file."""
    raw, lines = code.encode(), code.splitlines(keepends=True)
    begins = [0]
    for line in lines:
        begins.append(begins[-1] + len(line.encode()))
    for node, new in _changes(ast.parse(code)):
        if FASTER in lines[node.lineno - 1] or node.end_lineno is None or node.end_col_offset is None:
            continue
        start, end = begins[node.lineno - 1] + node.col_offset, begins[node.end_lineno - 1] + node.end_col_offset
        yield Mutant(path, node.lineno, start, end, raw[start:end].decode(), f"({ast.unparse(new)})")


def _changes(node: ast.AST, *, is_test: bool = False) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Expressions below a node, and what each may become; `is_test`: only whether it holds is asked."""
    if isinstance(node, ast.JoinedStr | ast.Assert) or _is_only_seen_by_types_or_a_log(node):
        return
    if isinstance(node, ast.Compare):
        yield from ((node, other) for other in _compared_otherwise(node))
    elif isinstance(node, ast.BoolOp):
        yield node, ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        is_default = isinstance(node.op, ast.Or) and not is_test
        asked = node.values[:-1] if is_default else node.values  # the default of a value is no condition
        yield from ((value, _negated(value)) for value in asked if not _has_own_negation(value))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node, node.operand
    tests = _tests(node)
    for test in tests:
        if not _has_own_negation(test):
            yield test, _negated(test)
        yield test, ast.Constant(False)
        if not isinstance(node, ast.While):
            yield test, ast.Constant(True)
    passes_on = is_test and isinstance(node, ast.BoolOp | ast.UnaryOp)
    for child in ast.iter_child_nodes(node):
        yield from _changes(child, is_test=passes_on or child in tests)


def _compared_otherwise(node: ast.Compare) -> Iterator[ast.Compare]:
    sides = [node.left, *node.comparators]
    for place, op in enumerate(node.ops):
        others = _OTHER[type(op)]
        if len(others) == 2 and (_is_tuned(sides[place]) or _is_tuned(sides[place + 1])):
            others = others[1:]  # its boundary is the constant's
        for other in others:
            yield ast.Compare(node.left, [*node.ops[:place], other(), *node.ops[place + 1 :]], node.comparators)


def _is_tuned(side: ast.expr) -> bool:
    """It holds a named constant, a fraction, or a number from ten on."""
    return any(
        (isinstance(part, ast.Name) and bool(re.fullmatch("_?[A-Z][A-Z0-9_]+", part.id)))
        or (
            isinstance(part, ast.Constant)
            and (type(part.value) is float or (type(part.value) is int and part.value >= 10))
        )
        for part in ast.walk(side)
    )


def _tests(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            return [test]
        case ast.comprehension(ifs=ifs):
            return ifs
        case _:
            return []


def _negated(test: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), test)


def _has_own_negation(test: ast.expr) -> bool:
    """It is a mutant of the expression itself."""
    return (isinstance(test, ast.Compare) and len(test.ops) == 1) or (
        isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)
    )


def _is_only_seen_by_types_or_a_log(node: ast.AST) -> bool:
    if isinstance(node, ast.If):
        is_typing = isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        return is_typing or (not node.orelse and all(_is_only_seen_by_types_or_a_log(line) for line in node.body))
    match node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="_log")))):
            return True
        case _:
            return False


def tests_of(path: str) -> tuple[list[str], list[str]]:
    """Test files of a module, and those of all that surrounds it."""
    room, module = path.removeprefix("pipeline/").split("/")
    name = module.removesuffix(".py")
    mirror = MIRRORS.get(f"{room}/{module}") or ((f"rules_{name}",) if room == "rules" else (name,))
    own = _files(mirror) or _files((room,))
    return own, [file for file in _files(ROOM_TESTS[room]) if file not in own]


def _files(names: Sequence[str]) -> list[str]:
    return [f"tests/{file.name}" for name in names for file in sorted((ROOT / "tests").glob(f"test_{name}.py"))]


def is_killed_by(status: int) -> bool:
    """What `os.wait` says of the tests: all passed, or one failed, hung, or could not be collected; a usage error is what
    pytest calls a mutant that conftest.py cannot import."""
    if os.waitstatus_to_exitcode(status) == pytest.ExitCode.NO_TESTS_COLLECTED:
        raise RuntimeError("the tests did not run")
    return status != 0


def run_tests(tests: tuple[list[str], list[str]], folder: Path) -> NoReturn:
    """In a forked process, which has all libraries loaded and nothing of the package."""
    os.setsid()
    os.nice(5)
    signal.alarm(10 * TIMEOUT_SECONDS)
    os.chdir(folder)
    sys.path[0], os.environ["PYTHONPATH"] = str(folder), str(folder)
    for stream in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
    limits = ("-o", f"faulthandler_timeout={TIMEOUT_SECONDS}", "-o", "faulthandler_exit_on_timeout=true")
    options = ["-qx", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning", *limits]
    status: int = pytest.ExitCode.OK
    for part in tests:  # a file of the second part costs nothing where the first one fails
        status = status or (pytest.main([*options, *part]) if part else status)
    os._exit(status)


def load_libraries() -> None:
    """Import what the package and its tests need, then forget the package: a forked process imports its mutant."""
    for name in LIBRARIES:
        importlib.import_module(name)
    for file in (ROOT / "pipeline").rglob("*.py"):
        if file.stem != "__main__":
            importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))
    for name in list(sys.modules):
        if name.split(".")[0] in ("pipeline", "tests"):
            del sys.modules[name]


def failures_without(drawn: list[Mutant], folder: Path) -> str:
    """The end of what pytest says where a test fails on the unchanged package: it would kill every mutant."""
    tests = sorted({test for path in {mutant.path for mutant in drawn} for part in tests_of(path) for test in part})
    command = ["nice", sys.executable, "-m", "pytest", "-q", "-n", str(AT_ONCE), "-p", "no:cacheprovider", *tests]
    environment = os.environ | {"PYTHONPATH": str(folder)}
    ended = subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)
    return ended.stdout[-3000:] if ended.returncode else ""


def judged(drawn: list[Mutant], temporary: Path) -> Iterator[tuple[Mutant, bool]]:
    """Each mutant, and whether it is killed; in the order in which they end."""
    folders = [_copy(temporary / str(place)) for place in range(AT_ONCE)]
    at_work: dict[int, tuple[Mutant, Path, bytes]] = {}
    waiting = list(enumerate(drawn, 1))[::-1]
    while waiting or at_work:
        while waiting and folders:
            number, mutant = waiting.pop()
            folder = folders.pop()
            file = folder / mutant.path
            raw = file.read_bytes()
            file.write_bytes(raw[: mutant.start] + mutant.new.encode() + raw[mutant.end :])
            os.utime(file, (number, number))  # or Python would take the compiled mutant of the same second and size
            process = os.fork()
            if not process:
                run_tests(tests_of(mutant.path), folder)
            at_work[process] = mutant, folder, raw
        process, status = os.wait()
        mutant, folder, raw = at_work.pop(process)
        (folder / mutant.path).write_bytes(raw)
        folders.append(folder)
        yield mutant, is_killed_by(status)


def _copy(folder: Path) -> Path:
    """The checkout as it stands, without what git ignores."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True)
    for name in listed.stdout.decode().splitlines():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    return folder


def main() -> None:
    """Draw, run, and say what survived."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--only", default=",".join(ROOMS), help="rooms, or files like rules/numbers.py; all mutants: --count 0"
    )
    asked = parser.parse_args()

    patterns = [part if part.endswith(".py") else f"{part}/*.py" for part in asked.only.split(",")]
    files = [file for pattern in patterns for file in sorted((ROOT / "pipeline").glob(pattern))]
    every = [
        mutant
        for file in files
        for mutant in mutants_of(file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8"))
    ]
    drawn = random.Random(asked.seed).sample(every, min(asked.count or len(every), len(every)))
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as temporary:
        if failures := failures_without(drawn, _copy(Path(temporary) / "unchanged")):
            _say(f"Tests fail without a mutant:\n{failures}")
            return
        load_libraries()
        survived = []
        for mutant, killed in judged(drawn, Path(temporary)):
            _say(f"{'killed  ' if killed else 'SURVIVED'} {mutant}")
            if not killed:
                survived.append(mutant)
    _say(f"{len(drawn) - len(survived)} of {len(drawn)} killed, {time.monotonic() - began:.0f} s; survived:")
    for mutant in survived:
        _say(f"  {mutant}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
