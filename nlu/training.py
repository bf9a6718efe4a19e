"""Trains the model when its data changed: `rasa train nlu` in the island, with progress, once at a time."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from nlu.server import MODEL_DIR, NluServerError, island_environment, island_python

LOG_LINES_SHOWN = 25
Progress = Callable[[float, str], None]

# What each component takes of a training's time, by class name; others count as 1. After the first they learn side by side.
WEIGHTS = {
    "SentenceFeaturizer": 48.0,
    "IntentRegression": 5.0,
    "EntityExtractor": 24.0,
    "FactClassifier": 12.0,
    "LabelClassifier": 5.0,
}
STARTED = re.compile(r"Starting to train component '(\w+)'")
DONE = re.compile(r"(?:Finished training|Restored) component '(\w+)'")
FINER = re.compile(r"^progress: (?P<step>.+) (?P<done>\d+)/(?P<total>\d+)")


class TrainingError(Exception):
    """The training failed; the message ends with the last lines of its log."""


@dataclass(frozen=True)
class Trained:
    """A model, and whether it had to be trained for this call."""

    path: Path
    trained: bool
    seconds: float


def fingerprint(model_dir: Path = MODEL_DIR) -> str:
    """A hash of all that decides what a model says: data, pipeline, components and libraries."""
    digest = hashlib.sha256()
    files = [model_dir / name for name in ("config.yml", "domain.yml", "uv.lock")]
    files += [*(model_dir / "data").rglob("*.yml"), *(model_dir / "components").glob("*.py")]
    files += (model_dir / "components").glob("*.npz")
    for path in sorted(files):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(model_dir).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def model_path(model_dir: Path = MODEL_DIR) -> Path | None:
    """The model that fits the present data, if it was trained already."""
    path = _expected(model_dir)
    return path if path.is_file() else None


def train(on_progress: Progress, force: bool = False, model_dir: Path = MODEL_DIR) -> Trained:
    """Gives the model for the present data, training it if there is none yet.

    Where few messages changed since all was learnt, only intents are learnt (nlu/model/relearn.py), unless by `force`.
    """
    begun = time.monotonic()
    path = _expected(model_dir)
    with _lock(path.parent, lambda: on_progress(0.0, "waiting for another training")):
        # Asked again under the lock: another process may just have trained it.
        if path.is_file() and not force:
            return Trained(path, False, time.monotonic() - begun)
        _train(path, on_progress, model_dir, anew=force)
    return Trained(path, True, time.monotonic() - begun)


def _expected(model_dir: Path) -> Path:
    return model_dir / "models" / f"manny-{fingerprint(model_dir)[:12]}.tar.gz"


def _train(path: Path, on_progress: Progress, model_dir: Path, anew: bool) -> None:
    try:
        python = island_python(model_dir)
    except NluServerError as missing:
        raise TrainingError(str(missing)) from missing
    # In the models' folder, so that the move at the end stays within one file system.
    with tempfile.TemporaryDirectory(prefix=".training-", dir=path.parent) as scratch:
        command = [str(python), str(model_dir / "train.py"), "--out", scratch, "--fixed-model-name", path.name]
        # Where little has changed, training goes on from the last model.
        command += [] if anew else ["--after", str(path.parent)]
        _run(command, on_progress, model_dir)
        os.replace(Path(scratch) / path.name, path)
    for older in path.parent.glob("*.tar.gz"):
        if older != path:
            older.unlink(missing_ok=True)
    on_progress(1.0, "trained")


def _run(command: list[str], on_progress: Progress, model_dir: Path) -> None:
    on_progress(0.0, "starting")
    meter = Meter(_components(model_dir))
    tail: deque[str] = deque(maxlen=LOG_LINES_SHOWN)
    with subprocess.Popen(
        command,
        cwd=model_dir,
        env=island_environment() | {"LOG_LEVEL": "INFO", "NO_COLOR": "1"},
        # The training ends when this pipe closes, which happens even if we are killed with -9.
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                if meter.read(line):
                    on_progress(meter.fraction, meter.step)
                else:
                    tail.append(line.rstrip())
        except BaseException:
            process.kill()
            raise
    if process.returncode != 0:
        raise TrainingError(f"Training ended with code {process.returncode}:\n" + "\n".join(tail))


def _components(model_dir: Path) -> list[str]:
    """The class names of the pipeline's components."""
    config = yaml.safe_load((model_dir / "config.yml").read_text(encoding="utf-8"))
    return [str(component["name"]).rpartition(".")[2] for component in config["pipeline"]]


@dataclass
class Meter:
    """Turns the lines of Rasa's log into how much is done and what is going on."""

    components: list[str]
    step: str = "starting"
    _done: set[str] = field(default_factory=set)
    _running: set[str] = field(default_factory=set)
    _within: float = 0.0
    _shown: float = 0.0

    @property
    def fraction(self) -> float:
        """From 0 to 1, by the usual share of each component; it never goes back."""
        total = sum(map(_weight, self.components))
        done = sum(_weight(name) for name in self.components if name in self._done)
        # Of components that run side by side, nobody knows whose step it is.
        within = sum(map(_weight, self._running)) * self._within if len(self._running) == 1 else 0.0
        self._shown = max(self._shown, min((done + within) / total, 1.0))
        return self._shown

    def read(self, line: str) -> bool:
        """Takes in one line; says whether it told anything."""
        if found := STARTED.search(line):
            self._running.add(found[1])
            self._within, self.step = 0.0, found[1]
        elif found := DONE.search(line):
            self._done.add(found[1])
            self._running.discard(found[1])
            self._within = 0.0
        elif found := FINER.search(line):
            self._within = int(found["done"]) / max(int(found["total"]), 1)
            self.step = found["step"]
        return found is not None


def _weight(component: str) -> float:
    return WEIGHTS.get(component, 1.0)


@contextmanager
def _lock(folder: Path, on_wait: Callable[[], None]) -> Iterator[None]:
    """One training at a time; the system frees the lock of a process that dies."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_wait()
            fcntl.flock(file, fcntl.LOCK_EX)
        _sweep(folder)
        yield


def _sweep(folder: Path) -> None:
    """Removes what trainings left that were killed."""
    for leftover in folder.glob(".training-*"):
        shutil.rmtree(leftover, ignore_errors=True)
