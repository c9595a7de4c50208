"""A scripted OpenAI-compatible endpoint: a real HTTP server on the loopback that behaves, or does not."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[["Exchange"], None]
_SOURCE = re.compile(r"资料 \[(\d+)\]\n(.*?)\n边界[0-9a-f]+ 资料 \[\1\] 完>>>", re.DOTALL)


@dataclass
class Exchange:
    """One request, and the means to answer it in any way."""

    handler: BaseHTTPRequestHandler
    body: dict[str, Any]
    ended: threading.Event

    @property
    def prompt(self) -> str:
        """What the user's turn of the request says."""
        return str(self.body["messages"][1]["content"])

    @property
    def excerpts(self) -> dict[int, str]:
        """The excerpts by number."""
        return {int(number): words for number, words in _SOURCE.findall(self.prompt)}

    def head(self, status: int = 200, kind: str = "text/event-stream", **headers: str) -> None:
        """Send the status line and the headers."""
        self.handler.send_response(status)
        self.handler.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.handler.send_header(name, value)
        self.handler.end_headers()

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.handler.wfile.write(data)
        self.handler.wfile.flush()

    def event(self, row: object) -> None:
        """Send a server-sent event."""
        self.send(f"data: {json.dumps(row, ensure_ascii=False)}\n\n".encode())

    def piece(self, content: object, finish: str | None = None) -> None:
        """Send a piece of the answer."""
        delta = {"role": "assistant", "content": content}
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        self.event(
            {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
        )

    def end(self) -> None:
        """Send the end of the stream."""
        self.send(b"data: [DONE]\n\n")

    def wait(self, seconds: float) -> None:
        """Do nothing for a while, or until the server stops."""
        self.ended.wait(seconds)


@dataclass
class Endpoint:
    """The address, how the next requests are answered, and what was asked so far."""

    url: str
    reply: Reply
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def endpoint() -> Iterator[Endpoint]:
    """A running endpoint; it says nothing until ``reply`` is set."""
    ended = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            running.bodies.append({"path": self.path, **body})
            running.headers.append({name.lower(): value for name, value in self.headers.items()})
            with suppress(OSError):  # the other side has gone, as it should when time is up
                running.reply(Exchange(self, body, ended))

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    running = Endpoint(f"http://127.0.0.1:{server.server_address[1]}/v1", says("。"))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield running
    finally:
        ended.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


def says(text: str) -> Reply:
    """Streams ``text`` in small pieces and ends properly."""

    def reply(exchange: Exchange) -> None:
        exchange.head()
        for start in range(0, len(text), 7):
            exchange.piece(text[start : start + 7])
        exchange.piece("", "stop")
        exchange.end()

    return reply


def quotes(exchange: Exchange) -> None:
    """Behaves: the first sentence of each of the first two excerpts, with its number."""
    lines = [f"{words.split('。')[0]}[{number}]。" for number, words in list(exchange.excerpts.items())[:2]]
    says("\n".join(lines))(exchange)


def never_answers(exchange: Exchange) -> None:
    """Takes the request and says nothing."""
    exchange.wait(30)


def stalls(exchange: Exchange) -> None:
    """Begins, and then says nothing more."""
    exchange.head()
    exchange.piece("加强")
    exchange.wait(30)


def drips(exchange: Exchange) -> None:
    """Keeps the connection alive without ever saying anything."""
    exchange.head()
    for _ in range(200):
        exchange.send(b": still here\n\n")
        if exchange.ended.wait(0.05):
            return


def drips_text(exchange: Exchange) -> None:
    """Writes for ever, a character at a time."""
    exchange.head()
    for _ in range(600):
        exchange.piece("党")
        if exchange.ended.wait(0.05):
            return


def cuts_off(exchange: Exchange) -> None:
    """Promises more bytes than it sends, and hangs up in the middle of a sentence."""
    exchange.head(**{"Content-Length": "100000"})
    exchange.piece("党支部要")
    exchange.handler.close_connection = True


def garbage(exchange: Exchange) -> None:
    """Sends bytes that are no events, among them invalid UTF-8."""
    exchange.head()
    exchange.send(b"\xff\xfe\x00data: {not json}\n\ndata: [1,2\n\n")


def floods(exchange: Exchange) -> None:
    """Sends a single line without end."""
    exchange.head()
    for _ in range(4000):
        exchange.send(b"x" * 65536)


def refuses(status: int, says: str = "") -> Reply:
    """Answers with an error."""

    def reply(exchange: Exchange) -> None:
        exchange.head(status, "application/json")
        exchange.send(json.dumps({"error": {"message": says}}).encode())

    return reply


def redirects(where: str) -> Reply:
    """Sends the client elsewhere."""
    return lambda exchange: exchange.head(307, "text/plain", Location=where)


def raw_event(row: object) -> Reply:
    """A stream with one event of any shape."""

    def reply(exchange: Exchange) -> None:
        exchange.head()
        exchange.event(row)
        exchange.end()

    return reply


def until(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Whether ``condition`` comes true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
