"""YAML that people write, as plain data or as nodes with their lines; whatever is wrong with it is a ValueError of one line."""

from collections.abc import Iterator
from contextlib import contextmanager

import yaml

_VALUES = 100_000
_LEVELS = 50
"""Far more than anybody writes by hand: aliases can make a few lines endless."""


def plain_data(text: str) -> object:
    """Mappings, lists, texts, numbers, dates. Raises ValueError."""
    with _one_line():
        data = yaml.safe_load(text.removeprefix("\ufeff"))
    _check(data)
    return data


def node_of(text: str) -> yaml.Node | None:
    """The nodes, which know their lines and keep keys that stand twice. Raises ValueError."""
    with _one_line():
        root: yaml.Node | None = yaml.compose(text.removeprefix("\ufeff"), yaml.SafeLoader)
    _check(_scalars(root))
    return root


def _scalars(root: yaml.Node | None) -> list[str]:
    heap, seen, found = [root], set[int](), list[str]()
    while heap:
        node = heap.pop()
        if isinstance(node, yaml.ScalarNode):
            found.append(node.value)
        elif node and id(node) not in seen:  # an alias may lead back
            seen.add(id(node))
            pairs = node.value if isinstance(node, yaml.MappingNode) else [node.value]
            heap += [each for pair in pairs for each in pair]
    return found


@contextmanager
def _one_line() -> Iterator[None]:
    try:
        yield
    except RecursionError:
        raise ValueError("not YAML that can be read: it nests too deep") from None
    except (yaml.YAMLError, ValueError) as error:  # ValueError: 2026-02-30, or 5,000 digits
        raise ValueError(f"not YAML: {' '.join(str(error).split())}") from None


def _check(data: object) -> None:
    heap, count = [(data, 0)], 0
    while heap:
        value, level = heap.pop()
        count += 1
        if level > _LEVELS or count > _VALUES:
            raise ValueError("not YAML that can be read: it nests too deep, or repeats itself without end")
        if isinstance(value, dict):
            heap += [(each, level + 1) for pair in value.items() for each in pair]
        elif isinstance(value, list):
            heap += [(each, level + 1) for each in value]
        elif isinstance(value, str) and (odd := next((each for each in value if _is_no_character(each)), None)):
            raise ValueError(f"holds U+{ord(odd):04X}, which no text has")


def _is_no_character(char: str) -> bool:
    return char == "\0" or "\ud800" <= char <= "\udfff"
