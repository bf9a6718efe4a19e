"""A logistic regression that is saved as plain arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.special import softmax
from sklearn.linear_model import LogisticRegression

Numbers = npt.NDArray[np.float64]


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
        """Learns to tell the answers apart, from the weights of `start` if it knows the same answers; a single answer
        makes a model that always gives it."""
        classes = sorted(set(answers))
        if len(classes) == 1:
            return cls(classes, np.zeros((1, rows.shape[1])), np.zeros(1))
        model = LogisticRegression(C=c, class_weight="balanced", max_iter=rounds, tol=1e-3, warm_start=True)
        if start is not None and start.classes == classes and len(classes) > 2:
            model.coef_, model.intercept_ = start.weights, start.bias
        # Half the memory of doubles is half the time.
        model.fit(rows.astype(np.float32), answers)
        if len(classes) == 2:
            # A binary model has one row of weights: half of it for either class gives the same softmax.
            coefficients = np.vstack([-model.coef_[0] / 2, model.coef_[0] / 2])
            return cls(classes, coefficients, np.array([-model.intercept_[0] / 2, model.intercept_[0] / 2]))
        return cls(classes, model.coef_, model.intercept_)

    def probabilities(self, rows: csr_matrix) -> Numbers:
        """One row of probabilities for each row of features, in the order of `classes`."""
        return np.asarray(softmax(rows @ self.weights.T + self.bias, axis=1))

    def arrays(self, name: str) -> dict[str, Any]:
        """What to save, under names that start with `name`."""
        weights = self.weights.astype(np.float32)
        return {f"{name}.classes": np.array(self.classes), f"{name}.weights": weights, f"{name}.bias": self.bias}

    @classmethod
    def from_arrays(cls, name: str, data: Any) -> "LinearModel":
        """What `arrays` gave."""
        return cls(data[f"{name}.classes"].tolist(), data[f"{name}.weights"], data[f"{name}.bias"])
