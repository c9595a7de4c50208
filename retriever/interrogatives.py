"""Slips in the words that ask: 有那些任务 for 有哪些任务, 有么变化 for 有什么变化, 第八调 for 第八条.

What a question asks for is told by these few words, and no document need hold them: `spelling` goes by the documents' words. So they
are changed only beside words that make the slip plain, and 那 only where nothing else asks.
"""

from __future__ import annotations

import re

from ingest.normal import simplify

_N = "[0-9零〇一二两三四五六七八九十百]{1,6}"
_ASKS = re.compile(
    "什么|啥|怎|咋|如何|哪|(?<!那)几|[谁何吗呢吧想]|么[?？。]?$|多[少大久长高远]|[是能可应]否|有无|(?P<verb>.)[不没](?P=verb)|有没有|"
    "请|帮我|麻烦|了解|总结|告诉|^(?:说|讲|谈|介绍|解释|列)"
)
"""What asks already, or asks for no list."""

_MANY = "(?=些|[几两二三四五六七八九十]+(?:个|种|类|项|条|级|步|处|家|点|次|方面|大|年))"
_THAT = re.compile(f"(?<=[有是括含为分])那{_MANY}|(?<=[在从由用以了])那{_MANY}(?=.{{1,12}}$)")
"""那 for 哪: after words that what there is follows, or, after others, near the end."""

_AFTER_WHAT = "时候|区别|不同|不一样|差|变化|条件|要求|意思|程序|原因|内容|情况|关系|规定|标准|东西|作用|地方|办法|措施|特点|样|一?回事|用"
_PLACE_ENDS = "(?=$|[的讲说写是规内有怎呢第?？。，、和]|原文|主要|款)"
_CHANGES = tuple(
    (re.compile(pattern), meant)
    for pattern, meant in (
        # doubled: 什什么, 什么么, 怎怎么, 哪哪些, 如如何, 如何何, 多少少
        ("什(?=什么)|(?<=[什怎那这多])么(?=么)|怎(?=怎(?:么|样))|哪(?=哪[些几个])", ""),
        ("(?<![例比譬假诸])如(?=如何)|(?<=如何)何|(?<=多少)少(?![数先年儿女将])", ""),
        # 什什时候, 神么, 有么变化, 是什时候, 叫么
        ("什什(?!么)|(?:^|(?<=[叫有做干为指是]))神么(?=[\u4e00-\u9fff])", "什么"),
        (f"(?<=[叫有做干为指是])(?:么|什)(?={_AFTER_WHAT})|(?<=为)么(?=[\u4e00-\u9fff])", "什么"),
        ("(?<=叫)(?:么|什)(?=[?？。]?$)", "什么"),
        # 第八调, 党章第三张
        (f"(?<=第)({_N})[调跳挑]{_PLACE_ENDS}", r"\1条"),
        (f"(?<=[法例定则章])第({_N})张{_PLACE_ENDS}", r"第\1章"),
    )
)


def asked_plainly(question: str) -> str:
    """The question with the words that ask as they are meant: itself where they are, else in simplified characters."""
    simple = plain = simplify(question)
    for pattern, meant in _CHANGES:
        plain = pattern.sub(meant, plain)
    if not _ASKS.search(plain):
        plain = _THAT.sub("哪", plain)
    return question if plain == simple else plain
