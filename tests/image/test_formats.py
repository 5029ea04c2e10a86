"""Files of every kind, read and written: against Pillow and OpenCV, bit for bit."""

from __future__ import annotations

import io
import struct
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image

from srkit.errors import ImageError, OutputError
from srkit.image import (
    Metadata,
    Picture,
    decode_picture,
    encode_picture,
    list_pictures,
    read_picture,
)
from srkit.image.encode import check_format

CHANNELS = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4}


def noise(channels, dtype="uint8", height=21, width=17):
    top = np.iinfo(dtype).max
    rng = np.random.default_rng(channels)
    return rng.integers(0, top, (height, width, channels), dtype, endpoint=True)


def pillow_bytes(image, form, **options):
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def by_opencv(data):
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    pixels = pixels.reshape(*pixels.shape[:2], -1)
    return (
        pixels[..., [2, 1, 0, 3][: pixels.shape[2]]] if pixels.shape[2] > 1 else pixels
    )


LOSSLESS = [
    *((".png", c, d) for c in (1, 2, 3, 4) for d in ("uint8", "uint16")),
    *((".tif", c, "uint8") for c in (1, 2, 3, 4)),
    *((".tiff", c, "uint16") for c in (1, 3, 4)),
    *((".bmp", c, "uint8") for c in (1, 3)),
    *((".webp", c, "uint8") for c in (3, 4)),
]


@pytest.mark.parametrize(("suffix", "channels", "dtype"), LOSSLESS)
def test_lossless_formats_give_back_every_bit(tmp_path, suffix, channels, dtype):
    pixels = noise(channels, dtype)
    path = tmp_path / f"a{suffix}"
    Picture(pixels).save(path, quality=100)
    again = read_picture(path)
    assert again.pixels.dtype == dtype
    np.testing.assert_array_equal(again.pixels, pixels)
    assert again.metadata.icc_profile is None


@pytest.mark.parametrize(("suffix", "channels", "dtype"), LOSSLESS)
def test_others_read_what_srkit_writes(suffix, channels, dtype):
    pixels = noise(channels, dtype)
    data = encode_picture(Picture(pixels), suffix, 100)
    multiplied = (suffix, channels, dtype) == (".tif", 4, "uint8")  # by OpenCV
    if channels != 2 and not multiplied:
        np.testing.assert_array_equal(by_opencv(data), pixels)
    if dtype == "uint8":
        with Image.open(io.BytesIO(data)) as image:
            assert CHANNELS[image.mode] == channels
            seen = np.asarray(image).reshape(pixels.shape)
        np.testing.assert_array_equal(seen, pixels)


@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1), (700, 333)])
def test_sizes_from_one_pixel_to_many_stripes(suffix, size):
    for dtype in ("uint8", "uint16"):
        pixels = noise(3, dtype, *size)
        data = encode_picture(Picture(pixels), suffix)
        np.testing.assert_array_equal(decode_picture(data).pixels, pixels)
        np.testing.assert_array_equal(by_opencv(data), pixels)


def test_upscaled_pictures_pack_as_small_as_by_opencv():
    small = cv2.GaussianBlur(noise(3, "uint8", 60, 60), (0, 0), 3)
    smooth = cv2.resize(small, (480, 480), interpolation=cv2.INTER_CUBIC)
    ours = len(encode_picture(Picture(smooth), ".png"))
    assert ours <= 1.02 * len(cv2.imencode(".png", smooth)[1])


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("suffix", [".jpg", ".webp"])
def test_lossy_formats_stay_close(suffix, channels):
    small = cv2.GaussianBlur(noise(3, height=64, width=48), (0, 0), 4)
    pixels = np.ascontiguousarray(small[..., :channels])
    again = decode_picture(encode_picture(Picture(pixels), suffix, 95))
    gray_too = channels == 1 and suffix == ".jpg"  # WebP has no gray
    assert again.channels == (1 if gray_too else 3)
    assert np.abs(again.pixels.astype(int) - pixels).mean() < 3


def test_quality_counts():
    picture = Picture(noise(3))
    sizes = [len(encode_picture(picture, ".jpg", quality)) for quality in (30, 95)]
    assert sizes[0] < sizes[1]


@pytest.mark.parametrize("form", ["PNG", "TIFF", "BMP"])
def test_one_bit_becomes_gray(form):
    bits = noise(1)[..., 0] > 127
    picture = decode_picture(pillow_bytes(Image.fromarray(bits), form))
    np.testing.assert_array_equal(picture.pixels[..., 0], np.where(bits, 255, 0))


