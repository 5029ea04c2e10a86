"""Gray, levels and floats, rounded once."""

import numpy as np
import pytest

from srkit.engine import Engine, enlarge
from srkit.engine.pictures import enlarge_floats
from srkit.image import resize
from srkit.image.color import rgb_to_ycbcr, to_gray, ycbcr_to_rgb


@pytest.mark.parametrize("ensemble", [False, True])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_dtype_and_channels_are_kept(nearest, rng, dtype, channels, ensemble):
    top = 1 if dtype == "float32" else np.iinfo(dtype).max
    pixels = (rng.uniform(0, 1, (5, 4, channels)) * top).astype(dtype)
    sr = enlarge(Engine(nearest(scale=2)), pixels, ensemble=ensemble)
    assert sr.dtype == dtype
    expected = pixels.repeat(2, 0).repeat(2, 1)
    np.testing.assert_allclose(sr, expected, atol=1e-5 if top == 1 else 0)


def test_gray_is_mixed_by_brightness(nearest):
    engine = Engine(nearest(scale=2))

    class Tinted:
        channels = 3

        def __call__(self, values):
            return engine(values) * np.float32([1, 0.5, 0])

    sr = enlarge(Tinted(), np.full((3, 2, 1), 201, np.uint8))
    assert (sr == round(201 * (0.299 + 0.587 / 2))).all()


@pytest.mark.parametrize("passes", [1, 2])
def test_luma_gets_its_colours_back_as_in_ycbcr(nearest, rng, passes):
    """The sum that is computed is the textbook's way through Y, Cb and Cr."""
    rgb = rng.uniform(0.3, 0.7, (5, 4, 3)).astype(np.float32)
    sr = enlarge_floats(Engine(nearest(channels=1)), rgb, passes=passes)
    y = to_gray(rgb).repeat(2**passes, 0).repeat(2**passes, 1)
    chroma = resize(rgb_to_ycbcr(rgb * 255), scale=2**passes)[..., 1:]
    expected = ycbcr_to_rgb(np.concatenate([16 + 219 * y, chroma], -1)) / 255
    np.testing.assert_allclose(sr, expected, atol=1e-5)
