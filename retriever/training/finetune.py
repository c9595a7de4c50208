"""Tune how the packaged embedding model reads questions, on a CPU.

    python -m retriever.training.finetune --pairs PAIRS --out RUN [--steps 400]

Only questions are tuned: passages keep the vectors of the base (as in DensePhrases: Lee et al. 2021), so every
passage of the training documents stands against every question at the price of reading the questions, and
what tuning can spoil is bounded. The loss is the cross-entropy of a question with a right passage among all
that are not right for it (InfoNCE: van den Oord et al. 2018). Low-rank corrections are tuned (see `encoder`), with
weight decay, and everyday questions are held to the vectors that the base gives them (see `anchors`). `RUN` holds `settings.json`, `log.jsonl` (a line a step),
`tuned.npz` for `choose`, and `checkpoint.pt`, from which the same command goes on. Needs the extras `models` and `convert`.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from retriever.training import vocabulary
from retriever.training.encoder import add_corrections, bert, pooled, write_tuned

if TYPE_CHECKING:
    import torch

_REFUSED = -1e4
Vectors = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Settings:
    """How to tune. `shares`: how often a question is drawn from each source.

    Passages whose cosine with a right one is at least `alike` are not held against its question: they are other
    versions of the same text, and judgements are not complete. The source `anchor` is of everyday questions; `hold` is
    the weight of their distance from the base.
    """

    steps: int = 70
    batch: int = 64
    rate: float = 5e-4
    decay: float = 0.05
    warmup: int = 8
    temperature: float = 0.01
    alike: float = 0.96
    hold: float = 0.5
    rank: int = 16
    first_layer: int = 0
    longest: int = 48
    seed: int = 20
    shares: dict[str, float] = field(
        default_factory=lambda: {
            "judged": 0.3,
            "template": 0.25,
            "cloze": 0.1,
            "heading": 0.1,
            "anchor": 0.25,
        }
    )


@dataclass(frozen=True, slots=True)
class Example:
    """A question and the rows of its right passages; of an anchor, the row of its own vector."""

    source: str
    query: str
    right: tuple[int, ...]


class Examples:
    """Draws batches from the seed and the step alone, so that a run can be taken up anywhere."""

    def __init__(self, examples: Sequence[Example], settings: Settings) -> None:
        """Raises ValueError for a source that has no examples."""
        self._settings = settings
        self.counts = dict(Counter(example.source for example in examples))
        self._by_source = {name: [e for e in examples if e.source == name] for name in settings.shares}
        if empty := [name for name, found in self._by_source.items() if not found]:
            raise ValueError(f"no examples of source {empty[0]!r}")

    def draw(self, step: int) -> list[Example]:
        """The examples of a step."""
        draw = random.Random(f"{self._settings.seed}/{step}")
        shares = self._settings.shares
        sources = draw.choices(list(shares), list(shares.values()), k=self._settings.batch)
        return [draw.choice(self._by_source[source]) for source in sources]


class Texts:
    """Turns questions into padded ids and masks, with the prefix of the packaged model."""

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer = tokenizer

    def __call__(self, questions: Sequence[str], longest: int) -> tuple[torch.Tensor, torch.Tensor]:
        """int64 (n, tokens) twice: ids, and 1 where a token is real."""
        import torch

        self.tokenizer.enable_truncation(longest)
        self.tokenizer.enable_padding(pad_id=vocabulary.SPECIAL.index("<pad>"), pad_token="<pad>")
        rows = self.tokenizer.encode_batch([vocabulary.PREFIXES[0] + text for text in questions])
        return torch.tensor([row.ids for row in rows]), torch.tensor([row.attention_mask for row in rows])


class Tuner:
    """One run: the model, its optimiser and where it stands. `passages` and `anchors` are unit vectors (n, hidden)."""

    def __init__(
        self, net: Any, texts: Texts, passages: Vectors, anchors: Vectors, settings: Settings
    ) -> None:
        import torch

        torch.manual_seed(settings.seed)
        self.settings, self.net, self.texts, self.step = settings, net, texts, 0
        self.passages = torch.from_numpy(passages.astype(np.float32))
        self.anchors = torch.from_numpy(anchors.astype(np.float32))
        self.named = add_corrections(net, settings.rank, settings.first_layer)
        self.optimiser = torch.optim.AdamW(
            self.named.values(), lr=settings.rate, weight_decay=settings.decay, betas=(0.9, 0.99)
        )

    def rate(self) -> float:
        """The learning rate of this step: up over the warm-up, then down along a cosine to a twentieth."""
        done = self.step / max(1, self.settings.steps)
        cosine = 0.05 + 0.95 * (1 + math.cos(math.pi * min(1.0, done))) / 2
        return self.settings.rate * cosine * min(1.0, (self.step + 1) / max(1, self.settings.warmup))

    def train(self, examples: Sequence[Example]) -> dict[str, float]:
        """One step; the mean loss of each source in it."""
        import torch

        for group in self.optimiser.param_groups:
            group["lr"] = self.rate()
        losses = self.losses(examples)
        self.optimiser.zero_grad()
        losses.mean().backward()
        torch.nn.utils.clip_grad_norm_(self.named.values(), 1.0)
        self.optimiser.step()
        self.step += 1
        by_source: dict[str, list[float]] = {}
        for example, loss in zip(examples, losses.tolist(), strict=True):
            by_source.setdefault(example.source, []).append(loss)
        return {name: round(sum(found) / len(found), 4) for name, found in sorted(by_source.items())}

    def losses(self, examples: Sequence[Example]) -> torch.Tensor:
        """The loss of each question."""
        import torch

        with torch.autocast("cpu", dtype=torch.bfloat16):
            asked = pooled(self.net, *self.texts([e.query for e in examples], self.settings.longest)).float()
        anchored = torch.tensor([example.source == "anchor" for example in examples])
        losses = torch.empty(len(examples))
        trained = [example for example in examples if example.source != "anchor"]
        own = torch.tensor([e.right[0] for e in examples if e.source == "anchor"], dtype=torch.long)
        away = 1 - (asked[anchored] * self.anchors[own]).sum(1)
        losses[anchored] = self.settings.hold * away / self.settings.temperature
        losses[~anchored] = self._contrast(asked[~anchored], trained)
        return losses

    def _contrast(self, asked: torch.Tensor, examples: Sequence[Example]) -> torch.Tensor:
        """Of each question with one of its right passages, taken in turn by the step."""
        import torch

        own = torch.tensor([e.right[self.step % len(e.right)] for e in examples], dtype=torch.long)
        scores = asked @ self.passages.T / self.settings.temperature
        refused = torch.zeros_like(scores, dtype=torch.bool)
        for row, example in enumerate(examples):
            right = self.passages[list(example.right)]
            refused[row] = ((self.passages @ right.T) >= self.settings.alike).any(1)
        refused[torch.arange(len(own)), own] = False
        scores = scores.masked_fill(refused, _REFUSED)
        return torch.nn.functional.cross_entropy(scores, own, reduction="none")

    def save(self, out: Path) -> None:
        """Write the checkpoint and `tuned.npz`; each replaces the old one whole."""
        import torch

        named = {name: parameter.detach() for name, parameter in self.named.items()}
        state = {"step": self.step, "named": named, "optimiser": self.optimiser.state_dict()}
        torch.save(state, out / "checkpoint.tmp")
        (out / "checkpoint.tmp").replace(out / "checkpoint.pt")
        write_tuned(out / "tuned.tmp", {name: value.numpy() for name, value in named.items()})
        (out / "tuned.tmp").replace(out / "tuned.npz")

    def load(self, out: Path) -> None:
        """Go on from the checkpoint, if there is one."""
        import torch

        if not (out / "checkpoint.pt").exists():
            return
        state = torch.load(out / "checkpoint.pt", weights_only=True)
        self.step = state["step"]
        with torch.no_grad():
            for name, parameter in self.named.items():
                parameter.copy_(state["named"][name])
        self.optimiser.load_state_dict(state["optimiser"])


def run(tuner: Tuner, examples: Examples, out: Path, every: int = 25) -> None:
    """Train to the last step; log every step, save every so many."""
    out.mkdir(parents=True, exist_ok=True)
    settings = {"settings": asdict(tuner.settings), "examples": examples.counts}
    (out / "settings.json").write_text(json.dumps(settings, indent=1) + "\n", "utf-8")
    tuner.load(out)
    with (out / "log.jsonl").open("a", encoding="utf-8") as log:
        while tuner.step < tuner.settings.steps:
            begin, step = time.perf_counter(), tuner.step
            losses = tuner.train(examples.draw(step))
            row = {"step": step, "losses": losses, "seconds": round(time.perf_counter() - begin, 2)}
            print(json.dumps(row), file=log, flush=True)
            if tuner.step % every == 0 or tuner.step == tuner.settings.steps:
                tuner.save(out)


def read_examples(folder: Path) -> tuple[list[Example], Vectors, Vectors]:
    """What `make_pairs` wrote: examples with the anchors, vectors of passages and of anchors."""
    rows = map(json.loads, (folder / "pairs.jsonl").read_text("utf-8").splitlines())
    examples = [Example(row["source"], row["query"], tuple(row["right"])) for row in rows]
    questions = json.loads((folder / "anchors.json").read_text("utf-8"))
    examples += [Example("anchor", question, (row,)) for row, question in enumerate(questions)]
    return examples, np.load(folder / "vectors.npy"), np.load(folder / "anchors.npy")


def packaged_encoder() -> tuple[Any, Texts]:
    """The base with the cut vocabulary, and its tokenizer."""
    from tokenizers import Tokenizer

    from retriever.embedders.onnx import packaged_model
    from retriever.training.convert_e5 import KEPT, find_weights, kept_rows
    from retriever.training.packed_weights import read_packed

    model = read_packed(find_weights())
    rows = np.array(kept_rows(model, vocabulary.read_kept(KEPT)), np.int64)
    return bert(model, rows), Texts(Tokenizer.from_file(str(packaged_model() / "tokenizer.json")))


def main(argv: Sequence[str] | None = None) -> int:
    """Command line."""
    import torch

    parser = argparse.ArgumentParser(prog="finetune", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--pairs", type=Path, required=True, help="the folder of make_pairs")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=Settings().steps)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args(argv)
    torch.set_num_threads(args.threads)
    settings = Settings(steps=args.steps)
    examples, passages, anchors = read_examples(args.pairs)
    net, texts = packaged_encoder()
    run(Tuner(net, texts, passages, anchors, settings), Examples(examples, settings), args.out)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
