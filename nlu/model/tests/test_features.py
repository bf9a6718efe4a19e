"""What the classifiers are given to learn from is what they are given later."""

import numpy as np
from components.features import TextFeatures

TEXTS = ["met Li Wei of Acme", "王总预算批下来了", "met a buyer of Acme", "预算批了, met 王总"]


def test_learning_gives_the_rows_that_are_given_later() -> None:
    meanings = np.random.default_rng(1).normal(size=(4, 8)).astype(np.float32)
    features = TextFeatures(dense_scale=0.5, sparse_scale=2.0)
    learnt = features.fit(TEXTS, meanings)
    np.testing.assert_allclose(learnt.toarray(), features.sparse(TEXTS).toarray(), rtol=1e-6)
    assert learnt.shape[1] > 8
