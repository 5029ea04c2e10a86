"""PIL images of every mode."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageCms

from srkit.errors import ImageError, UnreadableImageError
from srkit.inference import Upscaler


@pytest.fixture(scope="module")
def upscaler(network):
    return Upscaler(network)


@pytest.fixture
def image(picture):
    return Image.fromarray(picture)


@pytest.mark.parametrize(
    "mode", ["L", "LA", "RGB", "RGBA", "La", "RGBa", "YCbCr", "HSV"]
)
def test_mode_is_kept(upscaler, image, mode):
    through = {"La": "LA", "RGBa": "RGBA"}.get(mode)
    converted = image.convert(through).convert(mode) if through else image.convert(mode)
    sr = upscaler(converted)
    assert (sr.mode, sr.size) == (mode, (40, 48))


@pytest.mark.parametrize(
    ("mode", "returned"), [("1", "L"), ("P", "RGB"), ("CMYK", "RGB")]
)
def test_mode_that_holds_no_new_colours(upscaler, image, mode, returned):
    assert upscaler(image.convert(mode)).mode == returned


def test_palette_with_transparency(upscaler, image):
    palette = image.quantize(16)
    palette.info["transparency"] = 3
    assert upscaler(palette).mode == "RGBA"


@pytest.mark.parametrize("mode", ["I;16", "I"])
def test_sixteen_bits(upscaler, mode):
    levels = np.arange(300, 300 + 48).reshape(6, 8)
    kind = {"I;16": "<u2", "I": "i4"}[mode]
    image = Image.frombytes(mode, (8, 6), levels.astype(kind).tobytes())
    sr = upscaler(image)
    assert (sr.mode, sr.size) == (mode, (16, 12))
    result = np.asarray(sr).astype(int)
    assert 298 <= result.min() <= 302
    assert 345 <= result.max() <= 349


def test_profile_and_resolution_are_kept(upscaler, image):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image.info.update(icc_profile=profile, dpi=(300, 300), comment="left behind")
    assert upscaler(image).info == {"icc_profile": profile, "dpi": (300, 300)}


def test_pixels_are_those_of_the_array(upscaler, image, picture):
    np.testing.assert_array_equal(np.asarray(upscaler(image)), upscaler(picture))


def test_modes_that_would_need_a_guess(upscaler, image):
    with pytest.raises(UnreadableImageError, match="mode F"):
        upscaler(image.convert("F"))
    with pytest.raises(ImageError, match="16-bit levels"):
        upscaler(Image.fromarray(np.full((4, 4), 70000, np.int32)))
    with pytest.raises(ImageError, match="at least one pixel"):
        upscaler(Image.new("RGB", (0, 5)))
