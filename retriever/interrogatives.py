"""Slips in the words that ask: 有那些任务 for 有哪些任务, 有么变化 for 有什么变化, 第八调 for 第八条.

What a question asks for is told by these few words, and no document need hold them: `spelling` goes by the documents' words.
Only what is no Chinese otherwise is changed, and 那 only after words that an enumeration follows, where nothing else asks.
"""

from __future__ import annotations

import re

from ingest.normal import simplify

_N = "[0-9零〇一二两三四五六七八九十百]{1,6}"
_ME = "[么麽麼]"
_ASKS = re.compile(
    "什么|啥|怎|如何|哪|(?<!那)几|[谁何吗呢]|多[少大久长高远]|[是能可]否|(?P<verb>.)[不没](?P=verb)|有没有|请|帮我|麻烦|^(?:说|讲|谈|介绍|解释|列)"
)
_THAT = re.compile(
    "(?<=[有是括含为从在对由用到要于过指分了以])那(?=些|[几两二三四五六七八九十]+(?:个|种|类|项|条|级|步|处|家|点|次|方面|大|年))"
)
_CHANGES = (
    (
        re.compile(
            f"[什神甚](?=什{_ME})|(?<=[什怎那这多]){_ME}(?={_ME})|怎(?=怎(?:{_ME}|样))|哪(?=哪[些几个])|如(?=如何)|(?<=如何)何"
        ),
        "",
    ),
    (re.compile("(?<=多少)少"), ""),
    (re.compile(f"神{_ME}|什什(?!{_ME})"), "什么"),
    (re.compile(f"(?<=[叫有做干为指是]){_ME}(?=[\u4e00-\u9fff])|(?<=叫){_ME}(?=[?？。]?$)"), "什么"),
    (
        re.compile(
            f"(?<=[叫有做干为指是])什(?=[\u4e00-\u9fff])(?!{_ME}|[锦物邡伐刹叶])|(?<=叫)什(?=[?？。]?$)"
        ),
        "什么",
    ),
    (re.compile(f"(?<=第)({_N})[调跳挑](?![研查度解整动战选])"), r"\1条"),
    (re.compile(f"(?<=[\u4e00-\u9fff])(?<![印颁下转分])发(?=的?第{_N}[条章])"), "法"),
    (re.compile(f"(?<=[法例定则章])第({_N})张"), r"第\1章"),
)


def asked_plainly(question: str) -> str:
    """The question with the words that ask as they are meant; what is not simplified Chinese there stays."""
    for pattern, meant in _CHANGES:
        question = pattern.sub(meant, question)
    return question if _ASKS.search(simplify(question)) else _THAT.sub("哪", question)
