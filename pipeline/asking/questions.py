"""How pieces are worded as one question, and how the answer is taken apart again.

The prompt files say what is wanted in whose words; the paper's block and the answer's shape are written here, so no
edit of a prompt can break parsing. What never changes stands first, what changes last: providers bill a repeated
prefix at a fraction, llama.cpp skips it.
"""

import re
from collections.abc import Iterable, Sequence

from pipeline.asking.glossary import as_rows
from pipeline.asking.pieces import Piece
from pipeline.asking.prompts import Prompt
from pipeline.models import FIELDS, Answer, Message, Question
from pipeline.text.grammar import leading_name, sentence_grammar, tagged_grammar, title_grammar
from pipeline.text.spans import MARK

ONE_LINERS = 260
"""Tokens for a Chinese and an English one-liner of a small model, which else may not stop."""
WANTED = {
    "summary_zh": "总结",
    "summary_en": "英文总结",
    "title_zh": "标题译文",
    "abstract_zh": "摘要译文",
}
_TAGS = re.compile(rf"</?(?:title|abstract|{'|'.join(FIELDS)})\s*>", re.IGNORECASE)


def group(pieces: Iterable[Piece], *, bundle: bool) -> list[list[Piece]]:
    """Which pieces of a paper go into one question: with `bundle` all of them, else those of one task.

    A sentence is always asked alone, and so is what goes to another model.
    """
    groups: dict[object, list[Piece]] = {}
    for piece in pieces:
        if "text" in piece.sent:
            groups[piece.key] = [piece]
        else:
            groups.setdefault((piece.model.model_dump_json(), bundle or piece.task), []).append(piece)
    return list(groups.values())


def question_of(pieces: Sequence[Piece]) -> Question:
    """One question for pieces of one paper that `group` put together."""
    first = pieces[0]
    subject = f"{first.paper.id} {'+'.join(dict.fromkeys(piece.task for piece in pieces))}"
    if "text" in first.sent:
        return Question(subject=subject, messages=_as_turns(first), max_tokens=_room(first), grammar=_grammar(first))
    if first.names is not None:
        grammar = tagged_grammar([piece.field for piece in pieces], first.names)
        return Question(subject=subject, messages=_as_tagged_turns(pieces), max_tokens=ONE_LINERS, grammar=grammar)
    return Question(subject=subject, messages=_as_block(pieces))


def texts_of(answer: Answer, pieces: Sequence[Piece]) -> list[str | None]:
    """What an answer says for each of the pieces it was asked for; None where it says nothing."""
    if "text" in pieces[0].sent:
        return [_tidy(answer.text)]
    found = [_tagged(answer.text, piece.field) for piece in pieces]
    if len(pieces) == 1 and found == [None] and not _TAGS.search(answer.text):
        # Asked for one thing only, some models leave the tag out; more than one untagged text would be guesswork.
        return [_tidy(answer.text)]
    return found


def _as_turns(piece: Piece) -> tuple[Message, ...]:
    """A bare sentence after worked examples as earlier turns: what a small model answers best."""
    # Titles show how to translate a title, sentences a sentence.
    examples = [x for x in piece.prompt.examples if x.english.endswith(".") == (piece.field == "abstract_zh")]
    return _turns([piece], [(x.english, x.chinese) for x in examples])


def _as_tagged_turns(pieces: Sequence[Piece]) -> tuple[Message, ...]:
    """The same for one-liners, which are asked together: its grammar sees to the tags."""
    shown = []
    for example in pieces[0].prompt.examples:
        texts = {"summary_zh": example.chinese, "summary_en": example.summary_en}
        if all(texts.get(piece.field) for piece in pieces):
            answer = "\n".join(f"<{piece.field}>{texts[piece.field]}</{piece.field}>" for piece in pieces)
            shown.append((example.english, answer))
    return _turns(pieces, shown)


def _turns(pieces: Sequence[Piece], examples: Sequence[tuple[str, str]]) -> tuple[Message, ...]:
    turns = [Message(role="system", content=pieces[0].prompt.text)]
    for english, answer in examples:
        turns += [Message(role="user", content=english), Message(role="assistant", content=answer)]
    return (*turns, Message(role="user", content="\n".join([*pieces[0].sent.values(), *_complaints(pieces)])))


def _grammar(piece: Piece) -> str | None:
    if piece.names is None:
        return None
    marks = [match[0] for match in MARK.finditer(piece.sent["text"])]
    if piece.field == "title_zh":
        return title_grammar(piece.names, leading_name(piece.source), marks)
    return sentence_grammar(piece.names, marks)


def _room(piece: Piece) -> int:
    """Tokens for the Chinese of a sentence: 0.31 characters for one of English (65,000 abstracts), about 1.2 tokens each."""
    return 40 + int(0.6 * len(piece.source))


def _as_block(pieces: Sequence[Piece]) -> tuple[Message, ...]:
    prompts = {piece.task: piece.prompt for piece in pieces}
    fixed = list(dict.fromkeys(prompt.role for prompt in prompts.values()))
    fixed += [part for prompt in prompts.values() for part in (prompt.task, *_examples(prompt))]
    fixed.append("只输出这些标签；⟦1⟧ 等记号原样保留：")
    fixed += [f"<{piece.field}>{WANTED[piece.field]}</{piece.field}>" for piece in pieces]
    terms = ["术语：", as_rows(pieces[0].terms)] if pieces[0].terms else []
    paper = [f"<{tag}>{_TAGS.sub(_harmless, text)}</{tag}>" for tag, text in pieces[0].sent.items()]
    return (
        Message(role="system", content="\n".join(fixed)),
        Message(role="user", content="\n".join([*terms, *paper, *_complaints(pieces)])),
    )


def _examples(prompt: Prompt) -> list[str]:
    return [
        "\n→ ".join(filter(None, (f"例：{example.english}", example.chinese, example.summary_en)))
        for example in prompt.examples
    ]


def _complaints(pieces: Sequence[Piece]) -> list[str]:
    """What the checks, or a person, found wrong with earlier answers; last, since it changes most."""
    faults = [f"{piece.field}：{fault}" for piece in pieces for fault in (*piece.redos, *piece.faults)]
    return ["上次的回答有这些问题，请改正后重写：", *faults] if faults else []


def _harmless(tag: re.Match[str]) -> str:
    """A paper that holds our own tags could end its block and speak as the pipeline."""
    return tag[0].replace("<", "‹").replace(">", "›")


def _tagged(text: str, field: str) -> str | None:
    """The last text in a field's tags; one that is never closed ends at the next tag."""
    starts = list(re.finditer(rf"<{field}\s*>", text, re.IGNORECASE))
    if not starts:
        return None
    rest = text[starts[-1].end() :]
    end = _TAGS.search(rest)
    return _tidy(rest[: end.start()] if end else rest)


def _tidy(text: str) -> str:
    """One paragraph, without the fence some models put round an answer."""
    text = re.sub(r"^```\w*\n(.*?)\n?```$", r"\1", text.strip(), flags=re.DOTALL)
    text = re.sub(r"(?<=[。！？；：，])\s*\n\s*", "", text)
    return re.sub(r"\s*\n\s*", " ", text).strip()
