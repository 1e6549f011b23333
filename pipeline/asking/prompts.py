"""A prompt file: Markdown that a researcher edits, checked so strictly that no edit can break parsing.

    # 角色    the role of the model
    # 任务    its task; {{ max_chars }} and the other variables are filled in here
    # 示例    pairs of 英文：… and 中文：…; further fields of the task may follow, each after its own label, such as 英文总结：…
    # 小模型示例    more of them, shown only to a small model, which needs them: to others each costs its tokens a paper

LangChain fills in the variables, by its Mustache templates, which cannot run code. The file contains neither the format of the answer nor the paper:
asking/questions.py adds them.
"""

import difflib
import hashlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from langchain_core.utils import mustache

from pipeline.errors import PromptError
from pipeline.fields import FIELDS, lead
from pipeline.text.substitute import substitute_terms
from pipeline.text.terms import Term, occurring
from pipeline.written import Unreadable, keyless, text_of

HEADINGS = ("角色", "任务", "示例", "小模型示例")
_COMMENT = r"\{#.*?#\}"
_TAG = re.compile(rf"{_COMMENT}|\{{\{{(?P<inner>.*?)\}}\}}|\{{\{{|\{{%", re.DOTALL)
_TRADITIONAL = str.maketrans("務範總結標題譯説說", "务范总结标题译说说")
"""Traditional characters in headings and labels."""
_LABELS = {field.wanted: field.name for field in FIELDS if field != lead(field.kind)}
"""Label before the text of a further field in an example → field."""


@dataclass(frozen=True, slots=True)
class Example:
    english: str
    chinese: str
    """The text of the task's main field: Chinese title, abstract or one-liner."""
    others: tuple[tuple[str, str], ...] = ()
    """(field, text) for further fields of the task, such as the English one-liner."""

    def answer(self, field: str) -> str | None:
        """Its text for a field; None if it has none."""
        return self.chinese if field not in _LABELS.values() else dict(self.others).get(field)


@dataclass(frozen=True)
class Prompt:
    """A prompt file with its variables filled in."""

    role: str
    task: str
    examples: tuple[Example, ...]
    """Those that the model is shown."""
    small: tuple[Example, ...] = ()
    """More of them, for a small model."""
    former: tuple["Prompt", ...] = ()
    """Earlier wordings whose answers still count."""

    def for_small(self, glossary: tuple[Term, ...]) -> "Prompt":
        """The prompt as a small model is shown it: with all examples, and the glossary's Chinese put into their
        English, as in its questions."""
        pairs = tuple(
            replace(x, english=substitute_terms(x.english, occurring(x.english, glossary)))
            for x in (*self.examples, *self.small)
        )
        small = replace(self, examples=pairs, small=(), former=())
        former = (each.for_small(glossary) for each in self.former)
        return replace(small, former=tuple(each for each in former if each != small))

    @property
    def text(self) -> str:
        """The instructions: role and task, without the examples."""
        return f"{self.role}\n{self.task}"

    @cached_property
    def whole(self) -> dict[str, Any]:
        """All of it as plain data, for hashing. The format must not change, because it is part of the key of every
        answer."""
        examples = [
            {"english": each.english, "chinese": each.chinese, "summary_en": None, **dict(each.others)}
            for each in self.examples
        ]
        return {"role": self.role, "task": self.task, "examples": examples}

    @cached_property
    def fingerprint(self) -> str:
        return hashlib.sha256(json.dumps(self.whole, ensure_ascii=False).encode()).hexdigest()[:12]


def load_prompt(path: Path, **variables: object) -> Prompt:
    """Reads and fills in a prompt file. Raises PromptError with file and line.

    The file must use every variable in `variables` and no other: the checks enforce these settings, so the prompt must
    state them.
    """
    try:
        text = keyless(text_of(path))
    except FileNotFoundError:
        raise PromptError(
            f"{path}: not found; `wenzhai init` puts the prompts that ship with it beside config.yaml"
        ) from None
    except OSError as error:
        raise PromptError(f"{path}: cannot be read: {error}") from None
    except Unreadable as error:
        raise PromptError(error.at(path)) from None
    sections = _sections(path, text)
    role, in_role = _fill(path, sections["角色"], variables)
    task, in_task = _fill(path, sections["任务"], variables)
    for name in sorted(set(variables) - in_role - in_task):
        typed = next(
            (number for number, line in enumerate(text.split("\n"), start=1) if name in line and "{{" not in line), None
        )
        if typed:
            raise PromptError(f"{path}:{typed}: write {{{{ {name} }}}}, with two ordinary braces on either side")
        raise PromptError(f"{path}: does not use {{{{ {name} }}}}; the answer is held to it, so the task must say it")
    examples, small = (_examples(path, sections[name]) for name in HEADINGS[2:])
    return Prompt(role=role, task=task, examples=examples, small=small)


def load_review_prompt(path: Path) -> Prompt:
    """Reads the second reader's prompt file, which has neither variables nor examples. Raises PromptError."""
    prompt = load_prompt(path)
    if prompt.examples or prompt.small:
        raise PromptError(f"{path}: a review has no “# 示例”; say it under “# 任务”")
    return prompt