@pytest.mark.parametrize("form", ["PNG", "TIFF", "BMP"])
def test_a_palette_becomes_rgb(form):
    image = Image.fromarray(noise(3)).quantize(16)
    picture = decode_picture(pillow_bytes(image, form))
    np.testing.assert_array_equal(picture.pixels, np.asarray(image.convert("RGB")))


@pytest.mark.parametrize("transparency", [3, bytes([0, 40, 128, 255])])
def test_a_palette_with_transparency_becomes_rgba(transparency):
    image = Image.fromarray(noise(3)).quantize(16)
    data = pillow_bytes(image, "PNG", transparency=transparency)
    with Image.open(io.BytesIO(data)) as opened:
        oracle = np.asarray(opened.convert("RGBA"))
    assert oracle[..., 3].min() == 0
    np.testing.assert_array_equal(decode_picture(data).pixels, oracle)


@pytest.mark.parametrize(("mode", "key"), [("L", 7), ("RGB", (1, 2, 3))])
def test_a_transparent_colour_becomes_alpha(mode, key):
    pixels = noise(CHANNELS[mode])
    pixels[3, 4] = key
    image = Image.fromarray(pixels.squeeze())
    picture = decode_picture(pillow_bytes(image, "PNG", transparency=key))
    clear = (pixels == key).all(-1)
    np.testing.assert_array_equal(picture.pixels[..., :-1], pixels)
    np.testing.assert_array_equal(picture.pixels[..., -1], np.where(clear, 0, 255))


@pytest.mark.parametrize(("bits", "key"), [(1, 1), (2, 1), (4, 5)])
def test_a_transparent_gray_of_few_bits_becomes_alpha(bits, key):
    def chunk(kind, data):
        crc = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + crc

    header = struct.pack(">IIBBBBB", 8 // bits, 1, bits, 0, 0, 0, 0)
    levels = [key, *[0] * (8 // bits - 1)]
    row = sum(level << 8 - bits * (n + 1) for n, level in enumerate(levels))
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    data += chunk(b"tRNS", struct.pack(">H", key))
    data += chunk(b"IDAT", zlib.compress(bytes([0, row]))) + chunk(b"IEND", b"")
    alpha = decode_picture(data).pixels[0, :, 1]
    assert alpha.tolist() == [0] + [255] * (len(levels) - 1)


def test_a_transparent_gray_of_sixteen_bits_becomes_alpha():
    pixels = noise(1, "uint16")
    image = Image.fromarray(pixels[..., 0])
    key = int(pixels[2, 3, 0])
    picture = decode_picture(pillow_bytes(image, "PNG", transparency=key))
    np.testing.assert_array_equal(picture.pixels[..., :1], pixels)
    assert (picture.pixels[..., 1] == 0).sum() == (pixels == key).sum()
    assert set(np.unique(picture.pixels[..., 1])) == {0, 65535}


@pytest.mark.parametrize("form", ["JPEG", "TIFF"])
def test_cmyk_without_profile_becomes_rgb(form):
    image = Image.fromarray(noise(3)).convert("CMYK")
    data = pillow_bytes(image, form)
    with Image.open(io.BytesIO(data)) as opened:
        oracle = np.asarray(opened.convert("RGB"))
    np.testing.assert_array_equal(decode_picture(data).pixels, oracle)


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "packbits"])
@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "I;16"])
def test_tiffs_of_others(mode, compression):
    pixels = noise(CHANNELS.get(mode, 1), "uint16" if mode == "I;16" else "uint8")
    image = Image.fromarray(pixels.squeeze())
    data = pillow_bytes(image, "TIFF", compression=compression)
    np.testing.assert_array_equal(decode_picture(data).pixels, pixels)


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_sixteen_bits_of_opencv(suffix, channels):
    pixels = noise(channels, "uint16")
    order = [2, 1, 0, 3][:channels] if channels > 1 else [0]
    data = cv2.imencode(suffix, pixels[..., order])[1].tobytes()
    np.testing.assert_array_equal(decode_picture(data).pixels, pixels)


def test_the_content_counts_not_the_suffix(tmp_path):
    path = tmp_path / "really_a_bmp.jpg"
    path.write_bytes(pillow_bytes(Image.fromarray(noise(3)), "BMP"))
    assert read_picture(path).metadata.format == "BMP"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_pil_images_are_taken_over(mode):
    image = (
        Image.fromarray(noise(1, "uint16")[..., 0])
        if mode == "I;16"
        else Image.fromarray(noise(3)).convert(mode)
    )
    picture = Picture.from_pil(image)
    deep = picture.pixels.dtype == np.uint16
    assert deep == (mode == "I;16")
    again = picture.to_pil()
    assert again.mode == {"1": "L", "P": "RGB", "CMYK": "RGB"}.get(mode, mode)
    np.testing.assert_array_equal(Picture.from_pil(again).pixels, picture.pixels)


