"""Rasa's CRF entity model with two more things to know: the message's intent and a lexicon.

It is saved as trained: the stock one stores its data and trains anew at each start.
"""

from collections import OrderedDict
from pathlib import Path
from typing import Any

import pycrfsuite
import sklearn_crfsuite
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.extractors.crf_entity_extractor import CRFEntityExtractor, CRFToken
from rasa.shared.nlu.constants import ENTITIES, ENTITY_ATTRIBUTE_TYPE, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.features import source_fingerprint
from components.lexicon import Lexicon

MODEL = "entities.crfsuite"
LEXICON = "lexicon.json"


def tags_of(message: Message) -> list[str | None]:
    """For each token of a training example the kind of name it belongs to."""
    spans = message.get(ENTITIES) or []
    return [
        next((span["entity"] for span in spans if span["start"] <= token.start and token.end <= span["end"]), None)
        for token in message.get(TOKENS_NAMES[TEXT])
    ]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class EntityExtractor(CRFEntityExtractor):
    """The stock extractor for plain entities (no roles, no groups), ready as soon as its files are read."""

    lexicon: Lexicon
    learning = False

    @staticmethod
    def fingerprint_addon(config: dict[str, Any]) -> str | None:
        """Makes a change in this package's functions a reason to train again."""
        return source_fingerprint()

    def train(self, training_data: TrainingData) -> Resource:
        """Counts the words, then trains the CRF; clauses are not marked, so nothing is learnt from them."""
        self.lexicon = Lexicon()
        for message in training_data.intent_examples:
            self.lexicon.add([token.text for token in message.get(TOKENS_NAMES[TEXT])], tags_of(message))
        self.learning = True
        resource: Resource = super().train(training_data)
        self.learning = False
        return resource

    def _convert_to_crf_tokens(self, message: Message) -> list[CRFToken]:
        """The stock tokens, with the intent and what the lexicon says among their patterns."""
        tokens: list[CRFToken] = super()._convert_to_crf_tokens(message)
        # Training examples carry the intent's name, incoming messages what the classifier said of it.
        intent = message.get(INTENT) if self.learning else (message.get(INTENT) or {}).get("name")
        found = self.lexicon.hints([token.text for token in tokens], tags_of(message) if self.learning else None)
        for token, hint in zip(tokens, found):
            kind = "".join(str(token.pattern.get(name, "")) for name in ("script", "common", "class"))
            asked = {"intent": intent, "asked": f"{intent} {token.text.lower()}", "asked-kind": f"{intent} {kind}"}
            token.pattern = {**token.pattern, **hint, **asked}
        return tokens

    def persist(self, dataset: list[list[CRFToken]]) -> None:
        """Keeps the lexicon and the file that CRFsuite wrote."""
        trained = Path(self.entity_taggers[ENTITY_ATTRIBUTE_TYPE].modelfile.name)
        with self._model_storage.write_to(self._resource) as folder:
            (folder / MODEL).write_bytes(trained.read_bytes())
            self.lexicon.save(folder / LEXICON)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "EntityExtractor":
        """Reads those files into memory: the folder of the unpacked model is gone when messages come."""
        with model_storage.read_from(resource) as folder:
            trained = (folder / MODEL).read_bytes()
            lexicon = Lexicon.load(folder / LEXICON)
        crf = sklearn_crfsuite.CRF()
        crf._tagger = pycrfsuite.Tagger()
        crf._tagger.open_inmemory(trained)
        extractor = cls(config, model_storage, resource, OrderedDict({ENTITY_ATTRIBUTE_TYPE: crf}))
        extractor.lexicon = lexicon
        # CRFsuite neither copies nor holds these bytes, and reads them at each message.
        extractor._trained = trained
        return extractor
