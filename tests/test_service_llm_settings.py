"""The settings of the language model: refused where they are half made or unsafe, never printed; and the doctor."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from service import commands
from service.build import language_model_of
from service.errors import SettingsError
from service.settings import Settings, load_settings
from tests import llm_endpoint
from tests.llm_endpoint import endpoint, says

KEY = "sk-secret-0123456789"
ADDRESS = "http://127.0.0.1:9/v1"


def _set(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(f"DANGJIAN_LLM_{name.upper()}", value)


def test_off_by_default() -> None:
    assert language_model_of(Settings()) is None


def test_the_key_is_never_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, model="m", base_url=ADDRESS, key=KEY)
    settings = load_settings()
    assert settings.llm_key.get_secret_value() == KEY
    assert KEY not in f"{settings!r} {settings} {settings.model_dump_json()}"
    assert KEY not in repr(language_model_of(settings))


@pytest.mark.parametrize(
    "address",
    ["ftp://host/v1", "file:///etc/passwd", "host:8000", "http://", "http://me:pass@host/v1", "http://host/v1?key=1",
     "http://host:99999/v1", "javascript:alert(1)"],
)  # fmt: skip
@pytest.mark.parametrize("name", ["base_url", "proxy"])
def test_only_plain_http_addresses(monkeypatch: pytest.MonkeyPatch, name: str, address: str) -> None:
    _set(monkeypatch, **{"model": "m", "base_url": ADDRESS, "key": KEY, name: address})
    with pytest.raises(SettingsError, match="http://主机") as raised:
        load_settings()
    assert KEY not in str(raised.value)
    assert "pass" not in str(raised.value)


@pytest.mark.parametrize(
    "values",
    [{"model": "m"}, {"base_url": ADDRESS}, {"model": "transformers:模型", "base_url": ADDRESS}],
)
def test_half_a_setting_is_refused_without_the_key(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str]
) -> None:
    _set(monkeypatch, key=KEY, **values)
    with pytest.raises(SettingsError, match="要同时设置") as raised:
        load_settings()
    assert KEY not in str(raised.value)
    assert KEY not in str(raised.value.__cause__)


@pytest.mark.parametrize("key", [f"{KEY}\n", f"{KEY}密", f" {KEY}", f"{KEY}\r\nX-Evil: 1"])
def test_a_key_that_cannot_be_sent_is_refused_unseen(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    _set(monkeypatch, model="m", base_url=ADDRESS, key=key)
    with pytest.raises(SettingsError, match="密钥") as raised:
        load_settings()
    assert KEY not in str(raised.value)


def test_without_the_client_the_fix_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openai", None)
    with pytest.raises(SettingsError, match=r"dangjian-qa\[llm\]"):
        language_model_of(Settings(llm_model="m", llm_base_url=ADDRESS))


def test_the_client_is_loaded_only_where_a_model_is_asked() -> None:
    code = (
        "import sys; from service import build; from service.settings import Settings;"
        f"build.language_model_of(Settings(llm_model='m', llm_base_url='{ADDRESS}')); print('openai' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def _doctor(settings: Settings, capsys: pytest.CaptureFixture[str], *, try_model: bool) -> tuple[int, str]:
    code = commands.doctor(settings, try_model=try_model)
    return code, capsys.readouterr().out.replace("\n", "")


def test_the_doctor_asks_the_model_only_when_told(
    corpus_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with endpoint() as served:
        settings = Settings(
            home=corpus_home,
            llm_model="试验模型",
            llm_base_url=served.url,
            llm_key=SecretStr(KEY),
            llm_seconds=20,
            llm_first_seconds=20,
        )
        served.reply = says("党支部书记每年至少讲一次党课[1]。")
        code, shown = _doctor(settings, capsys, try_model=False)
        assert code == 0
        assert "doctor --llm" in shown
        assert served.bodies == []
        code, shown = _doctor(settings, capsys, try_model=True)
        assert code == 0
        assert "有应答" in shown
        assert len(served.bodies) == 1
        served.reply = llm_endpoint.refuses(401, f"bad key {KEY}")
        code, shown = _doctor(settings, capsys, try_model=True)
        assert code == 1
        assert "401" in shown
        assert "DANGJIAN_LLM_" in shown
        assert KEY not in shown
    code, shown = _doctor(Settings(home=corpus_home), capsys, try_model=True)
    assert code == 0
    assert "没有设置" in shown
