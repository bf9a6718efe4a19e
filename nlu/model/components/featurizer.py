"""Puts the text features of a message on it (features.py), as the classifiers take them."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix

from components.classifier import source_fingerprint
from components.embeddings import EMBEDDER
from components.features import TextFeatures, side_by_side
from components.weights import Matrix


def sentence_features(messages: Sequence[Message]) -> csr_matrix:
    """A row for each message: what SentenceFeaturizer left on it, which must have been on all of them."""
    sparse = [message.get_sparse_features(TEXT)[1].features for message in messages]
    dense = np.vstack([message.get_dense_features(TEXT)[1].features for message in messages])
    return side_by_side(_stacked(sparse), dense)


def _rows(matrix: csr_matrix) -> Iterator[csr_matrix]:
    """Each row for itself. SciPy's own way takes ten times as long."""
    for start, end in pairwise(matrix.indptr):
        row = matrix.data[start:end], matrix.indices[start:end], np.array([0, end - start], dtype=np.int32)
        yield csr_matrix(row, shape=(1, matrix.shape[1]))


def _stacked(rows: Sequence[csr_matrix]) -> csr_matrix:
    """What `_rows` has taken apart."""
    ends = np.cumsum([0, *(row.nnz for row in rows)])
    data, indices = np.concatenate([row.data for row in rows]), np.concatenate([row.indices for row in rows])
    return csr_matrix((data, indices, ends), shape=(len(rows), rows[0].shape[1]))


_LEARNT: dict[str, csr_matrix] = {}
"""What `train` has made of the messages, by the name of its resource: Rasa puts it on them with another instance."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SentenceFeaturizer(DenseFeaturizer, GraphComponent):
    """Puts the text features of the whole message on it, for the classifiers."""

    @classmethod
    def required_components(cls) -> list[type[GraphComponent]]:
        """Features need tokens, as Rasa sees it."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """How many n-grams, and the weights of both kinds of features."""
        return {
            **DenseFeaturizer.get_default_config(),
            "max_features": 40_000,
            "dense_scale": 0.1,
            "sparse_scale": 1.0,
        }

    def __init__(
        self,
        config: dict[str, Any],
        name: str,
        storage: ModelStorage,
        resource: Resource,
        features: TextFeatures | None = None,
    ) -> None:
        super().__init__(name, config)
        self._storage = storage
        self._resource = resource
        self._features = features or TextFeatures(config["max_features"], config["dense_scale"], config["sparse_scale"])

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "SentenceFeaturizer":
        """An untrained featurizer."""
        return cls(config, execution_context.node_name, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "SentenceFeaturizer":
        """The trained featurizer."""
        with model_storage.read_from(resource) as folder:
            features = TextFeatures.load(folder)
        return cls(config, execution_context.node_name, model_storage, resource, features)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Every value of the options is meaningful."""

    @staticmethod
    def fingerprint_addon(config: dict[str, Any]) -> str | None:
        """Makes a change in this package's functions a reason to train again."""
        return source_fingerprint()

    def train(self, training_data: TrainingData) -> Resource:
        """Fits the features on the messages. Reads the clauses as well: others ask for them later, at the same time."""
        texts = [message.get(TEXT) for message in training_data.intent_examples]
        # Before the encoder is waited for, which reads in a thread of its own (train.py).
        _LEARNT[self._resource.name] = self._features.fit(texts)
        EMBEDDER.learn([message.get(TEXT) for message in training_data.training_examples])
        self._features.fit_meanings(EMBEDDER.sentences(texts, training=True))
        with self._storage.write_to(self._resource) as folder:
            self._features.save(folder)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Adds features to the messages; clauses (they have no intent) are the fact classifier's own."""
        messages = training_data.intent_examples
        texts = [message.get(TEXT) for message in messages]
        EMBEDDER.learn(texts)
        learnt = _LEARNT.pop(self._resource.name, None)
        # `rasa train` may take a featurizer from its cache, which has left nothing.
        sparse = self._features.sparse(texts) if learnt is None else learnt
        self._add(messages, sparse, EMBEDDER.sentences(texts, training=True))
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds features to incoming messages."""
        told = [message for message in messages if message.get(TEXT) is not None]
        texts = [message.get(TEXT) for message in told]
        if texts:
            self._add(told, self._features.sparse(texts), EMBEDDER.sentences(texts))
        return messages

    def _add(self, messages: list[Message], sparse: csr_matrix, meanings: Matrix) -> None:
        for message, own, meaning in zip(messages, _rows(sparse), self._features.dense(meanings)):
            for row in (own, meaning[None]):
                message.add_features(Features(row, FEATURE_TYPE_SENTENCE, TEXT, self._identifier))
