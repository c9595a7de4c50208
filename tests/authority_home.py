"""A small library with a regulation, a speech and a practice about the same thing."""

from __future__ import annotations

from pathlib import Path

DOCUMENTS = {
    "tiaoli.txt": """中国共产党督查工作条例
（2023年5月6日中共中央发布）
第一章 总则
第一条 为了规范督查工作，根据《中国共产党章程》，制定本条例。
第二条 各级党委应当建立督查台账制度，对督查发现的问题限期整改。
第三条 督查组不得接受被督查单位的宴请，不得增加基层督查负担。
第四条 本条例由中央办公厅负责解释。
""",
    "jianghua.txt": """在全市督查工作推进会上的讲话
同志们：
下面，我就督查工作讲两点意见。
一、要增强抓督查的自觉，各单位主要负责同志要亲自过问督查台账，带头落实整改责任。
二、要改进督查方式方法，减轻基层督查负担，不能以督查代替落实。
""",
    "zuofa.txt": """抓实督查促落实
某某市水务局机关党委
我局坚持开门搞督查，由青年党员轮流管理督查台账，每周五晒出整改进度，全年办结120项。
我们把督查结果与支部评星挂钩，采取随机暗访的方式开展督查，督查整改率达到98%。
""",
}
QUESTION = "怎样用好督查台账推动整改？"


def write_documents(folder: Path) -> Path:
    """Write ``DOCUMENTS`` into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in DOCUMENTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
