"""What a message says of a customer's money, authority and need.

A message says several things, so each clause is judged for itself, knowing the message's intent, and the
surest one that says something speaks for the message. "Has budget" is a statement when it is logged and
a condition when customers are searched for: in both cases it is money, in a reminder it is nothing.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix

from components.classifier import Classifier
from components.clauses import clauses, is_bare_answer
from components.embeddings import EMBEDDER, progress
from components.features import TextFeatures, side_by_side
from components.labels import NONE, Chances, intent_chances, metadata
from components.linear import LinearModel

FACTS = ("money", "authority", "need")
CLAUSE_LABELS = "clause_labels"
STATING = "log_contact"
"""The intent that a clause without a message counts for."""
INTENT_SCALE = 2.0
"""The weight of the message's intent beside the clause's words, which are of length 2."""
RARE = 3
ROUGH, FINE = 30, 100
"""Rounds of learning: enough to choose the speaking clauses, and to know them."""


@dataclass(frozen=True)
class Said:
    """A message, with its intent and what the whole says of each fact."""

    text: str
    intent: str
    labels: dict[str, str]


def read(training_data: TrainingData) -> list[Said]:
    """Clause examples and messages alike."""
    said = []
    # Not `nlu_examples`: Rasa leaves out of these what has no intent, as clauses have none.
    for message in training_data.training_examples:
        labels = message.get(CLAUSE_LABELS)
        if labels is not None:
            said.append(Said(message.get(TEXT), STATING, labels))
        elif message.get(INTENT):
            facts = {fact: value for fact, value in metadata(message).items() if fact in FACTS}
            said.append(Said(message.get(TEXT), message.get(INTENT), facts))
    return said


def carriers(said: list[Said]) -> list[str]:
    """The intents whose messages say something of a customer, more often than by a slip of the pen."""
    stating = Counter(one.intent for one in said if one.labels)
    return sorted(intent for intent, count in stating.items() if count >= RARE)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class FactClassifier(Classifier):
    """Judges each clause of a message: yes, no or nothing, for each of the three facts."""

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        features: TextFeatures | None = None,
        models: dict[str, LinearModel] | None = None,
        intents: Sequence[str] = (),
    ) -> None:
        super().__init__(config, storage, resource)
        self._features = features or TextFeatures(config["max_features"], sparse_scale=config["sparse_scale"])
        self._models = models or {}
        self._intents = list(intents)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Weights of the features, the inverse strength of regularisation, how sure a clause must be, and how likely it
        must be that the message has an intent that can say something."""
        return {
            "max_features": 40_000,
            "sparse_scale": 2.0,
            "c": 2.0,
            "threshold": 0.4,
            "carrying": 0.3,
        }

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "FactClassifier":
        """The trained classifier."""
        with model_storage.read_from(resource) as folder:
            features = TextFeatures.load(folder)
            with np.load(folder / "facts.npz", allow_pickle=False) as data:
                models = {fact: LinearModel.from_arrays(fact, data) for fact in FACTS}
                intents = data["intents"].tolist()
        return cls(config, model_storage, resource, features, models, intents)

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from clauses and from messages of the intents that can say something."""
        said = read(training_data)
        self._intents = carriers(said)
        said = [one for one in said if one.intent in self._intents]
        texts = [one.text for one in said]
        parts = [clauses(text) for text in texts]
        owners = [i for i, own in enumerate(parts) for _ in own]
        flat = [clause for own in parts for clause in own]
        EMBEDDER.learn(texts)
        meanings = EMBEDDER.parts(texts, training=True)
        certain = np.eye(len(self._intents), dtype=np.float32)
        intents = [certain[self._intents.index(said[owner].intent)] for owner in owners]
        ngrams = self._features.fit(flat)
        self._features.fit_meanings(meanings)
        rows = side_by_side(ngrams, self._features.dense(meanings), _weighed(intents))
        progress("facts", 0, 1)
        self._models = {fact: self._learn(fact, said, owners, rows) for fact in FACTS}
        self._persist()
        return self._resource

    def _learn(self, fact: str, said: list[Said], owners: list[int], rows: csr_matrix) -> LinearModel:
        """Fits on the clauses that are clear, lets that model choose the speaking clause of the other
        messages, and fits again on all: what was not chosen says nothing."""
        values = [said[owner].labels.get(fact, NONE) for owner in owners]
        alone = Counter(owners)
        clear = [i for i, owner in enumerate(owners) if values[i] == NONE or alone[owner] == 1]
        first = LinearModel.fit(rows[clear], [values[i] for i in clear], self._config["c"], ROUGH)
        speaking = {*clear, *self._speaking(fact, said, owners, first, first.probabilities(rows))}
        answers = [value if i in speaking else NONE for i, value in enumerate(values)]
        return LinearModel.fit(rows, answers, self._config["c"], FINE, first)

    @staticmethod
    def _speaking(
        fact: str, said: list[Said], owners: list[int], model: LinearModel, chances: npt.NDArray[np.float64]
    ) -> list[int]:
        """For each message that says something in one of several clauses: the clause that most likely does."""
        best: dict[int, tuple[float, int]] = {}
        for i, owner in enumerate(owners):
            value = said[owner].labels.get(fact)
            if value in model.classes:
                chance = float(chances[i, model.classes.index(value)])
                best[owner] = max(best.get(owner, (0.0, i)), (chance, i))
        return [i for _, i in best.values()]

    def _persist(self) -> None:
        arrays: dict[str, Any] = {"intents": np.array(self._intents)}
        for fact, model in self._models.items():
            arrays.update(model.arrays(fact))
        with self._storage.write_to(self._resource) as folder:
            self._features.save(folder)
            np.savez_compressed(folder / "facts.npz", **arrays)

    def process(self, messages: list[Message]) -> list[Message]:
        """Puts the facts on incoming messages."""
        for message in messages:
            chances = intent_chances(message, self._intents)
            speaks = message.get(TEXT) and chances.sum() >= self._config["carrying"]
            message.set("facts", self._facts(message.get(TEXT), chances) if speaks else {}, add_to_output=True)
        return messages

    def _facts(self, text: str, intents: Chances) -> dict[str, dict[str, Any]]:
        parts = clauses(text)
        meanings = self._features.dense(EMBEDDER.parts([text]))
        rows = side_by_side(self._features.sparse(parts), meanings, _weighed([intents] * len(parts)))
        bare = [is_bare_answer(clause) for clause in parts]
        found: dict[str, dict[str, Any]] = {}
        for fact, model in self._models.items():
            for clause, says_nothing, chances in zip(parts, bare, model.probabilities(rows)):
                value, chance = _surest(model.classes, chances)
                if says_nothing:
                    continue
                if chance >= self._config["threshold"] and chance > found.get(fact, {}).get("confidence", 0.0):
                    found[fact] = {"value": value, "confidence": chance, "clause": clause}
        return found


def _weighed(intents: Sequence[Chances]) -> Chances:
    """How likely the messages of clauses have each intent, as features."""
    return np.asarray(intents, dtype=np.float32) * np.float32(INTENT_SCALE)


def _surest(classes: Iterable[str], chances: npt.NDArray[np.float64]) -> tuple[str, float]:
    """The likelier one of the answers that say something."""
    return max(
        ((v, float(p)) for v, p in zip(classes, chances) if v != NONE), key=lambda pair: pair[1], default=("", 0.0)
    )
