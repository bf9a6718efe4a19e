"""A logistic regression that is saved as plain arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import log_softmax, softmax
from sklearn.utils.class_weight import compute_sample_weight

from components.weights import Matrix

Numbers = npt.NDArray[np.float64]
F = TypeVar("F", np.float32, np.float64)

TOLERANCE = 1e-2
"""The greatest slope of the whole loss at which learning may stop; most often it stops after the rounds allowed."""


@dataclass(frozen=True)
class _Task:
    """What a regression minimises. scikit-learn's does the same, but takes all columns as sparse or all as dense; with
    n-grams and an encoder's vector side by side, either takes several times as long."""

    sparse: csr_matrix
    dense: Matrix
    """The columns that more than half of the rows have."""
    columns: npt.NDArray[np.int64]
    """Where the columns, sparse ones first, stand in the rows; those that no row has are left out."""
    width: int
    """How many columns the rows have."""
    truth: Matrix
    """For each row and class its weight if that is the answer, else 0."""
    weight: Matrix
    """For each row its weight: rare answers count as much as frequent ones."""
    penalty: float

    @classmethod
    def of(cls, rows: csr_matrix, answers: Sequence[int], classes: int, c: float) -> "_Task":
        counts = rows.getnnz(axis=0)
        mostly = counts > rows.shape[0] / 2
        rarely = (counts > 0) & ~mostly
        columns = np.concatenate([np.flatnonzero(rarely), np.flatnonzero(mostly)])
        weight = compute_sample_weight("balanced", answers)[:, None].astype(np.float32)
        truth = np.eye(classes, dtype=np.float32)[answers] * weight
        single = rows.astype(np.float32, copy=False)
        # Of two classes each has half of the weights that a single row of them would have.
        penalty = (2 if classes == 2 else 1) / c
        return cls(single[:, rarely], single[:, mostly].toarray(), columns, rows.shape[1], truth, weight, penalty)

    def loss(self, flat: Numbers) -> tuple[float, Numbers]:
        """The loss, and its slope. The products are in single precision, the sums in double."""
        weights, bias = self._parts(flat.astype(np.float32))
        border = self.sparse.shape[1]
        chances = log_softmax(self.sparse @ weights[:border] + self.dense @ weights[border:] + bias, axis=1)
        wrong = np.exp(chances) * self.weight - self.truth
        slope = np.vstack([self.sparse.T @ wrong, self.dense.T @ wrong]) + self.penalty * weights
        missed = -(self.truth * chances).sum(dtype=np.float64)
        size = self.penalty / 2 * (weights * weights).sum(dtype=np.float64)
        return float(missed + size), np.concatenate([slope.ravel(), wrong.sum(axis=0)]).astype(np.float64)

    def to_flat(self, weights: Numbers, bias: Numbers) -> Numbers:
        """Weights by class and column as `loss` takes them."""
        return np.concatenate([weights[:, self.columns].T.ravel(), bias])

    def from_flat(self, flat: Numbers) -> tuple[Numbers, Numbers]:
        """The reverse of `to_flat`; a column that no row has gets the weight 0."""
        own, bias = self._parts(flat)
        weights = np.zeros((len(bias), self.width))
        weights[:, self.columns] = own.T
        return weights, bias

    def _parts(self, flat: npt.NDArray[F]) -> tuple[npt.NDArray[F], npt.NDArray[F]]:
        classes = self.truth.shape[1]
        weights, bias = np.split(flat, [classes * len(self.columns)])
        return weights.reshape(len(self.columns), classes), bias


@dataclass(frozen=True)
class LinearModel:
    """Classes with their weights."""

    classes: list[str]
    weights: Numbers
    bias: Numbers

    @classmethod
    def fit(
        cls, rows: csr_matrix, answers: Sequence[str], c: float, rounds: int = 100, start: "LinearModel | None" = None
    ) -> "LinearModel":
        """Learns to tell the answers apart, rare ones counting as much as frequent ones, from the weights of `start` if
        it knows the same answers; a single answer makes a model that always gives it.

        `c` is the inverse strength of regularisation, `rounds` the most steps: to have made them is no error. Raises
        ValueError where there are no answers or a feature is no number.
        """
        if not answers or not np.isfinite(rows.data).all():
            raise ValueError("nothing to learn from, or a feature that is no number")
        classes = sorted(set(answers))
        if len(classes) == 1:
            return cls(classes, np.zeros((1, rows.shape[1])), np.zeros(1))
        task = _Task.of(rows, [classes.index(answer) for answer in answers], len(classes), c)
        begin = np.zeros(len(classes) * (len(task.columns) + 1))
        if start is not None and start.classes == classes:
            begin = task.to_flat(start.weights, start.bias)
        found = minimize(task.loss, begin, jac=True, method="L-BFGS-B", options={"maxiter": rounds, "gtol": TOLERANCE})
        return cls(classes, *task.from_flat(found.x))

    def probabilities(self, rows: csr_matrix) -> Numbers:
        """One row of probabilities for each row of features, in the order of `classes`."""
        return np.asarray(softmax(rows @ self.weights.T + self.bias, axis=1))

    def arrays(self, name: str) -> dict[str, Any]:
        """What to save, under names that start with `name`; weights in half precision, far finer than they are known."""
        weights = self.weights.astype(np.float16)
        return {f"{name}.classes": np.array(self.classes), f"{name}.weights": weights, f"{name}.bias": self.bias}

    @classmethod
    def from_arrays(cls, name: str, data: Any) -> "LinearModel":
        """What `arrays` gave."""
        return cls(data[f"{name}.classes"].tolist(), data[f"{name}.weights"].astype(np.float32), data[f"{name}.bias"])
