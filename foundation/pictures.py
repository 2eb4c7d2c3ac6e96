"""A picture that somebody sent us, drawn again: smaller, upright, without what a camera or a person hid in the file."""

from __future__ import annotations

import io
import threading
import warnings
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from foundation.refusals import Refusal

MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 40_000_000
"""More than any phone's camera takes by default; each pixel costs four bytes of memory while we draw."""
LONGEST_SIDE = 1_600
FORMATS = ("JPEG", "PNG", "WEBP")
"""What we read. Vector and animated formats stay outside: they can carry scripts or thousands of frames."""

_ONE_AT_A_TIME = threading.Lock()
"""Five kilobytes can unpack to hundreds of megabytes: a process holds one such picture, not one for each thread."""


class PictureTooBig(Refusal):
    code = "picture_too_big"
    status = 422
    message = _("“%(name)s” is larger than 8 MB. Choose a smaller picture.")


class PictureTooManyPixels(Refusal):
    code = "picture_too_many_pixels"
    status = 422
    message = _("“%(name)s” has more than 40 million pixels. Choose a smaller picture.")


class PictureUnreadable(Refusal):
    code = "picture_unreadable"
    status = 422
    message = _("“%(name)s” is not a picture we can read. Send a JPEG, PNG or WebP file.")


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG of our own drawing, with its size in pixels."""

    jpeg: bytes
    width: int
    height: int


def redrawn(file: IO[bytes], *, name: str, size: int) -> Picture:
    """Return a picture drawn again: JPEG, at most 1,600 pixels long, turned upright, no metadata.

    The size in pixels is read from the file's head before anything is unpacked, so that a small file that claims
    to be an enormous picture costs nothing.

    :raises PictureTooBig, PictureTooManyPixels, PictureUnreadable: with the file's name
    """
    name = name[-60:]
    if size > MAX_BYTES:
        raise PictureTooBig(name=name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is lower
            with Image.open(file, formats=FORMATS) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise PictureTooManyPixels(name=name)
                with _ONE_AT_A_TIME:
                    return _draw(picture)
    except Image.DecompressionBombError as bomb:
        raise PictureTooManyPixels(name=name) from bomb
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError) as unreadable:
        # What Pillow raises for files that are broken, cut off, or made to confuse it.
        raise PictureUnreadable(name=name) from unreadable


def _draw(picture: Image.Image) -> Picture:
    picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is unpacked no larger than needed
    if picture.mode not in ("RGB", "RGBA", "L"):
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    # Small first: each copy below would cost four bytes for each of up to 40 million pixels.
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(picture)
    if upright.mode in ("RGBA", "LA", "PA", "P"):
        flat = Image.new("RGB", upright.size, "white")
        see_through = upright.convert("RGBA")
        flat.paste(see_through, mask=see_through.getchannel("A"))
        upright = flat
    drawn = upright.convert("RGB")
    drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    bare = Image.new("RGB", drawn.size)
    bare.paste(drawn)
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=82, optimize=True, progressive=True)
    return Picture(out.getvalue(), bare.width, bare.height)
