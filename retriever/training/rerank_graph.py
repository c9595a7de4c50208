"""An ONNX graph of the reranker: the lower layers of `bert_graph` with whole corrections, then the head of `rerank_model`.

Inputs `input_ids` and `parts`, int64 (n, tokens), rows of one length; output `correction`, float32 (n,), in units of
the fused score. Beside the "float" and "q4" weights of `bert_graph` there is "int8", which runs in half the time of either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper

from retriever.rerankers.inputs import PASSAGE, QUERY
from retriever.training.bert_graph import CONTRIB, Builder, diagonal, encoder_layer, norm, position_vectors
from retriever.training.encoder import Tuned
from retriever.training.packed_weights import PackedModel, Weights
from retriever.training.rerank_model import SCALE

_LEVELS, _ZERO = 63, 128
"""The greatest level of a weight, and the level that stands for 0 of a token."""


class _Everywhere(Builder):
    """Corrections count for every row; in "int8" they are merged with the weights."""

    def correction(self, x: str, names: Sequence[str]) -> str:
        down = np.concatenate([self.tuned[f"{name}.A"] for name in names]).T
        up = diagonal([self.tuned[f"{name}.B"] for name in names]).T
        first, second = (self.half(part.astype(np.float16)) for part in (down, up))
        return self.node("MatMul", self.node("MatMul", x, first), second)

    def linear(self, x: str, model: PackedModel, *names: str) -> str:
        if self.weights != "int8":
            return Builder.linear(self, x, model, *names)
        merged = [self._merged(model, name) for name in names]
        bias = np.concatenate([model.vectors[f"{name}.b"] for name in names])
        return self.node("Add", self.whole_numbers(x, np.concatenate(merged)), self.constant(bias, "b"))

    def _merged(self, model: PackedModel, name: str) -> NDArray[np.float32]:
        """A weight with its correction, where it has one: the lowest layers may stay as they are."""
        plain = model.matrices[f"{name}.w"].dense()
        if f"{name}.B" not in self.tuned:
            return plain
        correction: NDArray[np.float32] = self.tuned[f"{name}.B"] @ self.tuned[f"{name}.A"]
        return plain + correction

    def whole_numbers(self, x: str, weight: NDArray[np.float32]) -> str:
        """x (n, tokens, columns) times weight (rows, columns) transposed, multiplied as whole numbers.

        Each token and each row of the weight has a scale of its own, so that no pair depends on what it is batched with. Weights have 7
        bits: then no sum of two products exceeds the 16 bits in which some processors add them, and all tell the same.
        """
        scale = np.maximum(np.abs(weight).max(1), 1e-9).astype(np.float32) / _LEVELS
        levels = np.rint(weight / scale[:, None]).astype(np.int8).T
        rows, columns = weight.shape
        flat = self.node("Reshape", x, self.ints(-1, columns))
        largest = self.node("ReduceMax", self.node("Abs", flat), self.ints(-1), keepdims=0)
        step = self.node("Mul", self.node("Max", largest, self.floats(1e-9)), self.floats(1 / (_ZERO - 1)))
        by_token = self.node("Unsqueeze", step, self.ints(1))
        above = self.node("Add", flat, self.node("Mul", by_token, self.floats(_ZERO)))
        product = self.node(
            "MatMulIntegerToFloat",
            self.node("QuantizeLinear", above, step, axis=0),
            self.constant(levels, "w"),
            self.floats(1.0),
            self.constant(scale, "scale"),
            self.constant(np.array([_ZERO], np.uint8), "zero"),
            domain=CONTRIB,
        )
        shape = self.node("Concat", self.node("Shape", x, start=0, end=2), self.ints(rows), axis=0)
        return self.node("Reshape", self.node("Mul", product, by_token), shape)


def build_reranker(
    model: PackedModel, rows: NDArray[np.int64], weights: Weights, values: Tuned
) -> onnx.ModelProto:
    """The reranker with only the word vectors of `rows` (old ids, in new id order)."""
    head = {name.removeprefix("head."): value for name, value in values.items() if name.startswith("head.")}
    build = _Everywhere(weights, {n: v for n, v in values.items() if not n.startswith("head.")})
    epsilon = float(model.epsilon)
    x = build.lookup(model.matrices["emb.word"].rows(rows), "input_ids")
    x = build.node("Add", x, position_vectors(build, model))
    x = norm(build, x, model, "emb.ln", epsilon)
    nothing = build.constant(np.zeros((1, 1, 1, 1), np.float32))
    corrected = max(int(name[1:].split(".")[0]) for name in build.tuned)
    for layer in range(corrected + 1):
        x = encoder_layer(build, x, nothing, model, f"l{layer}", epsilon)
    _head(build, x, head)
    shape = ["n", "tokens"]
    graph = helper.make_graph(
        build.nodes, "reranker",
        [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in ("input_ids", "parts")],
        [helper.make_tensor_value_info("correction", TensorProto.FLOAT, ["n"])],
        build.initializers,
    )  # fmt: skip
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid(CONTRIB, 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=10, producer_name="dangjian-qa")


def _head(build: Builder, x: str, head: Mapping[str, NDArray[np.float32]]) -> None:
    query, passage = (_mask(build, part) for part in (QUERY, PASSAGE))
    alike = _alike(build, x, query, passage, head["weight"])
    means = [_mean(build, x, part) for part in (query, passage)]
    both = build.node("Concat", *means, axis=1)
    inner = build.node(
        "Add", build.node("MatMul", both, build.constant(head["down"].T)), build.constant(head["bias"])
    )
    if "neither" in head:
        alike = build.node("Sub", alike, build.floats(float(head["neither"][0])))
    up = build.constant(head["up"] / SCALE)
    told = build.node("MatMul", build.node("Tanh", inner), up)
    build.node(
        "Add", build.node("Mul", alike, build.floats(float(head["scale"][0]))), told, output="correction"
    )


def _mask(build: Builder, part: int) -> str:
    """(n, tokens) float32: 1 where a token belongs to the part."""
    return build.node("Cast", build.node("Equal", "parts", build.ints(part)), to=TensorProto.FLOAT)


def _alike(build: Builder, x: str, query: str, passage: str, weight: NDArray[np.float32]) -> str:
    """(n,): the weighted mean over the question's tokens of the greatest cosine with a token of the passage."""
    length = build.node("ReduceL2", x, build.ints(2), keepdims=1)
    unit = build.node("Div", x, build.node("Max", length, build.floats(1e-12)))
    cosines = build.node("MatMul", unit, build.node("Transpose", unit, perm=[0, 2, 1]))
    outside = build.node("Mul", build.node("Sub", passage, build.floats(1.0)), build.floats(2.0))
    within = build.node("Add", cosines, build.node("Unsqueeze", outside, build.ints(1)))
    best = build.node("ReduceMax", within, build.ints(2), keepdims=0)
    share = build.node("Mul", build.node("Exp", build.node("MatMul", x, build.constant(weight))), query)
    total = build.node("ReduceSum", build.node("Mul", best, share), build.ints(1), keepdims=0)
    return build.node("Div", total, build.node("ReduceSum", share, build.ints(1), keepdims=0))


def _mean(build: Builder, x: str, part: str) -> str:
    """(n, hidden): the mean of the tokens of a part."""
    total = build.node(
        "ReduceSum",
        build.node("Mul", x, build.node("Unsqueeze", part, build.ints(2))),
        build.ints(1),
        keepdims=0,
    )
    return build.node("Div", total, build.node("ReduceSum", part, build.ints(1), keepdims=1))
