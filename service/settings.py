"""Settings, from the environment (``DANGJIAN_…``) and the command line; passed in, never looked up globally."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ingest.formats.limits import Limits
from service.errors import SettingsError

PREFIX = "DANGJIAN_"
LOCAL = "transformers:"
"""What a language model on this machine is named with, before its folder."""


class Settings(BaseSettings):
    """All that can be set. Sizes are in bytes or code points as named; a number out of bounds is refused."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="forbid", frozen=True, hide_input_in_errors=True
    )

    home: Path = Field(
        default_factory=lambda: user_data_path("dangjian", appauthor=False),
        description="数据文件夹，放资料库和索引；也可用 --home 指定",
    )
    embedder: str = Field(
        default="builtin",
        description="向量模型：builtin、onnx:文件夹 或 sentence-transformers:名称或文件夹；换模型后运行 dangjian ingest --rebuild",
    )
    threads: int = Field(default=0, ge=0, le=64, description="向量模型用几个线程，0 为全部核心")
    rerank_ms: float = Field(
        default=300,
        ge=0,
        le=60_000,
        description="一次检索最多用几毫秒由重排模型重读排在前面的段落，另有一半的时间重读答案里的句子；0 为不重读；机器慢时自动少读或不读",
    )
    rerank_candidates: int = Field(default=6, ge=1, le=100, description="重排最多重读几段")
    question_characters: int = Field(default=2000, ge=10, le=20000, description="问题最多几个字")
    search_limit: int = Field(default=50, ge=1, le=500, description="一次检索最多返回几段")
    points: int = Field(default=6, ge=1, le=20, description="一个回答最多几个要点")
    evidence_threshold: float = Field(
        default=0.5, ge=0, le=1, description="依据强度低于此值的不作回答，按没有找到处理"
    )
    request_bytes: int = Field(default=256 * 1024, ge=4096, le=2**30, description="接口请求的最大字节数")
    allow_changes: bool = Field(
        default=False,
        description="是否允许通过接口和页面修改资料库；打开后，没有设管理口令时，能访问服务的人都能修改",
    )
    manager_password: SecretStr = Field(
        default=SecretStr(""),
        description="管理口令，至少 8 个字符；设了以后，修改资料库要先输入它",
    )
    upload_bytes: int = Field(
        default=200 * 2**20, ge=1024, le=2**34, description="一次上传的全部文件的最大字节数"
    )
    keep_removed_days: int = Field(default=30, ge=1, le=36500, description="移除的资料保留几天，其间可以恢复")
    file_bytes: int = Field(
        default=20 * 2**20, ge=1024, le=2**30, description="一个文件（或压缩包里一个文件）的最大字节数"
    )
    read_seconds: float = Field(default=60, ge=1, le=3600, description="读取一个文件最多几秒")
    read_memory_bytes: int = Field(
        default=2_000_000_000, ge=256_000_000, le=2**40, description="读取一个文件最多用的内存字节数"
    )
    document_characters: int = Field(
        default=10_000_000, ge=1000, le=100_000_000, description="一份资料最多几个字"
    )
    pdf_pages: int = Field(default=3000, ge=1, le=100_000, description="一个 PDF 最多几页")
    html_elements: int = Field(default=2_000_000, ge=1000, le=100_000_000, description="一个网页最多几个元素")
    archive_files: int = Field(
        default=2000, ge=1, le=1_000_000, description="一个压缩包（.docx 也是）里最多几个文件"
    )
    unpacked_bytes: int = Field(
        default=200_000_000, ge=1_000_000, le=2**40, description="一个压缩包解压后的最大字节数"
    )
    unpacked_ratio: int = Field(
        default=200, ge=2, le=100_000, description="压缩比最大几倍，超过的按恶意文件拒绝"
    )

    conversation_turns: int = Field(default=8, ge=1, le=50, description="理解追问时最多看前面几轮问答")
    keep_conversations: bool = Field(default=True, description="是否把对话存入数据文件夹；不存则随服务结束")
    conversations_per_owner: int = Field(
        default=200, ge=1, le=10_000, description="一个浏览器最多保存几个对话，超过的从最早的删起"
    )

    lessons_per_owner: int = Field(
        default=200, ge=1, le=10_000, description="一个浏览器最多保存几份党课，满了要先删除不用的"
    )
    feedback_kept: int = Field(
        default=10_000, ge=1, le=1_000_000, description="最多保存几条对回答的评价，超过的从最早的删起"
    )

    @field_validator("manager_password")
    @classmethod
    def _long_enough(cls, password: SecretStr) -> SecretStr:
        if 0 < len(password.get_secret_value()) < 8:
            raise PydanticCustomError("setting", "至少 8 个字符")
        return password

    llm_model: str = Field(
        default="",
        description="语言模型，默认不用：接口上的模型名（同时设 DANGJIAN_LLM_BASE_URL），或 transformers:文件夹（本机的模型）",
    )
    llm_base_url: str = Field(
        default="",
        description="语言模型接口的地址（OpenAI 兼容），如 http://10.0.0.8:8000/v1；问题和引文会发到这里",
    )
    llm_key: SecretStr = Field(default=SecretStr(""), description="语言模型接口的密钥；不显示，不写入日志")
    llm_proxy: str = Field(default="", description="连接语言模型接口用的代理；系统的代理设置不起作用")
    llm_connect_seconds: float = Field(default=3, ge=0.1, le=60, description="连接语言模型最多等几秒")
    llm_first_seconds: float = Field(
        default=10, ge=0.1, le=600, description="语言模型最多等几秒开始回答，超过的只列原文"
    )
    llm_seconds: float = Field(
        default=20, ge=0.1, le=600, description="语言模型最多用几秒写完，超过的只列原文"
    )
    llm_characters: int = Field(default=2000, ge=100, le=20_000, description="语言模型最多写几个字")

    @field_validator("llm_base_url", "llm_proxy")
    @classmethod
    def _address(cls, value: str) -> str:
        """Refuses what is no plain address; one with a password in it would be shown where addresses are."""
        if value and not _is_plain_address(value):
            raise PydanticCustomError(
                "setting", "地址要写成 http://主机:端口/路径 或 https://…，不带用户名、密码和参数"
            )
        return value

    @field_validator("llm_key")
    @classmethod
    def _sendable(cls, value: SecretStr) -> SecretStr:
        key = value.get_secret_value()
        if not (key.isascii() and (key.isprintable() or not key)) or key != key.strip():
            raise PydanticCustomError("setting", "密钥只能有英文字母、数字和符号，前后不能有空格")
        return value

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """A model without an address, or an address without a model, is a setting half made."""
        local = self.llm_model.startswith(LOCAL)
        if bool(self.llm_base_url) != bool(self.llm_model and not local):
            raise PydanticCustomError(
                "setting",
                "DANGJIAN_LLM_MODEL 和 DANGJIAN_LLM_BASE_URL 要同时设置，或都不设置；本机的模型（transformers:文件夹）不设地址",
            )
        return self

    @property
    def library_path(self) -> Path:
        """The SQLite file of the library."""
        return self.home / "library.sqlite3"

    @property
    def conversations_path(self) -> Path:
        """The SQLite file of the conversations."""
        return self.home / "conversations.sqlite3"

    @property
    def uploads_path(self) -> Path:
        """The folder of the files that came through the page."""
        return self.home / "uploads"

    @property
    def lessons_path(self) -> Path:
        """The SQLite file of the lessons."""
        return self.home / "lessons.sqlite3"

    @property
    def feedback_path(self) -> Path:
        """The SQLite file of the feedback."""
        return self.home / "feedback.sqlite3"

    @property
    def index_path(self) -> Path:
        """The folder of the index generations."""
        return self.home / "index"

    @property
    def limits(self) -> Limits:
        """What reading a file may cost."""
        return Limits(
            seconds=self.read_seconds,
            memory_bytes=self.read_memory_bytes,
            expanded_bytes=self.unpacked_bytes,
            ratio=self.unpacked_ratio,
            entries=self.archive_files,
            pages=self.pdf_pages,
            characters=self.document_characters,
            nodes=self.html_elements,
        )


