"""What is no readable picture: one line that says what it is and what to do."""

from __future__ import annotations

import contextlib
import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from srkit.errors import SrkitError, UnreadableImageError
from srkit.image import (
    Picture,
    decode_picture,
    encode_picture,
    list_pictures,
    read_picture,
)

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"a" * 64


def pixels_of(channels=3, dtype="uint8"):
    top = np.iinfo(dtype).max
    rng = np.random.default_rng(0)
    return rng.integers(0, top, (40, 30, channels), dtype, endpoint=True)


def refusal(data, **options):
    with pytest.raises(UnreadableImageError) as caught:
        decode_picture(data, name="cam.png", **options)
    message = str(caught.value)
    assert isinstance(caught.value, (SrkitError, OSError))
    assert message.startswith("`cam.png` ")
    assert "\n" not in message
    assert len(message) < 300
    return message


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty: copy or download it again. Received: 0 bytes"),
        (bytes(5000), "nothing but zeros"),
        (POINTER, "is a Git LFS pointer, not the picture itself: run `git lfs pull`"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "is a web page"),
        (b"\xef\xbb\xbf\n<HTML lang='en'>", "download the picture itself"),
        (b"<?xml version='1.0'?>\n<svg xmlns=''>", "is an SVG drawing"),
        (b"just a note\n", "holds text"),
        (b"GIF89a" + bytes(20), "is a GIF: convert it to PNG"),
        (b"\0\0\0\x18ftypheic" + bytes(20), "is a HEIC or AVIF picture"),
        (b"\0\0\0\x18ftypisom" + bytes(20), "is a video"),
        (b"%PDF-1.7\n%\xe2", "is a PDF"),
        (bytes(range(200, 256)), "is no picture that srkit reads (PNG, JPEG, WebP"),
    ],
)
def test_impostors_are_named(data, says):
    assert says in refusal(data)


WRITTEN = [(s, "uint8") for s in (".png", ".jpg", ".webp", ".tif", ".bmp")]
WRITTEN += [(".png", "uint16"), (".tif", "uint16")]


@pytest.mark.parametrize(("suffix", "dtype"), WRITTEN)
def test_a_truncated_file_is_refused_quietly(suffix, dtype, capfd):
    data = encode_picture(Picture(pixels_of(dtype=dtype)), suffix)
    for part in (0.02, 0.1, 0.5, 0.9):
        assert "bytes" in refusal(data[: int(part * len(data))])
    assert capfd.readouterr() == ("", "")


def test_a_tiff_of_others_that_is_cut_short_is_refused_quietly(capfd):
    buffer = io.BytesIO()
    Image.fromarray(pixels_of()).save(buffer, "TIFF", compression="tiff_lzw")
    data = buffer.getvalue()
    for part in (0.1, 0.5, 0.9):
        assert "the file ends before" in refusal(data[: int(part * len(data))])
    assert capfd.readouterr() == ("", "")


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's, on damaged directories
@pytest.mark.parametrize(("suffix", "dtype"), WRITTEN)
def test_damage_is_refused_or_harmless_but_never_a_crash(suffix, dtype):
    rng = np.random.default_rng(1)
    data = encode_picture(Picture(pixels_of(dtype=dtype)), suffix)
    for _ in range(150):
        broken = bytearray(data)
        for place in rng.integers(0, min(len(data), 400), 3):
            broken[place] = rng.integers(256)
        with contextlib.suppress(UnreadableImageError):
            picture = decode_picture(bytes(broken), max_pixels=10**6)
            assert picture.pixels.ndim == 3


def bomb(width, height):
    """A valid PNG of a few kilobytes that unfolds to width x height."""

    def chunk(kind, data):
        checksum = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + checksum

    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(width + 1)) for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = chunk(b"IHDR", header) + chunk(b"IDAT", rows + packer.flush())
    return b"\x89PNG\r\n\x1a\n" + data + chunk(b"IEND", b"")


