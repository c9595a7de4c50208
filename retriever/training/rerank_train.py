"""Train the reranker on what the retriever finds, on a CPU.

    python -m retriever.training.rerank_train --examples CAND/train.jsonl --dev CAND/stard_law.jsonl … --out RUN

A step takes some questions, each with a right passage and a few of the wrong ones that were found. The loss is the
cross-entropy of the right one (listwise: Cao et al. 2007), the fused score counting as a part of the logit that
stays as it is: the model learns to correct fusion. RUN holds `settings.json`, `log.jsonl` (losses of the
steps and, now and then, nDCG@10 of the development questions), `reranker.npz` (an average of the weights over the later
steps) and `checkpoint.pt`, from which the same command goes on. Needs the extras `models` and `convert`.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retriever.rerankers.inputs import asked, pair
from retriever.training.encoder import read_tuned, write_tuned
from retriever.training.measure import ndcg
from retriever.training.rerank_model import RERANKER, SCALE, Reranker, Shape, padded

if TYPE_CHECKING:
    import torch

_ALIKE = 20
"""Pairs of like length that run together."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How to train. `shares`: how often a question is drawn from each source, which its id begins with."""

    steps: int = 260
    questions: int = 12
    wrong: int = 4
    depth: int = 20
    rate: float = 4e-4
    head_rate: float = 2e-3
    decay: float = 0.05
    warmup: int = 20
    average: float = 0.98
    seed: int = 20
    shares: Mapping[str, float] = field(
        default_factory=lambda: {"judged": 0.6, "template": 0.3, "cloze": 0.05, "heading": 0.05}
    )


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that the retriever found."""

    id: str
    place: str
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Example:
    """A question, what is right for it (id to grade) and what was found, best first."""

    id: str
    query: str
    right: Mapping[str, int]
    found: tuple[Found, ...]


def read_examples(path: Path) -> list[Example]:
    """What `eval.candidates` wrote."""
    rows = map(json.loads, path.read_text("utf-8").splitlines())
    return [
        Example(row["id"], row["query"], row["right"], tuple(Found(**one) for one in row["found"]))
        for row in rows
    ]


def by_source(examples: Sequence[Example]) -> dict[str, list[Example]]:
    """Those that have a right passage among the ones found, or for which none is right, by the kind that their ids begin with."""
    sources: dict[str, list[Example]] = {}
    for one in examples:
        if not one.right or any(found.id in one.right for found in one.found):
            sources.setdefault(one.id.split("-")[0], []).append(one)
    return sources


def draw(
    sources: Mapping[str, Sequence[Example]], settings: Settings, step: int
) -> list[list[tuple[Example, Found]]]:
    """The lists of a step, from the seed and the step alone; the first of each is right."""
    chance = random.Random(f"{settings.seed}/{step}")
    lists = []
    for source in chance.choices(list(settings.shares), list(settings.shares.values()), k=settings.questions):
        example = chance.choice(sources[source])
        right = [one for one in example.found if one.id in example.right]
        wrong = [one for one in example.found[: settings.depth] if one.id not in example.right]
        picked = [chance.choice(right), *chance.sample(wrong, min(settings.wrong, len(wrong)))]
        lists.append([(example, one) for one in picked])
    return lists


class Trainer:
    """One run: the model, its optimiser, the running average and where it stands."""

    def __init__(self, model: Reranker, tokenizer: Any, settings: Settings) -> None:
        import torch

        self.model, self.tokenizer, self.settings, self.step = model, tokenizer, settings, 0
        self.average = model.values()
        self.optimiser = torch.optim.AdamW(
            [
                {"params": list(model.named.values()), "top": settings.rate},
                {"params": list(model.head.values()), "top": settings.head_rate},
            ],
            weight_decay=settings.decay,
            betas=(0.9, 0.98),
        )

    def corrections(self, pairs: Sequence[tuple[Example, Found]]) -> torch.Tensor:
        """What the model says of some pairs, in logits. Pairs of like length run together, to pad less."""
        import torch

        rows = []
        for example, found in pairs:
            question = asked(self.tokenizer, example.query)
            rows.append(pair(self.tokenizer, question, found.place, found.text))
        order = sorted(range(len(rows)), key=lambda i: len(rows[i][0]))
        parts = [order[start : start + _ALIKE] for start in range(0, len(order), _ALIKE)]
        scores = torch.cat([self.model.score(*padded([rows[i] for i in part])) for part in parts])
        return scores[torch.argsort(torch.tensor(order))]

    def train(self, lists: Sequence[Sequence[tuple[Example, Found]]]) -> dict[str, float]:
        """One step; the mean loss of each source in it."""
        import torch

        self._set_rates()
        losses = self.losses(lists, self.corrections([one for row in lists for one in row]))
        self.optimiser.zero_grad()
        torch.stack(losses).mean().backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters.values(), 1.0)
        self.optimiser.step()
        self.step += 1
        keep = min(self.settings.average, self.step / (self.step + 10))
        for name, value in self.model.values().items():
            self.average[name] = keep * self.average[name] + (1 - keep) * value
        kinds: dict[str, list[float]] = {}
        for row, loss in zip(lists, losses, strict=True):
            kinds.setdefault(row[0][0].id.split("-")[0], []).append(loss.item())
        return {name: round(statistics.fmean(found), 4) for name, found in sorted(kinds.items())}

    def losses(
        self, lists: Sequence[Sequence[tuple[Example, Found]]], scores: torch.Tensor
    ) -> list[torch.Tensor]:
        """The loss of each list; `scores` (n,) are those of all their pairs."""
        import torch

        fused = torch.tensor([found.score for row in lists for _, found in row]) * SCALE
        parts = torch.split(scores + fused, [len(row) for row in lists])
        return [-torch.log_softmax(part, 0)[0] for part in parts]

    def draw(self, sources: Mapping[str, Sequence[Example]]) -> list[list[tuple[Example, Found]]]:
        """The lists of the step that comes."""
        return draw(sources, self.settings, self.step)

    def _set_rates(self) -> None:
        """Up over the warm-up, then down along a cosine to a twentieth."""
        done = min(1.0, self.step / max(1, self.settings.steps))
        share = (0.05 + 0.95 * (1 + math.cos(math.pi * done)) / 2) * min(
            1.0, (self.step + 1) / self.settings.warmup
        )
        for group in self.optimiser.param_groups:
            group["lr"] = group["top"] * share

    def measure(self, examples: Sequence[Example], depth: int) -> dict[str, float]:
        """nDCG@10 as found and corrected, by the averaged weights."""
        import torch

        now = self.model.values()
        self.model.set_values(self.average)
        before, after = [], []
        with torch.no_grad():
            for example in examples:
                top = example.found[:depth]
                scores = self.corrections([(example, one) for one in top]).tolist() if top else []
                logits = [SCALE * one.score + score for one, score in zip(top, scores, strict=True)]
                order = sorted(range(len(top)), key=lambda i: -logits[i])
                before.append(ndcg([one.id for one in top], example.right))
                after.append(ndcg([top[i].id for i in order], example.right))
        self.model.set_values(now)
        return {"fused": round(statistics.fmean(before), 4), "reranked": round(statistics.fmean(after), 4)}

    def save(self, out: Path) -> None:
        """Write the checkpoint and `reranker.npz`; each replaces the old one whole."""
        import torch

        named = {name: value.detach() for name, value in self.model.parameters.items()}
        average = {name: torch.from_numpy(value) for name, value in self.average.items()}
        state = {
            "step": self.step,
            "named": named,
            "average": average,
            "optimiser": self.optimiser.state_dict(),
        }
        torch.save(state, out / "checkpoint.tmp")
        (out / "checkpoint.tmp").replace(out / "checkpoint.pt")
        write_tuned(out / "reranker.tmp", self.average)
        (out / "reranker.tmp").replace(out / "reranker.npz")

    def load(self, out: Path) -> None:
        """Go on from the checkpoint, if there is one."""
        import torch

        if not (out / "checkpoint.pt").exists():
            return
        state = torch.load(out / "checkpoint.pt", weights_only=True)
        self.step = state["step"]
        self.model.set_values({name: value.numpy() for name, value in state["named"].items()})
        self.average = {name: value.numpy() for name, value in state["average"].items()}
        self.optimiser.load_state_dict(state["optimiser"])


def run(
    trainer: Trainer, examples: Sequence[Example], dev: Mapping[str, Sequence[Example]], out: Path, every: int
) -> None:
    """Train to the last step; log every step, measure and save every so many."""
    out.mkdir(parents=True, exist_ok=True)
    sources = {name: by_source(examples).get(name, []) for name in trainer.settings.shares}
    counts = {name: len(found) for name, found in sources.items()}
    record = {"settings": asdict(trainer.settings), "examples": counts}
    (out / "settings.json").write_text(json.dumps(record, indent=1) + "\n", "utf-8")
    trainer.load(out)
    with (out / "log.jsonl").open("a", encoding="utf-8") as log:
        while trainer.step < trainer.settings.steps:
            begin, step = time.perf_counter(), trainer.step
            losses = trainer.train(trainer.draw(sources))
            row = {"step": step, "losses": losses, "seconds": round(time.perf_counter() - begin, 2)}
            print(json.dumps(row), file=log, flush=True)
            if trainer.step % every == 0 or trainer.step == trainer.settings.steps:
                trainer.save(out)
                scores = {name: trainer.measure(rows, 16) for name, rows in dev.items()}
                print(json.dumps({"step": trainer.step, "dev": scores}), file=log, flush=True)


def command(
    argv: Sequence[str] | None, about: str, kind: type[Trainer], settings: Settings, shape: Shape
) -> int:
    """The command line of a training run: a `kind` of trainer with `settings`, over a model of this `shape`."""
    import torch

    from retriever.training.finetune import packaged_encoder

    parser = argparse.ArgumentParser(description=about)
    parser.add_argument(
        "--examples", type=Path, required=True, help="of eval.candidates --gold, or reader_pairs"
    )
    parser.add_argument("--dev", type=Path, nargs="*", default=[], help="the same, to be measured")
    parser.add_argument("--limit", type=int, default=50, help="development questions of each set")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="begin with these values instead of the base")
    parser.add_argument("--steps", type=int, default=settings.steps)
    parser.add_argument("--every", type=int, default=100)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args(argv)
    torch.set_num_threads(args.threads)
    net, texts = packaged_encoder()
    wanted = replace(settings, steps=args.steps)
    model = Reranker(net, wanted.seed, shape)
    if args.start:
        model.set_values(read_tuned(args.start))
    trainer = kind(model, texts.tokenizer, wanted)
    dev = {}
    for path in args.dev:
        rows = read_examples(path)
        dev[path.stem] = rows[:: max(1, len(rows) // args.limit)][: args.limit]
    run(trainer, read_examples(args.examples), dev, args.out, args.every)
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Command line."""
    return command(argv, (__doc__ or "").split("\n")[0], Trainer, Settings(), RERANKER)


if __name__ == "__main__":
    raise SystemExit(main())
