"""Rasa with its own components only, trained on a sample of the same messages: what Manny's pipeline is measured by."""

from __future__ import annotations

import random
import subprocess
from collections import defaultdict
from pathlib import Path
from typing import Any

import yaml

from nlu.server import MODEL_DIR, island_environment, island_python

MESSAGES = 1_500
"""How many of the project's messages it is trained on."""

CONFIG: dict[str, Any] = {
    "recipe": "default.v1",
    "assistant_id": "plain",
    "language": "en",
    "pipeline": [
        {"name": "WhitespaceTokenizer"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
        {"name": "LogisticRegressionClassifier"},
        {"name": "CRFEntityExtractor"},
    ],
}


class PlainTrainingError(Exception):
    """Rasa did not train; the message is what it wrote."""


def train_plain(folder: Path) -> Path:
    """Trains in `folder`, in the model's environment; returns the model. Raises PlainTrainingError."""
    (folder / "config.yml").write_text(yaml.safe_dump(CONFIG), encoding="utf-8")
    (folder / "data.yml").write_text(yaml.safe_dump(_sample(), allow_unicode=True), encoding="utf-8")
    given = {"--config": folder / "config.yml", "--nlu": folder / "data.yml", "--domain": MODEL_DIR / "domain.yml"}
    command = [str(island_python()), "-m", "rasa", "train", "nlu", "--out", str(folder), "--fixed-model-name", "plain"]
    command += [str(word) for pair in given.items() for word in pair]
    done = subprocess.run(  # noqa: S603
        command, cwd=folder, env=island_environment(), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise PlainTrainingError(done.stdout + done.stderr)
    return folder / "plain.tar.gz"


def _sample() -> dict[str, Any]:
    """Messages drawn by chance, always the same ones, by intent."""
    examples = [
        (block["intent"], line)
        for path in sorted((MODEL_DIR / "data").rglob("*.yml"))
        for block in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu", ())
        for line in block["examples"].splitlines()
    ]
    drawn: dict[str, list[str]] = defaultdict(list)
    for intent, line in random.Random(1).sample(examples, MESSAGES):
        drawn[intent].append(line)
    return {
        "version": "3.1",
        "nlu": [{"intent": intent, "examples": "\n".join(lines) + "\n"} for intent, lines in drawn.items()],
    }
