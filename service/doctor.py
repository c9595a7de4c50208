"""``dangjian doctor``: each part looked at, with the fix where something is wrong."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ingest.errors import IngestError
from ingest.library import Library
from retriever.errors import RetrieverError
from service import build
from service.errors import LanguageModelError, ServiceError
from service.settings import Settings

_TRIAL = {1: "党支部书记每年至少讲一次党课。"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report: what was looked at, whether it is in order, and what was seen or how to mend it."""

    part: str
    ok: bool
    detail: str


def examine(settings: Settings, *, try_model: bool = False) -> list[Finding]:
    """Look at models, library, index, page, fonts and language model, in this order; nothing is changed.

    The language model is asked something only with ``try_model``.
    """
    checks: tuple[tuple[str, Callable[[Settings], str]], ...] = (
        ("模型", _model),
        ("重排模型", _reranker),
        ("资料库", _library),
        ("索引", _index),
        ("页面", _page),
        ("字体", _fonts),
        ("语言模型", _tried_model if try_model else _language_model),
    )
    return [_finding(part, check, settings) for part, check in checks]


def _finding(part: str, check: Callable[[Settings], str], settings: Settings) -> Finding:
    try:
        return Finding(part, True, check(settings))
    except (IngestError, RetrieverError, ServiceError, OSError) as error:
        return Finding(part, False, str(error))


def _model(settings: Settings) -> str:
    embedder = build.embedder_of(settings)
    near, far = embedder.embed_passages(["党支部要落实三会一课制度", "红烧肉要用小火慢炖"])
    query = embedder.embed_queries(["三会一课怎么落实"])[0]
    if not query @ near > query @ far:
        raise RetrieverError(f"模型 {embedder.name} 的结果不合常理。请重新安装本程序。")
    return f"{embedder.name}（{embedder.dimension} 维，版本 {embedder.revision}）"


def _reranker(settings: Settings) -> str:
    second_look = build.second_look_of(settings)
    if second_look is None:
        return "没有启用（DANGJIAN_RERANK_MS=0）"
    reranker = second_look.reranker
    place = "中国共产党章程 › 第一章 党员"
    right, wrong = reranker.corrections(
        "预备党员的预备期是多久？", [(place, "预备党员的预备期为一年。"), (place, "红烧肉要用小火慢炖。")]
    )
    if not right > wrong:
        raise RetrieverError(f"重排模型 {reranker.name} 的结果不合常理。请重新安装本程序。")
    return f"{reranker.name}（版本 {reranker.revision}）"


def _library(settings: Settings) -> str:
    library = Library.open(settings.library_path)
    try:
        problems = library.problems()
        if problems:
            raise IngestError(
                f"资料库有损坏：{'；'.join(problems[:3])}。请从备份恢复，或删除后重新 dangjian ingest。"
            )
        records = library.records()
        return f"{len(records)} 份资料，{sum(record.passages for record in records)} 个段落，位于 {settings.home}"
    finally:
        library.close()


def _index(settings: Settings) -> str:
    assistant = build.open_assistant(settings)
    try:
        generation = assistant.generation
        generation.verify()
        if dict(generation.manifest.snapshot) != assistant.library.snapshot():
            raise RetrieverError("索引与资料库不一致：上次入库没有完成。请运行 dangjian ingest --rebuild。")
        return f"{generation.manifest.passages} 个段落，版本 {generation.manifest.generation}"
    finally:
        assistant.close()


def _page(_: Settings) -> str:
    from service.api.app import WEB

    missing = [name for name in ("index.html",) if not (WEB / name).is_file()]
    if missing:
        raise OSError(f"缺少页面文件 {'、'.join(missing)}。请重新安装本程序。")
    return "页面文件齐全"


def _fonts(_: Settings) -> str:
    names = list(_font_names())
    if names:
        return f"有中文字体（如 {names[0]}）"
    return "没有查到本机的中文字体；页面使用浏览者电脑上的字体，不受影响"


def _font_names() -> Iterator[str]:
    """Chinese fonts that fontconfig knows, where it is installed."""
    if shutil.which("fc-list"):
        listing = subprocess.run(
            ["fc-list", ":lang=zh", "family"], capture_output=True, text=True, check=False
        )
        yield from (line.split(",")[0] for line in listing.stdout.splitlines() if line.strip())


def _language_model(settings: Settings) -> str:
    model = build.language_model_of(settings)
    if model is None:
        return "没有设置（可以不用）"
    return f"已设置 {model.name}{_where(settings)}，没有试用；要试用请运行 dangjian doctor --llm"


def _tried_model(settings: Settings) -> str:
    """Whether the language model answers: it is sent a line of our own, nothing of the library."""
    from service.llm.load import limits_of
    from service.llm.prompt import make_prompt
    from service.llm.waiting import write_within

    model = build.language_model_of(settings)
    if model is None:
        return "没有设置（可以不用）"
    started = time.monotonic()
    try:
        written = write_within(
            model, make_prompt("党支部书记讲党课有什么要求？", _TRIAL), limits_of(settings)
        )
    except LanguageModelError as error:
        raise ServiceError(
            f"{error}（{model.name}{_where(settings)}）。请检查 DANGJIAN_LLM_ 开头的设置和模型服务；不影响原文作答。"
        ) from error
    if not written.strip():
        raise ServiceError(f"{model.name} 什么也没有写。请换一个模型，或检查模型服务；不影响原文作答。")
    return f"{model.name}{_where(settings)} 有应答，用时 {time.monotonic() - started:.1f} 秒"


def _where(settings: Settings) -> str:
    return f"（{settings.llm_base_url}）" if settings.llm_base_url else ""
