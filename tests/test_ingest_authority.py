"""Kind, rank and 解释机关 as they are read off a document's form."""

from __future__ import annotations

import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import authority, issuers, metadata
from ingest.loaders import load_bytes
from ingest.manifest import corpus_folder, load_manifest
from ingest.repair import repair
from ingest.types import Metadata

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = tomllib.loads((HERE / "data" / "authority.toml").read_text("utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_openings(case: dict[str, Any]) -> None:
    found = metadata.extract(case["text"], Metadata())
    assert (found.kind, found.rank) == (case["kind"], case["rank"])
    assert found.interpreter == case.get("interpreter", "")


REFERENCE = {
    "baomi_tiaoli_2024": "行政法规",
    "baomifa_2010": "国家法律",
    "baomifa_2024": "国家法律",
    "baxiang_guiding_2012": "中央法规",
    "dangan_tiaoli_2024": "行政法规",
    "dangfei_2008": "",  # 中央组织部 issued it; the text does not say so
    "dangshi_jiaoyu_2024": "中央法规",
    "dangyuan_jiaoyu_2019": "中央法规",
    "dangzhang_2022": "中央法规",
    "ganbu_dangan_2018": "中央法规",
    "gaoxiao_jiceng_2021": "中央法规",
    "gonghui_2021": "国家法律",
    "gongwuyuan_2018": "国家法律",
    "guoqi_chufen_2024": "行政法规",
    "jianchafa_2024": "国家法律",
    "jiguan_shiwu_2012": "行政法规",
    "noisy_dangyuan_jiaoyu_2019": "中央法规",
    "shiye_renshi_2014": "行政法规",
    "xinfang_2005": "行政法规",
    "xinfang_2022": "中央法规",
    "xingzheng_juece_2019": "行政法规",
    "xinxi_gongkai_2019": "行政法规",
    "zhengwu_chufen_2020": "国家法律",
}
REGULATIONS = HERE.parent.parent / "shared" / "data" / "regulations"


@pytest.mark.skipif(not REGULATIONS.is_dir(), reason="the reference regulations are not on this machine")
@pytest.mark.parametrize("folder", ["text", "orig"])
def test_real_regulations(folder: str) -> None:
    for path in sorted((REGULATIONS / folder).iterdir()):
        raw = load_bytes(path.read_bytes(), name=path.name, origin=str(path))
        found = metadata.extract(repair(raw.text).text, Metadata())
        assert (found.kind, found.rank) == ("法规", REFERENCE[path.stem]), path.name


@pytest.mark.parametrize("name", sorted(load_manifest(corpus_folder() / "manifest.toml")))
def test_the_corpus_blind_agrees_with_its_manifest(name: str) -> None:
    stated = load_manifest(corpus_folder() / "manifest.toml")[name]
    raw = load_bytes((corpus_folder() / name).read_bytes(), name=name, origin=name)
    found = metadata.extract(repair(raw.text).text, Metadata())
    assert (found.kind, found.rank) == (stated.kind, stated.rank)


def test_what_the_manifest_states_wins() -> None:
    text = "在全市组织工作会议上的讲话\n同志们：\n下面，我讲三点意见。\n"
    found = metadata.extract(text, Metadata(kind="文件", rank="地方文件"))
    assert (found.kind, found.rank) == ("文件", "地方文件")
    assert metadata.extract(text, Metadata(rank="地方文件")).rank == "地方文件"
    assert metadata.extract("没有标题的一段话。\n第二段。", Metadata(kind="经验材料")).rank == "经验材料"


def test_natures() -> None:
    assert [authority.nature_of(Metadata(rank=rank)) for rank in metadata.RANKS] == [
        *["规定"] * 5,
        "要求",
        "做法",
        "做法",
        "",
    ]
    assert authority.nature_of(Metadata(kind="法规")) == "规定"
    assert authority.nature_of(Metadata(kind="文件")) == ""
    assert authority.nature_of(Metadata(kind="报道", rank="中央法规")) == "规定"


@pytest.mark.parametrize(
    ("words", "rank"),
    [
        ("中共中央组织部", "部门文件"),
        ("中央组织部、教育部", "部门文件"),
        ("中共中央、国务院", "中央法规"),
        ("中华人民共和国国务院令", "行政法规"),
        ("国务院国有资产监督管理委员会", "部门文件"),
        ("第十四届全国人民代表大会常务委员会", "国家法律"),
        ("江苏省第十四届人民代表大会常务委员会", "地方文件"),
        ("中共江苏省委组织部", "地方文件"),
        ("市委、市政府", "地方文件"),
        ("教育部门应当", ""),
        ("城市管理", ""),
        ("清华大学党委", ""),
        ("经中共中央批准", ""),
    ],
)
def test_bodies(words: str, rank: str) -> None:
    assert issuers.rank_of_body(words) == rank


@pytest.mark.parametrize(
    ("number", "rank"),
    [
        ("中发〔2019〕9号", "中央法规"),
        ("中办发〔2020〕3号", "中央法规"),
        ("国办发〔2020〕9号", "行政法规"),
        ("国务院令第431号", "行政法规"),
        ("主席令第六号", "国家法律"),
        ("组通字〔2022〕17号", "部门文件"),
        ("教育部令第41号", "部门文件"),
        ("苏组发〔2023〕21号", "地方文件"),
        ("榕委办发〔2023〕12号", "地方文件"),
        ("校发〔2023〕5号", ""),
        ("2023年5号", ""),
    ],
)
def test_numbers(number: str, rank: str) -> None:
    assert issuers.rank_of_number(number) == rank


_PIECES = st.sampled_from(
    [
        *(line for case in CASES for line in case["text"].split("\n")),
        "同志们：",
        "第一条 好。",
        "\u3000",
        "《",
        "〔",
    ]
)


@given(st.lists(_PIECES, max_size=14).map("\n".join))
def test_any_text_gets_known_values_that_agree(text: str) -> None:
    found = metadata.extract(text, Metadata())
    assert found.kind in metadata.KINDS
    assert found.rank in metadata.RANKS
    if found.kind in ("讲话", "报道", "经验材料"):
        assert found.rank == found.kind
    else:
        assert found.rank not in ("讲话", "报道", "经验材料")
    assert not found.interpreter or found.interpreter in text


@pytest.mark.parametrize(
    "text",
    ["区" * 5000, "中共" + "某市" * 2000, "本条例由" * 2000, "我们坚持" * 3000, "在上的" * 2000, "《" * 5000],
)
def test_hostile_text_is_read_in_time(text: str) -> None:
    started = time.process_time()  # what else the machine does must not count
    for words in (text, text[:80] + "\n" + text):
        metadata.extract(words, Metadata())
    assert time.process_time() - started < 10


def test_a_red_head_is_no_title() -> None:
    text = next(case["text"] for case in CASES if case["name"] == "部委通知，红头")
    assert metadata.extract(text, Metadata()).title == "关于做好党员教育培训工作有关事项的通知"
