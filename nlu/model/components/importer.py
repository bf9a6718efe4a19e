"""Reads clause files beside Rasa's own training data.

A clause file says what single clauses state; it has no intents, so Rasa's reader passes it by. Its
clauses come in as messages without intent, so they count in the fingerprint like everything else.
"""

from typing import Any

import rasa.shared.data
import rasa.shared.utils.common
import rasa.shared.utils.io
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.facts import CLAUSE_LABELS, FACTS


def is_clause_file(path: str) -> bool:
    """Whether a file holds clauses."""
    return rasa.shared.data.is_likely_yaml_file(path) and rasa.shared.utils.io.is_key_in_yaml(path, "clauses")


def read_clauses(path: str) -> list[Message]:
    """The clauses of a file as messages without intent."""
    blocks: list[dict[str, Any]] = rasa.shared.utils.io.read_yaml_file(path)["clauses"]
    return [
        Message({TEXT: line[2:].strip(), CLAUSE_LABELS: {fact: block[fact] for fact in FACTS if fact in block}})
        for block in blocks
        for line in block["examples"].splitlines()
    ]


class ClauseImporter(RasaFileImporter):
    """Rasa's importer, with clause files."""

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
    ) -> None:
        super().__init__(config_file, domain_path, training_data_paths)
        self._clause_files = rasa.shared.data.get_data_files(training_data_paths, is_clause_file)

    @rasa.shared.utils.common.cached_method  # Rasa asks three times
    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """Messages and clauses."""
        clauses = [message for path in sorted(self._clause_files) for message in read_clauses(path)]
        messages = super().get_nlu_data(language)
        # Not `merge`, which copies all messages and hashes them to find doubles.
        messages.training_examples += clauses
        return messages
