"""Text as numbers: TF-IDF over character and word n-grams, and a multilingual sentence embedding.

The n-grams know the words of the trade, the embedding knows that two sentences mean the same; each
alone is clearly worse on messages that other people wrote.
"""

import json
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from components.weights import Matrix
from components.words import TOKEN


def normalise(text: str) -> str:
    """One form for full-width and half-width characters and for upper and lower case."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def words(text: str) -> list[str]:
    """The tokens of a normalised text, for word n-grams."""
    return TOKEN.findall(text)


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

    def fit(self, texts: Sequence[str]) -> csr_matrix:
        """Learns the n-grams. Gives what `sparse` gives for these texts, which are cut into n-grams only once this way."""
        normal = [normalise(text) for text in texts]
        grams = [vectorizer.fit_transform(normal) for _, vectorizer in self._vectorizers()]
        return hstack(grams, format="csr") * self.sparse_scale

    def fit_meanings(self, meanings: Matrix) -> None:
        """Learns the spread of the embedding's dimensions; `meanings` has a row for each text."""
        self.mean, self.deviation = meanings.mean(axis=0), meanings.std(axis=0) + 1e-6

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
