"""The network that guesses kinds of names."""

import numpy as np
from components.encoder import Encoded
from components.network import FOLDS, WordNetwork, guess_hints, word_rows


def examples() -> tuple[list[np.ndarray], list[list[str]]]:
    """Messages of three words; the middle one is a name, which shows in the first numbers of its row."""
    random = np.random.default_rng(0)
    rows = [random.normal(size=(3, 384)).astype(np.float32) for _ in range(400)]
    for message in rows:
        message[1, :8] += 4
    return rows, [["other", "B-person", "other"]] * len(rows)


def test_it_learns_and_judges_each_example_by_a_net_that_has_not_seen_it() -> None:
    rows, kinds = examples()
    network, guesses = WordNetwork.fit(rows, kinds)
    person = network.kinds.index("B-person")
    assert np.mean([guess.argmax(axis=1)[1] == person for guess in guesses]) > 0.9
    for i in range(FOLDS):
        blind = network._nets[i].chances(network._project(rows[i]))
        np.testing.assert_allclose(guesses[i], blind)


def test_it_says_the_same_when_loaded() -> None:
    rows, kinds = examples()
    network, _ = WordNetwork.fit(rows, kinds)
    np.testing.assert_allclose(WordNetwork.from_arrays(network.arrays()).chances(rows[0]), network.chances(rows[0]))


def test_tokens_take_the_mean_of_their_pieces() -> None:
    """`X200` of two pieces; `公司` as one piece of two tokens; a mark without a piece."""
    words = np.arange(5, dtype=np.float32)[:, None] * np.ones((1, 384), dtype=np.float32)
    read = Encoded(words[0], words[:1], words, [(0, 0), (0, 1), (1, 4), (4, 7), (0, 0)])
    rows, places = word_rows(read, [(0, 4), (5, 6), (6, 7), (8, 9)])
    assert rows[:, 0].tolist() == [1.5, 3.0, 3.0, 0.0]
    assert places == ["be", "b-", "-e", "be"]


def test_guesses_become_hints() -> None:
    (hint,) = guess_hints(["B-person", "other"], np.array([[0.8, 0.2]], dtype=np.float32), ["be"])
    assert hint["guess"] == "B-person"
    assert hint["guesses"] == "B-person other"
    assert hint["guess-B-person"] == np.float32(0.8)
    assert hint["piece"] == "be"
