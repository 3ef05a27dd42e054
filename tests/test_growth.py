"""No step of taking in or of answering takes more than linear time, whatever the text: work is compared, not time."""

from __future__ import annotations

import pytest
from growth import DAY, QUESTION, STEPS, growth_of, kinds, seconds_of, text_of
from hypothesis import given, settings
from hypothesis import strategies as st

from index.records import Document
from qa.guard.sanitize import neutral
from qa.question.decompose import split_parts
from qa.question.read import MAX_CHARACTERS, read_question
from qa.question.rewrite import stand_alone
from qa.records import Question, Turn

SHORT, LONG = 4_000, 16_000
QUICK_S = 0.25
"""Below this the clock is too coarse, and sentences and windows have not reached the length at which they are cut."""
RATIO = 9
"""Times as long for a text four times as long, at most: linear is 4 and quadratic is 16."""
KINDS = kinds()


def is_linear(step: str, unit: str) -> bool:
    if seconds_of(STEPS[step], text_of(unit, LONG)) < QUICK_S:
        return True
    # A busy machine disturbs one measurement, hardly three.
    return min(growth_of(step, unit, SHORT, LONG)[1] for _ in range(3)) < RATIO


@pytest.mark.parametrize("step", STEPS)
def test_a_text_four_times_as_long_takes_four_times_as_long(step: str) -> None:
    # Each word in one of its forms, fewer where a step is slow: `python tests/growth.py` tries all.
    chosen = list(KINDS.items())[list(STEPS).index(step) % 4 :: {"answer": 24, "dates": 12}.get(step, 4)]
    assert [name for name, unit in chosen if not is_linear(step, unit)] == []


@settings(max_examples=15)
@given(st.lists(st.sampled_from(list(KINDS.values())), min_size=2, max_size=5), st.sampled_from(list(STEPS)))
def test_so_does_a_text_of_words_mixed_at_random(units: list[str], step: str) -> None:
    assert is_linear(step, "".join(units))


def test_the_longest_question_is_read_as_soon_as_its_length_allows() -> None:
    def read(text: str) -> None:
        asked = stand_alone(Question(text, (Turn(QUESTION, text),)))
        for part in split_parts(asked):
            read_question(part, DAY)

    for unit in list(KINDS.values())[::3]:
        if seconds_of(read, text_of(unit, MAX_CHARACTERS)) > QUICK_S:
            lengths = (MAX_CHARACTERS // 4, MAX_CHARACTERS)
            first, second = (seconds_of(read, text_of(unit, length)) for length in lengths)
            assert second < RATIO * first, unit


@pytest.mark.parametrize(("opening", "closing"), [("<|", "|>"), ("[IN", "ST]"), ("<|<|x|>", "|>"), ("<<SYS", ">>")])
def test_marks_of_a_chat_within_one_another_are_taken_out_at_once(opening: str, closing: str) -> None:
    def nested(length: int) -> str:
        depth = length // len(opening + closing)
        return opening * depth + "[INST]" + closing * depth

    read = neutral(nested(20_000))
    assert neutral(read) == read
    assert not {"<|", "|>", "[INST]"} & set(read.split())
    short, long = (seconds_of(neutral, nested(length)) for length in (20_000, 80_000))
    assert long < max(QUICK_S, RATIO * short)


def test_a_line_without_an_end_is_cut_into_pieces_that_together_are_the_line() -> None:
    from index.chunk import MAX_SENTENCE, split_document

    for unit in ("abcdefghij", "พิพิธภัณฑ์เปิด", "博物馆于星期五开幕", '{"id":1,"t":"a b"},', "word "):
        text = text_of(unit, 20_000).strip()
        document = Document("a" * 16, "/a", "T", None, None, None, None, text, "a" * 64)
        passages = split_document(document, 120)
        sentences = [span for passage in passages for span in passage.sentences]
        assert all(0 < end - start <= MAX_SENTENCE for start, end in sentences)
        assert "".join(text[a:b] for a, b in sentences).replace(" ", "") == text.replace(" ", "")
        assert all(len(passage.text) <= 2 * MAX_SENTENCE for passage in passages)
