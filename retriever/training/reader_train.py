"""Train the sentence reader: does this sentence answer the question?

    python -m retriever.training.reader_train --examples SETS/reader/train.jsonl --dev SETS/reader/cmrc2018_dev.jsonl … --out RUN

As `rerank_train`, with four differences. A list has one answer more to choose, "none of these", with the logit 0, and
from some lists the right sentence is withheld, and a near miss has none, so that this is right: what the model says means something without other
sentences beside it. The score that a sentence was found with is no part of the logit. And of the wrong sentences some
are of the text that holds the right one. And some questions are mistyped (`slips`).
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from retriever.training.measure import area
from retriever.training.rerank_model import READER
from retriever.training.rerank_train import Example, Found, Settings, Trainer, command
from retriever.training.slips import slipped

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, slots=True)
class Reading(Settings):
    """How to train. Of the `wrong` sentences at most `near` are of the text that holds the right one, drawn from the likest
    ones.

    `withheld`: how often a list goes without its right sentence, by source. Judgements of statutes are not complete: what
    is left there may be right, so it is done less.
    """

    steps: int = 2450
    questions: int = 24
    wrong: int = 3
    rate: float = 5e-4
    warmup: int = 40
    average: float = 0.99
    shares: Mapping[str, float] = field(
        default_factory=lambda: {
            "cmrc": 0.09,
            "drcd": 0.09,
            "judged": 0.07,
            "template": 0.02,
            "written": 0.46,
            "missed": 0.27,
        }
    )
    near: int = 2
    slips: float = 0.15
    withheld: Mapping[str, float] = field(
        default_factory=lambda: {"cmrc": 0.3, "drcd": 0.3, "judged": 0.15, "template": 0.15, "written": 0.1}
    )


def lists_of(
    sources: Mapping[str, Sequence[Example]], settings: Reading, step: int
) -> list[list[tuple[Example, Found]]]:
    """The lists of a step, from the seed and the step alone; where the first is not right, none is."""
    chance = random.Random(f"{settings.seed}/{step}")
    lists = []
    for source in chance.choices(list(settings.shares), list(settings.shares.values()), k=settings.questions):
        example = chance.choice(sources[source])
        if chance.random() < settings.slips:
            example = replace(example, query=slipped(example.query, chance))
        answers = [one for one in example.found if one.id in example.right]
        right = chance.choice(answers) if answers else None
        about = _text(right or max(example.found, key=lambda one: one.score))
        wrong = [one for one in example.found if one.id not in example.right]
        near = sorted((o for o in wrong if _text(o) == about), key=lambda o: -o.score)[: 2 * settings.near]
        far = [one for one in wrong if _text(one) != about]
        picked = chance.sample(near, min(settings.near, len(near)))
        picked += chance.sample(far, min(settings.wrong - len(picked), len(far)))
        if right and chance.random() >= settings.withheld.get(source, 0.0):
            picked.insert(0, right)
        if picked:
            lists.append([(example, one) for one in picked])
    return lists


def _text(found: Found) -> str:
    return found.id.split("#")[0]


class ReaderTrainer(Trainer):
    """A run of the reader."""

    settings: Reading

    def losses(
        self, lists: Sequence[Sequence[tuple[Example, Found]]], scores: torch.Tensor
    ) -> list[torch.Tensor]:
        """The cross-entropy of the right sentence, or of none, of each list."""
        import torch

        parts = torch.split(scores, [len(row) for row in lists])
        losses = []
        for row, part in zip(lists, parts, strict=True):
            chances = torch.log_softmax(torch.cat([part, part.new_zeros(1)]), 0)
            example, first = row[0]
            losses.append(-chances[0 if first.id in example.right else -1])
        return losses

    def draw(self, sources: Mapping[str, Sequence[Example]]) -> list[list[tuple[Example, Found]]]:
        """The lists of the step that comes."""
        return lists_of(sources, self.settings, self.step)

    def measure(self, examples: Sequence[Example], depth: int) -> dict[str, float]:
        """By the averaged weights: a right sentence first among the first `depth`, as found and as read; `none` is how well
        the best score tells the list from the same without its right sentences (area under the curve), `above` how often
        that score is above 0 with and without them."""
        import torch

        now = self.model.values()
        self.model.set_values(self.average)
        found, read, best, rest = [], [], [], []
        with torch.no_grad():
            for example in examples:
                top = example.found[:depth]
                right = [one.id in example.right for one in top]
                if all(right) or not any(right):
                    continue
                scores = self.corrections([(example, one) for one in top]).tolist()
                found.append(float(right[0]))
                read.append(float(right[scores.index(max(scores))]))
                best.append(max(scores))
                rest.append(max(s for s, is_right in zip(scores, right, strict=True) if not is_right))
        self.model.set_values(now)
        told = {
            "found": statistics.fmean(found),
            "read": statistics.fmean(read),
            "none": area(best, rest),
            "above": statistics.fmean(score > 0 for score in best),
            "above_without": statistics.fmean(score > 0 for score in rest),
        }
        return {name: round(value, 4) for name, value in told.items()} | {"lists": len(found)}


def main(argv: Sequence[str] | None = None) -> int:
    """Command line."""
    return command(argv, (__doc__ or "").split("\n")[0], ReaderTrainer, Reading(), READER)


if __name__ == "__main__":
    raise SystemExit(main())
