"""Learns in seconds where little has changed: intents from the last model's weights; names, facts and labels stay.

What people correct (`manny nlu learn`) are intents, and of tens of thousands of messages a few more teach names, facts
and labels next to nothing. Once FEW have changed since all was learnt, all is learnt again.
"""

import hashlib
import json
import re
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from components.embeddings import CACHE, EMBEDDER, progress
from components.features import TextFeatures, side_by_side
from components.linear import LinearModel

HERE = Path(__file__).resolve().parent
LEARNT = CACHE.parent / "learnt.json"
"""What all was learnt from, last time, and the name of the model."""
FEW = 0.005
"""The share of messages that may have come, gone or changed since all was learnt."""
ROUNDS = 10
"""Rounds of learning: the weights that it begins with know all other messages."""
_SPAN = re.compile(r"\[([^\[\]]*)\]\([^()]*\)")


@dataclass(frozen=True)
class Lesson:
    """What there is to learn: the messages, and a hash of all else that decides what a model says."""

    messages: dict[str, tuple[str, str]]
    """Text and intent, by a hash of these, of the names marked and of the labels."""
    clauses: list[str]
    rest: str

    @classmethod
    def read(cls, folder: Path = HERE) -> "Lesson":
        """From the files that `rasa train nlu` reads in this folder."""
        messages: dict[str, tuple[str, str]] = {}
        clauses: list[str] = []
        rest = hashlib.sha256()
        for path in _program(folder):
            rest.update(hashlib.sha256(path.read_bytes()).digest())
        for path in sorted((folder / "data").rglob("*.yml")):
            content = path.read_bytes()
            read = yaml.load(content, _Loader)
            if "clauses" in read:
                rest.update(hashlib.sha256(content).digest())
            for block in read.get("clauses", ()):
                clauses += map(_unlisted, block["examples"].splitlines())
            for block in read.get("nlu", ()):
                messages.update(_messages(block))
        return cls(messages, clauses, rest.hexdigest())

    def texts(self) -> list[str]:
        """What the encoder has to read."""
        return [text for text, _ in self.messages.values()] + self.clauses


# As safe as SafeLoader, and twenty times as fast where libyaml is there.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _program(folder: Path) -> Iterator[Path]:
    yield from (folder / name for name in ("config.yml", "domain.yml", "uv.lock"))
    yield from sorted(path for path in (folder / "components").iterdir() if path.suffix in (".py", ".npz"))


def _messages(block: dict[str, Any]) -> Iterator[tuple[str, tuple[str, str]]]:
    intent, labels = block["intent"], json.dumps(block.get("metadata"), sort_keys=True)
    for line in block["examples"].splitlines():
        marked = _unlisted(line)
        name = hashlib.sha256("\n".join((intent, labels, marked)).encode()).hexdigest()[:16]
        yield name, (_SPAN.sub(r"\1", marked), intent)


def _unlisted(line: str) -> str:
    return line.removeprefix("-").strip()


def remember(lesson: Lesson, model: str, learnt: Path = LEARNT) -> None:
    """Notes that this model has learnt all of the lesson."""
    _note(learnt, model, lesson.rest, sorted(lesson.messages))


def _note(learnt: Path, model: str, rest: str, messages: list[str]) -> None:
    learnt.parent.mkdir(parents=True, exist_ok=True)
    learnt.write_text(json.dumps({"model": model, "rest": rest, "messages": messages}), encoding="utf-8")


def relearn(lesson: Lesson, models: Path, to: Path, learnt: Path = LEARNT, folder: Path = HERE) -> bool:
    """Makes a model at `to` (a .tar.gz file) from the last one in the folder `models`; False where too much changed."""
    try:
        before = json.loads(learnt.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    base = models / before["model"]
    changed = lesson.messages.keys() ^ set(before["messages"])
    if before["rest"] != lesson.rest or len(changed) > FEW * len(lesson.messages):
        return False
    with tempfile.TemporaryDirectory() as name:
        unpacked = Path(name)
        try:
            with tarfile.open(base) as archive:
                archive.extractall(unpacked)
        except (OSError, tarfile.TarError):
            return False
        if not _learn_intents(unpacked, list(lesson.messages.values()), _inverse_strength(folder)):
            return False
        with tarfile.open(to, "w:gz", compresslevel=1) as archive:
            archive.add(unpacked, "")
    # The messages are still those from which all was learnt: little by little is not few.
    _note(learnt, to.name, lesson.rest, before["messages"])
    return True


def _learn_intents(unpacked: Path, messages: list[tuple[str, str]], c: float) -> bool:
    (featurizer,) = unpacked.glob("components/*SentenceFeaturizer*")
    (weights,) = unpacked.glob("components/*IntentRegression*/intents.npz")
    with np.load(weights, allow_pickle=False) as data:
        known = LinearModel.from_arrays("intents", data)
    texts, intents = [text for text, _ in messages], [intent for _, intent in messages]
    if sorted(set(intents)) != known.classes:
        return False
    EMBEDDER.learn(texts)
    progress("intents", 0, 1)
    features = TextFeatures.load(featurizer)
    rows = side_by_side(features.sparse(texts), features.dense(EMBEDDER.sentences(texts, training=True)))
    model = LinearModel.fit(rows, intents, c, ROUNDS, known)
    np.savez_compressed(weights, **model.arrays("intents"))
    return True


def _inverse_strength(folder: Path) -> float:
    """Of regularisation, as config.yml has it for the intents."""
    pipeline = yaml.load((folder / "config.yml").read_bytes(), _Loader)["pipeline"]
    return float(next(part["c"] for part in pipeline if part["name"].endswith(".IntentRegression")))
