"""Text as numbers: TF-IDF over character and word n-grams, and a multilingual sentence embedding.

The n-grams know the words of the trade, the embedding knows that two sentences mean the same; each
alone is clearly worse on messages that other people wrote.
"""

import hashlib
import json
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
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
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from components.embeddings import EMBEDDER
from components.tokenizer import TOKEN
from components.weights import Matrix


def normalise(text: str) -> str:
    """One form for full-width and half-width characters and for upper and lower case."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def words(text: str) -> list[str]:
    """The tokens of a normalised text, for word n-grams."""
    return TOKEN.findall(text)


def source_fingerprint() -> str:
    """A hash of this package's files: Rasa itself looks at a component's class alone."""
    digest = hashlib.sha256()
    for path in sorted(path for path in Path(__file__).parent.iterdir() if path.is_file()):
        digest.update(path.read_bytes())
    return digest.hexdigest()


class TextFeatures:
    """Sparse n-gram features and a scaled embedding, fitted on texts and saved without pickle."""

    def __init__(self, max_features: int = 40_000, dense_scale: float = 0.1, sparse_scale: float = 1.0) -> None:
        self.dense_scale = dense_scale
        self.sparse_scale = sparse_scale
        self.chars = TfidfVectorizer(
            analyzer="char_wb",
            ngram_range=(1, 4),
            min_df=2,
            sublinear_tf=True,
            max_features=max_features,
            dtype=np.float32,
        )
        self.words = TfidfVectorizer(
            tokenizer=words,
            token_pattern=None,
            lowercase=False,
            ngram_range=(1, 2),
            min_df=2,
            sublinear_tf=True,
            max_features=max_features,
            dtype=np.float32,
        )
        self.mean: Matrix = np.zeros(0, dtype=np.float32)
        self.deviation: Matrix = np.ones(0, dtype=np.float32)

    def fit(self, texts: Sequence[str], meanings: Matrix) -> csr_matrix:
        """Learns the n-grams and the spread of the embedding's dimensions; `meanings` has a row for each text. Gives
        what `sparse` gives for these texts, which are cut into n-grams only once this way."""
        normal = [normalise(text) for text in texts]
        grams = [vectorizer.fit_transform(normal) for _, vectorizer in self._vectorizers()]
        self.mean, self.deviation = meanings.mean(axis=0), meanings.std(axis=0) + 1e-6
        return hstack(grams, format="csr") * self.sparse_scale

    def sparse(self, texts: Sequence[str]) -> csr_matrix:
        """TF-IDF rows."""
        normal = [normalise(text) for text in texts]
        grams = [vectorizer.transform(normal) for _, vectorizer in self._vectorizers()]
        return hstack(grams, format="csr") * self.sparse_scale

    def dense(self, meanings: Matrix) -> Matrix:
        """Standardised embeddings, small enough to stand beside TF-IDF."""
        return np.asarray((meanings - self.mean) / self.deviation * np.float32(self.dense_scale), dtype=np.float32)

    def save(self, folder: Path) -> None:
        """Writes vocabularies as JSON and numbers as plain arrays."""
        vocabularies = {name: _terms(vectorizer) for name, vectorizer in self._vectorizers()}
        (folder / "vocabularies.json").write_text(json.dumps(vocabularies, ensure_ascii=False), encoding="utf-8")
        np.savez(
            folder / "features.npz",
            mean=self.mean,
            deviation=self.deviation,
            scales=np.array([self.dense_scale, self.sparse_scale]),
            chars=self.chars.idf_,
            words=self.words.idf_,
        )

    @classmethod
    def load(cls, folder: Path) -> "TextFeatures":
        """Reads what `save` wrote."""
        vocabularies = json.loads((folder / "vocabularies.json").read_text(encoding="utf-8"))
        with np.load(folder / "features.npz", allow_pickle=False) as numbers:
            features = cls(dense_scale=float(numbers["scales"][0]), sparse_scale=float(numbers["scales"][1]))
            features.mean, features.deviation = numbers["mean"], numbers["deviation"]
            for name, vectorizer in features._vectorizers():
                vectorizer.vocabulary = {term: i for i, term in enumerate(vocabularies[name])}
                vectorizer.idf_ = numbers[name]
        return features

    def _vectorizers(self) -> tuple[tuple[str, TfidfVectorizer], ...]:
        return ("chars", self.chars), ("words", self.words)


def _terms(vectorizer: TfidfVectorizer) -> list[str]:
    return sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.__getitem__)


def side_by_side(*columns: csr_matrix | Matrix) -> csr_matrix:
    """Columns of several kinds as one matrix."""
    return hstack([csr_matrix(each) for each in columns], format="csr")


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
        EMBEDDER.learn([message.get(TEXT) for message in training_data.training_examples])
        texts = [message.get(TEXT) for message in training_data.intent_examples]
        _LEARNT[self._resource.name] = self._features.fit(texts, EMBEDDER.sentences(texts, training=True))
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
