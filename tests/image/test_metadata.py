"""EXIF, XMP and resolution: kept byte for byte, orientation applied and reset."""

from __future__ import annotations

import dataclasses
import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageOps, PngImagePlugin, TiffImagePlugin

from srkit.errors import OutputError
from srkit.image import Metadata, Picture, decode_picture, encode_picture
from srkit.image.metadata import patch_exif

FORMS = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp", "TIFF": ".tif"}
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><r tiff:Orientation="%d"/></x:xmpmeta>'


def exif_of(orientation=None, **sizes):
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    exif[0x0132] = "2024:05:06 07:08:09"
    if orientation is not None:
        exif[0x0112] = orientation
    inner = exif.get_ifd(0x8769)
    inner[0x9003] = "2024:05:06 07:08:09"
    inner[0x927C] = b"maker's note \x00\x01\x02"
    inner[0xA002], inner[0xA003] = sizes.get("width", 9), sizes.get("height", 6)
    exif.get_ifd(0x8825)[1] = "N"
    return exif


def stored(form, *, mode="RGB", **options):
    shape = {"L": (6, 9), "RGB": (6, 9, 3), "I;16": (6, 9)}[mode]
    dtype = np.uint16 if mode == "I;16" else np.uint8
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, np.iinfo(dtype).max, shape, dtype)
    lossless = {"lossless": True} if form == "WEBP" else {}
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, form, **lossless, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", FORMS)
def test_every_orientation_is_applied_and_reset(form, orientation):
    dpi = (300, 300) if form == "TIFF" else (300, 150)
    data = stored(form, exif=exif_of(orientation).tobytes(), dpi=dpi)
    with Image.open(io.BytesIO(data)) as image:
        oracle = np.asarray(ImageOps.exif_transpose(image))
    picture = decode_picture(data)
    np.testing.assert_array_equal(picture.pixels, oracle)
    if form != "WEBP":  # has no place for it
        expected = dpi[::-1] if orientation >= 5 else dpi
        assert picture.metadata.dpi == pytest.approx(expected, abs=0.02)

    again = encode_picture(picture, FORMS[form], 100)
    with Image.open(io.BytesIO(again)) as image:
        assert image.getexif().get(0x0112, 1) == 1
        assert image.getexif()[0x010F] == "Maker"
        upright = np.asarray(ImageOps.exif_transpose(image))
    assert upright.shape == oracle.shape
    if form != "JPEG":
        np.testing.assert_array_equal(upright, oracle)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_orientations_of_sixteen_bit_tiffs(orientation, channels):
    rng = np.random.default_rng(channels)
    deep = rng.integers(0, 65536, (6, 9, channels), np.uint16)
    data = encode_picture(Picture(deep), ".tif")
    directory = data.index(struct.pack("=HHIH", 278, 4, 1, 0)[:8])
    entry = data[directory : directory + 12]  # rows a strip: made an orientation
    rows = struct.unpack("=HHII", entry)[3]
    turned = data.replace(entry, struct.pack("=HHIHH", 274, 3, 1, orientation, 0))
    turned = _sorted_directory(turned)
    assert rows >= 6
    shallow = Image.fromarray((deep >> 8).astype(np.uint8).squeeze())
    shallow.getexif()[0x0112] = orientation
    oracle = np.asarray(ImageOps.exif_transpose(shallow)).reshape(-1)
    seen = decode_picture(turned).pixels
    assert seen.dtype == np.uint16
    np.testing.assert_array_equal((seen >> 8).reshape(-1), oracle)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_orientations_of_sixteen_bit_pngs(orientation, channels):
    rng = np.random.default_rng(channels)
    deep = rng.integers(0, 65536, (6, 9, channels), np.uint16)
    exif = exif_of(orientation).tobytes().removeprefix(b"Exif\0\0")
    data = encode_picture(Picture(deep, Metadata(exif=exif)), ".png")
    shallow = Image.fromarray((deep >> 8).astype(np.uint8).squeeze())
    shallow.getexif()[0x0112] = orientation
    oracle = np.asarray(ImageOps.exif_transpose(shallow)).reshape(-1)
    seen = decode_picture(data).pixels
    np.testing.assert_array_equal((seen >> 8).reshape(-1), oracle)


