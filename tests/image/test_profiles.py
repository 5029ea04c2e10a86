"""ICC profiles: against the arithmetic of the ICC specification, done by hand here."""

from __future__ import annotations

import dataclasses
import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageCms

from srkit.image import Metadata, Picture, decode_picture, encode_picture

# Red, green and blue in XYZ, adapted to D50.
SRGB = [
    [0.43607, 0.22249, 0.01392],
    [0.38515, 0.71687, 0.09708],
    [0.14307, 0.06061, 0.71410],
]
ADOBE = [
    [0.60974, 0.31111, 0.01947],
    [0.20528, 0.62567, 0.06087],
    [0.14919, 0.06322, 0.74457],
]
P3 = [
    [0.51512, 0.24120, -0.00105],
    [0.29198, 0.69225, 0.04189],
    [0.15710, 0.06657, 0.78407],
]


def profile_of(space, tags, pcs=b"XYZ "):
    """Builds an ICC profile, version 2."""
    directory, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        directory += struct.pack(">4sII", name, start + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    header = bytearray(128)
    struct.pack_into(">I", header, 0, start + len(body))
    header[8:24] = b"\x02\x10\0\0mntr" + space + pcs
    header[36:40] = b"acsp"
    header[68:80] = fixed(0.9642, 1, 0.8249)
    return bytes(header) + directory + body


def fixed(*values):
    return struct.pack(f">{len(values)}i", *(round(v * 65536) for v in values))


def matrix_profile(primaries, gamma):
    """An RGB profile of three primaries and one curve: a gamma, or 1024 levels."""
    if np.ndim(gamma) == 0:
        curve = struct.pack(">4sIIH", b"curv", 0, 1, round(gamma * 256))
    else:
        levels = np.round(np.asarray(gamma) * 65535).astype(">u2").tobytes()
        curve = struct.pack(">4sII", b"curv", 0, len(gamma)) + levels
    name = b"desc" + struct.pack(">II", 0, 5) + b"test\0" + bytes(78)
    tags = {b"desc": name, b"cprt": b"text\0\0\0\0none\0"}
    tags[b"wtpt"] = b"XYZ \0\0\0\0" + fixed(0.9642, 1, 0.8249)
    for channel, xyz in zip(b"rgb", primaries, strict=True):
        tags[bytes([channel]) + b"XYZ"] = b"XYZ \0\0\0\0" + fixed(*xyz)
        tags[bytes([channel]) + b"TRC"] = curve
    return profile_of(b"RGB ", tags)


def srgb_to_linear(values):
    return np.where(
        values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4
    )


def linear_to_srgb(values):
    values = np.clip(values, 0, 1)
    return np.where(
        values <= 0.0031308, values * 12.92, 1.055 * values ** (1 / 2.4) - 0.055
    )


def by_hand(pixels, primaries, gamma):
    """Pixels of a matrix profile to sRGB levels, not rounded."""
    xyz = (pixels / 255) ** (round(gamma * 256) / 256) @ np.array(primaries)
    return 255 * linear_to_srgb(xyz @ np.linalg.inv(SRGB))


def file_of(pixels, profile, form="PNG"):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, form, icc_profile=profile)
    return buffer.getvalue()


def muted(channels=3):
    """Colours that every profile here can hold."""
    return np.random.default_rng(0).integers(110, 180, (32, 24, channels), np.uint8)


@pytest.mark.parametrize(("primaries", "gamma"), [(ADOBE, 2.2), (P3, 2.2), (SRGB, 1.8)])
@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_pixels_come_as_srgb_and_go_back(form, primaries, gamma):
    pixels, profile = muted(), matrix_profile(primaries, gamma)
    picture = decode_picture(file_of(pixels, profile, form))
    oracle = by_hand(pixels, primaries, gamma)
    assert np.abs(picture.pixels - oracle).max() < 1.01
    assert np.abs(picture.pixels.astype(int) - pixels).max() > 3
    assert picture.metadata.converted

    data = encode_picture(picture, ".png" if form == "PNG" else ".tif")
    with Image.open(io.BytesIO(data)) as image:
        assert image.info["icc_profile"] == profile
        assert np.abs(np.asarray(image).astype(int) - pixels).max() <= 2
        assert np.abs(np.asarray(image).astype(int) - pixels).mean() < 0.5
    again = decode_picture(data).pixels
    assert np.abs(again.astype(int) - picture.pixels).max() <= 2


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".tif"])
def test_the_profile_goes_into_every_format_that_has_a_place(suffix):
    pixels = np.full((16, 16, 3), (170, 90, 120), np.uint8)
    profile = matrix_profile(ADOBE, 2.2)
    data = encode_picture(decode_picture(file_of(pixels, profile)), suffix)
    with Image.open(io.BytesIO(data)) as image:
        assert image.info["icc_profile"] == profile
        assert np.abs(np.asarray(image).astype(int) - pixels).max() <= 3


def test_a_format_without_profiles_gets_srgb():
    picture = decode_picture(file_of(muted(), matrix_profile(ADOBE, 2.2)))
    again = decode_picture(encode_picture(picture, ".bmp"))
    np.testing.assert_array_equal(again.pixels, picture.pixels)


