"""Reads what people write: in any encoding that Chinese editors save, and YAML with its line where it is wrong.

Nothing is written back, so a file keeps its encoding and its comments.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from pipeline.text.secrets import holds_key, masked

_MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
"""Byte order marks; UTF-32's begins with that of UTF-16."""
_OTHERS = ["gb18030", "big5"]
"""What editors on Chinese Windows save if they do not save Unicode."""
_KEY = r"(?:^\s*(?:-\s+)?|[{,]\s*)([A-Za-z][\w .+/-]{0,60}?)\s*"
"""A key, at the beginning of a line or inside { }."""
_SLIPS = (
    (r"^ *\t", "begins with a tab; YAML takes spaces only"),
    (r"^\s*[A-Za-z][\w .+/-]{0,60}:?\s*\t", "has a tab; YAML takes spaces only"),
    (r"^\s*\|.*\|\s*$", "is a row of a Markdown table; write `english: 中文`"),
    (r"(?:^|\s)＃", "has a full-width ＃; comments begin with #"),
    (r":\s*[\d.]+#", "has no space before the #; a comment needs one"),
    (r"^ *[\u3000\u00a0]", "begins with a full-width space; type ordinary ones"),
    (_KEY + "：", "has a full-width colon; write `{0}: `, with an ordinary colon and a space"),
    (_KEY + r":(?=[^\s/:])", "has no space after the colon; write `{0}: `"),
    (_KEY + r":[\u3000\u00a0]", "has a full-width space after the colon; write `{0}: `"),
    (r"^\s*(?:-\s+)?([A-Za-z][\w .-]{0,60}?)\s*(?:=|->|=>|→)\s", "has no colon; write `{0}: `"),
    (r"[\w\"'”’]\s*[，、]\s*[A-Za-z_]\w*\s*[:：]", "has a full-width comma between [ ] or {{ }}; write `, `"),
    (r"^[^#\"']*[\[{][^#\"'\]}]*[，、]", "has a full-width comma between [ ] or {{ }}; write `, `"),
    (r"^[^#\"']*:\s*[［【｛]", "has full-width brackets; write [ ] or {{ }}"),
)
"""(regular expression for a line, what is wrong with it)"""

_VALUES = 100_000
_LEVELS = 50
"""Far more than anybody writes by hand: aliases can make a few lines endless."""


class Unreadable(ValueError):
    def __init__(self, wrong: str, line: int | None = None) -> None:
        super().__init__(wrong)
        self.line = line

    def at(self, path: Path | str) -> str:
        """The message with its place."""
        return f"{path}:{self.line}: {self}" if self.line else f"{path}: {self}"