def test_a_decompression_bomb_is_refused_before_it_unfolds():
    data = bomb(2000, 1500)
    assert len(data) < 5000
    message = refusal(data, max_pixels=2_999_999)
    assert "2000x1500 is more than `max_pixels`=2,999,999. If you trust" in message
    assert decode_picture(data, max_pixels=3_000_000).pixels.shape == (1500, 2000, 1)
    header = data[:16] + struct.pack(">II", 100_000, 100_000) + data[24:29]
    header += struct.pack(">I", zlib.crc32(header[12:29])) + data[33:]
    assert "100000x100000 is more than `max_pixels`=250,000,000" in refusal(header)


def test_what_pillow_takes_for_a_bomb_is_read_in_silence(recwarn):
    Image.MAX_IMAGE_PIXELS, usual = 1000, Image.MAX_IMAGE_PIXELS
    try:
        assert decode_picture(bomb(100, 90)).width == 100
    finally:
        Image.MAX_IMAGE_PIXELS = usual
    assert not recwarn.list


@pytest.mark.parametrize("form", ["PNG", "WEBP", "TIFF"])
def test_several_pictures_in_a_file_are_refused(form):
    frames = [Image.fromarray(pixels_of() // (n + 1)) for n in range(3)]
    buffer = io.BytesIO()
    frames[0].save(buffer, form, save_all=True, append_images=frames[1:])
    assert "holds 3 pictures" in refusal(buffer.getvalue())


def test_phones_with_a_second_picture_behind_the_first_are_read():
    frames = [Image.fromarray(pixels_of(dtype="uint8")) for _ in range(2)]
    buffer = io.BytesIO()
    frames[0].save(buffer, "MPO", save_all=True, append_images=frames[1:])
    assert decode_picture(buffer.getvalue()).metadata.format == "JPEG"


@pytest.mark.parametrize(
    ("mode", "reason"), [("F", "mode F"), ("I", "mode I"), ("LAB", "mode LAB")]
)
def test_pixels_without_a_counterpart_are_refused(mode, reason):
    image = Image.new(mode, (4, 3))
    with pytest.raises(UnreadableImageError, match=f"{reason}.*convert it to 8-bit"):
        Picture.from_pil(image)


def test_floats_in_a_tiff_are_refused():
    buffer = io.BytesIO()
    Image.new("F", (4, 3)).save(buffer, "TIFF")
    assert "samples of [32] bits" in refusal(buffer.getvalue())


def test_a_file_that_is_no_picture_is_not_read_to_its_end(tmp_path):
    video = tmp_path / "camera.png"
    video.write_bytes(b"\x1aE\xdf\xa3")
    with video.open("r+b") as file:
        file.truncate(2**42)  # a sparse file, larger than any memory
    with pytest.raises(UnreadableImageError, match=f"is a video.*{2**42} bytes"):
        read_picture(video)


def test_a_pil_image_cut_short_is_refused():
    buffer = io.BytesIO()
    Image.fromarray(pixels_of()).save(buffer, "JPEG")
    lazy = Image.open(io.BytesIO(buffer.getvalue()[:-200]))
    with pytest.raises(UnreadableImageError, match="cannot be decoded"):
        Picture.from_pil(lazy)


def test_paths_that_lead_nowhere(tmp_path):
    with pytest.raises(UnreadableImageError, match=r"no\.png` does not exist"):
        read_picture(tmp_path / "no.png")
    with pytest.raises(UnreadableImageError, match="is a folder"):
        Picture.open(str(tmp_path))
    (tmp_path / "file").write_bytes(POINTER)
    with pytest.raises(
        UnreadableImageError, match=r"file/x\.png` cannot be read: Not a"
    ):
        read_picture(tmp_path / "file" / "x.png")
    with pytest.raises(UnreadableImageError, match=r"Received: .*which does not exist"):
        list_pictures(tmp_path / "none")
    with pytest.raises(UnreadableImageError, match=r"Received: .*which is a file"):
        list_pictures(tmp_path / "file")
