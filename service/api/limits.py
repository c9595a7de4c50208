"""What stands before the routes: the size limit of a request, and headers that keep the page to itself."""

from __future__ import annotations

from collections.abc import Collection

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api.problems import problem

_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    # Asked for again each time (a 304 where nothing changed): an upgrade must not mix old and new modules of the page.
    "Cache-Control": "no-cache",
}


class Guard:
    """ASGI middleware: refuses bodies above ``most`` bytes, declared or not, and adds the security headers.

    Requests that are ``streamed`` (method and path) hold to limits of their own.
    """

    def __init__(self, app: ASGIApp, most: int, streamed: Collection[tuple[str, str]] = ()) -> None:
        self.app = app
        self.most = most
        self.streamed = streamed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if (scope["method"], scope["path"]) in self.streamed:
            await self.app(scope, receive, _with_headers(send))
            return
        body = await self._body(receive)
        if body is None:
            await problem(413, "请求太大", f"请求超过 {self.most // 1024} KB。", "请缩短内容后再试。")(
                scope, receive, send
            )
            return
        await self.app(scope, _replay(body, receive), _with_headers(send))

    async def _body(self, receive: Receive) -> bytes | None:
        """The whole body, or ``None`` where it is too large."""
        parts, size, more = [], 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                break
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > self.most:
                return None
            more = message.get("more_body", False)
        return b"".join(parts)


def _replay(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def replay() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _with_headers(send: Send) -> Send:
    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return wrapped
