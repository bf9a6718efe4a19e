"""A small network that guesses from the meaning of a word in its context what kind of name it belongs to.

The name model (entities.py) knows words by their letters; this one knows them by what they mean where they stand. Its
guesses are hints for the name model, so they must be as good in training as later: two networks learn on half of
the examples each, and an example is judged by the one that has not seen it; a new message by both.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import softmax
from sklearn.decomposition import PCA
from sklearn.neural_network import MLPClassifier

from components.embeddings import progress
from components.encoder import Encoded
from components.weights import Matrix

FOLDS = 2
KEPT = 160
"""Dimensions of a word's vector that are kept (of 384)."""
HIDDEN = 128
ROUNDS = 5
SAMPLE = 5

Span = tuple[int, int]


def word_rows(encoded: Encoded, tokens: Sequence[Span]) -> tuple[Matrix, list[str]]:
    """A vector for each token, the mean of the pieces that it has a part in; and whether it begins (`b`) and ends
    (`e`) them: a Han character may stand within a piece."""
    rows = np.zeros((len(tokens), encoded.words.shape[1]), dtype=np.float32)
    places = []
    # The marks at both ends have no place.
    starts, stops = zip(*encoded.spans[1:-1]) if len(encoded.spans) > 2 else ((), ())
    for i, (start, end) in enumerate(tokens):
        first, after = bisect_right(stops, start), bisect_left(starts, end)
        if first < after:
            pieces = encoded.words[first + 1 : after + 1]
            rows[i] = pieces[0] if len(pieces) == 1 else pieces.mean(axis=0)
        # A piece may hold the space before it.
        begins = first >= after or starts[first] >= start - 1
        ends = first >= after or stops[after - 1] <= end
        places.append(("b" if begins else "-") + ("e" if ends else "-"))
    return rows, places


def _with_neighbours(rows: Matrix) -> Matrix:
    """Each row between the one before and the one after."""
    edge = np.zeros((1, rows.shape[1]), dtype=np.float32)
    padded = np.vstack([edge, rows, edge])
    return np.hstack([padded[:-2], padded[1:-1], padded[2:]])


def _split(rows: Matrix, messages: Sequence[Matrix]) -> list[Matrix]:
    """The rows of all messages as those of each."""
    return np.split(rows, np.cumsum([len(message) for message in messages])[:-1])


@dataclass(frozen=True)
class _Net:
    """One trained network: two layers of weights."""

    first: Matrix
    first_bias: Matrix
    second: Matrix
    second_bias: Matrix

    def chances(self, rows: Matrix) -> Matrix:
        """How likely each kind is, a row for each row."""
        hidden = np.maximum(rows @ self.first + self.first_bias, 0)
        return np.asarray(softmax(hidden @ self.second + self.second_bias, axis=1), dtype=np.float32)


class WordNetwork:
    """The two networks, and the kinds that they tell apart."""

    def __init__(self, kinds: list[str], centre: Matrix, axes: Matrix, nets: list[_Net]) -> None:
        self.kinds = kinds
        self._centre = centre
        self._axes = axes
        self._nets = nets

    @classmethod
    def fit(cls, messages: Sequence[Matrix], kinds: Sequence[Sequence[str]]) -> tuple["WordNetwork", list[Matrix]]:
        """Learns the kind of each word of each message; also gives the guesses for those very messages."""
        names = sorted({kind for each in kinds for kind in each})
        axes = PCA(KEPT, svd_solver="randomized", random_state=0).fit(np.concatenate(messages[::SAMPLE]))
        network = cls(names, axes.mean_.astype(np.float32), axes.components_.T.astype(np.float32), [])
        rows = network._project_all(messages)
        answers = [[names.index(kind) for kind in each] for each in kinds]
        guesses: list[Matrix] = [np.zeros((0, len(names)), dtype=np.float32)] * len(rows)

        def learn(left_out: int) -> _Net:
            used = [i for i in range(len(rows)) if i % FOLDS != left_out and len(rows[i])]
            return _fit(np.concatenate([rows[i] for i in used]), [answer for i in used for answer in answers[i]])

        progress("words", 0, 1)
        # Products of matrices leave Python to others, so that they are computed side by side.
        with ThreadPoolExecutor(FOLDS) as pool:
            network._nets += pool.map(learn, range(FOLDS))
        for left_out, net in enumerate(network._nets):
            others = rows[left_out::FOLDS]
            guesses[left_out::FOLDS] = _split(net.chances(np.concatenate(others)), others)
        return network, guesses

    def chances(self, message: Matrix) -> Matrix:
        """The guesses for each word of a new message."""
        rows = self._project(message)
        return np.asarray(np.mean([net.chances(rows) for net in self._nets], axis=0))

    def _project(self, message: Matrix) -> Matrix:
        return _with_neighbours((message - self._centre) @ self._axes)

    def _project_all(self, messages: Sequence[Matrix]) -> list[Matrix]:
        projected = (np.concatenate(messages) - self._centre) @ self._axes
        return [_with_neighbours(message) for message in _split(projected, messages)]

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """What to save."""
        numbers = {f"{i}.{name}": values for i, net in enumerate(self._nets) for name, values in vars(net).items()}
        return {"kinds": np.array(self.kinds), "centre": self._centre, "axes": self._axes, **numbers}

    @classmethod
    def from_arrays(cls, data: Any) -> "WordNetwork":
        """What `arrays` gave."""
        fields = ("first", "first_bias", "second", "second_bias")
        nets = [_Net(**{name: data[f"{i}.{name}"] for name in fields}) for i in range(FOLDS)]
        return cls(data["kinds"].tolist(), data["centre"], data["axes"], nets)


def _fit(rows: Matrix, answers: list[int]) -> _Net:
    model = MLPClassifier(
        (HIDDEN,), alpha=1e-3, batch_size=512, max_iter=ROUNDS, learning_rate_init=2e-3, random_state=1
    )
    model.fit(rows, answers)
    (first, second), (first_bias, second_bias) = model.coefs_, model.intercepts_
    return _Net(*(each.astype(np.float32) for each in (first, first_bias, second, second_bias)))


def guess_hints(kinds: Sequence[str], chances: Matrix, places: Sequence[str]) -> list[dict[str, Any]]:
    """The guesses as hints for the name model: the likeliest kinds with their chances."""
    hints = []
    for row, best, place in zip(chances, np.argsort(-chances, axis=1)[:, :3].tolist(), places):
        hint: dict[str, Any] = {f"guess-{kinds[i]}": float(row[i]) for i in best if row[i] > 0.03}
        second = kinds[best[1]] if row[best[1]] > 0.1 else ""
        hints.append({**hint, "guess": kinds[best[0]], "guesses": f"{kinds[best[0]]} {second}", "piece": place})
    return hints
