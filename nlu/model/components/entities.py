"""Rasa's CRF entity model with more to know: the message's intent, a lexicon, and what words mean where they stand.

It is saved as trained: the stock one stores its data and trains anew at each start.
"""

from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
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

from components.classifier import source_fingerprint
from components.embeddings import EMBEDDER, progress
from components.lexicon import Lexicon
from components.network import WordNetwork, guess_hints, word_rows

MODEL = "entities.crfsuite"
LEXICON = "lexicon.json"
NETWORK = "network.npz"
OTHER = "other"
Guesses = list[dict[str, Any]]


def spans_of(message: Message) -> list[tuple[int, int]]:
    """Where the tokens stand."""
    return [(token.start, token.end) for token in message.get(TOKENS_NAMES[TEXT])]


def kinds_of(message: Message) -> list[str]:
    """For each token of a training example the kind of name it belongs to, and whether it is the first one in it."""
    tags = tags_of(message)
    firsts = {span["start"] for span in message.get(ENTITIES) or []}
    return [
        OTHER if tag is None else f"{'B' if start in firsts else 'I'}-{tag}"
        for tag, (start, _) in zip(tags, spans_of(message))
    ]


def tags_of(message: Message) -> list[str | None]:
    """For each token of a training example the kind of name it belongs to."""
    spans = message.get(ENTITIES) or []
    return [
        next((span["entity"] for span in spans if span["start"] <= token.start and token.end <= span["end"]), None)
        for token in message.get(TOKENS_NAMES[TEXT])
    ]


def _telling(examples: list[Message]) -> list[Message]:
    """All messages with names, and every second one without any: there are enough of these."""
    nameless = [message for message in examples if not message.get(ENTITIES)]
    left_out = {id(message) for message in nameless[::2]}
    return [message for message in examples if id(message) not in left_out]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class EntityExtractor(CRFEntityExtractor):
    """The stock extractor for plain entities (no roles, no groups), ready as soon as its files are read."""

    lexicon: Lexicon
    network: WordNetwork
    learning: dict[str, Guesses] = {}
    """While training: the guesses for each example, by the network that has not seen it."""

    @staticmethod
    def fingerprint_addon(config: dict[str, Any]) -> str | None:
        """Makes a change in this package's functions a reason to train again."""
        return source_fingerprint()

    def train(self, training_data: TrainingData) -> Resource:
        """Counts the words, trains the network, then the CRF; clauses are not marked: nothing is learnt from them."""
        examples = training_data.intent_examples
        self.lexicon = Lexicon()
        for message in examples:
            self.lexicon.add([token.text for token in message.get(TOKENS_NAMES[TEXT])], tags_of(message))
        EMBEDDER.learn([message.get(TEXT) for message in examples])
        rows, places = zip(*(word_rows(EMBEDDER.learnt(message.get(TEXT)), spans_of(message)) for message in examples))
        self.network, chances = WordNetwork.fit(rows, [kinds_of(message) for message in examples])
        guessed = [guess_hints(self.network.kinds, *each) for each in zip(chances, places)]
        self.learning = {message.get(TEXT): hints for message, hints in zip(examples, guessed)}
        progress("names", 0, 1)
        told = TrainingData()
        # Not given to it at once: it would hash every message, to find doubles.
        told.training_examples = _telling(examples)
        resource: Resource = super().train(told)
        self.learning = {}
        return resource

    @classmethod
    def train_model(
        cls, df_train: list[list[CRFToken]], config: dict[str, Any], crf_order: list[str]
    ) -> "OrderedDict[str, sklearn_crfsuite.CRF]":
        """The stock training with the averaged perceptron: as good on unseen messages, in less than half the time."""
        crf = sklearn_crfsuite.CRF(
            algorithm="ap", min_freq=2, max_iterations=config["max_iterations"], all_possible_transitions=True
        )
        crf.fit(
            (cls._crf_tokens_to_features(tokens, config, False) for tokens in df_train),
            (cls._crf_tokens_to_tags(tokens, ENTITY_ATTRIBUTE_TYPE) for tokens in df_train),
        )
        return OrderedDict({ENTITY_ATTRIBUTE_TYPE: crf})

    def _guesses(self, message: Message) -> Guesses:
        """What the network says of a new message."""
        (read,) = EMBEDDER.encode([message.get(TEXT)])
        rows, places = word_rows(read, spans_of(message))
        return guess_hints(self.network.kinds, self.network.chances(rows), places)

    def _convert_to_crf_tokens(self, message: Message) -> list[CRFToken]:
        """The stock tokens, with the intent and what lexicon and network say among their patterns."""
        tokens: list[CRFToken] = super()._convert_to_crf_tokens(message)
        # Training examples carry the intent's name, incoming messages what the classifier said of it.
        intent = message.get(INTENT) if self.learning else (message.get(INTENT) or {}).get("name")
        found = self.lexicon.hints([token.text for token in tokens], tags_of(message) if self.learning else None)
        guesses = self.learning[message.get(TEXT)] if self.learning else self._guesses(message)
        for token, hint, guess in zip(tokens, found, guesses):
            kind = "".join(str(token.pattern.get(name, "")) for name in ("script", "common", "class"))
            asked = {"intent": intent, "asked": f"{intent} {token.text.lower()}", "asked-kind": f"{intent} {kind}"}
            token.pattern = {**token.pattern, **hint, **asked, **guess}
        return tokens

    def persist(self, dataset: list[list[CRFToken]]) -> None:
        """Keeps the lexicon and the file that CRFsuite wrote."""
        trained = Path(self.entity_taggers[ENTITY_ATTRIBUTE_TYPE].modelfile.name)
        with self._model_storage.write_to(self._resource) as folder:
            (folder / MODEL).write_bytes(trained.read_bytes())
            self.lexicon.save(folder / LEXICON)
            np.savez_compressed(folder / NETWORK, **self.network.arrays())

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
            with np.load(folder / NETWORK, allow_pickle=False) as numbers:
                network = WordNetwork.from_arrays(numbers)
        crf = sklearn_crfsuite.CRF()
        crf._tagger = pycrfsuite.Tagger()
        crf._tagger.open_inmemory(trained)
        extractor = cls(config, model_storage, resource, OrderedDict({ENTITY_ATTRIBUTE_TYPE: crf}))
        extractor.lexicon, extractor.network = lexicon, network
        # CRFsuite neither copies nor holds these bytes, and reads them at each message.
        extractor._trained = trained
        return extractor
