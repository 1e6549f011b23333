"""A case, and what the rules ask about it: the source without the feed's words, its prose, its sentences, what went missing.

Judges nothing itself.
"""

import bisect
import re
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from pipeline.fields import field_named
from pipeline.rules.alignment import ANCHOR, Alignment, Step, align
from pipeline.text.notation import as_text
from pipeline.text.sentences import split_chinese, split_english
from pipeline.text.spans import Span, find_spans, marks_in
from pipeline.text.terms import Term

_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
# What the announcement feed writes around a text, as in https://rss.arxiv.org/atom/cs.CL; the second one ended titles until 2024.
_BEFORE = re.compile(r"[^\S\n]*arXiv:\S+\s+Announce Type:\s*\S+\s+(?:Abstract:\s*)?", re.IGNORECASE)
_AFTER_TITLE = re.compile(
    r"[^\S\n]*\(arXiv:\S+(?:\s+\[[\w.-]+\])?(?:\s+(?:UPDATED|CROSS LISTED))?\)(?=\s*$)", re.MULTILINE
)

_ONE_KIND = {code: " " for code in range(0x3001) if chr(code).isspace() and chr(code) != "\n"} | {
    0xFF10 + digit: str(digit) for digit in range(10)
}
"""Any white space but a new line as a space, full-width digits as narrow ones."""
_ONE_KIND |= {ord("％"): "%", ord("．"): ".", ord("−"): "-", ord("\u2011"): "-"}
_OTHER_KIND = re.compile(f"[{''.join(map(chr, _ONE_KIND))}]".replace(" ", ""))

COMPARABLE = 0.45
"""Share of the source's everyday words that are told from which sentences can be compared word by word (Analysis.told)."""
SHORT = 25
"""Characters; the loss of a shorter sentence is not worth a word."""
ENDS = ".!?。！？…"
CLOSERS = "\"'”’」』）)】]》*_ \n"

# Chinese sentences do not end so; the second row ends them only where the source is known to be cut.
_DANGLING = re.compile(
    r"""(?: [，、；：,;:（(“「《—–-] | \.\.\. | …+
      | 以及|并且|而且|或者|但是|然而|因此|所以|由于|因为|如果|例如|包括|基于|对于|关于|为了|称为|随着|从而|使得
    )[。.]?$""",
    re.VERBOSE,
)
_DANGLING_WHEN_CUT = re.compile(
    r"""(?: (?<![参给])与|(?<![总饱缓调温共综])和|(?<![涉普])及|或|将|把|被|(?<!合)并|而
      | (?<![未不已能])通过|使用|利用|采用|提出|表明|发现|考虑|引入|研究|证明|提供|实现|显著|高度|更|最|非常|一个|一种|该|这|其
    )[。.]$""",
    re.VERBOSE,
)
_END = 12
"""Characters in which an ending is looked for; from the start of a text, it would be looked for at every place."""
_DANGLING_INSIDE = re.compile(
    r"[）)](?:(?<=以及.)|(?<=并且.)|(?<=或者.)|(?<=与.)(?<![参给]..)|(?<=和.)(?<![总饱缓调温共综]..)|(?<=、.))"
)


class PromptText(NamedTuple):
    """What the model was told for a field, to find it again in the answer."""

    instructions: str = ""
    examples: tuple[tuple[str, str], ...] = ()
    """The English of a worked example, and its answer."""


NOTHING = PromptText()


class SentencePair(NamedTuple):
    """One sentence, or two on one side, and what they are in the other language."""

    english: str
    chinese: str


class Side(NamedTuple):
    """A text to compare with one in the other language: what is only notation is plain text, digits and spaces are of one kind."""

    text: str
    spans: tuple[Span, ...]
    """The formulas, addresses and code that are left."""
    prose: str
    """Spans blanked out, every character in its place."""

    @classmethod
    def of(cls, text: str) -> "Side":
        plain = as_text(text)
        if _OTHER_KIND.search(plain):  # mutant: only faster
            plain = plain.translate(_ONE_KIND)
        spans = find_spans(plain)
        return cls(plain, spans, _blank(plain, spans))


