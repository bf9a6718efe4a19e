"""The regression against scikit-learn's, which minimises the same."""

import numpy as np
import pytest
from components.linear import LinearModel
from scipy.sparse import csr_matrix, hstack, random
from sklearn.linear_model import LogisticRegression

NAMES = ("no", "none", "yes")


def task(classes: int) -> tuple[csr_matrix, list[str]]:
    """Sparse and dense columns, one that no row has, and answers that depend on both kinds; the last one is rare."""
    chance = np.random.default_rng(1)
    sparse = random(400, 60, 0.1, format="csr", random_state=1, dtype=np.float32)
    dense = chance.normal(size=(400, 8)).astype(np.float32)
    rows = hstack([sparse, csr_matrix((400, 1)), csr_matrix(dense)], format="csr")
    scores = (rows @ chance.normal(size=(69, classes))) - np.arange(classes)
    return rows, [NAMES[i] for i in scores.argmax(axis=1)]


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("c", [0.1, 2.0])
def test_it_finds_what_scikit_learn_finds(c: float, classes: int) -> None:
    rows, answers = task(classes)
    usual = LogisticRegression(C=c, class_weight="balanced", max_iter=2000, tol=1e-6).fit(rows, answers)
    own = LinearModel.fit(rows, answers, c, 2000)
    assert own.classes == usual.classes_.tolist()
    np.testing.assert_allclose(own.probabilities(rows), usual.predict_proba(rows), atol=2e-3)
    assert not own.weights[:, 60].any()


@pytest.mark.parametrize("columns", [slice(0, 61), slice(61, 69), slice(60, 61)], ids=["sparse", "dense", "empty"])
def test_columns_of_one_kind_are_enough(columns: slice) -> None:
    rows, answers = task(3)
    part = rows[:, columns]
    usual = LogisticRegression(class_weight="balanced", max_iter=2000, tol=1e-6).fit(part, answers)
    own = LinearModel.fit(part, answers, 1.0, 2000)
    np.testing.assert_allclose(own.probabilities(part), usual.predict_proba(part), atol=2e-3)


def test_what_is_no_number_is_refused() -> None:
    rows, answers = task(3)
    rows.data[0] = np.nan
    with pytest.raises(ValueError, match="no number"):
        LinearModel.fit(rows, answers, 1.0)
    with pytest.raises(ValueError, match="nothing to learn"):
        LinearModel.fit(rows[:0], [], 1.0)


def test_a_single_answer_is_always_given() -> None:
    rows, _ = task(2)
    own = LinearModel.fit(rows, ["none"] * 400, 2.0)
    assert own.probabilities(rows).tolist() == [[1.0]] * 400


def test_it_goes_on_from_where_another_one_stopped() -> None:
    """One round from good weights is nearer to the end than one from none."""
    rows, answers = task(3)
    end = LinearModel.fit(rows, answers, 2.0, 500)
    fresh, warm = LinearModel.fit(rows, answers, 2.0, 1), LinearModel.fit(rows, answers, 2.0, 1, end)
    assert np.abs(warm.weights - end.weights).max() < np.abs(fresh.weights - end.weights).max() / 10
