"""Settings, from the environment (``DANGJIAN_…``) and the command line; passed in, never looked up globally."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from platformdirs import user_data_path
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from service.errors import SettingsError

PREFIX = "DANGJIAN_"


class Settings(BaseSettings):
    """All that can be set. Sizes are in bytes or code points as named; a number out of bounds is refused."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    home: Path = Field(default_factory=lambda: user_data_path("dangjian", appauthor=False))
    """The data folder: the library and the index live in it."""
    embedder: str = "builtin"
    """``builtin``, ``onnx:DIR`` or ``sentence-transformers:NAME_OR_PATH``."""
    threads: int = Field(default=0, ge=0, le=64)
    """Threads of the embedding model; 0 takes all cores."""
    question_characters: int = Field(default=2000, ge=10, le=20000)
    file_bytes: int = Field(default=20 * 2**20, ge=1024, le=2**30)
    request_bytes: int = Field(default=256 * 1024, ge=4096, le=2**30)
    search_limit: int = Field(default=50, ge=1, le=500)
    """The most hits that one search gives."""
    points: int = Field(default=6, ge=1, le=20)
    """The most points of an answer."""
    evidence_threshold: float = Field(default=0.5, ge=0, le=1)
    """Answers with weaker evidence than this are not given: the question counts as not found."""

    conversation_turns: int = Field(default=8, ge=1, le=50)
    """How many earlier turns of a conversation a follow-up is understood by."""
    keep_conversations: bool = True
    """Whether the service keeps conversations on disk; otherwise they end with it."""
    conversations_per_owner: int = Field(default=200, ge=1, le=10_000)
    """How many conversations are kept for one owner; the oldest leave."""

    @property
    def library_path(self) -> Path:
        """The SQLite file of the library."""
        return self.home / "library.sqlite3"

    @property
    def conversations_path(self) -> Path:
        """The SQLite file of the conversations."""
        return self.home / "conversations.sqlite3"

    @property
    def index_path(self) -> Path:
        """The folder of the index generations."""
        return self.home / "index"


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
        problems = "；".join(f"{'.'.join(map(str, e['loc']))} = {e['input']!r}" for e in error.errors())
        raise SettingsError(
            f"设置的值不合要求：{problems}。请检查命令行选项和 DANGJIAN_ 开头的环境变量。"
        ) from error
