"""The encoder's layers as a graph for ONNX Runtime.

Its products of matrices are done in whole numbers of 8 bits, which takes less than half of the time that floats take.
What comes in is rounded with one step for all of it; only into the last product come single numbers that are many times
as great as all others, so that each BLOCK of a row has a step of its own there, which takes longer.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

from components.weights import Layer, Matrix, Stored

MICROSOFT = "com.microsoft"
"""Operators that only ONNX Runtime knows: several steps in one."""
ZERO = 128
"""Zero as a byte: weights are 127 steps to both sides of it. (Bytes with a sign overflow on older processors.)"""
BLOCK = 128
"""Numbers that have a step of their own where rows are rounded in blocks."""
EIGHT_BITS = 4
"""What MatMulNBits calls doing the products in whole numbers (`accuracy_level`)."""


class EncoderGraph:
    """From the vectors of pieces (`pieces`: texts, length, hidden), and which of them are real (`real`: texts, length; 1 or
    0), to their vectors after the last layer (`meanings`) and after the layer `middle` (`words`, with mean 0 and
    deviation 1)."""

    def __init__(self, stored: Stored, layers: list[Layer], middle: int) -> None:
        self._stored = stored
        self._nodes: list[onnx.NodeProto] = []
        self._arrays: list[onnx.TensorProto] = []
        self._array("thirds", np.full(3, stored.hidden, dtype=np.int64))
        self._array("one", np.ones(stored.hidden, dtype=np.float32))
        self._array("none", np.zeros(stored.hidden, dtype=np.float32))
        floats = stored.floats
        self._array("emb.factor", floats["emb.ln.w"])
        self._array("emb.added", floats["emb.ln.b"])
        self._normalised("pieces", "emb.factor", "emb.added", "0")
        for number, layer in enumerate(layers, 1):
            self._layer(str(number - 1), layer, str(number))
        self._normalised(f"{middle}.sum", "one", "none", "words")
        self._node("Identity", [str(len(layers))], ["meanings"])

    def serialised(self) -> bytes:
        """The graph as ONNX Runtime reads it."""
        width = self._stored.hidden

        def rows(name: str) -> onnx.ValueInfoProto:
            return helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["texts", "length", width])

        real = helper.make_tensor_value_info("real", onnx.TensorProto.INT32, ["texts", "length"])
        graph = helper.make_graph(
            self._nodes, "encoder", [rows("pieces"), real], [rows("meanings"), rows("words")], self._arrays
        )
        versions = [helper.make_opsetid("", 17), helper.make_opsetid(MICROSOFT, 1)]
        written: bytes = helper.make_model(graph, opset_imports=versions, ir_version=8).SerializeToString()
        return written

    def _layer(self, came: str, layer: Layer, name: str) -> None:
        """What comes out has the layer's name; what it is before it is normalised ends in `sum`."""
        parts = [f"{name}.{part}" for part in ("query", "key", "value")]
        self._product(came, layer.asked, layer.asked_bias, f"{name}.asked")
        self._node("Split", [f"{name}.asked", "thirds"], parts, axis=-1)
        self._node(
            "MultiHeadAttention", [*parts, "", "real"], [f"{name}.seen"], MICROSOFT, num_heads=self._stored.heads
        )
        self._product(f"{name}.seen", layer.attended, layer.attended_bias, f"{name}.attended")
        self._sum(came, f"{name}.attended", layer.first_norm, f"{name}.between")
        self._product(f"{name}.between", layer.widened, layer.widened_bias, f"{name}.wide")
        self._node("Gelu", [f"{name}.wide"], [f"{name}.active"], MICROSOFT)
        self._product_by_blocks(f"{name}.active", layer.narrowed, layer.narrowed_bias, f"{name}.narrow")
        self._sum(f"{name}.between", f"{name}.narrow", layer.second_norm, name)

    def _product(self, came: str, weights: Matrix, bias: Matrix, name: str) -> None:
        rounded, step = _rounded(weights, axis=0)
        self._array(f"{name}.weights", rounded)
        self._array(f"{name}.step", step)
        self._array(f"{name}.zero", np.full(weights.shape[1], ZERO, dtype=np.uint8))
        self._array(f"{name}.bias", bias)
        parts = [f"{name}.{part}" for part in ("weights", "step", "zero", "bias")]
        self._node("DynamicQuantizeMatMul", [came, *parts], [name], MICROSOFT)

    def _product_by_blocks(self, came: str, weights: Matrix, bias: Matrix, name: str) -> None:
        inputs, outputs = weights.shape
        rounded, step = _rounded(weights.T.reshape(outputs, inputs // BLOCK, BLOCK), axis=2)
        self._array(f"{name}.weights", rounded)
        self._array(f"{name}.step", step)
        self._array(f"{name}.bias", bias)
        self._node(
            "MatMulNBits",
            [came, f"{name}.weights", f"{name}.step", "", "", f"{name}.bias"],
            [name],
            MICROSOFT,
            K=inputs,
            N=outputs,
            bits=8,
            block_size=BLOCK,
            accuracy_level=EIGHT_BITS,
        )

    def _sum(self, one: str, other: str, norm: tuple[Matrix, Matrix], name: str) -> None:
        self._array(f"{name}.factor", norm[0])
        self._array(f"{name}.added", norm[1])
        self._node(
            "SkipLayerNormalization",
            [one, other, f"{name}.factor", f"{name}.added"],
            [name, "", "", f"{name}.sum"],
            MICROSOFT,
            epsilon=self._stored.epsilon,
        )

    def _normalised(self, came: str, factor: str, added: str, name: str) -> None:
        self._node("LayerNormalization", [came, factor, added], [name], axis=-1, epsilon=self._stored.epsilon)

    def _array(self, name: str, array: Any) -> None:
        self._arrays.append(numpy_helper.from_array(np.ascontiguousarray(array), name))

    def _node(self, kind: str, inputs: list[str], outputs: list[str], domain: str = "", **options: Any) -> None:
        self._nodes.append(helper.make_node(kind, inputs, outputs, domain=domain, **options))


def _rounded(weights: Matrix, axis: int) -> tuple[npt.NDArray[np.uint8], Matrix]:
    """Weights as bytes, and the steps between them: one for all along an axis."""
    step = np.abs(weights).max(axis=axis, keepdims=True) / np.float32(ZERO - 1)
    return (np.rint(weights / step) + ZERO).astype(np.uint8), np.squeeze(step, axis)