class _Section(NamedTuple):
    line: int
    """Of its heading."""
    body: str


def _sections(path: Path, text: str) -> dict[str, _Section]:
    found: dict[str, _Section] = {}
    heading = None
    for number, line in enumerate(text.splitlines(), start=1):
        if begun := _heading_in(line, found):
            heading = begun
            if heading not in HEADINGS:
                near = difflib.get_close_matches(heading, HEADINGS, n=1, cutoff=0.5)
                meant = f"did you mean “# {near[0]}”?" if near else f"known are {_listed()}"
                raise PromptError(f"{path}:{number}: unknown heading “{line.strip()}”, {meant}")
            if heading in found:
                raise PromptError(f"{path}:{number}: heading “# {heading}” stands twice")
            found[heading] = _Section(number, "")
        elif heading:
            found[heading] = _Section(found[heading].line, found[heading].body + line + "\n")
        elif line.strip():
            raise PromptError(f"{path}:{number}: text before the first heading; begin with “# 角色”")
    for needed in HEADINGS[:2]:
        if needed not in found or not found[needed].body.strip():
            raise PromptError(f"{path}: “# {needed}” is missing or empty; a prompt file has {_listed()}")
    return {**{name: _Section(0, "") for name in HEADINGS[2:]}, **found}


def _heading_in(line: str, found: Collection[str]) -> str | None:
    """The heading in a line: what stands behind a single # and a space; or one of ours that was not yet `found`, however it
    was typed (##, ＃, no space, a colon)."""
    match = re.fullmatch(r"\s*([#＃]{1,6})(\s*)[【\[]?(.*?)[】\]]?\s*[:：]?\s*", line)
    if match is None:
        return None
    heading = _simplified(match[3])
    is_plain = match[1] == "#" and match[2] and not line[:1].isspace()
    return heading if is_plain or (heading in HEADINGS and heading not in found) else None


def _simplified(words: str) -> str:
    return "".join(words.translate(_TRADITIONAL).split())


def _listed() -> str:
    return "、".join(f"# {name}" for name in HEADINGS)


def _fill(path: Path, section: _Section, variables: Mapping[str, object]) -> tuple[str, set[str]]:
    """The text of a section with its variables filled in, and their names."""
    used = set()
    for tag in _TAG.finditer(section.body):
        if tag[0].startswith("{#"):
            continue
        place = f"{path}:{section.line + 1 + section.body.count(chr(10), 0, tag.start())}"
        if tag["inner"] is None:
            raise PromptError(f"{place}: what does “{tag[0]}” begin? variables are written {{{{ name }}}}")
        name = tag["inner"].strip()
        if not name.isidentifier():
            # LangChain would take {{ name.typo }} for nothing and {{#name}} for the begin of a part.
            raise PromptError(f"{place}: only plain variables can be filled in, written {{{{ name }}}}")
        if name not in variables:
            listed = "、".join(sorted(variables)) or "none"
            raise PromptError(f"{place}: unknown variable {{{{ {name} }}}}, known are: {listed}")
        used.add(name)
    return mustache.render(re.sub(_COMMENT, "", section.body, flags=re.DOTALL), variables).strip(), used


def _examples(path: Path, section: _Section) -> tuple[Example, ...]:
    labels = ("英文", "中文", *_LABELS)
    lines = section.body.split("\n")
    for number, line in enumerate(lines):
        if match := re.match(r"\s*\**([\u4e00-\u9fff]{2,8})\**\s*[：:]\**", line):
            label = _simplified(match[1])
            if label in labels:
                lines[number] = f"{label}：{line[match.end() :]}"
            elif near := difflib.get_close_matches(label, labels, n=1, cutoff=0.7):
                place = f"{path}:{section.line + number + 1}"
                raise PromptError(f"{place}: unknown label “{match[1]}：”, did you mean “{near[0]}：”?")
    choice = "|".join(sorted(labels, key=len, reverse=True))
    before, *blocks = re.split(rf"^({choice})[：:]", "\n".join(lines), flags=re.MULTILINE)
    found: list[list[tuple[str, str]]] = []
    for label, text in zip(blocks[::2], blocks[1::2], strict=True):
        if label == "英文":
            found.append([])
        if found:
            found[-1].append((label, text.strip()))
    whole = all([label for label, _ in rows[:2]] == ["英文", "中文"] and _are_others(rows[2:]) for rows in found)
    if (
        before.strip()
        or not whole
        or len(blocks) != 2 * sum(map(len, found))
        or not all(text for rows in found for _, text in rows)
    ):
        raise PromptError(f"{path}:{section.line}: examples are pairs, 英文：… and then 中文：…, neither of them empty")
    return tuple(
        Example(rows[0][1], rows[1][1], tuple((_LABELS[label], text) for label, text in rows[2:])) for rows in found
    )


def _are_others(rows: list[tuple[str, str]]) -> bool:
    labels = [label for label, _ in rows]
    return set(labels) <= set(_LABELS) and len(labels) == len(set(labels))
