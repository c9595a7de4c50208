"""Whose deed a sentence tells: the unit or the place that it begins with."""

from __future__ import annotations

import re

from ingest.normal import simplify
from service.answering.actors import actor

_NO_NAME = re.compile(
    r"^(?:加强|推进|推动|针对|对|把|将|以|在|由|深化|强化|坚持|各|这|我们|要|使|让|通过|围绕|发挥|建设|充分|不断|全面|切实|所有|每个|广大|"
    r"按照|根据|向|为了|抓|做|从|为|有|是|建立|健全|完善|落实|指导|督促|地方|有关|上级|下级|基层|本级|同级|鼓励|支持|选|实施|开展|组织)"
)


def whose(text: str) -> str:
    """The unit or region that ``text`` begins with, as it is written there; empty where it names none."""
    name = actor(simplify(text))
    return text[: len(name)] if name and not _NO_NAME.match(name) else ""
