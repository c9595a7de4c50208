"""Who may change the library through the service.

Nobody unless the settings allow it. Then whoever reaches the service, or who has the manager's password where one is set;
never the page of another site that a colleague happens to have open.
"""

from __future__ import annotations

import hmac
import threading
import time
from collections import deque
from typing import Annotated
from urllib.parse import unquote, urlsplit

from fastapi import Depends, Header, Request

from service.api.asked import Asked
from service.errors import ChangesNotAllowed, CrossSite, PasswordWrong, TooManyAttempts

HEADER = "X-Dangjian-Manager"
"""Carries the password, percent-encoded where it is more than ASCII."""

_WINDOW = 60.0
_MOST_WRONG = 5
_MOST_ADDRESSES = 1000

Password = Annotated[
    str, Header(alias=HEADER, max_length=1000, description="管理口令；含汉字时按 UTF-8 百分号编码")
]


class Attempts:
    """Wrong passwords of late, by address: beyond five in a minute even the right one has to wait."""

    def __init__(self) -> None:
        self._wrong: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def check(self, address: str) -> None:
        """Raise TooManyAttempts where there were too many."""
        with self._lock:
            times = self._wrong.get(address, deque())
            while times and times[0] < time.monotonic() - _WINDOW:
                times.popleft()
            if len(times) >= _MOST_WRONG:
                raise TooManyAttempts("管理口令错得太多；请等一分钟再试")

    def note(self, address: str) -> None:
        """One more."""
        with self._lock:
            while len(self._wrong) >= _MOST_ADDRESSES and address not in self._wrong:
                del self._wrong[next(iter(self._wrong))]
            self._wrong.setdefault(address, deque(maxlen=_MOST_WRONG)).append(time.monotonic())


def may_change(request: Request, assistant: Asked, password: Password = "") -> None:
    """Raise a kind of ChangesNotAllowed unless the request may change the library."""
    settings = assistant.settings
    if not settings.allow_changes:
        raise ChangesNotAllowed(
            "服务没有开放修改资料库。请由管理员设置 DANGJIAN_ALLOW_CHANGES=true 后重启服务。"
        )
    if not _is_own_site(request):
        raise CrossSite(
            "这个请求来自别的网站，没有执行。请从本服务的页面操作；用了反向代理的，请让它保留 Host 请求头。"
        )
    wanted = settings.manager_password.get_secret_value()
    if not wanted:
        return
    attempts, address = request.app.state.attempts, request.client.host if request.client else ""
    attempts.check(address)
    if not _same(password, wanted):
        if password:
            attempts.note(address)
        told = "管理口令不对；请重新输入。" if password else "修改资料库要先输入管理口令。"
        raise PasswordWrong(f"{told}忘记了请问管理员（设置 DANGJIAN_MANAGER_PASSWORD）。")


Manager = Depends(may_change)
"""For routes that change the library, or tell what only those who do need to know."""


def _same(said: str, wanted: str) -> bool:
    """In constant time, whether as it is or percent-encoded."""
    secret = wanted.encode("utf-8")
    plain = hmac.compare_digest(said.encode("utf-8", "replace"), secret)
    decoded = hmac.compare_digest(unquote(said).encode("utf-8", "replace"), secret)
    return plain or decoded


def _is_own_site(request: Request) -> bool:
    """Whether a browser says that the request comes from this site, or none is involved.

    Browsers tell ``Sec-Fetch-Site`` only over https or on this machine, ``Origin`` with every request that could
    change anything; programs tell neither, and cannot be made to by a page.
    """
    if site := request.headers.get("sec-fetch-site"):
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    if origin is None:
        return True
    hosts = {request.headers.get("host"), request.headers.get("x-forwarded-host")}
    return urlsplit(origin).netloc in hosts - {None, ""}
