"""What the fact classifier learns from, and which clause it lets speak."""

from pathlib import Path

import numpy as np
import pytest
from components.embeddings import EMBEDDER
from components.facts import FactClassifier, Said, read
from components.features import TextFeatures
from components.linear import LinearModel
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

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


@pytest.mark.parametrize(
    ("text", "clause"), [("有的，钱也够", "钱也够"), ("no, budget is there", "budget is there"), ("没有啊", None)]
)
def test_a_bare_yes_or_no_states_no_fact_by_itself(text: str, clause: str | None, tmp_path: Path) -> None:
    """What was asked may have been something else. The model here takes every clause for news of money."""
    texts = ["有的，钱也够", "no, budget is there"]
    features = TextFeatures(sparse_scale=2.0)
    learnt = features.fit(texts)
    features.fit_meanings(EMBEDDER.sentences(texts))
    width = learnt.shape[1] + len(features.mean) + 1
    always = LinearModel(["none", "yes"], np.zeros((2, width)), np.array([0.0, 3.0]))
    config = FactClassifier.get_default_config()
    classifier = FactClassifier(
        config, LocalModelStorage(tmp_path), Resource("facts"), features, {"money": always}, ["log_contact"]
    )
    (message,) = classifier.process([Message({TEXT: text, "intent": "log_contact"})])
    assert message.get("facts").get("money", {}).get("clause") == clause
