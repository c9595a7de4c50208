"""How well the check of a language model's sentences tells what a text carries: ``python -m eval.support --home DIR``.

Documents are divided by their hash: the threshold is chosen on the development half, the figures are of the other.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.support_pairs import Pair, make_pairs, sorts
from service import build
from service.assistant import Assistant
from service.llm.support import THRESHOLD
from service.llm.verifier import Verifier
from service.settings import Settings

_SHARE_OF_FALSE = 0.02
"""The threshold is the least at which no more of the unsupported development pairs pass."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair with its score, and what the comparison of facts found wrong."""

    pair: Pair
    wrong: str
    score: float

    def passes(self, threshold: float) -> bool:
        """Whether the sentence would be shown."""
        return not self.wrong and self.score >= threshold


def judge(verifier: Verifier, pairs: Sequence[Pair]) -> list[Judged]:
    """Each pair through the verifier's two steps."""
    return [Judged(pair, *verifier.judge(pair.sentence, pair.cited, ())) for pair in pairs]


def chosen(judged: Sequence[Judged]) -> float:
    """The least threshold, in steps of 0.01, at which few of the unsupported pass."""
    false = [row for row in judged if not row.pair.supported]
    for hundredths in range(50, 100):
        if sum(row.passes(hundredths / 100) for row in false) <= _SHARE_OF_FALSE * len(false):
            return hundredths / 100
    return 1.0


def table(judged: Sequence[Judged], threshold: float) -> str:
    """Per sort of pair: how many, how many pass, with the interval, and how many pass by the facts alone; Markdown."""
    lines = [
        "| 句子 | 应当通过 | 句数 | 通过 | 95% 区间 | 只比对事实时通过 |",
        "|---|---|---:|---:|---|---:|",
    ]
    groups = [
        *((name, good, [r for r in judged if r.pair.sort == name]) for name, good in sorts()),
        *(
            (
                f"**合计：{'有' if good else '没有'}依据**",
                good,
                [r for r in judged if r.pair.supported is good],
            )
            for good in (True, False)
        ),
    ]
    for name, good, rows in groups:
        if rows:
            passed, by_facts = sum(r.passes(threshold) for r in rows), sum(not r.wrong for r in rows)
            low, high = wilson(passed, len(rows))
            lines.append(
                f"| {name} | {'是' if good else '否'} | {len(rows)} | {passed / len(rows):.1%} | "
                f"{max(low, 0):.1%}–{high:.1%} | {by_facts / len(rows):.1%} |"
            )
    return "\n".join(lines)


def wilson(hits: int, count: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927): unlike a bootstrap it says something where nothing, or all, passes."""
    z, share = 1.96, hits / count
    middle, spread = (
        share + z * z / (2 * count),
        z * math.sqrt(share * (1 - share) / count + (z / (2 * count)) ** 2),
    )
    return (middle - spread) / (1 + z * z / count), (middle + spread) / (1 + z * z / count)


def pairs_of(assistant: Assistant, part: str, most: int) -> list[Pair]:
    """The pairs from the documents of a part (``dev`` or ``test``), in the order of their hashes."""
    records = sorted(assistant.documents(), key=lambda record: record.sha256)
    half = records[0::2] if part == "dev" else records[1::2]
    texts = [assistant.document(record.id).text for record in half]
    return make_pairs(texts, assistant.analyzer.query_terms, most)


def main() -> None:
    """Print the threshold that the development half asks for, and the table of the other half."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True, action="append")
    parser.add_argument("--most", type=int, default=60, help="sentences of each document")
    parser.add_argument("--part", choices=("dev", "test"), default="test")
    parser.add_argument("--show", default="", help="print the pairs of this sort that are judged wrongly")
    arguments = parser.parse_args()
    judged: dict[str, list[Judged]] = {"dev": [], "test": []}
    for home in arguments.home:
        assistant = build.open_assistant(Settings(home=home))
        verifier = build.verifier_of(assistant.retriever, assistant.analyzer)
        for part, rows in judged.items():
            rows += judge(verifier, pairs_of(assistant, part, arguments.most))
        assistant.close()
    print(f"dev 半数的阈值：{chosen(judged['dev']):.2f}；现用：{THRESHOLD:.2f}\n")
    print(table(judged[arguments.part], THRESHOLD))
    for row in judged[arguments.part]:
        if row.pair.sort == arguments.show and row.passes(THRESHOLD) is not row.pair.supported:
            print(f"\n{row.score:.2f} {row.wrong}\n  句：{row.pair.sentence}\n  据：{row.pair.cited}")


if __name__ == "__main__":
    main()
