"""The encoder in PyTorch: the frozen 4-bit weights of the packed file and small trainable corrections.

A tuned weight is W + B·A (LoRA: Hu et al. 2021, arXiv 2106.09685), W being the 4-bit weight as it is
shipped. Tuning W itself would largely be lost: it moves a weight by much less than a step of the 16 levels, and
rounding to 4 bits again takes that back. The corrections, the biases and the layer norms
are kept as floating point numbers in the shipped graph too, so that what was tuned is what is shipped.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from retriever.training.packed_weights import PackedModel

if TYPE_CHECKING:
    import torch

PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}
_KINDS = {"w": "weight", "b": "bias"}

Tuned = dict[str, NDArray[np.float32]]
"""What tuning changes, by name: `l3.q.A` (rank, columns), `l3.q.B` (rows, rank), and vectors such as `l3.q.b`."""


def bert(model: PackedModel, rows: NDArray[np.int64]) -> Any:
    """`transformers.BertModel` with these weights and the word vectors of `rows`; float32, no dropout."""
    import torch
    import transformers

    config = transformers.BertConfig(
        vocab_size=len(rows), hidden_size=model.hidden, num_hidden_layers=model.layers,
        num_attention_heads=model.heads, intermediate_size=model.feed_forward,
        max_position_embeddings=model.positions, layer_norm_eps=model.epsilon,
        hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
    )  # fmt: skip
    net = transformers.BertModel(config, add_pooling_layer=False)
    state = {
        "embeddings.word_embeddings.weight": model.matrices["emb.word"].rows(rows).dense(),
        "embeddings.position_embeddings.weight": model.vectors["emb.pos"].reshape(-1, model.hidden),
        "embeddings.token_type_embeddings.weight": model.vectors["emb.type"].reshape(-1, model.hidden),
        "embeddings.LayerNorm.weight": model.vectors["emb.ln.w"],
        "embeddings.LayerNorm.bias": model.vectors["emb.ln.b"],
    }
    for layer in range(model.layers):
        for short, long in (PARTS | NORMS).items():
            for kind, word in _KINDS.items():
                key = f"l{layer}.{short}.{kind}"
                matrix = model.matrices.get(key)
                value = model.vectors[key] if matrix is None else matrix.dense()
                state[f"encoder.layer.{layer}.{long}.{word}"] = value
    found = net.load_state_dict({k: torch.tensor(v.copy()) for k, v in state.items()}, strict=False)
    wrong = [*found.unexpected_keys, *(key for key in found.missing_keys if "position_ids" not in key)]
    if wrong:
        raise ValueError(f"these weights do not fit BertModel: {wrong[:3]}")
    return net


def pooled(net: Any, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Unit vectors: the mean over real tokens, normalised; (n, hidden) float32."""
    import torch

    hidden = net(ids, attention_mask=mask).last_hidden_state.float()
    weight = mask.unsqueeze(2).float()
    return torch.nn.functional.normalize((hidden * weight).sum(1) / weight.sum(1), dim=1)


def add_corrections(net: Any, rank: int, first_layer: int) -> dict[str, Any]:
    """Freeze the model and put trainable corrections on the matrices from `first_layer` up; parameters by name.

    B begins as zeros, so that the model begins as it was.
    """
    import torch

    class Corrected(torch.nn.Module):  # type: ignore[misc]
        def __init__(self, base: Any) -> None:
            super().__init__()
            self.base = base
            self.A = torch.nn.Parameter(torch.randn(rank, base.in_features) * base.in_features**-0.5)
            self.B = torch.nn.Parameter(torch.zeros(base.out_features, rank))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            small = torch.nn.functional.linear(x, self.A)
            corrected: torch.Tensor = self.base(x) + torch.nn.functional.linear(small, self.B)
            return corrected

    net.requires_grad_(False)
    named: dict[str, Any] = {}
    for number, layer in enumerate(net.encoder.layer):
        for short, long in PARTS.items() if number >= first_layer else ():
            parent, _, name = long.rpartition(".")
            owner = layer.get_submodule(parent)
            module = Corrected(getattr(owner, name))
            setattr(owner, name, module)
            named |= {f"l{number}.{short}.A": module.A, f"l{number}.{short}.B": module.B}
    return named


def read_tuned(path: Path, share: float = 1.0) -> Tuned:
    """The corrections of a file, `share` of the way from the base (0) to what was tuned (1).

    Averaging the weights of a tuned model with its base's (Wortsman et al. 2022) is scaling its corrections.
    """
    with np.load(path) as file:
        values = {name: file[name].astype(np.float32) for name in sorted(file.files)}
    return {name: value * share if name.endswith(".B") else value for name, value in values.items()}


def write_tuned(path: Path, values: Tuned) -> None:
    """Write corrections as float16, the same bytes for the same numbers."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, value in sorted(values.items()):
            buffer = io.BytesIO()
            np.save(buffer, value.astype(np.float16))
            file.writestr(zipfile.ZipInfo(f"{name}.npy", (2026, 1, 1, 0, 0, 0)), buffer.getvalue())