def test_alpha_passes_untouched():
    pixels, profile = muted(4), matrix_profile(ADOBE, 2.2)
    picture = decode_picture(file_of(pixels, profile))
    np.testing.assert_array_equal(picture.pixels[..., 3], pixels[..., 3])
    with Image.open(io.BytesIO(encode_picture(picture, ".png"))) as image:
        back = np.asarray(image)
    np.testing.assert_array_equal(back[..., 3], pixels[..., 3])
    assert np.abs(back.astype(int) - pixels).max() <= 2


def test_srgb_under_another_name_moves_nothing():
    curve = srgb_to_linear(np.linspace(0, 1, 1024))
    every = np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    for profile in (
        matrix_profile(SRGB, curve),
        ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
    ):
        picture = decode_picture(file_of(every, profile))
        np.testing.assert_array_equal(picture.pixels, every)
        assert picture.metadata.icc_profile == profile
        assert not picture.metadata.converted
        with Image.open(io.BytesIO(encode_picture(picture, ".png"))) as image:
            assert image.info["icc_profile"] == profile
            np.testing.assert_array_equal(np.asarray(image), every)


def test_sixteen_bits_stay_in_their_space_and_keep_the_profile():
    deep = np.random.default_rng(2).integers(0, 65536, (9, 8, 3), dtype=np.uint16)
    metadata = Metadata(icc_profile=matrix_profile(ADOBE, 2.2))
    for suffix in (".png", ".tif"):
        again = decode_picture(encode_picture(Picture(deep, metadata), suffix))
        np.testing.assert_array_equal(again.pixels, deep)
        assert again.metadata.icc_profile == metadata.icc_profile
        assert not again.metadata.converted


def test_gray_keeps_a_gray_profile_and_drops_another():
    gray = muted(1)[..., 0]
    curve = struct.pack(">4sIIH", b"curv", 0, 1, 0x0233)
    own = profile_of(
        b"GRAY", {b"wtpt": b"XYZ \0\0\0\0" + fixed(0.9642, 1, 0.8249), b"kTRC": curve}
    )
    for profile, kept in ((own, own), (matrix_profile(ADOBE, 2.2), None)):
        picture = decode_picture(file_of(gray, profile, "JPEG"))
        assert picture.channels == 1
        assert picture.metadata.icc_profile == kept


def test_a_picture_made_gray_leaves_its_profile_behind():
    picture = decode_picture(file_of(muted(), matrix_profile(ADOBE, 2.2)))
    gray = dataclasses.replace(picture, pixels=picture.pixels[..., :1])
    assert decode_picture(encode_picture(gray, ".png")).metadata.icc_profile is None


@pytest.mark.parametrize(
    "profile", [b"not a profile", b"\0" * 200, matrix_profile(ADOBE, 2.2)[:150]]
)
def test_a_profile_that_cannot_be_read_is_dropped(profile):
    picture = decode_picture(file_of(muted(), profile, "TIFF"))
    np.testing.assert_array_equal(picture.pixels, muted())
    assert picture.metadata.icc_profile is None


def lab_to_srgb(lab):
    """Lab, white D50, to sRGB levels."""
    y = (lab[:, 0] + 16) / 116
    roots = np.stack([y + lab[:, 1] / 500, y, y - lab[:, 2] / 200], -1)
    low = 3 * (6 / 29) ** 2 * (roots - 4 / 29)
    xyz = np.where(roots > 6 / 29, roots**3, low) * [0.9642, 1, 0.8249]
    return 255 * linear_to_srgb(xyz @ np.linalg.inv(SRGB))


def test_cmyk_goes_through_its_profile():
    """A press whose single inks have known Lab colours and whose mixtures are black."""
    inks = np.array([[55, -25, -40], [48, 60, -5], [88, -5, 80], [0, 0, 0.0]])
    table = b""
    for corner in np.ndindex(2, 2, 2, 2):
        used = np.flatnonzero(corner)
        lab = {0: (100, 0, 0), 1: inks[used].sum(0)}.get(len(used), (0, 0, 0))
        table += bytes([round(lab[0] * 2.55), round(lab[1]) + 128, round(lab[2]) + 128])
    ramp = bytes(range(256))
    lut = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0]) + fixed(1, 0, 0, 0, 1, 0, 0, 0, 1)
    lut += ramp * 4 + table + ramp * 3
    white = b"XYZ \0\0\0\0" + fixed(0.9642, 1, 0.8249)
    tags = {b"wtpt": white, b"A2B0": lut, b"A2B1": lut}
    pixels = np.zeros((3, 8, 4), np.uint8)
    pixels[0, :, 0] = pixels[1, :, 1] = pixels[2, :, 2] = 255
    buffer = io.BytesIO()
    profile = profile_of(b"CMYK", tags, pcs=b"Lab ")
    image = Image.frombytes("CMYK", (8, 3), pixels.tobytes())
    image.save(buffer, "TIFF", icc_profile=profile)

    picture = decode_picture(buffer.getvalue())
    assert picture.channels == 3
    assert picture.metadata.icc_profile is None
    assert np.abs(picture.pixels[:, 0] - lab_to_srgb(inks[:3])).max() < 4
    naive = np.asarray(image.convert("RGB"))
    assert np.abs(picture.pixels.astype(int) - naive).max() > 60
