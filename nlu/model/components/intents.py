"""What a message is about: a logistic regression over the sentence features."""

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.classifier import Classifier
from components.embeddings import progress
from components.featurizer import sentence_features
from components.linear import LinearModel


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentRegression(Classifier):
    """Does what Rasa's logistic regression does; that takes each message's features apart and learns for thrice as long."""

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, model: LinearModel | None = None
    ) -> None:
        super().__init__(config, storage, resource)
        self._model = model

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The inverse strength of regularisation, the most rounds of learning, and how many intents are told."""
        return {"c": 1.0, "rounds": 40, "ranking_length": 10}

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "IntentRegression":
        """The trained classifier."""
        with model_storage.read_from(resource) as folder, np.load(folder / "intents.npz", allow_pickle=False) as data:
            model = LinearModel.from_arrays("intents", data)
        return cls(config, model_storage, resource, model)

    def train(self, training_data: TrainingData) -> Resource:
        """Learns the intents of all messages."""
        progress("intents", 0, 1)
        messages = training_data.intent_examples
        intents = [message.get(INTENT) for message in messages]
        model = LinearModel.fit(sentence_features(messages), intents, self._config["c"], self._config["rounds"])
        with self._storage.write_to(self._resource) as folder:
            np.savez_compressed(folder / "intents.npz", **model.arrays("intents"))
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Puts the likeliest intent, and the next ones, on incoming messages."""
        assert self._model is not None
        for message in messages:
            (chances,) = self._model.probabilities(sentence_features([message]))
            best = np.argsort(-chances)[: self._config["ranking_length"]]
            ranking = [{"name": self._model.classes[i], "confidence": float(chances[i])} for i in best]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages
