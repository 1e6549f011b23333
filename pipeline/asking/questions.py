"""Makes one question from segments, and splits its answer into their texts.

The prompt files contain the instructions; the paper and the format of the answer are added here, so no edit of a prompt
can break parsing. The constant part of a question comes first: providers bill a repeated prefix at a reduced price, and
llama.cpp does not process it again.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from pipeline.asking.claims import complaint_of, review_messages
from pipeline.asking.glossary import as_rows
from pipeline.asking.prompts import Prompt
from pipeline.asking.segments import Segment
from pipeline.fields import PAPER
from pipeline.records import NAMES, Answer, Message, Question
from pipeline.rules.chatter import refuses
from pipeline.text.grammar import leading_name, sentence_grammar, tagged_grammar, title_grammar
from pipeline.text.spans import MARK
from pipeline.text.wrappings import unwrapped

ONE_LINERS = 260
"""Token limit for a Chinese and an English one-liner of a small model, which may not stop by itself."""
_TAGS = re.compile(rf"</?(?:{'|'.join((*PAPER, *NAMES))})\s*>", re.IGNORECASE)
_ENDS = re.compile(rf"{_TAGS.pattern}|</(?:{'|'.join(name.partition('_')[0] for name in NAMES)})>", re.IGNORECASE)
_NAME = "|".join(name.replace("_", r"\\?[_\- ]") for name in NAMES)
_ODD_TAGS = re.compile(
    rf"(?:[<＜〈《\[【{{]|&(?:amp;)?lt;|\\u003c)\s*([/\\]?)\s*({_NAME})(?:\s[^<>＞&\n]{{0,40}})?\s*(?:[>＞〉》\]】}}]|&(?:amp;)?gt;|\\u003e)",
    re.IGNORECASE,
)
"""Variants of the tags that some gateways and models write: escaped, full-width, with spaces, attributes or other
brackets."""
_LABELS = re.compile(
    rf"^[\s#>*\-]{{0,8}}(?:\d\. )?[`\"'*]{{0,3}}({_NAME})[`\"'*]{{0,3}}\s*(?:[:：]|$)", re.IGNORECASE | re.MULTILINE
)
"""A name at the beginning of a line instead of its tag."""


def group(segments: Iterable[Segment], *, bundle: bool) -> list[list[Segment]]:
    """The segments of a paper grouped into questions: with `bundle` all in one, else one question a task.

    A sentence always has its own question, and so have segments for another model or made from other texts.
    """
    groups: dict[object, list[Segment]] = {}
    for segment in segments:
        if "text" in segment.sent:
            groups[segment.key] = [segment]
        else:
            wants = (segment.reviewed is not None, bool(segment.doubts), bundle or segment.task)
            together = (segment.model.model_dump_json(), tuple(segment.sent), segment.attempt if wants[0] else 0, wants)
            groups.setdefault(together, []).append(segment)
    return list(groups.values())


def question_of(segments: Sequence[Segment]) -> Question:
    """One question for segments of one paper that `group` put together."""
    first = segments[0]
    subject = f"{first.paper.id} {'+'.join(dict.fromkeys(segment.task for segment in segments))}"
    if first.reviewed is not None:
        return Question(paper=first.paper.id, subject=subject, messages=_as_review(segments))
    if "text" in first.sent:
        return Question(
            paper=first.paper.id,
            subject=subject,
            messages=_as_turns(first),
            max_tokens=_room(first),
            grammar=_grammar(first),
        )
    if first.allowed_latin is not None:
        grammar = tagged_grammar([segment.field for segment in segments], first.allowed_latin)
        return Question(
            paper=first.paper.id,
            subject=subject,
            messages=_as_tagged_turns(segments),
            max_tokens=ONE_LINERS,
            grammar=grammar,
        )
    return Question(paper=first.paper.id, subject=subject, messages=_as_block(segments))


def parse_answer(answer: Answer, segments: Sequence[Segment]) -> list[str | None]:
    """The text for each segment in an answer; None where the answer has none."""
    if segments[0].reviewed is not None:
        return [answer.text] * len(segments)  # claims.py finds what is said about each
    if "text" in segments[0].sent:
        return [_tidy(answer.text, segments[0].source)]
    said = _with_tags(answer.text)
    found = [_tagged(said, segment) for segment in segments]
    if not _TAGS.search(said) and (len(segments) == 1 or refuses(said.strip(), segments[0].source)):
        # Asked for one text only, some models leave out the tag. With several texts, this would be a guess; but a
        # refusal is one of each, and the rules say so.
        return [_tidy(said, segment.source) for segment in segments]
    return found


def _with_tags(said: str) -> str:
    """The answer with our tags, if it has them in another form, or JSON or labels instead."""
    said = _ODD_TAGS.sub(lambda tag: f"<{'/' if tag[1] else ''}{_name(tag[2])}>", said)
    if _TAGS.search(said):
        return said
    with suppress(ValueError, RecursionError):
        texts = json.JSONDecoder(strict=False).raw_decode(said, said.find("{"))[0]
        named = {_name(name): text for name, text in texts.items() if isinstance(text, str)}
        if named.keys() & set(NAMES):
            return "".join(f"<{name}>{text}</{name}>" for name, text in named.items())
    return _LABELS.sub(lambda label: f"<{_name(label[1])}>", said)


def _name(written: str) -> str:
    return re.sub(r"\\?[_\- ]", "_", written.lower())


def _as_turns(segment: Segment) -> tuple[Message, ...]:
    """A sentence or title without tags; the examples are earlier turns. Small models answer this form best."""
    # Examples of titles for a title, examples of sentences for a sentence.
    examples = [x for x in segment.prompt.examples if x.english.endswith(".") == (segment.row.kind == "abstract")]
    return _turns([segment], [(x.english, x.chinese) for x in examples])


def _as_tagged_turns(segments: Sequence[Segment]) -> tuple[Message, ...]:
    """The same for one-liners, which share a question; the grammar produces the tags."""
    shown = []
    for example in segments[0].prompt.examples:
        texts = {segment.field: example.answer(segment.field) for segment in segments}
        if all(texts.values()):
            answer = "\n".join(f"<{field}>{text}</{field}>" for field, text in texts.items())
            shown.append((example.english, answer))
    return _turns(segments, shown)


def _turns(segments: Sequence[Segment], examples: Sequence[tuple[str, str]]) -> tuple[Message, ...]:
    turns = [Message(role="system", content=segments[0].prompt.text)]
    for english, answer in examples:
        turns += [Message(role="user", content=english), Message(role="assistant", content=answer)]
    return (*turns, Message(role="user", content="\n".join([*segments[0].sent.values(), *_complaints(segments)])))


def _grammar(segment: Segment) -> str | None:
    if segment.allowed_latin is None:
        return None
    marks = [match[0] for match in MARK.finditer(segment.sent["text"])]
    if segment.row.kind == "title":
        return title_grammar(segment.allowed_latin, leading_name(segment.source), marks)
    return sentence_grammar(segment.allowed_latin, marks)


def _room(segment: Segment) -> int:
    """Token limit for the Chinese of a sentence: 0.31 characters per English character (65,000 abstracts), 1.2 tokens
    each."""
    return 40 + int(0.6 * len(segment.source))


def _as_block(segments: Sequence[Segment]) -> tuple[Message, ...]:
    prompts = {segment.task: segment.prompt for segment in segments}
    fixed = list(dict.fromkeys(prompt.role for prompt in prompts.values()))
    fixed += [part for prompt in prompts.values() for part in (prompt.task, *_examples(prompt))]
    fixed.append("只输出这些标签；⟦1⟧ 等记号、数字和名称照抄：")
    fixed += [f"<{segment.field}>{segment.row.wanted}</{segment.field}>" for segment in segments]
    terms = ["术语：", as_rows(segments[0].terms)] if segments[0].terms else []
    paper = [f"<{tag}>{_TAGS.sub(_harmless, text)}</{tag}>" for tag, text in segments[0].sent.items()]
    return (
        Message(role="system", content="\n".join(fixed)),
        Message(role="user", content="\n".join([*terms, *paper, *_complaints(segments)])),
    )


def _as_review(segments: Sequence[Segment]) -> tuple[Message, ...]:
    first = segments[0]
    texts = {segment.field: segment.reviewed for segment in segments}
    fixed, asked = review_messages(first.prompt, first.sent, texts)
    again = "\n上次的回答不是要求的格式，请只输出标签。" if first.attempt else ""
    return fixed, asked.model_copy(update={"content": asked.content + again})


def _examples(prompt: Prompt) -> list[str]:
    return [
        "\n→ ".join(filter(None, (f"例：{example.english}", example.chinese, *(text for _, text in example.others))))
        for example in prompt.examples
    ]


def _complaints(segments: Sequence[Segment]) -> list[str]:
    """The faults that checks or a person found in earlier answers; last in the question, because they change most
    often."""
    if segments[0].doubts:
        return list(_doubts(segments))
    faults = [f"{segment.field}：{fault}" for segment in segments for fault in (*segment.redos, *segment.faults)]
    return ["上次的回答有这些问题，请改正后重写：", *faults] if faults else []


def _doubts(segments: Sequence[Segment]) -> Iterator[str]:
    """The answers so far and what a second model claims about them; formulas are marks, as in the paper above."""
    yield "你上次的回答："
    yield from (f"<{each.field}>{_marked(each.earlier, each.spans)}</{each.field}>" for each in segments)
    yield "有人对下面几处有疑问。只改确有错误之处，其余一字不动，输出全文："
    for each in segments:
        yield from (f"{each.field}：{_marked(complaint_of(claim), each.spans)}" for claim in each.doubts)


def _marked(text: str, spans: Sequence[str]) -> str:
    """A text with its protected spans replaced by the marks that stand for them in the question."""
    for number, span in sorted(enumerate(spans, start=1), key=lambda pair: -len(pair[1])):
        text = text.replace(span, f"⟦{number}⟧")
    return _TAGS.sub(_harmless, text)


def _harmless(tag: re.Match[str]) -> str:
    """Replaces the brackets of our own tags in a paper's text; the paper could otherwise end its block and inject
    instructions."""
    return tag[0].replace("<", "‹").replace(">", "›")


def _tagged(text: str, segment: Segment) -> str | None:
    """The last text in a field's tags; one that is never closed ends at the next tag. None if there is no such tag."""
    tidy = None
    for start in reversed(list(re.finditer(rf"<{segment.field}\s*>", text, re.IGNORECASE))):
        rest = text[start.end() :]
        end = _ENDS.search(rest)
        tidy = _tidy(rest[: end.start()] if end else rest, segment.source)
        if tidy:  # else its end is written as another beginning
            return tidy
    return tidy


def _tidy(text: str, source: str) -> str:
    """The answer as one paragraph, without code fences and other wrappings."""
    text = re.sub(r"^```\w*\n(.*?)\n?```$", r"\1", text.strip(), flags=re.DOTALL)
    text = re.sub(r"(?<=[。！？；：，])\s*\n\s*", "", text)
    return unwrapped(re.sub(r"\s*\n\s*", " ", text), source)
