"""The house: which room may know which, where each library lives, and what loads at once."""

import ast
import graphlib
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((ROOT / "pipeline").rglob("*.py"))
}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}

LAYERS = (
    {"garbage"},
    {"errors", "extras", "fields", "presets", "processes"},
    {"records"},
    {"retry_after", "settings"},
    {"ledger", "log", "text"},
    {"written"},
    {"corrections", "files", "keys"},
    {"rules"},
    {"model", "render", "sources", "watch"},
    {"config"},
    {"asking"},
    {"stages"},
    {"run"},
    {"commands"},
    {"cli"},
    {"__main__"},
)
"""Rooms and single modules, lowest first: each knows what is below it and itself, and nothing beside or above."""

HOMES = {
    "apprise": {"commands.chats"},
    "arxiv": {"sources.api"},
    "charset_normalizer": {"written"},
    "dotenv": {"keys"},
    "feedgen": {"render.feed"},
    "filelock": {"files"},
    "httpx2": {"model.batch_api", "model.client"},
    "jinja2": {"render.html"},
    "langchain": {"model.langchain"},
    "langchain_core": {"asking.prompts", "model.langchain"},
    "latex2mathml": {"render.mathml"},
    "lxml": {"sources.atom"},
    "mcp": {"commands.assistant"},
    "markupsafe": {"commands.messages", "render.feed", "render.html", "render.mathml"},
    "openai": {"model.batch_api", "model.client"},
    "opencc": {"text.han"},
    "pydantic": {
        "commands.assistant",
        "config",
        "corrections",
        "files",
        "records",
        "render.data",
        "rules.settings",
        "settings",
        "sources.atom",
    },
    "pydantic_core": {"records"},
    "pylatexenc": {"text.latex"},
    "ray": {"model.cluster"},
    "requests": {"commands.chats", "sources.api", "sources.connection"},
    "rich": {
        "cli.lines",
        "cli.prompts",
        "cli.trial_page",
        "commands.exam",
        "commands.plan",
        "commands.status",
        "watch",
    },
    "sqlite3": {"asking.answers", "asking.schema"},
    "tenacity": {"model.retry", "sources.connection"},
    "tiktoken": {"model.tokens"},
    "typer": {"cli", "cli.digests", "cli.endings", "cli.lines", "cli.options", "cli.prompts", "cli.running"},
    "urllib3": {"sources.connection"},
    "xllamacpp": {"model.local"},
    "yaml": {"asking.glossary", "commands.init", "written"},
}
"""A library → the modules that may import it; whoever wants it elsewhere asks them, or moves in here with a reason."""

LIGHT = {"typer"}
"""What a command may load before it is known what it will do."""


def imports_of(name):
    """Full names of what a module imports anywhere in it, functions included; a name out of a package as its module."""
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} imports relatively"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in MODULES else node.module


def room_of(name):
    return name.split(".")[1]


def library_of(name):
    return name.split(".")[0]


ROOMS = {room: height for height, rooms in enumerate(LAYERS) for room in rooms}
INNER = {name: {each for each in imports_of(name) if library_of(each) == "pipeline"} for name in MODULES}


def test_every_room_has_its_place():
    """A new module is put into a layer before anybody imports it, and one that is gone is taken out."""
    assert {room_of(name) for name in MODULES if name != "pipeline"} == set(ROOMS)


def test_imports_go_one_way():
    """From the command line down to the words everybody uses; rooms of one layer don't know each other."""
    wrong = [
        f"{name} imports {other}"
        for name, others in INNER.items()
        for other in others
        if room_of(name) != room_of(other) and ROOMS[room_of(other)] >= ROOMS[room_of(name)]
    ]
    assert not wrong


def test_nothing_is_imported_in_a_circle():
    """Not even late, inside a function."""
    graphlib.TopologicalSorter({name: others - {name} for name, others in INNER.items()}).prepare()


def test_every_library_has_one_home():
    """A library is imported where the table says, and the table says no more than there is."""
    found = {}
    for name in MODULES:
        for library in {library_of(each) for each in imports_of(name)} - {"pipeline"}:
            if library not in sys.stdlib_module_names or library in HOMES:
                found.setdefault(library, set()).add(name.removeprefix("pipeline."))
    assert found == HOMES


def test_every_library_is_installed_with_us():
    """What is imported is a dependency, or what a dependency brings; nothing is there by chance."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    declared = {
        _distribution(row)
        for row in (
            *project["dependencies"],
            *(row for extra in ("cluster", "langchain", "local", "mcp", "send") for row in extras[extra]),
        )
    }
    installed = {
        library: {_distribution(each) for each in names} for library, names in packages_distributions().items()
    }
    brought = {
        _distribution(row)
        for name in declared & set().union(*installed.values())
        for row in requires(name) or ()
        if "extra ==" not in row
    }
    chance = {
        library
        for library in set(HOMES) - sys.stdlib_module_names
        if not installed.get(library, {library}) & (declared | brought)
    }
    assert not chance


def _distribution(row):
    return re.match(r"[\w.-]+", row)[0].lower().replace("_", "-")


def test_every_module_says_what_it_is():
    """Its first words; an __init__.py that only makes a folder a package may be empty."""
    silent = [name for name, tree in TREES.items() if tree.body and not ast.get_docstring(tree)]
    assert not silent


def test_every_except_names_what_it_catches():
    """An error nobody foresaw is shown, not swallowed; but LangChain's providers raise what no
    list of ours could name, and a fault of ours costs a rule its word or a paper its place, never the day."""
    blind = {
        name
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and _is_blind(node)
    }
    assert blind == {
        "pipeline.asking.ask",
        "pipeline.model.calls",
        "pipeline.cli.endings",
        "pipeline.model.langchain",
        "pipeline.rules",
        "pipeline.run.writing",
    }


def _is_blind(handler):
    caught = ast.walk(handler.type) if handler.type else ()
    names = {node.id for node in caught if isinstance(node, ast.Name)}
    return handler.type is None or bool(names & {"Exception", "BaseException"})


def test_a_stage_is_one_public_function():
    """And no class: values in, records out."""
    for name, tree in TREES.items():
        if name.startswith("pipeline.stages."):
            public = [
                node.name
                for node in tree.body
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
                and not node.name.startswith("_")
            ]
            assert len(public) == 1, name
            assert public[0].startswith(name.rpartition(".")[2]), name


@pytest.mark.parametrize("word", ["util", "helper", "manager", "handler", "processor", "common", "base"])
def test_names_are_of_the_field(word):
    """No module and no class is called by what it is instead of what it does."""
    named = [name for name in MODULES if word in name.rpartition(".")[2].lower().split("_")]
    named += [
        node.name
        for tree in TREES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and word in node.name.lower()
    ]
    assert not named


def test_the_command_line_loads_nothing_heavy():
    """`wenzhai --help` answers at once: clients, parsers and models are imported by the command that needs them."""
    code = "import sys, pipeline.cli; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert "typer" in loaded.stdout.split()
    assert not set(loaded.stdout.split()) & set(HOMES) - LIGHT
