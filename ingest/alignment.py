"""Which part of one text is which part of another: by likeness of wording, in order where that is possible.

Equal parts anchor the alignment; between anchors the pairing with the greatest likeness in all that keeps the order is
found (Needleman and Wunsch 1970); what is left over and alike is paired across, as moved.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher

LEAST_LIKENESS, LEAST_MOVED = 0.35, 0.6
"""From where two parts are one part, changed; moved ones have to be liker, as nothing but the wording speaks for them."""

_MOST_PAIRS = 400_000
"""Beyond, parts between two anchors are not compared with one another: they count as removed and added."""

_CONTAINED_WEIGHT, _CONTAINED_FROM = 0.9, 20

Pair = tuple[int | None, int | None]


def align(a: Sequence[str], b: Sequence[str]) -> list[Pair]:
    """Pairs of indexes into ``a`` and ``b``, each exactly once, ``None`` where a part has no counterpart.

    In the order of ``b``; what only ``a`` has stands after the part that it follows there.
    """
    found: dict[int, int] = {}
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    for tag, start_a, end_a, start_b, end_b in matcher.get_opcodes():
        if tag == "equal":
            found.update(zip(range(start_a, end_a), range(start_b, end_b), strict=True))
        elif tag == "replace":
            found.update(_in_order(a, b, range(start_a, end_a), range(start_b, end_b)))
    found.update(_moved(a, b, found))
    return _ordered(found, len(a), len(b))


def likeness(a: Counter[str], b: Counter[str]) -> float:
    """How far two parts are the same, in [0, 1], from the counts of their character pairs.

    The Dice coefficient, or nearly the share of the shorter part that the other holds: a part that was added to stays the same.
    """
    size_a, size_b = a.total(), b.total()
    if not size_a or not size_b:
        return 0.0
    common = (a & b).total()
    contained = common / min(size_a, size_b) if min(size_a, size_b) >= _CONTAINED_FROM else 0.0
    return max(2 * common / (size_a + size_b), _CONTAINED_WEIGHT * contained if contained > 0.6 else 0.0)


def _pairs(text: str) -> Counter[str]:
    return Counter(text[i : i + 2] for i in range(len(text) - 1)) or Counter([text])


def _likenesses(
    a: Sequence[str], b: Sequence[str], rows: Sequence[int], columns: Sequence[int]
) -> list[list[float]]:
    counts_b = [_pairs(b[j]) for j in columns]
    return [[likeness(counts, other) for other in counts_b] for counts in (_pairs(a[i]) for i in rows)]


def _in_order(a: Sequence[str], b: Sequence[str], rows: range, columns: range) -> dict[int, int]:
    """The pairing within ``rows`` and ``columns`` that keeps the order and has the greatest likeness in all."""
    if len(rows) * len(columns) > _MOST_PAIRS:
        return {}
    alike = _likenesses(a, b, rows, columns)
    best = [[0.0] * (len(columns) + 1) for _ in range(len(rows) + 1)]
    for i in range(len(rows) - 1, -1, -1):
        for j in range(len(columns) - 1, -1, -1):
            skip = max(best[i + 1][j], best[i][j + 1])
            paired = alike[i][j] + best[i + 1][j + 1] if alike[i][j] >= LEAST_LIKENESS else 0.0
            best[i][j] = max(skip, paired)
    found, i, j = {}, 0, 0
    while i < len(rows) and j < len(columns):
        if alike[i][j] >= LEAST_LIKENESS and best[i][j] == alike[i][j] + best[i + 1][j + 1]:
            found[rows[i]] = columns[j]
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found


def _moved(a: Sequence[str], b: Sequence[str], found: dict[int, int]) -> dict[int, int]:
    """Of what is left over on both sides, the likest pairs first."""
    taken = set(found.values())
    rows = [i for i in range(len(a)) if i not in found]
    columns = [j for j in range(len(b)) if j not in taken]
    if len(rows) * len(columns) > _MOST_PAIRS:
        return {}
    alike = _likenesses(a, b, rows, columns)
    pairs = sorted(
        (-alike[row][column], i, j)
        for row, i in enumerate(rows)
        for column, j in enumerate(columns)
        if alike[row][column] >= LEAST_MOVED
    )
    moved: dict[int, int] = {}
    for _, i, j in pairs:
        if i not in moved and j not in moved.values():
            moved[i] = j
    return moved


def _ordered(found: dict[int, int], size_a: int, size_b: int) -> list[Pair]:
    of_b = {j: i for i, j in found.items()}
    after: dict[int, list[int]] = {}  # by the part of b that it follows, -1 for those at the beginning
    last = -1
    for i in range(size_a):
        if i in found:
            last = found[i]
        else:
            after.setdefault(last, []).append(i)
    result: list[Pair] = [(i, None) for i in after.get(-1, ())]
    for j in range(size_b):
        result.append((of_b.get(j), j))
        result += [(i, None) for i in after.get(j, ())]
    return result
