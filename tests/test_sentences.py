"""Where sentences end."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.sentences import split_chinese, split_english
from pipeline.text.spans import find_spans


@pytest.mark.parametrize(
    "sentences",
    [
        "We ask. ‖ We answer! ‖ Do we? ‖ Yes.",
        "Models, e.g. small ones, i.e. ours vs. theirs (cf. Fig. 3 and Eq. (2)), win.",
        "Proposed by J. K. Smith et al. (2020) and Dr. Jones. ‖ It holds.",
        "Work of Smith et al. ‖ The rest follows.",
        "Data from the U.S. Senate. ‖ Data from the U.S. ‖ We use it.",
        "It gains 3.5 points with v1.5. ‖ 137 papers follow.",
        "It drops to 0.245. ‖ Critically, it falls from 86.3 to 82.2. ‖ An error remains.",
        "See Fig. 1. ‖ iPhone users agree. ‖ vLLM is fast. ‖ mamabench is a set. ‖ k-means too.",
        "Two findings stand out. ‖ (i) Size matters. ‖ (ii) Time too.",
        "We add: 1. speed, 2. size. ‖ Then we stop.",
        "It works (see the appendix. It is long.). ‖ So it is.",
        "They say ``it is so.'' ‖ We say “it is not.” ‖ Both differ.",
        "Let $x. Y$ be. ‖ $y$ is. ‖ ⟦1⟧ is not. ‖ See https://a.org/b?c. ‖ Done.",
        "A ⟦ 1 ⟧ (approx. 50% off, 0.7 vs. 0.5) stays. ‖ We end",
        "Some wait... and go on. ‖ Yahoo! has users.",
        "The general non-i.i.d. case is hard.",
        "All use Node.js. ‖ We use vitamin C. ‖ The end.",
    ],
)
def test_english_sentences_end_where_a_reader_says(sentences):
    """Abbreviations, initials, decimals, brackets and formulas end none; digits, marks and lower-case names may begin one."""
    expected = sentences.split(" ‖ ")
    assert split_english(" ".join(expected)) == expected


def test_a_missing_space_does_not_hide_the_end_of_a_sentence():
    """Abstracts pasted from a PDF lack it; a file name or a version keeps its full stop."""
    assert split_english("We use extraction (RE).Although Node.js and Model.Fit exist, it ends.The rest") == [
        "We use extraction (RE).",
        "Although Node.js and Model.Fit exist, it ends.",
        "The rest",
    ]


@pytest.mark.parametrize(
    "sentences",
    [
        "我们提出方法。‖效果很好！‖为什么？‖因为如此",
        "第一；第二；第三。‖完",
        "他说：“可以。”‖我们同意（见附录。）‖结束。",
        "《语言会思考吗？》提出了“为什么？”这个问题。‖完。",
        "准确率为 95.3，v1.5 版更高。‖见 https://a.org/b?c=d。‖完。",
        "我们使用 GPT-4.‖其次，e.g. 这个 (Fig. 1) 很好。",
        "（一。二。）‖设 $n! m$ 为⟦1⟧。",
        "等等……还有。",
    ],
)
def test_chinese_sentences_end_at_their_full_stops(sentences):
    """Closing quotes and brackets stay with their sentence, ；and a quoted question end none, an English full stop may."""
    expected = sentences.split("‖")
    assert split_chinese("".join(expected)) == expected


texts = st.one_of(
    st.text(),
    st.lists(
        st.sampled_from(
            [". ", "。", "？", "”", "(", ")", "$x. Y$", "⟦1⟧", "We", "e.g. ", " ", "3.5", "J. ", "中", "\n", "!"]
        )
    ).map("".join),
)


@given(texts, st.sampled_from([split_english, split_chinese]))
def test_nothing_is_lost_and_no_span_is_split(text, split):
    """The sentences hold all of the text but for white space between them, and each formula whole."""
    sentences = split(text)
    assert "".join("".join(sentences).split()) == "".join(text.split())
    assert all(sentence == sentence.strip() != "" for sentence in sentences)
    assert all(any(span.text.strip() in sentence for sentence in sentences) for span in find_spans(text))


@pytest.mark.parametrize("split", [split_english, split_chinese])
@pytest.mark.parametrize(
    "unit", ["!", "?", ".", "...", "! ", "$", "(.", ".)", "`", '."', "e.g. ", "。", "。”", "（。", "\\("]
)
def test_no_text_takes_long(split, unit):
    """What a model repeats over and over is split in time that grows with its length."""
    text = unit * (20_000 // len(unit))
    assert min(cpu_seconds(split, " " * again + text) for again in range(3)) < 0.2


def cpu_seconds(split, text):
    """Of this process: what else the machine does costs none. The least of a few counts, or a garbage collection would."""
    started = time.process_time()
    split(text)
    return time.process_time() - started
