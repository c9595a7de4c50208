"""An ONNX graph of the BERT encoder in multilingual-e5-small.

Post-layer-norm encoder (Devlin et al. 2019) with erf GELU, mean pooling over the attention mask and L2
normalisation (Wang et al. 2024, "Multilingual E5"). Inputs `input_ids` and `attention_mask`, int64
(n, tokens); output `embedding`, float32 (n, hidden), unit rows.

Two kinds of weights: "float" for reference, and "q4", which keeps the 4-bit blocks bit for bit in
`MatMulNBits` and `GatherBlockQuantized`. `MatMulNBits` quantises activations per row and block, so a
text's vector does not depend on the texts it is batched with; per-tensor dynamic int8 does.

Corrections from tuning (see `encoder`) are low-rank matrices beside the exact blocks, float16 in the file. They count
for rows that begin with the question's prefix and are not even computed where no row does: passages are read
as by the base, up to rounding, and cost the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from retriever.training.encoder import Tuned
from retriever.training.packed_weights import BLOCK, BlockTensor, PackedModel, Weights, stack

CONTRIB = "com.microsoft"


@dataclass(slots=True)
class Builder:
    """Collects nodes and initialisers; every method returns the name of the value it made."""

    weights: Weights
    tuned: Tuned = field(default_factory=dict)
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    initializers: list[onnx.TensorProto] = field(default_factory=list)
    counter: int = 0

    def constant(self, value: NDArray[np.generic], label: str = "c") -> str:
        name = f"{label}_{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(np.asarray(value, order="C"), name))
        return name

    def ints(self, *values: int) -> str:
        return self.constant(np.array(values, np.int64))

    def floats(self, *values: float) -> str:
        return self.constant(np.array(values, np.float32))

    def node(self, op: str, *inputs: str, domain: str = "", output: str = "", **attributes: object) -> str:
        self.counter += 1
        result = output or f"{op.lower()}_{self.counter}"
        self.nodes.append(
            helper.make_node(op, list(inputs), [result], f"n{self.counter}", domain=domain, **attributes)
        )
        return result

    def half(self, values: NDArray[np.float16]) -> str:
        """Numbers kept as float16 in the file; the runtime folds the cast when it loads."""
        return self.node("Cast", self.constant(values, "scale"), to=TensorProto.FLOAT)

    def matmul(self, x: str, weight: BlockTensor) -> str:
        """x (…, columns) times weight (rows, columns) transposed."""
        rows, columns = weight.nibbles.shape
        if self.weights == "float":
            return self.node("MatMul", x, self.constant(weight.dense().T, "w"))
        blocks = weight.packed_pairs().reshape(rows, columns // BLOCK, BLOCK // 2)
        return self.node(
            "MatMulNBits", x, self.constant(blocks, "q4"), self.half(weight.scales),
            domain=CONTRIB, K=columns, N=rows, bits=4, block_size=BLOCK, accuracy_level=4,
        )  # fmt: skip

    def linear(self, x: str, model: PackedModel, *names: str) -> str:
        """The matrices of these names on x, one under another, with their biases and corrections."""
        bias = np.concatenate([model.vectors[f"{name}.b"] for name in names])
        weight = stack([model.matrices[f"{name}.w"] for name in names])
        plain = self.node("Add", self.matmul(x, weight), self.constant(bias, "b"))
        if not any(f"{name}.A" in self.tuned for name in names):
            return plain
        return self.node("Add", plain, self.correction(x, names))

    def correction(self, x: str, names: Sequence[str]) -> str:
        """(x A') B' for the rows that are questions, 0 for the others; just 0 where no row is one."""
        down = np.concatenate([self.tuned[f"{name}.A"] for name in names]).T
        up = diagonal([self.tuned[f"{name}.B"] for name in names]).T
        factors = [self.half(part.astype(np.float16)) for part in (down, up)]
        zero = self.constant(np.zeros((), np.float32), "zero")
        name = f"n{self.counter}"
        small, chosen, large = f"{name}_small", f"{name}_chosen", f"{name}_large"
        inner = [
            helper.make_node("MatMul", [x, factors[0]], [small]),
            helper.make_node("Mul", [small, "is_question"], [chosen]),
            helper.make_node("MatMul", [chosen, factors[1]], [large]),
        ]
        return self.node(
            "If", "any_question",
            then_branch=_branch(f"{name}_then", inner, large),
            else_branch=_branch(f"{name}_else", [helper.make_node("Identity", [zero], [f"{name}_none"])], f"{name}_none"),
        )  # fmt: skip

    def lookup(self, table: BlockTensor, index: str) -> str:
        """Rows of the table: (n, tokens, columns) float32."""
        if self.weights == "float":
            return self.node("Gather", self.constant(table.dense(), "table"), index)
        rows, columns = table.nibbles.shape
        data = helper.make_tensor(
            "table_q4", TensorProto.UINT4, (rows, columns), table.packed_pairs().tobytes(), raw=True
        )
        self.initializers.append(data)
        return self.node(
            "GatherBlockQuantized", "table_q4", index, self.half(table.scales),
            self._offset(table.scales.shape),
            domain=CONTRIB, gather_axis=0, quantize_axis=1, block_size=BLOCK,
        )  # fmt: skip

    def _offset(self, shape: tuple[int, ...]) -> str:
        """Zero points, all 8: the operator's default for uint4 is 0."""
        size = int(np.prod(shape))
        data = np.full((size + 1) // 2, 0x88, np.uint8).tobytes()
        self.initializers.append(helper.make_tensor("table_zero", TensorProto.UINT4, shape, data, raw=True))
        return "table_zero"


def diagonal(blocks: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """The blocks along the diagonal of a matrix that is 0 elsewhere."""
    rows, columns = (sum(block.shape[axis] for block in blocks) for axis in (0, 1))
    whole = np.zeros((rows, columns), np.float32)
    row = column = 0
    for block in blocks:
        whole[row : row + block.shape[0], column : column + block.shape[1]] = block
        row, column = row + block.shape[0], column + block.shape[1]
    return whole


def _branch(name: str, nodes: Sequence[onnx.NodeProto], result: str) -> onnx.GraphProto:
    """What one side of an `If` does; its shape is known only when it runs."""
    output = helper.make_tensor_value_info(result, TensorProto.FLOAT, None)
    return helper.make_graph(nodes, name, [], [output])


def build_graph(
    model: PackedModel,
    rows: NDArray[np.int64],
    weights: Weights,
    tuned: Tuned | None = None,
    question: int = -1,
) -> onnx.ModelProto:
    """The encoder with only the word vectors of `rows` (old ids, in new id order).

    `tuned` are corrections for rows whose second token is `question`, the piece that the question's prefix begins with.
    """
    build = Builder(weights, dict(tuned or {}))
    if build.tuned:
        _tell_questions(build, question)
    epsilon = float(model.epsilon)
    x = build.lookup(model.matrices["emb.word"].rows(rows), "input_ids")
    x = build.node("Add", x, position_vectors(build, model))
    x = norm(build, x, model, "emb.ln", epsilon)
    blocked = _blocked(build)
    for layer in range(model.layers):
        x = encoder_layer(build, x, blocked, model, f"l{layer}", epsilon)
    _pool(build, x)
    return _finish(build, model.hidden)


def _tell_questions(build: Builder, question: int) -> None:
    """`is_question`: (n, 1, 1) float32, 1 for rows that begin with the question's prefix; `any_question`: bool."""
    second = build.node("Gather", "input_ids", build.ints(1), axis=1)
    same = build.node("Equal", second, build.ints(question))
    number = build.node("Cast", same, to=TensorProto.FLOAT)
    build.node("Unsqueeze", number, build.ints(2), output="is_question")
    most = build.node("ReduceMax", number, keepdims=0)
    build.node("Greater", most, build.constant(np.array(0.5, np.float32)), output="any_question")


def position_vectors(build: Builder, model: PackedModel) -> str:
    """Position vectors of the first `tokens` places, with the only token type folded in."""
    places = model.vectors["emb.pos"].reshape(model.positions, model.hidden)
    table = places + model.vectors["emb.type"][: model.hidden]
    tokens = build.node("Shape", "input_ids", start=1, end=2)
    return build.node("Slice", build.constant(table, "position"), build.ints(0), tokens, build.ints(0))


def _blocked(build: Builder) -> str:
    """(n, 1, 1, tokens) float32: 0 where a token is real, a large negative number where it is padding."""
    mask = build.node("Cast", "attention_mask", to=TensorProto.FLOAT)
    padding = build.node("Sub", build.floats(1.0), mask)
    return build.node("Unsqueeze", build.node("Mul", padding, build.floats(-1e9)), build.ints(1, 2))


def norm(build: Builder, x: str, model: PackedModel, name: str, epsilon: float) -> str:
    scale = build.constant(model.vectors[f"{name}.w"], "ln")
    shift = build.constant(model.vectors[f"{name}.b"], "ln")
    return build.node("LayerNormalization", x, scale, shift, axis=-1, epsilon=epsilon)


def encoder_layer(build: Builder, x: str, blocked: str, model: PackedModel, name: str, epsilon: float) -> str:
    attended = _attention(build, x, blocked, model, name)
    x = norm(build, build.node("Add", x, attended), model, f"{name}.aln", epsilon)
    inner = build.node("Gelu", build.linear(x, model, f"{name}.fi"), approximate="none")
    outer = build.linear(inner, model, f"{name}.fo")
    return norm(build, build.node("Add", x, outer), model, f"{name}.oln", epsilon)


def _attention(build: Builder, x: str, blocked: str, model: PackedModel, name: str) -> str:
    """Scaled dot-product attention. The factor is not folded into the weights: their blocks stay exact."""
    width = model.hidden // model.heads
    every = build.linear(x, model, *(f"{name}.{part}" for part in "qkv"))
    joined = build.node("Reshape", every, build.ints(0, 0, 3, model.heads, width))
    parts = [build.node("Gather", joined, build.constant(np.array(i)), axis=2) for i in range(3)]
    query, value = (build.node("Transpose", parts[i], perm=[0, 2, 1, 3]) for i in (0, 2))
    key = build.node("Transpose", parts[1], perm=[0, 2, 3, 1])
    query = build.node("Mul", query, build.floats(width**-0.5))
    weights = build.node("Add", build.node("MatMul", query, key), blocked)
    mixed = build.node("MatMul", build.node("Softmax", weights, axis=-1), value)
    mixed = build.node("Transpose", mixed, perm=[0, 2, 1, 3])
    mixed = build.node("Reshape", mixed, build.ints(0, 0, model.hidden))
    return build.linear(mixed, model, f"{name}.ao")


def _pool(build: Builder, x: str) -> None:
    mask = build.node("Unsqueeze", build.node("Cast", "attention_mask", to=TensorProto.FLOAT), build.ints(2))
    total = build.node("ReduceSum", build.node("Mul", x, mask), build.ints(1), keepdims=0)
    mean = build.node("Div", total, build.node("ReduceSum", mask, build.ints(1), keepdims=0))
    length = build.node("ReduceL2", mean, build.ints(1), keepdims=1)
    floor = build.floats(1e-12)
    build.node("Div", mean, build.node("Max", length, floor), output="embedding")


def _finish(build: Builder, hidden: int) -> onnx.ModelProto:
    shape = ["n", "tokens"]
    graph = helper.make_graph(
        build.nodes, "e5_small_zh",
        [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in ("input_ids", "attention_mask")],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["n", hidden])],
        build.initializers,
    )  # fmt: skip
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid(CONTRIB, 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=10, producer_name="dangjian-qa")