def settings_table() -> str:
    """All settings as the Markdown table of the manual."""
    rows = ["| 环境变量 | 默认 | 范围 | 含义 |", "|---|---|---|---|"]
    for name, field in Settings.model_fields.items():
        bounds = {
            mark: getattr(each, mark)
            for each in field.metadata
            for mark in ("ge", "le")
            if hasattr(each, mark)
        }
        allowed = f"{bounds['ge']}–{bounds['le']}" if bounds else ""
        default = "随系统" if field.default_factory else str(field.default).lower() or "空"
        rows.append(f"| `{PREFIX}{name.upper()}` | {default} | {allowed} | {field.description} |")
    return "\n".join(rows)


def load_settings(**overrides: Any) -> Settings:
    """The settings of this process; ``overrides`` that are ``None`` do not count. Raises SettingsError in Chinese."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name.upper() not in known)
    if unknown:
        names = "、".join(sorted(known))
        raise SettingsError(f"不认识的环境变量：{'、'.join(unknown)}。可用的有：{names}。请更正或取消设置。")
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        problems = "；".join(_problem(dict(e)) for e in error.errors())
        raise SettingsError(
            f"设置的值不合要求：{problems}。请检查命令行选项和 DANGJIAN_ 开头的环境变量。"
        ) from error


def _problem(error: dict[str, Any]) -> str:
    """What is wrong, as pydantic tells it; the value is left out where a rule of ours says what it should be."""
    name = ".".join(map(str, error["loc"]))
    if error["type"] == "setting":
        return f"{name}：{error['msg']}" if name else str(error["msg"])
    return f"{name} = {error['input']!r}"


def _is_plain_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return False
    extra = parts.username or parts.password or parts.query or parts.fragment
    return parts.scheme in ("http", "https") and bool(parts.hostname) and port != 0 and not extra