def test_a_picture_is_an_array_and_shows_itself():
    picture = Picture(noise(3), Metadata(format="PNG"))
    assert repr(picture) == "Picture(17x21, RGB uint8, PNG)"
    assert (picture.width, picture.height, picture.channels) == (17, 21, 3)
    np.testing.assert_array_equal(np.asarray(picture), picture.pixels)
    np.testing.assert_array_equal(
        decode_picture(picture._repr_png_()).pixels, picture.pixels
    )


@pytest.mark.parametrize(
    ("pixels", "received"),
    [
        (np.zeros((4, 4, 3)), "float64"),
        (np.zeros((4, 4), np.uint8), r"shape=\(4, 4\)"),
        (np.zeros((4, 4, 5), np.uint8), r"shape=\(4, 4, 5\)"),
        (np.zeros((0, 4, 3), np.uint8), r"shape=\(0, 4, 3\)"),
        ("pixels", "str"),
    ],
)
def test_what_is_no_picture_is_refused(pixels, received):
    with pytest.raises(ImageError, match=f"`pixels`.*Received: {received}"):
        Picture(pixels)


@pytest.mark.parametrize(
    ("suffix", "channels", "dtype", "reason"),
    [
        (".jpg", 4, "uint8", r"JPEG holds no alpha: save as \.png"),
        (".jpg", 2, "uint8", r"JPEG holds no alpha"),
        (".jpeg", 3, "uint16", r"JPEG holds no 16-bit pixels: save as \.png"),
        (".webp", 3, "uint16", r"WEBP holds no 16-bit pixels"),
        (".bmp", 4, "uint8", r"BMP holds no alpha"),
        (".tif", 2, "uint16", r"TIFF holds no 16-bit gray with alpha.*\.png"),
        (".gif", 3, "uint8", r"must be one of \.bmp, .*Received: '\.gif'"),
        ("", 3, "uint8", r"must be one of .*Received: ''"),
    ],
)
def test_nothing_is_lost_in_silence(tmp_path, suffix, channels, dtype, reason):
    path = tmp_path / f"out{suffix}"
    with pytest.raises(OutputError, match=reason) as caught:
        Picture(noise(channels, dtype)).save(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not any(tmp_path.iterdir())


def test_a_picture_too_large_for_its_format_is_refused():
    wide = Picture(np.zeros((1, 70_000, 1), np.uint8))
    for suffix, form in ((".jpg", "JPEG"), (".webp", "WEBP")):
        with pytest.raises(OutputError, match=rf"{form} cannot hold .*\.png"):
            encode_picture(wide, suffix)
    assert decode_picture(encode_picture(wide, ".png")).width == 70_000


@pytest.mark.parametrize(
    ("suffix", "largest"), [(".jpg", 65_500), (".webp", 16_383), (".png", 10**6)]
)
def test_what_a_format_can_hold_is_known_beforehand(suffix, largest):
    picture = Picture(noise(3, "uint8"))
    check_format(picture, suffix, size=(1, largest))
    if suffix != ".png":
        with pytest.raises(OutputError, match=rf"pixels a side.*{largest + 1}x1"):
            check_format(picture, suffix, size=(1, largest + 1))
        wide = np.zeros((1, largest, 3), np.uint8)
        assert encode_picture(Picture(wide), suffix)  # the limit itself is none
        with pytest.raises(OutputError, match="16-bit"):
            check_format(Picture(noise(3, "uint16")), suffix)


def test_sixteen_bit_colour_has_no_pil_image():
    with pytest.raises(ImageError, match="16-bit"):
        Picture(noise(3, "uint16")).to_pil()


def test_pictures_are_listed_by_name(tmp_path):
    for name in ("b.PNG", "a.jpg", "c.tiff", "notes.txt", "._a.jpg", "sub/d.webp"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "folder.png").mkdir()
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "e.png").touch()
    names = ["a.jpg", "b.PNG", "c.tiff"]
    assert [path.name for path in list_pictures(tmp_path)] == names
    found = list_pictures(str(tmp_path), recursive=True)
    assert [path.name for path in found] == [*names, "d.webp"]
