"""What the classifiers have in common: they need features, and learn anew when any file of this package changes."""

import hashlib
from pathlib import Path
from typing import Any, TypeVar

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.featurizer import Featurizer

C = TypeVar("C", bound="Classifier")


def source_fingerprint() -> str:
    """A hash of this package's files: Rasa itself looks at a component's class alone."""
    digest = hashlib.sha256()
    for path in sorted(path for path in Path(__file__).parent.iterdir() if path.is_file()):
        digest.update(path.read_bytes())
    return digest.hexdigest()


class Classifier(GraphComponent):
    """A component that learns from features. A class adds what it has learnt, with defaults for "nothing yet"."""

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource

    @classmethod
    def required_components(cls) -> list[type[GraphComponent]]:
        """The features of the message. Rasa has no word for needing the intent: see the order in config.yml."""
        return [Featurizer]

    @staticmethod
    def fingerprint_addon(config: dict[str, Any]) -> str | None:
        """Makes a change in this package's functions a reason to train again."""
        return source_fingerprint()

    @classmethod
    def create(
        cls: type[C],
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> C:
        """An untrained classifier."""
        return cls(config, model_storage, resource)