@dataclass(frozen=True, slots=True)
class Case:
    """One field of one paper, and all it is judged by."""

    id: str
    field: str
    """Its name in the table of fields."""
    source: str
    """The English it comes from, TeX as arXiv has it: the title, the abstract, or for one-liners title + newline + abstract."""
    text: str | None
    """What would be published, formulas and URLs put back; None: there is no answer."""
    cut: bool = False
    """The provider stopped at its length limit."""
    told: PromptText = NOTHING
    terms: tuple[Term, ...] = ()
    """Glossary rows that occur in the source."""
    part: bool = False
    """One sentence of an abstract, asked on its own."""


class Analysis:
    """Each thing is worked out once, when a rule first asks for it."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.field = field_named(case.field)
        self.text = (case.text or "").strip()

    @property
    def is_one_liner(self) -> bool:
        return self.field.kind == "one_liner"

    @property
    def is_abstract(self) -> bool:
        """A whole one; rules about completeness look at nothing else."""
        return self.field.kind == "abstract" and not self.case.part

    @cached_property
    def source(self) -> str:
        """Without what the feed adds: none of it is to be translated."""
        source = self.case.source
        if "announce type" in source.lower():  # mutant: only faster
            source = _BEFORE.sub("", source)
        if "(arXiv:" in source:  # mutant: only faster
            source = _AFTER_TITLE.sub("", source)
        return source.strip()

    @cached_property
    def source_spans(self) -> tuple[Span, ...]:
        return find_spans(self.source)

    @cached_property
    def text_spans(self) -> tuple[Span, ...]:
        return find_spans(self.text)

    @cached_property
    def source_prose(self) -> str:
        """Spans blanked out, every character in its place."""
        return _blank(self.source, self.source_spans)

    @cached_property
    def text_prose(self) -> str:
        return _blank(self.text, self.text_spans)

    @cached_property
    def plain_source(self) -> Side:
        return Side.of(self.source)

    @cached_property
    def plain_text(self) -> Side:
        return Side.of(self.text)

    @cached_property
    def plain_translated(self) -> Side:
        """Of the source, the sentences that were translated at all."""
        if not self._is_partly_lost:  # mutant: only faster
            return self.plain_source
        starts = self._sentence_starts
        kept = [self.survives(start) for start in starts]
        sentences = zip(kept, self.source_sentences, strict=True)
        return Side.of(" ".join(sentence for stays, sentence in sentences if stays))

    @cached_property
    def source_is_cut(self) -> bool:
        """The source itself stops in the middle of a sentence; a URL or a formula may well end one."""
        rest = self.source.rstrip(CLOSERS)
        ends_in_span = bool(self.source_spans) and self.source_spans[-1].end >= len(rest)
        return bool(rest) and rest[-1] not in ENDS and not ends_in_span

    @cached_property
    def source_sentences(self) -> list[str]:
        return split_english(self.source)

    @cached_property
    def text_sentences(self) -> list[str]:
        return split_chinese(self.text)

    @cached_property
    def alignment(self) -> Alignment:
        return align(self.source_sentences, self.text_sentences, last_is_cut=self.source_is_cut)

    @cached_property
    def pairs(self) -> tuple[SentencePair, ...]:
        """Sentences that render each other beyond doubt, for rules that compare sentence by sentence.

        Of an abstract most are there; a title is one pair, a one-liner has none.
        """
        if self.is_one_liner or self.told < COMPARABLE:
            return ()
        if self.field.kind == "title":
            return (SentencePair(self.source, self.text),)
        return tuple(map(self.pair, self.alignment.confident))

    @cached_property
    def told(self) -> float:
        """Share of the source's everyday words that the text tells. Of 669 whole translations nine in ten tell 0.74 or more,
        none less than 0.41; of what is no translation at all, hardly one tells more."""
        english, told = (frozenset[str]().union(*side) for side in self.alignment.cues)
        return len(told) / len(english) if english else 1.0

    def pair(self, step: Step) -> SentencePair:
        """The sentences of a step of the alignment."""
        return SentencePair(
            " ".join(self.source_sentences[slice(*step.english)]), "".join(self.text_sentences[slice(*step.chinese)])
        )

    def shares_names(self, index: int, step: Step) -> bool:
        """Whether a Chinese sentence has a name or number of the English that it is aligned with."""
        return bool(set(ANCHOR.findall(self.text_sentences[index])) & set(ANCHOR.findall(self.pair(step).english)))

    @cached_property
    def stops_midway(self) -> bool:
        """The text breaks off inside its last sentence; what that sentence lacks is not to be blamed on anything else."""
        text = self.text.rstrip(CLOSERS) or self.text
        source = self.source.rstrip(CLOSERS)
        end = text[-_END:]
        if (_DANGLING.search(end) and not _DANGLING.search(source[-_END:])) or _DANGLING_INSIDE.search(text):
            return True
        if not self.is_abstract or not text:
            return False
        ends_in_span = bool(self.text_spans) and self.text_spans[-1].end >= len(text)
        if ends_in_span and self._is_stump_of_an_address(self.text_spans[-1]):
            return True
        if text[-1] not in ENDS and not ends_in_span:
            return True
        return self.source_is_cut and (bool(_DANGLING_WHEN_CUT.search(end)) or _keeps_the_stump(source, text))

    def _is_stump_of_an_address(self, span: Span) -> bool:
        """The address goes on in the source, and is nowhere whole in the text."""
        longer = [each.text for each in self.source_spans if each.kind == "url" and each.text.startswith(span.text)]
        return bool(longer) and not any(address in self.text for address in longer)

    def is_lost(self, index: int) -> bool:
        """Whether the loss of this source sentence counts: neither a stump that a cut source ends in, nor a mere
        "Background:", nor one whose own numbers all stand in the text: that was joined to a neighbour."""
        stump = self.source_is_cut and index == len(self.source_sentences) - 1
        return not stump and len(self.source_sentences[index]) >= SHORT and not self._is_joined(index)

    def _is_joined(self, index: int) -> bool:
        others = " ".join(self.source_sentences[:index] + self.source_sentences[index + 1 :])
        own = set(_FIGURE.findall(self.source_sentences[index])) - set(_FIGURE.findall(others))
        return bool(own) and own <= set(_FIGURE.findall(self.text))

    def survives(self, place: int) -> bool:
        """Whether the source sentence around this offset was translated at all."""
        if not self._is_partly_lost:
            return True
        index = bisect.bisect_right(self._sentence_starts, place) - 1
        last = max(set(range(len(self.source_sentences))) - self.alignment.missing, default=-1)
        return index not in self.alignment.missing and not (self.stops_midway and index >= last)

    @cached_property
    def _is_partly_lost(self) -> bool:
        return self.is_abstract and bool(self.alignment.missing or self.stops_midway)

    @cached_property
    def _sentence_starts(self) -> list[int]:
        starts, position = [], 0
        for sentence in self.source_sentences:
            position = max(self.source.find(sentence, position), position)
            starts.append(position)
            position += len(sentence)
        return starts


def quoted(text: str, limit: int = 40) -> str:
    """For a detail: short enough to read, on one line."""
    line = " ".join(text.split())
    return f"“{line if len(line) <= limit else line[:limit] + '…'}”"


def _blank(text: str, spans: tuple[Span, ...]) -> str:
    kept, position = [], 0
    for start, end in sorted([*(span[:2] for span in spans), *(mark.span() for mark in marks_in(text))]):
        kept += [text[position:start], " " * (end - start)]
        position = end
    return "".join([*kept, text[position:]])


def _keeps_the_stump(source: str, text: str) -> bool:
    """The letters a cut source ends in, taken over as they are."""
    stump = re.search(r"[A-Za-z]+$", source)
    if not stump or re.search(rf"\b{stump[0]}\b", source[: stump.start()]):
        return False
    if stump[0][0].isupper() and not text.rstrip("。. ").endswith(stump[0]):
        return False  # a name is a whole word, and the sentence goes on behind it
    return bool(re.search(rf"(?<![A-Za-z]){stump[0]}(?![A-Za-z])", text[-12:]))
