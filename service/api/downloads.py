"""Files that a browser saves under a name made of a title."""

from __future__ import annotations

import re

from fastapi import Response

from service.api.managing import disposition

_MOST_TITLE = 60


def download(data: bytes, media: str, title: str, suffix: str) -> Response:
    """A response that is saved as ``title`` with ``suffix``; what no file name should have is replaced."""
    name = re.sub(r"[/\\]", "_", " ".join(title.split()))[:_MOST_TITLE]
    headers = {"Content-Disposition": disposition(f"{name}.{suffix}"), "X-Content-Type-Options": "nosniff"}
    return Response(data, media_type=media, headers=headers)
