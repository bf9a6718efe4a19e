"""What the classifiers are given to learn from is what they are given later."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest
from components.embeddings import Embedder
from components.features import TextFeatures
from components.featurizer import SentenceFeaturizer
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

TEXTS = ["met Li Wei of Acme", "王总预算批下来了", "met a buyer of Acme", "预算批了, met 王总"]


def test_learning_gives_the_rows_that_are_given_later() -> None:
    meanings = np.random.default_rng(1).normal(size=(4, 8)).astype(np.float32)
    features = TextFeatures(dense_scale=0.5, sparse_scale=2.0)
    learnt = features.fit(TEXTS)
    features.fit_meanings(meanings)
    np.testing.assert_allclose(learnt.toarray(), features.sparse(TEXTS).toarray(), rtol=1e-6)
    assert learnt.shape[1] > 8


def test_a_featurizer_that_was_not_trained_just_now_gives_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`rasa train` takes it from its cache where only a later component has changed."""
    embedder = Embedder()
    monkeypatch.setattr(embedder, "learn", partial(embedder.learn, cache=tmp_path / "encoded.npz"))
    monkeypatch.setattr("components.featurizer.EMBEDDER", embedder)
    config = SentenceFeaturizer.get_default_config()
    parts = (
        LocalModelStorage(tmp_path),
        Resource("featurizer"),
        ExecutionContext(GraphSchema({}), node_name="features"),
    )
    SentenceFeaturizer.create(config, *parts).train(_examples())
    rows = []
    for _ in range(2):
        examples = _examples()
        SentenceFeaturizer.load(config, *parts).process_training_data(examples)
        rows.append([message.get_sparse_features(TEXT)[1].features.toarray() for message in examples.intent_examples])
    np.testing.assert_allclose(rows[0], rows[1], rtol=1e-6)


def _examples() -> TrainingData:
    return TrainingData([Message({TEXT: text, INTENT: "log_contact"}) for text in TEXTS])
