"""Small regulations that refer to themselves and to one another, and a service over them."""

from __future__ import annotations

from pathlib import Path

from service import build
from service.settings import Settings

DUTY = """值班工作条例

第一章 总则
第一条 为了做好值班工作，方便𠮷先生等人，根据《会务工作条例》，制定本条例。
第二条 值班人员应当按时到岗。
交接班应当有记录。
第三条 违反本条例第二条第二款规定的，依照《会务工作条例》第二条处理。
前款规定由办公室解释。
第二章 附则
第四条 本条例没有规定的，依照《保密工作条例》第三条办理。
"""
MEETING = """会务工作条例

第一章 总则
第一条 为了做好会务工作，制定本条例。
第二条 会场应当整洁，𠮷字牌应当摆放整齐。
第三条 会后应当清场。
"""


def home_with_regulations(home: Path) -> Path:
    """``home`` as a data folder that holds both regulations."""
    folder = home / "texts"
    folder.mkdir()
    (folder / "duty.txt").write_text(DUTY, "utf-8")
    (folder / "meeting.txt").write_text(MEETING, "utf-8")
    build.ingest(Settings(home=home), [folder], corpus=False, progress=lambda stage, done, total: None)
    return home
