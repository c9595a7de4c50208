"""The reranker in PyTorch: the lower layers of the embedding model, corrections, and a head.

Question and passage are read as one row. The head compares every piece of the question with the piece of the
passage most like it (MaxSim: Khattab and Zaharia 2020, "ColBERT"), weighs these likenesses by what the piece is, and
adds what a small network makes of both parts' means. As likenesses say something before anything is trained, the model
begins as a useful one. What comes out is, in units of `SCALE`, a correction to the fused score, or of the sentence reader
(`reader_train`) a score by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from retriever.rerankers.inputs import PASSAGE, QUERY
from retriever.training.encoder import Tuned, add_corrections

if TYPE_CHECKING:
    import torch

SCALE = 25.0
"""Fused scores times this are logits, about as steep as judged training questions want them."""
INNER = 64
PAD = 1


@dataclass(frozen=True, slots=True)
class Shape:
    """How many of the base's layers are kept, from which on they are corrected, and with what rank.

    `scale` is what likeness counts at first. `neither` is the likeness that speaks neither for nor against a passage: with
    one, the score means something by itself (above 0: answers), without, only beside others.
    """

    layers: int = 6
    first: int = 2
    rank: int = 16
    scale: float = 1.0
    neither: float | None = None


RERANKER = Shape()
READER = Shape(layers=12, first=2, rank=32, scale=0.5, neither=0.7)


def padded(rows: list[tuple[list[int], list[int]]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Pieces and parts of some pairs, int64 (n, tokens) each."""
    import torch

    longest = max(len(ids) for ids, _ in rows)
    ids = torch.full((len(rows), longest), PAD)
    parts = torch.zeros_like(ids)
    for number, (row, belongs) in enumerate(rows):
        ids[number, : len(row)] = torch.tensor(row)
        parts[number, : len(row)] = torch.tensor(belongs)
    return ids, parts


class Reranker:
    """The network and its trainable parameters by name. `net` is a `BertModel` (see `encoder.bert`), cut here.

    Corrections stand on the layers from `shape.first` up.
    """

    def __init__(self, net: Any, seed: int = 20, shape: Shape = RERANKER) -> None:
        import torch

        torch.manual_seed(seed)
        net.encoder.layer = net.encoder.layer[: shape.layers]
        self.net = net
        hidden = net.config.hidden_size
        self.named: dict[str, torch.Tensor] = add_corrections(net, shape.rank, shape.first)
        self.head: dict[str, torch.Tensor] = {
            "head.weight": torch.nn.Parameter(torch.zeros(hidden)),
            "head.scale": torch.nn.Parameter(torch.full((1,), shape.scale)),
            "head.down": torch.nn.Parameter(torch.randn(INNER, 2 * hidden) * (2 * hidden) ** -0.5),
            "head.bias": torch.nn.Parameter(torch.zeros(INNER)),
            "head.up": torch.nn.Parameter(torch.zeros(INNER)),
        }
        if shape.neither is not None:
            self.head["head.neither"] = torch.nn.Parameter(torch.full((1,), shape.neither))

    @property
    def parameters(self) -> dict[str, torch.Tensor]:
        """All that is trained."""
        return self.named | self.head

    def values(self) -> Tuned:
        """The trained numbers."""
        return {name: value.detach().float().numpy().copy() for name, value in self.parameters.items()}

    def set_values(self, values: Tuned) -> None:
        """Take over trained numbers."""
        import torch

        with torch.no_grad():
            for name, parameter in self.parameters.items():
                parameter.copy_(torch.from_numpy(np.asarray(values[name], np.float32)))

    def score(self, ids: torch.Tensor, parts: torch.Tensor) -> torch.Tensor:
        """Logits: float32 (n,)."""
        import torch

        with torch.autocast("cpu", dtype=torch.bfloat16):
            states = self.net(ids, attention_mask=(ids != PAD).long()).last_hidden_state
        states = states.float()
        query, passage = ((parts == part).float() for part in (QUERY, PASSAGE))
        unit = torch.nn.functional.normalize(states, dim=2)
        likeness = unit @ unit.transpose(1, 2) - 2 * (1 - passage)[:, None, :]
        best = likeness.max(2).values
        weight = torch.exp(states @ self.head["head.weight"]) * query
        alike = (best * weight).sum(1) / weight.sum(1)
        if "head.neither" in self.head:
            alike = alike - self.head["head.neither"]
        means = [(states * part[:, :, None]).sum(1) / part.sum(1, keepdim=True) for part in (query, passage)]
        inner = torch.tanh(torch.cat(means, 1) @ self.head["head.down"].T + self.head["head.bias"])
        return SCALE * self.head["head.scale"] * alike + inner @ self.head["head.up"]
