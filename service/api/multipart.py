"""Files out of a multipart request, written to disk while they arrive: no more of one than it may have, nothing in memory."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request

from ingest.errors import UnsupportedFormat
from ingest.formats.archive import is_archive
from ingest.formats.limits import megabytes, raise_it
from ingest.loaders import loader_for
from service.errors import UploadError, UploadTooLarge
from service.uploads.names import stored_name
from service.uploads.types import Received

_MOST_FILES = 200
_SILENCE = 60.0
"""Seconds without a byte after which an upload is given up."""


class Receiver:
    """Takes the body of a request piece by piece; ``received`` are the files so far, number ``n`` in ``folder/n``.

    A file beyond ``file_bytes`` or of a format that is not read is refused by itself, the others go on. Raises
    UploadError where the body is no multipart form, UploadTooLarge beyond ``upload_bytes``, OSError of the disk.
    """

    def __init__(self, boundary: bytes, folder: Path, *, file_bytes: int, upload_bytes: int) -> None:
        self.received: list[Received] = []
        self._folder = folder
        self._file_bytes = file_bytes
        self._upload_bytes = upload_bytes
        self._seen = 0
        self._header = bytearray()
        self._value = bytearray()
        self._disposition = b""
        self._name: str | None = None
        self._problem = ""
        self._size = 0
        self._digest = hashlib.sha256()
        self._file: BinaryIO | None = None
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._part_begins,
                "on_header_field": lambda data, start, end: self._header.extend(data[start:end]),
                "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
                "on_header_end": self._header_ends,
                "on_headers_finished": self._file_begins,
                "on_part_data": self._data,
                "on_part_end": self._part_ends,
                "on_end": self._ends,
            },
        )
        self._whole = False

    def feed(self, data: bytes) -> None:
        """The next piece."""
        self._seen += len(data)
        if self._seen > self._upload_bytes + 64 * 1024:  # what stands between the files does not count
            limit = megabytes(self._upload_bytes)
            raise UploadTooLarge(
                f"一次上传超过 {limit} 的上限；请分几次上传，或请管理员调高设置 DANGJIAN_UPLOAD_BYTES"
            )
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise _no_form() from error

    def finish(self) -> list[Received]:
        """All files, once the body has ended; one that broke off in the middle is refused as a whole."""
        if not self._whole:
            raise UploadError("上传中断，文件没有收全；请重新上传")
        if not self.received:
            raise UploadError("没有收到文件；请选择要上传的文件")
        return self.received

    def close(self) -> None:
        """Let go of the file being written."""
        if self._file:
            self._file.close()
            self._file = None

    def _part_begins(self) -> None:
        self._disposition, self._name, self._problem, self._size = b"", None, "", 0
        self._header.clear()
        self._value.clear()

    def _header_ends(self) -> None:
        if bytes(self._header).lower() == b"content-disposition":
            self._disposition = bytes(self._value)
        self._header.clear()
        self._value.clear()

    def _file_begins(self) -> None:
        _, options = parse_options_header(self._disposition)
        if not options.get(b"filename"):
            return  # a field, or a file box that was left empty
        if len(self.received) >= _MOST_FILES:
            raise UploadTooLarge(f"一次最多上传 {_MOST_FILES} 个文件；请分几次上传，或打包成 .zip")
        self._name = stored_name(_sent_name(options[b"filename"]))
        self._digest = hashlib.sha256()
        self._problem = _refusal(self._name)
        if not self._problem:
            self._file = (self._folder / str(len(self.received))).open("wb")

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._name is None:
            return
        self._size += end - start
        if self._size > self._file_bytes and not self._problem:
            self._problem = (
                f"{self._name}：文件超过 {megabytes(self._file_bytes)} 的上限；"
                f"请拆分成几个较小的文件，{raise_it('file_bytes')}"
            )
        if self._file and not self._problem:
            self._digest.update(data[start:end])
            self._file.write(data[start:end])

    def _part_ends(self) -> None:
        if self._name is None:
            return
        if self._file:
            self._file.flush()
            os.fsync(self._file.fileno())
        self.close()
        if self._problem:
            (self._folder / str(len(self.received))).unlink(missing_ok=True)
        digest = "" if self._problem else self._digest.hexdigest()
        self.received.append(Received(self._name, self._size, digest, self._problem))
        self._name = None

    def _ends(self) -> None:
        self._whole = True


async def receive(request: Request, folder: Path, *, file_bytes: int, upload_bytes: int) -> list[Received]:
    """The files in ``request``, written to ``folder``. Raises like ``Receiver``, and UploadError where it breaks off."""
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise _no_form()
    try:
        receiver = Receiver(options[b"boundary"], folder, file_bytes=file_bytes, upload_bytes=upload_bytes)
    except FormParserError as error:
        raise _no_form() from error
    pieces = aiter(request.stream())
    try:
        while (piece := await _next(pieces)) is not None:
            await run_in_threadpool(receiver.feed, piece)
        return receiver.finish()
    finally:
        receiver.close()


async def _next(pieces: AsyncIterator[bytes]) -> bytes | None:
    try:
        async with asyncio.timeout(_SILENCE):
            return await anext(pieces)
    except StopAsyncIteration:
        return None
    except (ClientDisconnect, TimeoutError) as error:
        raise UploadError("上传中断，文件没有收全；请检查网络后重新上传") from error


def _sent_name(raw: bytes) -> str:
    """The name as it was meant: browsers write quotes and line ends as %22, %0D, %0A, all else in UTF-8."""
    try:
        name = raw.decode("utf-8")
    except UnicodeDecodeError:
        name = raw.decode("gb18030", "replace")
    for code, char in (("%22", '"'), ("%0D", "\r"), ("%0A", "\n")):
        name = name.replace(code, char)
    return name


def _refusal(name: str) -> str:
    """Why a file is refused by its name; empty where it is not."""
    try:
        if not is_archive(Path(name)):
            loader_for(Path(name))
    except UnsupportedFormat as error:
        return str(error)
    return ""


def _no_form() -> UploadError:
    return UploadError("请求不是文件上传；请用 multipart/form-data 格式，每个文件一个部分，带上文件名")
