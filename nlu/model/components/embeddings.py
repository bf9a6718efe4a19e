"""Encoded texts with a memory: the last ones while serving, all of them, also on disk, while training."""

import hashlib
import os
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from components.clauses import clause_spans
from components.encoder import Encoded, Encoder
from components.weights import TUNED, Matrix

CACHE = Path(__file__).resolve().parent.parent / ".cache" / "encoded.npz"
CHUNK = 1024
REMEMBERED = 256
"""Texts that a server remembers: the parts of one message, asked for by one component after the other."""
_PROGRAM = ("weights.py", "graph.py", "encoder.py", "clauses.py")
_STEP = np.float32(1 / 12)
"""Words' rows are kept in whole numbers of this step, -10.6 to 10.6 in a byte; their deviation is 1."""


def progress(step: str, done: int, total: int) -> None:
    """One line for whoever watches the training."""
    print(f"progress: {step} {done}/{total}", flush=True)


class Embedder:
    """The encoder behind a memory. The weights are read when the first unknown text comes."""

    def __init__(self) -> None:
        self._recent: OrderedDict[str, Encoded] = OrderedDict()
        self._stored: dict[str, Packed] = {}
        self._encoder: Encoder | None = None
        self._learning = threading.Lock()

    def encode(self, texts: Sequence[str]) -> list[Encoded]:
        """The vectors of each text; all that are new are computed together."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._recent]
        new = dict(zip(missing, self._compute(missing)))
        found = [new[text] if text in new else self._recent[text] for text in texts]
        self._recent.update(new)
        while len(self._recent) > max(REMEMBERED, len(texts)):
            self._recent.popitem(last=False)
        return found

    def learn(self, texts: Sequence[str], cache: Path = CACHE) -> None:
        """Computes what a training will ask for, unless it is in the cache on disk from an earlier one; waits where
        another thread does so."""
        with self._learning:
            self._stored = self._stored or _read(cache)
            new = {text for text in texts if _key(text) not in self._stored}
            # By length, so that texts which are computed together are about as long as one another. Always in the same
            # order, for they are rounded together.
            missing = sorted(new, key=lambda text: (len(text), text))
            for start in range(0, len(missing), CHUNK):
                progress("reading sentences", start, len(missing))
                chunk = missing[start : start + CHUNK]
                self._stored.update(zip(map(_key, chunk), map(_packed, self._compute(chunk))))
            if missing:
                _write(cache, self._stored)

    def learnt(self, text: str) -> Encoded:
        """A text that was given to `learn`."""
        return _unpacked(self._stored[_key(text)])

    def sentences(self, texts: Sequence[str], training: bool = False) -> Matrix:
        """One row for each text: its meaning as a whole. While training, of texts given to `learn`."""
        if training:
            return np.vstack([self._stored[_key(text)][0] for text in texts]).astype(np.float32)
        return np.vstack([one.sentence for one in self.encode(texts)])

    def parts(self, texts: Sequence[str], training: bool = False) -> Matrix:
        """One row for each clause of each text: its meaning where it stands. While training, of texts given to `learn`."""
        if training:
            return np.vstack([self._stored[_key(text)][1] for text in texts]).astype(np.float32)
        return np.vstack([one.parts for one in self.encode(texts)])

    def _compute(self, texts: Sequence[str]) -> list[Encoded]:
        if self._encoder is None:
            self._encoder = Encoder()
        return self._encoder.encode(texts, [clause_spans(text) for text in texts])


_TUNING = hashlib.sha1(b"".join((TUNED.parent / name).read_bytes() for name in (TUNED.name, *_PROGRAM))).digest()
"""Part of a text's name in the cache: what was computed with other weights, or otherwise, is not found."""
Halves = npt.NDArray[np.float16]
Packed = tuple[Halves, Halves, npt.NDArray[np.int8], npt.NDArray[np.int16]]


def _packed(one: Encoded) -> Packed:
    """A fifth of the size: halves for the sentence and its parts, bytes for the words."""
    rows = np.clip(np.rint(one.words / _STEP), -127, 127).astype(np.int8)
    return one.sentence.astype(np.float16), one.parts.astype(np.float16), rows, np.array(one.spans, dtype=np.int16)


def _unpacked(packed: Packed) -> Encoded:
    sentence, parts, rows, spans = packed
    places = [(start, end) for start, end in spans.tolist()]
    return Encoded(sentence.astype(np.float32), parts.astype(np.float32), rows * _STEP, places)


def _key(text: str) -> str:
    return hashlib.sha1(_TUNING + text.encode("utf-8")).hexdigest()


def _read(path: Path) -> dict[str, Packed]:
    try:
        with np.load(path, allow_pickle=False) as data:
            parts = np.split(data["parts"], np.cumsum(data["clauses"])[:-1])
            ends = np.cumsum(data["lengths"])[:-1]
            words, spans = np.split(data["words"], ends), np.split(data["spans"], ends)
            return dict(zip(data["keys"].tolist(), zip(data["sentences"], parts, words, spans)))
    except (OSError, ValueError, KeyError):
        return {}


def _write(path: Path, known: dict[str, Packed]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    sentences, parts, words, spans = zip(*known.values())
    arrays: dict[str, Any] = {
        "keys": np.array(list(known)),
        "sentences": np.vstack(sentences),
        "parts": np.concatenate(parts),
        "words": np.concatenate(words),
        "spans": np.concatenate(spans),
        "clauses": np.array([len(rows) for rows in parts]),
        "lengths": np.array([len(rows) for rows in words]),
    }
    # Written aside and moved: another training may be reading the file.
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".npz")
    with os.fdopen(handle, "wb") as file:
        np.savez(file, **arrays)
    os.replace(name, path)


EMBEDDER = Embedder()
