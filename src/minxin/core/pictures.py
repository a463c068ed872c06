"""Pictures that strangers send, encoded anew: what is kept is a plain JPEG that we wrote ourselves.

Encoding anew leaves behind what a file may carry besides the picture: where it was taken, which telephone
took it, comments, a second file hidden at its end. What is not a picture cannot be encoded, whatever its
name says.
"""

import contextlib
import hashlib
import io
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from minxin.core.errors import Refused

LARGEST = 10 * 1024 * 1024
LONGEST_SIDE = 2048
QUALITY = 82
# Read from the file's head before anything is decoded. A JPEG is decoded small, others as they are.
MOST_PIXELS = 50_000_000
MOST_PIXELS_WHOLE = 25_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
# Photographs of telephones by the codes of their container (ISO/IEC 23008-12), which we cannot decode.
_HEIC = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif")

# One at a time: so much memory is held once in a process, however many send at the same moment.
_alone = threading.Lock()


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG of ours: its bytes, its size in pixels, its hash (hexadecimal)."""

    content: bytes
    width: int
    height: int
    sha256: str


def encoded_anew(content: bytes) -> Picture:
    """What there is to see in a file, as a JPEG with the long side at most `LONGEST_SIDE` pixels.

    Of a moving picture the first frame; upright, as its camera was held. Raises `Refused` (field
    `pictures`) with a sentence for who sent it: empty, too large, no picture, too many pixels, broken.
    """
    if not content:
        raise _refused(_("这张图片是空的，请重新选择。"))
    if len(content) > LARGEST:
        raise _refused(_("每张图片不能超过 10 MB，请换一张或先压缩。"))
    try:
        with _alone, _strictly(), Image.open(io.BytesIO(content), formats=FORMATS) as image:
            limit = MOST_PIXELS if image.format in {"JPEG", "MPO"} else MOST_PIXELS_WHOLE
            if image.width * image.height > limit:
                raise _refused(_("这张图片的尺寸太大，打不开。请截图或缩小后再上传。"))
            return _kept(image)
    except UnidentifiedImageError:
        if content[4:8] == b"ftyp" and content[8:12] in _HEIC:
            raise _refused(
                _(
                    "这张照片是手机的 HEIC 格式，系统打不开。请截图后上传，或把相机格式改为“兼容性最佳”。"
                )
            ) from None
        raise _refused(
            _("这个文件不是图片，或者名称和内容不符。请上传 JPG、PNG、WEBP 或 GIF 图片。")
        ) from None
    except Image.DecompressionBombError:
        raise _refused(_("这张图片的尺寸太大，打不开。请截图或缩小后再上传。")) from None
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, MemoryError):
        raise _refused(_("这张图片打不开，可能没有传完整，请重新选择。")) from None


@contextlib.contextmanager
def _strictly() -> Iterator[None]:
    """What ends too early is broken, although WeasyPrint, once it is loaded, tells Pillow otherwise for the
    whole process."""
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def _kept(image: Image.Image) -> Picture:
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is decoded at a fraction of its size
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(image)
    if upright.mode in {"RGBA", "LA", "PA", "P"}:
        clear = upright.convert("RGBA")
        ground = Image.new("RGB", clear.size, "white")
        ground.paste(clear, mask=clear.getchannel("A"))
        upright = ground
    # A new image holds the pixels and nothing else.
    bare = Image.new("RGB", upright.size)
    bare.paste(upright.convert("RGB"))
    written = io.BytesIO()
    bare.save(written, "JPEG", quality=QUALITY, optimize=True)
    content = written.getvalue()
    return Picture(content, bare.width, bare.height, hashlib.sha256(content).hexdigest())


def _refused(message: str) -> Refused:
    return Refused(message, field="pictures")
