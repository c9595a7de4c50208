"""The language model that the settings name."""

from __future__ import annotations

from service.llm.types import LanguageModel, Limits
from service.settings import LOCAL, Settings

__all__ = ["limits_of", "load_language_model"]


def load_language_model(settings: Settings) -> LanguageModel | None:
    """The model, ``None`` where none is set. Contacts and loads nothing. Raises SettingsError."""
    if settings.llm_model.startswith(LOCAL):
        from service.llm.local import TransformersModel

        return TransformersModel(settings.llm_model.removeprefix(LOCAL))
    if settings.llm_model:
        from service.llm.endpoint import EndpointModel

        return EndpointModel(settings.llm_model, settings.llm_base_url, settings.llm_key, settings.llm_proxy)
    return None


def limits_of(settings: Settings) -> Limits:
    """What one request to the model may take."""
    return Limits(
        settings.llm_connect_seconds,
        settings.llm_first_seconds,
        settings.llm_seconds,
        settings.llm_characters,
    )
