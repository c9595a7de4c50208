"""Bytes to text: which encoding a Chinese text file is in, right on short files too, and never a silent guess.

A byte order mark decides, then valid UTF-8. Otherwise GB18030, Big5 (code page 950, then Hong Kong's extension) and
UTF-16 without a mark decode the bytes strictly, and the one whose text is the likeliest Chinese is taken
(``ingest.plausibility``). Bytes that are no text, or no Chinese in any of them, are refused with the fix.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from ingest.errors import DecodeError
from ingest.plausibility import log_likelihood, mean_price

_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"\x84\x31\x95\x33", "gb18030"),
)

_BINARY: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "PDF 文件"),
    (b"PK\x03\x04", "压缩包或 Office 文件（docx、xlsx、pptx、zip）"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 Office 或 WPS 文件（doc、xls、ppt、wps）"),
    (b"{\\rtf", "RTF 文件"),
    (b"\x89PNG\r\n", "PNG 图片"),
    (b"\xff\xd8\xff", "JPEG 图片"),
    (b"GIF8", "GIF 图片"),
    (b"\x1f\x8b\x08", "gzip 压缩包"),
    (b"7z\xbc\xaf\x27\x1c", "7z 压缩包"),
    (b"Rar!\x1a\x07", "RAR 压缩包"),
    (b"SQLite format 3\x00", "SQLite 数据库"),
    (b"\x7fELF", "程序文件"),
)

# How much likelier (natural logarithm) an encoding is before the bytes are looked at.
_PRIOR = {
    "utf-8": 0.0,
    "gb18030": -2.0,
    "cp950": -4.0,
    "big5hkscs": -8.0,
    "utf-16-le": -7.0,
    "utf-16-be": -9.0,
}

_CERTAIN_BYTES = 512  # valid UTF-8 of this length is no accident of another encoding
_SCORED_CHARS = _SCORED_BYTES = 50_000  # enough of a long file to judge it by
_SMALLEST_MARGIN = 1.5
# The least mean price (``ingest.plausibility``) of Chinese, by how many characters beyond ASCII there are: measured
# on prose, with room for lists of names and for poems. Korean and Japanese misread as Chinese lie below the last.
_LEAST_MEAN_PRICE: tuple[tuple[int, float], ...] = ((200, -9.45), (40, -9.8), (16, -10.4), (0, -11.6))
_MOST_CONTROLS = 0.02
_CONTROL = re.compile("[\x01-\x08\x0e-\x1f\x7f]")
_UTF8_SEQUENCE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_HIGH_BYTE = re.compile(rb"[\x80-\xff]")
_SAVE_AS = "请用记事本或 WPS 打开，另存为 UTF-8 编码的文本后再导入"


@dataclass(frozen=True, slots=True)
class _Reading:
    """The bytes in one encoding, and how likely that is (natural logarithm, with the prior)."""

    codec: str
    text: str
    likelihood: float


def decode(data: bytes, *, name: str) -> tuple[str, str]:
    """The text of ``data`` and the Python codec that decoded it: ``data.decode(codec) == text``.

    ``name`` is for the message. Raises ``DecodeError`` where the bytes are no text, or their encoding stays unclear.
    """
    for magic, what in _BINARY:
        if data.startswith(magic):
            raise DecodeError(f"{name}：内容是{what}，不是纯文本；请另存为 UTF-8 编码的文本后再导入")
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return _marked(data, codec, name), codec
    utf8 = _strict(data, "utf-8")
    plain = utf8 is not None and utf8.isascii() and not _CONTROL.search(utf8)  # else it may be UTF-16
    if utf8 is not None and "\0" not in utf8 and (plain or len(data) >= _CERTAIN_BYTES):
        return _sane(utf8, name), "utf-8"
    best = _best_reading(data, name)
    return _sane(best.text, name), best.codec


def _marked(data: bytes, codec: str, name: str) -> str:
    text = _strict(data, codec)
    if text is None:
        raise DecodeError(f"{name}：开头标明是 {codec.upper()} 编码，但内容已损坏或不完整；{_SAVE_AS}")
    return _sane(text, name)


def _best_reading(data: bytes, name: str) -> _Reading:
    readings = sorted(_readings(data), key=lambda reading: reading.likelihood, reverse=True)
    if _is_damaged_utf8(data):
        at = _utf8_error_line(data)
        raise DecodeError(f"{name}：看来是 UTF-8 编码，但第 {at} 行附近有损坏的字节；{_SAVE_AS}")
    if not readings:
        raise DecodeError(f"{name}：不是文本文件，或者编码无法识别；{_SAVE_AS}")
    best = readings[0]
    if best.codec != "utf-8" and not _is_chinese(best.text[:_SCORED_CHARS]):
        raise DecodeError(f"{name}：不是文本文件，或者不是中文编码；{_SAVE_AS}")
    if len(readings) > 1 and best.likelihood - readings[1].likelihood < _SMALLEST_MARGIN:
        raise DecodeError(f"{name}：内容太短，拿不准是哪种编码；{_SAVE_AS}")
    return best


def _readings(data: bytes) -> list[_Reading]:
    readings: list[_Reading] = []
    for codec, prior in _PRIOR.items():
        text = _strict(data, codec)
        if text is None or any(reading.text == text for reading in readings):
            continue
        readings.append(_Reading(codec, text, prior + log_likelihood(text[:_SCORED_CHARS])))
    return readings


def _is_chinese(text: str) -> bool:
    foreign = sum(not char.isascii() for char in text)
    return mean_price(text) >= next(least for length, least in _LEAST_MEAN_PRICE if foreign >= length)


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec, errors="strict")
    except UnicodeDecodeError:
        return None


def _is_damaged_utf8(data: bytes) -> bool:
    """Whether nearly all of the bytes beyond ASCII form UTF-8 sequences, though not every one does."""
    if _strict(data, "utf-8") is not None:
        return False
    sample = data[:_SCORED_BYTES]
    high = len(_HIGH_BYTE.findall(sample))
    covered = sum(map(len, _UTF8_SEQUENCE.findall(sample)))
    return high >= 6 and covered >= 0.9 * high


def _utf8_error_line(data: bytes) -> int:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return data.count(b"\n", 0, error.start) + 1
    return 1


def _sane(text: str, name: str) -> str:
    """``text``, unless it holds what no text file holds."""
    if "\0" in text or len(_CONTROL.findall(text)) > _MOST_CONTROLS * len(text) + 1:
        raise DecodeError(f"{name}：含有空字符或控制字符，不是文本文件；{_SAVE_AS}")
    return text