def _sorted_directory(data):
    (count,) = struct.unpack_from("=H", data, 8)
    entries = [data[10 + 12 * i : 22 + 12 * i] for i in range(count)]
    entries.sort(key=lambda entry: struct.unpack_from("=H", entry))
    return data[:10] + b"".join(entries) + data[10 + 12 * count :]


@pytest.mark.parametrize("target", FORMS)
@pytest.mark.parametrize("source", FORMS)
def test_exif_survives_from_any_format_to_any(source, target):
    data = stored(source, exif=exif_of(6).tobytes())
    picture = decode_picture(data)
    large = np.repeat(np.repeat(picture.pixels, 2, 0), 2, 1)
    picture = dataclasses.replace(picture, pixels=large)
    with Image.open(io.BytesIO(encode_picture(picture, FORMS[target]))) as image:
        exif = image.getexif()
        inner = exif.get_ifd(0x8769)
        assert exif[0x010F] == "Maker"
        assert exif[0x0132] == inner[0x9003] == "2024:05:06 07:08:09"
        assert inner[0x927C] == b"maker's note \x00\x01\x02"
        assert exif.get_ifd(0x8825)[1] == "N"
        assert (inner[0xA002], inner[0xA003]) == image.size == (12, 18)
        assert exif.get(0x0112, 1) == 1


def test_exif_is_kept_byte_for_byte_but_for_what_became_untrue():
    block = exif_of(8).tobytes().removeprefix(b"Exif\0\0")
    kept = decode_picture(stored("JPEG", exif=b"Exif\0\0" + block)).metadata.exif
    unlike = [i for i, (a, b) in enumerate(zip(block, kept, strict=True)) if a != b]
    assert len(unlike) == 1
    assert patch_exif(kept, {0x0112: 8}) == block


def test_numbers_too_large_for_their_place_are_left():
    for order, short in (("<", b"II*\0"), (">", b"MM\0*")):
        block = short + struct.pack(f"{order}IHHHIHHI", 8, 1, 0x0112, 3, 1, 6, 0, 0)
        assert patch_exif(block, {0x0112: 70_000}) == block
        assert patch_exif(block, {0x0112: 1, 0xA002: 5})[18:20] == struct.pack(
            f"{order}H", 1
        )


@pytest.mark.parametrize(
    "block",
    [b"", b"II", b"II*\0\xff\xff\xff\xff", b"JUNK" * 9, b"II*\0\x08\0\0\0\x09\0\1"],
)
@pytest.mark.filterwarnings("ignore:Corrupt EXIF:UserWarning")  # says Pillow
def test_damaged_exif_is_left_out(block):
    picture = decode_picture(stored("JPEG", exif=b"Exif\0\0" + block))
    assert picture.pixels.shape == (6, 9, 3)
    assert not picture.metadata.exif
    encode_picture(picture, ".png")


@pytest.mark.parametrize(("orientation", "kept"), [(1, 26), (6, 0)])
def test_the_thumbnail_of_a_turned_picture_is_unlinked(orientation, kept):
    entry = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    second = struct.pack("<HHHIII", 1, 0x0201, 4, 1, 44, 0)
    block = b"II*\0" + struct.pack("<IH", 8, 1) + entry + struct.pack("<I", 26) + second
    picture = decode_picture(stored("PNG", exif=block))
    assert struct.unpack_from("<I", picture.metadata.exif, 22) == (kept,)


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's, on damaged EXIF
@pytest.mark.parametrize("orientation", [1, 6])
def test_what_reading_forgives_so_does_writing(orientation):
    rng = np.random.default_rng(3)
    block = exif_of(orientation).tobytes()
    for _ in range(30):
        broken = bytearray(block)
        for place in rng.integers(6, len(block), 3):
            broken[place] = rng.integers(256)
        picture = decode_picture(stored("PNG", exif=bytes(broken)))
        for suffix in FORMS.values():
            again = decode_picture(encode_picture(picture, suffix))
            assert again.pixels.shape == picture.pixels.shape


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_damage_behind_the_orientation_does_not_keep_a_picture_from_being_saved():
    beyond = struct.pack(
        "<IHHHIHHHHIII", 8, 2, 0x0112, 3, 1, 1, 0, 0x8769, 4, 1, 100_000, 0
    )
    picture = decode_picture(stored("PNG", exif=b"II*\0" + beyond))
    assert picture.metadata.exif is None
    for suffix in FORMS.values():
        assert encode_picture(picture, suffix)


