"""Pictures as members send them."""

from __future__ import annotations

import io
import struct
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

SECRET = "31.1887N 121.4365E"


def photo(kind: str = "JPEG", size: tuple[int, int] = (2_400, 1_200)) -> bytes:
    """A picture with where it was taken in its metadata, lying on its side."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    exif[0x010E] = SECRET
    Image.new("RGB", size, "orange").save(out, kind, exif=exif)
    return out.getvalue()


def bomb() -> bytes:
    """A few bytes that claim to be a picture of 30,000 by 30,000 pixels."""
    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", head)
        + _chunk(b"IDAT", zlib.compress(b"\0" * 10_000))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def sent(content: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    """A file in a form."""
    return SimpleUploadedFile(name, content, "image/jpeg")
