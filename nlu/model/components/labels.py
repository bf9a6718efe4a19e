"""Labels of the whole message that belong to its intent: objection, role, style, stage, action."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, METADATA
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix

from components.classifier import Classifier
from components.embeddings import progress
from components.features import side_by_side
from components.featurizer import sentence_features
from components.linear import LinearModel

NONE = "none"

CARRIERS: dict[str, tuple[str, ...]] = {
    "objection": ("report_objection", "find_customers"),
    "action": ("finish_reminder",),
    "style": ("describe_person", "ask_pitch", "find_customers"),
    "role": ("describe_person", "ask_pitch", "find_customers"),
    "stage": ("update_deal", "query_pipeline", "find_customers", "export"),
    "topic": ("show_customer", "show_pyramid", "qualify", "ask_advice", "query_pipeline", "report_objection"),
}
INTENT_SCALE = 4.0
"""The weight of the message's intent beside its words, which are of length 4."""

Chances = npt.NDArray[np.float32]


def intent_chances(message: Message, intents: Sequence[str]) -> Chances:
    """How likely a message has each intent: of a training example one for sure, of an incoming one as classified."""
    ranking = message.get(INTENT_RANKING_KEY) or [{"name": message.get(INTENT), "confidence": 1.0}]
    chances = {each["name"]: each["confidence"] for each in ranking}
    return np.array([chances.get(intent, 0.0) for intent in intents], dtype=np.float32)


def metadata(message: Message) -> dict[str, str]:
    """The labels of a training example: its block's, overruled by its own."""
    both = message.get(METADATA) or {}
    return {**(both.get("intent") or {}), **(both.get("example") or {})}


def features_of(messages: list[Message], intents: Sequence[str]) -> csr_matrix:
    """The sentence features of the messages, and their intents."""
    known = np.array([intent_chances(message, intents) for message in messages]) * np.float32(INTENT_SCALE)
    return side_by_side(sentence_features(messages), known)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LabelClassifier(Classifier):
    """One classifier for each label; answers only for labels that the message's intent may carry."""

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        models: dict[str, LinearModel] | None = None,
    ) -> None:
        super().__init__(config, storage, resource)
        self._models = models or {}

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The inverse strength of regularisation, and how sure an answer must be."""
        return {"c": 1.0, "threshold": 0.4}

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "LabelClassifier":
        """The trained classifier."""
        with model_storage.read_from(resource) as folder, np.load(folder / "labels.npz", allow_pickle=False) as data:
            models = {name: LinearModel.from_arrays(name, data) for name in data["labels"].tolist()}
        return cls(config, model_storage, resource, models)

    def train(self, training_data: TrainingData) -> Resource:
        """Learns each label on the messages of the intents that carry it."""
        progress("labels", 0, 1)
        for label, intents in CARRIERS.items():
            model = self._learn(label, [each for each in training_data.intent_examples if each.get(INTENT) in intents])
            if model.classes != [NONE]:
                self._models[label] = model
        self._persist()
        return self._resource

    def _learn(self, label: str, examples: list[Message]) -> LinearModel:
        answers = [metadata(message).get(label, NONE) for message in examples]
        return LinearModel.fit(features_of(examples, CARRIERS[label]), answers, self._config["c"])

    def _persist(self) -> None:
        arrays: dict[str, Any] = {"labels": np.array(list(self._models))}
        for label, model in self._models.items():
            arrays.update(model.arrays(label))
        with self._storage.write_to(self._resource) as folder:
            np.savez_compressed(folder / "labels.npz", **arrays)

    def process(self, messages: list[Message]) -> list[Message]:
        """Puts the labels on incoming messages."""
        for message in messages:
            intent = (message.get(INTENT) or {}).get("name")
            labels = {label: self._models[label] for label in self._models if intent in CARRIERS[label]}
            message.set("labels", self._answers(message, labels) if labels else {}, add_to_output=True)
        return messages

    def _answers(self, message: Message, models: dict[str, LinearModel]) -> dict[str, dict[str, Any]]:
        answers: dict[str, dict[str, Any]] = {}
        for label, model in models.items():
            chances = model.probabilities(features_of([message], CARRIERS[label]))[0]
            best = int(chances.argmax())
            sure = NONE not in model.classes or chances[best] >= self._config["threshold"]
            if model.classes[best] != NONE and sure:
                answers[label] = {"value": model.classes[best], "confidence": float(chances[best])}
        return answers
