"""Index generations: built whole or not at all, refused when anything is wrong, and readable while others are built."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ingest.library import Library
from retriever import builder, generation, manifest, vectors
from retriever.analyzer import Analyzer
from retriever.builder import build_generation
from retriever.calibration import unrelated_cosine
from retriever.dense import DenseSettings
from retriever.errors import GenerationError, IndexBusy, IndexDamaged, IndexMismatch, IndexMissing
from retriever.generation import Generation, kept_snapshots, open_generation
from retriever.manifest import GenerationInfo, PassageTable
from retriever.publishing import building
from tests.retriever_fakes import TEXTS, HashEmbedder, make_library, put

ANALYZER = Analyzer()
CRASH = Path(__file__).parent / "retriever_crash.py"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with make_library(tmp_path / "library.sqlite") as opened:
        yield opened


@pytest.fixture
def index_dir(tmp_path: Path) -> Path:
    return tmp_path / "index"


def build(
    library: Library, index_dir: Path, embedder: HashEmbedder | None = None, **options: bool
) -> GenerationInfo:
    return build_generation(library, embedder or HashEmbedder(), ANALYZER, index_dir, **options)


def reopen(index_dir: Path, embedder: HashEmbedder | None = None) -> Generation:
    return open_generation(index_dir, embedder=embedder or HashEmbedder(), analyzer=ANALYZER)


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def names(index_dir: Path) -> set[str]:
    return {path.name for path in index_dir.iterdir() if path.is_dir()}


def test_what_is_built_can_be_opened(library: Library, index_dir: Path) -> None:
    info = build(library, index_dir)
    assert info.built
    opened = reopen(index_dir)
    opened.verify()
    count = sum(len(library.passages(identity)) for identity in library.snapshot())
    assert info.passages == count == opened.table.count == opened.lexical.count == opened.dense.count
    assert (info.id, info.documents, info.sentences) == (opened.manifest.generation, len(TEXTS), count)
    assert opened.info.size == info.size > 1000
    assert opened.manifest.snapshot == library.snapshot()
    assert opened.manifest.unrelated == unrelated_cosine(HashEmbedder())
    for position in range(count):
        identity, revision, ordinal = opened.table.locate(position)
        assert position in opened.table.positions([identity])
        assert library.passages(identity, revision)[ordinal].id.startswith(identity)


def test_opening_writes_nothing(library: Library, index_dir: Path) -> None:
    build(library, index_dir)
    before = tree(index_dir)
    times = {path: path.stat().st_mtime_ns for path in index_dir.rglob("*")}
    reopen(index_dir).lexical.search("党费", 3)
    assert tree(index_dir) == before
    assert times == {path: path.stat().st_mtime_ns for path in index_dir.rglob("*")}


def test_building_twice_is_building_once(library: Library, index_dir: Path, tmp_path: Path) -> None:
    first, before = build(library, index_dir), tree(index_dir)
    again = build(library, index_dir)
    assert not again.built
    assert (again.id, again.created) == (first.id, first.created)
    assert tree(index_dir) == before
    assert build(library, tmp_path / "elsewhere").id == first.id


def test_every_input_changes_the_name(library: Library, tmp_path: Path) -> None:
    def name(embedder: HashEmbedder, dense: DenseSettings | None = None) -> str:
        return builder.generation_id(library, embedder, ANALYZER, dense or DenseSettings())[0]

    found = {name(HashEmbedder()), name(HashEmbedder(revision="2")), name(HashEmbedder(dimension=3))}
    found.add(name(HashEmbedder(), DenseSettings(flat_limit=3)))
    assert name(HashEmbedder(), DenseSettings(probes=3, threads=2)) == name(HashEmbedder())
    put(library, "新的", "新的规定。")
    found.add(name(HashEmbedder()))
    assert len(found) == 5


def test_vectors_come_from_the_cache(library: Library, index_dir: Path) -> None:
    first = HashEmbedder()
    build(library, index_dir, first)
    put(library, "新的", "这是新的一句。")
    second = HashEmbedder()
    build(library, index_dir, second)
    new = [text for text in second.embedded if text in set(first.embedded)]
    assert not [text for text in new if "党" in text]  # only the calibration's texts once more
    assert "这是新的一句。" in second.embedded


def test_a_broken_off_build_keeps_its_vectors(
    library: Library, index_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "BATCH", 2)

    class Interrupted(Exception):
        pass

    def interrupt(step: str, done: int, total: int) -> None:
        if step == "passages" and done >= 4:
            raise Interrupted

    first = HashEmbedder()
    with pytest.raises(Interrupted):
        build_generation(library, first, ANALYZER, index_dir, progress=interrupt)
    assert len(first.embedded) == 4
    second = HashEmbedder()
    build(library, index_dir, second)
    assert not set(first.embedded) & set(second.embedded)


def test_what_is_embedded_says_where_it_stands_in_simplified_script(
    library: Library, index_dir: Path
) -> None:
    put(library, "繁體", "黨費由黨支部收繳。")
    embedder = HashEmbedder()
    build(library, index_dir, embedder)
    assert "繁体办法 › 关于繁体\n党费由党支部收缴。" in embedder.embedded
    assert "党费由党支部收缴。" in embedder.embedded


@pytest.mark.parametrize("dimension", [1, 7, 1024])
def test_exotic_dimensions(library: Library, index_dir: Path, dimension: int) -> None:
    embedder = HashEmbedder(dimension)
    build(library, index_dir, embedder)
    assert reopen(index_dir, embedder).dense.dimension == dimension


def test_an_empty_library_gives_a_usable_generation(tmp_path: Path) -> None:
    with make_library(tmp_path / "library.sqlite", {}) as library:
        info = build(library, tmp_path / "index")
    assert (info.documents, info.passages, info.sentences) == (0, 0, 0)
    opened = reopen(tmp_path / "index")
    assert opened.lexical.search("党", 3) == []
    assert opened.dense.search(HashEmbedder().embed_queries(["党"])[0], 3) == []


def test_the_previous_generation_is_kept_and_older_ones_leave(library: Library, index_dir: Path) -> None:
    built = []
    for number in range(4):
        put(library, "变化", f"第{number}次修改。")
        (index_dir / "tmp-123").mkdir(parents=True)
        built.append(build(library, index_dir))
        assert names(index_dir) == {info.id for info in built[-2:]}
    assert {snapshot[identity] for snapshot in kept_snapshots(index_dir) for identity in snapshot} >= {3, 4}
    build(library, index_dir)
    assert names(index_dir) == {info.id for info in built[-2:]}


def test_readers_go_on_while_their_generation_is_removed(library: Library, index_dir: Path) -> None:
    build(library, index_dir)
    old = reopen(index_dir)
    found = old.lexical.search("两张皮", 3)
    for number in range(3):
        put(library, "变化", f"第{number}次修改。")
        build(library, index_dir)
    assert not old.directory.exists()
    assert old.lexical.search("两张皮", 3) == found
    assert old.sentences.similarities(0, HashEmbedder().embed_queries(["党"])[0])


def test_going_back_uses_the_kept_generation(library: Library, index_dir: Path) -> None:
    first = build(library, index_dir)
    build(library, index_dir, HashEmbedder(revision="2"))
    back = build(library, index_dir)
    assert back.id == first.id
    assert not back.built
    assert reopen(index_dir).manifest.generation == first.id


def test_rebuild_makes_a_new_directory_of_the_same_name(library: Library, index_dir: Path) -> None:
    first = build(library, index_dir)
    again = build(library, index_dir, rebuild=True)
    assert again.built
    assert again.id == first.id
    assert again.directory != first.directory
    assert reopen(index_dir).directory == again.directory


def test_only_one_build_at_a_time(library: Library, index_dir: Path) -> None:
    index_dir.mkdir()
    with building(index_dir), pytest.raises(IndexBusy):
        build(library, index_dir)


# --- refusals -------------------------------------------------------------------------------------------------------


def test_no_index_yet(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="dangjian ingest"):
        reopen(tmp_path / "index")


@pytest.mark.parametrize(
    "embedder",
    [HashEmbedder(revision="2"), HashEmbedder(dimension=3), HashEmbedder(name="other")],
    ids=["revision", "dimension", "name"],
)
def test_another_embedder_is_refused(library: Library, index_dir: Path, embedder: HashEmbedder) -> None:
    build(library, index_dir)
    with pytest.raises(IndexMismatch, match=r"向量模型.*dangjian ingest"):
        reopen(index_dir, embedder)


class Mirrored(HashEmbedder):
    """Another revision whose vectors have nothing in common with those of the first."""

    def _vector(self, text: str) -> NDArray[np.float32]:
        return np.ascontiguousarray(-super()._vector(text)[::-1])


def test_nothing_of_another_revision_is_used_again(library: Library, index_dir: Path) -> None:
    old, new = HashEmbedder(revision="1"), Mirrored(revision="2")
    build(library, index_dir, old)
    with pytest.raises(IndexMismatch, match=r"向量模型.*dangjian ingest"):
        reopen(index_dir, new)
    assert build(library, index_dir, new).built
    assert set(old.embedded) <= set(new.embedded)
    opened = reopen(index_dir, new)
    assert opened.manifest.unrelated == unrelated_cosine(new)
    for position in range(opened.table.count):
        document, revision, ordinal = opened.table.locate(position)
        passage = library.passages(document, revision)[ordinal]
        text = vectors.passage_text(library.document(document, revision).metadata.title, passage)
        found = opened.dense.search(new.embed_queries([text])[0], 1, frozenset({position}))
        assert found[0][1] == pytest.approx(1.0, abs=1e-3)
        for number, sentence in enumerate(vectors.sentence_texts(passage)):
            own = new.embed_queries([sentence])[0]
            assert opened.sentences.similarities(position, own)[number] == pytest.approx(1.0, abs=1e-2)
    with pytest.raises(IndexMismatch):
        reopen(index_dir, old)


def test_another_analyzer_is_refused(library: Library, index_dir: Path) -> None:
    build(library, index_dir)
    other = Analyzer()
    other.__dict__["fingerprint"] = "other"
    with pytest.raises(IndexMismatch, match=r"分词器.*dangjian ingest"):
        open_generation(index_dir, embedder=HashEmbedder(), analyzer=other)


@pytest.mark.parametrize(("version", "words"), [(0, "太旧"), (99, "更新的程序")])
def test_another_format_is_refused(
    library: Library, index_dir: Path, monkeypatch: pytest.MonkeyPatch, version: int, words: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(builder, "FORMAT", version)
        patch.setattr(manifest, "FORMAT", version)
        build(library, index_dir)
    with pytest.raises(IndexMismatch, match=rf"{words}.*dangjian ingest"):
        reopen(index_dir)


def spoil_flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x10
    path.write_bytes(data)


def spoil_truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def spoil_empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("spoil", [spoil_flip, spoil_truncate, spoil_empty, Path.unlink])
def test_every_damaged_file_is_refused_and_repaired(
    library: Library, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    build(library, tmp_path / "sound")
    files = [path for path in (tmp_path / "sound").rglob("*") if path.is_file() and path.name != "build.lock"]
    assert len(files) > 10
    for number, file in enumerate(files):
        if not file.stat().st_size and spoil is not Path.unlink:
            continue
        index_dir = tmp_path / f"index-{number}"  # none is removed: the one opened last may still be in use
        shutil.copytree(tmp_path / "sound", index_dir)
        spoil(index_dir / file.relative_to(tmp_path / "sound"))
        with pytest.raises((IndexDamaged, IndexMissing), match="dangjian ingest"):
            reopen(index_dir)
        build(library, index_dir)
        reopen(index_dir).verify()


def test_large_generations_are_checksummed_on_demand(
    library: Library, index_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(library, index_dir)
    monkeypatch.setattr(generation, "VERIFY_UP_TO", 0)
    spoil_flip(reopen(index_dir).directory / generation.SENTENCES)
    opened = reopen(index_dir)
    with pytest.raises(IndexDamaged, match=generation.SENTENCES):
        opened.verify()


@pytest.mark.parametrize(
    "pointer", ["", "[]", "{}", '{"directory": "../x", "manifest": "0"}', '{"directory": 1}', "\0"]
)
def test_a_spoilt_pointer_is_refused_and_repaired(library: Library, index_dir: Path, pointer: str) -> None:
    build(library, index_dir)
    (index_dir / generation.CURRENT).write_text(pointer)
    with pytest.raises(IndexDamaged, match="dangjian ingest"):
        reopen(index_dir)
    assert not build(library, index_dir).built
    reopen(index_dir)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "null", '{"format": "1"}', '{"format": 1}', '{"format": null}']
)
def test_a_spoilt_manifest_is_a_generation_error(text: str) -> None:
    with pytest.raises(GenerationError):
        manifest.Manifest.from_json(text)


def test_the_passage_table_round_trips() -> None:
    table = PassageTable([("a", 1, 2), ("b", 7, 0), ("c", 3, 1)])
    assert [table.locate(position) for position in range(3)] == [("a", 1, 0), ("a", 1, 1), ("c", 3, 0)]
    assert table.positions(["a", "b", "x"]) == {0, 1}
    with pytest.raises(IndexError):
        table.locate(3)
    assert PassageTable.from_json(table.to_json()).locate(2) == ("c", 3, 0)
    with pytest.raises(IndexDamaged):
        PassageTable.from_json("[1]")


# --- crashes --------------------------------------------------------------------------------------------------------

STEPS = ["lexical", "passages", "dense", "sentences", "manifest", "sync", "rename", "current", "clean"]


@pytest.mark.parametrize(
    ("step", "count"),
    [*((step, 1) for step in STEPS), ("os.rename", 1), ("os.rename", 2), ("os.replace", 1),
     *(("os.fsync", count) for count in (1, 5, 16, 18, 19, 20))],
)  # fmt: skip
def test_a_crash_leaves_the_old_or_the_new(tmp_path: Path, step: str, count: int) -> None:
    index_dir = tmp_path / "index"
    with make_library(tmp_path / "library.sqlite") as library:
        for number in range(2):  # so that there is an older one to clear away as well
            put(library, "变化", f"第{number}次修改。")
            old = build(library, index_dir)
        put(library, "变化", "最后一次修改。")
        new = builder.generation_id(library, HashEmbedder(), ANALYZER, DenseSettings())[0]
        done = subprocess.run(
            [sys.executable, "-W", "ignore", str(CRASH), str(tmp_path), step, str(count)],
            capture_output=True, text=True, check=False, env={**os.environ, "PYTHONHASHSEED": "0"},
        )  # fmt: skip
        assert done.returncode == 9, done.stderr
        opened = reopen(index_dir)
        opened.verify()
        assert opened.manifest.generation in (old.id, new)
        if step in ("clean",):
            assert opened.manifest.generation == new
        if step in STEPS[:-1] or step in ("os.replace",):
            assert opened.manifest.generation == old.id
        assert opened.table.locate(0)[1] <= 3
        assert build(library, index_dir).id == new
        assert reopen(index_dir).manifest.generation == new
        assert names(index_dir) <= {new, old.id}
        assert json.loads((index_dir / generation.CURRENT).read_text())["directory"] == new
