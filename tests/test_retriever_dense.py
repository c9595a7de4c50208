"""The dense leg: exact order, every kind of index, and damaged files refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from retriever.dense import DenseIndex, DenseSettings, SentenceVectors
from retriever.errors import IndexDamaged

KINDS = {
    "flat": DenseSettings(),
    "half": DenseSettings(flat_limit=1),
    "inverted": DenseSettings(flat_limit=1, half_limit=2, probes=1000),
}


def unit(count: int, dimension: int, seed: int = 0) -> NDArray[np.float32]:
    rows = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def test_the_kind_follows_the_size() -> None:
    settings = DenseSettings()
    assert [settings.kind(n) for n in (0, 20_000, 20_001, 200_000, 200_001)] == [
        "flat", "flat", "half", "half", "inverted",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("count", "dimension"), [(3, 1), (50, 7), (400, 48)])
def test_finds_the_nearest_before_and_after_saving(
    tmp_path: Path, kind: str, count: int, dimension: int
) -> None:
    vectors = unit(count, dimension)
    index = DenseIndex.build(vectors, KINDS[kind])
    index.save(tmp_path / "x")
    loaded = DenseIndex.load(tmp_path / "x", KINDS[kind])
    assert (loaded.count, loaded.dimension) == (count, dimension)
    for query in (vectors[0], vectors[-1], unit(1, dimension, 9)[0]):
        hits = index.search(query, 5)
        assert hits == loaded.search(query, 5)
        assert hits == sorted(hits, key=lambda pair: (-pair[1], pair[0]))
        exact = vectors @ query
        assert [score for _, score in hits] == pytest.approx(
            [exact[position] for position, _ in hits], abs=0.03
        )
        assert hits[0][1] == pytest.approx(exact.max(), abs=0.03)


@pytest.mark.parametrize("kind", KINDS)
def test_building_is_deterministic(tmp_path: Path, kind: str) -> None:
    for name in "ab":
        DenseIndex.build(unit(300, 16), KINDS[kind]).save(tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_ties_go_by_position(kind: str) -> None:
    vectors = unit(300, 16)
    vectors[100:150] = vectors[7]
    found = DenseIndex.build(vectors, KINDS[kind]).search(vectors[7], 5)
    assert [position for position, _ in found] == [7, 100, 101, 102, 103]


@pytest.mark.parametrize("kind", KINDS)
@given(allowed=st.frozensets(st.integers(0, 299)), k=st.integers(0, 20))
def test_only_allowed(kind: str, allowed: frozenset[int], k: int) -> None:
    vectors = unit(300, 16)
    found = DenseIndex.build(vectors, KINDS[kind]).search(vectors[7], k, allowed)
    assert {position for position, _ in found} <= allowed
    assert len(found) == min(k, len(allowed))
    assert not found or 7 not in allowed or found[0][0] == 7


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_index_is_usable(tmp_path: Path, kind: str) -> None:
    DenseIndex.build(np.zeros((0, 5), np.float32), KINDS[kind]).save(tmp_path / "x")
    assert DenseIndex.load(tmp_path / "x").search(unit(1, 5)[0], 3) == []


@pytest.mark.parametrize("kind", KINDS)
def test_truncated_files_are_refused(tmp_path: Path, kind: str) -> None:
    DenseIndex.build(unit(60, 5), KINDS[kind]).save(tmp_path / "x")
    data = (tmp_path / "x").read_bytes()
    for length in [*range(0, min(200, len(data)), 3), *range(200, len(data), 37)]:
        (tmp_path / "y").write_bytes(data[:length])
        with pytest.raises(IndexDamaged, match="dangjian ingest --rebuild"):
            DenseIndex.load(tmp_path / "y")


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IndexDamaged):
        DenseIndex.load(tmp_path / "nothing")


def test_large_files_are_mapped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = unit(200, 8)
    DenseIndex.build(vectors).save(tmp_path / "x")
    monkeypatch.setattr("retriever.dense._MAP_FROM", 1)
    assert DenseIndex.load(tmp_path / "x").search(vectors[3], 1)[0][0] == 3


def store(folder: Path, groups: list[list[int]], rows: NDArray[np.float32]) -> SentenceVectors:
    np.save(folder / "v.npy", rows[[row for group in groups for row in group]].astype(np.float16))
    np.save(folder / "o.npy", np.cumsum([0, *map(len, groups)], dtype=np.int64))
    return SentenceVectors.load(folder / "v.npy", folder / "o.npy")


def test_sentence_similarities(tmp_path: Path) -> None:
    rows = unit(6, 9)
    sentences = store(tmp_path, [[0, 1], [], [2, 3, 4], [5]], rows)
    assert sentences.passages == 4
    assert sentences.similarities(1, rows[0]) == ()
    assert sentences.similarities(2, rows[3]) == pytest.approx(tuple(rows[[2, 3, 4]] @ rows[3]), abs=2e-3)
    assert sentences.similarities(3, rows[5])[0] == pytest.approx(1, abs=2e-3)


def test_damaged_sentence_files_are_refused(tmp_path: Path) -> None:
    store(tmp_path, [[0, 1], [2]], unit(3, 4))
    good = (tmp_path / "v.npy").read_bytes()
    for data in (b"", b"junk" * 50, good[:-1], good[:100]):
        (tmp_path / "v.npy").write_bytes(data)
        with pytest.raises(IndexDamaged):
            SentenceVectors.load(tmp_path / "v.npy", tmp_path / "o.npy")
    (tmp_path / "v.npy").write_bytes(good)
    np.save(tmp_path / "o.npy", np.array([0, 1, 9]))
    with pytest.raises(IndexDamaged):
        SentenceVectors.load(tmp_path / "v.npy", tmp_path / "o.npy")
