"""Everyday questions that tuning is to leave as they are: made of common words, without any document.

They hold the model to its base outside the domain it is tuned for (distillation, as in Li and Hoiem 2017,
"Learning without Forgetting"), where there are no judged questions to train on and the guard sets must stay unseen.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator

_KINDS = {
    "nr": ("{a}是谁？", "{a}出生于哪一年？", "{a}的代表作品有哪些？", "{a}是哪里人？", "{a}和{b}是什么关系？"),
    "ns": ("{a}位于哪里？", "{a}有多少人口？", "{a}有哪些著名景点？", "{a}的气候怎么样？", "从{a}到{b}有多远？"),
    "nt": ("{a}成立于什么时候？", "{a}的总部在哪里？", "{a}是由谁创办的？", "{a}的主要业务是什么？"),
    "nz": ("{a}是什么？", "{a}有什么特点？", "{a}是什么时候出现的？", "{a}为什么受欢迎？"),
    "n": (
        "{a}是什么？", "{a}有哪些种类？", "{a}和{b}有什么区别？", "{a}是怎么形成的？", "为什么{a}会影响{b}？",
        "第一个{a}是在哪里发现的？", "{a}的主要成分是什么？", "哪个国家的{a}最有名？", "{a}中的{b}有多少？",
    ),
}  # fmt: skip
_COMMON, _RARE = 20_000, 30
"""Counts in the dictionary between which a word is neither empty nor unknown."""


def dictionary() -> Iterator[tuple[str, int, str]]:
    """(word, count, part of speech) of jieba's dictionary."""
    import jieba

    with jieba.get_dict_file() as file:
        for line in file:
            word, count, kind = line.decode("utf-8").split()
            yield word, int(count), kind


def anchors(words: Iterable[tuple[str, int, str]], count: int, seed: int) -> list[str]:
    """So many questions, drawn with the seed; the kinds of words take turns. Raises IndexError without words."""
    known: dict[str, list[str]] = {kind: [] for kind in _KINDS}
    for word, number, kind in words:
        if kind in known and len(word) > 1 and _RARE <= number <= _COMMON:
            known[kind].append(word)
    draw = random.Random(seed)
    kinds = ("n", "ns", "n", "nr", "nz", "n", "nt")
    made = []
    for number in range(count):
        kind = kinds[number % len(kinds)]
        made.append(draw.choice(_KINDS[kind]).format(a=draw.choice(known[kind]), b=draw.choice(known[kind])))
    return made
