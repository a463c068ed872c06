"""Pictures encoded anew: what is seen stays, what is hidden goes, what lies is refused."""

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFile

from minxin.core import pictures
from minxin.core.errors import Refused
from minxin.core.pictures import LONGEST_SIDE, encoded_anew


def photo(size: tuple[int, int] = (640, 480), kind: str = "JPEG", **more: object) -> bytes:
    """A picture whose left half is red and whose right half is blue."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, size[0], size[1]))
    made = io.BytesIO()
    image.save(made, kind, **more)  # type: ignore[arg-type]
    return made.getvalue()


def located(orientation: int = 1) -> bytes:
    """A photograph that knows where it was taken, by which telephone."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "SecretPhoneMaker"
    exif[0x8825] = {1: "N", 2: (30.0, 16.0, 26.7), 3: "E", 4: (120.0, 9.0, 18.3)}
    return photo(exif=exif, comment=b"taken at home")


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_where_it_was_taken_and_by_what_is_gone() -> None:
    before = located()
    assert opened(before).getexif().get_ifd(0x8825)
    made = encoded_anew(before + b"PK\x03\x04 a file behind the picture")
    after = opened(made.content)
    assert after.format == "JPEG"
    assert not after.getexif()
    assert "comment" not in after.info
    for trace in (b"SecretPhoneMaker", b"at home", b"PK\x03\x04", b"Exif"):
        assert trace not in made.content


def test_it_stands_upright_as_the_camera_was_held() -> None:
    made = encoded_anew(located(orientation=6))  # turned by 90 degrees
    assert (made.width, made.height) == (480, 640)
    red, blue = opened(made.content).getpixel((240, 40)), opened(made.content).getpixel((240, 600))
    assert red[0] > 200 > 60 > red[2]  # type: ignore[index, operator]
    assert blue[2] > 200 > 60 > blue[0]  # type: ignore[index, operator]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_every_kind_becomes_a_jpeg_of_bounded_size(kind: str) -> None:
    made = encoded_anew(photo((4000, 1000), kind))
    assert opened(made.content).format == "JPEG"
    assert (made.width, made.height) == (LONGEST_SIDE, LONGEST_SIDE // 4)
    assert len(made.sha256) == 64
    assert encoded_anew(photo((4000, 1000), kind)).sha256 == made.sha256


def test_what_is_see_through_stands_on_white() -> None:
    made = io.BytesIO()
    Image.new("RGBA", (20, 20), (255, 0, 0, 0)).save(made, "PNG")
    assert opened(encoded_anew(made.getvalue()).content).getpixel((5, 5)) == (255, 255, 255)


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it has so many pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        whole = name + body
        return struct.pack(">I", len(body)) + whole + struct.pack(">I", zlib.crc32(whole))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(10)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空的"),
        (b"\xff" * (pictures.LARGEST + 1), "10 MB"),
        (b"%PDF-1.7 not a picture", "不是图片"),
        (b"<html><script>alert(1)</script></html>", "不是图片"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "不是图片"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "HEIC"),
        (photo()[:400], "没有传完整"),
        (photo(kind="PNG")[:60], "没有传完整"),
        (bomb(40_000, 40_000), "尺寸太大"),
        (bomb(6_000, 6_000), "尺寸太大"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "打不开|不是图片"),
    ],
    ids=[
        "empty", "large", "pdf", "html", "svg", "heic", "cut", "cut png", "bomb", "many pixels",
        "only a head",
    ],
)  # fmt: skip
def test_what_is_no_picture_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(Refused, match=words) as told:
        encoded_anew(content)
    assert told.value.field == "pictures"


@given(st.binary(max_size=300), st.sampled_from(["JPEG", "PNG", "WEBP", "GIF"]), st.data())
def test_whatever_comes_is_a_picture_or_refused(
    noise: bytes, kind: str, data: st.DataObject
) -> None:
    """A good file with anything written over it anywhere."""
    good = bytearray(photo((40, 30), kind))
    at = data.draw(st.integers(0, len(good)))
    good[at : at + len(noise)] = noise
    for content in (bytes(good), noise):
        try:
            made = encoded_anew(content)
        except Refused:
            continue
        assert made.content.startswith(b"\xff\xd8\xff")
        assert max(made.width, made.height) <= LONGEST_SIDE


def test_a_picture_cut_short_is_refused_whatever_another_library_wants(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    written = io.BytesIO()
    Image.effect_noise((64, 64), 80).save(written, "PNG")
    with pytest.raises(Refused, match="没有传完整"):
        encoded_anew(written.getvalue()[:-300])
    assert ImageFile.LOAD_TRUNCATED_IMAGES
