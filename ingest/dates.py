"""Dates as people read them. Stored dates are ISO 8601, perhaps without day or month."""

from __future__ import annotations

import re

_ISO = re.compile(r"([0-9]{4})(?:-([0-9]{1,2}))?(?:-([0-9]{1,2}))?")


def chinese_date(date: str) -> str:
    """2024-12-07 as 2024年12月7日, 2024-12 as 2024年12月; what is no date stays as it is."""
    match = _ISO.fullmatch(date[:10])
    if match is None:
        return date
    year, month, day = match.groups()
    return f"{year}年" + (f"{int(month)}月" if month else "") + (f"{int(day)}日" if day else "")