def test_exif_that_points_at_itself_ends():
    loop = b"II*\0" + struct.pack("<IHHHIII", 8, 1, 0x8769, 4, 1, 8, 0)
    assert patch_exif(loop, {0x0112: 1}) == loop


def test_an_orientation_that_does_not_exist_is_none():
    picture = decode_picture(stored("PNG", exif=exif_of(77).tobytes()))
    assert picture.pixels.shape == (6, 9, 3)
    assert Image.open(io.BytesIO(encode_picture(picture, ".png"))).getexif()[274] == 1


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".tif"])
def test_xmp_is_kept_and_its_orientation_reset(suffix):
    data = stored("JPEG", exif=exif_of(6).tobytes(), xmp=XMP % 6)
    picture = decode_picture(encode_picture(decode_picture(data), suffix))
    assert picture.metadata.xmp == XMP % 1
    assert picture.pixels.shape[:2] == (9, 6)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".tif", ".bmp"])
@pytest.mark.parametrize("dpi", [(72, 72), (300, 150)])
def test_resolution_is_kept(suffix, dpi):
    picture = Picture(np.zeros((4, 5, 3), np.uint8), Metadata(dpi=dpi))
    data = encode_picture(picture, suffix)
    assert decode_picture(data).metadata.dpi == pytest.approx(dpi, abs=0.02)
    with Image.open(io.BytesIO(data)) as image:
        assert tuple(map(float, image.info["dpi"])) == pytest.approx(dpi, abs=0.02)


def test_a_resolution_of_zero_is_none():
    assert decode_picture(stored("JPEG", dpi=(0, 0))).metadata.dpi is None


def test_to_pil_hands_the_metadata_on():
    data = stored("PNG", exif=exif_of(3).tobytes(), dpi=(200, 200))
    image = decode_picture(data).to_pil()
    assert image.getexif()[0x010F] == "Maker"
    assert image.info["dpi"] == (200, 200)
    assert Picture.from_pil(image).metadata.exif == decode_picture(data).metadata.exif


def raw_tiff(pixels, photometric, extra=None):
    directory = TiffImagePlugin.ImageFileDirectory_v2()
    height, width, channels = pixels.shape
    tags = {256: width, 257: height, 258: (16,) * channels, 259: 1, 262: photometric}
    tags |= {273: 0, 277: channels, 278: height, 279: pixels.nbytes}
    for tag, value in (tags | ({} if extra is None else {338: extra})).items():
        directory[tag] = value
    return b"II*\0\x08\0\0\0" + directory.tobytes(8) + pixels.astype("<u2").tobytes()


def test_white_may_be_zero():
    gray = np.arange(40, dtype=np.uint16).reshape(5, 8, 1) * 1000
    np.testing.assert_array_equal(
        decode_picture(raw_tiff(gray, 0)).pixels, 65535 - gray
    )


@pytest.mark.parametrize("extra", [0, 1, 2])
def test_alpha_may_be_padding_or_multiplied_or_neither(extra):
    pixels = np.random.default_rng(0).integers(9000, 65536, (5, 8, 4), np.uint16)
    stored_pixels = pixels.copy()
    if extra == 1:
        alpha = pixels[..., 3:] / 65535
        stored_pixels[..., :3] = np.round(pixels[..., :3] * alpha)
    seen = decode_picture(raw_tiff(stored_pixels, 2, extra)).pixels
    np.testing.assert_allclose(seen, pixels[..., : 4 if extra else 3], atol=4)


def test_exif_in_the_old_place_of_pngs_is_found():
    text = "\nexif\n      99\n" + exif_of(6).tobytes().hex()
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Raw profile type exif", text, zip=True)
    picture = decode_picture(stored("PNG", pnginfo=notes))
    assert picture.pixels.shape == (9, 6, 3)
    assert Image.open(io.BytesIO(encode_picture(picture, ".jpg"))).getexif()[271]


def test_exif_that_is_none_is_refused_on_the_way_out():
    picture = Picture(np.zeros((4, 5, 3), np.uint8), Metadata(exif=b"Exif\0\0II"))
    with pytest.raises(OutputError, match=r"EXIF must begin with II or MM"):
        encode_picture(picture, ".png")
