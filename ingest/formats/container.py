"""Zip containers, the outside of .docx and .zip files: opened only after their table of contents is within limits."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from ingest.errors import FileTooLarge, LoadError
from ingest.formats.limits import Limits, megabytes, raise_it

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""What files of old Office, and encrypted ones of new Office, begin with."""
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
"""What is in encrypted files of new Office, and only there."""

_ENCRYPTED_BIT = 0x1
_RATIO_FREE_BYTES = 5_000_000  # what little files unpack to does no harm, whatever the ratio


def open_container(data: bytes, name: str, limits: Limits) -> zipfile.ZipFile:
    """The container in ``data``. Raises ``LoadError`` where it is damaged, encrypted or beyond ``limits``."""
    try:
        container = zipfile.ZipFile(io.BytesIO(data))
    except Exception as error:  # damaged tables of contents raise far more than BadZipFile
        raise LoadError(f"{name}：文件已损坏或不完整，打不开；请重新下载或重新保存后再导入") from error
    try:
        _check(container.infolist(), len(data), name, limits)
    except LoadError:
        container.close()
        raise
    return container


def _check(entries: Sequence[zipfile.ZipInfo], size: int, name: str, limits: Limits) -> None:
    """Hold the sizes that the table of contents states against the limits; ``read_entry`` holds it to its word."""
    if len(entries) > limits.entries:
        raise FileTooLarge(
            f"{name}：里面有 {len(entries)} 个文件，超过 {limits.entries} 个的上限；"
            f"请拆分成几个较小的文件，{raise_it('entries')}"
        )
    expanded = sum(entry.file_size for entry in entries)
    if expanded > limits.expanded_bytes:
        raise FileTooLarge(
            f"{name}：解压后超过 {megabytes(limits.expanded_bytes)} 的上限；"
            f"请拆分成几个较小的文件，{raise_it('expanded_bytes')}"
        )
    if expanded > _RATIO_FREE_BYTES and expanded > limits.ratio * size:
        raise FileTooLarge(
            f"{name}：压缩比超过 {limits.ratio} 倍，可能是恶意文件；"
            f"请确认来源，解压后再导入里面的文件，{raise_it('ratio')}"
        )


def is_encrypted(entry: zipfile.ZipInfo) -> bool:
    """Whether an entry needs a password."""
    return bool(entry.flag_bits & _ENCRYPTED_BIT)


def read_entry(container: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> bytes:
    """An entry's bytes, never more than it states. Raises ``LoadError``."""
    if is_encrypted(entry):
        raise LoadError(f"{name}：设有密码；请用密码解压后再导入里面的文件")
    try:
        with container.open(entry) as file:
            data = file.read(entry.file_size + 1)
    except Exception as error:  # BadZipFile, zlib.error, NotImplementedError, EOFError and others
        raise LoadError(
            f"{name}：已损坏，或压缩方式不支持；请重新压缩成普通的 zip，或解压后再导入"
        ) from error
    if len(data) > entry.file_size:
        raise LoadError(f"{name}：实际大小与登记的不符，可能是恶意文件；请确认来源，解压后再导入")
    return data
