"""What the fact classifier learns from."""

from pathlib import Path

import pytest
from components.facts import Said, read
from rasa.shared.importers.importer import TrainingDataImporter

MESSAGES = """
version: "3.1"
nlu:
- intent: log_contact
  metadata: {money: "yes"}
  examples: |
    - met [Li](person), has budget
- intent: greet
  examples: |
    - hello
"""
CLAUSES = """
clauses:
- money: "no"
  need: "yes"
  examples: |
    - skint but keen
- examples: |
    - no idea who signs
"""


@pytest.fixture
def importer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TrainingDataImporter:
    """Rasa's way to the data, as the pipeline's configuration names it."""
    monkeypatch.chdir(Path(__file__).parent.parent)
    (tmp_path / "log_contact.yml").write_text(MESSAGES, encoding="utf-8")
    (tmp_path / "clauses.yml").write_text(CLAUSES, encoding="utf-8")
    return TrainingDataImporter.load_nlu_importer_from_config("config.yml", "domain.yml", [str(tmp_path)])


def test_it_learns_from_messages_and_from_clauses(importer: TrainingDataImporter) -> None:
    assert sorted(read(importer.get_nlu_data()), key=str) == [
        Said("hello", "greet", {}),
        Said("met Li, has budget", "log_contact", {"money": "yes"}),
        Said("no idea who signs", "log_contact", {}),
        Said("skint but keen", "log_contact", {"money": "no", "need": "yes"}),
    ]