def text_of(path: Path) -> str:
    """The text of a file without a byte order mark. Raises OSError and Unreadable."""
    content = path.read_bytes()
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            return _lines(_decoded(content, encoding))
    if 0 < content.count(0) < len(content) / 100:
        line = content.count(b"\n", 0, content.index(0)) + 1
        raise Unreadable("holds U+0000, which no text has; delete it", line)
    if b"\0" in content:  # UTF-16 without a mark: of ASCII, one byte of two is 0
        return _lines(_decoded(content, "utf-16-le" if content[1::2].count(0) > content[::2].count(0) else "utf-16-be"))
    try:
        return _lines(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        read = content.decode("utf-8", "replace")
        broken = read.count("\ufffd")
        if len(read.encode()) - len(read) > 4 * broken:  # most is UTF-8, so it is not another encoding
            line = content.count(b"\n", 0, error.start) + 1
            raise Unreadable("has broken characters; type them anew and save the file as UTF-8", line) from None
    from charset_normalizer import from_bytes  # late: few files need it

    guess = from_bytes(content, cp_isolation=_OTHERS).best()
    if guess is None:
        raise Unreadable("cannot be read: is in no known encoding; save it as UTF-8")
    return _lines(str(guess))


def keyless(text: str) -> str:
    """The text, if it holds no provider's key: what stands in a prompt is sent, kept and shown. Raises Unreadable."""
    if holds_key(text):
        number = next((number for number, line in enumerate(text.split("\n"), start=1) if holds_key(line)), None)
        raise Unreadable("holds a provider's key (not shown); it belongs into an environment variable", number)
    return text


def yaml_in(text: str) -> Any:  # noqa: ANN401 - whatever YAML holds
    """The data in a YAML text; None if it is empty. Raises Unreadable, also if a key stands twice."""
    with _explained(text):
        data = yaml.load(text, _Loader)
    _check(data)
    return data


def nodes_in(text: str) -> yaml.Node | None:
    """The YAML nodes of a text: they know their lines. Raises Unreadable."""
    with _explained(text):
        root: yaml.Node | None = yaml.compose(text, yaml.SafeLoader)
    _check(_scalars(root))
    return root


def line_of(text: str, place: Sequence[str | int]) -> int | None:
    """The line of a key or a list's row in a YAML text that can be read; None if it is not there."""
    node, line = _composed(text), None
    for part in place:
        found: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            [found, line] = next(([v, k.start_mark.line] for k, v in node.value if k.value == part), [None, line])
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            found, line = node.value[part], node.value[part].start_mark.line
        if found is None:
            return None
        node = found
    return None if line is None else line + 1


@lru_cache(maxsize=1)  # several keys of one file are asked for
def _composed(text: str) -> yaml.Node | None:
    root: yaml.Node | None = yaml.compose(text, yaml.SafeLoader)
    return root


def slip_in(text: str, *, before: int | None = None) -> Unreadable | None:
    """The first slip of the keyboard in a YAML text; with `before`, the last one up to that line.

    A slip is often valid YAML, or YAML notices it some lines further down; so this is asked when something is wrong.
    """
    lines = enumerate(text.splitlines()[:before], start=1)
    slips = (slip for number, line in lines if (slip := _slip(line, number)))
    if before is None:
        return next(slips, None)
    return next(iter(list(slips)[-1:]), None)


def _slip(line: str, number: int) -> Unreadable | None:
    if line.lstrip().startswith("#"):
        return None
    for pattern, wrong in _SLIPS:
        if match := re.search(pattern, line):
            return Unreadable(masked(wrong.format(*match.groups())), number)
    return None


class _Loader(yaml.SafeLoader):
    """Refuses a key that stands twice; yaml takes the last one in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: dict[str, yaml.Mark] = {}
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if first := seen.get(key.value):
                    raise Unreadable(
                        f"{masked(key.value)} stands in line {first.line + 1} already; keep one of the two",
                        key.start_mark.line + 1,
                    )
                seen[key.value] = key.start_mark
        return super().construct_mapping(node, deep)


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
def _explained(text: str) -> Iterator[None]:
    try:
        yield
    except Unreadable:
        raise
    except RecursionError:
        raise Unreadable("not YAML that can be read: it nests too deep") from None
    except yaml.YAMLError as error:
        raise _unreadable(text, error) from None
    except ValueError as error:  # 2026-02-30, or 5,000 digits
        raise Unreadable(f"not YAML: {masked(str(error))}; put quotes round that text") from None


def _check(data: object) -> None:
    heap, count = [(data, 0)], 0
    while heap:
        value, level = heap.pop()
        count += 1
        if level > _LEVELS or count > _VALUES:
            raise Unreadable("not YAML that can be read: it nests too deep, or repeats itself without end")
        if isinstance(value, dict):
            heap += [(each, level + 1) for pair in value.items() for each in pair]
        elif isinstance(value, list):
            heap += [(each, level + 1) for each in value]
        elif isinstance(value, str) and (odd := next((each for each in value if _is_no_character(each)), None)):
            raise Unreadable(f"holds U+{ord(odd):04X}, which no text has")


def _is_no_character(char: str) -> bool:
    return char == "\0" or "\ud800" <= char <= "\udfff"


def _unreadable(text: str, error: yaml.YAMLError) -> Unreadable:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else None
    problem = getattr(error, "problem", None) or " ".join(str(error).split())
    if slip := slip_in(text, before=line):
        return slip
    begun = getattr(error, "context_mark", None)
    context = getattr(error, "context", None) or ""
    if begun and "quoted scalar" in context:
        return Unreadable("not YAML: a quotation mark is opened here and never closed", begun.line + 1)
    if begun and "flow" in context and begun.line + 1 != line:
        return Unreadable(f"not YAML: a bracket is opened here and not closed in line {line}", begun.line + 1)
    typed = "".join(text.splitlines()[line - 1 : line]) if line else ""  # YAML knows other ends of a line, too
    if problem.startswith("mapping values") and not re.search(r":\s.*:(?:\s|$)", typed):
        return Unreadable("not YAML: does not begin below the line before it; give both the same spaces", line)
    return Unreadable(f"not YAML: {masked(problem)}; put quotes round that text", line)


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise Unreadable(f"cannot be read: broken {encoding.upper().removesuffix('-SIG')}; save it as UTF-8") from None


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
